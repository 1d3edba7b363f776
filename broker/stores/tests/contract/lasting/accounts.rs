//! Legacy accounts and the links of citizens to them.

use crate::samples::{
    ENTROPY, admission, arrival, arrival_of, imported, namespace, new_link, organization, progress, subject,
};
use broker_domain::claims::{Mark, Marked};
use broker_domain::ids::{CitizenId, Namespace, SectorId};
use broker_domain::linking::{Evidence, LegacyKind, LegacyStatus, Proof};
use broker_domain::person::{PersonalNumber, TaxCode};
use broker_domain::ports::{
    ImportCount, ImportProgress, ImportedAccount, Linked, NewLink, RowPlace, Step, StoreError, Walk, Walked,
};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;
use broker_stores::Stores;
use broker_stores::testing::{beginning, keys};
use std::sync::Arc;

async fn import(stores: &Stores, accounts: Vec<ImportedAccount>) -> ImportCount {
    let done = stores.accounts.import(&namespace(), accounts, progress(1), beginning()).await.unwrap();
    done.count
}

fn tech_id(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

/// A citizen who has arrived.
async fn citizen(stores: &Stores, number: u32) -> CitizenId {
    let arrived = if number == 1 { arrival(beginning()) } else { arrival_of(number, beginning()) };
    stores.citizens.admit(admission(arrived, beginning())).await.unwrap().citizen
}

const fn count(added: u64, changed: u64, unchanged: u64) -> ImportCount {
    ImportCount { added, changed, unchanged }
}

/// All accounts of a walk, three at a time.
async fn walk(stores: &Stores, walk: &Walk) -> Vec<Walked> {
    let (mut all, mut step) = (Vec::new(), Step::default());
    loop {
        let page = stores.account_walk.page(walk, &step, 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { return all };
        step = last.step.clone();
        all.extend(page);
    }
}

fn ids(walked: &[Walked]) -> Vec<&str> {
    walked.iter().map(|w| w.kept.account.tech_id.as_str()).collect()
}

on_each_lasting! {
    /// What was imported comes back as it was.
    async fn what_was_imported_comes_back(bench) {
        let mut one = imported("t-1");
        let mut two = imported("t-2");
        two.account.kind = LegacyKind::Administrator;
        two.account.status = LegacyStatus::Locked;
        two.account.claims = Default::default();
        two.account.has_password = false;
        (two.user_name, two.password) = (None, None);
        assert_eq!(import(&bench.stores, vec![one.clone(), two.clone()]).await, count(2, 0, 0));
        for wanted in [&mut one, &mut two] {
            let kept = bench.stores.accounts.account(&namespace(), &wanted.account.tech_id).await.unwrap().unwrap();
            assert_eq!(kept.account, wanted.account);
            assert_eq!(kept.owner, None);
        }
        assert_eq!(bench.stores.accounts.count_accounts(&namespace()).await.unwrap(), 2);
        assert_eq!(bench.stores.accounts.count_accounts(&Namespace::new("other")).await.unwrap(), 0);
        assert_eq!(bench.stores.accounts.account(&namespace(), &tech_id("none")).await.unwrap(), None);
        assert_eq!(bench.stores.accounts.account(&Namespace::new("other"), &tech_id("t-1")).await.unwrap(), None);
    }

    /// The same a second time changes nothing; what differs is changed, and keeps its id.
    async fn a_second_time(bench) {
        let all: Vec<_> = (0..2500).map(|n| imported(&format!("t-{n}"))).collect();
        assert_eq!(import(&bench.stores, all.clone()).await, count(2500, 0, 0));
        let again: Vec<_> = (0..2500).map(|n| imported(&format!("t-{n}"))).collect();
        assert_eq!(import(&bench.stores, again).await, count(0, 0, 2500));
        let mut changed = imported("t-7");
        changed.account.status = LegacyStatus::Closed;
        let mut password = imported("t-8");
        password.password = None;
        assert_eq!(import(&bench.stores, vec![changed, password, imported("t-9")]).await, count(0, 2, 1));
        let kept = bench.stores.accounts.account(&namespace(), &tech_id("t-7")).await.unwrap().unwrap();
        assert_eq!((kept.account.status, &kept.account.id), (LegacyStatus::Closed, &all[7].account.id));
        assert!(!bench.stores.accounts.account(&namespace(), &tech_id("t-8")).await.unwrap().unwrap().account.has_password);
        assert_eq!(bench.stores.accounts.count_accounts(&namespace()).await.unwrap(), 2500);
    }

    /// Of rows of one file with the same `TechID` the last one counts, whether they stand in one batch or in several; the file once
    /// more says the same and changes nothing.
    async fn the_last_row_of_a_file_counts(bench) {
        let accounts = &bench.stores.accounts;
        let with = |status| {
            let mut one = imported("t-1");
            one.account.status = status;
            one
        };
        let (open, closed, locked) = (LegacyStatus::Open, LegacyStatus::Closed, LegacyStatus::Locked);
        for again in [false, true] {
            // Three times in the first batch, then once more, then as it was before.
            let rows = [vec![(2, open), (3, locked), (4, closed)], vec![(7, open)], vec![(8, open)], vec![(9, closed)]];
            let mut at = ImportProgress { content: "c".to_owned(), ..progress(1) };
            let mut replaced = Vec::new();
            for rows in rows {
                at.rows = rows.iter().map(|(line, _)| RowPlace { end: line * 10, line: *line }).collect();
                let some = rows.into_iter().map(|(_, status)| with(status)).collect();
                at = accounts.import(&namespace(), some, at, beginning()).await.unwrap();
                replaced.append(&mut at.replaced);
            }
            let counted = if again { count(0, 0, 1) } else { count(1, 0, 0) };
            assert_eq!((replaced, at.bad, at.count), (vec![2, 3, 4, 7, 8], 5, counted), "{again}");
            let kept = accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap();
            assert_eq!(kept.account.status, closed);
        }
        // Another file's row is no earlier one of this file.
        let at = ImportProgress { content: "d".to_owned(), rows: vec![RowPlace { end: 20, line: 2 }], ..progress(1) };
        let at = accounts.import(&namespace(), vec![with(open)], at, beginning()).await.unwrap();
        assert_eq!((at.replaced, at.count), (vec![], count(0, 1, 0)));
    }

    /// How far a file is, is stored with its accounts.
    async fn progress_is_kept(bench) {
        let accounts = &bench.stores.accounts;
        assert_eq!(accounts.progress(&namespace(), "file-1").await.unwrap(), None);
        let first = accounts.import(&namespace(), vec![imported("t-1")], progress(1), beginning()).await.unwrap();
        assert_eq!(accounts.progress(&namespace(), "file-1").await.unwrap(), Some(first.clone()));
        let mut next = first;
        (next.lines, next.bytes, next.bad) = (3, 300, 1);
        (next.left_out, next.digest) = (4, vec![7; 32]);
        next.content = "contents".to_owned();
        let next = accounts.import(&namespace(), vec![imported("t-1"), imported("t-2")], next, beginning()).await.unwrap();
        assert_eq!((next.count, next.lines, next.bad), (count(2, 0, 1), 3, 1));
        let next = ImportProgress { content: String::new(), ..next };
        assert_eq!(accounts.progress(&namespace(), "file-1").await.unwrap(), Some(next));
        assert_eq!(accounts.progress(&Namespace::new("other"), "file-1").await.unwrap(), None);
        assert_eq!(accounts.progress(&namespace(), "file-2").await.unwrap(), None);
    }

    /// Accounts are found by the personal number, by the old one, and an organization's by its tax code.
    async fn matching(bench) {
        let mut by_old = imported("by-old");
        by_old.account.claims.personal_number = None;
        let mut of_another = imported("of-another");
        of_another.account.claims.personal_number =
            Some(Marked::new(PersonalNumber::parse("074190000002").unwrap(), Mark::Green));
        of_another.account.claims.old_number = None;
        let mut business = imported("business");
        business.account.kind = LegacyKind::Organization;
        business.account.claims = Default::default();
        business.account.claims.tax_code = Some(Marked::new(TaxCode::parse("0101234567").unwrap(), Mark::Green));
        import(&bench.stores, vec![imported("by-number"), by_old, of_another, business]).await;
        let found = async |profile| -> Vec<String> {
            let arrived = Arrival { profile, ..arrival(beginning()) };
            let found = bench.stores.citizens.find(&arrived).await.unwrap().accounts;
            found.into_iter().map(|k| k.account.tech_id.as_str().to_owned()).collect()
        };
        let now = beginning();
        assert_eq!(found(arrival(now).profile).await, ["by-number", "by-old"]);
        let mut without_old = arrival(now).profile;
        without_old.old_number = None;
        assert_eq!(found(without_old).await, ["by-number"]);
        let mut nobody = arrival_of(77, now).profile;
        nobody.old_number = None;
        assert!(found(nobody).await.is_empty());
        assert_eq!(found(organization("0101234567", 1, now).profile).await, ["business"]);
        assert!(found(organization("0109999999", 1, now).profile).await.is_empty());
    }

    /// A link gives the citizen the account's `TechID` as subject; what opened the account is gone.
    async fn linking(bench) {
        let an = citizen(&bench.stores, 1).await;
        import(&bench.stores, vec![imported("t-1")]).await;
        let accounts = &bench.stores.accounts;
        let account = accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account;
        let wanted = new_link(&an, &account.id, beginning());
        let subject = tech_id("t-1");
        assert_eq!(accounts.link(&wanted).await.unwrap(), Linked::Now { subject: subject.clone() });
        assert_eq!(accounts.link(&wanted).await.unwrap(), Linked::Before { subject: subject.clone() });
        let kept = accounts.account(&namespace(), &subject).await.unwrap().unwrap();
        assert_eq!(kept.owner, Some(an.clone()));
        assert!(!kept.account.has_password);
        let found = bench.stores.citizens.find(&arrival(beginning())).await.unwrap();
        assert_eq!(found.subjects, [(SectorId::new("portal"), subject)]);
        let links = accounts.links(&an).await.unwrap();
        assert_eq!(links.len(), 1);
        assert_eq!((links[0].evidence, links[0].linked_at), (Evidence::VerifiedNumber, beginning()));
        assert_eq!(links[0].account, kept.account);
    }

    /// An import after the link brings neither the password nor the user name back.
    async fn an_import_revives_nothing(bench) {
        let an = citizen(&bench.stores, 1).await;
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        bench.stores.accounts.link(&new_link(&an, &id, beginning())).await.unwrap();
        let mut again = imported("t-1");
        again.account.claims.phone = Some(Marked::new("0999999999".to_owned(), Mark::Yellow));
        assert_eq!(import(&bench.stores, vec![again]).await, count(0, 1, 0));
        let kept = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap();
        assert_eq!(kept.account.claims.phone.unwrap().value, "0999999999");
        assert!(!kept.account.has_password);
        assert_eq!(kept.owner, Some(an));
    }

    /// What is one citizen's is nobody else's.
    async fn what_is_anothers_stays_theirs(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        bench.stores.accounts.link(&new_link(&an, &id, beginning())).await.unwrap();
        let refused = bench.stores.accounts.link(&new_link(&binh, &id, beginning().plus_secs(1))).await.unwrap();
        assert_eq!(refused, Linked::Another);
        assert!(bench.stores.accounts.links(&binh).await.unwrap().is_empty());
        assert!(bench.stores.citizens.find(&arrival_of(2, beginning())).await.unwrap().subjects.is_empty());
    }

    /// Who had a subject at the portal keeps it: the `TechID` becomes an alias.
    async fn a_subject_that_was_given_stays(bench) {
        let an = citizen(&bench.stores, 1).await;
        let (sector, given) = (SectorId::new("portal"), subject());
        bench.stores.citizens.subject(&an, &sector, &given, beginning()).await.unwrap();
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        let wanted = NewLink { evidence: Evidence::Proven(Proof::Password), ..new_link(&an, &id, beginning()) };
        assert_eq!(bench.stores.accounts.link(&wanted).await.unwrap(), Linked::Now { subject: given.clone() });
        let kept = bench.stores.citizens.subject(&an, &sector, &subject(), beginning()).await.unwrap();
        assert_eq!(kept, given);
    }

    /// A `TechID` that is somebody's subject already is never given to a second citizen, and no half of a link is left.
    async fn a_tech_id_is_one_citizens(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        bench.stores.citizens.subject(&binh, &SectorId::new("portal"), &tech_id("t-1"), beginning()).await.unwrap();
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        let refused = bench.stores.accounts.link(&new_link(&an, &id, beginning())).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let kept = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap();
        assert!(kept.owner.is_none() && kept.account.has_password);
    }

    /// No link to what is not there.
    async fn no_link_to_nothing(bench) {
        let an = citizen(&bench.stores, 1).await;
        let nothing = new_link(&an, &imported("x").account.id, beginning());
        assert!(bench.stores.accounts.link(&nothing).await.is_err());
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        assert!(bench.stores.accounts.link(&new_link(&CitizenId::generate(&ENTROPY), &id, beginning())).await.is_err());
        assert_eq!(bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().owner, None);
    }

    /// However many tabs, devices and instances link at once: one link, and everybody of that citizen sees it.
    async fn a_race_for_one_account(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().account.id;
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let mut tasks = Vec::new();
        for n in 0..32 {
            let (stores, who) = (instances[n % 2].clone(), if n % 3 == 0 { &binh } else { &an });
            let wanted = new_link(who, &id, beginning().plus_secs(i64::try_from(n).unwrap()));
            tasks.push((who.clone(), tokio::spawn(async move { stores.accounts.link(&wanted).await.unwrap() })));
        }
        let mut now = Vec::new();
        let mut before = Vec::new();
        for (who, task) in tasks {
            match task.await.unwrap() {
                Linked::Now { .. } => now.push(who),
                Linked::Before { .. } => before.push(who),
                Linked::Another => {}
            }
        }
        assert_eq!(now.len(), 1);
        assert!(before.iter().all(|w| *w == now[0]));
        let owner = bench.stores.accounts.account(&namespace(), &tech_id("t-1")).await.unwrap().unwrap().owner;
        assert_eq!(owner.as_ref(), now.first());
    }

    /// Two imports of the same accounts at once: each account is there once.
    async fn two_imports_at_once(bench) {
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let tasks: Vec<_> = instances.into_iter().enumerate().map(|(n, stores)| {
            let mut progress = progress(1);
            progress.file = format!("file-{n}");
            let all: Vec<_> = (0..300).map(|n| imported(&format!("t-{n}"))).collect();
            // Whoever loses gets a conflict or waits; nothing is half written, and a second try finds everything there.
            tokio::spawn(async move { stores.accounts.import(&namespace(), all, progress, beginning()).await.is_ok() })
        }).collect();
        let mut good = 0;
        for task in tasks {
            good += usize::from(task.await.unwrap());
        }
        assert!(good >= 1);
        assert_eq!(bench.stores.accounts.count_accounts(&namespace()).await.unwrap(), 300);
    }

    /// As long as everything of a file was new, it is not asked what is known; an account that is there then costs no more than a
    /// second try, and nothing is written twice.
    async fn what_was_thought_new(bench) {
        let accounts = &bench.stores.accounts;
        let some = |range: std::ops::Range<u32>| range.map(|n| imported(&format!("t-{n}"))).collect::<Vec<_>>();
        import(&bench.stores, some(150..151)).await;
        let mut at = progress(1);
        at.file = "file-2".to_owned();
        let at = accounts.import(&namespace(), some(0..100), at, beginning()).await.unwrap();
        assert_eq!(at.count, count(100, 0, 0));
        let at = accounts.import(&namespace(), some(100..200), at, beginning()).await.unwrap();
        assert_eq!(at.count, count(199, 0, 1));
        let at = accounts.import(&namespace(), some(190..210), at, beginning()).await.unwrap();
        assert_eq!(at.count, count(209, 0, 11));
        assert_eq!(accounts.count_accounts(&namespace()).await.unwrap(), 210);
        assert_eq!(accounts.progress(&namespace(), "file-2").await.unwrap(), Some(at));
    }

    /// Every account is met once, those of one number beside each other, and without what its owner signs in with.
    async fn going_through_all(bench) {
        let mut all = Vec::new();
        for n in 0..7 {
            let mut one = imported(&format!("number-{n}"));
            let number = PersonalNumber::parse(&format!("00108500{:04}", n / 2)).unwrap();
            one.account.claims.personal_number = Some(Marked::new(number, Mark::Green));
            all.push(one);
            let mut old = imported(&format!("old-{n}"));
            old.account.claims.personal_number = None;
            all.push(old);
            let mut business = imported(&format!("tax-{n}"));
            business.account.kind = LegacyKind::Organization;
            let code = TaxCode::parse(&format!("01012345{:02}", n / 3)).unwrap();
            business.account.claims.tax_code = Some(Marked::new(code, Mark::Green));
            all.push(business);
            let mut nothing = imported(&format!("nothing-{n}"));
            nothing.account.claims = Default::default();
            all.push(nothing);
            let mut without = imported(&format!("without-{n}"));
            without.account.kind = LegacyKind::Organization;
            all.push(without);
        }
        import(&bench.stores, all).await;
        let stores = &bench.stores;
        let mut met = Vec::new();
        for (walk_of, word, count) in [
            (Walk::ByNumber, "number-", 7), (Walk::ByOldNumber, "old-", 7), (Walk::ByTaxCode, "tax-", 7),
            (Walk::WithoutBasis, "", 14),
        ] {
            let walked = walk(stores, &walk_of).await;
            assert_eq!(walked.len(), count, "{walk_of:?}");
            assert!(ids(&walked).iter().all(|id| id.starts_with(word)), "{walk_of:?}");
            assert!(walked.iter().all(|w| w.user_name.is_none() && w.password.is_none()));
            assert!(walked.iter().all(|w| w.kept.account.has_password && w.kept.owner.is_none()));
            let mut keys: Vec<_> = walked.iter().map(|w| w.step.key.clone()).collect();
            assert!(keys.is_sorted());
            keys.dedup();
            assert_eq!(keys.len(), match walk_of { Walk::ByNumber => 4, Walk::ByTaxCode => 3, _ => 1 });
            met.extend(ids(&walked).into_iter().map(str::to_owned));
        }
        met.sort();
        met.dedup();
        assert_eq!(met.len(), 35);
        assert_eq!(stores.account_walk.count_walked(None).await.unwrap(), 35);
    }

    /// Those of a namespace come by their `TechID`, with what their owners sign in with; after a link there is none of it.
    async fn going_through_a_namespace(bench) {
        let an = citizen(&bench.stores, 1).await;
        import(&bench.stores, (0..5).rev().map(|n| imported(&format!("t-{n}"))).collect()).await;
        let mut elsewhere = imported("t-9");
        elsewhere.account.namespace = Namespace::new("other");
        let other = Namespace::new("other");
        bench.stores.accounts.import(&other, vec![elsewhere], progress(1), beginning()).await.unwrap();
        let id = bench.stores.accounts.account(&namespace(), &tech_id("t-2")).await.unwrap().unwrap().account.id;
        bench.stores.accounts.link(&new_link(&an, &id, beginning())).await.unwrap();
        let walked = walk(&bench.stores, &Walk::Namespace(namespace())).await;
        assert_eq!(ids(&walked), ["t-0", "t-1", "t-2", "t-3", "t-4"]);
        for one in &walked {
            let is_linked = one.kept.account.tech_id.as_str() == "t-2";
            assert_eq!(one.kept.owner.is_some(), is_linked);
            let before = imported(one.kept.account.tech_id.as_str());
            assert_eq!(one.user_name, before.user_name.filter(|_| !is_linked));
            let hash = one.password.as_ref().map(Secret::reveal);
            assert_eq!(hash, before.password.as_ref().map(Secret::reveal).filter(|_| !is_linked));
        }
        assert_eq!(bench.stores.account_walk.count_walked(Some(&namespace())).await.unwrap(), 5);
        assert_eq!(ids(&walk(&bench.stores, &Walk::Namespace(other)).await), ["t-9"]);
        assert!(walk(&bench.stores, &Walk::Namespace(Namespace::new("none"))).await.is_empty());
    }

    /// One account with everything about it.
    async fn showing(bench) {
        let an = citizen(&bench.stores, 1).await;
        import(&bench.stores, vec![imported("t-1")]).await;
        let shown = async || bench.stores.account_walk.shown(&namespace(), &tech_id("t-1")).await.unwrap().unwrap();
        let before = shown().await;
        assert_eq!((before.user_name.as_deref(), before.imported_at), (Some("legacy-t-1"), beginning()));
        assert!(before.link.is_none() && before.subjects.is_empty() && before.aliases.is_empty());
        let (sector, given) = (SectorId::new("portal"), subject());
        bench.stores.citizens.subject(&an, &sector, &given, beginning()).await.unwrap();
        bench.stores.accounts.link(&new_link(&an, &before.kept.account.id, beginning())).await.unwrap();
        let after = shown().await;
        assert_eq!(after.kept.owner, Some(an));
        assert_eq!(after.link, Some((beginning(), Evidence::VerifiedNumber)));
        assert_eq!(after.subjects, [(sector.clone(), given)]);
        assert_eq!(after.aliases, [(sector, tech_id("t-1"))]);
        assert_eq!(after.user_name, None);
        assert!(bench.stores.account_walk.shown(&namespace(), &tech_id("none")).await.unwrap().is_none());
    }
}
