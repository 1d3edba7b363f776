//! The people of the demo and what they know.

/// The password of all of them.
pub(crate) const PASSWORD: &str = "Demo@1234";
/// The password of every old account.
pub(crate) const LEGACY_PASSWORD: &str = "Legacy@1234";
/// The one-time code of all of them.
pub(crate) const CODE: &str = "000000";

/// Somebody with a VNeID account.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) has_organization: bool,
}

pub(crate) const AN: Person =
    Person { number: "001085000001", name: "NGUYỄN VĂN AN", has_organization: true };
pub(crate) const BINH: Person =
    Person { number: "074190000002", name: "TRẦN THỊ BÌNH", has_organization: false };
pub(crate) const CUONG: Person =
    Person { number: "038075000003", name: "LÊ VĂN CƯỜNG", has_organization: false };
pub(crate) const DUNG: Person =
    Person { number: "052189000004", name: "PHẠM THỊ DUNG", has_organization: false };
pub(crate) const EM: Person =
    Person { number: "001092000005", name: "HOÀNG VĂN EM", has_organization: false };
pub(crate) const PHUONG: Person =
    Person { number: "001195000006", name: "VŨ THỊ PHƯƠNG", has_organization: false };
/// A VNeID account of level 1.
pub(crate) const GIANG: Person =
    Person { number: "001088000007", name: "ĐẶNG VĂN GIANG", has_organization: false };
/// A locked VNeID account.
pub(crate) const HA: Person =
    Person { number: "001193000008", name: "BÙI THỊ HÀ", has_organization: false };
pub(crate) const ICH: Person =
    Person { number: "001080000009", name: "ĐỖ VĂN ÍCH", has_organization: false };
