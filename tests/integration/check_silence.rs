//! A portal that checks passwords itself: what its users see, and what nobody learns from it.

use crate::linking::{account, bring, owner, with};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use support::people::{AN, BINH};
use support::{Answer, Browser, Options, Portal, World, for_both_stores};

/// `Legacy@1234`, by crypt(3) with SHA-512.
const HASH: &str =
    "$6$LegacyDemo$puqXXc8lBFvnZEoOZaJDIa0lm/aeDaHRnKQ7j/kADqUXbCjoNnWqY36apceklHbyKfGXlmml009.95.yRs7Dq0";
const PASSWORD: &str = "Legacy@1234";
/// No answer comes before this.
const FLOOR: Duration = Duration::from_millis(900);

/// A portal that knows one password of everybody.
fn portal_that_knows(password: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/check", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut seen, mut part) = (Vec::new(), [0; 4096]);
            // Head and body, which is one JSON object.
            while !seen.ends_with(b"}") {
                match stream.read(&mut part).unwrap() {
                    0 => break,
                    read => seen.extend(&part[..read]),
                }
            }
            let body = json!({"valid": String::from_utf8_lossy(&seen).contains(password)}).to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    url
}

fn checked_by(url: &str) -> Options {
    let tables = format!(
        "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nmethod = \"national\"\n\
         [namespaces.check]\nurl = \"{url}\"\nhttp_on_loopback = true\n"
    );
    Options::default().with("passwords", "answer_after_ms = 900").with_tables(tables.leak())
}

/// Accounts with a hash, and without one.
async fn ready(world: &World) -> Portal {
    let ways = json!({"client_id": "cong-cu", "pkce": "optional", "sign_in_methods": ["vneid", "national"]});
    let portal = world.register(ways).await;
    let with_hash: Value = with(account("hash", AN), "password_hash", HASH);
    bring(world, &portal, &[with_hash, account("none", BINH)]).await;
    portal
}

async fn try_in(world: &World, portal: &Portal, name: &str, password: &str) -> (Answer, Duration) {
    let browser: Browser = world.browser();
    let tiles = browser.visit(&portal.request().without_pkce().path()).await;
    let form = browser.press(&tiles, "login-national").await;
    let form = form.form("legacy-submit").with("username", name).with("password", password);
    let begun = Instant::now();
    let answer = browser.submit(&form).await;
    let took = begun.elapsed();
    (browser.follow(answer).await, took)
}

for_both_stores! {
    /// Whoever is known to the portal signs in, with a hash here or without; any other name reads the same at the same time.
    async fn the_portal_is_asked_for_every_name(world: World = checked_by(&portal_that_knows("Portal@1234"))) {
        let portal = ready(&world).await;
        for (name, password, is_right) in [
            ("legacy-none", "Portal@1234", true),
            ("legacy-hash", "Portal@1234", true),
            ("legacy-hash", PASSWORD, true),
            ("nobody", "Portal@1234", false),
            ("legacy-none", PASSWORD, false),
            ("legacy-hash", "Wrong@1234", false),
            ("nobody", "Wrong@1234", false),
        ] {
            let (page, took) = try_in(&world, &portal, name, password).await;
            assert_eq!(page.url.ends_with("/notice"), is_right, "{name} {password}: {}", page.plain());
            assert!(is_right || page.status == 422, "{name}");
            assert!(took >= FLOOR, "{name}: {took:?}");
        }
        assert_eq!(owner(&world, &portal, "hash").await, None);
    }

    /// While the portal is away, a wrong password for an account with a hash looks like that of any other name.
    async fn an_outage_tells_nobody_apart(world: World = checked_by("http://127.0.0.1:9/check")) {
        let portal = ready(&world).await;
        let mut pages = Vec::new();
        for name in ["legacy-hash", "legacy-none", "nobody"] {
            let (page, took) = try_in(&world, &portal, name, "Wrong@1234").await;
            assert!(took >= FLOOR, "{name}: {took:?}");
            pages.push((page.status, page.plain().replace(name, "")));
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
        let (page, _) = try_in(&world, &portal, "legacy-hash", PASSWORD).await;
        assert!(page.url.ends_with("/notice"), "{}", page.plain());
    }
}
