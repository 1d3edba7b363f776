use super::samples::{TRACE, all, error, layout};
use crate::texts::{Lang, Texts};
use crate::views::assets::{File, find, url, urls};
use crate::views::*;
use broker_domain::authorization::{AuthorizationRequest, validate};
use broker_domain::client::{Client, ClientMetadata, LocalizedName};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::ClientId;

pub(super) fn between<'h>(html: &'h str, start: &str, end: &str) -> &'h str {
    html.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(inner, _)| inner).unwrap()
}

fn each(check: impl Fn(&str, Lang, &str)) {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for (name, html) in all(&texts, lang) {
            check(name, lang, &html);
        }
    }
}

pub(super) fn page(name: &str, lang: Lang) -> String {
    let texts = Texts::load().unwrap();
    all(&texts, lang).into_iter().find(|(n, _)| *n == name).unwrap().1
}

/// The names of all tags in order, closing ones with their slash.
fn tags(html: &str) -> Vec<String> {
    let name = |t: &str| t.split([' ', '>', '\n']).next().unwrap_or_default().to_owned();
    html.split('<').skip(1).map(name).filter(|t| !t.starts_with('!')).collect()
}

#[test]
fn every_page_has_its_language_and_one_heading_that_is_its_title() {
    each(|name, lang, html| {
        assert!(html.contains(&format!("<html lang=\"{}\">", lang.as_str())), "{name}");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert_eq!(between(html, "<title>", "</title>"), between(html, "<h1>", "</h1>"), "{name}");
        assert!(!between(html, "<h1>", "</h1>").trim().is_empty(), "{name}");
        assert!(!html.contains('⟦'), "{name} lacks a text");
        let levels: Vec<&str> = html.split("<h").skip(1).filter_map(|t| t.get(..1)).collect();
        assert!(levels.iter().all(|l| ["1", "2", "t", "e"].contains(l)), "{name}: no level is left out");
    });
}

#[test]
fn nothing_runs_and_nothing_is_styled_in_place() {
    each(|name, _, html| {
        for bad in [" style=", "<style", "<script", "javascript:", " onclick", " onload", " onerror", "data:"]
        {
            assert!(!html.contains(bad), "{name} has {bad}");
        }
        // Everything that is loaded comes from us.
        for (tag, attribute) in [("<link", "href=\""), ("<img", "src=\"")] {
            for use_of in html.split(tag).skip(1) {
                let target = between(use_of, attribute, "\"");
                assert!(find(target).is_some(), "{name} loads {target}");
            }
        }
    });
}

#[test]
fn every_page_is_well_formed() {
    each(|name, _, html| {
        let mut open: Vec<String> = Vec::new();
        for tag in tags(html) {
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed), "{name}"),
                None if ["meta", "link", "input"].contains(&tag.as_str()) => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name} uses an id twice");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        let primary = html.matches("\"primary\"").count() + html.matches(" primary\"").count();
        assert!(primary <= 1, "{name} has several primary buttons");
        assert!(html.matches("<form").count() == html.matches("method=\"post\"").count(), "{name}");
    });
}

#[test]
fn every_page_is_light() {
    let style = find(url(File::Style)).unwrap().bytes.len() + find(url(File::Icon)).unwrap().bytes.len();
    each(|name, _, html| {
        assert!(html.len() + style < 40 * 1024, "{name} weighs {} bytes", html.len() + style);
    });
    let fonts: usize = urls().filter(|u| u.ends_with(".woff2")).map(|u| find(u).unwrap().bytes.len()).sum();
    assert!(fonts <= 60 * 1024, "fonts weigh {fonts} bytes");
}

#[test]
fn elements_that_others_rely_on_keep_their_ids() {
    for (sample, ids) in [
        ("choose", vec!["login-vneid", "login-national", "login-vnpost"]),
        ("consent", vec!["consent-allow", "consent-deny"]),
        ("error-try-again", vec!["error-code", "trace-id"]),
        ("error-none", vec!["error-code", "trace-id"]),
        ("resume-expired", vec!["error-code", "trace-id"]),
        ("logout-confirm", vec!["logout-confirm"]),
        ("logged-out", vec!["logged-out"]),
    ] {
        for lang in Lang::ALL {
            let html = page(sample, lang);
            for id in ids.iter().chain(&["main"]) {
                assert!(html.contains(&format!("id=\"{id}\"")), "{sample} lacks {id}");
            }
        }
    }
}

#[test]
fn the_choice_speaks_the_words_that_people_know() {
    let html = page("choose", Lang::Vi);
    for words in [
        "Chọn loại tài khoản bạn muốn sử dụng để đăng nhập Cổng Dịch vụ công Quốc gia",
        "Tài khoản cấp bởi Cổng dịch vụ công quốc gia",
        "Tài khoản Định danh điện tử cấp bởi Bộ Công an",
        "Chưa áp dụng với tài khoản quản trị",
        "Tài khoản cấp bởi Bưu điện Việt Nam",
        "*Không dành cho CBCCVC cơ quan nhà nước",
        "Quay lại Cổng Dịch vụ công Quốc gia",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(html.contains(r#"<input type="hidden" name="form_token" value="0.abc">"#));
    for method in ["vneid", "national", "vnpost"] {
        assert!(html.contains(&format!(r#"<input type="hidden" name="method" value="{method}">"#)));
    }
    assert!(html.contains(r#"id="login-vneid" class="tile primary""#));
}

#[test]
fn a_tile_that_is_closed_cannot_be_pressed_and_says_why() {
    let vi = page("choose-states", Lang::Vi);
    assert!(vi.contains("<div id=\"login-vnpost\"") && vi.contains("đang tạm dừng"));
    assert!(vi.contains("Từ ngày 01/07/2024") && vi.contains("Từ ngày 1 tháng 7 năm 2024"));
    let ended = page("choose-ended", Lang::En);
    assert!(ended.contains("<div id=\"login-national\"") && ended.contains("Since 1 July 2024"));
    assert!(!ended.contains("aria-hidden"));
}

#[test]
fn the_trace_id_reads_as_one_text() {
    let html = page("error-try-again", Lang::Vi);
    let shown = between(&html, "id=\"trace-id\">", "</dd>").replace("<span>", "").replace("</span>", "");
    assert_eq!(shown, TRACE);
}

#[test]
fn a_change_of_language_keeps_the_page() {
    for lang in Lang::ALL {
        let html = page("choose", lang);
        assert!(html.contains(r#"action="/language""#));
        assert!(html.contains(r#"name="here" value="/login/AAAAAAAAAAAAAAAAAAAAAA""#));
        let other = if lang == Lang::Vi { "en" } else { "vi" };
        assert!(html.contains(&format!(r#"name="lang" value="{other}""#)));
        assert!(!html.contains(&format!(r#"name="lang" value="{}""#, lang.as_str())));
    }
    assert!(!page("error-none", Lang::Vi).contains("/language"));
}

#[test]
fn hostile_names_stay_text() {
    let texts = Texts::load().unwrap();
    let hostile = r#"</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>{{7*7}}"#;
    for lang in Lang::ALL {
        let layout = Layout {
            portal: Some(Portal::new(hostile, Some("https://x.example/?a=\"><b>"))),
            help: Some(Help::new(hostile)),
            notice: Some(hostile.to_owned()),
            privacy: Some(format!("javascript:{hostile}")),
            here: Some(format!("/x?{hostile}")),
            ..layout(lang)
        };
        let fields = vec![(hostile.to_owned(), hostile.to_owned())];
        let post = To::Post { action: hostile.to_owned(), fields: fields.clone() };
        let pages = [
            ErrorPage {
                code: hostile.to_owned(),
                trace_id: hostile.to_owned(),
                ..error(layout.clone(), "error-internal", Some(WayOn::StartAgain(post)))
            }
            .render(&texts),
            Consent {
                layout: layout.clone(),
                action: hostile.to_owned(),
                form_token: hostile.to_owned(),
                citizen: Some(hostile.to_owned()),
                not_linked: None,
                shares: Share::ALL.to_vec(),
            }
            .render(&texts),
            LogoutConfirm { layout: layout.clone(), action: hostile.to_owned(), fields }.render(&texts),
            LoggedOut { layout, portals: vec![(hostile.to_owned(), Reached::Unreached)] }.render(&texts),
        ];
        for page in pages {
            let html = page.unwrap();
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"));
            assert!(!html.contains("\"'>") && !html.contains("javascript:"));
            assert!(html.contains("{{7*7}}") || html.contains("&#123;"));
        }
    }
}

#[test]
fn buttons_lead_only_to_us_or_to_web_pages() {
    let texts = Texts::load().unwrap();
    for (target, shown) in [
        ("/login/x", true),
        ("https://portal.example/", true),
        ("//evil.example", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
    ] {
        let way = WayOn::TryAgain(To::Link(target.to_owned()));
        let html = error(layout(Lang::Vi), "error-internal", Some(way)).render(&texts).unwrap();
        assert_eq!(html.contains("id=\"way-on\""), shown, "{target}");
        assert_eq!(html.contains(&format!("href=\"{target}\"")), shown, "{target}");
    }
}

#[test]
fn back_to_the_portal_is_offered_once() {
    for lang in Lang::ALL {
        let html = page("error-back", lang);
        assert_eq!(html.matches("href=\"https://dichvucong.example/\"").count(), 1);
        assert!(html.contains("id=\"way-on\"") && !html.contains("id=\"back-to-portal\""));
    }
}

fn client(json: &str) -> Client {
    let metadata = ClientMetadata::parse(json.as_bytes()).unwrap();
    Client {
        id: ClientId::new("portal"),
        name: LocalizedName { vi: "Cổng".to_owned(), en: String::new() },
        metadata,
        secrets: Vec::new(),
        events_token: None,
        disabled_at: None,
        created_at: Timestamp::from_secs(0),
    }
}

fn request(client: &Client, scope: &str, claims: &str) -> AuthorizationRequest {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("response_type", "code").append_pair("client_id", "portal").append_pair("scope", scope);
    query.append_pair("redirect_uri", "https://portal.example/back").append_pair("claims", claims);
    validate(&Form::parse(query.finish().as_bytes()).unwrap(), client).unwrap().unwrap()
}

const PORTAL: &str = r#"{"client_name":"Cổng","redirect_uris":["https://portal.example/back"],
    "scope":"openid profile email phone address citizen organization offline_access","pkce":"optional"}"#;

#[test]
fn consent_names_what_the_request_leads_to() {
    let standard = client(PORTAL);
    let list = |scope, claims| Share::list(&standard, &request(&standard, scope, claims));
    assert_eq!(list("openid", "{}"), [Share::Identity]);
    assert_eq!(list("openid email profile", "{}"), [Share::Identity, Share::Profile, Share::Email]);
    assert_eq!(
        list("openid offline_access", r#"{"userinfo":{"personal_number":null},"id_token":{"address":null}}"#),
        [Share::Identity, Share::Citizen, Share::Address, Share::Offline]
    );
    let old = client(&PORTAL.replace("\"pkce\"", "\"profile\":\"dvcqg\",\"pkce\""));
    let all_but_offline = &Share::ALL[..7];
    assert_eq!(Share::list(&old, &request(&old, "openid", "{}")), all_but_offline);
}

#[test]
fn a_portal_is_known_by_its_page_or_its_origin() {
    let plain = client(PORTAL);
    assert_eq!(Portal::of(&plain, Lang::En).name(), "Cổng");
    assert_eq!(Portal::of(&plain, Lang::Vi).home(), Some("https://portal.example/"));
    let with_page =
        client(&PORTAL.replace("\"pkce\"", "\"client_uri\":\"https://home.example/vi\",\"pkce\""));
    assert_eq!(Portal::of(&with_page, Lang::Vi).home(), Some("https://home.example/vi"));
    let app = client(
        r#"{"client_name":"App","redirect_uris":["http://127.0.0.1/cb"],"application_type":"native",
            "token_endpoint_auth_method":"none"}"#,
    );
    assert_eq!(Portal::of(&app, Lang::Vi).home(), None);
}

#[test]
fn days_are_those_of_viet_nam() {
    let texts = Texts::load().unwrap();
    let (vi, en) = (texts.words(Lang::Vi), texts.words(Lang::En));
    let last_second_of_june = Day::of(Timestamp::from_secs(1_719_766_799));
    let july = Day::of(Timestamp::from_secs(1_719_766_800));
    assert_eq!(last_second_of_june.short(vi), "30/06/2024");
    assert_eq!((july.short(vi), july.in_words(vi)), ("01/07/2024".into(), "1 tháng 7 năm 2024".into()));
    assert_eq!((july.short(en), july.in_words(en)), ("1 July 2024".into(), "1 July 2024".into()));
}

#[test]
fn assets_are_found_under_their_hash_only() {
    for path in urls() {
        let asset = find(path).unwrap();
        assert!(asset.immutable && !asset.bytes.is_empty(), "{path}");
        assert!(find(path.strip_prefix("/assets/").unwrap()).is_some(), "{path}");
    }
    assert_eq!(urls().count(), 6);
    assert_eq!(find(url(File::Style)).unwrap().content_type, "text/css; charset=utf-8");
    for unknown in ["", "/assets/", "style.css", "/assets/style.css", "../style.css", "/assets/style-0.css"] {
        assert!(find(unknown).is_none(), "{unknown}");
    }
    let style = std::str::from_utf8(find(url(File::Style)).unwrap().bytes).unwrap();
    for font in urls().filter(|u| u.ends_with(".woff2")) {
        assert_eq!(style.matches(font).count(), 1, "{font}");
    }
    assert!(!style.contains("url(be-"));
}
