//! Item 13: published keys and their rotation (RFC 7517; OpenID Connect Core 10.1.1).

use broker::jobs::rotate;
use broker_domain::ports::KeyState;
use std::collections::BTreeSet;
use support::people::AN;
use support::{Call, for_both_stores, tokens};

for_both_stores! {
    async fn core_13_published_keys(world: World) {
        let answer = Call::get("/oauth2/jwks").send(world.router()).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("cache-control").is_some_and(|c| c.contains("max-age")));
        let body = answer.json();
        let keys = body["keys"].as_array().unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1);
        let mut kids = BTreeSet::new();
        for key in keys {
            assert!(kids.insert(key["kid"].as_str().unwrap().to_owned()));
            assert_eq!(key["use"], "sig");
            assert!(key["alg"].is_string() && key["kty"].is_string());
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{private}");
            }
            if key["kty"] == "RSA" {
                assert!(key["n"].as_str().unwrap().len() >= 342);
            }
        }
        assert_eq!(kids.len(), 3);
    }

    async fn core_13_rotation(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let old = world.tokens(&browser, &portal, AN).await;
        let old_kid = tokens::header(old.id_token())["kid"].clone();
        let broker = world.broker().clone();
        rotate(&*broker.stores.keys, &*broker.entropy, false, world.now()).await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();

        // Published, not yet signing.
        let kids = kids(&world).await;
        assert_eq!(kids.len(), 6);
        let waiting = world.tokens(&browser, &portal, AN).await;
        assert_eq!(tokens::header(waiting.id_token())["kid"], old_kid);
        world.jobs().promote_keys().await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();
        let waiting = world.tokens(&browser, &portal, AN).await;
        assert_eq!(tokens::header(waiting.id_token())["kid"], old_kid);

        // Signing: a portal that fetched the keys before knows them.
        world.wait(i64::from(world.settings.keys.publish_ahead_secs));
        world.jobs().promote_keys().await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();
        let browser = world.browser();
        let new = world.tokens(&browser, &portal, AN).await;
        let new_kid = tokens::header(new.id_token())["kid"].as_str().unwrap().to_owned();
        assert_ne!(new_kid, old_kid);
        assert!(kids.contains(&new_kid));
        world.id_token(&portal, new.id_token()).await;
        // The old one is still there for what it signed: as a hint too.
        world.verified(old.id_token(), None).await;
        let silent = portal.request().with("prompt", "none").with("id_token_hint", old.id_token());
        world.at_once(&browser, &silent).await.code();

        // Until nothing that it signed can be alive.
        world.wait(2_700_000);
        world.jobs().promote_keys().await.unwrap();
        world.jobs().reload_if_changed().await.unwrap();
        let left = self::kids(&world).await;
        assert_eq!(left.len(), 3);
        assert!(!left.contains(old_kid.as_str().unwrap()));
        world.tokens(&world.browser(), &portal, AN).await;
    }

    /// Keys rotate by schedule while citizens sign in: published, signing, retiring, gone; every token is good at every moment.
    async fn core_13_rotation_by_schedule(world: World = Options::default().with("keys", "rotate_every_days = 30")) {
        let portal = world.portal().await;
        let before = kids(&world).await;
        let (mut seen, mut states) = (BTreeSet::new(), BTreeSet::new());
        // A third of a day at a time, so that no moment of the course is passed over.
        for _ in 0..35 * 3 {
            let tokens = world.tokens(&world.browser(), &portal, AN).await;
            world.id_token(&portal, tokens.id_token()).await;
            let signer = tokens::header(tokens.id_token())["kid"].as_str().unwrap().to_owned();
            assert!(kids(&world).await.contains(&signer));
            seen.insert(signer);
            world.wait(8 * 3600);
            world.jobs().tend_keys().await.unwrap();
            world.jobs().reload_if_changed().await.unwrap();
            world.verified(tokens.id_token(), None).await;
            states.extend(world.broker().stores.keys.keys().await.unwrap().iter().map(|k| k.state.as_str()));
        }
        assert_eq!(seen.len(), 2, "one took over from the other");
        assert_eq!(states, BTreeSet::from(["current", "next", "retiring"]));
        let after = kids(&world).await;
        assert_eq!((after.len(), after.intersection(&before).count()), (3, 0), "those of before are gone");
    }

    /// Scenario 15: keys change between the steps of a login, a refresh, a logout.
    async fn scenario_15_rotation_in_the_middle(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request();
        let callback = world.to_callback(&browser, &request, AN).await;
        at_once(&world).await;
        let returned = browser.visit(&callback).await.returned();
        at_once(&world).await;
        let tokens = portal.tokens(&returned, &request).await;
        world.id_token(&portal, tokens.id_token()).await;
        at_once(&world).await;
        let newer = support::tokens::Tokens::of(&portal.refresh(tokens.refresh()).await);
        assert_ne!(tokens::header(tokens.id_token())["kid"], tokens::header(newer.id_token())["kid"]);
        at_once(&world).await;
        world.log_out(&browser, &portal, &tokens).await;
        assert!(!portal.works(&newer.access).await);
        let signing = world
            .broker()
            .stores
            .keys
            .keys()
            .await
            .unwrap()
            .iter()
            .filter(|k| k.state == KeyState::Current)
            .count();
        assert_eq!(signing, 3);
    }

    /// Two instances: what one rotates the other signs with, after it has looked.
    async fn core_13_rotation_reaches_all_instances(world: World) {
        let other = world.second_instance().await;
        let portal = world.portal().await;
        at_once(&world).await;
        other.jobs().reload_if_changed().await.unwrap();
        let there = Call::get("/oauth2/jwks").send(&other.router).await;
        assert_eq!(there.json(), Call::get("/oauth2/jwks").send(world.router()).await.json());
        let request = portal.request();
        let returned = world.sign_in(&world.browser(), &request, AN).await;
        let tokens = portal.at(&other.router).tokens(&returned, &request).await;
        world.id_token(&portal, tokens.id_token()).await;
    }
}

pub(crate) async fn kids(world: &support::World) -> BTreeSet<String> {
    let body = Call::get("/oauth2/jwks").send(world.router()).await.json();
    body["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap().to_owned()).collect()
}

async fn at_once(world: &support::World) {
    let broker = world.broker();
    rotate(&*broker.stores.keys, &*broker.entropy, true, world.now()).await.unwrap();
    world.jobs().reload_if_changed().await.unwrap();
}
