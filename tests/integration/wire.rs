//! Item 30: HTTP as old clients speak it, over a socket; and requests that would smuggle something.

use data_encoding::BASE64;
use serde_json::Value;
use std::net::SocketAddr;
use support::people::AN;
use support::wire::{body, status, talk};
use support::{Options, Portal, World, call, for_both_stores};

fn json(answer: &str) -> Value {
    serde_json::from_str(&body(answer)).unwrap_or_else(|e| panic!("{e}: {answer}"))
}

async fn redemption(world: &World, portal: &Portal) -> String {
    let request = portal.request();
    let code = world.sign_in(&world.browser(), &request, AN).await.code();
    call::form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &portal.redirect_uri),
        ("code_verifier", &request.verifier),
    ])
}

fn head(portal: &Portal, first: &str, rest: &str) -> String {
    let basic = BASE64.encode(format!("{}:{}", portal.id, portal.secret).as_bytes());
    format!(
        "{first}\r\nHost: id.example.vn\r\nAuthorization: Basic {basic}\r\n{rest}Connection: close\r\n\r\n"
    )
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

async fn userinfo(address: SocketAddr, lines: &str) -> String {
    talk(address, &[format!("{lines}Connection: close\r\n\r\n").as_bytes()]).await
}

/// A second for everything.
fn impatient() -> Options {
    Options::default().with("limits", "header_timeout_secs = 1").with("limits", "request_timeout_secs = 1")
}

for_both_stores! {
    async fn field_30_bodies_as_old_clients_send_them(world: World) {
        let address = world.serve().await;
        let portal = world.portal().await;
        let first = "POST /oauth2/token HTTP/1.1";

        // With a length, and a charset.
        let form = redemption(&world, &portal).await;
        let kind = "content-type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
        let request = head(&portal, first, &format!("{kind}Content-Length: {}\r\n", form.len())) + &form;
        let answer = talk(address, &[request.as_bytes()]).await;
        assert_eq!(
            (status(&answer), json(&answer)["token_type"].as_str()),
            (200, Some("Bearer")),
            "{answer}"
        );

        // In chunks, the body some time after the head.
        let form = redemption(&world, &portal).await;
        let (a, b) = form.split_at(17);
        let chunks = format!("{:x}\r\n{a}\r\n{:x};ext=1\r\n{b}\r\n0\r\n\r\n", a.len(), b.len());
        let request = head(&portal, first, &format!("{FORM}Transfer-Encoding: chunked\r\n"));
        let answer = talk(address, &[request.as_bytes(), chunks.as_bytes()]).await;
        assert_eq!(status(&answer), 200, "{answer}");

        // Asking first.
        let form = redemption(&world, &portal).await;
        let request = head(
            &portal,
            first,
            &format!("{FORM}Expect: 100-continue\r\nContent-Length: {}\r\n", form.len()),
        );
        let answer = talk(address, &[request.as_bytes(), form.as_bytes()]).await;
        assert!(answer.starts_with("HTTP/1.1 100"), "{answer}");
        assert_eq!(status(&answer), 200, "{answer}");

        // HTTP/1.0, without a host.
        let form = redemption(&world, &portal).await;
        let request = head(
            &portal,
            "POST /oauth2/token HTTP/1.0",
            &format!("{FORM}Content-Length: {}\r\n", form.len()),
        )
        .replace("Host: id.example.vn\r\n", "")
            + &form;
        let answer = talk(address, &[request.as_bytes()]).await;
        assert_eq!(status(&answer), 200, "{answer}");
        assert!(
            answer.to_ascii_lowercase().contains("content-length:"),
            "HTTP/1.0 knows no chunks: {answer}"
        );
    }

    async fn field_30_userinfo_as_old_clients_ask(world: World) {
        let address = world.serve().await;
        let portal = world.portal().await;
        let token = world.tokens(&world.browser(), &portal, AN).await.access;
        for lines in [
            format!("GET /oauth2/userinfo HTTP/1.0\r\nauthorization: bearer {token}\r\n"),
            format!("GET /oauth2/userinfo HTTP/1.1\r\nHost: x\r\nAUTHORIZATION: BEARER {token}\r\n"),
            format!(
                "POST /oauth2/userinfo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer  {token}\r\nContent-Length: 0\r\n"
            ),
            format!(
                "POST /oauth2/userinfo HTTP/1.0\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            ),
            // An absolute form of the target, as proxies send it.
            format!(
                "GET http://id.example.vn/oauth2/userinfo HTTP/1.1\r\nHost: id.example.vn\r\nAuthorization: Bearer {token}\r\n"
            ),
        ] {
            let answer = userinfo(address, &lines).await;
            assert_eq!(status(&answer), 200, "{lines}\n{answer}");
            assert!(json(&answer)["sub"].is_string());
        }
        // An empty body in chunks.
        let lines = format!(
            "POST /oauth2/userinfo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
        );
        assert_eq!(status(&talk(address, &[lines.as_bytes()]).await), 200);
    }

    /// A revocation's empty answer has a length and no type.
    async fn field_30_an_empty_answer_ends(world: World) {
        let address = world.serve().await;
        let portal = world.portal().await;
        let request = head(&portal, "POST /oauth2/revoke HTTP/1.1", &format!("{FORM}Content-Length: 7\r\n"))
            + "token=x";
        let answer = talk(address, &[request.as_bytes()]).await;
        let lower = answer.to_ascii_lowercase();
        assert_eq!(status(&answer), 200, "{answer}");
        assert!(lower.contains("content-length: 0") && !lower.contains("content-type"), "{answer}");
    }

    /// Bodies that two readers would read differently.
    async fn attack_request_smuggling(world: World) {
        let address = world.serve().await;
        let portal = world.portal().await;
        let token = world.tokens(&world.browser(), &portal, AN).await.access;
        let smuggled =
            format!("GET /oauth2/userinfo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
        for rest in [
            format!("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
            format!("Content-Length: 3\r\nContent-Length: {}\r\n\r\na=b{smuggled}", 3 + smuggled.len()),
            format!("Content-Length: +3\r\n\r\na=b{smuggled}"),
            format!("Content-Length: 0x3\r\n\r\na=b{smuggled}"),
            format!("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}"),
            format!("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}"),
            format!("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}"),
            format!("Content-Length: 3\r\n X: y\r\n\r\na=b{smuggled}"),
        ] {
            let request = format!("POST /oauth2/token HTTP/1.1\r\nHost: x\r\n{FORM}{rest}");
            let answer = talk(address, &[request.as_bytes()]).await;
            assert!(!answer.contains("\"sub\""), "the second request was answered:\n{request}\n{answer}");
            if !answer.is_empty() {
                assert!((400..500).contains(&status(&answer)), "{request}\n{answer}");
            }
        }
        for line in [
            "GET / HTTP/9.9",
            "GET  / HTTP/1.1",
            "G\u{0}T / HTTP/1.1",
            "GET /\u{7f} HTTP/1.1",
            "\u{16}\u{3}\u{1}",
            "PRI * HTTP/1.1",
        ] {
            let answer = talk(address, &[format!("{line}\r\nHost: x\r\n\r\n").as_bytes()]).await;
            assert!(answer.is_empty() || (400..600).contains(&status(&answer)), "{line:?}: {answer}");
        }
    }

    /// Heads and bodies that never end.
    async fn attack_slow_and_huge(world: World = impatient()) {
        let address = world.serve().await;
        let began = std::time::Instant::now();
        let answer = talk(address, &[b"GET / HTTP/1.1\r\nHost: x\r\nX: "]).await;
        assert!(answer.is_empty() || status(&answer) >= 400, "{answer}");
        assert!(began.elapsed().as_secs() < 5);
        // A body that was announced and never comes.
        let answer = talk(
            address,
            &[format!("POST /oauth2/token HTTP/1.1\r\nHost: x\r\n{FORM}Content-Length: 100\r\n\r\na=b")
                .as_bytes()],
        )
        .await;
        assert!(answer.is_empty() || status(&answer) >= 400, "{answer}");
        // Announced larger than anything is.
        let answer = talk(
            address,
            &[format!("POST /oauth2/token HTTP/1.1\r\nHost: x\r\n{FORM}Content-Length: 99999999999\r\n\r\n")
                .as_bytes()],
        )
        .await;
        assert_eq!(status(&answer), 413, "{answer}");
        assert_eq!(json(&answer)["error"], "invalid_request");
        // A head beyond all measure.
        let answer = talk(
            address,
            &[format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(300_000)).as_bytes()],
        )
        .await;
        assert!(answer.is_empty() || [400, 431].contains(&status(&answer)), "{answer:.100}");
        // And others are served all the while.
        assert_eq!(
            status(
                &talk(address, &[b"GET /oauth2/jwks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]).await
            ),
            200
        );
    }
}
