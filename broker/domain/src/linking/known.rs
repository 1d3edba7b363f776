//! What is known of whoever arrives, from all that may speak of them.

use super::account::{LegacyAccount, LegacyKind, LegacyStatus};
use crate::claims::{Claims, Mark, Marked};
use crate::clock::Timestamp;
use crate::ids::SectorId;
use crate::person::{AccountKind, Profile};
use crate::subject::Subject;

/// Puts together what is known of whoever arrives. Each claim comes from the first of these that has it:
///
/// 1. what VNeID says now (`profile`, at `auth_time`);
/// 2. what the population database has `confirmed`, its green claims alone; then what it confirmed for the holder of a `linked` account
///    of this very number: whoever typed it in, it is true of the one whose number VNeID proved;
/// 3. the green claims of the `linked` accounts, in the order in which they are given;
/// 4. their yellow claims, in the same order.
///
/// So nothing green gives way to anything yellow. The caller gives only accounts that are linked to this citizen, the primary one
/// first; one that does not fit whoever arrives (another kind, another number or tax code, no longer open) is passed over all the
/// same. For a person an account tells old number, passport, birth date, sex, phone, e-mail and address; for an organization its
/// business code, phone, e-mail and address: what its account says of a person is said of somebody who acted for it once.
pub fn known_claims<'a>(
    profile: &Profile,
    auth_time: Timestamp,
    confirmed: &Claims,
    linked: impl IntoIterator<Item = &'a LegacyAccount>,
) -> Claims {
    let mut known = Claims::proven(profile, auth_time);
    if profile.kind == AccountKind::Citizen {
        known.fill_gaps(&of_person(&confirmed.of_mark(Mark::Green), profile));
    }
    let linked: Vec<&LegacyAccount> = linked.into_iter().filter(|account| fits(account, profile)).collect();
    if profile.kind == AccountKind::Citizen {
        for account in &linked {
            known.take_confirmed(account.confirmed.as_ref());
        }
    }
    let told: Vec<Claims> = linked.into_iter().map(|a| told(&a.claims, profile)).collect();
    for mark in [Mark::Green, Mark::Yellow] {
        for claims in &told {
            known.fill_gaps(&claims.of_mark(mark));
        }
    }
    known
}

/// The linked accounts with the primary ones first: those by whose `TechID` their portal knows the citizen. The others stay in order.
pub fn primary_first<'a>(
    linked: impl IntoIterator<Item = &'a LegacyAccount>,
    subjects: &[(SectorId, Subject)],
) -> Vec<&'a LegacyAccount> {
    let is_primary = |account: &LegacyAccount| {
        let named = |(sector, subject): &(SectorId, Subject)| {
            sector.as_str() == account.namespace.as_str() && *subject == account.tech_id
        };
        subjects.iter().any(named)
    };
    let (mut first, others): (Vec<_>, Vec<_>) = linked.into_iter().partition(|account| is_primary(account));
    first.extend(others);
    first
}

/// Whether an account can speak of whoever arrives.
fn fits(account: &LegacyAccount, profile: &Profile) -> bool {
    let kind = match profile.kind {
        AccountKind::Citizen => matches!(account.kind, LegacyKind::Citizen | LegacyKind::Post),
        AccountKind::Organization => account.kind == LegacyKind::Organization,
    };
    let theirs = match &profile.organization {
        Some(organization) => {
            account.claims.tax_code.as_ref().is_none_or(|code| code.value == organization.tax_code)
        }
        None => account
            .claims
            .personal_number
            .as_ref()
            .is_none_or(|number| number.value == profile.personal_number),
    };
    kind && theirs && account.status == LegacyStatus::Open
}

/// What an account that fits may tell.
fn told(claims: &Claims, profile: &Profile) -> Claims {
    match profile.kind {
        AccountKind::Citizen => of_person(claims, profile),
        AccountKind::Organization => {
            Claims { business_code: written(&claims.business_code), ..contacts(claims) }
        }
    }
}

/// What concerns a person, without what their number contradicts.
fn of_person(claims: &Claims, profile: &Profile) -> Claims {
    let number = &profile.personal_number;
    Claims {
        old_number: claims.old_number.clone(),
        passport: written(&claims.passport),
        birth_date: claims.birth_date.clone().filter(|date| number.agrees_with(Some(&date.value), None)),
        gender: claims.gender.clone().filter(|gender| number.agrees_with(None, Some(gender.value))),
        current_address: written(&claims.current_address),
        ..contacts(claims)
    }
}

fn contacts(claims: &Claims) -> Claims {
    Claims {
        phone: written(&claims.phone),
        email: written(&claims.email),
        address: written(&claims.address),
        ..Claims::default()
    }
}

/// A text that is no blank.
fn written(claim: &Option<Marked<String>>) -> Option<Marked<String>> {
    claim.clone().filter(|text| !text.value.trim().is_empty())
}
