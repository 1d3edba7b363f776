use crate::clock::Timestamp;
use crate::ids::Namespace;
use crate::linking::LegacyKind::{self, Administrator, Citizen, Organization, Post};
use crate::linking::{CutOff, LegacyUse, NamespaceRules};
use rstest::rstest;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_in_viet_nam(text).unwrap()
}

fn rules() -> NamespaceRules {
    NamespaceRules::new(Namespace::new("cong-dvcqg"))
}

/// The decree's moment is midnight in Viet Nam, not in Greenwich.
#[test]
fn the_decreed_moment_is_viet_nam_s() {
    assert_eq!(CutOff::DECREED, CutOff::At(at("2024-07-01")));
    assert_eq!(CutOff::DECREED, CutOff::At(at("2024-06-30T17:00:00Z")));
}

#[rstest]
#[case("2024-06-30T23:59:59", Citizen, false)]
#[case("2024-06-30T23:59:59.999+07:00", Citizen, false)]
#[case("2024-07-01T00:00:00", Citizen, true)]
#[case("2024-07-01T00:00:01", Citizen, true)]
#[case("2024-06-30T16:59:59Z", Citizen, false)]
#[case("2024-06-30T17:00:00Z", Citizen, true)]
#[case("2024-07-01T00:00:00Z", Citizen, true)]
#[case("2024-07-01T00:00:00", Organization, true)]
#[case("2024-07-01T00:00:00", Post, true)]
#[case("2024-06-30T23:59:59", Administrator, false)]
#[case("2024-07-01T00:00:00", Administrator, false)]
#[case("2034-07-01T00:00:00", Administrator, false)]
fn around_the_cut_off(#[case] now: &str, #[case] kind: LegacyKind, #[case] is_past: bool) {
    let wanted =
        if is_past { LegacyUse::ProvesOnly { since: at("2024-07-01") } } else { LegacyUse::OpensSession };
    assert_eq!(rules().legacy_sign_in(kind, at(now)), wanted);
}

#[test]
fn kinds_that_open_sessions() {
    let (before, after) = (at("2024-06-30"), at("2024-07-01"));
    assert_eq!(rules().opening(before), LegacyKind::ALL);
    assert_eq!(rules().opening(after), [Administrator]);
    assert_eq!(NamespaceRules { not_for: vec![Post], ..rules() }.opening(before).len(), 3);
    assert_eq!(NamespaceRules { switched_off: true, ..rules() }.opening(before), []);
}

#[test]
fn a_namespace_has_its_own_cut_off() {
    let mut own = rules();
    own.cut_off = CutOff::At(at("2025-01-01T08:00:00"));
    assert_eq!(own.legacy_sign_in(Citizen, at("2025-01-01T07:59:59")), LegacyUse::OpensSession);
    let since = at("2025-01-01T01:00:00Z");
    assert_eq!(own.legacy_sign_in(Citizen, since), LegacyUse::ProvesOnly { since });
    own.cut_off = CutOff::Never;
    assert_eq!(own.legacy_sign_in(Citizen, Timestamp::from_millis(i64::MAX)), LegacyUse::OpensSession);
}

#[test]
fn exemptions_are_of_the_namespace() {
    let mut own = rules();
    own.exempt = vec![Organization];
    let later = at("2024-07-02");
    assert_eq!(own.legacy_sign_in(Organization, later), LegacyUse::OpensSession);
    assert_eq!(own.legacy_sign_in(Administrator, later), LegacyUse::ProvesOnly { since: at("2024-07-01") });
}

/// A switch goes before an exemption, and so does a kind that the namespace is not for; both before and after the cut-off.
#[rstest]
#[case("2024-01-01")]
#[case("2024-07-02")]
fn what_is_off_is_off(#[case] now: &str) {
    let mut own = rules();
    own.not_for = vec![Administrator];
    assert_eq!(own.legacy_sign_in(Administrator, at(now)), LegacyUse::SwitchedOff);
    assert_ne!(own.legacy_sign_in(Citizen, at(now)), LegacyUse::SwitchedOff);
    own.not_for.clear();
    own.switched_off = true;
    for kind in [Citizen, Organization, Administrator, Post] {
        assert_eq!(own.legacy_sign_in(kind, at(now)), LegacyUse::SwitchedOff);
    }
}
