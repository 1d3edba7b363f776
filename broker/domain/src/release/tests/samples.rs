//! Somebody who signed in, and the client that asks.

use crate::authorization::{ClaimWishes, ClaimsRequest};
use crate::claims::Claims;
use crate::client::{Client, ClientMetadata, LocalizedName};
use crate::clock::Timestamp;
use crate::ids::{CitizenId, ClientId, SessionId};
use crate::level::Level;
use crate::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use crate::session::Holder;
use crate::subject::Subject;
use crate::token::Login;
use serde_json::{Value, json};

pub(super) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub(super) fn client(profile: &str) -> Client {
    let metadata = json!({"client_name": "x", "redirect_uris": ["https://rp.example/cb"], "profile": profile,
        "scope": "openid profile email phone address citizen organization"});
    Client {
        id: ClientId::new("rp"),
        name: LocalizedName::default(),
        metadata: ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap(),
        secrets: Vec::new(),
        events_token: None,
        disabled_at: None,
        created_at: Timestamp::default(),
    }
}

pub(super) fn login() -> Login {
    Login {
        subject: Subject::new("sub-1").unwrap(),
        holder: Holder::Citizen(CitizenId::new("c")),
        sid: SessionId::new("s"),
        auth_time: NOW,
        level: Level::LoA2,
        reached: Level::LoA2,
        nonce: None,
        id_token_claims: ClaimWishes::default(),
        userinfo_claims: ClaimWishes::default(),
        kind: AccountKind::Citizen,
        claims: Claims::proven(&person(), NOW),
    }
}

pub(super) fn person() -> Profile {
    Profile {
        kind: AccountKind::Citizen,
        personal_number: PersonalNumber::parse("038075000003").unwrap(),
        full_name: Name::parse("LÊ VĂN CƯỜNG").unwrap(),
        birth_date: Some(BirthDate::Day(1975, 11, 2)),
        gender: Some(Gender::Male),
        old_number: Some(OldNumber::parse("171234567").unwrap()),
        passport: None,
        phone: Some("0912345678".into()),
        email: Some(" ".into()),
        address: Some("Thanh Hoá".into()),
        organization: None,
    }
}

/// The person acting for an organization.
pub(super) fn acting() -> Login {
    let organization = Some(Organization {
        tax_code: TaxCode::parse("0101234567").unwrap(),
        name: "CÔNG TY TNHH SAO MAI".into(),
    });
    let profile = Profile { kind: AccountKind::Organization, organization, ..person() };
    Login { kind: AccountKind::Organization, claims: Claims::proven(&profile, NOW), ..login() }
}

/// The same login with what a `claims` parameter asks of userinfo.
pub(super) fn asking(login: Login, userinfo: Value) -> Login {
    let request = ClaimsRequest::parse(&json!({ "userinfo": userinfo }).to_string()).unwrap();
    Login { userinfo_claims: request.userinfo, ..login }
}
