//! Backup, restore, and the doctor's visit, in a world where people have signed in.

use crate::linking::{account, bring, owner, sub};
use serde_json::Value;
use support::people::{AN, BINH, CUONG};
use support::{Options, Pair, World, for_both_stores, tokens};

#[tokio::test]
async fn everything_is_there_after_a_restore() {
    let mut world = World::start(Pair::Embedded, Options::default()).await;
    let (portal, other) = (world.portal().await, world.portal().await);
    bring(&world, &portal, &[account("t-an", AN), account("t-binh", BINH)]).await;
    assert_eq!(sub(&world, &portal, AN).await, "t-an");
    let elsewhere = sub(&world, &other, AN).await;
    let citizen = owner(&world, &portal, "t-an").await.unwrap();
    let signed = world.tokens(&world.browser(), &other, AN).await;
    let backup = world.folder().join("one.backup").display().to_string();
    let (code, out, err) = world.command(&["backup", "--out", &backup]).await;
    assert_eq!(code, 0, "{out}{err}");
    // While the broker runs nothing can be put back.
    let (code, _, err) = world.command(&["restore", "--from", &backup, "--replace"]).await;
    assert!(code == 2 && err.contains("is in use"), "{code} {err}");
    let late = world.portal().await;
    sub(&world, &late, CUONG).await;

    world.restore_elsewhere(&backup).await;
    let (portal, other) = (portal.at(world.router()), other.at(world.router()));
    assert_eq!(owner(&world, &portal, "t-an").await, Some(citizen));
    assert_eq!(
        (sub(&world, &portal, AN).await, sub(&world, &other, AN).await),
        ("t-an".to_owned(), elsewhere)
    );
    assert_eq!(sub(&world, &portal, BINH).await, "t-binh", "an account that was not linked yet");
    assert!(world.broker().registry.find(&late.id).is_none(), "what came later is not there");
    let again = world.tokens(&world.browser(), &other, AN).await;
    assert_eq!(tokens::header(again.id_token())["kid"], tokens::header(signed.id_token())["kid"]);
    // The chain of the audit trail goes on where the backup ended.
    world.jobs().drain_audit_fully().await.unwrap();
    let (code, out, _) = world.command(&["doctor", "--json"]).await;
    let whole: Value = serde_json::from_str(&out).unwrap();
    assert!(whole["failures"] == 0, "{code} {out}");
}

fn level<'w>(whole: &'w Value, id: &str) -> Vec<&'w str> {
    let all = whole["findings"].as_array().unwrap().iter().filter(|f| f["id"] == id);
    all.map(|f| f["level"].as_str().unwrap()).collect()
}

for_both_stores! {
    async fn the_doctor_sees_what_is_there(world: World) {
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let (code, out, err) = world.command(&["doctor", "--json"]).await;
        let whole: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        for id in [
            "configuration", "secrets.keys", "secrets.sealed", "stores.lasting.reach", "stores.lasting.schema",
            "upstreams.vneid-oidc.reach", "signing_keys.RS256", "signing_keys.ES256", "signing_keys.EdDSA", "clock.upstreams.vneid-oidc",
        ] {
            assert_eq!(level(&whole, id), ["ok"], "{id} {out}");
        }
        for hidden in [AN.number, AN.name, "7365616c"] {
            assert!(!out.contains(hidden));
        }
        if world.pair == Pair::Embedded {
            assert_eq!(whole["failures"], 0, "{out}");
            assert_eq!((level(&whole, "stores.lasting.journal"), level(&whole, "stores.expiring")), (vec!["ok"], vec!["ok"]));
            return;
        }
        // The database of the tests need not survive anything, nor their Redis.
        assert_eq!((code, level(&whole, "stores.lasting.durable")), (1, vec!["fail"]), "{out}");
        assert_eq!(level(&whole, "stores.expiring.persistence"), ["warn"], "{out}");
        for id in [
            "stores.lasting.primary", "stores.lasting.connections", "stores.expiring.reach", "stores.expiring.role",
            "stores.expiring.policy", "clock.database", "clock.redis",
        ] {
            assert_eq!(level(&whole, id), ["ok"], "{id} {out}");
        }
    }
}
