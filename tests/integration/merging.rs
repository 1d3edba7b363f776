//! One portal's sector takes over another's, and nobody's subject changes: by that, by any key, by any rule.

use broker_domain::audit::AuditKind;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::OutboxFilter;
use relying_party_sdk::events::PortalEvent;
use serde_json::{Value, json};
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::told::{Told, served};
use support::{Pair, Portal, World, for_both_stores};

async fn bring(world: &World, namespace: &str, accounts: &[Value]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.jsonl");
    let lines: Vec<String> = accounts.iter().map(Value::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let file = file.display().to_string();
    let (code, out, err) = world.command(&["accounts", "import", &file, "--namespace", namespace]).await;
    assert_eq!(code, 0, "{out}{err}");
}

fn account(tech_id: &str, person: Person) -> Value {
    json!({
        "tech_id": tech_id, "personal_number": person.number, "personal_number_mark": "green",
        "full_name": person.name, "full_name_mark": "green", "birth_date": person.born, "birth_date_mark": "green",
    })
}

async fn sub(world: &World, portal: &Portal, person: Person) -> String {
    let tokens = world.tokens(&world.browser(), portal, person).await;
    let subject = tokens.claims()["sub"].as_str().unwrap().to_owned();
    let userinfo = portal.userinfo(&tokens.access).await.json();
    assert_eq!(userinfo["sub"], subject.as_str());
    if portal.metadata["profile"] == "dvcqg" {
        assert_eq!(userinfo["TechID"], subject.as_str());
    }
    subject
}

async fn merge(world: &World, from: &str, into: &str, how: &str) -> (u8, String) {
    let (code, out, err) = world.command(&["portal", "merge", from, into, how]).await;
    world.jobs().reload_if_changed().await.unwrap();
    (code, out + &err)
}

async fn changed(world: &World, portal: &Portal, changes: &Value) -> (u8, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changes.json");
    std::fs::write(&file, changes.to_string()).unwrap();
    let file = file.display().to_string();
    let (code, out, err) = world.command(&["client", "set", &portal.id, "--file", &file]).await;
    world.jobs().reload_if_changed().await.unwrap();
    (code, out + &err)
}

for_both_stores! {
    /// Known to one, to both, to neither: each sees what they always saw, and who comes later is the same in both.
    async fn provinces_merge(world: World) {
        let (bd, hcm) = (world.portal().await, world.portal().await);
        bring(&world, &bd.id, &[account("bd-1", AN), account("bd-2", BINH)]).await;
        bring(&world, &hcm.id, &[account("hcm-2", BINH)]).await;
        let (alone, both) = (sub(&world, &bd, AN).await, sub(&world, &bd, BINH).await);
        assert_eq!((alone.as_str(), both.as_str()), ("bd-1", "bd-2"));
        assert_eq!(sub(&world, &hcm, BINH).await, "hcm-2");

        let (code, plan) = merge(&world, &bd.id, &hcm.id, "--plan").await;
        assert!(code == 0 && plan.contains("nothing was changed"), "{plan}");
        assert!(plan.contains("        1  citizens known to") && plan.contains("        1  further names"), "{plan}");
        assert!(world.broker().stores.sectors.merges().await.unwrap().is_empty());
        let (code, done) = merge(&world, &bd.id, &hcm.id, "--apply").await;
        assert!(code == 0 && done.contains("is taken over by"), "{done}");
        for _ in 0..2 {
            assert_eq!(sub(&world, &bd, AN).await, "bd-1");
            assert_eq!(sub(&world, &hcm, AN).await, "bd-1");
            assert_eq!(sub(&world, &bd, BINH).await, "bd-2");
            assert_eq!(sub(&world, &hcm, BINH).await, "hcm-2");
        }
        // Who comes later, by either.
        assert_eq!(sub(&world, &bd, CUONG).await, sub(&world, &hcm, CUONG).await);
        assert_eq!(sub(&world, &hcm, DUNG).await, sub(&world, &bd, DUNG).await);
        // Again: nothing more to do.
        let (code, again) = merge(&world, &bd.id, &hcm.id, "--apply").await;
        assert!(code == 0 && again.contains("        0  further names"), "{again}");
        let kinds: Vec<_> = world.events().await.iter().map(|e| e.kind).collect();
        assert_eq!(kinds.iter().filter(|k| **k == AuditKind::SectorMerged).count(), 4);
    }

    /// An account of the old portal that is linked after the merge counts at the new one.
    async fn an_old_account_is_linked_later(world: World) {
        let (bd, hcm) = (world.portal().await, world.portal().await);
        bring(&world, &bd.id, &[account("bd-1", AN)]).await;
        assert_eq!(merge(&world, &bd.id, &hcm.id, "--apply").await.0, 0);
        assert_eq!(sub(&world, &hcm, AN).await, "bd-1");
        assert_eq!(sub(&world, &bd, AN).await, "bd-1");
    }

    /// A name that the new portal uses for somebody else is left alone, and said.
    async fn what_is_another_persons_is_left(world: World) {
        let (bd, hcm) = (world.portal().await, world.portal().await);
        bring(&world, &bd.id, &[account("1001", AN)]).await;
        bring(&world, &hcm.id, &[account("1001", BINH)]).await;
        assert_eq!(sub(&world, &bd, AN).await, "1001");
        let (code, plan) = merge(&world, &bd.id, &hcm.id, "--plan").await;
        assert!(code == 0 && plan.contains("        1  conflicts") && plan.contains("1001"), "{plan}");
        let (code, done) = merge(&world, &bd.id, &hcm.id, "--apply").await;
        assert!(code == 4 && done.contains("1 citizens were left as they are"), "{done}");
        assert_eq!(sub(&world, &bd, AN).await, "1001");
        assert_ne!(sub(&world, &hcm, AN).await, "1001");
        assert_eq!(sub(&world, &hcm, BINH).await, "1001");
    }

    /// What makes no sense is refused.
    async fn merges_that_make_no_sense(world: World) {
        let (bd, hcm) = (world.portal().await, world.portal().await);
        for (from, into) in [(&bd.id[..], &bd.id[..]), ("nobody", &hcm.id), (&bd.id, "nobody")] {
            assert_eq!(merge(&world, from, into, "--apply").await.0, 2);
        }
        assert_eq!(world.command(&["portal", "merge", &bd.id, &hcm.id]).await.0, 2);
        assert_eq!(merge(&world, &bd.id, &hcm.id, "--apply").await.0, 0);
        let third = world.portal().await;
        assert_eq!(merge(&world, &bd.id, &third.id, "--apply").await.0, 2);
        assert_eq!(merge(&world, &third.id, &bd.id, "--apply").await.0, 2);
        assert_eq!(merge(&world, &hcm.id, &third.id, "--apply").await.0, 0);
    }

    /// A client changes its sector only when nobody's subject changes by it.
    async fn a_client_changes_its_sector(world: World) {
        let (bd, hcm) = (world.portal().await, world.portal().await);
        bring(&world, &bd.id, &[account("bd-1", AN)]).await;
        sub(&world, &bd, AN).await;
        let wanted = json!({"sector": hcm.id});
        let (code, said) = changed(&world, &bd, &wanted).await;
        assert!(code == 2 && said.contains("1 of its citizens"), "{said}");
        assert_eq!(merge(&world, &bd.id, &hcm.id, "--apply").await.0, 0);
        assert_eq!(changed(&world, &bd, &wanted).await.0, 0);
        assert_eq!(world.broker().registry.find(&bd.id).unwrap().sector().as_str(), hcm.id);
        assert_eq!(sub(&world, &bd, AN).await, "bd-1");
        assert_eq!(sub(&world, &hcm, AN).await, "bd-1");
        assert_eq!(changed(&world, &bd, &json!({"sector": null, "subject_type": "public"})).await.0, 2);
        assert_eq!(changed(&world, &bd, &json!({"client_id": "x"})).await.0, 2);
        assert_eq!(changed(&world, &bd, &json!({"contacts": ["a@example.vn"]})).await.0, 0);
    }

    /// Every key changes and every rule, and everybody is who they were.
    async fn subjects_outlive_everything(world: World) {
        let mut world = world;
        let (mut bd, mut hcm) = (world.portal().await, world.portal().await);
        let mut old = world.old_portal().await;
        bring(&world, &bd.id, &[account("bd-1", AN)]).await;
        bring(&world, &old.id, &[account("bca-1", AN)]).await;
        let mut before = Vec::new();
        for person in [AN, BINH] {
            before.push((sub(&world, &bd, person).await, sub(&world, &hcm, person).await, sub(&world, &old, person).await));
        }
        assert_eq!((before[0].0.as_str(), before[0].2.as_str()), ("bd-1", "bca-1"));
        let everybody_is_who_they_were = async |world: &World, bd: &Portal, hcm: &Portal, old: &Portal, after: &str| {
            for (person, (in_bd, in_hcm, in_old)) in [AN, BINH].into_iter().zip(&before) {
                assert_eq!(sub(world, bd, person).await, *in_bd, "{after}");
                assert_eq!(sub(world, hcm, person).await, *in_hcm, "{after}");
                assert_eq!(sub(world, old, person).await, *in_old, "{after}");
            }
        };
        // The keys that sign.
        let broker = world.broker().clone();
        broker::jobs::rotate(&*broker.stores.keys, &*broker.entropy, true, world.now()).await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "signing keys").await;
        // The key that hashes, from which new subjects are made.
        world.change_hashing_key().await;
        for portal in [&mut bd, &mut hcm, &mut old] {
            *portal = world.renew_secret(portal).await;
        }
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "hashing key").await;
        // The keys that seal and index.
        world.change_store_keys().await;
        for portal in [&mut bd, &mut hcm, &mut old] {
            *portal = portal.at(world.router());
        }
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "store keys").await;
        // The dialect of VNeID.
        world.change_dialect().await;
        for portal in [&mut bd, &mut hcm, &mut old] {
            *portal = portal.at(world.router());
        }
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "dialect").await;
        // Accounts are imported anew, otherwise.
        let mut closed = account("bd-1", DUNG);
        closed["status"] = json!("closed");
        bring(&world, &bd.id, &[closed, account("bd-9", BINH)]).await;
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "another import").await;
        // Provinces merge; both are known to both.
        let (code, said) = merge(&world, &bd.id, &hcm.id, "--apply").await;
        assert_eq!(code, 0, "{said}");
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "a merge").await;
        // Registrations change what they may.
        for changes in [json!({"sector": hcm.id}), json!({"subject_type": "public"})] {
            let (code, said) = changed(&world, &bd, &changes).await;
            assert_eq!(code, 2, "{said}");
        }
        let allowed = json!({"id_token_signed_response_alg": "ES256", "client_name": "Cổng khác"});
        assert_eq!(changed(&world, &bd, &allowed).await.0, 0);
        everybody_is_who_they_were(&world, &bd, &hcm, &old, "registrations").await;
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 2);
    }
}

async fn clients_are_told(pair: Pair) {
    let world = served(pair).await;
    let (bd, hcm) = (Told::pushed(&world, json!({})).await, Told::pushed(&world, json!({})).await);
    bring(&world, &bd.portal.id, &[account("bd-2", BINH)]).await;
    bring(&world, &hcm.portal.id, &[account("hcm-2", BINH)]).await;
    sub(&world, &bd.portal, BINH).await;
    world.jobs().deliver_fully(OutboxKind::Event).await.unwrap();
    assert_eq!(merge(&world, &bd.portal.id, &hcm.portal.id, "--apply").await.0, 0);
    let waiting = world.broker().stores.outbox.list(&OutboxFilter::default(), 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    world.broker().stores.outbox.retry(&OutboxFilter::default(), world.now()).await.unwrap();
    world.jobs().deliver_fully(OutboxKind::Event).await.unwrap();
    let alias = PortalEvent::SubjectAlias { subject: "hcm-2".to_owned(), alias: "bd-2".to_owned() };
    assert!(hcm.heard.events().contains(&alias), "{:?}", hcm.heard.events());
    assert!(!bd.heard.events().contains(&alias));
}

#[tokio::test]
async fn clients_are_told_embedded() {
    clients_are_told(Pair::Embedded).await;
}

#[tokio::test]
async fn clients_are_told_production() {
    clients_are_told(Pair::Production).await;
}
