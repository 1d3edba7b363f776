//! What pages say: Fluent texts in Vietnamese and English, built in and parsed once.

mod bundle;
mod lang;

pub use bundle::{BadTexts, Texts, Words};
pub use lang::Lang;

#[cfg(test)]
mod tests;
