use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("001085000001", Gender::Male, 1985)]
#[case("074190000002", Gender::Female, 1990)]
#[case("001 203 012 345", Gender::Male, 2003)]
#[case("079 303 012345", Gender::Female, 2003)]
fn reads_personal_numbers(#[case] text: &str, #[case] gender: Gender, #[case] year: i32) {
    let number = PersonalNumber::parse(text).unwrap();
    assert_eq!((number.gender(), number.birth_year()), (gender, year));
}

#[rstest]
#[case("")]
#[case("00108500000")]
#[case("0010850000011")]
#[case("000085000001")]
#[case("00108500000a")]
#[case("٠٠١٠٨٥٠٠٠٠٠١")]
fn refuses_what_is_no_personal_number(#[case] text: &str) {
    assert_eq!(PersonalNumber::parse(text), Err(BadDatum::PersonalNumber));
}

#[test]
fn a_number_must_agree_with_birth_and_sex() {
    let n = PersonalNumber::parse("001085000001").unwrap();
    assert!(n.agrees_with(Some(&BirthDate::Day(1985, 3, 12)), Some(Gender::Male)));
    assert!(n.agrees_with(None, None));
    assert!(!n.agrees_with(Some(&BirthDate::Year(1986)), None));
    assert!(!n.agrees_with(None, Some(Gender::Female)));
}

#[rstest]
#[case("1985-03-12", Some(BirthDate::Day(1985, 3, 12)))]
#[case("12/03/1985", Some(BirthDate::Day(1985, 3, 12)))]
#[case("19850312", Some(BirthDate::Day(1985, 3, 12)))]
#[case("1985", Some(BirthDate::Year(1985)))]
#[case("2000-02-29", Some(BirthDate::Day(2000, 2, 29)))]
#[case("1900-02-29", None)]
#[case("1985-00-12", None)]
#[case("1985-13-12", None)]
#[case("31/04/1985", None)]
#[case("1985-03-12-01", None)]
#[case("85", None)]
#[case("", None)]
#[case("đđ/mm/yyyy", None)]
fn reads_dates(#[case] text: &str, #[case] date: Option<BirthDate>) {
    assert_eq!(BirthDate::parse(text).ok(), date);
}

#[test]
fn names_are_normalized() {
    let nfd = "  Nguye\u{302}\u{303}n   Va\u{306}n An ";
    assert_eq!(Name::parse(nfd).unwrap().as_str(), "Nguyễn Văn An");
    for bad in ["", "   ", "123", "\u{0}An", &"A".repeat(201)] {
        assert_eq!(Name::parse(bad), Err(BadDatum::Name), "{bad:?}");
    }
    assert!(Name::parse(&"Ỹ".repeat(200)).is_ok());
}

#[rstest]
#[case("0101234567", true)]
#[case("0101234567-001", true)]
#[case("010123456", false)]
#[case("0101234567-1", false)]
fn tax_codes(#[case] text: &str, #[case] good: bool) {
    assert_eq!(TaxCode::parse(text).is_ok(), good);
}

#[test]
fn personal_data_does_not_print() {
    assert_eq!(format!("{:?}", Name::parse("An").unwrap()), "Name(…)");
    assert_eq!(PersonalNumber::parse("001085000001").unwrap().masked(), "*** *** *** 001");
}

proptest! {
    #[test]
    fn parsers_never_panic(text in any::<String>()) {
        let _ = (PersonalNumber::parse(&text), OldNumber::parse(&text), BirthDate::parse(&text), Name::parse(&text), TaxCode::parse(&text));
    }

    #[test]
    fn every_well_formed_number_reads_back(p in 1u32..=96, c in 0u8..4, y in 0u8..100, s in 0u32..1_000_000) {
        let text = format!("{p:03}{c}{y:02}{s:06}");
        let n = PersonalNumber::parse(&text).unwrap();
        prop_assert_eq!(n.as_str(), &text);
        prop_assert_eq!(n.birth_year(), 1900 + i32::from(c / 2) * 100 + i32::from(y));
    }

    /// A number agrees with the year and the sex that it was made of, and with no others.
    #[test]
    fn a_number_agrees_with_nothing_but_itself(c in 0u8..6, y in 0u8..100, s in 0u32..1_000_000, year in 1850i32..2200, female: bool) {
        let n = PersonalNumber::parse(&format!("001{c}{y:02}{s:06}")).unwrap();
        let gender = if female { Gender::Female } else { Gender::Male };
        let (born, sex) = (n.birth_year() == year, n.gender() == gender);
        prop_assert_eq!(n.agrees_with(Some(&BirthDate::Year(year)), None), born);
        prop_assert_eq!(n.agrees_with(Some(&BirthDate::Day(year, 3, 12)), Some(gender)), born && sex);
        prop_assert_eq!(n.agrees_with(None, Some(gender)), sex);
        prop_assert!(n.agrees_with(Some(&BirthDate::Year(n.birth_year())), Some(n.gender())));
    }

    #[test]
    fn name_normalization_is_idempotent(text in "\\PC{1,40}") {
        if let Ok(n) = Name::parse(&text) {
            prop_assert_eq!(Name::parse(n.as_str()), Ok(n.clone()));
        }
    }
}
