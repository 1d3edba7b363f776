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
}
