//! The portal's colour.

use std::str::FromStr;

/// A colour that white text is readable on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colour(String);

impl Colour {
    /// As CSS writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "must look like #1f5aa6".to_owned();
        let is_hex = |digits: &&str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(is_hex).ok_or_else(form)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| form())?;
        let [_, red, green, blue] = number.to_be_bytes();
        let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        // WCAG 2.2, 1.4.3: at least 4.5 to 1 against white.
        if 1.05 / (luminance + 0.05) < 4.5 {
            return Err("is too light for white text".to_owned());
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

/// One channel as WCAG 2.2 defines relative luminance.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_checked() {
        assert_eq!("#A6402A".parse::<Colour>().map(|colour| colour.0), Ok("#a6402a".to_owned()));
        for text in ["", "red", "#fff", "#12345g", "#ffee00", "a6402a", "#a6402a;}", "#+6402a"] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
    }
}
