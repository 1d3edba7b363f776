//! The plan: what would happen to every account when its owner arrives.

use broker_domain::ids::Namespace;
use broker_domain::linking::{Basis, Planned, Planning, plan};
use broker_domain::ports::{AccountWalk, Step, StoreError, Walk};
use broker_domain::subject::Subject;
use std::collections::BTreeMap;

/// Accounts of one page.
const PAGE: u32 = 4000;
/// Accounts of one number that are looked at side by side: more hold it only when it is nobody's.
const SIDE_BY_SIDE: usize = 500;
/// Examples of each answer.
const SAMPLES: usize = 5;

/// Those to which the same would happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The first few.
    pub samples: Vec<(Namespace, Subject)>,
}

/// What would happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// All accounts that were counted.
    pub accounts: u64,
    /// By answer; answers that no account got are not there.
    pub tallies: BTreeMap<Planned, Tally>,
}

impl Plan {
    fn count(&mut self, planned: Planned, one: &Planning) {
        self.accounts += 1;
        let tally = self.tallies.entry(planned).or_default();
        tally.count += 1;
        if tally.samples.len() < SAMPLES {
            tally.samples.push((one.account.namespace.clone(), one.account.tech_id.clone()));
        }
    }

    fn settle(&mut self, group: &mut Vec<Planning>, namespace: Option<&Namespace>) {
        let planned = plan(group);
        for (one, planned) in group.iter().zip(planned) {
            if namespace.is_none_or(|n| *n == one.account.namespace) {
                self.count(planned, one);
            }
        }
        group.clear();
    }
}

/// Whether a walk is the one that answers for accounts of a basis.
const fn answers(walk: &Walk, basis: &Basis) -> bool {
    matches!(
        (walk, basis),
        (Walk::ByNumber, Basis::Number(_))
            | (Walk::ByOldNumber, Basis::OldNumber(_))
            | (Walk::ByTaxCode, Basis::TaxCode(_))
            | (Walk::WithoutBasis, Basis::Nothing)
    )
}

/// Goes through all accounts, also those of other namespaces: one number in two of them may be a conflict. Those of `namespace` are
/// counted, or all. Nothing is changed, and no more than a page is in memory. `watch` is told how many accounts are done.
///
/// # Errors
/// When the store fails.
pub async fn plan_all(
    accounts: &dyn AccountWalk,
    namespace: Option<&Namespace>,
    watch: &mut (dyn FnMut(u64) + Send),
) -> Result<Plan, StoreError> {
    let (mut all, mut done) = (Plan::default(), 0);
    for walk in [Walk::ByNumber, Walk::ByOldNumber, Walk::ByTaxCode, Walk::WithoutBasis] {
        let (mut step, mut basis, mut group) = (Step::default(), Basis::Nothing, Vec::new());
        loop {
            let page = accounts.page(&walk, &step, PAGE).await?;
            let Some(last) = page.last() else { break };
            step = last.step.clone();
            done += page.len() as u64;
            for one in page {
                let its = Basis::of(&one.kept.account);
                if !answers(&walk, &its) {
                    continue;
                }
                if its != basis || group.len() >= SIDE_BY_SIDE {
                    all.settle(&mut group, namespace);
                    basis = its;
                }
                group.push(Planning { account: one.kept.account, owner: one.kept.owner });
            }
            watch(done);
        }
        all.settle(&mut group, namespace);
    }
    Ok(all)
}
