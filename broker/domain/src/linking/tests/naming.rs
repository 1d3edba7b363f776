use super::super::*;
use crate::person::Name;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("NGUYỄN VĂN AN", "Nguyễn Văn An", true)]
#[case("Nguyễn  Văn   An", "NGUYỄN VĂN AN", true)]
#[case("Nguye\u{302}\u{303}n Va\u{306}n An", "NGUYỄN VĂN AN", true)]
#[case("Hoà", "Hòa", true)]
#[case("HOÀNG THỊ THUỶ", "Hoàng Thị Thủy", true)]
#[case("Khoẻ", "Khỏe", true)]
#[case("Ngọc Quý", "Ngọc Qúy", true)]
#[case("TRẦN VĂN TUỴ", "Trần Văn Tụy", true)]
#[case("NGUYỄN VĂN AN", "NGUYÊN VĂN AN", false)]
#[case("NGUYỄN VĂN AN", "NGUYEN VAN AN", false)]
#[case("Hòa", "Hoa", false)]
#[case("Hòa", "Hóa", false)]
#[case("Đặng", "Dặng", false)]
#[case("AN", "AN AN", false)]
#[case("ĐẶNG", "đặng", true)]
fn names_that_are_one(#[case] a: &str, #[case] b: &str, #[case] same: bool) {
    let (a, b) = (Name::parse(a).unwrap(), Name::parse(b).unwrap());
    assert_eq!(same_name(&a, &b), same);
    assert_eq!(same_name(&b, &a), same);
}

proptest! {
    #[test]
    fn a_name_is_itself_in_every_form(text in "\\PC{1,40}") {
        use unicode_normalization::UnicodeNormalization;
        if let Ok(name) = Name::parse(&text) {
            prop_assert!(same_name(&name, &name));
            let apart: String = text.nfd().collect();
            if let Ok(apart) = Name::parse(&apart) {
                prop_assert!(same_name(&name, &apart));
            }
        }
    }

    /// Where the tone mark stands in `oa`, `oe` and `uy`, the form of Unicode, letter case and spaces make no other name; another tone, or
    /// none, does.
    #[test]
    fn only_the_place_of_a_tone_is_free(
        pair in prop::sample::select(vec![("o", "a"), ("o", "e"), ("u", "y")]),
        tone in prop::sample::select(vec!['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}']),
        other in prop::sample::select(vec!['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}']),
        before in "[bcdghklmnprstvx]{1,2}",
        given in "[A-Za-zĐđƯưƠơ]{1,6}",
        upper: bool,
        composed: bool,
        spaces in 1usize..4,
    ) {
        use unicode_normalization::UnicodeNormalization;
        let (first, second) = pair;
        let write = |syllable: String| {
            let text = format!("{given}{}{syllable}", " ".repeat(spaces));
            let text = if upper { text.to_uppercase() } else { text };
            Name::parse(&if composed { text.nfc().collect::<String>() } else { text.nfd().collect() }).unwrap()
        };
        let plain = Name::parse(&format!("{given} {before}{first}{second}")).unwrap();
        let old = write(format!("{before}{first}{tone}{second}"));
        let new = Name::parse(&format!("{given} {before}{first}{second}{tone}")).unwrap();
        prop_assert!(same_name(&old, &new) && same_name(&new, &old));
        prop_assert!(!same_name(&old, &plain) && !same_name(&plain, &new));
        let elsewhere = write(format!("{before}{first}{second}{other}"));
        prop_assert_eq!(same_name(&new, &elsewhere), tone == other);
        prop_assert!(!same_name(&new, &Name::parse(&format!("{given}{before}{first}{second}{tone}")).unwrap()), "a word is a word");
    }

    /// Being the same name is a relation that sorts names into heaps: nobody is the same as two who differ.
    #[test]
    fn the_same_is_the_same_throughout(names in prop::collection::vec("(ho[àaá]|h[òó]a|HOÀ|Thu[ýỳy]|th[úù]y) ?(an|AN)?", 3)) {
        let [a, b, c] = [0, 1, 2].map(|n| Name::parse(&names[n]).unwrap());
        prop_assert_eq!(same_name(&a, &b), same_name(&b, &a));
        if same_name(&a, &b) && same_name(&b, &c) {
            prop_assert!(same_name(&a, &c));
        }
    }
}
