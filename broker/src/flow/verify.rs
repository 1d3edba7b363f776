//! Whether a password is an old account's: by the imported hash, or by the portal's own word.

use crate::passwords::Checked;
use crate::state::Broker;
use broker_domain::ids::Namespace;
use broker_domain::ports::{Credentials, StoreError};
use broker_domain::secret::Secret;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verified {
    /// It is.
    Right,
    /// It is not; or there is no such account; or the account is linked, and nothing opens it any more.
    Wrong,
    /// Nobody could say.
    Away,
}

/// Checks. The same is asked and the same work is done for an account that there is not. A hash of an old notation is replaced.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn verify(
    broker: &Broker,
    namespace: &Namespace,
    user_name: &str,
    found: Option<&Credentials>,
    password: &Secret,
) -> Result<Verified, StoreError> {
    let unlinked = found.filter(|f| f.kept.owner.is_none());
    let hash = unlinked.and_then(|f| f.password.as_ref());
    // A portal that hands no hashes over is asked for every name, so that it looks the same from outside.
    if let (None, Some(service)) = (hash, broker.namespaces.service(namespace)) {
        return Ok(match service.check(user_name, password).await {
            Ok(true) if unlinked.is_some() => Verified::Right,
            Ok(_) => Verified::Wrong,
            Err(failure) => {
                tracing::warn!(%failure, %namespace, "a portal's check service did not answer");
                Verified::Away
            }
        });
    }
    match broker.passwords.check(hash, password).await {
        Err(busy) => {
            tracing::warn!(%busy, "a password was not checked");
            Ok(Verified::Away)
        }
        Ok(Checked::Wrong) => Ok(Verified::Wrong),
        Ok(Checked::Right { upgrade }) => {
            if let (Some(better), Some(proven), Some(found)) = (upgrade, hash, unlinked) {
                broker.stores.accounts.upgrade_password(&found.kept.account.id, proven, &better).await?;
            }
            Ok(Verified::Right)
        }
    }
}
