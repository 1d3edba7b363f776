//! Finishing a sign-in: the broker has sent the browser back.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use crate::clock::random_token;
use crate::context::Context;
use crate::cookies::Purpose;
use crate::error::{Endpoint, Error};
use crate::id_token::{self, Wanted};
use crate::login::Redirect;
use crate::query::Parameters;
use crate::session::{LoginAttempt, Session, Tokens};
use crate::token;

/// Checks the answer in `query` (undecoded, without `?`), redeems the code, verifies what comes and begins a session
/// under a new id. Tells where to send the browser.
///
/// # Errors
/// Everything that [`Error`] names, except what belongs to logging out.
pub(crate) async fn finish(context: &Context, headers: &HeaderMap, query: &str) -> Result<Redirect, Error> {
    let parameters = Parameters::parse(query.as_bytes());
    let get = |name: &'static str| parameters.get(name).map_err(|_| Error::Callback(name));
    let (state, issuer, error, code) = (get("state")?, get("iss")?, get("error")?, get("code")?);

    let attempt = take_attempt(context, headers, state).await?;
    // RFC 9207, 2.4: whose answer is this? Before anything is sent anywhere.
    let metadata = context.provider.metadata().await?;
    match issuer {
        Some(issuer) if issuer == context.settings.issuer => {}
        None if !metadata.names_itself || context.settings.legacy.is_some() => {}
        _ => return Err(Error::Issuer),
    }
    if let Some(error) = error {
        let description = get("error_description")?.map(token::plain);
        return Err(Error::Refused { code: token::plain(error), description });
    }
    let code = code.ok_or(Error::Callback("code"))?;

    let mut grant = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", context.settings.redirect_uri.as_str()),
    ];
    grant.extend(attempt.code_verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
    let granted = token::request(context, &grant).await?;
    if context.settings.legacy.is_some() {
        token::validate(context, &granted.access_token).await?;
    }
    let id_token = granted.id_token.clone().ok_or(Error::Answer(Endpoint::Token, "no id_token"))?;
    let wanted = Wanted {
        access_token: &granted.access_token,
        nonce: attempt.nonce.as_deref(),
        max_age: attempt.max_age,
    };
    let mut claims = id_token::verify_id_token(context, &id_token, &wanted).await?;
    let subject = id_token::subject(&claims).map_err(Error::IdToken)?.to_owned();
    if context.settings.fetch_userinfo {
        let userinfo = token::userinfo(context, &granted.access_token, &subject).await?;
        merge(&mut claims, userinfo);
    }

    let now = context.clock.now();
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let session = Session {
        subject,
        sid: text("sid"),
        acr: text("acr"),
        auth_time: id_token::auth_time(&claims),
        tokens: Tokens {
            access_token: granted.access_token,
            access_expires_at: granted.expires_in.map(|seconds| now.saturating_add(seconds)),
            refresh_token: granted.refresh_token,
            id_token,
        },
        claims,
        signed_in_at: now,
        last_seen: now,
        expires_at: now.saturating_add(context.settings.idle.min(context.settings.absolute)),
    };
    if let Some(wanted) = attempt.level
        && session.level().is_none_or(|reached| reached < wanted)
    {
        return Err(Error::LevelNotReached { wanted, reached: session.level() });
    }
    begin_session(context, headers, session, attempt.return_to).await
}

async fn take_attempt(
    context: &Context,
    headers: &HeaderMap,
    state: Option<&str>,
) -> Result<LoginAttempt, Error> {
    let state = state.ok_or(Error::UnknownState)?;
    // Raw Base64 in a URL: what is a space now was a plus sign once.
    let state = if context.settings.legacy.is_some() { state.replace(' ', "+") } else { state.to_owned() };
    let browser = context.cookies.read(headers, Purpose::Browser).ok_or(Error::UnknownState)?;
    let attempt = context.store.take_attempt(&Context::attempt_key(&state, &browser)).await?;
    attempt.filter(|attempt| attempt.expires_at > context.clock.now()).ok_or(Error::UnknownState)
}

/// Adds what userinfo says, except to what only the id_token may say about itself and the authentication.
fn merge(claims: &mut Map<String, Value>, userinfo: Map<String, Value>) {
    const OF_THE_TOKEN: [&str; 12] =
        ["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "sid", "acr", "auth_time"];
    claims.extend(userinfo.into_iter().filter(|(name, _)| !OF_THE_TOKEN.contains(&name.as_str())));
}

/// A session under a new id; the one that this browser had ends.
async fn begin_session(
    context: &Context,
    headers: &HeaderMap,
    session: Session,
    return_to: String,
) -> Result<Redirect, Error> {
    let id = random_token(context.entropy.as_ref())?;
    context.store.insert(&Context::session_key(&id), session).await?;
    if let Some(old) = context.cookies.read(headers, Purpose::Session) {
        context.store.remove(&Context::session_key(&old)).await?;
    }
    Ok(Redirect { location: return_to, cookies: vec![context.cookies.set(Purpose::Session, &id)] })
}
