//! Changes of the keys that seal and index.

use crate::lasting::{at_rest, confirming, own_data, reviews};
use crate::samples::{
    admission, arrival, arrival_of, client, imported, key, namespace, notice, organization, outgoing,
    progress,
};
use broker_domain::ports::KeyState;
use broker_domain::secret::Secret;
use broker_stores::testing::{LastingBench, beginning, keys};
use broker_stores::{IndexKeys, StoreKeys, Stores};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Columns of bytes that are not sealed.
const NOT_SEALED: [&str; 4] =
    ["audit_events.hash", "audit_head.hash", "imports.digest", "legacy_accounts.digest"];

/// Whether a column of bytes holds sealed values: a new one does unless it is an index, or stands above.
pub(super) fn is_sealed(column: &str) -> bool {
    !column.ends_with("_index") && !NOT_SEALED.contains(&column)
}

/// How a value begins that the key of one letter sealed: version, length of the key's id, id.
fn sealed_by(key: u8) -> [u8; 3] {
    [1, 1, key]
}

/// Something in every sealed column.
pub(super) async fn fill(stores: &Stores) {
    let now = beginning();
    let an = stores.citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
    stores.own_data.confirm(&an, &own_data::confirmed(), now).await.unwrap();
    let company = organization("0100000001", 9, now);
    stores.citizens.admit(admission(company, now)).await.unwrap();
    for (kid, state) in [("k", KeyState::Current), ("old", KeyState::Retired)] {
        let before: Vec<_> =
            stores.keys.keys().await.unwrap().into_iter().map(|k| (k.kid, k.state)).collect();
        assert!(stores.keys.change(&before, &[key(kid, state, now)], &[], now).await.unwrap());
    }
    let accounts = ["t-1", "t-2"].map(imported).to_vec();
    stores.accounts.import(&namespace(), accounts, progress(2), now).await.unwrap();
    stores
        .accounts
        .import(&namespace(), vec![confirming::without_number("t-3")], progress(3), now)
        .await
        .unwrap();
    let typed =
        stores.accounts.account(&namespace(), &imported("t-3").account.tech_id).await.unwrap().unwrap();
    assert!(stores.accounts.confirm(&typed.account.id, &confirming::confirmed(7)).await.unwrap());
    let mut portal = client("a", now);
    portal.events_token = Some(Secret::new("the-token-of-a"));
    stores.registrations.add(&portal).await.unwrap();
    stores.reviews.open(&reviews::of(&an)).await.unwrap();
    stores.outbox.push(&[outgoing("a", now).into(), notice(now).into()], None).await.unwrap();
}

/// How many values each column has, by the key that sealed them. Columns without any are there too.
async fn sealed_values(bench: &LastingBench) -> BTreeMap<String, BTreeMap<[u8; 3], usize>> {
    let mut found = BTreeMap::new();
    for (column, values) in at_rest::bytes(bench).await.into_iter().filter(|(c, _)| is_sealed(c)) {
        let keys: &mut BTreeMap<_, _> = found.entry(column).or_default();
        for value in values {
            *keys.entry([value[0], value[1], value[2]]).or_default() += 1;
        }
    }
    found
}

/// Sealing keys, and index keys each from one number.
fn with_index(sealing: &[char], current: u8, other: Option<u8>) -> StoreKeys {
    let key = |n: u8| Zeroizing::new([n; 32]);
    StoreKeys {
        sealing: keys(sealing).sealing,
        index: IndexKeys { current: key(current), other: other.map(key) },
    }
}

on_each_lasting! {
    /// Looked for in the schema and in every row: after sealing anew no value of any column is left to the old key.
    async fn nothing_is_left_to_the_old_key(bench) {
        fill(&bench.stores).await;
        let before = sealed_values(&bench).await;
        for (column, keys) in &before {
            assert!(keys.len() == 1 && keys.contains_key(&sealed_by(b'a')), "{column} was not filled: {keys:?}");
        }
        let both = bench.again(&keys(&['b', 'a'])).await;
        let done = both.rekey().await.unwrap();
        let after = sealed_values(&bench).await;
        for (column, keys) in &after {
            assert_eq!(keys.keys().collect::<Vec<_>>(), [&sealed_by(b'b')], "{column}");
            assert_eq!(keys.values().sum::<usize>(), before[column].values().sum::<usize>(), "{column}");
        }
        assert!(done.sealed > 0);
        for (column, values) in at_rest::bytes(&bench).await {
            assert!(!values.iter().any(|v| v.starts_with(&sealed_by(b'a'))), "{column} is sealed, and not known to be");
        }
        assert_eq!(both.rekey().await.unwrap(), Default::default());
    }

    /// What a link closes while data is sealed anew stays closed, and is sealed anew all the same.
    async fn a_link_during_it_stays(bench) {
        let both = bench.again(&keys(&['b', 'a'])).await;
        let id = confirming::during_a_link(&bench, |_, id| async move {
            both.rekey().await.unwrap();
            id
        })
        .await;
        let new = bench.again(&keys(&['b'])).await;
        assert!(new.accounts.credentials(&id).await.unwrap().unwrap().password.is_none());
        let tables = at_rest::bytes(&bench).await;
        assert!(tables["legacy_accounts.user_name_index"].is_empty() && tables["legacy_accounts.password_hash"].is_empty());
    }

    /// Data sealed with an old key opens; without that key it does not; once sealed anew it needs it no longer.
    async fn sealing_keys_change(bench) {
        let (an, now) = (arrival(beginning()), beginning());
        bench.stores.citizens.admit(admission(an.clone(), now)).await.unwrap();
        bench.stores.keys.change(&[], &[key("k", KeyState::Current, now)], &[], now).await.unwrap();
        let brought = async |stores: &Stores| {
            let done = stores.accounts.import(&namespace(), vec![imported("t-1")], progress(1), now).await.unwrap();
            done.count
        };
        brought(&bench.stores).await;
        let mut portal = client("a", now);
        portal.events_token = Some(Secret::new("the-token-of-a"));
        bench.stores.registrations.add(&portal).await.unwrap();
        let both = bench.again(&keys(&['b', 'a'])).await;
        assert!(both.citizens.find(&an).await.unwrap().matches.by_identity.is_some());
        assert!(bench.again(&keys(&['b'])).await.citizens.find(&an).await.is_err());
        let done = both.rekey().await.unwrap();
        // The profile, the number, the old number, the identity, the signing key, the account and the client's token.
        assert_eq!((done.sealed, done.indexed, done.dropped), (7, 0, 0));
        assert_eq!(both.rekey().await.unwrap(), Default::default(), "a second time changes nothing");
        let new = bench.again(&keys(&['b'])).await;
        assert_eq!(new.citizens.find(&an).await.unwrap().matches.by_identity.unwrap().profile, an.profile);
        assert_eq!(new.keys.keys().await.unwrap()[0].private_jwk, key("k", KeyState::Current, now).private_jwk);
        assert_eq!(new.registrations.all().await.unwrap(), [portal]);
        let account = new.accounts.account(&namespace(), &imported("t-1").account.tech_id).await.unwrap().unwrap();
        assert_eq!(account.account.claims, imported("t-1").account.claims);
        assert_eq!(brought(&new).await.changed, 1, "the next import writes its digest");
        assert_eq!(brought(&new).await.unchanged, 1);
        assert!(bench.stores.citizens.find(&an).await.is_err(), "the old key alone opens nothing any more");
    }

    /// The index key changes while instances run: at every step all of them find everybody, and nobody becomes two.
    async fn index_keys_change(bench) {
        let now = beginning();
        let before = bench.again(&with_index(&['a'], 1, None)).await;
        let (an, company) = (arrival(now), organization("0100000001", 9, now));
        let citizen = before.citizens.admit(admission(an.clone(), now)).await.unwrap().citizen;
        before.citizens.admit(admission(company.clone(), now)).await.unwrap();
        before.accounts.import(&namespace(), vec![imported("t-1")], progress(1), now).await.unwrap();
        // The new key is given everywhere beside the old one, then the two change places.
        let first = bench.again(&with_index(&['a'], 1, Some(2))).await;
        let second = bench.again(&with_index(&['a'], 2, Some(1))).await;
        for stores in [&before, &first, &second] {
            let found = stores.citizens.find(&an).await.unwrap();
            assert_eq!((found.matches.by_identity.unwrap().id, found.accounts.len()), (citizen.clone(), 1));
        }
        let during = arrival_of(2, now);
        first.citizens.admit(admission(during.clone(), now)).await.unwrap();
        assert!(!second.citizens.admit(admission(during.clone(), now)).await.unwrap().is_new);
        assert!(!second.citizens.admit(admission(an.clone(), now)).await.unwrap().is_new);
        let done = second.rekey().await.unwrap();
        assert!(done.indexed > 0 && done.dropped == 0, "{done:?}");
        // Now the old one is taken away.
        let after = bench.again(&with_index(&['a'], 2, None)).await;
        for arrived in [&an, &company, &during] {
            let found = after.citizens.find(arrived).await.unwrap().matches;
            assert!(found.by_identity.is_some() && found.by_number.is_some());
        }
        assert_eq!(after.citizens.find(&an).await.unwrap().accounts.len(), 1);
        let done = after.rekey().await.unwrap();
        assert!(done.dropped > 0 && done.indexed == 0, "{done:?}");
        assert!(first.citizens.find(&an).await.unwrap().matches.by_number.is_some(), "the new key is one of its own");
        assert!(before.citizens.find(&an).await.unwrap().matches.by_number.is_none());
        assert_eq!(after.citizens.count().await.unwrap(), 3);
    }
}
