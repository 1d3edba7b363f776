//! Whatever is sent to the authorization endpoint and to the callback: never a fault of ours, never a redirect to a place
//! that nobody registered.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use support::call::encode;
use support::people::AN;
use support::{Call, Options, Pair, World};
use tokio::runtime::{Builder, Runtime};

const CASES: u32 = 150;

/// A world and a runtime for properties, which are no async functions.
fn world(pair: Pair) -> (Runtime, World) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start(pair, Options::default()));
    (runtime, world)
}

fn run<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config =
        Config { cases: CASES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config).run(&strategy, property).unwrap();
}

/// Names that mean something, and others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "max_age",
            "ui_locales", "claims", "acr_values", "code_challenge", "code_challenge_method", "id_token_hint",
            "login_hint", "display", "response_mode", "request", "request_uri", "registration",
        ])
        .prop_map(str::to_owned),
        1 => "[a-z_]{1,12}",
        1 => "\\PC{0,10}",
    ]
}

/// Values that mean something, and others.
fn value(client: String, uri: String) -> impl Strategy<Value = String> {
    let known = vec![
        client,
        uri,
        "code".to_owned(),
        "openid".to_owned(),
        "openid profile".to_owned(),
        "none".to_owned(),
        "login consent".to_owned(),
        "0".to_owned(),
        "S256".to_owned(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
        "https://evil.example/".to_owned(),
        "//evil.example".to_owned(),
        "javascript:alert(1)".to_owned(),
        "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"LoA9\"]}}}".to_owned(),
        "LoA4 LoA1".to_owned(),
        "query".to_owned(),
        "-1".to_owned(),
        "99999999999999999999".to_owned(),
        "\r\nLocation: https://evil.example/".to_owned(),
    ];
    let wild = prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter);
    prop_oneof![6 => prop::sample::select(known), 2 => "\\PC{0,40}", 1 => "[ -~]{0,80}", 1 => wild]
}

fn authorize(pair: Pair) {
    let (runtime, world) = world(pair);
    let portal = runtime.block_on(world.register(json!({"sign_in_methods": ["vneid", "national"]})));
    let direct = runtime.block_on(world.portal());
    let signed_in = world.browser();
    runtime.block_on(world.tokens(&signed_in, &direct, AN));
    let own = [portal.redirect_uri.clone(), direct.redirect_uri.clone()];
    let pairs = prop::collection::vec((name(), value(direct.id.clone(), direct.redirect_uri.clone())), 0..8);
    let strategy =
        (pairs, any::<bool>(), any::<bool>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..6));
    run(strategy, |(extra, with_base, by_post, known, raw)| {
        let base = if known { direct.request() } else { portal.request() };
        let mut query = if with_base { base.encoded() } else { String::new() };
        for (name, value) in &extra {
            query.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        // A few bytes that nobody encoded.
        let junk: String = raw
            .iter()
            .filter(|b| b.is_ascii_graphic() && !b"#<>\"".contains(b))
            .map(|b| char::from(*b))
            .collect();
        query.push_str(&junk);
        let call = if by_post {
            Call::post("/oauth2/authorize").raw_form(query.clone())
        } else {
            Call::get(format!("/oauth2/authorize?{query}"))
        };
        let browser = if known { signed_in.twin() } else { world.browser() };
        let answer = runtime.block_on(browser.send(call));
        prop_assert!(answer.status < 500, "{} {query}", answer.status);
        match answer.location() {
            Some(to) => {
                let ours = to.starts_with("/login/")
                    || to.starts_with(world.issuer())
                    || to.starts_with("/oauth2/authorize?");
                let registered = own.iter().any(|uri| to.starts_with(&format!("{uri}?")));
                prop_assert!(ours || registered || world.vneid.owns(to), "{to}");
                prop_assert_eq!(answer.status, 303);
            }
            None => prop_assert!(
                answer.code().is_some() || answer.has("login-vneid"),
                "{} {}",
                answer.status,
                answer.plain()
            ),
        }
        Ok(())
    });
}

fn callback(pair: Pair) {
    let (runtime, world) = world(pair);
    let portal = runtime.block_on(world.portal());
    let browser = world.browser();
    let real = runtime.block_on(world.to_callback(&browser, &portal.request(), AN));
    let state = url::form_urlencoded::parse(real.split_once('?').unwrap().1.as_bytes())
        .find(|(n, _)| n == "state")
        .unwrap()
        .1
        .into_owned();
    let names = prop::sample::select(vec![
        "state",
        "code",
        "iss",
        "error",
        "error_description",
        "encrypt_key",
        "session_state",
        "x",
    ]);
    // The true state without its last character: anything but the one that would be taken.
    let near = state[..state.len() - 1].to_owned();
    let denied = Just("access_denied".to_owned());
    let values = prop_oneof![2 => Just(near), 2 => "\\PC{0,40}", 1 => "[A-Za-z0-9+/=]{0,60}", 1 => denied];
    let strategy = (prop::collection::vec((names, values), 0..6), any::<bool>(), "[!$-;=?-~]{0,10}");
    run(strategy, |(pairs, encoded, junk)| {
        let mut query = String::new();
        for (name, value) in &pairs {
            let value = if encoded {
                encode(value)
            } else {
                value.chars().filter(|c| c.is_ascii_graphic() && !"#<>\"".contains(*c)).collect()
            };
            query.push_str(&format!("{name}={value}&"));
        }
        query.push_str(&junk);
        let answer = runtime.block_on(browser.send(Call::get(format!("/callback/vneid?{query}"))));
        prop_assert!(answer.status < 500, "{} {query}", answer.status);
        prop_assert!(answer.location().is_none(), "{:?}", answer.location());
        prop_assert!(answer.code().is_some(), "{}", answer.plain());
        prop_assert!(browser.cookie("vb_session").is_none());
        Ok(())
    });
    // All of that has not used up the real answer.
    assert!(runtime.block_on(browser.visit(&real)).returned().get("code").is_some());
}

#[test]
fn authorize_never_breaks_and_never_leads_astray_embedded() {
    authorize(Pair::Embedded);
}

#[test]
fn authorize_never_breaks_and_never_leads_astray_production() {
    authorize(Pair::Production);
}

#[test]
fn callback_never_breaks_and_signs_nobody_in_embedded() {
    callback(Pair::Embedded);
}

#[test]
fn callback_never_breaks_and_signs_nobody_in_production() {
    callback(Pair::Production);
}
