//! Which claims a client gets, and in what form.

mod answer;
mod claim;
mod dvcqg;
mod names;
mod register;
mod select;
mod verified;

pub use answer::{id_token, userinfo};
pub use names::{CLAIMS, VERIFIABLE};
pub use register::{EVIDENCE, RECORDS, TRUST_FRAMEWORKS};

#[cfg(test)]
mod tests;
