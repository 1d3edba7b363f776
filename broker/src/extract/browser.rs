//! The browser: its cookie, its session cookie, its languages.

use super::address::client_address;
use crate::state::{Broker, read_cookie};
use crate::texts::Lang;
use broker_domain::ids::TraceId;
use broker_domain::secret::{Purpose, Secret, SecretHash, random_text};
use broker_domain::session::SessionCookie;
use http::request::Parts;
use http::{Extensions, HeaderMap};
use std::net::IpAddr;

/// What a browser brings along.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The cookie that binds logins to it; absent on the first visit.
    pub id: Option<Secret>,
    /// The session cookie, taken apart; not yet believed.
    pub session: Option<SessionCookie>,
    /// Whether a session cookie came at all.
    pub had_session_cookie: bool,
    /// Whether a citizen signed out in this browser since the last sign-in: VNeID is to ask again then.
    pub signed_out: bool,
    /// The language chosen on a page before.
    pub chosen: Option<Lang>,
    /// The request's trace id.
    pub trace: TraceId,
    /// The address that it comes from, as far as it is known.
    pub address: Option<IpAddr>,
    /// Where the browser is, for coming back after a change of language: path and query, never shown to others.
    pub here: String,
}

/// A browser cookie, and whether it was made just now.
#[derive(Clone, Debug)]
pub struct NewBrowser {
    /// The cookie's value.
    pub id: Secret,
    /// The `Set-Cookie` value when it was made just now.
    pub set: Option<String>,
}

impl Browser {
    /// Reads what the browser brings.
    pub fn read(broker: &Broker, parts: &Parts) -> Self {
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self::from_headers(broker, &parts.headers, &parts.extensions, here)
    }

    /// The same from headers and extensions.
    pub fn from_headers(broker: &Broker, headers: &HeaderMap, extensions: &Extensions, here: String) -> Self {
        let cookie = |name| read_cookie(headers, name);
        let id = cookie(broker.cookies.browser())
            .filter(|v| {
                v.len() == 43 && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            })
            .map(Secret::new);
        let session = cookie(broker.cookies.session());
        let trace =
            extensions.get::<TraceId>().cloned().unwrap_or_else(|| TraceId::generate(&*broker.entropy));
        Self {
            id,
            session: session.and_then(SessionCookie::parse),
            had_session_cookie: session.is_some(),
            signed_out: cookie(broker.cookies.signed_out()).is_some(),
            chosen: cookie(broker.cookies.language()).and_then(Lang::parse),
            trace,
            address: client_address(headers, extensions, &broker.rules.trusted_proxies),
            here,
        }
    }

    /// The language of a page: chosen before, else asked for by the portal, else Vietnamese. What the browser prefers does not
    /// count: a phone bought abroad must not turn a citizen's pages into a foreign language.
    pub fn lang(&self, ui_locales: &[String]) -> Lang {
        self.chosen.or_else(|| Lang::from_ui_locales(ui_locales)).unwrap_or(Lang::Vi)
    }

    /// The keyed hash of the browser cookie.
    pub fn hash(&self, broker: &Broker) -> Option<SecretHash> {
        self.id.as_ref().map(|id| broker.hasher.hash(Purpose::Browser, id.reveal()))
    }

    /// The browser cookie, made now when there was none.
    pub fn or_new(&self, broker: &Broker) -> NewBrowser {
        match &self.id {
            Some(id) => NewBrowser { id: id.clone(), set: None },
            None => {
                let id = Secret::new(random_text(&*broker.entropy, 32));
                let year = Some(365 * 86_400);
                let set = broker.cookies.set(broker.cookies.browser(), id.reveal(), year);
                NewBrowser { id, set: Some(set) }
            }
        }
    }
}
