//! The way of old accounts, step by step: the proof, the choice, signing in to the account first, and what must not work.

use crate::linking::{account, bring, owner, with};
use broker_domain::audit::AuditKind;
use broker_domain::ids::Namespace;
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::tokens::Tokens;
use support::{Answer, Browser, Portal, Request, Returned, World, for_both_stores};

/// `Legacy@1234`, by crypt(3) with SHA-512, as old portals keep it.
pub(crate) const HASH: &str =
    "$6$LegacyDemo$puqXXc8lBFvnZEoOZaJDIa0lm/aeDaHRnKQ7j/kADqUXbCjoNnWqY36apceklHbyKfGXlmml009.95.yRs7Dq0";
pub(crate) const PASSWORD: &str = "Legacy@1234";

pub(crate) const NAMESPACES: &str = "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nname_en = \"Old portal\"\nmethod = \"national\"\n\
[[namespaces]]\nid = \"vnpost\"\nname_vi = \"Bưu điện Việt Nam\"\nname_en = \"Vietnam Post\"\nmethod = \"vnpost\"\n";
pub(crate) const NEVER: &str =
    "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nmethod = \"national\"\ncut_off = \"never\"\n";

/// The portal whose accounts are imported: it offers every way to sign in.
pub(crate) async fn old(world: &World) -> Portal {
    world.register(json!({"client_id": "cong-cu", "pkce": "optional", "sign_in_methods": ["vneid", "national", "vnpost"]})).await
}

/// A request that any of its own kind can redeem.
pub(crate) fn ask(portal: &Portal) -> Request {
    portal.request().without_pkce()
}

pub(crate) fn yellow(tech_id: &str, person: Person) -> Value {
    with(with(account(tech_id, person), "personal_number_mark", "yellow"), "password_hash", HASH)
}

pub(crate) fn green(tech_id: &str, person: Person) -> Value {
    with(account(tech_id, person), "password_hash", HASH)
}

/// As far as the first page after VNeID.
pub(crate) async fn arrive(world: &World, browser: &Browser, portal: &Portal, person: Person) -> Answer {
    let back = world.to_callback(browser, &ask(portal), person).await;
    browser.visit(&back).await
}

/// The form of the old account at the tile.
pub(crate) async fn at_form(browser: &Browser, portal: &Portal) -> Answer {
    let tiles = browser.visit(&ask(portal).path()).await;
    browser.press(&tiles, "login-national").await
}

pub(crate) async fn type_in(browser: &Browser, page: &Answer, name: &str, password: &str) -> Answer {
    let form = page.form("legacy-submit").with("username", name).with("password", password);
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

/// The old account first, then VNeID: the page after it.
pub(crate) async fn account_first(
    world: &World,
    browser: &Browser,
    portal: &Portal,
    tech_id: &str,
    person: Person,
) -> Answer {
    let form = at_form(browser, portal).await;
    let notice = type_in(browser, &form, &format!("legacy-{tech_id}"), PASSWORD).await;
    assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
    let to = browser.press(&notice, "link-with-vneid").await;
    browser.visit(&world.vneid.approve(to.location().unwrap(), person).await).await
}

/// Signed in by the old account alone, as long as that works.
pub(crate) async fn by_account_alone(browser: &Browser, portal: &Portal, tech_id: &str) -> Tokens {
    let form = at_form(browser, portal).await;
    let notice = type_in(browser, &form, &format!("legacy-{tech_id}"), PASSWORD).await;
    let back = browser.press(&notice, "skip").await;
    Tokens::of(&portal.redeem(&back.returned().code(), &ask(portal)).await)
}

pub(crate) async fn prove_by_password(browser: &Browser, page: &Answer, password: &str) -> Answer {
    let answer = browser.submit(&page.form("prove-password").with("password", password)).await;
    browser.follow(answer).await
}

pub(crate) async fn type_code(browser: &Browser, page: &Answer, code: &str) -> Answer {
    let answer = browser.submit(&page.form("code-submit").with("code", code)).await;
    browser.follow(answer).await
}

/// Whom the portal sees.
pub(crate) async fn sub_of(portal: &Portal, returned: &Returned) -> String {
    let tokens = Tokens::of(&portal.redeem(&returned.code(), &ask(portal)).await);
    tokens.claims()["sub"].as_str().unwrap().to_owned()
}

for_both_stores! {
    /// A number that its user typed in is asked a proof for: the password of before.
    async fn link_02_proof_by_password(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        assert!(page.url.ends_with("/prove"), "{}", page.url);
        assert!(!page.text().contains("legacy-bd-2002") && !page.text().contains("0912345678"), "only hints are shown");
        assert!(page.plain().contains("*** *** *78"), "{}", page.plain());
        let wrong = prove_by_password(&browser, &page, "Wrong@1234").await;
        assert_eq!(wrong.status, 422);
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        let done = prove_by_password(&browser, &wrong, PASSWORD).await;
        assert!(done.url.ends_with("/told") && done.has("continue"), "{} {}", done.url, done.plain());
        assert!(done.plain().contains(BINH.number) && done.plain().contains("Cổng cũ"), "{}", done.plain());
        let returned = world.go_on(&browser, done, BINH).await;
        assert!(returned.code().len() > 20);
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
        assert_eq!(crate::linking::sub(&world, &portal, BINH).await, "bd-2002");
        let kinds: Vec<_> = world.events().await.iter().map(|e| e.kind).collect();
        assert!(kinds.contains(&AuditKind::ProofFailed) && kinds.contains(&AuditKind::AccountLinked));
    }

    /// Or a code to the phone that the account has.
    async fn link_02_proof_by_code(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let page = browser.press(&page, "send-code").await;
        assert!(page.url.ends_with("/code") && page.plain().contains("*** *** *78"), "{}", page.plain());
        let code = world.phones.code("912345678");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let page = type_code(&browser, &page, wrong).await;
        assert_eq!(page.status, 422);
        // A reload shows the page again, and spaces are forgiven.
        let page = browser.visit(&page.url).await;
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let done = type_code(&browser, &page, &spaced).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
        // What was proven is over: the page of the code leads on.
        let again = browser.visit(&page.url).await;
        assert!(again.url.ends_with("/told"), "{}", again.url);
    }

    /// A code dies with time, with wrong guesses, and when another one is sent.
    async fn attack_codes_are_not_guessed(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let mut page = browser.press(&page, "send-code").await;
        let first = world.phones.code("912345678");
        let wrong = if first == "000000" { "111111" } else { "000000" };
        for _ in 0..5 {
            page = type_code(&browser, &page, wrong).await;
            assert_eq!(page.status, 422);
        }
        let late = type_code(&browser, &page, &first).await;
        assert_eq!(late.status, 422, "the right one, after five wrong ones");
        page = browser.press(&late, "resend-code").await;
        let second = world.phones.code("912345678");
        if first != second {
            page = type_code(&browser, &page, &first).await;
            assert_eq!(page.status, 422, "the one before");
        }
        world.wait(301);
        let page = type_code(&browser, &page, &second).await;
        assert_eq!(page.status, 422, "too old");
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        // Nor are phones flooded.
        let mut page = page;
        for _ in 0..3 {
            page = browser.press(&page, "resend-code").await;
        }
        let before = world.phones.count();
        assert_eq!(before, 5);
        let page = browser.press(&page, "resend-code").await;
        assert_eq!((page.status, world.phones.count()), (422, before));
    }

    /// A phone that cannot be reached is said, and the other way stands open.
    async fn link_02_no_message_can_be_sent(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        world.phones.die(true);
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let page = browser.press(&page, "send-code").await;
        assert_eq!((page.status, page.can_press("prove-password")), (422, true));
        let done = prove_by_password(&browser, &page, PASSWORD).await;
        assert!(done.url.ends_with("/told"));
    }

    /// Put off: the portal sees a subject of its own, the next sign-in asks again, and the subject that was given stays: the
    /// `TechID` becomes an alias.
    async fn link_02_put_off_and_proven_later(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let first = crate::linking::sub(&world, &portal, BINH).await;
        assert_ne!(first, "bd-2002");
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let done = prove_by_password(&browser, &page, PASSWORD).await;
        assert!(done.url.ends_with("/told"), "{}", done.url);
        assert_eq!(crate::linking::sub(&world, &portal, BINH).await, first);
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
    }

    /// Whoever is signed in already is asked at the portal of the account, silently never.
    async fn link_02_asked_at_single_sign_on(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        world.tokens(&browser, &other, BINH).await;
        let silent = ask(&portal).with("prompt", "none");
        let answer = browser.visit(&silent.path()).await;
        assert!(answer.location().unwrap().contains("error=interaction_required"), "{:?}", answer.location());
        let page = browser.visit(&ask(&portal).path()).await;
        assert!(page.url.ends_with("/prove"), "{} {}", page.url, page.status);
        let done = prove_by_password(&browser, &page, PASSWORD).await;
        let returned = world.go_on(&browser, done, BINH).await;
        assert!(!returned.code().is_empty());
        let at_once = world.at_once(&browser, &ask(&portal)).await;
        assert!(!at_once.code().is_empty(), "nothing waits any more");
    }

    /// Several: the citizen chooses the primary one, the other becomes an alias.
    async fn link_05_a_choice_among_several(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), green("t-2", AN)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        assert!(page.url.ends_with("/link"), "{}", page.url);
        let nothing = browser.submit(&page.form("choose-primary").without("account")).await;
        assert_eq!(nothing.status, 422);
        let namespace = Namespace::new("cong-cu");
        let second = world.broker().stores.accounts.account(&namespace, &Subject::new("t-2").unwrap()).await.unwrap().unwrap();
        let form = nothing.form("choose-primary").with("account", second.account.id.as_str());
        let answer = browser.submit(&form).await;
        let done = browser.follow(answer).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        world.go_on(&browser, done, AN).await;
        assert_eq!(crate::linking::sub(&world, &portal, AN).await, "t-2");
        assert_eq!(owner(&world, &portal, "t-1").await, owner(&world, &portal, "t-2").await);
    }

    /// What differs is told in kind, once; and the citizen goes on.
    async fn link_04_what_differs_is_told_once(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[with(green("t-1", AN), "full_name", "TRẦN VĂN KHÁC")]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        assert!(page.url.ends_with("/told") && page.has("continue"), "{}", page.url);
        assert!(page.plain().contains("họ và tên không khớp") && !page.text().contains("KHÁC"), "{}", page.plain());
        world.go_on(&browser, page, AN).await;
        assert_eq!(world.broker().stores.reviews.reviews(false, 10).await.unwrap().len(), 1);
        let again = arrive(&world, &world.browser(), &portal, AN).await;
        assert_eq!(again.status, 303, "{} {}", again.url, again.plain());
        assert_ne!(crate::linking::sub(&world, &portal, AN).await, "t-1");
    }

    /// The guide's way: the old account first, then the notice, then VNeID, then the list of linked accounts.
    async fn legacy_first_and_linked(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        assert!(form.url.ends_with("/account"), "{}", form.url);
        let unknown = type_in(&browser, &form, "nobody", PASSWORD).await;
        let wrong = type_in(&browser, &form, "legacy-dvcqg-1001", "nonsense").await;
        assert_eq!((unknown.status, wrong.status), (422, 422));
        assert_eq!(unknown.plain().replace("nobody", ""), wrong.plain().replace("legacy-dvcqg-1001", ""));
        let notice = type_in(&browser, &wrong, "legacy-dvcqg-1001", PASSWORD).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
        assert!(notice.plain().contains("59/2022/NĐ-CP"));
        let to = browser.press(&notice, "link-with-vneid").await;
        let back = world.vneid.approve(to.location().unwrap(), AN).await;
        let told = browser.visit(&back).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("Danh sách tài khoản liên kết"), "{}", told.plain());
        assert!(told.plain().contains(AN.number));
        world.go_on(&browser, told, AN).await;
        assert_eq!(crate::linking::sub(&world, &portal, AN).await, "dvcqg-1001");
        // What opened the account before opens nothing any more.
        let stranger = world.browser();
        let form = at_form(&stranger, &portal).await;
        let dead = type_in(&stranger, &form, "legacy-dvcqg-1001", PASSWORD).await;
        assert_eq!(dead.status, 422);
    }

    /// From the account pages: an account that waits is proven there, and another is signed in to; both come back to the list.
    async fn another_account_is_linked_from_the_list(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[yellow("t-1", BINH)]).await;
        let stray = json!({"tech_id": "t-2", "kind": "citizen", "user_name": "legacy-t-2", "password_hash": HASH, "full_name": BINH.name});
        bring(&world, &portal, &[stray]).await;
        let browser = world.browser();
        world.tokens(&browser, &other, BINH).await;
        let list = browser.open("/account/links").await;
        assert!(list.has("link-another") && list.plain().contains("Xác nhận tài khoản do Cổng cũ cấp"), "{}", list.plain());
        // What is not offered begins nothing, and neither does another site.
        let form = list.form("another-1");
        let odd = browser.submit(&form.clone().with("another", "vneid")).await;
        assert_eq!(odd.status, 400, "{}", odd.plain());
        browser.submit(&form.with("form_token", "x")).await.expect_problem(1702);
        // The one that waits.
        let page = browser.press(&list, "another-1").await;
        assert!(page.url.ends_with("/prove"), "{}", page.url);
        let told = prove_by_password(&browser, &page, PASSWORD).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("t-1"), "{}", told.plain());
        let list = browser.press(&told, "continue").await;
        assert_eq!(list.url, "/account/links");
        assert!(list.plain().contains("t-1") && !list.plain().contains("t-2"));
        // One that nothing else would find: its password, and VNeID once more.
        let page = browser.press(&list, "another-1").await;
        let page = type_in(&browser, &page, "legacy-t-2", PASSWORD).await;
        assert!(page.url.ends_with("/update"), "{} {}", page.url, page.plain());
        let notice = browser.press(&page, "skip").await;
        let put_off = browser.press(&notice, "skip").await;
        assert_eq!(put_off.url, "/account/links", "{}", put_off.plain());
        assert!(owner(&world, &portal, "t-2").await.is_none());
        let page = browser.press(&list, "another-1").await;
        let page = type_in(&browser, &page, "legacy-t-2", PASSWORD).await;
        let notice = browser.press(&page, "skip").await;
        let to = browser.press(&notice, "link-with-vneid").await;
        let back = world.vneid.approve(to.location().unwrap(), BINH).await;
        let told = browser.visit(&back).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("t-2"), "{} {}", told.url, told.plain());
        let list = browser.press(&told, "continue").await;
        assert_eq!(list.url, "/account/links");
        assert!(list.plain().contains("t-1") && list.plain().contains("t-2"));
        assert_eq!(owner(&world, &portal, "t-1").await, owner(&world, &portal, "t-2").await);
    }

    /// Whoever signs in to an account from the list and comes back as another citizen gets nothing, and is signed out.
    async fn another_account_is_not_linked_by_another(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[green("t-1", AN)]).await;
        let browser = world.browser();
        world.tokens(&browser, &other, BINH).await;
        let list = browser.open("/account/links").await;
        let page = browser.press(&list, "another-1").await;
        let notice = type_in(&browser, &page, "legacy-t-1", PASSWORD).await;
        let to = browser.press(&notice, "link-with-vneid").await;
        let back = world.vneid.approve(to.location().unwrap(), BINH).await;
        browser.visit(&back).await.expect_problem(1604);
        assert!(owner(&world, &portal, "t-1").await.is_none());
        assert_eq!(browser.visit("/account/links").await.status, 303, "the session has ended");
    }

    /// Without a verified number the population database is asked first; or that is put off.
    async fn legacy_first_without_a_number(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let mut plain = green("dvcqg-1003", CUONG);
        plain.as_object_mut().unwrap().retain(|name, _| !name.starts_with("personal_number"));
        bring(&world, &portal, &[plain]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let update = type_in(&browser, &form, "legacy-dvcqg-1003", PASSWORD).await;
        assert!(update.url.ends_with("/update"), "{} {}", update.url, update.plain());
        let fill = |page: &Answer, old: &str, number: &str, name: &str, born: &str| {
            page.form("update").with("old_number", old).with("personal_number", number).with("full_name", name).with("birth_date", born)
        };
        let bad = browser.submit(&fill(&update, "1", "2", "", "31/02/1975")).await;
        assert_eq!(bad.status, 422);
        // Somebody else's data that belong together do not become this account's.
        let stolen = browser.submit(&fill(&bad, "", DUNG.number, DUNG.name, "30/01/1989")).await;
        assert_eq!(stolen.status, 422, "{}", stolen.plain());
        let other = browser.submit(&fill(&stolen, "171234567", CUONG.number, "LÊ VĂN KHÁC", "02/11/1975")).await;
        assert_eq!(other.status, 422);
        let answer = browser.submit(&fill(&other, "171234567", "038 075 000003", "Lê Văn Cường", "02/11/1975")).await;
        let notice = browser.follow(answer).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
        let to = browser.press(&notice, "link-with-vneid").await;
        let told = browser.visit(&world.vneid.approve(to.location().unwrap(), CUONG).await).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        world.go_on(&browser, told, CUONG).await;
        assert_eq!(crate::linking::sub(&world, &portal, CUONG).await, "dvcqg-1003");
    }

    /// "This VNeID is not the account's owner": no link, nobody is signed in, nobody is recorded.
    async fn legacy_first_and_another_comes_back(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let notice = type_in(&browser, &form, "legacy-dvcqg-1001", PASSWORD).await;
        let to = browser.press(&notice, "link-with-vneid").await;
        let page = browser.visit(&world.vneid.approve(to.location().unwrap(), BINH).await).await;
        assert!(page.plain().contains("VB-1604"), "{}", page.plain());
        assert!(!page.text().contains(AN.name) && !page.text().contains(AN.number));
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, None);
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 0);
        let silent = browser.visit(&ask(&portal).with("prompt", "none").path()).await;
        assert!(silent.location().unwrap().contains("error=login_required"));
    }

    /// Before the cut-off the notice can be put off: the account opens a session at its own portal, and nowhere else.
    async fn cut_off_before_it_the_account_signs_in(world: World = Options::default().with_tables(NEVER)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[green("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let notice = type_in(&browser, &form, "legacy-dvcqg-1001", PASSWORD).await;
        let back = browser.press(&notice, "skip").await;
        let request = ask(&portal);
        let tokens = Tokens::of(&portal.redeem(&back.returned().code(), &request).await);
        assert_eq!((tokens.claims()["sub"].as_str(), tokens.claims()["acr"].as_str()), (Some("dvcqg-1001"), Some("LoA1")));
        assert!(!world.at_once(&browser, &ask(&portal)).await.code().is_empty(), "its own portal is silent");
        let elsewhere = browser.visit(&other.request().with("prompt", "none").path()).await;
        assert!(elsewhere.location().unwrap().contains("error=login_required"), "{:?}", elsewhere.location());
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, None);
        // The citizen comes with VNeID in the same browser: the account's session ends, and they see what they always saw.
        let linked = world.go_on(&browser, browser.visit(&ask(&portal).with("prompt", "login").path()).await, AN).await;
        let tokens = Tokens::of(&portal.redeem(&linked.code(), &ask(&portal)).await);
        assert_eq!(tokens.claims()["sub"], "dvcqg-1001");
        assert!(owner(&world, &portal, "dvcqg-1001").await.is_some());
    }

    /// After it the account proves and opens nothing; administrators are exempt.
    async fn cut_off_after_it_only_administrators_sign_in(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let admin = json!({"tech_id": "admin-1", "user_name": "quantri", "password_hash": HASH, "kind": "administrator", "full_name": "QUẢN TRỊ"});
        bring(&world, &portal, &[green("dvcqg-1001", AN), admin]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let notice = type_in(&browser, &form, "legacy-dvcqg-1001", PASSWORD).await;
        let tiles = browser.press(&notice, "skip").await;
        assert!(tiles.can_press("login-vneid"), "{} {}", tiles.url, tiles.plain());
        assert!(browser.sid().is_none());
        let form = browser.press(&tiles, "login-national").await;
        let back = type_in(&browser, &form, "quantri", PASSWORD).await;
        let tokens = Tokens::of(&portal.redeem(&back.returned().code(), &ask(&portal)).await);
        assert_eq!(tokens.claims()["sub"], "admin-1");
    }

    /// Five wrong passwords, and the right one waits too; another account does not.
    async fn attack_passwords_are_not_guessed(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), green("t-2", BINH)]).await;
        let browser = world.browser();
        let mut page = at_form(&browser, &portal).await;
        for _ in 0..5 {
            page = type_in(&browser, &page, "legacy-t-1", "nonsense").await;
        }
        page = type_in(&browser, &page, "legacy-t-1", PASSWORD).await;
        assert_eq!((page.status, page.plain().contains("phút")), (422, true), "{}", page.plain());
        assert!(world.events().await.iter().any(|e| e.kind == AuditKind::TooManyAttempts));
        // Who waits is let in, also by another browser.
        let elsewhere = world.browser();
        let form = at_form(&elsewhere, &portal).await;
        assert_eq!(type_in(&elsewhere, &form, "legacy-t-1", PASSWORD).await.status, 422);
        let other = type_in(&browser, &page, "legacy-t-2", PASSWORD).await;
        assert!(other.url.ends_with("/notice"), "{}", other.url);
    }

    /// A proof that one browser began is not finished by another, and a form of one login is none of another's.
    async fn attack_a_link_stays_in_its_browser(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH), green("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let stranger = world.browser();
        stranger.visit(&ask(&portal).path()).await;
        let form = page.form("prove-password").with("password", PASSWORD);
        let refused = stranger.submit(&form).await;
        assert_eq!((refused.status, refused.plain().contains("VB-1205")), (403, true), "{}", refused.plain());
        let bare = browser.submit(&page.form("prove-password").with("password", PASSWORD).without("form_token")).await;
        assert_eq!((bare.status, bare.plain().contains("VB-1206")), (403, true));
        let notice = type_in(&stranger, &at_form(&stranger, &portal).await, "legacy-dvcqg-1001", PASSWORD).await;
        assert!(notice.url.ends_with("/notice"));
        let stolen = browser.open(&notice.url).await;
        assert_eq!(stolen.status, 403);
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
    }

    /// Steps are taken in order: a page of another step leads to where the login stands.
    async fn attack_steps_are_not_skipped(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        let form = at_form(&browser, &portal).await;
        let login = form.url.strip_suffix("/account").unwrap().to_owned();
        for step in ["update", "notice", "link", "prove", "code", "told"] {
            let page = browser.visit(&format!("{login}/{step}")).await;
            assert!(page.url.ends_with("/account"), "{step}: {}", page.url);
        }
        // A second press, and a page from before, count once.
        let token = form.form("legacy-submit").with("username", "legacy-dvcqg-1001").with("password", PASSWORD);
        let first = browser.submit(&token).await;
        let second = browser.submit(&token).await;
        assert_eq!(first.location(), second.location());
        // Back to the tiles forgets the account.
        let tiles = browser.visit(&login).await;
        let to = browser.press(&tiles, "login-vneid").await;
        assert!(world.vneid.owns(to.location().unwrap_or("")), "{:?} {}", to.location(), to.url);
        let back = world.vneid.approve(to.location().unwrap(), DUNG).await;
        let done = world.go_on(&browser, browser.visit(&back).await, DUNG).await;
        assert!(!done.code().is_empty());
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, None);
    }

    /// The page of the code: what was typed is never shown again, and whoever works by keyboard is led to the field.
    async fn code_page_says_what_is_wrong(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let page = browser.press(&page, "send-code").await;
        let attribute = |page: &Answer, id: &str, name: &str| support::html::attribute_of(&page.text(), id, name);
        assert_eq!(attribute(&page, "code", "aria-invalid"), None);
        assert_eq!(attribute(&page, "code", "autocomplete").as_deref(), Some("one-time-code"));
        let code = world.phones.code("912345678");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let mut page = page;
        for (typed, what) in [("", "mã"), (" ", "mã"), (wrong, "4")] {
            page = type_code(&browser, &page, typed).await;
            assert_eq!(page.status, 422, "{typed:?}");
            // The summary takes the focus, its line leads to the field, and the field says the same.
            let text = page.text();
            assert!(text.contains("id=\"fault\" class=\"fault\" aria-labelledby=\"fault-title\" tabindex=\"-1\" autofocus"), "{text}");
            assert!(text.contains("<a href=\"#code\">"), "{text}");
            assert_eq!(attribute(&page, "code", "aria-invalid").as_deref(), Some("true"));
            let described = attribute(&page, "code", "aria-describedby").unwrap();
            assert!(described.split(' ').any(|id| id == "code-fault"), "{described}");
            let fault = support::html::text_of(&text, "code-fault").unwrap();
            assert!(fault.contains(what), "{fault}");
            assert_eq!(attribute(&page, "code", "value").as_deref(), Some(""));
        }
        world.wait(301);
        let page = type_code(&browser, &page, &code).await;
        assert_eq!((page.status, attribute(&page, "code", "aria-invalid").as_deref()), (422, Some("true")));
        // What is wrong with the message and not with the field stands in the summary alone.
        world.phones.die(true);
        let page = browser.press(&page, "resend-code").await;
        assert_eq!((page.status, page.has("fault"), attribute(&page, "code", "aria-invalid")), (422, true, None));
        // The other way stands open.
        let page = browser.press(&page, "other-way").await;
        let done = prove_by_password(&browser, &page, PASSWORD).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
    }

    /// A second press counts once, and a form of another step does nothing.
    async fn code_page_takes_its_own_form_once(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let prove = arrive(&world, &browser, &portal, BINH).await;
        let login = prove.url.strip_suffix("/prove").unwrap().to_owned();
        // Before a code was sent there is no such page, and no such button.
        for step in ["code", "link", "told", "whom"] {
            assert_eq!(browser.visit(&format!("{login}/{step}")).await.url, prove.url, "{step}");
        }
        let code_first = prove.form("send-code").with("decision", "code").with("code", "123456");
        assert_eq!(browser.submit(&code_first).await.status, 400);
        // Two presses send one message.
        let send = prove.form("send-code");
        let (first, second) = (browser.submit(&send).await, browser.submit(&send).await);
        assert_eq!((first.location(), world.phones.count()), (second.location(), 1));
        let page = browser.follow(first).await;
        assert_eq!(page.url, format!("{login}/code"));
        for step in ["prove", "link", "told", "whom"] {
            assert_eq!(browser.visit(&format!("{login}/{step}")).await.url, page.url, "{step}");
        }
        let password = page.form("code-submit").with("decision", "password").with("password", PASSWORD);
        assert_eq!(browser.submit(&password).await.status, 400, "another page's button");
        let bare = browser.submit(&page.form("code-submit").with("code", "123456").without("form_token")).await;
        assert_eq!((bare.status, bare.plain().contains("VB-1206")), (403, true));
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        // A wrong guess that is sent twice is one guess.
        let code = world.phones.code("912345678");
        let wrong = page.form("code-submit").with("code", if code == "000000" { "111111" } else { "000000" });
        assert_eq!(browser.submit(&wrong).await.status, 422);
        let again = browser.submit(&wrong).await;
        assert_eq!(again.location(), Some(page.url.as_str()));
        let page = browser.follow(again).await;
        let right = page.form("code-submit").with("code", &code);
        let (first, second) = (browser.submit(&right).await, browser.submit(&right).await);
        assert_eq!((first.location(), first.status), (second.location(), 303));
        let told = browser.follow(second).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        let kinds: Vec<_> = world.events().await.iter().map(|e| e.kind).collect();
        let count = |kind| kinds.iter().filter(|k| **k == kind).count();
        assert_eq!((count(AuditKind::ProofFailed), count(AuditKind::AccountLinked), count(AuditKind::CodeSent)), (1, 1, 1));
        let returned = world.go_on(&browser, told, BINH).await;
        assert_eq!(sub_of(&portal, &returned).await, "bd-2002");
        // A way that the account does not have is refused.
        let without = with(yellow("t-9", CUONG), "phone", "");
        bring(&world, &portal, &[without]).await;
        let other = world.browser();
        let page = arrive(&world, &other, &portal, CUONG).await;
        assert!(!page.can_press("send-code"), "{}", page.plain());
        let refused = other.submit(&page.form("prove-password").with("decision", "send-code")).await;
        assert!(refused.plain().contains("VB-1602"), "{}", refused.plain());
    }

    /// Two tabs prove at once: one link, and both go on.
    async fn attack_two_tabs_prove_at_once(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let (one, two) = (world.browser(), world.browser());
        let (first, second) = (arrive(&world, &one, &portal, BINH).await, arrive(&world, &two, &portal, BINH).await);
        let (a, b) = tokio::join!(prove_by_password(&one, &first, PASSWORD), prove_by_password(&two, &second, PASSWORD));
        let linked = world.events().await.iter().filter(|e| e.kind == AuditKind::AccountLinked).count();
        assert_eq!(linked, 1, "{} {}", a.url, b.url);
        assert!(owner(&world, &portal, "bd-2002").await.is_some());
        for (browser, page) in [(&one, a), (&two, b)] {
            assert!(page.url.ends_with("/told") && page.plain().contains("Danh sách tài khoản liên kết"), "{} {}", page.url, page.plain());
            let returned = world.go_on(browser, page, BINH).await;
            assert_eq!(sub_of(&portal, &returned).await, "bd-2002");
            let at_once = world.at_once(browser, &ask(&portal)).await;
            assert_eq!(sub_of(&portal, &at_once).await, "bd-2002");
        }
        assert_eq!(crate::linking::sub(&world, &portal, BINH).await, "bd-2002");
    }

    /// A stranger who typed a victim's number into an account of theirs gains nothing when the victim arrives.
    async fn attack_a_trojan_number_gains_nothing(world: World = Options::default().with_tables(NEVER)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("trojan-1", BINH)]).await;
        let stranger = world.browser();
        let form = at_form(&stranger, &portal).await;
        let update = type_in(&stranger, &form, "legacy-trojan-1", PASSWORD).await;
        let skipped = stranger.press(&update, "skip").await;
        let back = stranger.press(&skipped, "skip").await;
        let stolen = Tokens::of(&portal.redeem(&back.returned().code(), &ask(&portal)).await);
        assert_eq!(stolen.claims()["sub"], "trojan-1");
        // The victim is asked, does not know the account, and goes on without it.
        let victim = crate::linking::sub(&world, &portal, BINH).await;
        assert_ne!(victim, "trojan-1");
        assert_eq!(owner(&world, &portal, "trojan-1").await, None);
    }

    /// VNeID says for which organizations a person may act: they choose, and a business account is found by its tax code.
    async fn organization_as_whom(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let business = json!({"tech_id": "dvcqg-9001", "kind": "organization", "tax_code": "0101234567", "tax_code_mark": "green", "organization_name": "CÔNG TY TNHH SAO MAI", "personal_number": AN.number, "full_name": AN.name, "phone": "0912345678"});
        bring(&world, &portal, &[green("dvcqg-1001", AN), business]).await;
        world.vneid.list_organizations();
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        assert!(page.url.ends_with("/whom") && page.plain().contains("SAO MAI"), "{} {}", page.url, page.plain());
        assert!(browser.sid().is_none(), "nobody is signed in yet");
        let forged = browser.submit(&page.form("as-organization-0").with("whom", "organization-7")).await;
        assert_eq!(forged.status, 400);
        let sub = |answer: Answer| {
            let portal = &portal;
            async move {
                let tokens = Tokens::of(&portal.redeem(&answer.returned().code(), &ask(portal)).await);
                tokens.claims()["sub"].as_str().unwrap().to_owned()
            }
        };
        assert_eq!(sub(browser.press(&page, "as-organization-0").await).await, "dvcqg-9001");
        // Whoever acts for it next sees nothing of the one before, in what they can take along.
        world.vneid.represented_by(BINH);
        let next = world.browser();
        let page = arrive(&world, &next, &portal, BINH).await;
        assert_eq!(sub(next.press(&page, "as-organization-0").await).await, "dvcqg-9001");
        let taken = next.submit(&next.open("/account/data").await.form("take-data")).await;
        assert_eq!(taken.json()["linked_accounts"][0]["account"], "dvcqg-9001");
        assert_eq!(taken.json()["linked_accounts"][0]["claims"]["tax_code"]["value"], "0101234567");
        for word in [AN.number, AN.name, "0912345678"] {
            assert!(!taken.text().contains(word), "{word} in {}", taken.text());
        }
        world.vneid.represented_by(AN);
        let person = world.browser();
        let page = arrive(&world, &person, &portal, AN).await;
        assert_eq!(sub(person.press(&page, "as-myself").await).await, "dvcqg-1001");
        let again = arrive(&world, &world.browser(), &portal, BINH).await;
        assert_eq!(again.status, 303, "who represents nobody is not asked");
    }

    /// As whom is said once, in the browser that was asked, and only of what VNeID said.
    async fn whom_page_takes_its_own_form_once(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let business = json!({"tech_id": "dvcqg-9001", "kind": "organization", "tax_code": "0101234567", "tax_code_mark": "green", "organization_name": "CÔNG TY TNHH SAO MAI"});
        bring(&world, &portal, &[green("dvcqg-1001", AN), business]).await;
        world.vneid.list_organizations();
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        let login = page.url.strip_suffix("/whom").unwrap().to_owned();
        for step in ["account", "update", "notice", "link", "prove", "code", "told"] {
            assert_eq!(browser.visit(&format!("{login}/{step}")).await.url, page.url, "{step}");
        }
        for said in ["", "organization-", "organization--1", "organization-99999999999999999999", "MYSELF"] {
            let refused = browser.submit(&page.form("as-myself").with("whom", said)).await;
            assert_eq!((refused.status, refused.plain().contains("VB-1103")), (400, true), "{said:?} {}", refused.plain());
        }
        let nothing = browser.submit(&page.form("as-myself").without("whom")).await;
        assert_eq!(nothing.status, 400);
        let bare = browser.submit(&page.form("as-myself").without("form_token")).await;
        assert_eq!((bare.status, bare.plain().contains("VB-1206")), (403, true));
        let stranger = world.browser();
        stranger.visit(&ask(&portal).path()).await;
        let stolen = stranger.submit(&page.form("as-myself")).await;
        assert_eq!((stolen.status, stolen.plain().contains("VB-1205")), (403, true));
        assert!(browser.sid().is_none() && stranger.sid().is_none(), "nobody is signed in yet");
        // After all that the question still stands, and of two answers the first counts.
        let (first, second) = (page.form("as-organization-0"), page.form("as-myself"));
        let (first, second) = (browser.submit(&first).await, browser.submit(&second).await);
        assert_eq!(sub_of(&portal, &first.returned()).await, "dvcqg-9001");
        second.expect_problem(1203);
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, None);
        browser.visit(&page.url).await.expect_problem(1203);
        // Both at once: one of them.
        let twice = world.browser();
        let page = arrive(&world, &twice, &portal, AN).await;
        let form = page.form("as-myself");
        let (one, two) = tokio::join!(twice.submit(&form), twice.submit(&form));
        let codes = [&one, &two].iter().filter(|a| a.location().is_some_and(|l| l.contains("code="))).count();
        assert_eq!(codes, 1, "{:?} {:?}", one.location(), two.location());
        assert!(owner(&world, &portal, "dvcqg-1001").await.is_some());
    }

    /// Who had signed in by the account itself, a stranger perhaps, is signed in no longer once its owner has come: no session, no token.
    async fn attack_an_unexpired_session(world: World = Options::default().with_tables(NEVER)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("dvcqg-1001", AN)]).await;
        let stranger = world.browser();
        let tokens = by_account_alone(&stranger, &portal, "dvcqg-1001").await;
        assert_eq!(portal.userinfo(&tokens.access).await.status, 200);
        assert_eq!(crate::linking::sub(&world, &portal, AN).await, "dvcqg-1001");
        assert_eq!(portal.userinfo(&tokens.access).await.status, 401);
        let silent = stranger.visit(&ask(&portal).with("prompt", "none").path()).await;
        assert!(silent.location().unwrap().contains("error=login_required"), "{:?}", silent.location());
        let form = at_form(&stranger, &portal).await;
        assert_eq!(type_in(&stranger, &form, "legacy-dvcqg-1001", PASSWORD).await.status, 422);
    }
}
