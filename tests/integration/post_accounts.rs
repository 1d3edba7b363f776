//! Accounts that Vietnam Post had issued: no portal's own, so that they only link.

use crate::linking::{account, with};
use broker::import::{Format, Wanted, import};
use broker_domain::ids::Namespace;
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use support::people::{AN, BINH};
use support::tokens::Tokens;
use support::{Answer, Browser, Portal, World, for_both_stores};

/// `Legacy@1234`, by crypt(3) with SHA-512.
const HASH: &str =
    "$6$LegacyDemo$puqXXc8lBFvnZEoOZaJDIa0lm/aeDaHRnKQ7j/kADqUXbCjoNnWqY36apceklHbyKfGXlmml009.95.yRs7Dq0";
/// Long before its cut-off, when the accounts of a portal itself still open sessions there.
const POST: &str = "[[namespaces]]\nid = \"vnpost\"\nname_vi = \"Bưu điện Việt Nam\"\nname_en = \"Vietnam Post\"\n\
                    method = \"vnpost\"\ncut_off = \"2090-07-01\"\nnot_for = [\"administrator\"]\n";

/// The National Public Service Portal, where these accounts were used; and the accounts.
async fn ready(world: &World, accounts: &[Value]) -> Portal {
    let ways = json!({"client_id": "cong-dvcqg", "pkce": "optional", "sign_in_methods": ["vneid", "vnpost"]});
    let portal = world.register(ways).await;
    let file = world.folder().join("vnpost.jsonl");
    let lines: Vec<String> = accounts.iter().map(Value::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let report = world.folder().join("report.csv");
    let wanted = Wanted { file, format: Format::Jsonl, namespace: Namespace::new("vnpost"), report };
    let broker = world.broker();
    let entropy = broker.entropy.clone();
    let done =
        import(&wanted, &*broker.stores.accounts, entropy, world.now(), &mut |_, _, _| ()).await.unwrap();
    assert_eq!(done.count.added, accounts.len() as u64);
    portal
}

fn of_post(tech_id: &str) -> Value {
    with(with(account(tech_id, AN), "password_hash", HASH), "kind", "post")
}

async fn is_linked(world: &World, tech_id: &str) -> bool {
    let (namespace, tech_id) = (Namespace::new("vnpost"), Subject::new(tech_id).unwrap());
    world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap().owner.is_some()
}

/// From the tile to the page after user name and password.
async fn sign_in(browser: &Browser, portal: &Portal, name: &str) -> Answer {
    let tiles = browser.visit(&portal.request().without_pkce().path()).await;
    let form = browser.press(&tiles, "login-vnpost").await;
    assert!(form.plain().contains("Bưu điện Việt Nam"), "{}", form.plain());
    let form = form.form("legacy-submit").with("username", name).with("password", "Legacy@1234");
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

for_both_stores! {
    /// The tile, the notice, VNeID, linked; and the portal sees a subject of its own, not the one of Vietnam Post.
    async fn the_whole_way(world: World = Options::default().with_tables(POST)) {
        let portal = ready(&world, &[of_post("vnpost-01")]).await;
        let browser = world.browser();
        let notice = sign_in(&browser, &portal, "legacy-vnpost-01").await;
        assert!(notice.url.ends_with("/notice") && notice.plain().contains("59/2022/NĐ-CP"), "{}", notice.plain());
        let to = browser.press(&notice, "link-with-vneid").await;
        let told = browser.visit(&world.vneid.approve(to.location().unwrap(), AN).await).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("Bưu điện Việt Nam"), "{} {}", told.url, told.plain());
        let returned = world.go_on(&browser, told, AN).await;
        let tokens = Tokens::of(&portal.redeem(&returned.code(), &portal.request().without_pkce()).await);
        let sub = tokens.claims()["sub"].as_str().unwrap().to_owned();
        assert_ne!(sub, "vnpost-01");
        assert!(is_linked(&world, "vnpost-01").await);
        // It is the same subject ever after, and the password opens nothing any more.
        assert_eq!(crate::linking::sub(&world, &portal, AN).await, sub);
        let dead = sign_in(&world.browser(), &portal, "legacy-vnpost-01").await;
        assert_eq!(dead.status, 422);
    }

    /// Putting it off opens nothing, also before the cut-off, and the page promises nothing else.
    async fn it_opens_no_session(world: World = Options::default().with_tables(POST)) {
        let portal = ready(&world, &[of_post("vnpost-01")]).await;
        let browser = world.browser();
        let notice = sign_in(&browser, &portal, "legacy-vnpost-01").await;
        assert!(!notice.plain().contains("2090") && !notice.plain().contains("vẫn đăng nhập được"), "{}", notice.plain());
        assert!(notice.plain().contains("quay lại trang chọn loại tài khoản"), "{}", notice.plain());
        let tiles = browser.press(&notice, "skip").await;
        assert!(tiles.can_press("login-vneid") && tiles.can_press("login-vnpost"), "{}", tiles.plain());
        assert!(browser.sid().is_none() && !is_linked(&world, "vnpost-01").await);
    }

    /// Another person's VNeID does not get it; without a number it is linked to whoever proves both and has its name.
    async fn whose_it_is(world: World = Options::default().with_tables(POST)) {
        let mut plain = of_post("vnpost-02");
        plain.as_object_mut().unwrap().retain(|name, _| !name.starts_with("personal_number"));
        let portal = ready(&world, &[of_post("vnpost-01"), plain]).await;
        let browser = world.browser();
        let notice = sign_in(&browser, &portal, "legacy-vnpost-01").await;
        let to = browser.press(&notice, "link-with-vneid").await;
        let page = browser.visit(&world.vneid.approve(to.location().unwrap(), BINH).await).await;
        assert!(page.plain().contains("VB-1604") && !is_linked(&world, "vnpost-01").await, "{}", page.plain());
        let browser = world.browser();
        let update = sign_in(&browser, &portal, "legacy-vnpost-02").await;
        assert!(update.url.ends_with("/update"), "{} {}", update.url, update.plain());
        let notice = browser.press(&update, "skip").await;
        let to = browser.press(&notice, "link-with-vneid").await;
        let told = browser.visit(&world.vneid.approve(to.location().unwrap(), AN).await).await;
        assert!(told.url.ends_with("/told") && is_linked(&world, "vnpost-02").await, "{} {}", told.url, told.plain());
    }
}
