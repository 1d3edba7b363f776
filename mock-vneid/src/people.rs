//! The people of the stand-in.

use serde::{Deserialize, Serialize};

/// A citizen. Only the number, the name and the date of birth must be given; the rest has the defaults of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citizen {
    /// 12 digits.
    pub personal_number: String,
    /// As on the card.
    pub full_name: String,
    /// `1985-03-12`.
    pub birth_date: String,
    /// `Nam` or `Nữ`.
    #[serde(default)]
    pub gender: String,
    /// The 9 digits of the card before.
    #[serde(default)]
    pub old_number: Option<String>,
    /// Numbers that they had before, each issued anew after a correction of sex or birth data; the oldest first.
    #[serde(default)]
    pub former_numbers: Vec<String>,
    /// Where one-time codes go.
    #[serde(default)]
    pub phone: String,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// Address.
    #[serde(default)]
    pub address: Option<String>,
    /// The password at VNeID.
    #[serde(default = "password")]
    pub password: String,
    /// The level of the account: 1 or 2.
    #[serde(default = "level")]
    pub account_level: u8,
    /// Whether VNeID has locked the account.
    #[serde(default)]
    pub locked: bool,
    /// Whether the population database knows them to have died.
    #[serde(default)]
    pub deceased: bool,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// 10 digits.
    pub tax_code: String,
    /// Its name.
    pub name: String,
    /// The personal number of who acts for it.
    pub represented_by: String,
}

fn password() -> String {
    "Demo@1234".to_owned()
}

const fn level() -> u8 {
    2
}

/// Number, name, birth date, sex, old number, phone, home.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
);

/// The people of the demo.
const PEOPLE: [Line; 9] = [
    ("001085000001", "NGUYỄN VĂN AN", "1985-03-12", "Nam", None, "0912000001", "Phường Hàng Bạc, Hà Nội"),
    (
        "074190000002",
        "TRẦN THỊ BÌNH",
        "1990-07-25",
        "Nữ",
        None,
        "0912000002",
        "Phường Thủ Dầu Một, Bình Dương",
    ),
    (
        "038075000003",
        "LÊ VĂN CƯỜNG",
        "1975-11-02",
        "Nam",
        Some("171234567"),
        "0912000003",
        "Phường Hạc Thành, Thanh Hóa",
    ),
    ("052189000004", "PHẠM THỊ DUNG", "1989-01-30", "Nữ", None, "0912000004", "Phường Quy Nhơn, Bình Định"),
    ("001092000005", "HOÀNG VĂN EM", "1992-05-05", "Nam", None, "0912000005", "Phường Láng, Hà Nội"),
    ("001195000006", "VŨ THỊ PHƯƠNG", "1995-09-09", "Nữ", None, "0912000006", "Phường Ba Đình, Hà Nội"),
    ("001088000007", "ĐẶNG VĂN GIANG", "1988-08-08", "Nam", None, "0912000007", "Phường Cầu Giấy, Hà Nội"),
    ("001193000008", "BÙI THỊ HÀ", "1993-02-14", "Nữ", None, "0912000008", "Phường Tây Hồ, Hà Nội"),
    ("001080000009", "ĐỖ VĂN ÍCH", "1980-12-01", "Nam", None, "0912000009", "Phường Hà Đông, Hà Nội"),
];

/// The people of the demo.
pub fn demo_citizens() -> Vec<Citizen> {
    let one = |(number, name, birth, gender, old, phone, home): &Line| Citizen {
        personal_number: (*number).to_owned(),
        full_name: (*name).to_owned(),
        birth_date: (*birth).to_owned(),
        gender: (*gender).to_owned(),
        old_number: old.map(str::to_owned),
        former_numbers: Vec::new(),
        phone: (*phone).to_owned(),
        email: Some(format!("nguoi-dan-{}@example.vn", number.trim_start_matches('0'))),
        address: Some((*home).to_owned()),
        password: password(),
        account_level: if number.ends_with("0007") { 1 } else { 2 },
        locked: number.ends_with("0008"),
        deceased: false,
    };
    PEOPLE.iter().map(one).collect()
}

/// The organization of the demo.
pub fn demo_organizations() -> Vec<Organization> {
    vec![Organization {
        tax_code: "0101234567".to_owned(),
        name: "CÔNG TY TNHH SAO MAI".to_owned(),
        represented_by: "001085000001".to_owned(),
    }]
}
