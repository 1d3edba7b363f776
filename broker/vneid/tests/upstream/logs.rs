//! What the log says of failures: enough for an operator, nothing of a person, no secret.

use crate::at_vneid::{AtVneid, PAIR, SECRET};
use crate::{ask, binding};
use mock_vneid::{Endpoint, Fault};
use serde_json::json;
use std::cell::RefCell;
use std::io::Write;

thread_local! {
    // A test runs on one thread: what other tests log meanwhile is none of its business.
    static KEPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Keep;

impl Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        KEPT.with_borrow_mut(|kept| kept.extend_from_slice(bytes));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn kept() -> String {
    String::from_utf8(KEPT.take()).unwrap()
}

#[tokio::test]
async fn failures_are_told_without_what_is_personal_or_secret() {
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Keep).with_ansi(false);
    // For all threads: one for this thread alone would miss what others have met first.
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let other = |claim: &str, value: serde_json::Value| Fault::OtherClaim { claim: claim.to_owned(), value };
    let told = [
        (Endpoint::Token, Fault::Status { status: 502 }, "token endpoint, status 502"),
        (Endpoint::Token, Fault::CodeRefused, "token endpoint: invalid_grant"),
        (Endpoint::Token, Fault::Cut, "token endpoint: "),
        (Endpoint::Userinfo, other("birthDate", json!("1985-00-12")), "birthDate"),
        (Endpoint::Userinfo, other("citizenPid", json!("001085000001x")), "citizenPid"),
        (Endpoint::Userinfo, other("gender", json!("Nữ")), "gender"),
        (Endpoint::Userinfo, other("fullName", json!("😀")), "fullName"),
        (Endpoint::Userinfo, Fault::Status { status: 500 }, "userinfo endpoint, status 500"),
        (
            Endpoint::Callback,
            Fault::CallbackError {
                error: "odd_error".into(), description: Some("of NGUYỄN VĂN AN".into())
            },
            "odd_error",
        ),
    ];
    let plain = AtVneid::plain(json!({})).await;
    plain.mock.claims_in_id_token(false);
    let sealed = AtVneid::sealed(true, json!({})).await;
    for vneid in [plain, sealed] {
        for (endpoint, fault, words) in &told {
            let at = vneid.anew(json!({}));
            at.mock.fault(*endpoint, fault.clone(), None);
            let binding = binding(false);
            let query = at.send(&ask(false), &binding).await.unwrap();
            drop(kept());
            at.complete(&query, &binding).await.unwrap_err();
            let log = kept();
            let ours: Vec<&str> = log.lines().filter(|line| line.contains("broker_vneid")).collect();
            assert_eq!(ours.len(), 1, "one line tells one failure: {log}");
            assert!(ours[0].contains(words) && ours[0].contains("upstream_id=vneid"), "{words}: {}", ours[0]);
            let code = query.strip_prefix("code=").map_or("a code", |rest| rest.split('&').next().unwrap());
            for hidden in [
                "001085",
                "NGUYỄN",
                "1985",
                "😀",
                SECRET,
                code,
                &binding.state,
                &binding.nonce,
                &binding.verifier,
            ] {
                assert!(!log.contains(hidden), "{hidden}: {log}");
            }
            assert!(!log.contains(PAIR.private_pem.lines().nth(1).unwrap()));
        }
    }
}
