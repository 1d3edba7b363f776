//! What may be shown of an account before it is proven to be somebody's.

use crate::texts::Words;

/// A hint at a user name or a phone number: enough for its owner to know it again, too little for anybody else. It holds no more
/// than it shows, and always shows the same number of stars, so that not even the length is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    shown: String,
    key: &'static str,
    known: String,
}

impl Masked {
    /// A phone number by its last two digits: `*** *** *89`. One with fewer than eight digits is hidden as a whole.
    pub fn phone(number: &str) -> Self {
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let tail: String = match digits.len() {
            0..8 => String::new(),
            n => digits.into_iter().skip(n - 2).collect(),
        };
        match tail.as_str() {
            "" => Self { shown: "*** *** ***".to_owned(), key: "hint-hidden", known: tail },
            _ => Self { shown: format!("*** *** *{tail}"), key: "hint-ends", known: tail },
        }
    }

    /// A user name by its first and its last letter: `n*****n`. People use numbers and addresses as user names, so there is no
    /// more; one with fewer than six letters is hidden as a whole.
    pub fn user_name(name: &str) -> Self {
        let letters: Vec<char> = name.trim().chars().collect();
        match (letters.first(), letters.last()) {
            (Some(first), Some(last)) if letters.len() >= 6 => Self {
                shown: format!("{first}*****{last}"),
                key: "hint-begins-ends",
                known: format!("{first}, {last}"),
            },
            _ => Self { shown: "*******".to_owned(), key: "hint-hidden", known: String::new() },
        }
    }

    /// As it is read.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// As a screen reader says it, instead of a row of stars.
    pub(super) fn spoken(&self, t: Words<'_>) -> String {
        match self.known.as_str() {
            "" => t.say(self.key).into_owned(),
            known => t.with(self.key, "known", known).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_shown_than_a_hint() {
        for (phone, shown) in [
            ("0912345689", "*** *** *89"),
            ("+84 912 345 689", "*** *** *89"),
            ("02363 123 456", "*** *** *56"),
            ("0912345", "*** *** ***"),
            ("", "*** *** ***"),
            ("số nhà", "*** *** ***"),
        ] {
            assert_eq!(Masked::phone(phone).shown(), shown, "{phone}");
        }
        for (name, shown) in [
            ("nguyenvanan", "n*****n"),
            ("an.nguyen@mail.example", "a*****e"),
            ("171234567", "1*****7"),
            ("đông-đô", "đ*****ô"),
            ("abcde", "*******"),
            ("", "*******"),
        ] {
            assert_eq!(Masked::user_name(name).shown(), shown, "{name}");
        }
    }

    #[test]
    fn what_is_hidden_is_not_kept() {
        let hint = format!("{:?} {:?}", Masked::phone("0912345689"), Masked::user_name("nguyenvanan"));
        assert!(!hint.contains("345") && !hint.contains("guyen"), "{hint}");
    }
}
