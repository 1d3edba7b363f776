//! What goes wrong in a case, in words.

use std::fmt;

/// Why a case failed.
pub(crate) struct Trouble(pub(crate) String);

/// What a step gives.
pub(crate) type Done<T = ()> = Result<T, Trouble>;

impl<E: fmt::Display> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Says what a step was about.
pub(crate) trait Said<T> {
    /// Puts words before the error.
    fn said(self, what: impl FnOnce() -> String) -> Done<T>;
}

impl<T, E: fmt::Display> Said<T> for Result<T, E> {
    fn said(self, what: impl FnOnce() -> String) -> Done<T> {
        self.map_err(|e| Trouble(format!("{}: {e}", what())))
    }
}

impl<T> Said<T> for Option<T> {
    fn said(self, what: impl FnOnce() -> String) -> Done<T> {
        self.ok_or_else(|| Trouble(what()))
    }
}

/// Fails the case unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err($crate::trouble::Trouble(format!("{}:{}: {}", file!(), line!(), format!($($words)+))));
        }
    };
}
pub(crate) use ensure;
