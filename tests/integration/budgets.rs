//! What each request may cost: counted, not timed.

use broker::telemetry::RequestSummary;
use serde_json::json;
use support::people::AN;
use support::tokens::Tokens;
use support::{Call, Options, Pair, World, for_both_stores};

#[track_caller]
fn within(cost: &RequestSummary, redis: u64, sql: u64, signatures: u64) {
    let spent = (cost.redis_round_trips, cost.sql_statements, cost.signatures);
    assert!(
        spent.0 <= redis && spent.1 <= sql && spent.2 <= signatures,
        "{} {}: {spent:?} (Redis, SQL, signatures), allowed are {:?}",
        cost.method,
        cost.route,
        (redis, sql, signatures)
    );
}

const AUTHORIZE: &str = "/oauth2/authorize";
const TOKEN: &str = "/oauth2/token";

for_both_stores! {
    async fn budget_of_each_request(world: World) {
        let portal = world.portal().await;
        let jwt = world.register(json!({"access_token_format": "jwt"})).await;
        // Scripts are loaded, statements prepared, the citizen known at both portals.
        let warm = world.browser();
        for portal in [&portal, &jwt] {
            let tokens = world.tokens(&warm, portal, AN).await;
            portal.refresh(tokens.refresh()).await;
            portal.works(&tokens.access).await;
            portal.revoke(&tokens.access).await;
        }

        for browser in [world.browser(), warm.twin()] {
            browser.forget("vb_session");
            let request = portal.request();
            let to = world.to_vneid(&browser, &request).await;
            within(&world.costs.last(AUTHORIZE), 1, 0, 0);
            let callback = world.vneid.approve(&to, AN).await;
            let answer = browser.visit(&callback).await;
            within(&world.costs.last("/callback/vneid"), 2, 2, 0);
            let code = answer.returned().code();
            let tokens = Tokens::of(&portal.redeem(&code, &request).await);
            within(&world.costs.last(TOKEN), 2, 0, 1);
            let refreshed = Tokens::of(&portal.refresh(tokens.refresh()).await);
            within(&world.costs.last(TOKEN), 1, 0, 2);
            portal.works(&refreshed.access).await;
            within(&world.costs.last("/oauth2/userinfo"), 1, 0, 0);
            portal.introspect(&refreshed.access).await;
            within(&world.costs.last("/oauth2/introspect"), 1, 0, 0);
            portal.introspect(tokens.refresh()).await;
            within(&world.costs.last("/oauth2/introspect"), 1, 0, 0);
            // Single sign-on, also at the other portal.
            for portal in [&portal, &jwt] {
                let request = portal.request();
                let returned = world.at_once(&browser, &request).await;
                within(&world.costs.last(AUTHORIZE), 2, 0, 0);
                portal.tokens(&returned, &request).await;
            }
            within(&world.costs.last(TOKEN), 2, 0, 2);
            let none = portal.request().with("prompt", "none");
            world.at_once(&browser, &none).await.code();
            within(&world.costs.last(AUTHORIZE), 2, 0, 0);
        }
        for path in
            ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks"]
        {
            Call::get(path).send(world.router()).await;
            within(&world.costs.last(path), 0, 0, 0);
        }
    }

    async fn budget_of_the_sealed_dialect(world: World = Options::sealed()) {
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let browser = world.browser();
        let to = world.to_vneid(&browser, &portal.request()).await;
        within(&world.costs.last(AUTHORIZE), 1, 0, 0);
        browser.visit(&world.vneid.approve(&to, AN).await).await.returned().code();
        within(&world.costs.last("/callback/vneid"), 2, 2, 0);
    }

    async fn budget_of_revocation(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let tokens = world.tokens(&browser, &portal, AN).await;
        let warm = world.tokens(&browser, &portal, AN).await;
        portal.revoke(&warm.access).await;
        portal.revoke(warm.refresh()).await;
        portal.revoke("unknown").await;
        within(&world.costs.last("/oauth2/revoke"), 1, 0, 0);
        let mut spent = Vec::new();
        for (what, token) in [("access token", tokens.access.as_str()), ("refresh token", tokens.refresh())] {
            portal.revoke(token).await;
            spent.push((what, world.costs.last("/oauth2/revoke").redis_round_trips));
        }
        assert!(spent.iter().all(|(_, trips)| *trips <= 1), "{spent:?}, allowed is 1");
    }

    /// A public client's refresh rotates in the same one round trip; a browser signed in before comes back within the same
    /// budget.
    async fn budget_of_public_clients_and_returns(world: World) {
        let portal = world.public().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        Tokens::of(&portal.refresh(tokens.refresh()).await);
        let tokens = world.tokens(&browser, &portal, AN).await;
        Tokens::of(&portal.refresh(tokens.refresh()).await);
        within(&world.costs.last(TOKEN), 1, 0, 2);
        // Signed in again in the same browser; the first time Redis learns the script.
        for _ in 0..2 {
            let request = portal.request().with("prompt", "login");
            world.sign_in(&browser, &request, AN).await.code();
        }
        within(&world.costs.last("/callback/vneid"), 2, 2, 0);
    }

    /// Refusals cost no more than what they refuse.
    async fn budget_of_refusals(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        browser.open("/oauth2/authorize?client_id=nobody").await;
        within(&world.costs.last(AUTHORIZE), 0, 0, 0);
        browser.open(&portal.request().with("scope", "x").path()).await;
        within(&world.costs.last(AUTHORIZE), 0, 0, 0);
        Call::get("/oauth2/userinfo").bearer("x").send(world.router()).await;
        within(&world.costs.last("/oauth2/userinfo"), 0, 0, 0);
        portal.redeem("x", &portal.request()).await;
        within(&world.costs.last(TOKEN), 0, 0, 0);
        portal.refresh("x").await;
        within(&world.costs.last(TOKEN), 0, 0, 0);
        browser.open("/callback/vneid?state=x").await;
        within(&world.costs.last("/callback/vneid"), 1, 0, 0);
        browser.open("/no/such/page").await;
        within(&world.costs.newest(), 0, 0, 0);
    }
}

/// A session under 1 KiB in Redis, however many portals take part beyond the record itself.
#[tokio::test]
async fn a_session_in_redis_is_small() {
    let world = World::start(Pair::Production, Options::default()).await;
    let portal = world.portal().await;
    let browser = world.browser();
    world.tokens(&browser, &portal, AN).await;
    let key = format!("s:{{{}}}", browser.sid().unwrap());
    let mut connection = redis::Client::open(world.place().expiring.as_str())
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let fields: Vec<Vec<u8>> = redis::cmd("HGETALL").arg(&key).query_async(&mut connection).await.unwrap();
    let bytes: usize = fields.iter().map(Vec::len).sum();
    assert!(bytes > 0 && bytes < 1024, "{bytes} bytes");
    // And nothing of it can be read.
    let all = String::from_utf8_lossy(&fields.concat()).into_owned();
    for datum in [AN.number, AN.name, AN.born, "0912000001"] {
        assert!(!all.contains(datum), "{datum}");
    }
}
