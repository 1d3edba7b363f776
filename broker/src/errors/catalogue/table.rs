//! The catalogue as a table for operators.

use super::code::Code;
use super::lookup::entry;
use crate::texts::{Lang, Texts};
use std::fmt::Write;

/// The areas by the first two digits of their numbers.
const AREAS: [(u16, &str); 8] = [
    (11, "Requests that lead to no login"),
    (12, "Logins in flight"),
    (13, "VNeID"),
    (14, "Who arrives"),
    (15, "Logout"),
    (16, "Old accounts"),
    (17, "The account pages"),
    (19, "The broker and its stores"),
];

/// All codes as Markdown: one table for each area.
pub fn catalogue_markdown(texts: &Texts) -> String {
    let mut out = String::new();
    for (area, title) in AREAS {
        let codes = Code::ALL.into_iter().filter(|code| code.number() / 100 == area);
        // Writing to a text cannot fail.
        let _ = write!(
            out,
            "### {title}\n\n| code | HTTP | the citizen reads | button | what you look at |\n|---|---|---|---|---|\n"
        );
        for code in codes {
            let line = entry(code);
            let [vi, en] = Lang::ALL.map(|lang| texts.get(lang, line.words));
            let _ = writeln!(
                out,
                "| {code} | {} | {vi}<br>*{en}* | {} | {} |",
                line.status.as_u16(),
                line.action.as_str(),
                line.operator
            );
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
