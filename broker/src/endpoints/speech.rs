//! What tokens say: id_tokens (OpenID Connect Core 2) and JWT access tokens (RFC 9068).

use crate::errors::OAuthError;
use crate::oauth_engine::Tokens;
use crate::state::{Broker, algorithm};
use broker_domain::client::{AccessTokenFormat, Client, SigningAlg};
use broker_domain::clock::Timestamp;
use broker_domain::ports::Signer;
use broker_domain::release;
use broker_domain::token::{Handle, Kind, LiveToken};
use broker_jose::jwe::encrypt;
use broker_jose::{KeySet, at_hash};
use serde_json::{Map, Value, json};

/// The access token as its owner gets it: opaque, or a JWT whose `jti` is what we keep.
pub(super) fn access_token(
    broker: &Broker,
    client: &Client,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<String, OAuthError> {
    let jti = tokens.access.to_text();
    if client.metadata.access_token_format == AccessTokenFormat::Opaque {
        return Ok(jti);
    }
    let subject = tokens.grant.login.as_ref().map_or(client.id.as_str(), |l| l.subject.as_str());
    let mut claims = object(json!({
        "iss": broker.issuer.as_str(),
        "sub": subject,
        "aud": broker.issuer.as_str(),
        "client_id": client.id.as_str(),
        "iat": now.secs(),
        "exp": tokens.access_expires.secs(),
        "jti": jti,
    }));
    if !tokens.scope.is_empty() {
        claims.insert("scope".to_owned(), json!(tokens.scope.to_string()));
    }
    if let Some(login) = &tokens.grant.login {
        claims.insert("auth_time".to_owned(), json!(login.auth_time.secs()));
        claims.insert("acr".to_owned(), json!(login.level.as_str()));
        claims.insert("sid".to_owned(), json!(login.sid.as_str()));
    }
    sign(broker, client, Some("at+jwt"), &claims)
}

/// The id_token; `access_token` is the text that stands beside it. `nonce` stands in the first one only.
pub(super) fn id_token(
    broker: &Broker,
    client: &Client,
    tokens: &Tokens,
    access_token: &str,
    first: bool,
    now: Timestamp,
) -> Result<Option<String>, OAuthError> {
    let Some(login) = tokens.grant.login.as_ref().filter(|_| tokens.scope.has("openid")) else {
        return Ok(None);
    };
    let alg = client.metadata.id_token_signed_response_alg;
    // What the citizen's data adds comes first: nothing of it can replace what the protocol says.
    let mut claims = release::id_token(login, client, now);
    claims.extend(object(json!({
        "iss": broker.issuer.as_str(),
        "sub": login.subject.as_str(),
        "aud": client.id.as_str(),
        "exp": now.plus_secs(broker.rules.id_token_secs).secs(),
        "iat": now.secs(),
        "auth_time": login.auth_time.secs(),
        "acr": login.level.as_str(),
        "sid": login.sid.as_str(),
        "at_hash": at_hash(algorithm(alg), access_token),
    })));
    if let Some(nonce) = login.nonce.as_ref().filter(|_| first) {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    if client.is_dvcqg() {
        // Old portals revoke by handing in the id_token: this names the login that it came from.
        claims.insert("jti".to_owned(), json!(tokens.grant.family.as_str()));
    }
    sign(broker, client, None, &claims).map(Some)
}

/// Userinfo as the client registered it (OpenID Connect Core 5.3.2): signed, encrypted, or both; `None` for plain JSON.
pub(super) fn sealed_userinfo(
    broker: &Broker,
    client: &Client,
    claims: &Map<String, Value>,
) -> Result<Option<String>, OAuthError> {
    let metadata = &client.metadata;
    let signed = match metadata.userinfo_signed_response_alg {
        Some(alg) => {
            let mut all = claims.clone();
            all.insert("iss".to_owned(), json!(broker.issuer.as_str()));
            all.insert("aud".to_owned(), json!(client.id.as_str()));
            Some(sign_by(broker, alg, None, &all)?)
        }
        None => None,
    };
    let Some(alg) = metadata.userinfo_encrypted_response_alg else { return Ok(signed) };
    let keys = metadata.jwks.as_ref().and_then(|keys| KeySet::parse(keys.to_string().as_bytes()).ok());
    let key = keys.as_ref().and_then(|keys| keys.encryption_key(alg.as_str()));
    let content_type = signed.as_ref().map(|_| "JWT");
    let plain = signed.unwrap_or_else(|| json!(claims).to_string());
    let encrypted = key.map(|key| encrypt(plain.as_bytes(), key, content_type));
    match encrypted {
        Some(Ok(token)) => Ok(Some(token)),
        // Looked at when it was registered.
        _ => Err(OAuthError::SERVER_ERROR.because("the client's key does not fit")),
    }
}

fn sign(
    broker: &Broker,
    client: &Client,
    typ: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<String, OAuthError> {
    sign_by(broker, client.metadata.id_token_signed_response_alg, typ, claims)
}

fn sign_by(
    broker: &Broker,
    alg: SigningAlg,
    typ: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<String, OAuthError> {
    broker.keyring.sign(alg, typ, claims).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        OAuthError::SERVER_ERROR
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The handle in an access token that somebody presents: opaque, or a JWT that we signed.
pub(super) fn access_handle(broker: &Broker, text: &str) -> Option<Handle> {
    if let Some(handle) = Handle::parse_as(Kind::Access, text) {
        return Some(handle);
    }
    let verified = broker.keyring.verify_own(text, Some("at+jwt")).ok()?;
    let claim = |name: &str| verified.claims.get(name).and_then(Value::as_str);
    (claim("iss") == Some(broker.issuer.as_str()))
        .then(|| Handle::parse_as(Kind::Access, claim("jti")?))
        .flatten()
}

/// Finds a living access token: one round trip. Its client must be switched on.
pub(super) async fn live(broker: &Broker, text: &str) -> Result<Option<LiveToken>, OAuthError> {
    let Some(handle) = access_handle(broker, text) else { return Ok(None) };
    // What stands in a JWT as its `jti` is an identifier that others may write down: alone it opens nothing.
    let is_opaque = Handle::parse_as(Kind::Access, text).is_some();
    let found = broker
        .stores
        .expiring
        .access(&handle.family, &handle.hash(&broker.hasher), broker.clock.now())
        .await?;
    Ok(found.filter(|t| {
        let client = broker.registry.enabled(&t.grant.client);
        client.is_some_and(|c| !is_opaque || c.metadata.access_token_format == AccessTokenFormat::Opaque)
    }))
}
