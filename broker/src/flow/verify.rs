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

/// Checks. The same is asked and the same work is done for an account that there is not, and no answer comes before its time, whoever
/// gives it. A hash of an old notation is replaced.
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
    broker.passwords.in_its_time(checked(broker, namespace, user_name, found, password)).await
}

async fn checked(
    broker: &Broker,
    namespace: &Namespace,
    user_name: &str,
    found: Option<&Credentials>,
    password: &Secret,
) -> Result<Verified, StoreError> {
    let unlinked = found.filter(|f| f.kept.owner.is_none());
    let hash = unlinked.and_then(|f| f.password.as_ref());
    // A portal that hands hashes over for some of its accounts or for none is asked for every name: from outside they look the same,
    // also when it does not answer.
    let asked = async {
        match broker.namespaces.service(namespace) {
            Some(service) => Some(service.check(user_name, password).await),
            None => None,
        }
    };
    let (by_hash, by_portal) = tokio::join!(broker.passwords.check(hash, password), asked);
    if let (Ok(Checked::Right { upgrade }), Some(found)) = (&by_hash, unlinked) {
        if let (Some(better), Some(proven)) = (upgrade, hash) {
            broker.stores.accounts.upgrade_password(&found.kept.account.id, proven, better).await?;
        }
        return Ok(Verified::Right);
    }
    Ok(match (by_hash, by_portal) {
        (_, Some(Ok(true))) if unlinked.is_some() => Verified::Right,
        (_, Some(Err(failure))) => {
            tracing::warn!(%failure, %namespace, "a portal's check service did not answer");
            Verified::Away
        }
        (Err(busy), _) => {
            tracing::warn!(%busy, "a password was not checked");
            Verified::Away
        }
        (Ok(_), _) => Verified::Wrong,
    })
}
