//! Items 17 and 32: back-channel logout (OpenID Connect Back-Channel Logout 1.0).

use broker_domain::audit::AuditKind;
use broker_domain::ids::SessionId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::Write;
use broker_domain::secret::SystemEntropy;
use broker_domain::session::SESSIONS_OF_ONE;
use serde_json::{Value, json};
use support::people::{AN, DUNG};
use support::receiver::Receiver;
use support::{Options, Portal, World, for_both_stores, tokens};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

async fn listening(world: &World, receiver: &Receiver) -> Portal {
    world
        .register(
            json!({"backchannel_logout_uri": receiver.url, "backchannel_logout_session_required": true}),
        )
        .await
}

/// No private host may be called.
fn far_from_home() -> Options {
    Options::default().with("logout", "private_hosts_allowed = []")
}

/// Passes of delivery until nothing is due.
async fn deliver(world: &World) {
    while world.jobs().deliver(OutboxKind::Logout).await.unwrap() > 0 {}
}

/// How many wait, and how many were given up.
async fn counts(world: &World) -> (u64, u64) {
    let all = world.broker().stores.outbox.counts(world.now()).await.unwrap();
    let (_, counts) = all.into_iter().find(|(kind, _)| *kind == OutboxKind::Logout).unwrap();
    (counts.waiting, counts.given_up)
}

/// Checks a logout token as a portal must (Back-Channel Logout 1.0, 2.6).
async fn check(world: &World, portal: &Portal, token: &str, id_token: &Value) {
    let verified = world.verified(token, Some("logout+jwt")).await;
    assert_eq!(tokens::header(token)["typ"], "logout+jwt");
    let claims = Value::Object(verified.claims);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(world.issuer()), &json!(portal.id)));
    assert_eq!((&claims["sid"], &claims["sub"]), (&id_token["sid"], &id_token["sub"]));
    assert_eq!(claims["events"], json!({EVENT: {}}));
    assert!(claims.get("nonce").is_none());
    assert!(claims["jti"].as_str().is_some_and(|j| !j.is_empty()));
    let (iat, exp, now) =
        (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap(), world.now().secs());
    assert!(iat <= now && now < exp && exp - iat <= 120, "{claims}");
}

for_both_stores! {
    async fn core_17_every_portal_of_the_session_is_told(world: World) {
        let (one, two, idle) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
        let (first, second) = (listening(&world, &one).await, listening(&world, &two).await);
        let (deaf, stranger) = (world.portal().await, listening(&world, &idle).await);
        let browser = world.browser();
        let a = world.tokens(&browser, &first, AN).await;
        let b = world.tokens(&browser, &second, AN).await;
        world.tokens(&browser, &deaf, AN).await;
        // Twice at the same portal: told once.
        world.tokens(&browser, &first, AN).await;
        // Somebody else, elsewhere.
        world.tokens(&world.browser(), &stranger, DUNG).await;

        world.log_out(&browser, &second, &b).await;
        deliver(&world).await;
        assert_eq!((one.received().len(), two.received().len(), idle.received().len()), (1, 1, 0));
        check(&world, &first, &one.received()[0].logout_token(), &a.claims()).await;
        check(&world, &second, &two.received()[0].logout_token(), &b.claims()).await;
        let events = world.events().await;
        let delivered: Vec<_> = events.iter().filter(|e| e.kind == AuditKind::LogoutDelivered).collect();
        assert_eq!(delivered.len(), 2);
        assert!(delivered.iter().all(|e| e.sid.as_ref().map(|s| s.as_str()) == a.claims()["sid"].as_str()));
        deliver(&world).await;
        assert_eq!(one.received().len(), 1);
    }

    async fn core_17_retried_until_delivered(world: World) {
        let receiver = Receiver::start().await;
        let portal = listening(&world, &receiver).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        receiver.answer(503);
        world.log_out(&browser, &portal, &tokens).await;
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 1);
        // Not before its time.
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 1);
        world.wait(60);
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 2);
        receiver.answer(200);
        world.wait(3600);
        deliver(&world).await;
        let received = receiver.received();
        assert_eq!(received.len(), 3);
        // Each try is a token of its own that is good now.
        check(&world, &portal, &received[2].logout_token(), &tokens.claims()).await;
        let ids: std::collections::BTreeSet<String> =
            received.iter().map(|r| support::tokens::payload(&r.logout_token())["jti"].to_string()).collect();
        assert_eq!(ids.len(), 3);
        world.wait(86_400);
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 3);
        assert_eq!(counts(&world).await, (0, 0));
    }

    async fn core_17_given_up_and_seen_by_operators(world: World) {
        let receiver = Receiver::start().await;
        let portal = listening(&world, &receiver).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        receiver.answer(500);
        world.log_out(&browser, &portal, &tokens).await;
        for _ in 0..world.settings.logout.attempts + 3 {
            deliver(&world).await;
            world.wait(7200);
        }
        assert_eq!(receiver.received().len(), usize::try_from(world.settings.logout.attempts).unwrap());
        assert_eq!(counts(&world).await, (0, 1));
        let event = world.event(AuditKind::LogoutGivenUp).await;
        assert_eq!(event.client.unwrap().as_str(), portal.id);
    }

    /// Back-Channel Logout 1.0, 2.8: 200 and 204 mean done; 400 means that the portal has refused.
    async fn core_17_a_portal_that_is_away_holds_up_nobody(world: World) {
        let receiver = Receiver::start().await;
        let portal = listening(&world, &receiver).await;
        let away = world.register(json!({"backchannel_logout_uri": "http://127.0.0.1:1/gone"})).await;
        let browser = world.browser();
        world.tokens(&browser, &away, AN).await;
        let tokens = world.tokens(&browser, &portal, AN).await;
        receiver.answer(204);
        world.log_out(&browser, &portal, &tokens).await;
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 1);
        assert_eq!(counts(&world).await.0, 1);
    }

    /// Redirects are not followed: the token goes nowhere else.
    async fn core_17_redirects_are_not_followed(world: World) {
        let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
        let portal = listening(&world, &receiver).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        receiver.redirect(&elsewhere.url);
        world.log_out(&browser, &portal, &tokens).await;
        deliver(&world).await;
        assert_eq!((receiver.received().len(), elsewhere.received().len()), (1, 0));
        assert_eq!(counts(&world).await.0, 1);
    }

    /// SSRF: addresses of our own network only where configuration names them.
    async fn attack_back_channel_calls_reach_no_neighbours(world: World = far_from_home()) {
        let receiver = Receiver::start().await;
        let port = receiver.url.rsplit_once(':').unwrap().1.to_owned();
        let browser = world.browser();
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let portal =
                world.register(json!({"backchannel_logout_uri": format!("http://{host}:{port}")})).await;
            world.tokens(&browser, &portal, AN).await;
        }
        let portal = world.portal().await;
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.log_out(&browser, &portal, &tokens).await;
        deliver(&world).await;
        assert!(receiver.received().is_empty());
    }

    /// Another citizen at the same browser: the first one's portals are told (scenario 11).
    async fn core_17_a_replaced_session_is_told_too(world: World) {
        let receiver = Receiver::start().await;
        let portal = listening(&world, &receiver).await;
        let browser = world.browser();
        let first = world.tokens(&browser, &portal, AN).await;
        let request = portal.request().with("prompt", "login");
        let second = world.tokens_for(&browser, &portal, &request, DUNG).await;
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 1);
        check(&world, &portal, &receiver.received()[0].logout_token(), &first.claims()).await;
        assert_ne!(first.claims()["sid"], second.claims()["sid"]);
        assert_ne!(first.claims()["sub"], second.claims()["sub"]);
        assert_eq!(
            world.event(AuditKind::SessionReplaced).await.sid.unwrap().as_str(),
            first.claims()["sid"]
        );
        assert!(portal.works(&second.access).await);
    }

    /// Who signs in on one browser too many: the session that ends first ends now, and its portals are told.
    async fn core_17_of_too_many_sessions_the_first_one_is_told(world: World) {
        let receiver = Receiver::start().await;
        let portal = listening(&world, &receiver).await;
        let first = world.tokens(&world.browser(), &portal, AN).await;
        let expiring = &world.broker().stores.expiring;
        let sid = SessionId::parse(first.claims()["sid"].as_str().unwrap()).unwrap();
        let kept = expiring.open(None, Some(&sid)).await.unwrap().session.unwrap();
        for n in 1..SESSIONS_OF_ONE {
            let mut one = kept.clone();
            one.sid = SessionId::generate(&SystemEntropy);
            one.ends_at = kept.ends_at.plus_secs(i64::try_from(n).unwrap());
            one.participants.clear();
            expiring.commit(vec![Write::OpenSession(Box::new(one))]).await.unwrap();
        }
        world.wait(60);
        let last = world.tokens(&world.browser(), &portal, AN).await;
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 1);
        check(&world, &portal, &receiver.received()[0].logout_token(), &first.claims()).await;
        assert!(!portal.works(&first.access).await && portal.works(&last.access).await);
        let listed = expiring.sessions_of(&kept.holder).await.unwrap();
        assert_eq!(listed.len(), SESSIONS_OF_ONE);
        assert!(listed.iter().all(|session| session.sid != sid));
    }

    /// Item 17 for a second instance: any of them delivers, none twice.
    async fn core_17_two_instances_deliver_once(world: World) {
        let receiver = Receiver::start().await;
        let other = world.second_instance().await;
        let browser = world.browser();
        let mut last = None;
        for _ in 0..6 {
            let portal = listening(&world, &receiver).await;
            last = Some((world.tokens(&browser, &portal, AN).await, portal));
        }
        other.jobs().reload_if_changed().await.unwrap();
        let (tokens, portal) = last.unwrap();
        world.log_out(&browser, &portal, &tokens).await;
        let (one, two) = tokio::join!(world.jobs().deliver(OutboxKind::Logout), other.jobs().deliver(OutboxKind::Logout));
        one.unwrap();
        two.unwrap();
        deliver(&world).await;
        assert_eq!(receiver.received().len(), 6);
    }
}
