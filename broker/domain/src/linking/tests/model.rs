//! A small world of people, portals and a store in memory, driven by the real decisions through whatever may happen in whatever order.

use super::super::*;
use crate::claims::{Claims, Mark, Marked, Source};
use crate::clock::Timestamp;
use crate::ids::{AccountId, CitizenId, Namespace, UpstreamId};
use crate::level::Level;
use crate::person::{
    AccountKind, BirthDate, CitizenStatus, Gender, Name, OldNumber, PersonalNumber, Profile,
};
use crate::subject::Subject;
use crate::upstream::Arrival;
use crate::upstream::population::{Answer, Fields, Question};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 4] = ["NGUYỄN VĂN AN", "TRẦN THỊ BÌNH", "LÊ VĂN CƯỜNG", "PHẠM THỊ DUNG"];
const NAMESPACES: [&str; 2] = ["dvcqg", "binhduong"];

/// A person, as the population database knows them.
#[derive(Clone)]
struct Person {
    number: PersonalNumber,
    former: Vec<PersonalNumber>,
    old: OldNumber,
    name: Name,
}

impl Person {
    fn new(n: usize) -> Self {
        Self {
            number: number(n, 0),
            former: Vec::new(),
            old: OldNumber::parse(&format!("17000000{n}")).unwrap(),
            name: Name::parse(NAMES[n]).unwrap(),
        }
    }

    fn born(&self) -> BirthDate {
        BirthDate::Day(self.number.birth_year(), 3, 12)
    }

    fn profile(&self, knows_old: bool) -> Profile {
        Profile {
            kind: AccountKind::Citizen,
            personal_number: self.number.clone(),
            full_name: self.name.clone(),
            birth_date: Some(self.born()),
            gender: Some(self.number.gender()),
            old_number: knows_old.then(|| self.old.clone()),
            passport: None,
            phone: None,
            email: None,
            address: None,
            organization: None,
        }
    }
}

/// The number of a person after so many corrections: each gives another year of birth.
fn number(person: usize, corrections: usize) -> PersonalNumber {
    let sex = person % 2;
    PersonalNumber::parse(&format!("001{sex}{:02}00000{person}", 70 + corrections)).unwrap()
}

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    /// A portal hands over an account that holds somebody's number, and perhaps somebody's name.
    Import {
        tech: u8,
        namespace: usize,
        holds: usize,
        former: bool,
        names: Option<usize>,
        green: bool,
        by_old: bool,
        kind: u8,
        open: bool,
    },
    /// Somebody arrives: by the subject that they always had there, by a new one, or by one made of the number.
    Arrive { person: usize, way: u8, knows_old: bool, answers: bool },
    /// Whoever is at the door proves an account, whether or not it is theirs.
    Prove { person: usize, account: usize, phone: bool },
    /// Somebody signs in to an account first and then arrives.
    LegacyFirst { person: usize, account: usize },
    /// Whoever holds an account, a stranger perhaps, has the population database confirm somebody's data for it.
    Confirm { account: usize, of: usize, with_old: bool },
    /// A link ends.
    Unlink { account: usize },
    /// A number is issued anew.
    Renumber { person: usize },
    /// One portal takes over the subjects of the other.
    Merge,
    /// An operator blocks or unblocks.
    Block { person: usize, on: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = || 0..NAMES.len();
    let import =
        (
            0u8..5,
            0..NAMESPACES.len(),
            person(),
            any::<bool>(),
            prop::option::of(person()),
            any::<bool>(),
            any::<bool>(),
            0u8..4,
            prop::bool::weighted(0.9),
        )
            .prop_map(|(tech, namespace, holds, former, names, green, by_old, kind, open)| {
                Step::Import { tech, namespace, holds, former, names, green, by_old, kind, open }
            });
    let arrive = (person(), 0u8..3, any::<bool>(), any::<bool>())
        .prop_map(|(person, way, knows_old, answers)| Step::Arrive { person, way, knows_old, answers });
    let prove = (person(), 0usize..8, any::<bool>()).prop_map(|(person, account, phone)| Step::Prove {
        person,
        account,
        phone,
    });
    let step = prop_oneof![
        5 => import,
        6 => arrive,
        3 => prove,
        1 => (person(), 0usize..8).prop_map(|(person, account)| Step::LegacyFirst { person, account }),
        3 => (0usize..8, person(), any::<bool>())
            .prop_map(|(account, of, with_old)| Step::Confirm { account, of, with_old }),
        1 => (0usize..8).prop_map(|account| Step::Unlink { account }),
        1 => person().prop_map(|person| Step::Renumber { person }),
        1 => Just(Step::Merge),
        1 => (person(), any::<bool>()).prop_map(|(person, on)| Step::Block { person, on }),
    ];
    prop::collection::vec(step, 1..40)
}

struct Kept {
    account: LegacyAccount,
    /// What its portal said, without what its holder had confirmed.
    portal: Claims,
    owner: Option<CitizenId>,
    /// Whose it was.
    before: BTreeSet<CitizenId>,
    /// Everything that its links rested on.
    grounds: Vec<Evidence>,
    /// Whether its portal has said something else since it was linked.
    imported_since: bool,
}

struct KeptCitizen {
    status: CitizenStatus,
    profile: Profile,
    numbers: Vec<PersonalNumber>,
}

/// The store, with the rules that its schema keeps: one owner, one citizen for a number, for an identity, for a name in a sector.
#[derive(Default)]
struct Store {
    citizens: BTreeMap<CitizenId, KeptCitizen>,
    identities: BTreeMap<(String, String), CitizenId>,
    accounts: Vec<Kept>,
    subjects: BTreeMap<(CitizenId, String), Subject>,
    /// Every name that a sector knows or knew somebody by.
    names: BTreeMap<(String, Subject), CitizenId>,
    merged: bool,
    reviews: BTreeSet<(&'static str, CitizenId, Option<AccountId>)>,
}

struct World {
    people: Vec<Person>,
    store: Store,
}

impl Store {
    fn known(&self, id: &CitizenId) -> Known {
        let kept = &self.citizens[id];
        Known { id: id.clone(), status: kept.status, profile: kept.profile.clone() }
    }

    fn by(&self, number: &PersonalNumber) -> Option<CitizenId> {
        self.citizens.iter().find(|(_, c)| c.numbers.contains(number)).map(|(id, _)| id.clone())
    }

    fn find(&self, arrival: &Arrival) -> Match {
        let identity = (arrival.issuer.clone(), arrival.subject.clone());
        let old = arrival.profile.old_number.as_ref();
        let by_old =
            self.citizens.iter().find(|(_, c)| old.is_some() && c.profile.old_number.as_ref() == old);
        Match {
            by_identity: self.identities.get(&identity).map(|id| self.known(id)),
            by_number: self.by(&arrival.profile.personal_number).map(|id| self.known(&id)),
            by_old_number: by_old.map(|(id, _)| self.known(id)),
        }
    }

    /// Gives the name to the citizen in the sector; `false` when it is somebody else's.
    fn name(&mut self, citizen: &CitizenId, sector: &str, tech: &Subject) -> bool {
        let named = (sector.to_owned(), tech.clone());
        if self.names.get(&named).is_some_and(|c| c != citizen) {
            return false;
        }
        self.names.insert(named, citizen.clone());
        self.subjects.entry((citizen.clone(), sector.to_owned())).or_insert_with(|| tech.clone());
        true
    }

    fn link(&mut self, citizen: &CitizenId, account: &AccountId, evidence: Evidence) {
        let Some(at) = self.accounts.iter().position(|k| k.account.id == *account) else { return };
        if self.accounts[at].owner.is_some() {
            return;
        }
        let (sector, tech) = (
            self.accounts[at].account.namespace.as_str().to_owned(),
            self.accounts[at].account.tech_id.clone(),
        );
        if self.name(citizen, &sector, &tech) {
            let kept = &mut self.accounts[at];
            kept.owner = Some(citizen.clone());
            kept.account.has_password = false;
            kept.grounds.push(evidence);
            kept.imported_since = false;
        }
    }
}

impl World {
    fn ask(&self, question: &Question) -> Answer {
        let has = |p: &Person| p.number == question.personal_number;
        let had = |p: &Person| {
            question.former_number.as_ref().is_some_and(|n| p.former.contains(n) || p.number == *n)
        };
        let old = |p: &Person| question.old_number.as_ref().is_some_and(|n| p.old == *n);
        let found: Vec<&Person> = self.people.iter().filter(|p| has(p) || had(p) || old(p)).collect();
        match found.as_slice() {
            [] => Answer::Nobody,
            [one] => {
                let fields = Fields {
                    personal_number: Some(has(one)),
                    old_number: question.old_number.as_ref().map(|_| old(one)),
                    former_number: question.former_number.as_ref().map(|n| one.former.contains(n)),
                    full_name: question.full_name.as_ref().map(|n| *n == one.name),
                    birth_date: question.birth_date.as_ref().map(|d| *d == one.born()),
                };
                let each = [
                    fields.personal_number,
                    fields.old_number,
                    fields.former_number,
                    fields.full_name,
                    fields.birth_date,
                ];
                if each.contains(&Some(false)) { Answer::Differs(fields) } else { Answer::Match }
            }
            _ => Answer::Several,
        }
    }

    fn candidates(&self, citizen: &CitizenId, profile: &Profile, namespace: &str) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = self
            .store
            .accounts
            .iter()
            .filter(|k| k.account.namespace.as_str() == namespace)
            .map(|k| {
                let owner = match &k.owner {
                    None => Owner::Nobody,
                    Some(owner) if owner == citizen => Owner::ThisCitizen,
                    Some(_) => Owner::Another,
                };
                let number = k.account.claims.personal_number.as_ref().map(|n| &n.value);
                let former = number.is_some_and(|n| {
                    *n != profile.personal_number && self.store.citizens[citizen].numbers.contains(n)
                });
                Candidate {
                    number_is_former: former,
                    was_ended: k.before.contains(citizen),
                    ..Candidate::new(k.account.clone(), owner)
                }
            })
            .collect();
        for (id, question) in questions(profile, &all) {
            let answer = OldNumberIs::from(&self.ask(&question));
            for one in all.iter_mut().filter(|c| c.account.id == id) {
                one.old_number = answer;
            }
        }
        all
    }

    /// Somebody arrives; who they are then.
    fn arrive(&mut self, person: usize, way: u8, knows_old: bool, answers: bool) -> Option<CitizenId> {
        let profile = self.people[person].profile(knows_old);
        let (issuer, subject) = match way {
            0 => ("https://vneid", format!("always-{person}")),
            1 => ("https://vneid", format!("anew-{person}-{}", self.people[person].former.len())),
            _ => ("https://sealed", format!("pid:{}", profile.personal_number.as_str())),
        };
        let arrival = Arrival {
            upstream: UpstreamId::new("vneid"),
            issuer: issuer.into(),
            subject,
            sid: None,
            profile,
            organizations: Vec::new(),
            level: Level::LoA2,
            auth_time: Timestamp::default(),
        };
        let found = self.store.find(&arrival);
        let mut decided = decide_arrival(&arrival, &found, true);
        assert_eq!(decided, decide_arrival(&arrival, &found, true), "the same input, another answer");
        if decided == Arrived::Ask {
            let answer = answers.then(|| self.ask(&number_question(&arrival, &found).unwrap()));
            decided = decide_number(&arrival, &found, answer.as_ref());
        }
        let citizen = match decided {
            Arrived::Known(id) | Arrived::NewIdentity(id) | Arrived::NewNumber(id) => id,
            Arrived::NewCitizen => {
                let id = CitizenId::new(format!("c{}", self.store.citizens.len()));
                let kept = KeptCitizen {
                    status: CitizenStatus::Active,
                    profile: arrival.profile.clone(),
                    numbers: Vec::new(),
                };
                assert!(self.store.citizens.insert(id.clone(), kept).is_none());
                id
            }
            Arrived::Ask => panic!("asked twice"),
            Arrived::Nobody(doubt) => {
                if let Some((reason, about)) = doubtful(doubt, &found) {
                    self.store.reviews.insert((reason.as_str(), about.id.clone(), None));
                }
                return None;
            }
        };
        let number = arrival.profile.personal_number.clone();
        assert!(self.store.by(&number).is_none_or(|c| c == citizen), "the number is somebody else's");
        let before =
            self.store.identities.insert((arrival.issuer.clone(), arrival.subject.clone()), citizen.clone());
        assert!(before.is_none_or(|c| c == citizen), "the identity is somebody else's");
        let kept = self.store.citizens.get_mut(&citizen).unwrap();
        let old = kept.profile.old_number.take().or_else(|| arrival.profile.old_number.clone());
        kept.profile = Profile { old_number: old, ..arrival.profile };
        if !kept.numbers.contains(&number) {
            kept.numbers.push(number);
        }
        self.match_accounts(&citizen);
        Some(citizen)
    }

    fn match_accounts(&mut self, citizen: &CitizenId) {
        let profile = self.store.citizens[citizen].profile.clone();
        for namespace in NAMESPACES {
            let candidates = self.candidates(citizen, &profile, namespace);
            let decided = decide(&profile, &candidates);
            assert_eq!(decided, decide(&profile, &candidates), "the same input, another answer");
            for (account, reason) in &decided.reviews {
                self.store.reviews.insert((reason.as_str(), citizen.clone(), Some(account.clone())));
            }
            if let Decision::Link(account, evidence) = decided.decision {
                self.store.link(citizen, &account, evidence);
            }
            let sector = if self.store.merged { NAMESPACES[0] } else { namespace };
            let pairwise = Subject::new(format!("pairwise-{sector}-{citizen}")).unwrap();
            let key = (citizen.clone(), sector.to_owned());
            if !self.store.subjects.contains_key(&key) {
                self.store.name(citizen, sector, &pairwise);
            }
        }
    }

    fn prove(&mut self, person: usize, account: usize, phone: bool) {
        let Some(citizen) = self.store.by(&self.people[person].number) else { return };
        let Some(kept) = self.store.accounts.get(account) else { return };
        let id = kept.account.id.clone();
        let namespace = kept.account.namespace.as_str().to_owned();
        let profile = self.store.citizens[&citizen].profile.clone();
        let candidates = self.candidates(&citizen, &profile, &namespace);
        let mut one = candidates.into_iter().find(|c| c.account.id == id).unwrap();
        // Only the ways that the account has can be gone.
        one.proof =
            if phone { Some(Proof::PhoneCode) } else { one.account.has_password.then_some(Proof::Password) };
        if let (Owner::Nobody, Some(evidence)) = (one.owner, ground(&profile, &one)) {
            self.store.link(&citizen, &id, evidence);
        }
    }

    fn legacy_first(&mut self, person: usize, account: usize) {
        let Some(kept) = self.store.accounts.get(account) else { return };
        if !kept.account.has_password {
            return;
        }
        let (id, namespace) = (kept.account.id.clone(), kept.account.namespace.as_str().to_owned());
        let Some(citizen) = self.arrive(person, 0, true, true) else { return };
        let profile = self.store.citizens[&citizen].profile.clone();
        let candidates = self.candidates(&citizen, &profile, &namespace);
        let one = candidates.into_iter().find(|c| c.account.id == id).unwrap();
        if let Handover::Link(evidence) = hand_over(&profile, &one, Proof::Password) {
            self.store.link(&citizen, &id, evidence);
        }
    }

    fn import(&mut self, step: &Step) {
        let Step::Import { tech, namespace, holds, former, names, green, by_old, kind, open } = step else {
            return;
        };
        let mark = if *green { Mark::Green } else { Mark::Yellow };
        let person = &self.people[*holds];
        let number = if *former { person.former.last().unwrap_or(&person.number) } else { &person.number };
        let mut claims = Claims {
            full_name: names.map(|n| Marked::new(Name::parse(NAMES[n]).unwrap(), Mark::Yellow)),
            birth_date: Some(Marked::new(BirthDate::Year(number.birth_year()), Mark::Yellow)),
            gender: Some(Marked::new(if *tech == 4 { Gender::Male } else { number.gender() }, Mark::Yellow)),
            phone: Some(Marked::new("0912000000".to_owned(), Mark::Yellow)),
            ..Claims::default()
        };
        if *by_old {
            claims.old_number = Some(Marked::new(person.old.clone(), mark));
        } else {
            claims.personal_number = Some(Marked::new(number.clone(), mark));
        }
        let id = AccountId::new(format!("{}-{tech}", NAMESPACES[*namespace]));
        let account = LegacyAccount {
            id: id.clone(),
            namespace: Namespace::new(NAMESPACES[*namespace]),
            tech_id: Subject::new(format!("tech-{tech}")).unwrap(),
            kind: match kind {
                0 => LegacyKind::Administrator,
                1 => LegacyKind::Post,
                _ => LegacyKind::Citizen,
            },
            status: if *open { LegacyStatus::Open } else { LegacyStatus::Locked },
            has_password: true,
            claims,
            confirmed: None,
        };
        match self.store.accounts.iter_mut().find(|k| k.account.id == id) {
            Some(kept) => {
                let has_password = kept.owner.is_none();
                kept.imported_since = kept.owner.is_some();
                let confirmed = kept.account.confirmed.take();
                kept.portal = account.claims.clone();
                kept.account = LegacyAccount { has_password, ..account };
                if let Some(confirmed) = confirmed {
                    kept.account = kept.account.clone().with_confirmed(confirmed);
                }
            }
            None => self.store.accounts.push(Kept {
                portal: account.claims.clone(),
                account,
                owner: None,
                before: BTreeSet::new(),
                grounds: Vec::new(),
                imported_since: false,
            }),
        }
    }

    fn confirm(&mut self, account: usize, of: usize, with_old: bool) {
        fn said<T>(value: T) -> Option<Marked<T>> {
            Some(Marked::verified(value, Source::PopulationDatabase, Timestamp::default()))
        }
        let person = self.people[of].clone();
        let question = Question {
            personal_number: person.number.clone(),
            old_number: with_old.then(|| person.old.clone()),
            former_number: None,
            full_name: Some(person.name.clone()),
            birth_date: Some(person.born()),
        };
        let answer = self.ask(&question);
        let Some(kept) = self.store.accounts.get_mut(account) else { return };
        let claims = &kept.account.claims;
        let agrees = claims.full_name.as_ref().is_none_or(|n| same_name(&n.value, &person.name))
            && claims.birth_date.as_ref().is_none_or(|d| d.value.agrees_with(&person.born()));
        if kept.owner.is_some() || !kept.account.has_password || answer != Answer::Match || !agrees {
            return;
        }
        let confirmed = Claims {
            birth_date: said(person.born()),
            gender: said(person.number.gender()),
            personal_number: said(person.number),
            old_number: with_old.then_some(person.old).and_then(said),
            full_name: said(person.name),
            ..Claims::default()
        };
        kept.account.claims = kept.portal.clone();
        kept.account = kept.account.clone().with_confirmed(confirmed);
    }

    fn merge(&mut self) {
        self.store.merged = true;
        let from: Vec<_> = self
            .store
            .subjects
            .iter()
            .filter(|((_, s), _)| s == NAMESPACES[1])
            .map(|((c, _), s)| (c.clone(), s.clone()))
            .collect();
        for (citizen, subject) in from {
            self.store.name(&citizen, NAMESPACES[0], &subject);
        }
    }

    fn go(&mut self, step: &Step) {
        let store = &mut self.store;
        match step {
            Step::Import { .. } => self.import(step),
            Step::Arrive { person, way, knows_old, answers } => {
                self.arrive(*person, *way, *knows_old, *answers);
            }
            Step::Prove { person, account, phone } => self.prove(*person, *account, *phone),
            Step::LegacyFirst { person, account } => self.legacy_first(*person, *account),
            Step::Confirm { account, of, with_old } => self.confirm(*account, *of, *with_old),
            Step::Unlink { account } => {
                if let Some(kept) = store.accounts.get_mut(*account) {
                    kept.before.extend(kept.owner.take());
                }
            }
            Step::Renumber { person } => {
                let one = &mut self.people[*person];
                let new = number(*person, one.former.len() + 1);
                one.former.push(std::mem::replace(&mut one.number, new));
            }
            Step::Merge => self.merge(),
            Step::Block { person, on } => {
                if let Some(id) = store.by(&self.people[*person].number) {
                    let status = if *on { CitizenStatus::Blocked } else { CitizenStatus::Active };
                    store.citizens.get_mut(&id).unwrap().status = status;
                }
            }
        }
    }

    /// What must hold whatever has happened. `before`: the subjects of before the step.
    fn check(&self, before: &BTreeMap<(CitizenId, String), Subject>) -> Result<(), TestCaseError> {
        let store = &self.store;
        let mut numbers = BTreeSet::new();
        for kept in store.citizens.values() {
            for number in &kept.numbers {
                prop_assert!(numbers.insert(number.clone()), "two citizens for one number");
            }
        }
        let mut named = BTreeSet::new();
        for ((_, sector), subject) in &store.subjects {
            prop_assert!(named.insert((sector, subject)), "two citizens with one subject in a sector");
        }
        for (key, subject) in before {
            prop_assert_eq!(store.subjects.get(key), Some(subject), "a subject changed");
        }
        for kept in &store.accounts {
            for ground in &kept.grounds {
                prop_assert!(
                    !matches!(ground, Evidence::Reviewed | Evidence::VerifiedTaxCode),
                    "nobody decided that"
                );
            }
            let Some(owner) = &kept.owner else { continue };
            // Whatever was typed into the account and confirmed: without a proof only the portal's own word links it.
            let verified = |number: &PersonalNumber| store.citizens[owner].numbers.contains(number);
            if kept.grounds.last() == Some(&Evidence::VerifiedNumber) && !kept.imported_since {
                let number = kept.portal.personal_number.as_ref();
                prop_assert!(
                    number.is_some_and(|n| n.is_green() && verified(&n.value)),
                    "typed in, and linked"
                );
            }
            let key = (kept.account.namespace.as_str().to_owned(), kept.account.tech_id.clone());
            prop_assert_eq!(store.names.get(&key), Some(owner), "the TechID names somebody else");
        }
        // A person is one citizen, or several only where nothing that we were told ties them together.
        for person in &self.people {
            let of = |n: &PersonalNumber| store.by(n);
            let all: BTreeSet<_> = person.former.iter().chain([&person.number]).filter_map(of).collect();
            for id in &all {
                let others = self.people.iter().filter(|p| p.number != person.number);
                let mut theirs = others.flat_map(|p| p.former.iter().chain([&p.number]));
                prop_assert!(theirs.all(|n| of(n).as_ref() != Some(id)), "one citizen for two people");
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Never two citizens for one number, nor one citizen for two people; never two with one TechID or subject in a sector; a subject
    /// once given stays; every link rests on a number that its portal verified, or on a proof.
    #[test]
    fn whatever_happens(steps in steps()) {
        let mut world = World { people: (0..NAMES.len()).map(Person::new).collect(), store: Store::default() };
        for step in &steps {
            let subjects = world.store.subjects.clone();
            let owners: Vec<_> = world.store.accounts.iter().map(|k| (k.owner.clone(), k.grounds.len())).collect();
            let marks: Vec<_> = world.store.accounts.iter().map(|k| green(&k.portal)).collect();
            world.go(step);
            world.check(&subjects)?;
            for (n, (owner, grounds)) in owners.iter().enumerate() {
                let kept = &world.store.accounts[n];
                if owner.is_some() && kept.owner.is_some() {
                    prop_assert_eq!(owner, &kept.owner, "an account changed hands");
                }
                if kept.grounds.len() > *grounds {
                    let proven = matches!(kept.grounds.last(), Some(Evidence::Proven(_)));
                    let again = kept.owner.as_ref().is_some_and(|o| kept.before.contains(o));
                    prop_assert!(proven || !again, "a link that was ended was made anew by itself");
                    prop_assert!(marks[n] || proven, "a typed number linked by itself at {step:?}");
                    prop_assert_eq!(kept.account.status, LegacyStatus::Open);
                    prop_assert!(kept.account.kind != LegacyKind::Administrator);
                }
            }
        }
    }
}

fn green(claims: &Claims) -> bool {
    let marks = [claims.personal_number.as_ref().map(|n| n.mark), claims.old_number.as_ref().map(|n| n.mark)];
    marks.contains(&Some(Mark::Green))
}
