//! Scenario 24: an upstream is taken out of the configuration while people are signed in through it, or in the middle of
//! a login.

use broker_domain::audit::AuditKind;
use support::people::AN;
use support::{Call, Options, Pair, World};

/// Only on stores that outlive the process.
#[tokio::test]
async fn scenario_24_sessions_go_on_and_end() {
    let mut world = World::start(Pair::Production, Options::default()).await;
    let portal = world.portal().await;
    let (browser, other) = (world.browser(), world.browser());
    let tokens = world.tokens(&browser, &portal, AN).await;
    let second = world.tokens(&other, &portal, AN).await;
    world.take_upstream_away().await;
    let (portal, browser, other) =
        (portal.at(world.router()), browser.at(world.router()), other.at(world.router()));
    assert!(portal.works(&tokens.access).await);
    assert_eq!(portal.refresh(tokens.refresh()).await.status, 200);
    world.at_once(&browser, &portal.request().with("prompt", "none")).await.code();
    world.log_out(&browser, &portal, &tokens).await;
    assert!(!portal.works(&tokens.access).await);
    // Signing in again goes by what there is now.
    let request = portal.request().with("prompt", "login");
    let again = world.tokens_for(&other, &portal, &request, AN).await;
    assert_eq!(again.claims()["sub"], second.claims()["sub"]);
}

#[tokio::test]
async fn scenario_24_in_the_middle_of_a_login() {
    let mut world = World::start(Pair::Production, Options::default()).await;
    let portal = world.portal().await;
    let browser = world.browser();
    let request = portal.request();
    let callback = world.to_callback(&browser, &request, AN).await;
    world.take_upstream_away().await;
    let browser = browser.at(world.router());
    let answer = Call::get(callback.strip_prefix(world.issuer()).unwrap())
        .header("cookie", format!("__Host-vb_browser={}", browser.id().unwrap()))
        .send_to_admin(world.router())
        .await;
    assert_ne!(answer.status, 500, "{}", answer.plain());
    let code = answer.code().expect("a code");
    answer.expect_problem(code);
    assert_eq!(world.event(AuditKind::SignInFailed).await.code, Some(code));
    // The way on of the page leads to a sign-in that works.
    let again = browser.visit(&answer.link("way-on")).await;
    assert_eq!(world.go_on(&browser, again, AN).await.get("state"), request.get("state"));
}

/// An upstream that proves no numbers records nobody: else whoever typed in a victim's number there would have the victim's accounts.
#[tokio::test]
async fn attack_a_provider_that_does_not_verify() {
    for pair in [Pair::Embedded, Pair::Production] {
        let options = Options { upstream: vec!["authoritative = false"], ..Options::default() };
        let world = World::start(pair, options).await;
        let portal = world.portal().await;
        crate::linking::bring(&world, &portal, &[crate::linking::account("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        browser.visit(&callback).await.expect_problem(1403);
        assert!(browser.sid().is_none());
        assert_eq!(crate::linking::owner(&world, &portal, "dvcqg-1001").await, None);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 0);
    }
}
