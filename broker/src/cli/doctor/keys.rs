//! The keys that sign tokens.

use super::database::{not_looked_at, open};
use super::finding::{Finding, Level, Place};
use crate::app::store_keys;
use crate::config::Settings;
use broker_domain::client::SigningAlg;
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ports::{KeyState, StoredKey};

/// Seconds by which a change of state may be late.
const LATE: i64 = 3600;
/// Seconds for which nothing that a key signed can be alive any more, whatever is configured.
const LONGEST_RETIRING: i64 = 31 * 86_400;
/// Seconds after which a key that signs is old.
const OLD: i64 = 365 * 86_400;

pub(super) async fn look(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let Ok(keys) = settings.secrets.open() else { return Vec::new() };
    let Ok(lasting) = open(settings).await else { return not_looked_at("signing_keys", Place::SIGNING) };
    let stored = lasting.signing_keys(&store_keys(&keys)).await;
    lasting.close().await;
    match stored {
        Ok(stored) => judge(&stored, settings.keys.publish_ahead_secs.into(), clock.now()),
        Err(error) => {
            let finding = Finding::ok("signing_keys", error.to_string(), Place::SIGNING);
            vec![finding.but(
                Level::Fail,
                "the keys cannot be read: the schema is missing, or the sealing keys do not open them",
                "mend what the checks of stores and secrets say first",
            )]
        }
    }
}

/// Looks at keys as they are at `now`.
pub(super) fn judge(stored: &[StoredKey], publish_ahead: i64, now: Timestamp) -> Vec<Finding> {
    let living: Vec<&StoredKey> = stored.iter().filter(|k| k.state != KeyState::Retired).collect();
    if living.is_empty() {
        let finding = Finding::ok("signing_keys", "there are no signing keys yet", Place::SIGNING);
        return vec![finding.but(
            Level::Warn,
            "they are made at the first start",
            "start the broker; if it has run before, look at what happened to the database",
        )];
    }
    let mut findings = Vec::new();
    for alg in SigningAlg::ALL {
        let of = |state| living.iter().filter(move |k| k.alg == alg && k.state == state);
        let current: Vec<_> = of(KeyState::Current).collect();
        let name = alg.as_str();
        let id = format!("signing_keys.{name}");
        match current.as_slice() {
            [one] => {
                let age = now.secs_since(one.changed_at);
                let seen = format!("{} signs since {} ({} days)", one.kid, one.changed_at, age / 86_400);
                let finding = Finding::ok(id, seen, Place::SIGNING);
                findings.push(if age > OLD {
                    finding.but(Level::Warn, "the key is old", "run `broker keys rotate`")
                } else {
                    finding
                });
            }
            [] => findings.push(Finding::ok(id, format!("no key signs {name}"), Place::SIGNING).but(
                Level::Fail,
                "clients of this algorithm get no tokens",
                "restart an instance: it makes what is missing; if it stays so, run `broker keys rotate --now`",
            )),
            several => {
                let seen = format!("{} keys sign {name}", several.len());
                findings.push(Finding::ok(id, seen, Place::SIGNING).but(
                    Level::Fail,
                    "instances may sign with different ones",
                    "run `broker keys rotate --now`",
                ));
            }
        }
    }
    for key in living {
        let age = now.secs_since(key.changed_at);
        let (limit, waits) = match key.state {
            KeyState::Next => (publish_ahead, "waits to sign"),
            KeyState::Retiring => (LONGEST_RETIRING, "retires"),
            KeyState::Current | KeyState::Retired => continue,
        };
        let seen = format!("{} {waits} since {}", key.kid, key.changed_at);
        let finding = Finding::ok(format!("signing_keys.{}", key.state.as_str()), seen, Place::SIGNING);
        findings.push(if age > limit.saturating_add(LATE) {
            finding.but(
                Level::Warn,
                "its time has passed and no instance moved it on",
                "see that an instance runs and its log says nothing of keys",
            )
        } else {
            finding
        });
    }
    findings
}
