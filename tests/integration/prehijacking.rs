//! A stranger who has the password of an account gives it the data of a victim, before she comes herself: "Cập nhật thông tin từ CSDL dân
//! cư" confirms that number, name and date of birth belong together, never that they are the stranger's.

use crate::account_update::with_desk;
use crate::linking::{account, bring, owner, sub, with};
use crate::proving::{
    NAMESPACES, NEVER, PASSWORD, arrive, ask, at_form, green, old, prove_by_password, type_in, yellow,
};
use broker_domain::audit::AuditKind;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::linking::CutOff;
use broker_domain::ports::NamespaceOrder;
use broker_domain::subject::Subject;
use broker_domain::upstream::population::{Answer as Said, PopulationFailure};
use serde_json::{Value, json};
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::tokens::Tokens;
use support::{Answer, Browser, Portal, World, for_both_stores};

/// An account that says nothing of its owner.
fn bare(tech_id: &str) -> Value {
    let mut bare = green(tech_id, BINH);
    bare.as_object_mut()
        .unwrap()
        .retain(|name, _| ["tech_id", "user_name", "password_hash", "phone"].contains(&name.as_str()));
    bare
}

fn fill(page: &Answer, person: Person, old_number: &str) -> support::html::Form {
    let form = page.form("update").with("old_number", old_number).with("personal_number", person.number);
    form.with("full_name", person.name).with("birth_date", person.born)
}

/// Signs in to an account and has somebody's data confirmed, as far as the notice.
async fn confirm(browser: &Browser, portal: &Portal, tech_id: &str, person: Person, old: &str) -> Answer {
    let form = at_form(browser, portal).await;
    let update = type_in(browser, &form, &format!("legacy-{tech_id}"), PASSWORD).await;
    assert!(update.url.ends_with("/update"), "{} {}", update.url, update.plain());
    let answer = browser.submit(&fill(&update, person, old)).await;
    let notice = browser.follow(answer).await;
    assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
    notice
}

async fn id_of(world: &World, portal: &Portal, tech_id: &str) -> String {
    let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new(tech_id).unwrap());
    let kept = world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap();
    kept.account.id.as_str().to_owned()
}

for_both_stores! {
    /// Alone: the victim is asked for a proof, as of any number that was typed in, and goes on without the account.
    async fn attack_a_confirmed_number_gains_nothing(world: World = Options::default().with_tables(NEVER)) {
        let portal = old(&world).await;
        for (tech_id, trojan) in [("trojan-1", yellow("trojan-1", BINH)), ("trojan-2", bare("trojan-2"))] {
            bring(&world, &portal, &[trojan]).await;
            let stranger = world.browser();
            let notice = confirm(&stranger, &portal, tech_id, BINH, "").await;
            // At the portal of the account the stranger is who they were: nothing of the victim is said to be verified.
            let back = stranger.press(&notice, "skip").await;
            let stolen = Tokens::of(&portal.redeem(&back.returned().code(), &ask(&portal)).await);
            assert_eq!(stolen.claims()["sub"], tech_id);
            let verified = json!({"verification": {"trust_framework": null}, "claims": {"personal_number": null, "name": null, "birthdate": null}});
            let wanted = ask(&portal).with("claims", &json!({"userinfo": {"verified_claims": verified}}).to_string());
            let code = world.at_once(&stranger, &wanted).await.code();
            let info = portal.userinfo(&Tokens::of(&portal.redeem(&code, &wanted).await).access).await.json();
            assert_eq!(info, json!({"sub": tech_id}));
            // The victim.
            let browser = world.browser();
            let page = arrive(&world, &browser, &portal, BINH).await;
            assert!(page.url.ends_with("/prove") || page.url.ends_with("/link"), "{} {}", page.url, page.plain());
            assert!(!page.plain().contains("Đã xác minh"), "{}", page.plain());
            let returned = world.go_on(&browser, page, BINH).await;
            let tokens = Tokens::of(&portal.redeem(&returned.code(), &ask(&portal)).await);
            assert_ne!(tokens.claims()["sub"], tech_id);
            assert_eq!(owner(&world, &portal, tech_id).await, None);
        }
    }

    /// Beside the victim's own account, whose number its portal had verified: hers is hers, whichever she chooses first.
    async fn attack_a_confirmed_number_beside_the_true_account(world: World = Options::default().with_tables(NEVER)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[bare("trojan-1"), green("bd-2002", BINH)]).await;
        confirm(&world.browser(), &portal, "trojan-1", BINH, "").await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        assert!(page.url.ends_with("/link"), "{} {}", page.url, page.plain());
        let text = page.plain();
        assert_eq!((text.matches("Đã xác minh").count(), text.matches("Cần xác nhận").count()), (1, 1), "{text}");
        // The trojan chosen: it wants a proof that she does not have.
        let trojan = page.form("choose-primary").with("account", &id_of(&world, &portal, "trojan-1").await);
        let answer = browser.submit(&trojan).await;
        let prove = browser.follow(answer).await;
        assert!(prove.url.ends_with("/prove"), "{} {}", prove.url, prove.plain());
        assert_eq!(owner(&world, &portal, "trojan-1").await, None);
        // Her own chosen, in another browser: it is linked, and the other waits for a proof.
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let own = page.form("choose-primary").with("account", &id_of(&world, &portal, "bd-2002").await);
        let answer = browser.submit(&own).await;
        let page = browser.follow(answer).await;
        let returned = world.go_on(&browser, page, BINH).await;
        let tokens = Tokens::of(&portal.redeem(&returned.code(), &ask(&portal)).await);
        assert_eq!(tokens.claims()["sub"], "bd-2002");
        assert_eq!(owner(&world, &portal, "trojan-1").await, None);
        assert_eq!(sub(&world, &portal, BINH).await, "bd-2002");
    }

    /// Whoever confirmed their own number, put the link off, and comes by VNeID first, is asked for the proof that only they have.
    async fn update_a_confirmed_number_is_proven_by_its_holder(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[bare("dvcqg-1003"), bare("dvcqg-1004")]).await;
        confirm(&world.browser(), &portal, "dvcqg-1003", CUONG, "171234567").await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, CUONG).await;
        let done = prove_by_password(&browser, &page, PASSWORD).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        assert!(owner(&world, &portal, "dvcqg-1003").await.is_some());
        // Another who comes by the account again is not asked for the number twice.
        confirm(&world.browser(), &portal, "dvcqg-1004", DUNG, "").await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let notice = type_in(&browser, &form, "legacy-dvcqg-1004", PASSWORD).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
        let to = browser.press(&notice, "link-with-vneid").await;
        let told = browser.visit(&world.vneid.approve(to.location().unwrap(), DUNG).await).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        world.go_on(&browser, told, DUNG).await;
        assert_eq!(sub(&world, &portal, DUNG).await, "dvcqg-1004");
    }

    /// An import of the portal leaves it as it is; a number that the portal has verified by then is the portal's word.
    async fn update_a_confirmed_number_and_later_imports(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[bare("t-1")]).await;
        confirm(&world.browser(), &portal, "t-1", BINH, "").await;
        bring(&world, &portal, &[with(bare("t-1"), "email", "t-1@example.vn")]).await;
        let page = arrive(&world, &world.browser(), &portal, BINH).await;
        assert!(page.url.ends_with("/prove"), "{} {}", page.url, page.plain());
        let notice = type_in(&world.browser(), &at_form(&world.browser(), &portal).await, "legacy-t-1", PASSWORD).await;
        assert!(!notice.url.ends_with("/update"), "{}", notice.url);
        bring(&world, &portal, &[with(account("t-1", DUNG), "email", "t-1@example.vn")]).await;
        let page = arrive(&world, &world.browser(), &portal, BINH).await;
        assert_eq!(page.status, 303, "{} {}", page.url, page.plain());
        assert_eq!(sub(&world, &portal, DUNG).await, "t-1");
    }

    /// An old number that the portal has verified is asked about, also when it is not typed.
    async fn attack_a_verified_old_number_speaks(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let of_cuong = with(with(bare("t-1"), "old_number", "171234567"), "old_number_mark", "green");
        bring(&world, &portal, &[of_cuong]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let update = type_in(&browser, &form, "legacy-t-1", PASSWORD).await;
        let refused = browser.submit(&fill(&update, DUNG, "")).await;
        assert_eq!(refused.status, 422, "{}", refused.plain());
        let answer = browser.submit(&fill(&refused, CUONG, "")).await;
        let notice = browser.follow(answer).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
    }

    /// That the population database is away is nobody's guess; wrong answers are counted, and cost no attempt on a password.
    async fn scenario_09_the_update_before_vneid(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[bare("t-1")]).await;
        let (app, desk) = with_desk(&world).await;
        app.jobs().reload_if_changed().await.unwrap();
        let browser = Browser::new(app.router.clone(), world.issuer());
        let form = at_form(&browser, &portal).await;
        let mut page = type_in(&browser, &form, "legacy-t-1", PASSWORD).await;
        assert!(page.url.ends_with("/update"), "{} {}", page.url, page.plain());
        for n in 0..25 {
            let (failure, code) = [
                (PopulationFailure::TimedOut, 1613), (PopulationFailure::Unreachable, 1614),
                (PopulationFailure::BadStatus, 1615), (PopulationFailure::Malformed, 1616), (PopulationFailure::Busy, 1618),
            ][n % 5];
            desk.says(Err(failure));
            page = browser.submit(&fill(&page, BINH, "")).await;
            assert!(page.plain().contains(&format!("VB-{code}")), "{n} {code}: {}", page.plain());
        }
        for (said, code) in [(Said::Nobody, 1611), (Said::Several, 1612), (Said::Deceased, 1617), (Said::Nobody, 1611), (Said::Nobody, 1611)] {
            desk.says(Ok(said));
            page = browser.submit(&fill(&page, BINH, "")).await;
            assert!(page.plain().contains(&format!("VB-{code}")), "{code}: {}", page.plain());
        }
        desk.says(Ok(Said::Match));
        let asked = desk.count();
        page = browser.submit(&fill(&page, BINH, "")).await;
        assert_eq!((page.status, page.plain().contains("phút")), (422, true), "{}", page.plain());
        assert_eq!(desk.count(), asked, "nobody was asked");
        // The same address may still try passwords.
        let form = at_form(&browser, &portal).await;
        let again = type_in(&browser, &form, "legacy-t-1", PASSWORD).await;
        assert!(again.url.ends_with("/update"), "{} {}", again.url, again.plain());
        world.wait(901);
        let form = at_form(&browser, &portal).await;
        let update = type_in(&browser, &form, "legacy-t-1", PASSWORD).await;
        let answer = browser.submit(&fill(&update, BINH, "")).await;
        assert!(browser.follow(answer).await.url.ends_with("/notice"));
        assert!(world.events().await.iter().any(|e| e.kind == AuditKind::NumberConfirmed));
    }

    /// A session that an account opened serves no longer once such accounts open none: after the cut-off administrators alone go on,
    /// after the switch nobody.
    async fn cut_off_ends_what_accounts_had_opened(world: World = Options::default().with_tables(NEVER)) {
        let portal = old(&world).await;
        let mut admin = with(with(bare("admin-1"), "kind", "administrator"), "full_name", "QUẢN TRỊ");
        admin.as_object_mut().unwrap().remove("phone");
        bring(&world, &portal, &[green("dvcqg-1001", AN), admin]).await;
        let (citizen, administrator) = (world.browser(), world.browser());
        let notice = type_in(&citizen, &at_form(&citizen, &portal).await, "legacy-dvcqg-1001", PASSWORD).await;
        citizen.press(&notice, "skip").await.returned();
        type_in(&administrator, &at_form(&administrator, &portal).await, "legacy-admin-1", PASSWORD).await.returned();
        let silent = async |browser: &Browser| {
            let answer = browser.visit(&ask(&portal).with("prompt", "none").path()).await;
            let location = answer.location().unwrap().to_owned();
            assert!(location.contains("code=") || location.contains("error=login_required"), "{location}");
            location.contains("code=")
        };
        assert!(silent(&citizen).await && silent(&administrator).await);
        let order = |cut_off, switched_off| NamespaceOrder {
            namespace: Namespace::new("cong-cu"),
            cut_off,
            switched_off,
            changed_at: world.now(),
        };
        let namespaces = &world.broker().namespaces;
        let at = CutOff::At(world.now().plus_secs(60));
        namespaces.take(&[order(Some(at), None)]);
        assert!(silent(&citizen).await);
        world.wait(60);
        assert!(!silent(&citizen).await && silent(&administrator).await);
        // Nor by a login that began before.
        let tiles = citizen.visit(&ask(&portal).path()).await;
        assert!(tiles.can_press("login-vneid"), "{} {}", tiles.url, tiles.plain());
        assert_eq!(citizen.visit("/account").await.status, 303, "the account pages are closed as well");
        // However early the cut-off is moved to.
        namespaces.take(&[order(Some(CutOff::At(Timestamp::from_secs(1))), None)]);
        assert!(!silent(&citizen).await && silent(&administrator).await);
        namespaces.take(&[order(None, Some(true))]);
        assert!(!silent(&citizen).await && !silent(&administrator).await);
        namespaces.take(&[]);
        assert!(silent(&citizen).await && silent(&administrator).await);
    }
}
