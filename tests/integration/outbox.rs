//! Codes for phones go through the outbox: neither a kill nor a gateway that is away loses or doubles one.

use crate::linking::{bring, owner};
use crate::proving::{NAMESPACES, arrive, old, type_code, yellow};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{OutboxFilter, Write};
use serde_json::Value;
use std::time::Duration;
use support::people::BINH;
use support::{Answer, Browser, Portal, World, for_both_stores};

/// Somebody whose old account is proven by a code, and the page that offers it.
async fn asked_for_proof(world: &World) -> (Portal, Browser, Answer) {
    let portal = old(world).await;
    bring(world, &portal, &[yellow("bd-2002", BINH)]).await;
    let browser = world.browser();
    let page = arrive(world, &browser, &portal, BINH).await;
    (portal, browser, page)
}

/// Asks for a code of an instance that dies while it hands it over.
async fn killed_on_the_way(world: &World, browser: &Browser, page: &Answer) {
    world.phones.fall_silent(true);
    let (before, press) = (world.phones.asked(), browser.press(page, "send-code"));
    tokio::pin!(press);
    while world.phones.asked() == before {
        assert!(
            tokio::time::timeout(Duration::from_millis(20), &mut press).await.is_err(),
            "nothing was sent"
        );
    }
    world.phones.fall_silent(false);
}

async fn deliver(world: &World) -> usize {
    world.jobs().deliver_fully(OutboxKind::Message).await.unwrap()
}

async fn kinds(world: &World) -> Vec<AuditKind> {
    world.events().await.iter().map(|e| e.kind).collect()
}

async fn waiting(world: &World) -> usize {
    let messages = OutboxFilter { kind: Some(OutboxKind::Message), ..OutboxFilter::default() };
    world.broker().stores.outbox.list(&messages, 100).await.unwrap().len()
}

for_both_stores! {
    /// The instance dies between its word to the citizen and the gateway: another one sends the code, once.
    async fn a_code_outlives_its_instance(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, browser, page) = asked_for_proof(&world).await;
        killed_on_the_way(&world, &browser, &page).await;
        assert_eq!((deliver(&world).await, waiting(&world).await), (0, 1), "it may be alive");
        world.wait(31);
        assert_eq!((deliver(&world).await, deliver(&world).await, waiting(&world).await), (1, 0, 0));
        assert_eq!(world.phones.count(), 1);
        // The login knows of the code: its page stands there.
        let page = browser.visit(&page.url).await;
        assert!(page.url.ends_with("/code"), "{}", page.url);
        let done = type_code(&browser, &page, &world.phones.code("912345678")).await;
        assert!(done.url.ends_with("/told"), "{}", done.url);
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
        assert!(kinds(&world).await.contains(&AuditKind::CodeSent));
    }

    /// A code that is dead is not sent, nor is one that the login waits for no longer.
    async fn a_message_dies_with_its_code(world: World = Options::default().with_tables(NAMESPACES)) {
        let (_, browser, page) = asked_for_proof(&world).await;
        killed_on_the_way(&world, &browser, &page).await;
        world.wait(301);
        assert_eq!((deliver(&world).await, waiting(&world).await, world.phones.count()), (1, 0, 0));
        assert!(kinds(&world).await.contains(&AuditKind::MessageDropped));
        let page = browser.visit(&page.url).await;
        let page = browser.press(&page, "resend-code").await;
        assert_eq!(world.phones.count(), 1);
        world.phones.fall_silent(true);
        assert!(tokio::time::timeout(Duration::from_secs(1), browser.press(&page, "resend-code")).await.is_err());
        world.phones.fall_silent(false);
        let page = browser.visit(&page.url).await;
        let page = browser.press(&page, "other-way").await;
        assert!(page.can_press("prove-password"));
        world.wait(31);
        assert_eq!((deliver(&world).await, waiting(&world).await, world.phones.count()), (1, 0, 1));
    }

    /// The gateway is away: the page says so, nothing stays behind, nothing is counted, and the code before works on.
    async fn a_gateway_that_is_away_costs_nothing(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, browser, page) = asked_for_proof(&world).await;
        let mut page = browser.press(&page, "send-code").await;
        let code = world.phones.code("912345678");
        world.phones.die(true);
        for _ in 0..7 {
            page = browser.press(&page, "resend-code").await;
            assert_eq!((page.status, waiting(&world).await), (422, 0));
        }
        // Operators see it by these.
        let said = kinds(&world).await;
        let count = |kind| said.iter().filter(|k| **k == kind).count();
        assert_eq!((count(AuditKind::CodeSent), count(AuditKind::MessageDropped)), (1, 7));
        world.phones.die(false);
        world.wait(60);
        assert_eq!((deliver(&world).await, world.phones.count()), (0, 1));
        let done = type_code(&browser, &page, &code).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
    }

    /// The gateway took a code and said so too late: the code works, it counts against the phone's limit, and it comes once.
    async fn a_code_that_may_have_been_sent_counts(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, browser, page) = asked_for_proof(&world).await;
        world.phones.answer_too_late(true);
        let mut page = browser.press(&page, "send-code").await;
        assert!(page.url.ends_with("/code"), "{}", page.url);
        for _ in 0..4 {
            page = browser.press(&page, "resend-code").await;
            assert_ne!(page.status, 422);
        }
        page = browser.press(&page, "resend-code").await;
        assert_eq!((page.status, world.phones.count()), (422, 5), "five a day");
        world.phones.answer_too_late(false);
        world.wait(31);
        assert_eq!((deliver(&world).await, waiting(&world).await, world.phones.count()), (5, 0, 5));
        let done = type_code(&browser, &page, &world.phones.code("912345678")).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
    }

    /// The gateway comes back while another instance has the message in hand.
    async fn a_message_is_tried_until_the_gateway_is_back(world: World = Options::default().with_tables(NAMESPACES)) {
        let (_, browser, page) = asked_for_proof(&world).await;
        killed_on_the_way(&world, &browser, &page).await;
        world.wait(31);
        world.phones.die(true);
        assert_eq!((deliver(&world).await, deliver(&world).await, waiting(&world).await), (1, 0, 1));
        world.phones.die(false);
        world.wait(1);
        assert_eq!((deliver(&world).await, waiting(&world).await, world.phones.count()), (1, 0, 1));
    }

    /// Operators see that a message waits, and neither to whom nor what it says.
    async fn operators_look_and_drop(world: World = Options::default().with_tables(NAMESPACES)) {
        let (_, browser, page) = asked_for_proof(&world).await;
        killed_on_the_way(&world, &browser, &page).await;
        let (code, listed, _) = world.command(&["outbox", "list", "--kind", "message"]).await;
        assert!(code == 0 && listed.contains("phones") && listed.contains("code"), "{listed}");
        assert!(listed.contains("message  1 waiting, 0 of them stuck; 0 refused, 0 given up"), "{listed}");
        let (_, json, _) = world.command(&["outbox", "list", "--json"]).await;
        let id = serde_json::from_str::<Value>(json.trim()).unwrap()["id"].as_str().unwrap().to_owned();
        let (code, shown, _) = world.command(&["outbox", "show", &id]).await;
        assert_eq!((code, serde_json::from_str::<Value>(&shown).unwrap()["state"].as_str()), (0, Some("waiting")));
        for text in [&listed, &json, &shown] {
            assert!(!text.contains("912345678") && !text.contains("mã"), "{text}");
        }
        assert_eq!(world.command(&["outbox", "show", "none"]).await.0, 2);
        assert_eq!(world.command(&["outbox", "drop"]).await.0, 2);
        assert_eq!(world.command(&["outbox", "retry", "--kind", "logout"]).await.1, "0 are due now\n");
        assert_eq!(world.command(&["outbox", "drop", "--state", "refused"]).await.1, "0 dropped\n");
        assert_eq!(world.command(&["outbox", "drop", "--id", &id]).await.1, "1 dropped\n");
        world.wait(31);
        assert_eq!((deliver(&world).await, world.phones.count()), (0, 0));
        let kinds = kinds(&world).await;
        assert!(kinds.contains(&AuditKind::OutboxDiscarded) && kinds.contains(&AuditKind::OutboxRetried));
    }

    /// While instances are replaced, one of before cannot read the audit events of the new ones: it leaves them to those.
    async fn audit_events_of_a_later_version_wait_for_who_reads_them(world: World) {
        let mut world = world;
        let before = world.second_instance().await;
        world.add_sealing_key().await;
        let drained = before.jobs().drain_audit_fully().await.unwrap();
        let event = AuditEvent::new(EventId::new("of-later"), world.now(), AuditKind::SignedIn);
        world.broker().stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await.unwrap();
        let by_before = before.jobs().drain_audit_fully().await;
        let by_now = world.jobs().drain_audit_fully().await.unwrap();
        let is_seen = kinds(&world).await.contains(&AuditKind::SignedIn);
        assert!(is_seen && by_now > 0, "{drained:?} {by_before:?}");
    }
}
