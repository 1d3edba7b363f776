//! Client metadata as JSON: the names of RFC 7591, OpenID Connect registration and logout, and ours.

use super::kinds::{
    AccessTokenFormat, ApplicationType, AuthMethod, ConsentPolicy, EncryptionAlg, EventsDelivery, GrantType,
    Pkce, Profile, SignInMethod, SigningAlg, SubjectType,
};
use super::redirect::is_loopback;
use crate::level::Level;
use crate::scope::{KNOWN, ScopeSet};
use serde::{Deserialize, Serialize};
use url::Url;

/// Why metadata is refused. The text names the member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {reason}")]
pub struct BadMetadata {
    /// The JSON member.
    pub member: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// The one content encryption of what we encrypt.
pub const CONTENT_ENCRYPTION: &str = "A256GCM";
/// The sector of all clients that see public subjects.
pub(super) const PUBLIC_SECTOR: &str = "public";

/// What a client registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientMetadata {
    /// Ours: given at registration, else generated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The name, Vietnamese.
    pub client_name: String,
    /// The name, English.
    #[serde(rename = "client_name#en", skip_serializing_if = "Option::is_none")]
    pub client_name_en: Option<String>,
    /// The portal's home page: the way out of our pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// OpenID Connect Core 4: where a login can be begun anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Ours.
    pub profile: Profile,
    /// Web, native or browser.
    pub application_type: ApplicationType,
    /// Exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Exact URIs to go to after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// Origins that may call by CORS (ours).
    pub allowed_origins: Vec<String>,
    /// The registered method; basic and post stand for each other only when `token_endpoint_auth_methods` says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthMethod>,
    /// Ours: several methods.
    pub token_endpoint_auth_methods: Vec<AuthMethod>,
    /// Grants.
    pub grant_types: Vec<GrantType>,
    /// `code` only.
    pub response_types: Vec<String>,
    /// What it may ask for, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// RS256 unless registered otherwise.
    pub id_token_signed_response_alg: SigningAlg,
    /// Userinfo as a signed token of this algorithm; plain JSON when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlg>,
    /// Userinfo encrypted to a key of `jwks`, after it was signed if that is asked for too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<EncryptionAlg>,
    /// `A256GCM`: the only content encryption there is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<String>,
    /// The client's public keys, by value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// Opaque unless registered otherwise (ours).
    pub access_token_format: AccessTokenFormat,
    /// Ours.
    pub pkce: Pkce,
    /// Ours.
    pub consent: ConsentPolicy,
    /// The sign-in methods that this portal offers, in order (ours).
    pub sign_in_methods: Vec<SignInMethod>,
    /// `pairwise`: a subject of the sector's own; `public`: the one that all clients of this type see.
    pub subject_type: SubjectType,
    /// The sector whose subjects it sees (ours); its own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Names the redirect URIs of a sector, whose name is then the document's host (OpenID Connect Core 8.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// Ours: a lower level is stepped up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_acr: Option<Level>,
    /// OpenID Connect registration: seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    /// OpenID Connect Back-Channel Logout 2.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// The same.
    pub backchannel_logout_session_required: bool,
    /// How it gets the events that it is told (ours); none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_delivery: Option<EventsDelivery>,
    /// Where they are pushed to (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_endpoint: Option<String>,
    /// Lifetime of access tokens in seconds (ours); the broker's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u32>,
    /// Requests that it may make each minute (ours); the broker's default when absent, any number when 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Where operators find who is responsible (RFC 7591).
    pub contacts: Vec<String>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            client_id: None,
            client_name: String::new(),
            client_name_en: None,
            client_uri: None,
            initiate_login_uri: None,
            profile: Profile::Standard,
            application_type: ApplicationType::Web,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            allowed_origins: Vec::new(),
            token_endpoint_auth_method: None,
            token_endpoint_auth_methods: Vec::new(),
            grant_types: vec![GrantType::AuthorizationCode],
            response_types: vec!["code".to_owned()],
            scope: None,
            id_token_signed_response_alg: SigningAlg::RS256,
            userinfo_signed_response_alg: None,
            userinfo_encrypted_response_alg: None,
            userinfo_encrypted_response_enc: None,
            jwks: None,
            access_token_format: AccessTokenFormat::Opaque,
            pkce: Pkce::Required,
            consent: ConsentPolicy::Ask,
            sign_in_methods: vec![SignInMethod::Vneid],
            subject_type: SubjectType::Pairwise,
            sector: None,
            sector_identifier_uri: None,
            min_acr: None,
            default_max_age: None,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            events_delivery: None,
            events_endpoint: None,
            access_token_lifetime: None,
            requests_per_minute: None,
            contacts: Vec::new(),
        }
    }
}

impl ClientMetadata {
    /// Reads and checks metadata.
    pub fn parse(json: &[u8]) -> Result<Self, BadMetadata> {
        let read: Self = serde_json::from_slice(json)
            .map_err(|e| BadMetadata { member: "metadata", reason: e.to_string() })?;
        read.check()?;
        Ok(read)
    }

    /// The methods by which the client may prove who it is.
    pub fn auth_methods(&self) -> Vec<AuthMethod> {
        match (self.token_endpoint_auth_methods.as_slice(), self.token_endpoint_auth_method) {
            ([], Some(one)) => vec![one],
            ([], None) => vec![AuthMethod::ClientSecretBasic],
            (several, _) => several.to_vec(),
        }
    }

    /// The sector's name by its document, when it has one: the host (OpenID Connect Core 8.1).
    pub(super) fn sector_host(&self) -> Option<String> {
        Url::parse(self.sector_identifier_uri.as_deref()?).ok()?.host_str().map(str::to_owned)
    }

    /// Whether every member makes sense by itself and with the others.
    pub fn check(&self) -> Result<(), BadMetadata> {
        let bad = |member, reason: &str| Err(BadMetadata { member, reason: reason.to_owned() });
        if self.client_name.trim().is_empty() {
            return bad("client_name", "must say what people call the portal");
        }
        if let Some(id) = &self.client_id
            && (id.is_empty()
                || id.len() > 128
                || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)))
        {
            return bad("client_id", "must have 1 to 128 characters of A-Z a-z 0-9 - _ .");
        }
        if self.grant_types.contains(&GrantType::AuthorizationCode) && self.redirect_uris.is_empty() {
            return bad("redirect_uris", "must hold at least one URI for the authorization code grant");
        }
        for uri in &self.redirect_uris {
            self.check_uri("redirect_uris", uri)?;
        }
        for uri in &self.post_logout_redirect_uris {
            self.check_uri("post_logout_redirect_uris", uri)?;
        }
        for (member, uri) in [
            ("client_uri", &self.client_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
            ("sector_identifier_uri", &self.sector_identifier_uri),
            ("backchannel_logout_uri", &self.backchannel_logout_uri),
            ("events_endpoint", &self.events_endpoint),
        ] {
            if let Some(uri) = uri {
                let url = self.check_uri(member, uri)?;
                if !matches!(url.scheme(), "https" | "http") {
                    return bad(member, "must be an http or https URI");
                }
            }
        }
        for origin in &self.allowed_origins {
            let same = Url::parse(origin)
                .is_ok_and(|u| u.origin().is_tuple() && u.origin().ascii_serialization() == *origin);
            if !same {
                return bad("allowed_origins", "must be origins: scheme, host and port, nothing after");
            }
        }
        if self.response_types.iter().any(|t| t != "code") {
            return bad("response_types", "only code is supported");
        }
        let methods = self.auth_methods();
        if methods.contains(&AuthMethod::None) && methods.len() > 1 {
            return bad("token_endpoint_auth_methods", "none cannot stand beside another method");
        }
        if methods.contains(&AuthMethod::None) {
            if self.grant_types.contains(&GrantType::ClientCredentials) {
                return bad("grant_types", "a public client cannot use client_credentials");
            }
            if self.pkce == Pkce::Optional {
                return bad("pkce", "a public client must use PKCE");
            }
        }
        match self.scope.as_deref().map(ScopeSet::parse) {
            Some(None) => return bad("scope", "has a character that no scope may have"),
            Some(Some(scopes)) => {
                if let Some(unknown) = scopes.iter().find(|s| !KNOWN.contains(s)) {
                    return Err(BadMetadata {
                        member: "scope",
                        reason: format!("{unknown} is not a scope of this broker"),
                    });
                }
            }
            None => {}
        }
        if self.grant_types.contains(&GrantType::AuthorizationCode) && self.sign_in_methods.is_empty() {
            return bad("sign_in_methods", "must offer at least one way to sign in");
        }
        if self.backchannel_logout_session_required && self.backchannel_logout_uri.is_none() {
            return bad("backchannel_logout_session_required", "needs a backchannel_logout_uri");
        }
        self.check_userinfo()?;
        self.check_subject()?;
        self.check_events()?;
        if self.access_token_lifetime.is_some_and(|s| !(30..=86_400).contains(&s)) {
            return bad("access_token_lifetime", "must be 30 to 86400 seconds");
        }
        Ok(())
    }

    fn check_userinfo(&self) -> Result<(), BadMetadata> {
        let bad = |member, reason: &str| Err(BadMetadata { member, reason: reason.to_owned() });
        match (self.userinfo_encrypted_response_alg, self.userinfo_encrypted_response_enc.as_deref()) {
            (None, None) => Ok(()),
            (None, Some(_)) => {
                bad("userinfo_encrypted_response_enc", "needs userinfo_encrypted_response_alg")
            }
            (Some(_), _) if self.jwks.is_none() => {
                bad("userinfo_encrypted_response_alg", "needs the client's key in jwks")
            }
            (Some(_), Some(CONTENT_ENCRYPTION)) => Ok(()),
            (Some(_), _) => bad("userinfo_encrypted_response_enc", "must be A256GCM"),
        }
    }

    fn check_events(&self) -> Result<(), BadMetadata> {
        let bad = |member, reason: &str| Err(BadMetadata { member, reason: reason.to_owned() });
        match (self.events_delivery, &self.events_endpoint) {
            (Some(EventsDelivery::Push), None) => {
                bad("events_endpoint", "must say where events are pushed to")
            }
            (Some(EventsDelivery::Poll), Some(_)) => bad("events_endpoint", "is for events_delivery push"),
            (None, Some(_)) => bad("events_endpoint", "needs events_delivery"),
            // What is fetched is asked for in JSON, which has no place for a secret.
            (Some(EventsDelivery::Poll), None)
                if !self.auth_methods().contains(&AuthMethod::ClientSecretBasic) =>
            {
                bad("events_delivery", "poll needs client_secret_basic")
            }
            _ => Ok(()),
        }
    }

    fn check_subject(&self) -> Result<(), BadMetadata> {
        let bad = |member, reason: &str| Err(BadMetadata { member, reason: reason.to_owned() });
        match (self.subject_type, self.sector.as_deref()) {
            (SubjectType::Pairwise, Some(_)) if self.sector_identifier_uri.is_some() => {
                bad("sector", "cannot stand beside sector_identifier_uri")
            }
            (SubjectType::Public, _) if self.sector_identifier_uri.is_some() => {
                bad("sector_identifier_uri", "cannot stand beside subject_type public")
            }
            (SubjectType::Public, Some(_)) => bad("sector", "cannot stand beside subject_type public"),
            (SubjectType::Pairwise, Some(PUBLIC_SECTOR)) => {
                bad("sector", "public is what subject_type is for")
            }
            _ => Ok(()),
        }
    }

    fn check_uri(&self, member: &'static str, uri: &str) -> Result<Url, BadMetadata> {
        let bad = |reason: &str| BadMetadata { member, reason: format!("{uri}: {reason}") };
        let url = Url::parse(uri).map_err(|_| bad("not an absolute URI"))?;
        if url.fragment().is_some() || uri.contains('#') {
            return Err(bad("must have no fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("must carry no user name or password"));
        }
        if uri.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) || uri.contains('*') {
            return Err(bad("must be plain ASCII without blanks or asterisks"));
        }
        let fits = match url.scheme() {
            "https" => url.host().is_some(),
            "http" => is_loopback(&url),
            "javascript" | "data" | "file" | "blob" | "about" | "vbscript" => false,
            private => self.application_type == ApplicationType::Native && private.contains('.'),
        };
        if fits {
            Ok(url)
        } else {
            Err(bad("must be https, http on loopback, or a reverse-domain scheme of a native app"))
        }
    }
}
