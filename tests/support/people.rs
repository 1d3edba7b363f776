//! People that the stand-in for VNeID knows from the start, as `config/demo` does.

/// Somebody with an account at VNeID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub number: &'static str,
    pub name: &'static str,
    pub born: &'static str,
}

pub const AN: Person = Person { number: "001085000001", name: "NGUYỄN VĂN AN", born: "1985-03-12" };
pub const BINH: Person = Person { number: "074190000002", name: "TRẦN THỊ BÌNH", born: "1990-07-25" };
pub const CUONG: Person = Person { number: "038075000003", name: "LÊ VĂN CƯỜNG", born: "1975-11-02" };
pub const DUNG: Person = Person { number: "052189000004", name: "PHẠM THỊ DUNG", born: "1989-01-30" };
/// An account of level 1 only.
pub const GIANG: Person = Person { number: "001088000007", name: "ĐẶNG VĂN GIANG", born: "1988-08-08" };
