//! Where a step leads, and what stops one.

use crate::errors::catalogue::Code;
use broker_domain::audit::AuditKind;
use broker_domain::client::Client;
use broker_domain::ids::InteractionId;
use broker_domain::ports::StoreError;
use std::sync::Arc;

/// A redirect, with cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Go {
    /// Where to.
    pub url: String,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
}

impl Go {
    /// Without cookies.
    pub const fn to(url: String) -> Self {
        Self { url, cookies: Vec::new() }
    }
}

/// What stops a step: shown to the citizen as a page.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The code of the catalogue.
    pub code: Code,
    /// The portal, when it is known: the page bears its name and leads back to it.
    pub portal: Option<Arc<Client>>,
    /// The login, when it is known and this browser's: "try again" leads to it.
    pub interaction: Option<InteractionId>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// Whether the login ended without a sign-in.
    pub stopped: bool,
    /// `Set-Cookie` values: a login that begins with a problem must still be this browser's.
    pub cookies: Vec<String>,
}

impl Problem {
    /// A problem of which nothing more is known.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            portal: None,
            interaction: None,
            ui_locales: Vec::new(),
            stopped: false,
            cookies: Vec::new(),
        }
    }

    /// The same, with a portal.
    #[must_use]
    pub fn at(mut self, portal: Option<Arc<Client>>) -> Self {
        self.portal = portal;
        self
    }
}

/// The event that a failure leaves, and what stops the citizen.
pub(super) type Failed = (AuditKind, Problem);

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a store failed");
        Self::new(match error {
            StoreError::Unavailable(_) => Code::StoreUnavailable,
            StoreError::Corrupt(_) | StoreError::Conflict(_) => Code::Internal,
        })
    }
}
