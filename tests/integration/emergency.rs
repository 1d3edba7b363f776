//! Signing keys have leaked: they are taken away in the middle of everything.

use crate::keys::kids;
use broker_domain::audit::AuditKind;
use broker_domain::ports::KeyState;
use serde_json::json;
use support::people::AN;
use support::{Call, Portal, World, for_both_stores, tokens};

async fn is_active(portal: &Portal, token: &str) -> bool {
    let answer = portal.post("/oauth2/introspect", &[("token", token)]).await;
    assert_eq!(answer.status, 200);
    answer.json()["active"] == true
}

/// The command, with what the instances of the test do twice a second.
async fn take_away(world: &World, more: &[&str]) -> String {
    let words = [&["keys", "rotate", "--emergency", "--yes"], more].concat();
    let (code, out, err) = world.command(&words).await;
    assert_eq!(code, 0, "{out}{err}");
    out
}

for_both_stores! {
    async fn leaked_keys_are_taken_away_on_all_instances(world: World) {
        let other = world.second_instance().await;
        let opaque = world.portal().await;
        let jwt = world.register(json!({"access_token_format": "jwt"})).await;
        other.jobs().reload_if_changed().await.unwrap();
        let browser = world.browser();
        let of_opaque = world.tokens(&browser, &opaque, AN).await;
        let of_jwt = world.tokens(&browser, &jwt, AN).await;
        assert!(opaque.works(&of_opaque.access).await && jwt.works(&of_jwt.access).await);
        let before = kids(&world).await;
        // One citizen is at VNeID in this very moment.
        let waiting = world.browser();
        let request = opaque.request();
        let callback = world.to_callback(&waiting, &request, AN).await;

        let said = take_away(&world, &[]).await;
        for kid in &before {
            assert!(said.contains(kid.as_str()), "{said}");
        }
        assert!(said.contains("jwks_uri") && said.contains("Sessions"), "{said}");
        for instance in [&world.app, &other] {
            assert!(instance.jobs().reload_if_changed().await.unwrap());
            let published = Call::get("/oauth2/jwks").send(&instance.router).await.text();
            assert!(before.iter().all(|kid| !published.contains(kid.as_str())), "{published}");
            // What no key signed goes on; what the leaked ones signed does not.
            let (opaque, jwt) = (opaque.at(&instance.router), jwt.at(&instance.router));
            assert!(opaque.works(&of_opaque.access).await && is_active(&opaque, &of_opaque.access).await);
            assert!(!jwt.works(&of_jwt.access).await && !is_active(&jwt, &of_jwt.access).await);
        }
        let silent = opaque.request().with("prompt", "none");
        let hinted = silent.clone().with("id_token_hint", of_opaque.id_token());
        let answer = browser.visit(&hinted.path()).await;
        assert!(!answer.location().is_some_and(|l| l.contains("code=")), "{:?}", answer.location());
        // The session goes on, and so do the login in the middle and the refresh token, each signed anew.
        world.at_once(&browser, &silent).await.code();
        let returned = waiting.visit(&callback).await.returned();
        let new = opaque.at(&other.router).tokens(&returned, &request).await;
        let refreshed = tokens::Tokens::of(&jwt.refresh(of_jwt.refresh()).await);
        for token in [new.id_token(), refreshed.id_token(), &refreshed.access] {
            let kid = tokens::header(token)["kid"].as_str().unwrap().to_owned();
            assert!(!before.contains(&kid));
        }
        assert!(jwt.works(&refreshed.access).await);
        world.id_token(&opaque, new.id_token()).await;
        let event = world.events().await.into_iter().find(|e| e.kind == AuditKind::KeysTakenAway).unwrap();
        assert!(before.iter().all(|kid| event.note.as_ref().unwrap().contains(kid.as_str())));
    }

    async fn one_key_alone_is_taken_away(world: World) {
        let portal = world.portal().await;
        let (code, ..) = world.command(&["keys", "rotate"]).await;
        assert_eq!(code, 0);
        let keys = world.broker().stores.keys.keys().await.unwrap();
        let kid = |state: KeyState| {
            let mut of = keys.iter().filter(|k| k.state == state && k.alg.as_str() == "RS256");
            of.next().unwrap().kid.clone()
        };
        let (current, next) = (kid(KeyState::Current), kid(KeyState::Next));
        let said = take_away(&world, &["--kid", &current]).await;
        // The one that waits is known to portals already: it signs.
        assert!(said.contains(&format!("taken away: {current}\n")), "{said}");
        assert!(said.contains(&format!("signing from now on: {next}\n")), "{said}");
        world.jobs().reload_if_changed().await.unwrap();
        let left = kids(&world).await;
        assert!(!left.contains(&current) && left.len() == 5);
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        assert_eq!(tokens::header(tokens.id_token())["kid"], next.as_str());
        // One that waits leaked: nothing else changes.
        let waits = keys.iter().find(|k| k.state == KeyState::Next && k.kid != next).unwrap().kid.clone();
        assert!(take_away(&world, &["--kid", &waits]).await.contains("none of them was signing"));
        for gone in [current.as_str(), "nobody"] {
            let (code, _, err) = world.command(&["keys", "rotate", "--emergency", "--yes", "--kid", gone]).await;
            assert!(code == 2 && err.contains("there is no published key"), "{code} {err}");
        }
    }
}
