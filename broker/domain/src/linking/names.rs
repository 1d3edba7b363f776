//! When two spellings are one name.

use crate::person::Name;
use unicode_normalization::UnicodeNormalization;

/// Whether two names are the same: Unicode NFC, letter case and spaces do not count, diacritics do. Where the tone mark stands in
/// `oa`, `oe` and `uy` does not count either: the old and the new spelling (`hòa`, `hoà`) are both in use.
pub fn same_name(a: &Name, b: &Name) -> bool {
    folded(a) == folded(b)
}

/// Vowel pairs whose tone mark stands on the first letter in the old spelling, on the second in the new one.
const PAIRS: [(char, char); 3] = [('o', 'a'), ('o', 'e'), ('u', 'y')];
/// Grave, acute, hook above, tilde, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}'];

fn folded(name: &Name) -> String {
    let apart: Vec<char> = name.as_str().to_lowercase().nfd().collect();
    let mut out = String::with_capacity(apart.len());
    let mut rest = apart.as_slice();
    while let Some((first, after)) = rest.split_first() {
        match after {
            // `oà` becomes `òa`: the tone mark moves to the first of the two.
            [second, tone, ..] if PAIRS.contains(&(*first, *second)) && TONES.contains(tone) => {
                out.extend([*first, *tone, *second]);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    let spaced: Vec<&str> = out.split_whitespace().collect();
    spaced.join(" ").nfc().collect()
}
