//! The portal's cookies: the browser's binding, the session id, the logout in progress.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::clock;

/// Names and attributes of the cookies. Under https they are `Secure` and have the `__Host-` prefix; the name holds a
/// mark of the client id, since portals on one host share their cookies whatever their ports are.
#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    secure: bool,
    mark: String,
}

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Binds what is begun to this browser.
    Browser,
    /// The session id.
    Session,
    /// The `state` of a logout.
    Logout,
}

impl Cookies {
    pub(crate) fn new(secure: bool, client_id: &str) -> Self {
        let mark: String =
            clock::sha256(client_id).chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        Self { secure, mark }
    }

    pub(crate) fn name(&self, purpose: Purpose) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        let purpose = match purpose {
            Purpose::Browser => "browser",
            Purpose::Session => "session",
            Purpose::Logout => "logout",
        };
        format!("{prefix}rp-{}-{purpose}", self.mark)
    }

    /// The value of a cookie of ours. Two cookies of one name (a sibling domain may have tossed one in), or a value that
    /// is none of ours, count as none.
    pub(crate) fn read(&self, headers: &HeaderMap, purpose: Purpose) -> Option<String> {
        let name = self.name(purpose);
        let mut found = None;
        for header in headers.get_all(COOKIE) {
            for pair in header.to_str().ok()?.split(';') {
                if let Some((own, value)) = pair.trim().split_once('=')
                    && own == name
                    && found.replace(value).is_some()
                {
                    return None;
                }
            }
        }
        let ours = |value: &&str| value.len() == 43 && value.bytes().all(is_base64url);
        found.filter(ours).map(str::to_owned)
    }

    /// A `Set-Cookie` value for a cookie that lives as long as the browser does.
    pub(crate) fn set(&self, purpose: Purpose, value: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", self.name(purpose))
    }

    /// A `Set-Cookie` value that removes a cookie.
    pub(crate) fn clear(&self, purpose: Purpose) -> String {
        format!("{}; Max-Age=0", self.set(purpose, ""))
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
