//! Whether the citizen must be asked before their data goes to a portal.

use crate::client::{Client, ConsentPolicy};
use crate::scope::ScopeSet;

/// What to do about consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Go on.
    NotNeeded,
    /// Show the page.
    Ask,
}

/// Decides from the client's policy, what was allowed before, and what is asked for now.
pub fn decide(
    client: &Client,
    asked: &ScopeSet,
    allowed: Option<&ScopeSet>,
    prompt_consent: bool,
) -> Consent {
    match client.metadata.consent {
        // It acts by law: there is nothing to refuse, whatever the request says.
        ConsentPolicy::None => Consent::NotNeeded,
        ConsentPolicy::Ask if prompt_consent => Consent::Ask,
        ConsentPolicy::Ask => match allowed {
            Some(before) if asked.is_subset(before) => Consent::NotNeeded,
            _ => Consent::Ask,
        },
    }
}
