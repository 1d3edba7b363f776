//! How often somebody may come (RFC 6585, 4; draft-ietf-httpapi-ratelimit-headers).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::people::AN;
use support::{Answer, Call, Portal, World, for_both_stores};

const HOME: &str = "203.0.113.9";

/// Counts begin with a window.
fn begin(world: &World) {
    world.wait(60 - world.now().secs().rem_euclid(60));
}

async fn introspect(portal: &Portal) -> Answer {
    portal.introspect("x").await
}

fn guess(portal: &Portal) -> Call {
    Call::post("/oauth2/introspect").basic(&portal.id, "a guess that is wrong").form(&[("token", "x")])
}

#[track_caller]
fn assert_too_many(answer: &Answer, secs: &str) {
    assert_eq!(answer.status, 429, "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some(secs));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.member("error"), "temporarily_unavailable");
}

for_both_stores! {
    /// Every answer to a client that proved who it is says where it stands; one too many is refused, and comes again later.
    async fn a_client_has_its_limit(world: World = Options::default().with("limits", "client_per_minute = 4")) {
        let (portal, other) = (world.portal().await, world.portal().await);
        begin(&world);
        for remaining in (0..4).rev() {
            let answer = introspect(&portal).await;
            assert_eq!(answer.json(), json!({"active": false}));
            assert_eq!(answer.header("ratelimit-policy"), Some("\"client\";q=4;w=60"));
            assert_eq!(answer.header("ratelimit"), Some(format!("\"client\";r={remaining};t=60").as_str()));
            assert_eq!(answer.header("retry-after"), None);
        }
        let before = world.costs.count();
        for path in ["/oauth2/introspect", "/oauth2/revoke", "/oauth2/token"] {
            let answer = portal.post(path, &[("token", "x")]).await;
            assert_too_many(&answer, "75");
            assert_eq!(answer.header("ratelimit"), Some("\"client\";r=0;t=75"));
            let cost = world.costs.newest();
            assert_eq!((cost.redis_round_trips, cost.sql_statements), (0, 0));
        }
        assert_eq!(world.costs.count(), before + 3);
        assert_eq!(introspect(&other).await.status, 200, "another client has its own");
        world.wait(74);
        assert_eq!(introspect(&portal).await.status, 429);
        world.wait(1);
        assert_eq!(introspect(&portal).await.status, 200);
        assert_eq!(introspect(&portal).await.status, 429);
    }

    /// Tokens and userinfo count for the client, too, and errors say where it stands like other answers.
    async fn everything_that_a_client_does_counts(world: World = Options::default().with("limits", "client_per_minute = 100")) {
        let portal = world.portal().await;
        begin(&world);
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let standing = |answer: &Answer| answer.header("ratelimit").map(str::to_owned);
        let userinfo = Call::get("/oauth2/userinfo").bearer(&tokens.access).send(world.router()).await;
        assert_eq!(standing(&userinfo).as_deref(), Some("\"client\";r=98;t=60"));
        let refused = portal.refresh("nonsense").await;
        assert_eq!((refused.status, standing(&refused).as_deref()), (400, Some("\"client\";r=97;t=60")));
        let refreshed = portal.refresh(tokens.refresh()).await;
        assert_eq!(standing(&refreshed).as_deref(), Some("\"client\";r=96;t=60"));
        let revoked = portal.revoke(tokens.refresh()).await;
        assert_eq!(standing(&revoked).as_deref(), Some("\"client\";r=95;t=60"));
        // Who proves nothing learns nothing.
        assert_eq!(standing(&guess(&portal).send(world.router()).await), None);
        assert_eq!(standing(&portal.introspect("x").await).as_deref(), Some("\"client\";r=94;t=60"));
    }

    async fn a_client_may_have_a_limit_of_its_own(world: World = Options::default().with("limits", "client_per_minute = 1")) {
        let large = world.register(json!({"requests_per_minute": 3})).await;
        let none = world.register(json!({"requests_per_minute": 0})).await;
        begin(&world);
        for expected in [200, 200, 200, 429] {
            assert_eq!(introspect(&large).await.status, expected);
        }
        for _ in 0..5 {
            let answer = introspect(&none).await;
            assert_eq!((answer.status, answer.header("ratelimit")), (200, None));
        }
    }

    /// The counts of both instances make one sum.
    async fn instances_count_together(world: World = Options::default().with("limits", "client_per_minute = 20")) {
        let portal = world.portal().await;
        let second = world.second_instance().await;
        second.jobs().reload_if_changed().await.unwrap();
        let there = portal.at(&second.router);
        begin(&world);
        for _ in 0..5 {
            assert_eq!(introspect(&portal).await.status, 200);
            assert_eq!(introspect(&there).await.status, 200);
        }
        let exchange = async || {
            world.jobs().exchange_rates().await.unwrap();
            second.jobs().exchange_rates().await.unwrap();
        };
        exchange().await;
        assert_eq!(introspect(&there).await.header("ratelimit"), Some("\"client\";r=9;t=60"));
        // An instance learns of the others whenever it has something to tell.
        assert_eq!(introspect(&portal).await.header("ratelimit"), Some("\"client\";r=14;t=60"));
        exchange().await;
        exchange().await;
        assert_eq!(introspect(&portal).await.header("ratelimit"), Some("\"client\";r=8;t=60"));
        let mut let_in = 13;
        for _ in 0..10 {
            for who in [&portal, &there] {
                let_in += u32::from(introspect(who).await.status == 200);
            }
            exchange().await;
        }
        // What one lets in before it hears of the other is one too many at the most.
        assert!((20..=21).contains(&let_in), "{let_in}");
    }

    /// A browser gets a page with a code, and a moment to come again. Nothing of the address is shown.
    async fn an_address_has_its_limit(world: World = Options::default().with("limits", "address_per_minute = 3")) {
        begin(&world);
        let page = |from: &str| Call::get("/no-such-page").from(from);
        for _ in 0..3 {
            assert_eq!(page(HOME).send(world.router()).await.status, 404);
        }
        let answer = page(HOME).send(world.router()).await;
        assert_eq!((answer.status, answer.code(), answer.header("retry-after")), (429, Some(1107), Some("80")));
        assert!(!answer.text().contains(HOME));
        for free in ["/oauth2/jwks", "/.well-known/openid-configuration"] {
            assert_eq!(Call::get(free).from(HOME).send(world.router()).await.status, 200);
        }
        let asset = Call::get("/assets/none.css").from(HOME).send(world.router()).await;
        assert_ne!(asset.status, 429);
        let portal = world.portal().await;
        assert_eq!(portal.call("/oauth2/introspect", &[("token", "x")]).from(HOME).send(world.router()).await.status, 200);
        assert_eq!(page("203.0.113.10").send(world.router()).await.status, 404);
        // One subscriber of IPv6 has a whole network.
        for n in 0..4 {
            let answer = page(&format!("2001:db8:1:2::{n}")).send(world.router()).await;
            assert_eq!(answer.status, if n < 3 { 404 } else { 429 });
        }
        assert_eq!(page("2001:db8:1:3::1").send(world.router()).await.status, 404);
        world.wait(80);
        assert_eq!(page(HOME).send(world.router()).await.status, 404);
    }

    /// Guesses are refused, by address and in the name of a client; who is right is let in all the while.
    async fn guesses_shut_nobody_out(world: World = Options::default().with("limits", "address_per_minute = 100")) {
        let portal = world.portal().await;
        begin(&world);
        for n in 0..12 {
            let answer = guess(&portal).from(HOME).send(world.router()).await;
            assert_eq!(answer.status, if n < 10 { 401 } else { 429 }, "{n}");
        }
        for n in 0..60 {
            guess(&portal).from(&format!("198.51.100.{n}")).send(world.router()).await;
        }
        let passed = world.events().await.len();
        let late = Call::post("/oauth2/token").basic(&portal.id, "wrong").form(&[("grant_type", "refresh_token")]);
        assert_too_many(&late.from("198.51.100.200").send(world.router()).await, "61");
        assert!(!world.kinds_after(passed).await.contains(&AuditKind::ClientAuthenticationFailed));
        let right = portal.call("/oauth2/introspect", &[("token", "x")]).from(HOME);
        assert_eq!(right.send(world.router()).await.status, 200);
    }

    /// Whoever tries tokens is refused after a few, and shuts out nobody who has one, also behind the same address.
    async fn tokens_are_not_tried_for_ever(world: World = Options::default().with("limits", "address_per_minute = 3")) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        begin(&world);
        let dead = format!("{}x", tokens.access);
        let call = |token: &str, from: &str| Call::get("/oauth2/userinfo").bearer(token).from(from);
        for _ in 0..3 {
            assert_eq!(call(&dead, HOME).send(world.router()).await.status, 401);
        }
        let answer = call(&dead, HOME).send(world.router()).await;
        assert_too_many(&answer, "80");
        assert!(world.costs.newest().redis_round_trips <= 1);
        for from in ["203.0.113.10", HOME, HOME, HOME, HOME] {
            assert_eq!(call(&tokens.access, from).send(world.router()).await.status, 200);
        }
        assert_eq!(call(&dead, HOME).send(world.router()).await.status, 429);
    }

    /// A public client proves nothing: anybody can call in its name, and shuts out nobody but themselves.
    async fn a_public_client_counts_by_address(world: World = Options::default().with("limits", "address_per_minute = 2\nclient_per_minute = 2")) {
        let public = world.public().await;
        begin(&world);
        let call = |from: &str| public.call("/oauth2/revoke", &[("token", "x")]).from(from);
        for expected in [200, 200, 429] {
            assert_eq!(call(HOME).send(world.router()).await.status, expected);
        }
        assert_eq!(call("203.0.113.10").send(world.router()).await.status, 200);
    }
}
