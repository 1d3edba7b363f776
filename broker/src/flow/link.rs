//! What an arrival finds of the citizen's old accounts: those that need no proof are linked at once.

use crate::state::Broker;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, Namespace, SectorId};
use broker_domain::linking::{Candidate, Decision, Evidence, Owner, decide};
use broker_domain::person::Profile;
use broker_domain::ports::{KeptAccount, Linked, NewLink, StoreError};
use broker_domain::subject::Subject;

/// Links that need no proof.
pub(super) struct Plan(Vec<(Namespace, AccountId, Evidence)>);

/// A namespace's accounts belong to the portals of the sector of that name.
fn sector(namespace: &Namespace) -> SectorId {
    SectorId::new(namespace.as_str())
}

/// Decides, namespace by namespace. `citizen`: who arrives, when they are known already.
pub(super) fn plan(citizen: Option<&CitizenId>, profile: &Profile, accounts: Vec<KeptAccount>) -> Plan {
    let mut by_namespace: Vec<(Namespace, Vec<Candidate>)> = Vec::new();
    for KeptAccount { account, owner, number_is_former, was_ended } in accounts {
        let owner = match owner {
            None => Owner::Nobody,
            Some(owner) if Some(&owner) == citizen => Owner::ThisCitizen,
            Some(_) => Owner::Another,
        };
        let namespace = account.namespace.clone();
        let candidate = Candidate { number_is_former, was_ended, ..Candidate::new(account, owner) };
        match by_namespace.iter_mut().find(|(n, _)| *n == namespace) {
            Some((_, candidates)) => candidates.push(candidate),
            None => by_namespace.push((namespace, vec![candidate])),
        }
    }
    let linked = by_namespace.into_iter().filter_map(|(namespace, candidates)| {
        match decide(profile, &candidates).decision {
            Decision::Link(account, evidence) => Some((namespace, account, evidence)),
            _ => None,
        }
    });
    Plan(linked.collect())
}

impl Plan {
    /// Whether a link will give the subject of a sector, where they have none. One that was taken over gives what its successor gives.
    pub(super) fn gives(&self, broker: &Broker, wanted: &SectorId) -> bool {
        let giver = |sector: &SectorId| broker.registry.giver(sector);
        self.0.iter().any(|(namespace, ..)| giver(&sector(namespace)) == giver(wanted))
    }

    /// Links, each account in a transaction of its own, and says which subjects came with that and how many links are new.
    ///
    /// # Errors
    /// When the store does not answer. What was linked stays.
    pub(super) async fn carry_out(
        self,
        broker: &Broker,
        citizen: &CitizenId,
        now: Timestamp,
    ) -> Result<(Vec<(SectorId, Subject)>, usize), StoreError> {
        let (mut subjects, mut new) = (Vec::new(), 0);
        for (namespace, account, evidence) in self.0 {
            let sector = sector(&namespace);
            let tell = broker.registry.listeners(&sector);
            let wanted =
                NewLink { citizen: citizen.clone(), account, evidence, sector: sector.clone(), tell, now };
            match broker.stores.accounts.link(&wanted).await {
                Ok(Linked::Now { subject }) => {
                    new += 1;
                    subjects.push((sector, subject));
                }
                Ok(Linked::Before { subject }) => subjects.push((sector, subject)),
                // Somebody was quicker, or the TechID is somebody's subject already: nobody gets it by this login.
                Ok(Linked::Another) | Err(StoreError::Conflict(_)) => {
                    tracing::warn!(%namespace, "an account that should be linked is somebody else's");
                }
                Err(error) => return Err(error),
            }
        }
        Ok((subjects, new))
    }
}
