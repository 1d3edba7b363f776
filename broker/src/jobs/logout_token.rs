//! The logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).

use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::logout::LogoutNotice;
use broker_domain::ports::{SignError, Signer};
use serde_json::{Map, Value, json};

/// How long a token is good, in seconds: the standard recommends two minutes at the most.
const LIFETIME_SECS: i64 = 120;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Signs the token of one delivery. A repeated delivery bears a `jti` of its own, because a portal that remembers the first
/// one, but whose answer was lost, would refuse it as a replay.
pub(super) fn sign(
    signer: &dyn Signer,
    issuer: &str,
    client: &Client,
    notice: &LogoutNotice,
    is_first: bool,
    now: Timestamp,
) -> Result<String, SignError> {
    let jti = if is_first { notice.id.to_string() } else { format!("{}-{}", notice.id, now.millis()) };
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", json!(issuer));
    put("aud", json!(client.id.as_str()));
    put("iat", json!(now.secs()));
    put("exp", json!(now.plus_secs(LIFETIME_SECS).secs()));
    put("jti", json!(jti));
    put("sid", json!(notice.sid.as_str()));
    if let Some(subject) = &notice.subject {
        put("sub", json!(subject.as_str()));
    }
    put("events", json!({ EVENT: {} }));
    signer.sign(client.metadata.id_token_signed_response_alg, Some("logout+jwt"), &claims)
}
