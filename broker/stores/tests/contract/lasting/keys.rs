//! Signing keys.

use crate::samples::key;
use broker_domain::ports::KeyState;
use broker_stores::testing::beginning;

fn place(kid: &str, state: KeyState) -> (String, KeyState) {
    (kid.to_owned(), state)
}

on_each_lasting! {
    /// What was added comes back opened, oldest first.
    async fn keys_come_back(bench) {
        let (old, new) = (key("old", KeyState::Current, beginning()), key("new", KeyState::Next, beginning().plus_secs(5)));
        assert!(bench.stores.keys.change(&[], &[new.clone(), old.clone()], &[], beginning()).await.unwrap());
        let mut kept = bench.stores.keys.keys().await.unwrap();
        assert_eq!(kept.iter().map(|k| k.kid.as_str()).collect::<Vec<_>>(), ["old", "new"]);
        kept[1].changed_at = new.changed_at;
        assert_eq!(kept, [old, new]);
    }

    /// A change is done whole, on what is stored as expected.
    async fn a_change_is_whole(bench) {
        let (keys, now) = (&bench.stores.keys, beginning());
        let (a, b) = (key("a", KeyState::Current, now), key("b", KeyState::Next, now));
        assert!(keys.change(&[], &[a, b], &[], now).await.unwrap());
        let expected = [place("b", KeyState::Next), place("a", KeyState::Current)];
        let later = now.plus_secs(9);
        let states = [place("a", KeyState::Retiring), place("b", KeyState::Current)];
        let added = key("c", KeyState::Next, later);
        assert!(keys.change(&expected, &[added], &states, later).await.unwrap());
        let kept = keys.keys().await.unwrap();
        let states: Vec<_> = kept.iter().map(|k| (k.kid.as_str(), k.state, k.changed_at)).collect();
        let wanted =
            [("a", KeyState::Retiring, later), ("b", KeyState::Current, later), ("c", KeyState::Next, later)];
        assert_eq!(states, wanted);
    }

    /// Nothing happens when something else is stored than was expected.
    async fn a_change_on_old_knowledge(bench) {
        let (keys, now) = (&bench.stores.keys, beginning());
        assert!(keys.change(&[], &[key("a", KeyState::Current, now)], &[], now).await.unwrap());
        for expected in [
            vec![],
            vec![place("a", KeyState::Next)],
            vec![place("b", KeyState::Current)],
            vec![place("a", KeyState::Current), place("b", KeyState::Next)],
        ] {
            let add = [key("x", KeyState::Current, now)];
            assert!(!keys.change(&expected, &add, &[place("a", KeyState::Retired)], now).await.unwrap());
        }
        let kept = keys.keys().await.unwrap();
        assert_eq!(kept.iter().map(|k| (k.kid.as_str(), k.state)).collect::<Vec<_>>(), [("a", KeyState::Current)]);
    }

    /// A retired key is no longer given, and stands in nobody's way.
    async fn retired_keys_are_gone(bench) {
        let (keys, now) = (&bench.stores.keys, beginning());
        assert!(keys.change(&[], &[key("a", KeyState::Retiring, now)], &[], now).await.unwrap());
        let states = [place("a", KeyState::Retired)];
        assert!(keys.change(&[place("a", KeyState::Retiring)], &[], &states, now).await.unwrap());
        assert!(keys.keys().await.unwrap().is_empty());
        assert!(keys.change(&[], &[key("b", KeyState::Current, now)], &[], now).await.unwrap());
    }

    /// Every change moves the revision that instances look at.
    async fn changes_move_the_revision(bench) {
        let before = bench.stores.registrations.revision().await.unwrap();
        let now = beginning();
        bench.stores.keys.change(&[], &[key("a", KeyState::Current, now)], &[], now).await.unwrap();
        let after = bench.stores.registrations.revision().await.unwrap();
        assert!(after > before);
        bench.stores.keys.change(&[], &[key("b", KeyState::Current, now)], &[], now).await.unwrap();
        assert_eq!(bench.stores.registrations.revision().await.unwrap(), after);
    }
}
