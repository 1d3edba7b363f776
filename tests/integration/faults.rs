//! Every fault of VNeID, in both dialects: its own page, nobody signed in, one event, and a way on that works.

use broker_domain::audit::AuditKind;
use mock_vneid::{Endpoint, Fault};
use serde_json::json;
use support::people::AN;
use support::vneid::Dialect;
use support::{Options, World, for_both_stores};

/// What a fault leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// To one of these codes.
    To(&'static [u16]),
    /// To nothing: the citizen is signed in all the same.
    Nowhere,
    /// This dialect, or this endpoint, does not know such a fault.
    Absent,
}
use Leads::{Absent, Nowhere, To};

fn every_fault() -> Vec<Fault> {
    let text = |t: &str| t.to_owned();
    vec![
        Fault::Delay { ms: 5000 },
        Fault::Status { status: 500 },
        Fault::Status { status: 503 },
        Fault::Status { status: 403 },
        Fault::Status { status: 302 },
        Fault::Cut,
        Fault::Garbage,
        Fault::OversizedBody,
        Fault::CodeRefused,
        Fault::ClientRefused,
        Fault::WrongNonce,
        Fault::WrongIssuer,
        Fault::WrongAudience,
        Fault::UnknownKey,
        Fault::BadSignature,
        Fault::ExpiredToken,
        Fault::AlgNone,
        Fault::ClockSkew { secs: 600 },
        Fault::ClockSkew { secs: 30 },
        Fault::ClockSkew { secs: -30 },
        Fault::StaleAuthentication,
        Fault::MissingIdToken,
        Fault::BadPadding,
        Fault::MissingClaim { claim: text("citizenPid") },
        Fault::OtherClaim { claim: text("birthDate"), value: json!("1999-01-01") },
        Fault::OtherSubject,
        Fault::Level { level: text("unheard-of") },
        Fault::CallbackError { error: text("access_denied"), description: None },
        Fault::CallbackError { error: text("access_denied"), description: Some(text("account is locked")) },
        Fault::CallbackError { error: text("temporarily_unavailable"), description: None },
        Fault::CallbackError { error: text("server_error"), description: None },
        Fault::WrongState,
        Fault::MissingCode,
        Fault::WrongCode,
        Fault::RotatedKeys,
    ]
}

/// The table. A fault that is added to the stand-in does not compile until it stands here.
fn leads(dialect: Dialect, endpoint: Endpoint, fault: &Fault) -> Leads {
    let oidc = dialect == Dialect::Oidc;
    let in_token = oidc && endpoint == Endpoint::Token;
    let claims = if oidc { Endpoint::Token } else { Endpoint::Userinfo };
    let answers = match endpoint {
        Endpoint::Token => true,
        // The plain dialect finds all claims in the id_token, and asks for no more.
        Endpoint::Userinfo => !oidc,
        _ => false,
    };
    let when = |yes: bool, leads: Leads| if yes { leads } else { Absent };
    let called_back = endpoint == Endpoint::Callback;
    match fault {
        Fault::Delay { .. } => when(answers, To(&[1311])),
        Fault::Status { status: 503 } => when(answers, To(&[1305, 1313])),
        Fault::Status { status: 403 } => when(answers, To(&[1309])),
        Fault::Status { .. } => when(answers, To(&[1313])),
        Fault::Cut => when(answers, To(&[1310])),
        Fault::Garbage => when(answers, To(&[1315])),
        Fault::OversizedBody => when(answers, To(&[1314])),
        Fault::CodeRefused => when(endpoint == Endpoint::Token, To(&[1307])),
        Fault::ClientRefused => when(endpoint == Endpoint::Token, To(&[1308])),
        Fault::WrongNonce => when(in_token, To(&[1323])),
        Fault::WrongIssuer => when(in_token, To(&[1321])),
        Fault::WrongAudience => when(in_token, To(&[1322])),
        Fault::UnknownKey => when(in_token, To(&[1319])),
        Fault::BadSignature | Fault::AlgNone => when(in_token, To(&[1320])),
        // Known at once or only after the keys were fetched again, which is not done every moment.
        Fault::RotatedKeys => Absent,
        Fault::ExpiredToken => when(in_token, To(&[1324])),
        Fault::ClockSkew { secs: -60..=60 } => when(in_token, Nowhere),
        Fault::ClockSkew { .. } => when(in_token, To(&[1325])),
        Fault::StaleAuthentication => when(in_token, Nowhere),
        Fault::MissingIdToken => when(in_token, To(&[1318])),
        Fault::BadPadding => when(!oidc && (answers || called_back), To(&[1316])),
        // What the id_token lacks, userinfo has.
        Fault::MissingClaim { .. } => when(endpoint == claims, if oidc { Nowhere } else { To(&[1328]) }),
        Fault::OtherClaim { .. } => when(endpoint == claims, To(&[1329])),
        Fault::OtherSubject => Absent,
        Fault::Level { .. } => when(endpoint == claims, To(&[1330])),
        Fault::CallbackError { error, description } => when(
            called_back,
            match (error.as_str(), description) {
                ("access_denied", None) => To(&[1301]),
                ("access_denied", Some(_)) => To(&[1302]),
                ("temporarily_unavailable", _) => To(&[1305]),
                _ => To(&[1304]),
            },
        ),
        Fault::WrongState => when(called_back, To(&[1342])),
        Fault::MissingCode => when(called_back, To(&[1306])),
        // The sealed dialect opens the code first, and this one does not open.
        Fault::WrongCode => when(called_back, if oidc { To(&[1307]) } else { To(&[1306, 1316]) }),
    }
}

/// Patience is short, and no circuit opens.
fn impatient(dialect: Dialect) -> Options {
    Options {
        dialect,
        upstream: vec!["total_timeout_ms = 1500", "breaker = { failures = 1000, open_secs = 15 }"],
        ..Options::default()
    }
}

/// The circuit opens soon.
fn fragile() -> Options {
    Options { upstream: vec!["breaker = { failures = 3, open_secs = 15 }"], ..Options::default() }
}

async fn play(world: &World, endpoint: Endpoint, fault: Fault) {
    let leads = leads(world.vneid.dialect, endpoint, &fault);
    if leads == Absent {
        return;
    }
    let what = format!("{:?} {endpoint:?} {fault:?}", world.vneid.dialect);
    let portal = world.portal().await;
    let browser = world.browser();
    let request = portal.request();
    let to = world.to_vneid(&browser, &request).await;
    world.vneid.fail(endpoint, fault.clone());
    let callback = world.vneid.approve(&to, AN).await;
    let passed = world.events().await.len();
    let page = browser.visit(&callback).await;
    world.vneid.mend();
    let To(codes) = leads else {
        assert!(page.status == 303 && page.returned().get("code").is_some(), "{what}: {}", page.plain());
        return;
    };
    let code = page
        .code()
        .unwrap_or_else(|| panic!("{what}: {} {:?}\n{}", page.status, page.location(), page.plain()));
    assert!(codes.contains(&code), "{what}: {code} is none of {codes:?}");
    page.expect_problem(code);
    assert!(browser.cookie("vb_session").is_none(), "{what}");
    let events = world.events().await.split_off(passed);
    assert_eq!(events.len(), 1, "{what}: {events:?}");
    assert_eq!((events[0].kind, events[0].code), (AuditKind::SignInFailed, Some(code)), "{what}");
    assert_eq!(events[0].trace.as_ref().map(|t| t.as_str().to_owned()), page.trace(), "{what}");
    let none = portal.request().with("prompt", "none");
    assert_eq!(world.at_once(&browser, &none).await.get("error"), Some("login_required"), "{what}");
    if code == 1342 {
        // Whose login it was nobody can know; the portal's link still works.
        world.sign_in(&browser, &request, AN).await.code();
        return;
    }
    let way_on = page.link("way-on");
    if way_on.as_str() == portal.metadata["client_uri"].as_str().unwrap() {
        // Nothing to try again here: back at the portal the citizen begins anew.
        world.sign_in(&browser, &request, AN).await.code();
        return;
    }
    let again = browser.visit(&way_on).await;
    let returned = world.go_on(&browser, again, AN).await;
    assert_eq!(returned.get("state"), request.get("state"), "{what}");
    portal.tokens(&returned, &request).await;
}

for_both_stores! {
    async fn every_fault_of_the_plain_dialect(world: World = impatient(Dialect::Oidc)) {
        for endpoint in [Endpoint::Callback, Endpoint::Token, Endpoint::Userinfo] {
            for fault in every_fault() {
                play(&world, endpoint, fault).await;
            }
        }
    }

    async fn every_fault_of_the_sealed_dialect(world: World = impatient(Dialect::Sealed)) {
        for endpoint in [Endpoint::Callback, Endpoint::Token, Endpoint::Userinfo] {
            for fault in every_fault() {
                play(&world, endpoint, fault).await;
            }
        }
    }

    /// Claims that stand in userinfo alone, and what can be wrong there.
    async fn faults_of_userinfo(world: World = impatient(Dialect::Oidc)) {
        world.vneid.claims_in_userinfo();
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        for (fault, code) in [
            (Fault::OtherSubject, 1327),
            (Fault::Status { status: 500 }, 1313),
            (Fault::Cut, 1310),
            (Fault::Garbage, 1315),
            (Fault::OversizedBody, 1314),
            (Fault::MissingClaim { claim: "fullName".to_owned() }, 1328),
        ] {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            world.vneid.fail(Endpoint::Userinfo, fault.clone());
            let page = browser.visit(&callback).await;
            world.vneid.mend();
            assert_eq!(page.code(), Some(code), "{fault:?}\n{}", page.plain());
            assert!(browser.cookie("vb_session").is_none());
            let again = browser.visit(&page.link("way-on")).await;
            world.go_on(&browser, again, AN).await.code();
        }
    }

    /// What can be wrong before anybody is sent there.
    async fn faults_of_discovery(world: World = impatient(Dialect::Oidc)) {
        let portal = world.portal().await;
        for (fault, codes) in [
            (Fault::WrongIssuer, &[1317][..]),
            (Fault::Status { status: 500 }, &[1313]),
            (Fault::Status { status: 503 }, &[1305, 1313]),
            (Fault::Cut, &[1310]),
            (Fault::Garbage, &[1315]),
            (Fault::OversizedBody, &[1314]),
            (Fault::Delay { ms: 5000 }, &[1311]),
        ] {
            let browser = world.browser();
            let request = portal.request();
            world.vneid.fail(Endpoint::Discovery, fault.clone());
            let passed = world.events().await.len();
            let page = browser.visit(&request.path()).await;
            world.vneid.mend();
            assert!(page.code().is_some_and(|c| codes.contains(&c)), "{fault:?}: {}", page.plain());
            let events = world.events().await.split_off(passed);
            assert_eq!(
                (events.len(), events[0].kind, events[0].code),
                (1, AuditKind::SignInFailed, page.code()),
                "{fault:?}"
            );
        }
        // Mended: the page's own button leads on.
        world.vneid.fail(Endpoint::Discovery, Fault::Cut);
        let browser = world.browser();
        let request = portal.request();
        let page = browser.visit(&request.path()).await;
        world.vneid.mend();
        let again = browser.visit(&page.link("way-on")).await;
        assert_eq!(world.go_on(&browser, again, AN).await.get("state"), request.get("state"));
    }

    async fn faults_of_the_key_set(world: World = impatient(Dialect::Oidc)) {
        let portal = world.portal().await;
        for (fault, code) in [
            (Fault::Status { status: 500 }, 1313),
            (Fault::Cut, 1310),
            (Fault::Garbage, 1315),
            (Fault::OversizedBody, 1314),
        ] {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            world.vneid.fail(Endpoint::Jwks, fault.clone());
            let page = browser.visit(&callback).await;
            world.vneid.mend();
            assert_eq!(page.code(), Some(code), "{fault:?}\n{}", page.plain());
        }
        world.tokens(&world.browser(), &portal, AN).await;
    }

    /// A portal asked for a fresh sign-in and VNeID answers with an old one.
    async fn a_stale_authentication(world: World = impatient(Dialect::Oidc)) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request().with("prompt", "login"), AN).await;
        world.vneid.fail(Endpoint::Token, Fault::StaleAuthentication);
        browser.visit(&callback).await.expect_problem(1326);
        assert!(browser.cookie("vb_session").is_none());
        world.vneid.mend();
        // Older than max_age, though nobody had said so to VNeID: once more, and this time it must ask.
        let browser = world.browser();
        let request = portal.request().with("max_age", "600");
        let callback = world.to_callback(&browser, &request, AN).await;
        world.vneid.fail(Endpoint::Token, Fault::StaleAuthentication);
        let answer = browser.visit(&callback).await;
        world.vneid.mend();
        if answer.status == 303 {
            let to = answer.location().unwrap().to_owned();
            assert!(world.vneid.owns(&to) && world.vneid.is_told_to_ask_again(&to), "{to}");
            assert!(browser.cookie("vb_session").is_none());
            let returned = browser.visit(&world.vneid.approve(&to, AN).await).await.returned();
            portal.tokens(&returned, &request).await;
        } else {
            answer.expect_problem(1326);
        }
    }

    /// After some failures in a row VNeID is left alone for a while, and the citizen is told at once.
    async fn the_circuit_opens_and_closes(world: World = fragile()) {
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let mut callbacks = Vec::new();
        for _ in 0..3 {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            callbacks.push((browser, callback));
        }
        world.vneid.fail(Endpoint::Token, Fault::Status { status: 500 });
        for (browser, callback) in &callbacks {
            browser.visit(callback).await.expect_problem(1313);
        }
        world.vneid.mend();
        world.wait(1);
        let asked = world.vneid.asked("");
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        page.expect_problem(1312);
        assert_eq!(world.vneid.asked(""), asked);
        assert_eq!(world.event(AuditKind::SignInFailed).await.code, Some(1312));
        // Sessions that live need no VNeID.
        world.wait(16);
        let again = browser.visit(&page.link("way-on")).await;
        world.go_on(&browser, again, AN).await.code();
        world.tokens(&world.browser(), &portal, AN).await;
    }

    /// Scenario 16: clocks that differ a little do no harm.
    async fn scenario_16_clock_skew(world: World) {
        let portal = world.portal().await;
        for secs in [-30, 30] {
            world.vneid.skew(secs);
            let tokens = world.tokens(&world.browser(), &portal, AN).await;
            assert!(tokens.claims()["auth_time"].as_i64() <= Some(world.now().secs()), "{secs}");
        }
    }
}

/// Scenario 15: VNeID signs with a new key. The keys are fetched again, though not more often than every few seconds.
#[tokio::test]
async fn scenario_15_vneid_rotates_its_keys() {
    let world = World::start(support::Pair::Embedded, Options::default()).await;
    let portal = world.portal().await;
    world.tokens(&world.browser(), &portal, AN).await;
    tokio::time::sleep(std::time::Duration::from_millis(5100)).await;
    world.vneid.rotate_keys();
    world.tokens(&world.browser(), &portal, AN).await;
}
