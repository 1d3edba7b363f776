use super::*;
use crate::claims::Claims;
use crate::client::{ClientMetadata, LocalizedName};
use crate::clock::Timestamp;
use crate::ids::{CitizenId, ClientId, SessionId};
use crate::person::{BirthDate, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode};
use crate::session::Holder;
use crate::subject::Subject;

fn client(profile: &str) -> Client {
    let metadata = json!({"client_name": "x", "redirect_uris": ["https://rp.example/cb"], "profile": profile,
        "scope": "openid profile email phone address citizen"});
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

fn login() -> Login {
    Login {
        subject: Subject::new("sub-1").unwrap(),
        holder: Holder::Citizen(CitizenId::new("c")),
        sid: SessionId::new("s"),
        auth_time: Timestamp::from_secs(5),
        level: Level::LoA2,
        nonce: None,
        id_token_claims: Vec::new(),
        userinfo_claims: Vec::new(),
        kind: AccountKind::Citizen,
        claims: Claims::proven(&person(), Timestamp::from_secs(5)),
    }
}

fn person() -> Profile {
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

fn wish(name: &str) -> ClaimWish {
    ClaimWish { name: name.into(), ..ClaimWish::default() }
}

#[test]
fn scopes_release_their_claims_and_no_more() {
    let of = |scope: &str| {
        Value::Object(userinfo(&login(), &client("standard"), &ScopeSet::parse(scope).unwrap()))
    };
    assert_eq!(of("openid"), json!({"sub": "sub-1"}));
    assert_eq!(
        of("openid profile"),
        json!({"sub": "sub-1", "name": "LÊ VĂN CƯỜNG", "family_name": "LÊ", "middle_name": "VĂN", "given_name": "CƯỜNG",
            "gender": "male", "birthdate": "1975-11-02", "locale": "vi-VN", "zoneinfo": "Asia/Ho_Chi_Minh"})
    );
    assert_eq!(
        of("openid address"),
        json!({"sub": "sub-1", "address": {"formatted": "Thanh Hoá", "country": "VN"}})
    );
    assert_eq!(
        of("openid phone"),
        json!({"sub": "sub-1", "phone_number": "0912345678", "phone_number_verified": true})
    );
    assert_eq!(
        of("openid citizen"),
        json!({"sub": "sub-1", "account_type": "citizen", "personal_number": "038075000003", "old_number": "171234567"})
    );
}

#[test]
fn a_blank_claim_is_left_out_with_what_is_said_of_it() {
    let claims =
        Value::Object(userinfo(&login(), &client("standard"), &ScopeSet::parse("openid email").unwrap()));
    assert_eq!(claims, json!({"sub": "sub-1"}));
}

#[test]
fn a_single_wish_reaches_as_far_as_the_scopes_of_its_client() {
    let mut login = login();
    login.id_token_claims = vec![wish("name"), wish("tax_code"), wish("unheard_of"), wish("acr")];
    assert_eq!(
        Value::Object(id_token(&login, &client("standard"))),
        json!({"name": "LÊ VĂN CƯỜNG", "acr": "LoA2"})
    );
}

#[test]
fn standard_id_tokens_hold_nobodys_data() {
    assert!(id_token(&login(), &client("standard")).is_empty());
}

#[test]
fn old_portals_read_their_own_names() {
    let claims = Value::Object(id_token(&login(), &client("dvcqg")));
    assert_eq!(
        claims,
        json!({"TechID": "sub-1", "LoaiTaiKhoan": 1, "SoDinhDanh": "038075000003", "SoCMND": "171234567", "HoVaTen": "LÊ VĂN CƯỜNG",
            "NgaySinh": "02/11/1975", "GioiTinh": 1, "DiaChi": "Thanh Hoá", "SoDienThoai": "0912345678", "loAs": ["LoA1", "LoA2"]})
    );
    let mut acting = login();
    acting.kind = AccountKind::Organization;
    let organization = Some(Organization {
        tax_code: TaxCode::parse("0101234567").unwrap(),
        name: "CÔNG TY TNHH SAO MAI".into(),
    });
    acting.claims = Claims::proven(&Profile { organization, ..person() }, acting.auth_time);
    let claims = userinfo(&acting, &client("dvcqg"), &ScopeSet::parse("openid").unwrap());
    assert_eq!((claims["LoaiTaiKhoan"].clone(), claims["MaSoThue"].clone()), (json!(2), json!("0101234567")));
}
