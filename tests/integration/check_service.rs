//! A portal that hands no password hashes over: it is asked for its users, in the middle of a login.

use crate::linking::{account, bring, owner, with};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use support::people::{AN, BINH};
use support::{Answer, Browser, Options, Pair, Portal, World};

const PASSWORD: &str = "Only-the-portal-knows-1";

/// The portal's own service: what it was asked, and how it answers whoever gives the right password.
#[derive(Clone, Default)]
struct Service {
    asked: Arc<Mutex<Vec<String>>>,
    ill: Arc<Mutex<bool>>,
}

async fn answer(State(service): State<Service>, Json(body): Json<Value>) -> (StatusCode, Json<Value>) {
    service.asked.lock().unwrap().push(body["user_name"].as_str().unwrap().to_owned());
    if *service.ill.lock().unwrap() {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"valid": true})));
    }
    (StatusCode::OK, Json(json!({"valid": body["password"] == PASSWORD})))
}

impl Service {
    async fn start() -> (Self, String) {
        let service = Self::default();
        let router = Router::new().route("/broker/check", post(answer)).with_state(service.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/broker/check", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(router.into_make_service()));
        (service, url)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A portal whose accounts are imported without hashes, and its service.
async fn world(pair: Pair) -> (World, Portal, Service) {
    let (service, url) = Service::start().await;
    let tables = format!(
        "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nmethod = \"national\"\n\
         [namespaces.check]\nurl = \"{url}\"\nhttp_on_loopback = true\n"
    );
    let world = World::start(pair, Options::default().with_tables(tables.leak())).await;
    let portal = world
        .register(
            json!({"client_id": "cong-cu", "pkce": "optional", "sign_in_methods": ["vneid", "national"]}),
        )
        .await;
    (world, portal, service)
}

async fn type_in(browser: &Browser, page: &Answer, name: &str, password: &str) -> Answer {
    let form = page.form("legacy-submit").with("username", name).with("password", password);
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

/// Signing in to the account first: wrong, then while the service is ill, then right, and linked.
#[tokio::test]
async fn check_service_of_a_portal_opens_its_account() {
    for pair in [Pair::Embedded, Pair::Production] {
        let (world, portal, service) = world(pair).await;
        bring(&world, &portal, &[with(account("t-1", AN), "user_name", "legacy-t-1")]).await;
        let browser = world.browser();
        let tiles = browser.visit(&portal.request().without_pkce().path()).await;
        let form = browser.press(&tiles, "login-national").await;
        let wrong = type_in(&browser, &form, "legacy-t-1", "nonsense").await;
        assert_eq!((wrong.status, service.asked()), (422, 1));
        // Who is unknown is asked about like who is known.
        let unknown = type_in(&browser, &wrong, "nobody", PASSWORD).await;
        assert_eq!((unknown.status, service.asked()), (422, 2));
        *service.ill.lock().unwrap() = true;
        let ill = type_in(&browser, &unknown, "legacy-t-1", PASSWORD).await;
        assert!(ill.status == 422 && ill.plain().contains("không trả lời"), "{} {}", ill.status, ill.plain());
        *service.ill.lock().unwrap() = false;
        let notice = type_in(&browser, &ill, "legacy-t-1", PASSWORD).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
        let to = browser.press(&notice, "link-with-vneid").await;
        let told = browser.visit(&world.vneid.approve(to.location().unwrap(), AN).await).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        assert!(owner(&world, &portal, "t-1").await.is_some());
        // Linked, it opens nothing any more, whatever the portal says.
        let stranger = world.browser();
        let tiles = stranger.visit(&portal.request().without_pkce().path()).await;
        let form = stranger.press(&tiles, "login-national").await;
        assert_eq!(type_in(&stranger, &form, "legacy-t-1", PASSWORD).await.status, 422);
    }
}

/// After VNeID: the proof by a password that only the portal can check.
#[tokio::test]
async fn check_service_of_a_portal_proves_its_account() {
    for pair in [Pair::Embedded, Pair::Production] {
        let (world, portal, service) = world(pair).await;
        let yellow = with(account("t-2", BINH), "personal_number_mark", "yellow");
        bring(&world, &portal, &[with(yellow, "user_name", "legacy-t-2")]).await;
        let browser = world.browser();
        let back = world.to_callback(&browser, &portal.request().without_pkce(), BINH).await;
        let page = browser.visit(&back).await;
        assert!(page.url.ends_with("/prove"), "{} {}", page.url, page.plain());
        let wrong = browser.submit(&page.form("prove-password").with("password", "nonsense")).await;
        assert_eq!((wrong.status, service.asked()), (422, 1));
        let answer = browser.submit(&wrong.form("prove-password").with("password", PASSWORD)).await;
        let told = browser.follow(answer).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        assert!(owner(&world, &portal, "t-2").await.is_some());
    }
}
