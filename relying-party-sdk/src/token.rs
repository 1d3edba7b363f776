//! The token endpoint and userinfo.

use axum::http::StatusCode;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use data_encoding::BASE64;
use reqwest::RequestBuilder;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::{Endpoint, Error};
use crate::http_client::{self, Answer};
use crate::query;
use crate::settings::{ClientAuth, Secret, Settings};

/// What the token endpoint gives.
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub(crate) access_token: String,
    token_type: String,
    pub(crate) expires_in: Option<i64>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

/// Sends a grant (the parameters of RFC 6749, 4.1.3 or 6, without the client's own).
///
/// # Errors
/// When the broker cannot be reached, refuses, or answers otherwise than the standard says.
pub(crate) async fn request(context: &Context, grant: &[(&str, &str)]) -> Result<Granted, Error> {
    let metadata = context.provider.metadata().await?;
    let request = context
        .http
        .post(metadata.token_endpoint.clone())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = http_client::send(Endpoint::Token, authenticate(context, request, grant)).await?;
    read_grant(&answer)
}

fn authenticate(context: &Context, request: RequestBuilder, grant: &[(&str, &str)]) -> RequestBuilder {
    let settings = &context.settings;
    let id = settings.client_id.as_str();
    let Secret(secret) = settings.client_secret.clone().unwrap_or(Secret(String::new()));
    let own = [("client_id", id), ("client_secret", &secret)];
    if settings.legacy.is_some() {
        return request.body(query::join_raw(&[grant, &own].concat()));
    }
    match settings.client_auth {
        ClientAuth::Basic => request.header(AUTHORIZATION, basic(settings)).body(query::join(grant)),
        ClientAuth::Post => request.body(query::join(&[grant, &own].concat())),
        ClientAuth::None => request.body(query::join(&[grant, &[("client_id", id)]].concat())),
    }
}

/// The `Authorization` header of a client with a secret.
pub(crate) fn basic(settings: &Settings) -> String {
    let secret = settings.client_secret.as_ref().map_or("", |Secret(secret)| secret);
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    let pair = format!("{}:{}", query::encode(&settings.client_id), query::encode(secret));
    format!("Basic {}", BASE64.encode(pair.as_bytes()))
}

fn read_grant(answer: &Answer) -> Result<Granted, Error> {
    let refuse = |what| Error::Answer(Endpoint::Token, what);
    if answer.status != StatusCode::OK {
        return Err(match serde_json::from_slice::<Refused>(&answer.body) {
            Ok(refused) if answer.status.is_client_error() => Error::TokenRefused {
                code: plain(&refused.error),
                description: refused.error_description.as_deref().map(plain),
            },
            _ => refuse("neither tokens nor an error"),
        });
    }
    let granted: Granted = serde_json::from_slice(&answer.body).map_err(|_| refuse("no tokens"))?;
    if granted.access_token.is_empty() {
        return Err(refuse("an empty access token"));
    }
    if !granted.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(refuse("a token type that is not Bearer"));
    }
    Ok(granted)
}

/// Fetches userinfo (OpenID Connect Core 5.3) and checks that it speaks about `subject`; an empty map when the broker has
/// no such endpoint.
///
/// # Errors
/// When the broker cannot be reached or refuses, and [`Error::OtherSubject`].
pub(crate) async fn userinfo(
    context: &Context,
    access_token: &str,
    subject: &str,
) -> Result<Map<String, Value>, Error> {
    let metadata = context.provider.metadata().await?;
    let Some(url) = metadata.userinfo_endpoint.clone() else {
        return Ok(Map::new());
    };
    let request = if context.settings.legacy.is_some() {
        context.http.post(url).header(CONTENT_TYPE, "application/json").body("")
    } else {
        context.http.get(url)
    };
    let request = request.header(ACCEPT, "application/json").bearer_auth(access_token);
    let answer = http_client::send(Endpoint::Userinfo, request).await?;
    let refuse = |what| Error::Answer(Endpoint::Userinfo, what);
    if answer.status != StatusCode::OK {
        return Err(refuse("the access token was refused"));
    }
    if !answer.content_type.to_ascii_lowercase().starts_with("application/json") {
        return Err(refuse("not JSON"));
    }
    let claims: Map<String, Value> =
        serde_json::from_slice(&answer.body).map_err(|_| refuse("not a JSON object"))?;
    if claims.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(Error::OtherSubject);
    }
    Ok(claims)
}

/// What introspection says of a token (RFC 7662, 2.2), as far as old portals read it.
#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    active: bool,
    client_id: Option<String>,
    exp: Option<i64>,
}

/// Validates an access token as portals of the former sign-on do: the token itself stands where credentials would, and the portal
/// believes it when it is its own and has not ended. Without such an endpoint there is nothing to ask.
///
/// # Errors
/// When the broker cannot be reached or refuses, and when the token is another client's or has ended.
pub(crate) async fn validate(context: &Context, access_token: &str) -> Result<(), Error> {
    let metadata = context.provider.metadata().await?;
    let Some(url) = metadata.introspection_endpoint.clone() else {
        return Ok(());
    };
    let request = context
        .http
        .post(url)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .bearer_auth(access_token)
        .body(query::join_raw(&[("token", access_token), ("state", "0")]));
    let answer = http_client::send(Endpoint::Introspection, request).await?;
    let refuse = |what| Error::Answer(Endpoint::Introspection, what);
    if answer.status != StatusCode::OK {
        return Err(refuse("the access token was refused"));
    }
    let described: Described =
        serde_json::from_slice(&answer.body).map_err(|_| refuse("not a JSON object"))?;
    let own = described.client_id.as_deref() == Some(context.settings.client_id.as_str());
    let lives = described.exp.is_some_and(|at| at > context.clock.now());
    if described.active && own && lives {
        Ok(())
    } else {
        Err(refuse("the access token is not this portal's"))
    }
}

/// What another program says, fit for a log: short and printable.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}
