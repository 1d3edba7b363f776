//! What the portal keeps for its citizens, under the key by which it knows them, and how that moves when the broker says so.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use relying_party_sdk::StoreError;
use relying_party_sdk::events::{EventHandler, PortalEvent, ReceivedEvent};
use serde::{Deserialize, Serialize};

/// An application that a citizen handed in before VNeID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dossier {
    /// Under which key it is kept: the citizen's `sub`, or the TechID of an account that nobody has linked yet.
    pub(crate) owner: String,
    pub(crate) number: String,
    pub(crate) title: String,
    #[serde(rename = "title#en")]
    pub(crate) title_en: String,
    pub(crate) handed_in: String,
    /// Where it was kept before, when it was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) moved_from: Option<String>,
}

/// All dossiers of the portal. A real one has a database; this one has a file, or forgets.
#[derive(Debug, Default)]
pub(crate) struct Dossiers {
    kept: Mutex<Vec<Dossier>>,
    state: Option<PathBuf>,
}

impl Dossiers {
    /// Reads what was kept in `state`, or else, the first time, the dossiers in `first`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn open(first: Option<&Path>, state: Option<PathBuf>) -> Result<Self, String> {
        let kept = state.as_deref().filter(|state| state.exists());
        let dossiers = match kept.or(first) {
            Some(file) => read(file).map_err(|error| format!("{}: {error}", file.display()))?,
            None => Vec::new(),
        };
        Ok(Self { kept: Mutex::new(dossiers), state })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Dossier>> {
        // No step below leaves things half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A citizen's dossiers.
    pub(crate) fn of(&self, owner: &str) -> Vec<Dossier> {
        self.kept().iter().filter(|dossier| dossier.owner == owner).cloned().collect()
    }

    /// Changes what there is, and keeps it before anybody is told that it is done.
    fn change(&self, change: impl FnOnce(&mut Vec<Dossier>)) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let mut new = kept.clone();
        change(&mut new);
        if *kept != new {
            if let Some(state) = &self.state {
                write(state, &new).map_err(|error| StoreError(format!("dossiers: {error}")))?;
            }
            *kept = new;
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl EventHandler for Dossiers {
    /// A second time finds nothing to move.
    async fn handle(&self, event: &ReceivedEvent) -> Result<(), StoreError> {
        for event in &event.events {
            match event {
                PortalEvent::AccountLinked { subject, tech_id: before }
                | PortalEvent::SubjectAlias { subject, alias: before } => {
                    self.change(|dossiers| hand_over(dossiers, before, subject))?;
                }
                PortalEvent::AccountUnlinked { subject, tech_id, .. } => {
                    self.change(|dossiers| hand_back(dossiers, subject, tech_id))?;
                }
                // A real portal would stop sending this citizen messages.
                PortalEvent::AccountDisabled { .. } => tracing::info!("a citizen signs in no more"),
                other => tracing::info!(?other, "an event that this portal does not know"),
            }
        }
        Ok(())
    }
}

/// What is kept under one key goes over to another.
fn hand_over(dossiers: &mut [Dossier], before: &str, subject: &str) {
    for dossier in dossiers.iter_mut().filter(|dossier| dossier.owner == before && before != subject) {
        subject.clone_into(&mut dossier.owner);
        dossier.moved_from = Some(before.to_owned());
    }
}

/// What had come from an account goes back to it.
fn hand_back(dossiers: &mut [Dossier], subject: &str, tech_id: &str) {
    for dossier in dossiers.iter_mut() {
        if dossier.owner == subject && dossier.moved_from.as_deref() == Some(tech_id) {
            tech_id.clone_into(&mut dossier.owner);
            dossier.moved_from = None;
        }
    }
}

fn read(file: &Path) -> std::io::Result<Vec<Dossier>> {
    serde_json::from_slice(&std::fs::read(file)?).map_err(Into::into)
}

/// Whole or not at all.
fn write(file: &Path, dossiers: &[Dossier]) -> std::io::Result<()> {
    let new = file.with_extension("new");
    std::fs::write(&new, serde_json::to_vec_pretty(dossiers)?)?;
    std::fs::rename(new, file)
}
