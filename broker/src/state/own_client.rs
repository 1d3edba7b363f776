//! The registration of the account pages: a part of the program, in no store, changed by no command.

use super::issuer::Issuer;
use crate::paths;
use broker_domain::client::{AuthMethod, Client, ClientMetadata, ConsentPolicy, LocalizedName};
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;

/// The id of the account pages, and their sector: it is nobody else's.
pub const OWN_CLIENT: &str = "tai-khoan";

/// What citizens call the account pages.
const NAME: (&str, &str) = ("Tài khoản của tôi", "My account");

/// The account pages as a client: public, for the code that comes back is redeemed by nobody, and without consent, for nothing is shared.
pub fn own_client(issuer: &Issuer) -> Client {
    let (vi, en) = NAME;
    Client {
        id: ClientId::new(OWN_CLIENT),
        name: LocalizedName { vi: vi.to_owned(), en: en.to_owned() },
        metadata: ClientMetadata {
            client_id: Some(OWN_CLIENT.to_owned()),
            client_name: vi.to_owned(),
            client_name_en: Some(en.to_owned()),
            client_uri: Some(issuer.url(paths::ACCOUNT)),
            redirect_uris: vec![issuer.url(paths::ACCOUNT_SIGNED_IN)],
            token_endpoint_auth_method: Some(AuthMethod::None),
            scope: Some("openid".to_owned()),
            consent: ConsentPolicy::None,
            sector: Some(OWN_CLIENT.to_owned()),
            ..ClientMetadata::default()
        },
        secrets: Vec::new(),
        events_token: None,
        disabled_at: None,
        created_at: Timestamp::default(),
    }
}
