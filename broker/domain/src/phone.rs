//! Telephone numbers, as old accounts hold them and as people type them.

use std::fmt;

/// A telephone number in the form of E.164: `+84912000001`. It prints as `…`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number with or without its country (`0912 000 001`, `84912000001`, `+84 (912) 000.001`, `0084…`); without one it is
    /// Viet Nam's. `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = String::with_capacity(16);
        let trimmed = text.trim();
        for (at, c) in trimmed.chars().enumerate() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if at == 0 => {}
                ' ' | '.' | '-' | '(' | ')' | '\u{a0}' => {}
                _ => return None,
            }
        }
        let with_country = match (trimmed.starts_with('+'), digits.strip_prefix("00")) {
            (true, _) => digits,
            (false, Some(rest)) => rest.to_owned(),
            (false, None) => match digits.strip_prefix('0') {
                Some(rest) => format!("84{rest}"),
                // Without a zero and without a plus it is taken as written with Viet Nam's country code, or not at all.
                None => Some(digits).filter(|d| d.starts_with("84"))?,
            },
        };
        // Some write the zero of the trunk after the country code.
        let with_country = match with_country.strip_prefix("840") {
            Some(rest) => format!("84{rest}"),
            None => with_country,
        };
        let fits = match with_country.strip_prefix("84") {
            Some(own) => (9..=10).contains(&own.len()),
            None => (8..=15).contains(&with_country.len()) && !with_country.starts_with('0'),
        };
        fits.then(|| Self(format!("+{with_country}")))
    }

    /// In the form of E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown before it is known whose it is: the last two digits.
    pub fn masked(&self) -> String {
        let last = self.0.len().checked_sub(2).and_then(|at| self.0.get(at..)).unwrap_or_default();
        format!("*** *** *{last}")
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("0912000001", Some("+84912000001"))]
    #[case(" 0912 000.001 ", Some("+84912000001"))]
    #[case("84912000001", Some("+84912000001"))]
    #[case("+84 (912) 000-001", Some("+84912000001"))]
    #[case("+84 0912 000 001", Some("+84912000001"))]
    #[case("0084912000001", Some("+84912000001"))]
    #[case("02438000001", Some("+842438000001"))]
    #[case("+4930123456", Some("+4930123456"))]
    #[case("00 49 30 123456", Some("+4930123456"))]
    #[case("912000001", None)]
    #[case("091200000", None)]
    #[case("0912000001111", None)]
    #[case("+", None)]
    #[case("", None)]
    #[case("+0912000001", None)]
    #[case("09+12000001", None)]
    #[case("không có", None)]
    #[case("٠٩١٢٠٠٠٠٠١", None)]
    fn numbers_are_read(#[case] text: &str, #[case] number: Option<&str>) {
        assert_eq!(Phone::parse(text).as_ref().map(Phone::as_str), number);
    }

    #[test]
    fn little_of_it_is_shown() {
        let phone = Phone::parse("0912000089").unwrap();
        assert_eq!(phone.masked(), "*** *** *89");
        assert_eq!(format!("{phone:?}"), "…");
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_is_stable(text in "\\PC{0,24}") {
            if let Some(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Some(phone));
            }
        }

        #[test]
        fn every_mobile_number_reads(own in "[35789][0-9]{8}") {
            let number = format!("+84{own}");
            for written in [format!("0{own}"), format!("84{own}"), number.clone()] {
                prop_assert_eq!(Phone::parse(&written).map(|p| p.as_str().to_owned()), Some(number.clone()));
            }
        }
    }
}
