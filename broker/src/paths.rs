//! Every path of the broker, in one table. URLs are built from it, never by hand.

use broker_domain::ids::{AccountId, InteractionId};

/// `GET`, `POST`: authorization (RFC 6749, 3.1).
pub const AUTHORIZE: &str = "/oauth2/authorize";
/// `POST`: tokens (RFC 6749, 3.2).
pub const TOKEN: &str = "/oauth2/token";
/// `GET`, `POST`: claims (OpenID Connect Core 5.3).
pub const USERINFO: &str = "/oauth2/userinfo";
/// `POST`: RFC 7662.
pub const INTROSPECT: &str = "/oauth2/introspect";
/// `POST`: RFC 7009.
pub const REVOKE: &str = "/oauth2/revoke";
/// `GET`: the published keys.
pub const JWKS: &str = "/oauth2/jwks";
/// `POST`: a client fetches what it is told (RFC 8936).
pub const EVENTS_POLL: &str = "/oauth2/events/poll";
/// `GET`, `POST`: RP-initiated logout.
pub const LOGOUT: &str = "/oidc/logout";
/// `POST`: the citizen confirms a logout.
pub const LOGOUT_CONFIRM: &str = "/oidc/logout/confirm";
/// `GET`: after a logout.
pub const LOGGED_OUT: &str = "/oidc/logged-out";
/// `GET`: OpenID Connect Discovery 4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// `GET`: RFC 8414.
pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// `GET`: VNeID sends the citizen back here.
pub const CALLBACK: &str = "/callback/vneid";
/// `GET`: the pages of a login; the id of the interaction stands in the path.
pub const LOGIN: &str = "/login/{id}";
/// `POST`: a tile was pressed.
pub const LOGIN_CHOOSE: &str = "/login/{id}/choose";
/// `GET`, `POST`: what may be shared.
pub const CONSENT: &str = "/login/{id}/consent";
/// `GET`, `POST`: user name and password of an account of before VNeID.
pub const LOGIN_ACCOUNT: &str = "/login/{id}/account";
/// `GET`, `POST`: its personal number, against the population database.
pub const LOGIN_UPDATE: &str = "/login/{id}/update";
/// `GET`, `POST`: the notice of the decree.
pub const LOGIN_NOTICE: &str = "/login/{id}/notice";
/// `GET`, `POST`: which of several accounts is the primary one.
pub const LOGIN_LINK: &str = "/login/{id}/link";
/// `GET`, `POST`: the proof that an account is the citizen's.
pub const LOGIN_PROVE: &str = "/login/{id}/prove";
/// `GET`, `POST`: the code that was sent to its phone.
pub const LOGIN_CODE: &str = "/login/{id}/code";
/// `GET`, `POST`: as oneself, or for an organization.
pub const LOGIN_WHOM: &str = "/login/{id}/whom";
/// `GET`, `POST`: what became of the accounts that were found.
pub const LOGIN_TOLD: &str = "/login/{id}/told";
/// `GET`: begin again with the portal's own parameters.
pub const LOGIN_AGAIN: &str = "/login/{id}/again";
/// `GET`: the account pages: what is known of the citizen.
pub const ACCOUNT: &str = "/account";
/// `GET`: a login for the account pages comes back.
pub const ACCOUNT_SIGNED_IN: &str = "/account/signed-in";
/// `GET`, `POST`: more is confirmed by the population database.
pub const ACCOUNT_UPDATE: &str = "/account/update";
/// `GET`: linked accounts.
pub const ACCOUNT_LINKS: &str = "/account/links";
/// `GET`, `POST`: the end of a link is asked for.
pub const ACCOUNT_UNLINK: &str = "/account/links/{account}/unlink";
/// `GET`: the sign-in history.
pub const ACCOUNT_HISTORY: &str = "/account/history";
/// `GET`, `POST`: living sessions, and their end.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// `GET`, `POST`: the citizen's data as a download.
pub const ACCOUNT_DATA: &str = "/account/data";
/// `POST`: the language of pages.
pub const LANGUAGE: &str = "/language";
/// `GET`: stylesheet and fonts, by content hash.
pub const ASSETS: &str = "/assets/{name}";

/// The page of a login.
pub fn login(id: &InteractionId) -> String {
    LOGIN.replace("{id}", id.as_str())
}

/// Where its tiles post to.
pub fn login_choose(id: &InteractionId) -> String {
    LOGIN_CHOOSE.replace("{id}", id.as_str())
}

/// Its consent page.
pub fn consent(id: &InteractionId) -> String {
    CONSENT.replace("{id}", id.as_str())
}

/// Where "begin again" posts to.
pub fn login_again(id: &InteractionId) -> String {
    LOGIN_AGAIN.replace("{id}", id.as_str())
}

/// Its form of an account of before VNeID.
pub fn login_account(id: &InteractionId) -> String {
    LOGIN_ACCOUNT.replace("{id}", id.as_str())
}

/// Its page of the population database.
pub fn login_update(id: &InteractionId) -> String {
    LOGIN_UPDATE.replace("{id}", id.as_str())
}

/// Its notice of the decree.
pub fn login_notice(id: &InteractionId) -> String {
    LOGIN_NOTICE.replace("{id}", id.as_str())
}

/// Its choice among accounts.
pub fn login_link(id: &InteractionId) -> String {
    LOGIN_LINK.replace("{id}", id.as_str())
}

/// Its proof.
pub fn login_prove(id: &InteractionId) -> String {
    LOGIN_PROVE.replace("{id}", id.as_str())
}

/// Its code.
pub fn login_code(id: &InteractionId) -> String {
    LOGIN_CODE.replace("{id}", id.as_str())
}

/// Its page on what became of accounts.
pub fn login_told(id: &InteractionId) -> String {
    LOGIN_TOLD.replace("{id}", id.as_str())
}

/// Where the end of a link is asked for.
pub fn account_unlink(account: &AccountId) -> String {
    ACCOUNT_UNLINK.replace("{account}", account.as_str())
}

/// Its question as whom somebody comes.
pub fn login_whom(id: &InteractionId) -> String {
    LOGIN_WHOM.replace("{id}", id.as_str())
}
