//! Changes by an administrator reach a running broker.

use broker::app::rotate_secret;
use broker_domain::audit::AuditKind;
use broker_domain::ports::Topic;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::people::AN;
use support::{Call, for_both_stores};

/// Asks again and again until it is so, for a second at the most.
async fn within_a_second<F: AsyncFn() -> bool>(what: &str, so: F) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < Duration::from_secs(1), "{what}: not within a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

for_both_stores! {
    async fn a_new_client_is_in_force_within_a_second(world: World) {
        let other = world.second_instance().await;
        let router = other.router.clone();
        let broker = other.broker.clone();
        let (_, _, running) = other.start_jobs();
        tokio::time::sleep(Duration::from_millis(50)).await;
        // Registered through this instance's stores; the other one runs its jobs.
        let portal = world.portal().await;
        within_a_second("the client is known", async || {
            Call::get(portal.request().path()).send(&router).await.status == 303
        })
        .await;

        // A new secret, with the old one in grace.
        let client = broker.registry.find(&portal.id).unwrap();
        let mut client = (*client).clone();
        let secret = rotate_secret(&mut client, &broker.hasher, &*broker.entropy, 60, world.now());
        world.broker().stores.registrations.replace(&client).await.unwrap();
        world.broker().stores.announcements.announce(Topic::Clients).await.unwrap();
        let mut renewed = portal.at(&router);
        secret.reveal().clone_into(&mut renewed.secret);
        within_a_second("the new secret works", async || renewed.introspect("x").await.status == 200).await;
        assert_eq!(portal.at(&router).introspect("x").await.status, 200);
        world.wait(60);
        assert_eq!(portal.at(&router).introspect("x").await.status, 401);

        // Switched off.
        world.switch_off(&portal).await;
        within_a_second("the client is off", async || {
            Call::get(portal.request().path()).send(&router).await.status == 400
        })
        .await;
        running.stop().await.unwrap();
    }

    /// The commands that an administrator types while the broker runs.
    async fn commands_are_in_force_within_a_second(world: World) {
        let other = world.second_instance().await;
        let router = other.router.clone();
        let (_, _, running) = other.start_jobs();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let uri = "https://typed.example.vn/cb";
        let metadata = json!({
            "client_id": "typed",
            "client_name": "Cổng gõ tay",
            "redirect_uris": [uri],
            "scope": "openid",
            "consent": "none",
        });
        let file = world.folder().join("client.json");
        std::fs::write(&file, metadata.to_string()).unwrap();

        let (code, out, err) =
            world.command(&["client", "add", "--generate-secret", "--file", file.to_str().unwrap()]).await;
        assert_eq!(code, 0, "{err}");
        let made: Value = serde_json::from_str(&out).unwrap();
        let (mut portal, _) = support::world::portal(metadata, &router);
        made["client_secret"].as_str().unwrap().clone_into(&mut portal.secret);
        within_a_second("the client is known", async || {
            Call::get(portal.request().path()).send(&router).await.status == 303
        })
        .await;
        let browser = world.browser().at(&router);
        world.tokens(&browser, &portal, AN).await;
        // Twice is once.
        let (code, _, err) =
            world.command(&["client", "add", "--generate-secret", "--file", file.to_str().unwrap()]).await;
        assert!(code != 0 && err.contains("already"), "{code} {err}");

        let (code, out, err) = world.command(&["client", "rotate-secret", "typed"]).await;
        assert_eq!(code, 0, "{err}");
        let mut renewed = portal.clone();
        let made: Value = serde_json::from_str(&out).unwrap();
        made["client_secret"].as_str().unwrap().clone_into(&mut renewed.secret);
        within_a_second("the new secret works", async || renewed.introspect("x").await.status == 200).await;

        let (code, _, err) = world.command(&["client", "disable", "typed"]).await;
        assert_eq!(code, 0, "{err}");
        within_a_second("the client is off", async || {
            Call::get(portal.request().path()).send(&router).await.status == 400
        })
        .await;
        renewed.introspect("x").await.expect_error(401, "invalid_client");
        let (code, _, err) = world.command(&["client", "enable", "typed"]).await;
        assert_eq!(code, 0, "{err}");
        within_a_second("the client is on", async || renewed.introspect("x").await.status == 200).await;

        let before = Call::get("/oauth2/jwks").send(&router).await.text();
        let (code, _, err) = world.command(&["keys", "rotate"]).await;
        assert_eq!(code, 0, "{err}");
        within_a_second("new keys are published", async || {
            Call::get("/oauth2/jwks").send(&router).await.text() != before
        })
        .await;
        running.stop().await.unwrap();
        let kinds: Vec<AuditKind> = world.events().await.iter().map(|e| e.kind).collect();
        for kind in [
            AuditKind::ClientAdded,
            AuditKind::ClientSecretRotated,
            AuditKind::ClientDisabled,
            AuditKind::KeysRotated,
        ] {
            assert!(kinds.contains(&kind), "{} is not among {kinds:?}", kind.name());
        }
    }

    /// Item 29: ids and secrets that we make have unreserved characters only, at least 32 of them.
    async fn field_29_ids_and_secrets_that_we_make(world: World) {
        let metadata = json!({"client_name": "Cổng", "redirect_uris": ["https://made.example.vn/cb"], "scope": "openid"});
        let file = world.folder().join("client.json");
        std::fs::write(&file, metadata.to_string()).unwrap();
        let words = ["client", "add", "--generate-secret", "--file", file.to_str().unwrap()];
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..3 {
            let (code, out, err) = world.command(&words).await;
            assert_eq!(code, 0, "{err}");
            let made: Value = serde_json::from_str(&out).unwrap();
            for name in ["client_id", "client_secret"] {
                let text = made[name].as_str().unwrap();
                assert!(text.len() >= 32, "{name}: {text}");
                assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)), "{name}: {text}");
                assert!(seen.insert(text.to_owned()));
            }
        }
    }

    /// Audit events are written by the jobs in the background, and when they stop.
    async fn audit_events_reach_the_log(world: World) {
        let other = world.second_instance().await;
        let router = other.router.clone();
        let portal = world.portal().await;
        other.jobs().reload_if_changed().await.unwrap();
        let (_, _, running) = other.start_jobs();
        let browser = world.browser().at(&router);
        world.tokens(&browser, &portal.at(&router), AN).await;
        running.stop().await.unwrap();
        let entries = world.broker().stores.audit.entries(0, 100).await.unwrap();
        assert!(entries.iter().any(|e| e.event.kind == AuditKind::SignedIn));
        // Each holds the hash of the one before.
        let mut before = [0u8; 32];
        for (at, entry) in entries.iter().enumerate() {
            assert_eq!(entry.hash, entry.event.chain(&before), "entry {at}");
            assert_eq!(entry.seq, i64::try_from(at).unwrap() + 1);
            before = entry.hash;
        }
    }

    async fn readiness_and_numbers_on_the_admin_listener(world: World) {
        let answer = Call::get("/health/ready");
        let ready = answer.send_to_admin(&world.app.admin).await;
        assert_eq!((ready.status, &ready.json()["ready"]), (200, &json!(true)), "{}", ready.text());
        assert_eq!(Call::get("/health/live").send_to_admin(&world.app.admin).await.status, 200);
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let numbers = Call::get("/metrics").send_to_admin(&world.app.admin).await.text();
        assert!(numbers.contains("broker_"), "{numbers}");
        for datum in [AN.number, AN.name] {
            assert!(!numbers.contains(datum));
        }
        // None of this on the public listener.
        for path in ["/health/ready", "/health/live", "/metrics"] {
            assert_eq!(Call::get(path).send(world.router()).await.status, 404, "{path}");
        }
    }
}
