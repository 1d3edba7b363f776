//! Settings of the stand-in.

use serde::{Deserialize, Serialize};

/// A client of VNeID: the broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Redirect URIs: exact, or every one that begins so when it ends in `*`.
    pub redirect_uris: Vec<String>,
    /// The public RSA key (PEM) to which the sealed dialect seals.
    #[serde(default)]
    pub public_key: Option<String>,
    /// Whether the sealed dialect encrypts its codes too.
    #[serde(default)]
    pub encrypt_code: bool,
    /// Where logout tokens go.
    #[serde(default)]
    pub backchannel_logout_uri: Option<String>,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Its clients.
    pub clients: Vec<ClientSettings>,
    /// The one-time code of everybody; a random one for each when empty.
    pub otp: String,
    /// How long codes work, in seconds.
    pub code_secs: i64,
    /// Whether claims stand in the id_token, or in userinfo only.
    pub claims_in_id_token: bool,
    /// Whether whoever represents organizations signs in as themselves at once, and the claims list the organizations, so that the client
    /// lets them choose. Otherwise they choose here, on a page.
    pub list_organizations: bool,
    /// Who may ask the population database: a client's id and secret.
    pub population_client: (String, String),
    /// The token of who may send text messages.
    pub sms_token: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clients: vec![ClientSettings {
                client_id: "broker".to_owned(),
                client_secret: "mock-vneid-client-secret-for-tests".to_owned(),
                redirect_uris: vec![
                    "http://localhost*".to_owned(),
                    "http://127.0.0.1*".to_owned(),
                    "https://localhost*".to_owned(),
                ],
                public_key: None,
                encrypt_code: false,
                backchannel_logout_uri: None,
            }],
            otp: "000000".to_owned(),
            code_secs: 60,
            claims_in_id_token: true,
            list_organizations: false,
            population_client: ("broker".to_owned(), "mock-population-secret-for-tests".to_owned()),
            sms_token: "mock-sms-token-for-tests".to_owned(),
        }
    }
}

impl ClientSettings {
    /// Whether a redirect URI is this client's.
    pub fn redirect_fits(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|r| match r.strip_suffix('*') {
            Some(prefix) => uri.starts_with(prefix),
            None => uri == r,
        })
    }
}
