//! The broker program.
fn main() {}
