use super::*;
use crate::clock::Timestamp;
use crate::ids::{CitizenId, SectorId};
use crate::subject::Subject;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeMap;

fn subject(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn all(texts: &[&str]) -> Vec<Subject> {
    texts.iter().map(|t| subject(t)).collect()
}

fn write(own: Option<&str>, aliases: &[&str]) -> MergeStep {
    MergeStep::Write { subject: own.map(subject), aliases: all(aliases) }
}

#[rstest]
#[case::known_to_from_alone(&[], None, &[], &[], write(Some("f"), &[]))]
#[case::with_an_alias(&["g"], None, &[], &[], write(Some("f"), &["g"]))]
#[case::known_to_both(&[], Some("i"), &[], &[], write(None, &["f"]))]
#[case::known_to_both_with_an_alias(&["g"], Some("i"), &[], &[], write(None, &["f", "g"]))]
#[case::the_same_in_both(&[], Some("f"), &[], &[], MergeStep::Nothing)]
#[case::done_before(&["g"], Some("i"), &["f", "g"], &[], MergeStep::Nothing)]
#[case::half_of_it_by_a_link(&["g"], Some("i"), &["g"], &[], write(None, &["f"]))]
#[case::an_alias_is_the_subject(&["i"], Some("i"), &[], &[], write(None, &["f"]))]
#[case::somebody_elses(&[], None, &[], &["f"], MergeStep::Conflict(all(&["f"])))]
#[case::an_alias_somebody_elses(&["g"], Some("i"), &[], &["g"], MergeStep::Conflict(all(&["g"])))]
fn each_row(
    #[case] aliases: &[&str],
    #[case] target: Option<&str>,
    #[case] target_aliases: &[&str],
    #[case] taken: &[&str],
    #[case] step: MergeStep,
) {
    let case = MergeCase {
        citizen: CitizenId::new("c"),
        subject: subject("f"),
        aliases: all(aliases),
        target: target.map(subject),
        target_aliases: all(target_aliases),
        taken: all(taken),
    };
    assert_eq!(decide_merge(&case), step);
}

#[test]
fn which_merges_make_sense() {
    let sector = SectorId::new;
    let before = [SectorMerge { from: sector("a"), into: sector("b"), at: Timestamp::default() }];
    let check = |from, into| check_merge(&sector(from), &sector(into), &before);
    assert_eq!(check("a", "b"), Ok(()));
    assert_eq!(check("b", "c"), Ok(()));
    assert_eq!(check("c", "b"), Ok(()));
    assert_eq!(check("c", "c"), Err(BadMerge::Same));
    assert_eq!(check("a", "c"), Err(BadMerge::Elsewhere(sector("a"), sector("b"))));
    assert_eq!(check("c", "a"), Err(BadMerge::Gone(sector("a"), sector("b"))));
    assert!(check("b", "a").is_err());
}

/// A sector: the subject of each citizen, and whose each further name is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sector {
    subjects: BTreeMap<usize, Subject>,
    aliases: BTreeMap<Subject, usize>,
}

impl Sector {
    fn owner(&self, name: &Subject) -> Option<usize> {
        let by_subject = self.subjects.iter().find(|(_, s)| *s == name).map(|(c, _)| *c);
        by_subject.or_else(|| self.aliases.get(name).copied())
    }

    fn aliases_of(&self, citizen: usize) -> Vec<Subject> {
        self.aliases.iter().filter(|(_, c)| **c == citizen).map(|(s, _)| s.clone()).collect()
    }

    /// Gives a name where that is allowed.
    fn give(&mut self, citizen: usize, name: Subject) {
        match (self.owner(&name), self.subjects.contains_key(&citizen)) {
            (None, false) => drop(self.subjects.insert(citizen, name)),
            (None, true) => drop(self.aliases.insert(name, citizen)),
            _ => {}
        }
    }

    fn take_over(&mut self, from: &Self) -> Vec<(usize, MergeStep)> {
        let mut steps = Vec::new();
        for (citizen, own) in &from.subjects {
            let aliases = from.aliases_of(*citizen);
            let names: Vec<&Subject> = std::iter::once(own).chain(&aliases).collect();
            let taken = names.into_iter().filter(|n| self.owner(n).is_some_and(|o| o != *citizen));
            let case = MergeCase {
                citizen: CitizenId::new(citizen.to_string()),
                subject: own.clone(),
                taken: taken.cloned().collect(),
                aliases,
                target: self.subjects.get(citizen).cloned(),
                target_aliases: self.aliases_of(*citizen),
            };
            let step = decide_merge(&case);
            if let MergeStep::Write { subject, aliases } = &step {
                if let Some(subject) = subject {
                    self.subjects.insert(*citizen, subject.clone());
                }
                for alias in aliases {
                    self.aliases.insert(alias.clone(), *citizen);
                }
            }
            steps.push((*citizen, step));
        }
        steps
    }
}

fn sector() -> impl Strategy<Value = Sector> {
    proptest::collection::vec((0..6_usize, 0..12_u8), 0..20).prop_map(|given| {
        let mut sector = Sector::default();
        for (citizen, name) in given {
            sector.give(citizen, subject(&format!("n{name}")));
        }
        sector
    })
}

proptest! {
    #[test]
    fn whatever_both_hold(from in sector(), into in sector()) {
        let before = into.clone();
        let mut after = into;
        let steps = after.take_over(&from);
        // A stored subject wins.
        for (citizen, subject) in &before.subjects {
            prop_assert_eq!(after.subjects.get(citizen), Some(subject));
        }
        // Nobody's name was taken away, and no name is two citizens'.
        for (alias, citizen) in &before.aliases {
            prop_assert_eq!(after.aliases.get(alias), Some(citizen));
        }
        let mut seen = BTreeMap::new();
        let names = after.subjects.iter().map(|(c, s)| (s, *c)).chain(after.aliases.iter().map(|(s, c)| (s, *c)));
        for (name, citizen) in names {
            prop_assert!(seen.insert(name.clone(), citizen).is_none(), "{} twice", name);
        }
        // Whoever was no conflict is known by every name that FROM knew them by; whoever was is as before.
        for (citizen, step) in &steps {
            let mut names = from.aliases_of(*citizen);
            names.push(from.subjects[citizen].clone());
            if let MergeStep::Conflict(taken) = step {
                prop_assert!(!taken.is_empty());
                prop_assert_eq!(after.subjects.get(citizen), before.subjects.get(citizen));
                prop_assert_eq!(after.aliases_of(*citizen), before.aliases_of(*citizen));
            } else {
                prop_assert!(names.iter().all(|n| after.owner(n) == Some(*citizen)));
            }
        }
        // A second time changes nothing.
        let once = after.clone();
        for (_, step) in after.take_over(&from) {
            let writes = matches!(step, MergeStep::Write { .. });
            prop_assert!(!writes);
        }
        prop_assert_eq!(after, once);
    }
}
