//! What a portal says about itself and its registration at the broker.

use std::fmt;

use broker_jose::Algorithm;
use url::{Host, Url};

use crate::error::SettingsError;

/// A secret that does not show in debug output.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How the portal proves to the token endpoint who it is; it must be the way that is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAuth {
    /// `client_secret_basic`.
    #[default]
    Basic,
    /// `client_secret_post`.
    Post,
    /// `none`: a public client, held by PKCE alone.
    None,
}

/// How portals of the former national sign-on speak: no PKCE, no nonce, one fixed `state`, nothing percent-encoded, the
/// secret in the form, userinfo by POST with a JSON content type. For portals that cannot change yet, and for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legacy {
    /// The `state` that is always sent: standard Base64, as old portals have it, with `+`, `/` and `=` as they are.
    pub state: String,
    /// `acr_values` when no level is asked for.
    pub acr_values: Option<String>,
}

/// The portal's own paths, below its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `GET`: begins a sign-in.
    pub login: String,
    /// `GET`: where the broker sends the citizen back; by default the path of the redirect URI.
    pub callback: String,
    /// `POST`: signs out.
    pub logout: String,
    /// `POST`: where the broker says that a session has ended.
    pub back_channel_logout: String,
    /// Where to go when nothing else is said: after signing in, after signing out.
    pub home: String,
}

/// Everything that is fixed for the life of a portal.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) client_auth: ClientAuth,
    pub(crate) redirect_uri: String,
    pub(crate) post_logout_redirect_uri: Option<String>,
    pub(crate) scopes: String,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) legacy: Option<Legacy>,
    pub(crate) paths: Paths,
    pub(crate) fetch_userinfo: bool,
    /// Seconds without a request after which a session ends.
    pub(crate) idle: i64,
    /// Seconds after which a session ends in any case.
    pub(crate) absolute: i64,
    /// Seconds within which a sign-in must come back.
    pub(crate) attempt: i64,
    /// Seconds by which clocks may differ.
    pub(crate) leeway: i64,
}

impl Settings {
    /// # Errors
    /// The first setting that cannot be right.
    pub(crate) fn validate(&self) -> Result<(), SettingsError> {
        let issuer = secure_url(&self.issuer).map_err(SettingsError::Issuer)?;
        if issuer.query().is_some() {
            return Err(SettingsError::Issuer("has a query"));
        }
        secure_url(&self.redirect_uri).map_err(SettingsError::RedirectUri)?;
        if let Some(uri) = &self.post_logout_redirect_uri {
            secure_url(uri).map_err(SettingsError::PostLogoutRedirectUri)?;
        }
        if self.client_id.is_empty() {
            return Err(SettingsError::ClientId);
        }
        match (self.client_auth, &self.client_secret) {
            (ClientAuth::None, Some(_)) => {
                return Err(SettingsError::ClientSecret("a public client has none"));
            }
            (ClientAuth::None, None) if self.legacy.is_some() => {
                return Err(SettingsError::ClientSecret("an old portal has one"));
            }
            (ClientAuth::Basic | ClientAuth::Post, None) => {
                return Err(SettingsError::ClientSecret("is missing"));
            }
            (ClientAuth::Basic | ClientAuth::Post, Some(secret)) if secret.0.is_empty() => {
                return Err(SettingsError::ClientSecret("is empty"));
            }
            _ => {}
        }
        let paths = &self.paths;
        for path in [&paths.login, &paths.callback, &paths.logout, &paths.back_channel_logout, &paths.home] {
            if !is_local(path) {
                return Err(SettingsError::Path("must begin with one slash"));
            }
        }
        Ok(())
    }

    /// Whether cookies can be `Secure`.
    pub(crate) fn is_https(&self) -> bool {
        self.redirect_uri.starts_with("https:")
    }

    /// `scheme://host:port` of the portal.
    pub(crate) fn origin(&self) -> String {
        Url::parse(&self.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

/// An absolute URL over https, or over http on loopback; no fragment, no user name.
pub(crate) fn secure_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("has no host"),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err("http is for loopback addresses only"),
        _ => return Err("must be https"),
    }
    if url.fragment().is_some() {
        return Err("has a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name");
    }
    Ok(url)
}

/// Whether a text is a path on this portal, so that a redirect to it stays here: one slash, nothing that a browser reads
/// as a second one, no control characters (browsers drop tabs and line ends).
pub(crate) fn is_local(path: &str) -> bool {
    let mut characters = path.chars();
    characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && path.len() <= 1024
        && path.chars().all(|character| character.is_ascii_graphic() && character != '\\')
}
