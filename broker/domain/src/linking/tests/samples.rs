//! Citizens and accounts.

use super::super::*;
use crate::claims::{Claims, Mark, Marked, Source};
use crate::clock::Timestamp;
use crate::ids::{AccountId, Namespace};
use crate::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use crate::subject::Subject;

pub(super) const NUMBER: &str = "038075000003";
/// Of another person, or of before.
pub(super) const OTHER: &str = "074190000002";
pub(super) const OLD: &str = "171234567";
pub(super) const TAX: &str = "0101234567";
pub(super) const NAME: &str = "LÊ VĂN CƯỜNG";

pub(super) fn citizen() -> Profile {
    Profile {
        kind: AccountKind::Citizen,
        personal_number: PersonalNumber::parse(NUMBER).unwrap(),
        full_name: Name::parse(NAME).unwrap(),
        birth_date: Some(BirthDate::Day(1975, 11, 2)),
        gender: None,
        old_number: None,
        passport: None,
        phone: None,
        email: None,
        address: None,
        organization: None,
    }
}

pub(super) fn company() -> Profile {
    let organization = Organization { tax_code: TaxCode::parse(TAX).unwrap(), name: "SAO MAI".into() };
    Profile { kind: AccountKind::Organization, organization: Some(organization), ..citizen() }
}

pub(super) fn id(name: &str) -> AccountId {
    AccountId::new(name)
}

/// An account with a password and a phone, that names the citizen but holds no number.
pub(super) fn account(name: &str) -> Candidate {
    let claims = Claims {
        full_name: Some(Marked::new(Name::parse(NAME).unwrap(), Mark::Yellow)),
        birth_date: Some(Marked::new(BirthDate::Day(1975, 11, 2), Mark::Yellow)),
        phone: Some(Marked::new("0912000003".to_owned(), Mark::Yellow)),
        ..Claims::default()
    };
    Candidate {
        account: LegacyAccount {
            id: id(name),
            namespace: Namespace::new("dvcqg"),
            tech_id: Subject::new(format!("tech-{name}")).unwrap(),
            kind: LegacyKind::Citizen,
            status: LegacyStatus::Open,
            has_password: true,
            claims,
            confirmed: None,
        },
        owner: Owner::Nobody,
        number_is_former: false,
        was_ended: false,
        old_number: OldNumberIs::Unknown,
        proof: None,
    }
}

impl Candidate {
    pub(super) fn number(mut self, number: &str, mark: Mark) -> Self {
        self.account.claims.personal_number = Some(Marked::new(PersonalNumber::parse(number).unwrap(), mark));
        self
    }

    /// Its holder had the population database confirm this number, with its owner's name and date of birth.
    pub(super) fn confirmed(mut self, number: &str) -> Self {
        fn said<T>(value: T) -> Option<Marked<T>> {
            Some(Marked::verified(value, Source::PopulationDatabase, Timestamp::from_secs(1_700_000_000)))
        }
        let confirmed = Claims {
            personal_number: said(PersonalNumber::parse(number).unwrap()),
            old_number: said(OldNumber::parse(OLD).unwrap()),
            full_name: said(Name::parse(NAME).unwrap()),
            birth_date: said(BirthDate::Day(1975, 11, 2)),
            ..Claims::default()
        };
        self.account = self.account.with_confirmed(confirmed);
        self
    }

    pub(super) fn old(mut self, mark: Mark, is: OldNumberIs) -> Self {
        self.account.claims.old_number = Some(Marked::new(OldNumber::parse(OLD).unwrap(), mark));
        self.old_number = is;
        self
    }

    /// Its number is one that the citizen had before.
    pub(super) fn former(mut self) -> Self {
        self.number_is_former = true;
        self
    }

    /// It was the citizen's, until somebody ended that.
    pub(super) fn ended(mut self) -> Self {
        self.was_ended = true;
        self
    }

    pub(super) fn sex(mut self, gender: Gender) -> Self {
        self.account.claims.gender = Some(Marked::new(gender, Mark::Yellow));
        self
    }

    pub(super) fn tax(mut self, code: &str, mark: Mark) -> Self {
        self.account.claims.tax_code = Some(Marked::new(TaxCode::parse(code).unwrap(), mark));
        self.account.kind = LegacyKind::Organization;
        self
    }

    pub(super) fn named(mut self, name: Option<&str>) -> Self {
        self.account.claims.full_name = name.map(|n| Marked::new(Name::parse(n).unwrap(), Mark::Yellow));
        self
    }

    pub(super) fn born(mut self, date: Option<BirthDate>) -> Self {
        self.account.claims.birth_date = date.map(|d| Marked::new(d, Mark::Yellow));
        self
    }

    pub(super) fn kind(mut self, kind: LegacyKind) -> Self {
        self.account.kind = kind;
        self
    }

    pub(super) fn status(mut self, status: LegacyStatus) -> Self {
        self.account.status = status;
        self
    }

    pub(super) fn owner(mut self, owner: Owner) -> Self {
        self.owner = owner;
        self
    }

    pub(super) fn proven(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    pub(super) fn without_ways(mut self) -> Self {
        self.account.has_password = false;
        self.account.claims.phone = None;
        self
    }
}
