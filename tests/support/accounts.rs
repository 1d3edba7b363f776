//! Accounts as portals hold them: as many as wanted, the same every time, of people who do not exist.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

const FAMILY: [&str; 14] =
    ["NGUYỄN", "TRẦN", "LÊ", "PHẠM", "HOÀNG", "PHAN", "VŨ", "ĐẶNG", "BÙI", "ĐỖ", "HỒ", "NGÔ", "DƯƠNG", "LÝ"];
const MIDDLE: [&str; 10] = ["VĂN", "THỊ", "HỮU", "ĐỨC", "NGỌC", "MINH", "THANH", "XUÂN", "QUỐC", "THUỲ"];
const GIVEN: [&str; 20] = [
    "AN", "BÌNH", "CƯỜNG", "DUNG", "EM", "PHƯƠNG", "GIANG", "HÀ", "HOA", "KHÁNH", "LAN", "MAI", "NAM",
    "OANH", "QUÂN", "SƠN", "TÂM", "UYÊN", "VIỆT", "YẾN",
];
const STREETS: [&str; 6] =
    ["Tràng Tiền", "Lê Lợi", "Hai Bà Trưng", "Nguyễn Huệ", "Trần Phú", "Lý Thường Kiệt"];
/// Codes of provinces, as personal numbers begin.
const PROVINCES: [&str; 8] = ["001", "031", "038", "048", "052", "074", "079", "092"];
/// Letters of the notations of hashes.
const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Every column that an account may come with here, in the order of the CSV.
pub const COLUMNS: [&str; 20] = [
    "tech_id",
    "user_name",
    "password_hash",
    "kind",
    "status",
    "personal_number",
    "personal_number_mark",
    "personal_number_source",
    "personal_number_verified_at",
    "old_number",
    "old_number_mark",
    "full_name",
    "full_name_mark",
    "birth_date",
    "gender",
    "phone",
    "email",
    "address",
    "tax_code",
    "organization_name",
];

/// Which accounts.
#[derive(Clone, Copy, Debug)]
pub struct Accounts {
    /// Others for another seed.
    pub seed: u64,
    /// Every so manieth row is bad; 0 for none.
    pub bad: u64,
    /// Whether a `TechID` is random text instead of a running number.
    pub random_ids: bool,
}

impl Default for Accounts {
    fn default() -> Self {
        Self { seed: 1, bad: 0, random_ids: false }
    }
}

/// Random numbers that belong to a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(LETTERS[usize::try_from(self.below(64)).unwrap()])).collect()
    }
}

/// Somebody.
struct Somebody {
    number: String,
    name: String,
    birth: (u64, u64, u64),
    is_woman: bool,
}

/// One row: its fields in the order of [`COLUMNS`], blanks where there is none.
#[derive(Clone, Debug, Default)]
pub struct Row([String; COLUMNS.len()]);

impl Row {
    fn set(&mut self, column: &str, value: impl Into<String>) {
        let place = COLUMNS.iter().position(|c| *c == column).unwrap();
        self.0[place] = value.into();
    }

    /// A field.
    pub fn get(&self, column: &str) -> &str {
        &self.0[COLUMNS.iter().position(|c| *c == column).unwrap()]
    }

    /// As a line of CSV.
    pub fn csv(&self) -> String {
        let field = |text: &String| {
            if text.contains([',', '"']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        self.0.iter().map(field).collect::<Vec<_>>().join(",")
    }

    /// As a line of JSON.
    pub fn json(&self) -> String {
        let mut out = String::from("{");
        for (name, value) in COLUMNS.iter().zip(&self.0).filter(|(_, v)| !v.is_empty()) {
            let comma = if out.len() > 1 { "," } else { "" };
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = write!(out, "{comma}\"{name}\":\"{value}\"");
        }
        out + "}"
    }
}

impl Accounts {
    /// Writes rows, as CSV with its line of column names or one JSON object a line.
    pub fn write(&self, rows: Range<u64>, csv: bool, out: &mut dyn Write) -> io::Result<()> {
        if csv {
            writeln!(out, "{}", COLUMNS.join(","))?;
        }
        for n in rows {
            let row = self.row(n);
            writeln!(out, "{}", if csv { row.csv() } else { row.json() })?;
        }
        Ok(())
    }

    /// How many of so many rows are bad.
    pub fn bad_of(&self, rows: u64) -> u64 {
        (0..rows).filter(|n| self.is_bad(*n)).count() as u64
    }

    const fn is_bad(&self, n: u64) -> bool {
        self.bad > 0 && n % self.bad == self.bad / 2
    }

    /// The `TechID` of a row.
    pub fn tech_id(&self, n: u64) -> String {
        if self.random_ids {
            let mut dice = Dice(self.seed ^ n.wrapping_mul(0x2545_f491_4f6c_dd1d));
            format!("{:016x}{:016x}", dice.next(), dice.next())
        } else {
            format!("tech-{n:09}")
        }
    }

    /// The personal number of the person of a row, whether the row has it or not.
    pub fn number(&self, n: u64) -> String {
        self.somebody(n).number
    }

    fn dice(&self, n: u64, what: u64) -> Dice {
        let mut dice = Dice(self.seed.rotate_left(32) ^ n ^ (what << 56));
        dice.next();
        dice
    }

    fn somebody(&self, n: u64) -> Somebody {
        let mut dice = self.dice(n, 1);
        let is_woman = dice.percent(50);
        let birth = (1945 + dice.below(63), 1 + dice.below(12), 1 + dice.below(28));
        let century = if birth.0 < 2000 { 0 } else { 2 } + u64::from(is_woman);
        let number = format!("{}{century}{:02}{:06}", dice.one(&PROVINCES), birth.0 % 100, n % 1_000_000);
        let name = format!("{} {} {}", dice.one(&FAMILY), dice.one(&MIDDLE), dice.one(&GIVEN));
        Somebody { number, name, birth, is_woman }
    }

    /// A row.
    pub fn row(&self, n: u64) -> Row {
        let mut dice = self.dice(n, 2);
        let mut row = Row::default();
        row.set("tech_id", self.tech_id(n));
        if self.is_bad(n) {
            row.set("tech_id", "");
        }
        let kind = match dice.below(1000) {
            0..5 => "administrator",
            5..35 => "organization",
            35..55 => "post",
            _ => "citizen",
        };
        let status = match dice.below(1000) {
            0..10 => "closed",
            10..25 => "locked",
            25..30 => "deceased",
            _ => "open",
        };
        row.set("kind", kind);
        row.set("status", status);
        row.set("user_name", format!("user{n}"));
        if dice.percent(95) {
            row.set("password_hash", password(&mut dice));
        }
        if dice.percent(85) {
            row.set("phone", format!("09{:08}", dice.below(100_000_000)));
        }
        if dice.percent(40) {
            row.set("email", format!("user{n}@example.vn"));
        }
        if dice.percent(50) {
            row.set("address", format!("{} {}, Hà Nội", 1 + dice.below(300), dice.one(&STREETS)));
        }
        match kind {
            "administrator" => row.set("full_name", format!("QUẢN TRỊ {n}").replace(char::is_numeric, "A")),
            "organization" => {
                row.set("tax_code", format!("01{:08}", n % 100_000_000));
                row.set("organization_name", format!("CÔNG TY TNHH {} {}", dice.one(&GIVEN), n));
            }
            _ => self.of_a_person(n, &mut dice, &mut row),
        }
        row
    }

    /// What a portal knows of a person.
    fn of_a_person(&self, n: u64, dice: &mut Dice, row: &mut Row) {
        // Some have a second account, and some have typed in the number of another.
        let who = if n > 0 && dice.percent(1) { n - 1 } else { n };
        let mut somebody = self.somebody(who);
        if n > 0 && dice.below(1000) < 2 {
            somebody.number = self.somebody(n - 1).number;
        }
        let (year, month, day) = somebody.birth;
        row.set("full_name", somebody.name);
        row.set(
            "birth_date",
            match dice.below(100) {
                0..5 => String::new(),
                5..10 => year.to_string(),
                _ => format!("{year}-{month:02}-{day:02}"),
            },
        );
        if dice.percent(80) {
            row.set("gender", if somebody.is_woman { "nữ" } else { "nam" });
        }
        let old = format!("{:09}", (who * 7919) % 1_000_000_000);
        match dice.below(100) {
            0..60 => {
                row.set("personal_number", somebody.number);
                row.set("personal_number_mark", "green");
                row.set("personal_number_source", "CSDL Quốc gia về Dân cư");
                row.set("personal_number_verified_at", "2023-05-15T08:00:00+07:00");
                row.set("full_name_mark", "green");
            }
            60..85 => row.set("personal_number", somebody.number),
            85..92 => {
                row.set("old_number", old);
                row.set("old_number_mark", "green");
            }
            92..96 => row.set("old_number", old),
            _ => {}
        }
    }
}

/// Looks like the hash of a password in one of the notations that portals use, and is of none.
fn password(dice: &mut Dice) -> String {
    // Base64 of whole bytes: no bits are left over in the last letter.
    let plain = |dice: &mut Dice, count: usize| dice.letters(count - 1).replace(['.', '/'], "a") + "A";
    match dice.below(4) {
        0 => format!("$2b$12${}", dice.letters(53)),
        1 => format!("$6${}${}", dice.letters(12), dice.letters(86)),
        2 => format!("$pbkdf2-sha256$i=10000,l=32${}${}", plain(dice, 22), plain(dice, 43)),
        _ => format!("{{SSHA256}}{}", plain(dice, 54)),
    }
}
