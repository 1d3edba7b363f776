//! Cookies: with `Secure` and the `__Host-` prefix under https, plain on loopback http.

use http::HeaderMap;
use http::header::COOKIE;

/// How cookies are named and marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookiePolicy {
    /// Whether the issuer is https.
    pub secure: bool,
}

impl CookiePolicy {
    /// The session cookie's name.
    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-vb_session" } else { "vb_session" }
    }

    /// The browser cookie's name.
    pub const fn browser(self) -> &'static str {
        if self.secure { "__Host-vb_browser" } else { "vb_browser" }
    }

    /// The name of the cookie that says that somebody signed out here.
    pub const fn signed_out(self) -> &'static str {
        if self.secure { "__Host-vb_out" } else { "vb_out" }
    }

    /// The language cookie's name.
    pub const fn language(self) -> &'static str {
        if self.secure { "__Host-vb_lang" } else { "vb_lang" }
    }

    /// A `Set-Cookie` value that lives as long as the browser does, or `max_age` seconds.
    pub fn set(self, name: &str, value: &str, max_age: Option<i64>) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
    }
}

/// A `Set-Cookie` value that removes a cookie.
pub fn clear_cookie(policy: CookiePolicy, name: &str) -> String {
    policy.set(name, "", Some(0))
}

/// The value of a cookie. When a name comes twice (a sibling domain may have tossed one in), nothing is believed.
pub fn read_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut found = None;
    for header in headers.get_all(COOKIE) {
        for pair in header.to_str().ok()?.split(';') {
            if let Some((n, value)) = pair.trim().split_once('=')
                && n == name
                && found.replace(value).is_some()
            {
                return None;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_one_and_refuses_two() {
        let mut h = HeaderMap::new();
        h.append(COOKIE, "a=1; vb=x.y; c=3".parse().unwrap());
        assert_eq!(read_cookie(&h, "vb"), Some("x.y"));
        h.append(COOKIE, "vb=other".parse().unwrap());
        assert_eq!(read_cookie(&h, "vb"), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
                let mut h = HeaderMap::new();
                h.insert(COOKIE, value);
                let _ = read_cookie(&h, "vb").map(broker_domain::session::SessionCookie::parse);
            }
        }
    }
}
