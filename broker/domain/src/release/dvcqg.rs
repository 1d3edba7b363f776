//! The claims of the former sign-on.

use super::claim::text;
use crate::level::Level;
use crate::person::{AccountKind, Gender};
use crate::token::Login;
use serde_json::{Map, Value, json};

/// The claims that portals of the former sign-on read. `TechID` is the subject: the key under which they store people.
pub(super) fn dvcqg(out: &mut Map<String, Value>, login: &Login) {
    let known = &login.claims;
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    put("TechID", Some(json!(login.subject.as_str())));
    put("LoaiTaiKhoan", Some(json!(if login.kind == AccountKind::Organization { 2 } else { 1 })));
    put("SoDinhDanh", known.personal_number.as_ref().map(|n| json!(n.value.as_str())));
    put("SoCMND", known.old_number.as_ref().map(|n| json!(n.value.as_str())));
    put("HoChieu", text(&known.passport));
    put("HoVaTen", known.full_name.as_ref().map(|n| json!(n.value.as_str())));
    put("NgaySinh", known.birth_date.as_ref().map(|d| json!(d.value.vietnamese())));
    put(
        "GioiTinh",
        Some(json!(match known.gender.as_ref().map(|g| g.value) {
            Some(Gender::Male) => 1,
            Some(Gender::Female) => 2,
            None => 0,
        })),
    );
    put("DiaChi", text(&known.address));
    put("SoDienThoai", text(&known.phone));
    put("ThuDienTu", text(&known.email));
    put("MaSoThue", known.tax_code.as_ref().map(|c| json!(c.value.as_str())));
    put("MaSoDoanhNghiep", text(&known.business_code));
    put("TenDoanhNghiep", text(&known.organization_name));
    let reached: Vec<&str> =
        Level::ALL.into_iter().filter(|l| *l <= login.level).map(Level::as_str).collect();
    put("loAs", Some(json!(reached)));
}
