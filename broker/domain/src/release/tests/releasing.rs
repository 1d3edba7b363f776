use super::super::*;
use super::samples::*;
use crate::authorization::ClaimsRequest;
use crate::claims::{Claims, Mark, Marked};
use crate::person::{BirthDate, Gender};
use crate::scope::ScopeSet;
use crate::token::Login;
use serde_json::{Value, json};

#[test]
fn scopes_release_their_claims_and_no_more() {
    let of = |scope: &str| {
        Value::Object(userinfo(&login(), &client("standard"), &ScopeSet::parse(scope).unwrap(), NOW))
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
    let claims = Value::Object(userinfo(
        &login(),
        &client("standard"),
        &ScopeSet::parse("openid email").unwrap(),
        NOW,
    ));
    assert_eq!(claims, json!({"sub": "sub-1"}));
}

#[test]
fn a_single_wish_reaches_as_far_as_the_scopes_of_its_client() {
    let mut login = login();
    let asked = json!({"id_token": {"name": null, "birthdate": null, "tax_code": null, "unheard_of": null, "acr": null}});
    login.id_token_claims = ClaimsRequest::parse(&asked.to_string()).unwrap().id_token;
    let mut client = client("standard");
    client.metadata.scope = Some("openid profile".to_owned());
    assert_eq!(
        Value::Object(id_token(&login, &client, NOW)),
        json!({"name": "LÊ VĂN CƯỜNG", "birthdate": "1975-11-02", "acr": "LoA2"})
    );
}

#[test]
fn standard_id_tokens_hold_nobodys_data() {
    assert!(id_token(&login(), &client("standard"), NOW).is_empty());
}

#[test]
fn old_portals_read_their_own_names() {
    let claims = Value::Object(id_token(&login(), &client("dvcqg"), NOW));
    assert_eq!(
        claims,
        json!({"TechID": "sub-1", "LoaiTaiKhoan": 1, "SoDinhDanh": "038075000003", "SoCMND": "171234567", "HoVaTen": "LÊ VĂN CƯỜNG",
            "NgaySinh": "02/11/1975", "GioiTinh": 1, "DiaChi": "Thanh Hoá", "SoDienThoai": "0912345678", "loAs": ["LoA1", "LoA2"]})
    );
    let claims = Value::Object(id_token(&acting(), &client("dvcqg"), NOW));
    assert_eq!(
        claims,
        json!({"TechID": "sub-1", "LoaiTaiKhoan": 2, "SoDinhDanh": "038075000003", "SoCMND": "171234567", "HoVaTen": "LÊ VĂN CƯỜNG",
            "NgaySinh": "02/11/1975", "GioiTinh": 1, "DiaChi": "Thanh Hoá", "SoDienThoai": "0912345678", "MaSoThue": "0101234567",
            "TenDoanhNghiep": "CÔNG TY TNHH SAO MAI", "loAs": ["LoA1", "LoA2"]})
    );
}

/// Every claim of the table, with its type, for who has everything.
#[test]
fn old_portals_read_every_claim() {
    let text = |text: &str, mark| Some(Marked::new(text.to_owned(), mark));
    let mut login = acting();
    login.claims.passport = text("B1234567", Mark::Green);
    login.claims.email = text("c@example.vn", Mark::Yellow);
    login.claims.business_code = text("0101234567", Mark::Yellow);
    let claims = userinfo(&login, &client("dvcqg"), &ScopeSet::parse("openid").unwrap(), NOW);
    let texts = [
        "sub",
        "TechID",
        "SoDinhDanh",
        "SoCMND",
        "HoChieu",
        "HoVaTen",
        "NgaySinh",
        "DiaChi",
        "SoDienThoai",
        "ThuDienTu",
        "MaSoThue",
        "MaSoDoanhNghiep",
        "TenDoanhNghiep",
    ];
    for name in texts {
        assert!(claims[name].as_str().is_some_and(|t| !t.is_empty()), "{name}");
    }
    for name in ["LoaiTaiKhoan", "GioiTinh"] {
        assert!(claims[name].is_i64() || claims[name].is_u64(), "{name}");
    }
    assert!(claims["loAs"].as_array().is_some_and(|all| all.iter().all(Value::is_string)));
    assert_eq!(claims.len(), texts.len() + 3);
}

/// Who has told next to nothing: what is unknown is absent, never blank; the key is always there.
#[test]
fn old_portals_read_who_has_next_to_nothing() {
    let mut login = login();
    login.claims = Claims { email: Some(Marked::new(" ".to_owned(), Mark::Yellow)), ..Claims::default() };
    assert_eq!(
        Value::Object(userinfo(&login, &client("dvcqg"), &ScopeSet::parse("openid").unwrap(), NOW)),
        json!({"sub": "sub-1", "TechID": "sub-1", "LoaiTaiKhoan": 1, "GioiTinh": 0, "loAs": ["LoA1", "LoA2"]})
    );
    login.claims.birth_date = Some(Marked::new(BirthDate::Year(1975), Mark::Yellow));
    login.claims.gender = Some(Marked::new(Gender::Female, Mark::Yellow));
    let claims = id_token(&login, &client("dvcqg"), NOW);
    assert_eq!((&claims["NgaySinh"], &claims["GioiTinh"]), (&json!("1975"), &json!(2)));
}

#[test]
fn an_organization_and_who_acts_for_it() {
    let of = |login: &Login| {
        Value::Object(userinfo(
            login,
            &client("standard"),
            &ScopeSet::parse("openid organization").unwrap(),
            NOW,
        ))
    };
    let mut login = acting();
    assert_eq!(
        of(&login),
        json!({"sub": "sub-1", "account_type": "organization", "tax_code": "0101234567", "organization_name": "CÔNG TY TNHH SAO MAI",
            "representative_name": "LÊ VĂN CƯỜNG", "representative_number": "038075000003"})
    );
    login.claims.business_code = Some(Marked::new("0101234567".to_owned(), Mark::Yellow));
    assert_eq!(of(&login)["business_code"], "0101234567");
    // For themselves they represent nobody.
    assert_eq!(of(&super::samples::login()), json!({"sub": "sub-1", "account_type": "citizen"}));
}

/// What nobody verified is said to be so.
#[test]
fn yellow_contacts_are_unverified() {
    let mut login = login();
    login.claims.phone = Some(Marked::new("0912345678".to_owned(), Mark::Yellow));
    login.claims.email = Some(Marked::new("c@example.vn".to_owned(), Mark::Yellow));
    let scope = ScopeSet::parse("openid email phone").unwrap();
    assert_eq!(
        Value::Object(userinfo(&login, &client("standard"), &scope, NOW)),
        json!({"sub": "sub-1", "email": "c@example.vn", "email_verified": false, "phone_number": "0912345678",
            "phone_number_verified": false})
    );
}
