//! What an arrival finds of the citizen's old accounts: those that need no proof are linked at once, the others wait for one.

use super::give::event;
use super::handover::{Handed, owner_for, refused, told_of};
use super::load::Loaded;
use super::population::ask_population;
use crate::jobs::Ending;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{NoLink, Told};
use broker_domain::ids::{AccountId, CitizenId, Namespace, ReviewId, SectorId, TraceId};
use broker_domain::linking::{
    Candidate, Decision, Dossier, Evidence, LegacyAccount, NewReview, ReviewReason, decide, questions,
};
use broker_domain::person::Profile;
use broker_domain::phone::Phone;
use broker_domain::ports::{KeptAccount, Linked, NewLink, OpenedReview, StoreError, Write};
use broker_domain::proof::{Claimable, Unproven};
use broker_domain::session::Holder;
use broker_domain::subject::Subject;

/// What is to be linked, what waits, and what people must look at.
pub(super) struct Linking {
    links: Vec<(Namespace, AccountId, Evidence)>,
    unproven: Vec<Unproven>,
    reviews: Vec<(LegacyAccount, ReviewReason)>,
    told: Option<Told>,
}

/// What came of it.
pub(super) struct Done {
    /// Subjects that came with links.
    pub(super) subjects: Vec<(SectorId, Subject)>,
    /// Which accounts are linked.
    pub(super) linked: Vec<AccountId>,
    /// Accounts that wait for a choice or a proof.
    pub(super) unproven: Vec<Unproven>,
    /// What the citizen is told.
    pub(super) told: Option<Told>,
}

/// A namespace's accounts belong to the portals of the sector of that name.
pub(super) fn sector(namespace: &Namespace) -> SectorId {
    SectorId::new(namespace.as_str())
}

/// Decides, namespace by namespace. `citizen`: who arrives, when they are known already; `handed`: what is decided already about the
/// account that they signed in to before VNeID.
pub(super) async fn plan(
    broker: &Broker,
    citizen: Option<&CitizenId>,
    profile: &Profile,
    accounts: Vec<KeptAccount>,
    handed: Handed,
) -> Linking {
    let Handed { link, review, told } = handed;
    let mut linking = Linking {
        links: link.into_iter().collect(),
        unproven: Vec::new(),
        reviews: review.into_iter().collect(),
        told,
    };
    let decided_already: Vec<AccountId> = (linking.links.iter().map(|(_, id, _)| id.clone()))
        .chain(linking.reviews.iter().map(|(account, _)| account.id.clone()))
        .collect();
    for (namespace, mut candidates) in by_namespace(broker, citizen, accounts) {
        candidates.retain(|c| !decided_already.contains(&c.account.id));
        ask_population(broker, questions(profile, &candidates), &mut candidates).await;
        let decided = decide(profile, &candidates);
        let why = match (&decided.decision, decided.reviews.first()) {
            (Decision::Refused(_, status), _) => Some(refused(*status)),
            (Decision::Review, Some((id, reason))) => {
                let account = candidates.iter().map(|c| &c.account).find(|a| a.id == *id);
                Some(account.map_or(NoLink::Unclear, |account| told_of(profile, account, *reason)))
            }
            _ => None,
        };
        for (id, reason) in decided.reviews {
            let account = candidates.iter().map(|c| &c.account).find(|a| a.id == id);
            linking.reviews.extend(account.map(|account| (account.clone(), reason)));
        }
        let waits = |accounts| Unproven { namespace: namespace.clone(), accounts };
        match decided.decision {
            Decision::Link(account, evidence) => linking.links.push((namespace.clone(), account, evidence)),
            Decision::Prove(account, ways) => linking.unproven.push(waits(vec![Claimable { account, ways }])),
            Decision::Choose(accounts) => {
                let accounts = accounts.into_iter().map(|(account, ways)| Claimable { account, ways });
                linking.unproven.push(waits(accounts.collect()));
            }
            // What else fits becomes an alias, after its proof.
            Decision::Linked { more, .. } if !more.is_empty() => {
                let accounts = more.into_iter().map(|(account, ways)| Claimable { account, ways });
                linking.unproven.push(waits(accounts.collect()));
            }
            Decision::Nothing | Decision::Linked { .. } | Decision::Review | Decision::Refused(..) => {}
        }
        if let (None, Some(why)) = (&linking.told, why) {
            linking.told = Some(Told::NotLinked { namespace, why });
        }
    }
    linking
}

fn by_namespace(
    broker: &Broker,
    citizen: Option<&CitizenId>,
    accounts: Vec<KeptAccount>,
) -> Vec<(Namespace, Vec<Candidate>)> {
    let mut sorted: Vec<(Namespace, Vec<Candidate>)> = Vec::new();
    for KeptAccount { account, owner, number_is_former, was_ended } in accounts {
        let owner = owner_for(citizen, owner.as_ref());
        let namespace = account.namespace.clone();
        let account = with_ways(broker, account);
        let candidate = Candidate { number_is_former, was_ended, ..Candidate::new(account, owner) };
        match sorted.iter_mut().find(|(n, _)| *n == namespace) {
            Some((_, candidates)) => candidates.push(candidate),
            None => sorted.push((namespace, vec![candidate])),
        }
    }
    sorted
}

/// The account with only those ways to prove it that its namespace allows and that work: a portal's check service stands in for a
/// hash, and a phone must be one that a message can be sent to.
pub(super) fn with_ways(broker: &Broker, mut account: LegacyAccount) -> LegacyAccount {
    let Some(rules) = broker.namespaces.find(&account.namespace) else { return account };
    let checks = account.has_password || broker.namespaces.service(&account.namespace).is_some();
    account.has_password = rules.proofs.password && checks;
    let reachable = |p: &str| rules.proofs.phone_code && Phone::parse(p).is_some();
    account.claims.phone = account.claims.phone.filter(|p| reachable(&p.value));
    account
}

impl Linking {
    /// Whether a link gives the subject of a sector, now or once it is proven. One that was taken over gives what its successor gives.
    pub(super) fn may_give(&self, broker: &Broker, wanted: &SectorId) -> bool {
        let giver = |sector: &SectorId| broker.registry.giver(sector);
        let mut namespaces =
            self.links.iter().map(|(n, ..)| n).chain(self.unproven.iter().map(|u| &u.namespace));
        namespaces.any(|namespace| giver(&sector(namespace)) == giver(wanted))
    }

    /// Links, each account in a transaction of its own.
    ///
    /// # Errors
    /// When the store does not answer. What was linked stays.
    pub(super) async fn carry_out(
        self,
        broker: &Broker,
        (loaded, trace): (&Loaded, &TraceId),
        profile: &Profile,
        citizen: &CitizenId,
    ) -> Result<Done, StoreError> {
        let Self { links, unproven, reviews, told } = self;
        let had_reviews = !reviews.is_empty();
        let mut is_news = false;
        for (account, reason) in reviews {
            is_news |= open_review(broker, (loaded, trace), profile, citizen, &account, reason).await?;
        }
        // What people look at already was told before.
        let told = told.filter(|told| *told == Told::Linked || !had_reviews || is_news);
        let mut done = Done { subjects: Vec::new(), linked: Vec::new(), unproven, told };
        for (namespace, account, evidence) in links {
            match link(broker, (loaded, trace), citizen, &namespace, account.clone(), evidence).await? {
                Outcome::Linked { subject } => {
                    done.linked.push(account);
                    done.subjects.push((sector(&namespace), subject));
                }
                // Somebody was quicker, or its TechID still names whoever had it before: people look at it.
                Outcome::Another => {
                    let Some(kept) = broker.stores.accounts.by_id(&account).await? else { continue };
                    let reason = ReviewReason::LinkedToAnother;
                    if open_review(broker, (loaded, trace), profile, citizen, &kept.account, reason).await? {
                        done.told = Some(Told::NotLinked { namespace, why: NoLink::LinkedToAnother });
                    }
                }
            }
        }
        Ok(done)
    }
}

/// Asks people to look at an account. Says whether that is new.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn open_review(
    broker: &Broker,
    (loaded, trace): (&Loaded, &TraceId),
    profile: &Profile,
    citizen: &CitizenId,
    account: &LegacyAccount,
    reason: ReviewReason,
) -> Result<bool, StoreError> {
    let review = NewReview {
        id: ReviewId::generate(&*broker.entropy),
        reason,
        citizen: citizen.clone(),
        account: Some(account.id.clone()),
        interaction: Some(loaded.interaction.id.clone()),
        dossier: Dossier::of_account(profile, account),
        first: None,
        now: loaded.now,
    };
    let OpenedReview::Now(id) = broker.stores.reviews.open(&review).await? else { return Ok(false) };
    let mut opened = event(broker, AuditKind::ReviewOpened, &loaded.client, trace, loaded.now);
    opened.interaction = Some(loaded.interaction.id.clone());
    opened.citizen = Some(citizen.clone());
    opened.note = Some(format!("{id}: {}", reason.as_str()));
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(opened))]).await?;
    Ok(true)
}

/// What became of one link.
pub(super) enum Outcome {
    /// It is there.
    Linked {
        /// The citizen's subject at the portal.
        subject: Subject,
    },
    /// Somebody was quicker, or the `TechID` is somebody's subject already: nobody gets it by this login.
    Another,
}

/// Makes one link.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn link(
    broker: &Broker,
    (loaded, trace): (&Loaded, &TraceId),
    citizen: &CitizenId,
    namespace: &Namespace,
    account: AccountId,
    evidence: Evidence,
) -> Result<Outcome, StoreError> {
    let mut said = event(broker, AuditKind::AccountLinked, &loaded.client, trace, loaded.now);
    said.interaction = Some(loaded.interaction.id.clone());
    said.citizen = Some(citizen.clone());
    // The portal whose account it is, in whatever portal's login.
    let portal = broker.registry.find(namespace.as_str()).map(|client| client.id.clone());
    said.client = portal.or(said.client);
    said.note = Some(evidence.as_str().to_owned());
    let sector = sector(namespace);
    let tell = broker.registry.listeners(&sector);
    let opened_by_it = Holder::Account(account.clone());
    let wanted = NewLink {
        citizen: citizen.clone(),
        account,
        evidence,
        by: None,
        sector,
        tell,
        said,
        now: loaded.now,
    };
    let subject = match broker.stores.accounts.link(&wanted).await {
        Ok(Linked::Now { subject } | Linked::Before { subject }) => subject,
        Ok(Linked::Another) | Err(StoreError::Conflict(_)) => {
            tracing::warn!(%namespace, "an account that should be linked is somebody else's");
            return Ok(Outcome::Another);
        }
        Err(error) => return Err(error),
    };
    // Whoever had signed in by the account itself is signed in no longer, and their tokens die.
    Ending::of(broker).end_all_of(&opened_by_it, Some(trace), AuditKind::SessionReplaced).await?;
    Ok(Outcome::Linked { subject })
}
