//! What is known of whoever is signed in or had an account, each claim with its mark, its source and when it was verified.

use crate::clock::Timestamp;
use crate::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, Profile, TaxCode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a claim can be believed; that there is none is the third mark, red.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// Verified against the population database or another trusted one.
    Green,
    /// Typed in by the user, verified by none.
    Yellow,
}

/// Where a claim came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// VNeID said it.
    Vneid,
    /// The national population database confirmed it.
    PopulationDatabase,
    /// In the words of the portal that had the account.
    Other(String),
}

/// How portals name the population database, in small letters.
const POPULATION: [&str; 4] =
    ["csdl quốc gia về dân cư", "cơ sở dữ liệu quốc gia về dân cư", "csdl dân cư", "csdlqg về dân cư"];

impl Source {
    /// Takes a portal's word for it.
    pub fn named(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "vneid" => Self::Vneid,
            name if POPULATION.contains(&name) => Self::PopulationDatabase,
            _ => Self::Other(text.trim().to_owned()),
        }
    }

    /// As portals name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Vneid => "VNeID",
            Self::PopulationDatabase => "CSDL Quốc gia về Dân cư",
            Self::Other(text) => text,
        }
    }
}

/// A claim with its mark, where it came from, and when it was verified.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked<T> {
    /// The value.
    pub value: T,
    /// How far it can be believed.
    pub mark: Mark,
    /// Where it came from.
    pub source: Option<Source>,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
}

impl<T> Marked<T> {
    /// A value of a mark, of which nothing more is known.
    pub const fn new(value: T, mark: Mark) -> Self {
        Self { value, mark, source: None, verified_at: None }
    }

    /// A value that a trusted source has confirmed.
    pub const fn verified(value: T, source: Source, at: Timestamp) -> Self {
        Self { value, mark: Mark::Green, source: Some(source), verified_at: Some(at) }
    }

    /// Whether it was verified.
    pub fn is_green(&self) -> bool {
        self.mark == Mark::Green
    }
}

impl<T> fmt::Debug for Marked<T> {
    /// Without the value, which is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marked({:?})", self.mark)
    }
}

macro_rules! claims {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// The claims, each with its mark; `None` is the red one.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Claims {
            $($(#[$doc])* pub $name: Option<Marked<$kind>>,)*
        }

        impl Claims {
            /// Lays what `other` knows over what is known here.
            pub fn overlay(&mut self, other: &Self) {
                $(if other.$name.is_some() {
                    self.$name.clone_from(&other.$name);
                })*
            }

            /// Takes over from `other` what is not known here.
            pub fn fill_gaps(&mut self, other: &Self) {
                $(if self.$name.is_none() {
                    self.$name.clone_from(&other.$name);
                })*
            }

            /// Those of one mark alone.
            #[must_use]
            pub fn of_mark(&self, mark: Mark) -> Self {
                Self { $($name: self.$name.clone().filter(|claim| claim.mark == mark),)* }
            }

            /// The same values, as whoever typed them in says them.
            #[must_use]
            fn as_typed(&self) -> Self {
                Self { $($name: self.$name.as_ref().map(|c| Marked::new(c.value.clone(), Mark::Yellow)),)* }
            }

            /// The same, with `source` for each claim of which no source is known.
            #[must_use]
            pub fn sourced(&self, source: &Source) -> Self {
                let mut all = self.clone();
                $(if let Some(claim) = &mut all.$name {
                    claim.source.get_or_insert_with(|| source.clone());
                })*
                all
            }
        }
    };
}

claims! {
    /// Số định danh cá nhân: of the person, or of who acts for the organization.
    personal_number: PersonalNumber,
    /// Số CMND.
    old_number: OldNumber,
    /// Số hộ chiếu.
    passport: String,
    /// Họ và tên.
    full_name: Name,
    /// Ngày sinh.
    birth_date: BirthDate,
    /// Giới tính.
    gender: Gender,
    /// Số điện thoại.
    phone: String,
    /// Thư điện tử.
    email: String,
    /// Địa chỉ, thường trú: of permanent residence where a portal tells addresses apart.
    address: String,
    /// Nơi ở hiện tại.
    current_address: String,
    /// Mã số thuế.
    tax_code: TaxCode,
    /// Mã số doanh nghiệp.
    business_code: String,
    /// Tên tổ chức.
    organization_name: String,
}

impl Claims {
    /// What VNeID said at `at`: all of it is verified. Blank texts are none.
    pub fn proven(profile: &Profile, at: Timestamp) -> Self {
        fn said<T>(value: T, at: Timestamp) -> Option<Marked<T>> {
            Some(Marked::verified(value, Source::Vneid, at))
        }
        let text =
            |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty()).and_then(|t| said(t, at));
        let organization = profile.organization.as_ref();
        Self {
            personal_number: said(profile.personal_number.clone(), at),
            old_number: profile.old_number.clone().and_then(|n| said(n, at)),
            passport: text(&profile.passport),
            full_name: said(profile.full_name.clone(), at),
            birth_date: profile.birth_date.and_then(|d| said(d, at)),
            gender: profile.gender.and_then(|g| said(g, at)),
            phone: text(&profile.phone),
            email: text(&profile.email),
            address: text(&profile.address),
            current_address: None,
            tax_code: organization.and_then(|o| said(o.tax_code.clone(), at)),
            business_code: None,
            organization_name: organization.and_then(|o| said(o.name.clone(), at)),
        }
    }

    /// Takes over what the population database confirmed and is not verified here, if it was confirmed of this very number.
    pub fn take_confirmed(&mut self, confirmed: Option<&Self>) {
        let number = |claims: &Self| claims.personal_number.as_ref().map(|n| n.value.clone());
        if let Some(confirmed) = confirmed.filter(|c| number(c).is_some() && number(c) == number(self)) {
            let mut all = self.of_mark(Mark::Green);
            all.fill_gaps(confirmed);
            all.fill_gaps(self);
            *self = all;
        }
    }
}

impl Claims {
    /// Takes into what a portal knew of an account what its holder typed in and the population database confirmed. It confirmed that
    /// number, name and birth belong together, not that they are the holder's: so they count as typed in. `false`, and nothing is taken,
    /// where the portal itself had verified a number.
    pub fn take_typed(&mut self, confirmed: &Self) -> bool {
        let Some(number) = &confirmed.personal_number else { return false };
        if self.personal_number.as_ref().is_some_and(Marked::is_green) {
            return false;
        }
        self.personal_number = Some(Marked::new(number.value.clone(), Mark::Yellow));
        self.fill_gaps(&confirmed.as_typed());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portals_words_for_a_source_are_understood() {
        for (text, source) in [
            ("CSDL Quốc gia về Dân cư", Source::PopulationDatabase),
            (" cơ sở dữ liệu quốc gia về dân cư ", Source::PopulationDatabase),
            ("VNeID", Source::Vneid),
            ("Người dùng", Source::Other("Người dùng".to_owned())),
        ] {
            assert_eq!(Source::named(text), source, "{text}");
            assert_eq!(Source::named(source.name()), source, "{text}");
        }
    }

    #[test]
    fn what_was_confirmed_counts_for_its_number_only() {
        let at = Timestamp::from_secs(1);
        let number = |text: &str| {
            PersonalNumber::parse(text).ok().map(|n| Marked::verified(n, Source::PopulationDatabase, at))
        };
        let old =
            OldNumber::parse("012345678").ok().map(|n| Marked::verified(n, Source::PopulationDatabase, at));
        let confirmed =
            Claims { personal_number: number("001085000001"), old_number: old, ..Claims::default() };
        let mut same = Claims { personal_number: number("001085000001"), ..Claims::default() };
        same.take_confirmed(Some(&confirmed));
        assert_eq!(same.old_number, confirmed.old_number);
        same.old_number = OldNumber::parse("999999999").ok().map(|n| Marked::new(n, Mark::Yellow));
        same.take_confirmed(Some(&confirmed));
        assert_eq!(same.old_number, confirmed.old_number, "what was only typed gives way");
        let vneid = OldNumber::parse("888888888").ok().map(|n| Marked::verified(n, Source::Vneid, at));
        same.old_number.clone_from(&vneid);
        same.take_confirmed(Some(&confirmed));
        assert_eq!(same.old_number, vneid);
        for other in [number("001085000002"), None] {
            let mut claims = Claims { personal_number: other, ..Claims::default() };
            claims.take_confirmed(Some(&confirmed));
            assert_eq!(claims.old_number, None);
        }
        let mut nobody = Claims::default();
        nobody.take_confirmed(Some(&Claims { personal_number: None, ..confirmed }));
        assert_eq!(nobody, Claims::default());
    }

    #[test]
    fn what_a_holder_had_confirmed_counts_as_typed_in() {
        let at = Timestamp::from_secs(1);
        let number = |text: &str| PersonalNumber::parse(text).unwrap();
        let name = |text: &str| Name::parse(text).unwrap();
        let confirmed = Claims {
            personal_number: Some(Marked::verified(number("001085000001"), Source::PopulationDatabase, at)),
            full_name: Some(Marked::verified(name("Nguyễn Văn An"), Source::PopulationDatabase, at)),
            birth_date: Some(Marked::verified(BirthDate::Day(1985, 3, 12), Source::PopulationDatabase, at)),
            ..Claims::default()
        };
        let mut bare = Claims::default();
        assert!(bare.take_typed(&confirmed));
        assert_eq!(bare, confirmed.as_typed());
        assert_eq!(bare.of_mark(Mark::Green), Claims::default());
        assert_eq!(bare.personal_number, Some(Marked::new(number("001085000001"), Mark::Yellow)));
        // What the portal knew stays; only a number that was typed in before gives way.
        let before = Claims {
            personal_number: Some(Marked::new(number("001085000002"), Mark::Yellow)),
            full_name: Some(Marked::new(name("NGUYỄN VĂN AN"), Mark::Green)),
            birth_date: Some(Marked::new(BirthDate::Year(1985), Mark::Yellow)),
            ..Claims::default()
        };
        let mut known = before.clone();
        assert!(known.take_typed(&confirmed));
        assert_eq!(known, Claims { personal_number: bare.personal_number, ..before.clone() });
        // The portal's own word goes before it.
        let verified =
            Claims { personal_number: Some(Marked::new(number("001085000002"), Mark::Green)), ..before };
        let mut known = verified.clone();
        assert!(!known.take_typed(&confirmed));
        assert_eq!(known, verified);
        assert!(!known.take_typed(&Claims::default()));
    }

    #[test]
    fn only_gaps_are_filled() {
        let phone = |text: &str, mark| Some(Marked::new(text.to_owned(), mark));
        let mut known = Claims { phone: phone("1", Mark::Green), ..Claims::default() };
        let other = Claims {
            phone: phone("2", Mark::Yellow),
            email: phone("a@b", Mark::Yellow),
            ..Claims::default()
        };
        known.fill_gaps(&other);
        assert_eq!(known.phone.as_ref().map(|p| (p.value.as_str(), p.is_green())), Some(("1", true)));
        assert_eq!(known.email, other.email);
        assert_eq!(known.of_mark(Mark::Green).email, None);
        assert_eq!(known.of_mark(Mark::Green).phone, known.phone);
        assert_eq!(known.of_mark(Mark::Yellow).email, other.email);
    }
}
