//! The sealing key changes while citizens sign in: what Redis holds opens until it expires, and the database is sealed anew beside.

use broker_domain::ports::KeyState;
use support::people::{AN, BINH, CUONG, DUNG};
use support::{Options, Pair, World, tokens};

#[tokio::test]
async fn logins_go_on_when_the_sealing_key_changes() {
    let mut world = World::start(Pair::Production, Options::default()).await;
    let portal = world.portal().await;
    let request = portal.request();
    let browser = world.browser();
    let held = world.tokens(&browser, &portal, AN).await;
    let unused = world.at_once(&browser, &request).await;
    let waiting = world.browser();
    let callback = world.to_callback(&waiting, &request, BINH).await;

    // Every instance gets the new key in front of the old one.
    world.add_sealing_key().await;
    let (portal, browser, waiting) =
        (portal.at(world.router()), browser.at(world.router()), waiting.at(world.router()));
    let (sealed, ()) = tokio::join!(world.command(&["secrets", "reseal"]), async {
        let returned = waiting.visit(&callback).await.returned();
        portal.tokens(&returned, &request).await;
        portal.tokens(&unused, &request).await;
        assert!(portal.works(&held.access).await);
        world.at_once(&browser, &request).await.code();
        let renewed = tokens::Tokens::of(&portal.refresh(held.refresh()).await);
        assert!(portal.works(&renewed.access).await);
        for person in [AN, BINH, CUONG, DUNG, AN, CUONG] {
            world.tokens(&world.browser(), &portal, person).await;
        }
    });
    let (code, out, err) = sealed;
    assert!(code == 0 && !out.starts_with("0 values"), "{out}{err}");
    // Nothing is left to the old key: a second run finds nothing.
    let (_, out, _) = world.command(&["secrets", "reseal"]).await;
    assert!(out.starts_with("0 values sealed anew"), "{out}");
    let keys = world.broker().stores.keys.keys().await.unwrap();
    assert!(keys.iter().all(|k| k.state == KeyState::Current));
}
