//! Who arrives: scenario 8 and the rules of "which citizen arrives".

use broker_domain::audit::AuditKind;
use mock_vneid::{Endpoint, Fault};
use serde_json::json;
use support::for_both_stores;
use support::people::{AN, DUNG};
use support::vneid::citizen;

for_both_stores! {
    /// Scenario 8: names in any Unicode form, numbers with spaces, dates of every precision.
    async fn scenario_08_odd_but_readable_identities(world: World) {
        let portal = world.portal().await;
        let cases = [
            ("fullName", json!("NGUYÊ\u{303}N VĂN AN"), "name", json!("NGUYỄN VĂN AN")),
            ("fullName", json!("  NGUYỄN   VĂN  AN "), "name", json!("NGUYỄN VĂN AN")),
            ("birthDate", json!("12/03/1985"), "birthdate", json!("1985-03-12")),
            ("birthDate", json!("1985"), "birthdate", json!("1985")),
            ("citizenPid", json!("001 085 000 001"), "personal_number", json!(AN.number)),
        ];
        for (claim, value, name, expected) in cases {
            world.vneid.fail_claim(Fault::OtherClaim { claim: claim.to_owned(), value: value.clone() });
            let request = portal.request().with("scope", "openid profile citizen");
            let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
            assert_eq!(portal.userinfo(&tokens.access).await.json()[name], expected, "{claim}={value}");
            world.vneid.mend();
        }
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    async fn scenario_08_identities_that_nobody_can_be_signed_in_by(world: World) {
        let portal = world.portal().await;
        let cases = [
            (Fault::MissingClaim { claim: "citizenPid".to_owned() }, 1328),
            (Fault::MissingClaim { claim: "fullName".to_owned() }, 1328),
            (Fault::OtherClaim { claim: "citizenPid".to_owned(), value: json!("12345") }, 1328),
            (Fault::OtherClaim { claim: "citizenPid".to_owned(), value: json!("000085000001") }, 1328),
            (Fault::OtherClaim { claim: "citizenPid".to_owned(), value: json!(1_085_000_001_i64) }, 1328),
            (Fault::OtherClaim { claim: "fullName".to_owned(), value: json!("A".repeat(300)) }, 1328),
            (Fault::OtherClaim { claim: "fullName".to_owned(), value: json!("") }, 1328),
            (Fault::OtherClaim { claim: "fullName".to_owned(), value: json!("NGUYỄN 🙂 AN") }, 1328),
            (Fault::OtherClaim { claim: "fullName".to_owned(), value: json!("A\u{0}B") }, 1328),
            (Fault::OtherClaim { claim: "birthDate".to_owned(), value: json!("1985-00-12") }, 1328),
            (Fault::OtherClaim { claim: "birthDate".to_owned(), value: json!("1985-02-30") }, 1328),
            (Fault::OtherClaim { claim: "birthDate".to_owned(), value: json!("1986-03-12") }, 1329),
            (Fault::OtherClaim { claim: "gender".to_owned(), value: json!("Nữ") }, 1329),
        ];
        for (fault, code) in cases {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            world.vneid.fail_claim(fault.clone());
            let page = browser.visit(&callback).await;
            assert_eq!(page.code(), Some(code), "{fault:?}\n{}", page.plain());
            assert!(browser.cookie("vb_session").is_none());
            world.vneid.mend();
        }
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 0);
    }

    /// A level lower than asked for, higher, unknown.
    async fn scenario_08_levels(world: World) {
        let portal = world.portal().await;
        for (level, acr) in [("1", "LoA1"), ("4", "LoA4")] {
            world.vneid.fail_claim(Fault::Level { level: level.to_owned() });
            let tokens = world
                .tokens_for(&world.browser(), &portal, &portal.request().with("acr_values", "LoA2"), AN)
                .await;
            assert_eq!(tokens.claims()["acr"], acr);
            world.vneid.mend();
        }
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        world.vneid.fail_claim(Fault::Level { level: "platinum".to_owned() });
        browser.visit(&callback).await.expect_problem(1330);
    }

    /// An account that VNeID has locked.
    async fn a_locked_account(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let locked = Fault::CallbackError {
            error: "access_denied".to_owned(),
            description: Some("the account is locked".to_owned()),
        };
        world.vneid.fail(Endpoint::Callback, locked);
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let page = browser.visit(&callback).await;
        page.expect_problem(1302);
        assert!(browser.cookie("vb_session").is_none());
    }

    /// The same identity with another number: somebody must look at it, nobody is signed in.
    async fn scenario_25_a_known_identity_with_another_number(world: World) {
        let portal = world.portal().await;
        world.tokens(&world.browser(), &portal, AN).await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        world
            .vneid
            .fail_claim(Fault::OtherClaim { claim: "citizenPid".to_owned(), value: json!("001085999999") });
        let page = browser.visit(&callback).await;
        page.expect_problem(1402);
        assert!(browser.cookie("vb_session").is_none());
        let event = world.event(AuditKind::ArrivalRefused).await;
        assert_eq!(event.code, Some(1402));
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::SignInFailed));
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
    }

    /// VNeID's `sub` for a known citizen changes: the number tells who it is, if the rest agrees.
    async fn scenario_25_a_known_number_under_a_new_subject(world: World) {
        let portal = world.portal().await;
        let first = world.tokens(&world.browser(), &portal, AN).await.claims();
        world.vneid.fail(
            Endpoint::Token,
            Fault::OtherClaim { claim: "sub".to_owned(), value: json!("a-new-subject-of-an") },
        );
        let second = world.tokens(&world.browser(), &portal, AN).await.claims();
        assert_eq!(first["sub"], second["sub"]);
        world.vneid.mend();
        assert_eq!(world.tokens(&world.browser(), &portal, AN).await.claims()["sub"], first["sub"]);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
        // Under a new subject and with another birth date it is nobody.
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        world.vneid.fail(
            Endpoint::Token,
            Fault::OtherClaim { claim: "sub".to_owned(), value: json!("another-subject") },
        );
        world
            .vneid
            .fail_claim(Fault::OtherClaim { claim: "birthDate".to_owned(), value: json!("1985-03-13") });
        browser.visit(&callback).await.expect_problem(1401);
    }

    /// What VNeID says now is what portals get, at the next sign-in.
    async fn a_citizens_data_changes(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("scope", "openid profile phone");
        let first = world.tokens_for(&world.browser(), &portal, &request, DUNG).await;
        let mut dung = citizen(DUNG);
        "0987654321".clone_into(&mut dung.phone);
        world.vneid.put(dung);
        let second = world.tokens_for(&world.browser(), &portal, &request, DUNG).await;
        assert_eq!(portal.userinfo(&second.access).await.json()["phone_number"], "0987654321");
        // A token that was given before says what was known then.
        assert_ne!(portal.userinfo(&first.access).await.json()["phone_number"], "0987654321");
        assert_eq!(first.claims()["sub"], second.claims()["sub"]);
    }

    /// Scenario 11: the first citizen's tokens still answer for the first one.
    async fn scenario_11_another_citizen_on_the_same_browser(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request().with("scope", "openid profile");
        let first = world.tokens_for(&browser, &portal, &request, AN).await;
        let again = portal.request().with("scope", "openid profile").with("prompt", "login");
        let second = world.tokens_for(&browser, &portal, &again, DUNG).await;
        assert_eq!(portal.userinfo(&second.access).await.json()["name"], DUNG.name);
        // Either dead (its session was replaced) or still the first one's: never the second one's.
        let before = portal.userinfo(&first.access).await;
        assert!(before.status == 401 || before.json()["name"] == AN.name);
        assert_ne!(first.claims()["sid"], second.claims()["sid"]);
        world
            .at_once(
                &browser,
                &portal.request().with("prompt", "none").with("id_token_hint", second.id_token()),
            )
            .await
            .code();
    }
}
