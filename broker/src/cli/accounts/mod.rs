//! `broker accounts …`

mod bar;
mod plan;
mod run;
mod send;
mod show;
mod take;

use super::{arguments, failure, given, review};

pub(super) use run::run;
