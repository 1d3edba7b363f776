//! The sample portal, as its visitors see it.

use axum::http::StatusCode;
use relying_party_sdk::events::EventReceiver;
use relying_party_sdk::{ClientAuth, Legacy, MemoryStore};
use rstest::rstest;
use serde_json::json;
use std::sync::Arc;

use crate::dossiers::Dossiers;
use crate::pages::Names;
use crate::routes::router;
use crate::support::{Browser, Op, SECRET, Site, parameters};

fn sample(op: &Op, legacy: bool) -> Browser {
    sample_with(op, legacy, Arc::new(Dossiers::default()))
}

fn sample_with(op: &Op, legacy: bool, dossiers: Arc<Dossiers>) -> Browser {
    let site = Site::with(op, |builder| {
        let builder = builder
            .secret(SECRET, if legacy { ClientAuth::Post } else { ClientAuth::Basic })
            .scopes("openid profile citizen")
            .store(Arc::new(MemoryStore::new()));
        if legacy {
            builder.legacy(Legacy { state: "a+/b==".to_owned(), acr_values: Some("LoA1".to_owned()) })
        } else {
            builder
        }
    });
    let names = Names {
        vietnamese: "Cổng <Dịch vụ> công".to_owned(),
        english: "Public <Service> Portal".to_owned(),
    };
    let relying_party = site.portal.relying_party().clone();
    let events = EventReceiver::new(&relying_party, dossiers.clone());
    let accent = "#a6402a".parse().unwrap();
    Site { router: router(relying_party, names, &accent, dossiers, &events), ..site }.browser()
}

/// The text of the element with this id.
fn element<'p>(page: &'p str, id: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no #{id} in {page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once('<').unwrap().0
}

#[tokio::test]
async fn the_front_page_says_whose_it_is_and_that_it_is_a_sample() {
    let op = Op::start().await;
    let mut browser = sample(&op, false);
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<html lang=\"vi\">"));
    assert_eq!(element(&page.body, "portal-name"), "Cổng &#60;Dịch vụ&#62; công");
    assert_eq!(element(&page.body, "sample-notice"), "Cổng mẫu – dùng để thử nghiệm");
    assert_eq!(element(&page.body, "signed-out"), "Ông/Bà chưa đăng nhập.");
    assert_eq!(element(&page.body, "login"), "Đăng nhập");
    assert!(page.body.contains("Public &#60;Service&#62; Portal"));
    assert!(!page.body.contains("style=") && !page.body.contains("<script"), "nothing inline");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(op.received("/.well-known/openid-configuration").is_empty());
}

#[tokio::test]
async fn everything_can_be_read_in_english() {
    let op = Op::start().await;
    let mut browser = sample(&op, false);
    assert_eq!(browser.get("/language/en").await.location(), "/");
    let page = browser.get("/").await;
    assert!(page.body.contains("<html lang=\"en\">"));
    assert_eq!(element(&page.body, "login"), "Sign in");
    browser.get("/language/xx").await;
    assert!(browser.get("/").await.body.contains("<html lang=\"vi\">"), "Vietnamese comes first");
}

#[tokio::test]
async fn a_citizen_sees_who_they_are_and_what_the_portal_was_told() {
    let op = Op::start().await;
    op.script(|script| {
        script.claims = json!({
            "name": "TRẦN <b>THỊ</b> BÌNH", "birthdate": "1990-07-25", "gender": "female",
            "personal_number": "074190000002", "email": "binh@example.vn", "email_verified": false,
            "address": { "formatted": "Thủ Dầu Một" }, "favourite_colour": "xanh",
        })
        .as_object()
        .unwrap()
        .clone();
    });
    let mut browser = sample(&op, false);
    assert_eq!(browser.sign_in(&op).await.location(), "/");
    let page = browser.get("/").await.body;
    assert_eq!(element(&page, "signed-in-name"), "TRẦN &#60;b&#62;THỊ&#60;/b&#62; BÌNH");
    assert_eq!(element(&page, "sub"), "citizen-1");
    assert_eq!(element(&page, "acr"), "LoA2");
    assert_eq!(element(&page, "logout"), "Đăng xuất");
    assert_eq!(element(&page, "level3"), "Nộp hồ sơ cần mức 3");
    assert!(!page.contains("id=\"signed-out\"") && !page.contains("id=\"login\""));
    let row = |claim: &str| {
        let (_, rest) = page.split_once(&format!("data-claim=\"{claim}\"")).expect(claim);
        rest.split_once("</tr>").unwrap().0.to_owned()
    };
    assert!(
        row("personal_number").contains("074190000002") && row("personal_number").contains("Đã xác minh")
    );
    assert!(row("birthdate").contains("25/07/1990"));
    assert!(row("gender").contains("Nữ"));
    assert!(row("address").contains("Thủ Dầu Một"));
    assert!(row("email").contains("Tự khai, chưa xác minh") && row("email").contains("!</span>"));
    assert!(row("old_number").contains("Chưa có dữ liệu"));
    assert!(row("favourite_colour").contains("xanh"));
    for hidden in ["nonce", "at_hash", "email_verified", "exp"] {
        assert!(!page.contains(&format!("data-claim=\"{hidden}\"")), "{hidden}");
    }
    assert!(!page.contains("access-"), "no token on a page");

    let page = browser.post("/logout", &[("sec-fetch-site", "same-origin")], String::new()).await;
    assert!(parameters(page.location()).contains_key("id_token_hint"));
    assert!(browser.get("/").await.body.contains("id=\"signed-out\""));
}

#[tokio::test]
async fn a_citizen_sees_that_old_dossiers_were_moved_over() {
    let op = Op::start().await;
    let file = std::env::temp_dir().join(format!("sample-dossiers-{}.json", std::process::id()));
    let dossiers = json!([{ "owner": "bd-2002", "number": "H09-1", "title": "Giấy phép", "title#en": "Permit",
        "handed_in": "2023-03-09" }]);
    std::fs::write(&file, dossiers.to_string()).unwrap();
    let dossiers = Arc::new(Dossiers::open(Some(&file), None).unwrap());
    std::fs::remove_file(&file).unwrap();
    let mut browser = sample_with(&op, false, dossiers);
    browser.sign_in(&op).await;
    let page = browser.get("/").await.body;
    assert_eq!(element(&page, "no-dossiers"), "Ông/Bà chưa có hồ sơ nào tại cổng này.");
    let linked = json!({ "urn:identity-broker:event:account-linked": { "tech_id": "bd-2002" } });
    let token = op.event_token("jti-1", linked, |_| ());
    let sent = browser.post("/events", &[("content-type", "application/secevent+jwt")], token).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
    let page = browser.get("/").await.body;
    assert!(element(&page, "dossiers-moved").contains("Hồ sơ cũ đã được chuyển sang"));
    let row = page.split_once("data-dossier=\"H09-1\"").unwrap().1.split_once("</tr>").unwrap().0;
    assert!(row.contains("Giấy phép") && row.contains("09/03/2023") && row.contains("bd-2002"), "{row}");
    assert!(!page.contains("id=\"no-dossiers\""));
    browser.get("/language/en").await;
    assert!(browser.get("/").await.body.contains("Permit"));
}

#[tokio::test]
async fn an_old_portal_shows_the_claims_of_its_profile() {
    let op = Op::start().await;
    op.script(|script| {
        script.claims = json!({
            "TechID": "dvcqg-1001", "LoaiTaiKhoan": 1, "HoVaTen": "NGUYỄN VĂN AN", "SoDinhDanh": "001085000001",
            "GioiTinh": 1, "loAs": ["LoA1", "LoA2"],
        })
        .as_object()
        .unwrap()
        .clone();
    });
    let mut browser = sample(&op, true);
    browser.sign_in(&op).await;
    let page = browser.get("/").await.body;
    assert_eq!(element(&page, "signed-in-name"), "NGUYỄN VĂN AN");
    for text in
        ["data-claim=\"TechID\"", "dvcqg-1001", "1 (Công dân)", "1 (Nam)", "LoA1, LoA2", "001085000001"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("data-claim=\"birthdate\""));
}

#[tokio::test]
async fn what_needs_level_three_is_reached_or_refused_with_a_clear_page() {
    let op = Op::start().await;
    let mut browser = sample(&op, false);
    browser.sign_in(&op).await;
    let login = browser.get("/level-3").await.location().to_owned();
    let location = browser.begin(&login).await;
    assert_eq!(parameters(&location)["acr_values"], "LoA3");
    let answer = op.refuse(&location, "unmet_authentication_requirements");
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(element(&page.body, "level3-refused").contains("mức xác thực 3"));
    assert_eq!(element(&page.body, "reason"), "unmet_authentication_requirements");
    assert_eq!(element(&page.body, "home"), "Về trang chủ");
    assert!(page.headers.contains_key("content-security-policy"));

    op.script(|script| script.acr = Some("LoA3".to_owned()));
    let location = browser.begin(&login).await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.location(), "/level-3");
    let page = browser.get("/level-3").await.body;
    assert!(element(&page, "level3-reached").contains("đã đạt"));
    assert_eq!(element(&page, "acr"), "LoA3");
}

#[rstest]
#[case("access_denied", "sign-in-stopped")]
#[case("temporarily_unavailable", "try-later")]
#[case("login_required", "sign-in-again")]
#[case("invalid_scope", "sign-in-failed")]
#[tokio::test]
async fn refusals_have_a_page_with_a_way_on(#[case] code: &str, #[case] id: &str) {
    let op = Op::start().await;
    let mut browser = sample(&op, false);
    let location = browser.begin("/login").await;
    let answer = op.refuse(&location, code);
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert!(!element(&page.body, id).is_empty());
    assert_eq!(element(&page.body, "reason"), code);
    assert_eq!(element(&page.body, "login"), "Đăng nhập");
}

#[tokio::test]
async fn small_addresses_answer() {
    let op = Op::start().await;
    let mut browser = sample(&op, false);
    assert_eq!(browser.get("/health").await.body, r#"{"status":"ok"}"#);
    let style = browser.get("/style.css").await;
    assert!(style.body.starts_with(":root { --accent: #a6402a; }"));
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert!(style.body.len() < 20_000 && style.body.contains("prefers-color-scheme: dark"));
    assert!(browser.get("/icon.svg").await.body.contains("#a6402a"));
    let missing = browser.get("/nowhere").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(element(&missing.body, "home"), "Về trang chủ");
}

/// The citizen's claims, as the broker says them to an old portal.
fn old_claims(op: &Op, claims: serde_json::Value) {
    op.script(|script| script.claims = claims.as_object().unwrap().clone());
}

#[tokio::test]
async fn an_old_portal_makes_an_account_for_whom_it_does_not_know_and_finds_it_again() {
    let op = Op::start().await;
    old_claims(
        &op,
        json!({"TechID": "t-1", "LoaiTaiKhoan": 1, "HoVaTen": "PHẠM THỊ DUNG", "SoDinhDanh": "052189000004"}),
    );
    let mut browser = sample(&op, true);
    browser.sign_in(&op).await;
    let made = browser.get("/").await.body;
    assert_eq!(element(&made, "portal-account"), "Đã tạo tài khoản mới tại cổng (t-1@bocongan.example.vn)");
    let found = browser.get("/").await.body;
    assert_eq!(element(&found, "portal-account"), "Đã có tài khoản tại cổng (t-1@bocongan.example.vn)");
    assert_eq!(browser.get("/map").await.location(), "/", "nothing is to be linked");
}

#[rstest]
#[case::a_citizen(json!({"TechID": "dvcqg-1003", "LoaiTaiKhoan": 1, "SoCMND": "171234567", "SoDinhDanh": "038075000003"}), "cuong75", "cuong@example.vn")]
#[case::an_organization(json!({"TechID": "dvcqg-9001", "LoaiTaiKhoan": 2, "MaSoThue": "0101234567"}), "saomai", "saomai@example.vn")]
#[tokio::test]
async fn an_old_portal_links_its_own_account_after_a_local_sign_in(
    #[case] claims: serde_json::Value,
    #[case] name: &str,
    #[case] email: &str,
) {
    let op = Op::start().await;
    old_claims(&op, claims);
    let mut browser = sample(&op, true);
    browser.sign_in(&op).await;
    let home = browser.get("/").await.body;
    assert_eq!(element(&home, "portal-account"), "Chưa liên kết");
    assert_eq!(element(&home, "map"), "Liên kết với tài khoản đã có tại cổng");
    assert_eq!(element(&browser.get("/map").await.body, "map-submit"), "Liên kết");
    let post = |name: &str, password: &str| format!("name={name}&password={password}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let wrong = browser.post("/map", &form, post(name, "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(element(&wrong.body, "map-wrong"), "Tên đăng nhập hoặc mật khẩu không đúng.");
    let foreign = [form[0], ("sec-fetch-site", "same-site")];
    let foreign = browser.post("/map", &foreign, post(name, "Cong%401234")).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post("/map", &form, post(name, "Cong%401234")).await.location(), "/");
    let account = format!("Đã có tài khoản tại cổng ({email})");
    assert_eq!(element(&browser.get("/").await.body, "portal-account"), account);
}

#[tokio::test]
async fn without_a_tech_id_an_old_portal_knows_nobody() {
    let op = Op::start().await;
    old_claims(&op, json!({"LoaiTaiKhoan": 1, "SoDinhDanh": "052189000004"}));
    let mut browser = sample(&op, true);
    browser.sign_in(&op).await;
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(!element(&page.body, "no-tech-id").is_empty());
}
