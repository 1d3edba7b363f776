//! The table of claims.

use relying_party_sdk::Mark;
use relying_party_sdk::web::Citizen;
use serde_json::Value;

use crate::texts::Texts;

/// One line of the table.
pub(crate) struct Row {
    pub(crate) label: &'static str,
    pub(crate) claim: String,
    pub(crate) value: String,
    pub(crate) sign: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) class: &'static str,
}

/// Claim, Vietnamese label, English label.
type Known = (&'static str, &'static str, &'static str);

const STANDARD: [Known; 12] = [
    ("name", "Họ và tên", "Full name"),
    ("birthdate", "Ngày sinh", "Date of birth"),
    ("gender", "Giới tính", "Gender"),
    ("personal_number", "Số định danh cá nhân", "Personal number"),
    ("old_number", "Số CMND cũ", "Old identity card number"),
    ("passport_number", "Số hộ chiếu", "Passport number"),
    ("phone_number", "Số điện thoại", "Phone number"),
    ("email", "Thư điện tử", "E-mail"),
    ("address", "Địa chỉ", "Address"),
    ("account_type", "Loại tài khoản", "Kind of account"),
    ("tax_code", "Mã số thuế", "Tax code"),
    ("organization_name", "Tên tổ chức", "Name of the organization"),
];

const OLD: [Known; 15] = [
    ("TechID", "Mã tài khoản tại cổng (TechID)", "Account number at the portal (TechID)"),
    ("LoaiTaiKhoan", "Loại tài khoản", "Kind of account"),
    ("HoVaTen", "Họ và tên", "Full name"),
    ("SoDinhDanh", "Số định danh cá nhân", "Personal number"),
    ("SoCMND", "Số CMND cũ", "Old identity card number"),
    ("HoChieu", "Số hộ chiếu", "Passport number"),
    ("NgaySinh", "Ngày sinh", "Date of birth"),
    ("GioiTinh", "Giới tính", "Gender"),
    ("DiaChi", "Địa chỉ", "Address"),
    ("SoDienThoai", "Số điện thoại", "Phone number"),
    ("ThuDienTu", "Thư điện tử", "E-mail"),
    ("MaSoThue", "Mã số thuế", "Tax code"),
    ("MaSoDoanhNghiep", "Mã số doanh nghiệp", "Enterprise number"),
    ("TenDoanhNghiep", "Tên doanh nghiệp", "Name of the enterprise"),
    ("loAs", "Các mức xác thực đã đạt", "Levels reached"),
];

/// What may come besides, and has a line only when it does.
const BESIDES: [Known; 5] = [
    ("family_name", "Họ", "Family name"),
    ("middle_name", "Tên đệm", "Middle name"),
    ("given_name", "Tên", "Given name"),
    ("locale", "Ngôn ngữ", "Language"),
    ("zoneinfo", "Múi giờ", "Time zone"),
];

/// Claims of the protocol itself, and those that only say something about another claim.
const HIDDEN: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "sid",
    "acr",
    "auth_time",
    "amr",
    "jti",
];

/// Claims of organizations: no line for a citizen who has none of them.
const OF_ORGANIZATIONS: [&str; 5] =
    ["tax_code", "organization_name", "MaSoThue", "MaSoDoanhNghiep", "TenDoanhNghiep"];

/// The lines for a citizen: what such a portal knows of, also where there is no data, then whatever else came.
pub(crate) fn rows(citizen: &Citizen, legacy: bool, texts: &'static Texts) -> Vec<Row> {
    let known: &[Known] = if legacy { &OLD } else { &STANDARD };
    let mut rows: Vec<Row> = known
        .iter()
        .filter(|(claim, ..)| !OF_ORGANIZATIONS.contains(claim) || is_organization(citizen))
        .map(|known| row(citizen, known.0, label(known, texts), texts))
        .collect();
    let further = citizen.claims().keys().filter(|claim| {
        let listed = known.iter().any(|(own, ..)| own == claim);
        !listed && !HIDDEN.contains(&claim.as_str()) && !claim.ends_with("_verified")
    });
    rows.extend(further.map(|claim| {
        let besides = BESIDES.iter().find(|(own, ..)| own == claim);
        row(citizen, claim, besides.map(|known| label(known, texts)).unwrap_or_default(), texts)
    }));
    rows
}

fn label(known: &Known, texts: &Texts) -> &'static str {
    if texts.lang == "en" { known.2 } else { known.1 }
}

fn is_organization(citizen: &Citizen) -> bool {
    citizen.text("account_type") == Some("organization")
        || citizen.claims().get("LoaiTaiKhoan").and_then(Value::as_i64) == Some(2)
}

fn row(citizen: &Citizen, claim: &str, label: &'static str, texts: &Texts) -> Row {
    let (sign, mark, class) = match citizen.mark(claim) {
        Mark::Verified => ("✔", texts.verified, "good"),
        Mark::SelfDeclared => ("!", texts.self_declared, "care"),
        Mark::Missing => ("✕", texts.missing, "none"),
    };
    let value = citizen.claims().get(claim).map(|value| shown(claim, value, texts)).unwrap_or_default();
    Row { label, claim: claim.to_owned(), value, sign, mark, class }
}

/// A value as people write it.
fn shown(claim: &str, value: &Value, texts: &Texts) -> String {
    match (claim, value) {
        ("birthdate", Value::String(date)) => day_first(date),
        ("gender", Value::String(gender)) if gender == "male" => texts.male.to_owned(),
        ("gender", Value::String(gender)) if gender == "female" => texts.female.to_owned(),
        ("account_type", Value::String(kind)) if kind == "citizen" => texts.citizen.to_owned(),
        ("account_type", Value::String(kind)) if kind == "organization" => texts.organization.to_owned(),
        ("GioiTinh", Value::Number(number)) => match number.as_i64() {
            Some(1) => format!("1 ({})", texts.male),
            Some(2) => format!("2 ({})", texts.female),
            _ => number.to_string(),
        },
        ("LoaiTaiKhoan", Value::Number(number)) => match number.as_i64() {
            Some(1) => format!("1 ({})", texts.citizen),
            Some(2) => format!("2 ({})", texts.organization),
            _ => number.to_string(),
        },
        (_, Value::Null) => String::new(),
        (_, Value::Bool(yes)) => (if *yes { texts.yes } else { texts.no }).to_owned(),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Array(items)) => {
            items.iter().map(|item| shown("", item, texts)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Object(members)) => match members.get("formatted") {
            Some(Value::String(text)) => text.clone(),
            _ => members.values().map(|member| shown("", member, texts)).collect::<Vec<_>>().join(", "),
        },
    }
}

/// `1985-03-12` as `12/03/1985`; anything else as it is.
fn day_first(date: &str) -> String {
    let mut parts = date.split('-');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => format!("{day}/{month}/{year}"),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let texts = Texts::of("vi");
        for (claim, value, expected) in [
            ("birthdate", json!("1985-03-12"), "12/03/1985"),
            ("birthdate", json!("1985"), "1985"),
            ("gender", json!("female"), "Nữ"),
            ("GioiTinh", json!(1), "1 (Nam)"),
            ("GioiTinh", json!(0), "0"),
            ("LoaiTaiKhoan", json!(2), "2 (Tổ chức)"),
            ("account_type", json!("citizen"), "Công dân"),
            (
                "address",
                json!({ "formatted": "Phường 1, Bình Dương", "country": "VN" }),
                "Phường 1, Bình Dương",
            ),
            ("loAs", json!(["LoA1", "LoA2"]), "LoA1, LoA2"),
            ("x", json!(true), "Có"),
            ("x", json!(null), ""),
            ("x", json!({ "a": [1, { "b": "c" }] }), "1, c"),
        ] {
            assert_eq!(shown(claim, &value, texts), expected);
        }
    }
}
