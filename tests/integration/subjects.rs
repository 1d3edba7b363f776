//! Item 15: one stored subject for each citizen and sector.

use broker_domain::audit::AuditKind;
use serde_json::json;
use std::collections::BTreeSet;
use support::for_both_stores;
use support::people::{AN, DUNG};
use support::{Browser, Portal, World};

async fn sub(world: &World, browser: &Browser, portal: &Portal) -> String {
    world.tokens(browser, portal, AN).await.claims()["sub"].as_str().unwrap().to_owned()
}

for_both_stores! {
    async fn core_15_pairwise(world: World) {
        let (one, two) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        let (a, b) = (sub(&world, &browser, &one).await, sub(&world, &browser, &two).await);
        assert_ne!(a, b);
        let other = world.tokens(&world.browser(), &one, DUNG).await.claims()["sub"].clone();
        assert_ne!(a, other.as_str().unwrap());
        for subject in [&a, &b] {
            assert!(subject.len() <= 255 && subject.is_ascii() && !subject.contains(AN.number));
        }
    }

    async fn core_15_portals_of_one_sector_share(world: World) {
        let one = world.register(json!({"sector": "shared-by-two"})).await;
        let two = world.register(json!({"sector": "shared-by-two"})).await;
        let browser = world.browser();
        assert_eq!(sub(&world, &browser, &one).await, sub(&world, &browser, &two).await);
    }

    /// Public subjects: one for all clients of this type, another than any sector's.
    async fn core_15_public(world: World) {
        let one = world.register(json!({"subject_type": "public"})).await;
        let two = world.register(json!({"subject_type": "public"})).await;
        let pairwise = world.portal().await;
        let browser = world.browser();
        let public = sub(&world, &browser, &one).await;
        assert_eq!(public, sub(&world, &browser, &two).await);
        assert_ne!(public, sub(&world, &browser, &pairwise).await);
        let other = world.tokens(&world.browser(), &one, DUNG).await.claims()["sub"].clone();
        assert_ne!(public, other.as_str().unwrap());
    }

    async fn subjects_stay_over_sessions_browsers_and_restarts(world: World) {
        let mut world = world;
        let portal = world.portal().await;
        let browser = world.browser();
        let first = sub(&world, &browser, &portal).await;
        world.wait(40 * 86_400);
        assert_eq!(sub(&world, &browser, &portal).await, first);
        assert_eq!(sub(&world, &world.browser(), &portal).await, first);
        world.restart().await;
        let portal = portal.at(world.router());
        assert_eq!(sub(&world, &world.browser(), &portal).await, first);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    /// A key that changes must not change anybody's subject: it is stored, never computed again.
    async fn subjects_stay_when_the_hashing_key_changes(world: World) {
        let mut world = world;
        let portal = world.portal().await;
        let first = sub(&world, &world.browser(), &portal).await;
        world.change_hashing_key().await;
        let portal = world.renew_secret(&portal).await;
        assert_eq!(sub(&world, &world.browser(), &portal).await, first);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    /// Scenario 25: the same citizen by the other dialect.
    async fn subjects_stay_by_the_other_dialect(world: World) {
        let mut world = world;
        let portal = world.portal().await;
        let first = sub(&world, &world.browser(), &portal).await;
        world.change_dialect().await;
        let portal = portal.at(world.router());
        assert_eq!(sub(&world, &world.browser(), &portal).await, first);
        assert_eq!(sub(&world, &world.browser(), &portal).await, first);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    async fn two_first_sign_ins_at_once_are_one_citizen(world: World) {
        let (one, two) = (world.portal().await, world.portal().await);
        let other = world.second_instance().await;
        let mut before = Vec::new();
        for (i, portal) in [&one, &one, &two, &two].into_iter().enumerate() {
            let browser = if i % 2 == 0 { world.browser() } else { world.browser().at(&other.router) };
            let request = portal.request();
            let callback = world.to_callback(&browser, &request, AN).await;
            before.push((browser, portal, request, callback));
        }
        let answers = futures_util::future::join_all(
            before.iter().map(|(browser, _, _, callback)| browser.visit(callback)),
        )
        .await;
        let mut subjects = BTreeSet::new();
        for ((_, portal, request, _), answer) in before.iter().zip(answers) {
            let tokens = portal.tokens(&answer.returned(), request).await;
            subjects.insert((portal.id.clone(), tokens.claims()["sub"].to_string()));
        }
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    /// Two silent sign-ins at a portal that is new to the citizen.
    async fn two_first_visits_at_once_are_one_subject(world: World) {
        let (first, second) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        world.tokens(&browser, &first, AN).await;
        let requests: Vec<_> = (0..4).map(|_| second.request()).collect();
        let returned =
            futures_util::future::join_all(requests.iter().map(|r| world.at_once(&browser, r))).await;
        let mut subjects = BTreeSet::new();
        for (returned, request) in returned.iter().zip(&requests) {
            subjects.insert(second.tokens(returned, request).await.claims()["sub"].to_string());
        }
        assert_eq!(subjects.len(), 1);
    }

    async fn a_citizens_first_steps_are_audited(world: World) {
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let kinds: BTreeSet<&str> = world.events().await.iter().map(|e| e.kind.name()).collect();
        for kind in [AuditKind::CitizenRecorded, AuditKind::SubjectGiven, AuditKind::SignedIn] {
            assert!(kinds.contains(kind.name()), "{} is not among {kinds:?}", kind.name());
        }
    }
}
