//! The border to josekit: a panic over there is an error over here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::JoseError;

/// Runs `work`; a panic inside becomes [`JoseError::Crashed`].
///
/// Unwind safety: everything passed in is either read only or thrown away after a panic.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, JoseError>) -> Result<T, JoseError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(JoseError::Crashed))
}
