use super::account_samples::{EVERYTHING, identity, link, nav, session, unlink};
use super::pages::page;
use super::samples::layout;
use crate::texts::{Lang, Texts};
use crate::views::*;
use broker_domain::client::LocalizedName;
use std::collections::BTreeSet;

#[test]
fn elements_of_the_account_pages_keep_their_ids() {
    let nav =
        ["nav-identity", "nav-update", "nav-links", "nav-history", "nav-sessions", "nav-data", "nav-logout"];
    for (sample, ids) in [
        (
            "account-identity",
            vec![
                "claims",
                "claim-name",
                "claim-old",
                "claim-number",
                "claim-born",
                "claim-phone",
                "claim-gender",
                "claim-email",
                "claim-address",
                "claim-current",
                "legend",
                "recent-changes",
                "update-claims",
            ],
        ),
        ("account-by-account", vec!["by-account", "claims", "legend"]),
        ("account-history", vec!["history", "older", "newest"]),
        ("account-sessions", vec!["sessions", "session-1", "end-1", "end-2", "end-others", "end-all"]),
        (
            "account-links",
            vec![
                "linked-accounts",
                "linked-vneid",
                "linked-1",
                "unlink-1",
                "unlinking-2",
                "link-another",
                "another-1",
                "another-2",
            ],
        ),
        ("account-unlink", vec!["reason", "reason-1", "ask-unlink"]),
        ("account-unlink-fault", vec!["fault", "reason-fault", "ask-unlink"]),
        ("account-data", vec!["take-data"]),
        ("account-update", vec!["old_number", "birth_date", "confirm-claims"]),
        ("account-update-done", vec!["all-confirmed"]),
        ("account-update-fields", vec!["fault", "old_number-fault", "birth_date-fault"]),
        ("account-update-wait", vec!["fault"]),
        ("account-update-refused", vec!["fault", "error-code", "trace-id"]),
    ] {
        for lang in Lang::ALL {
            let html = page(sample, lang);
            for id in ids.iter().chain(&nav) {
                assert!(html.contains(&format!("id=\"{id}\"")), "{sample} lacks {id}");
            }
        }
    }
    assert!(!page("account-sessions-one", Lang::Vi).contains("end-others"));
}

#[test]
fn the_account_pages_speak_the_words_that_people_know() {
    let html = page("account-identity", Lang::Vi);
    for words in [
        "Thông tin định danh",
        "Cập nhật từ CSDL Quốc gia về Dân cư",
        "Họ tên",
        "Số CMT (9 số)",
        "Số CMT/CCCD (12 số)",
        "Ngày sinh",
        "Số điện thoại",
        "Giới tính",
        "Email",
        "Địa chỉ thường trú",
        "Nơi ở hiện tại",
        "2 Lê Lợi, Thành phố Hồ Chí Minh",
        "Đã xác minh",
        "Tự khai, chưa xác minh",
        "Chưa có dữ liệu",
        "Biểu tượng Xanh là các thông tin đã được xác minh với Cơ sở dữ liệu Dân cư Quốc gia",
        "02/11/1975",
        "Nguồn: <bdi>CSDL Quốc gia về Dân cư</bdi>",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let links = page("account-links", Lang::Vi);
    for words in ["Danh sách tài khoản liên kết", "Tài khoản liên kết:", "Ngày liên kết:", "05/09/2026"]
    {
        assert!(links.contains(words), "{words}");
    }
}

/// A mark is never colour alone, and what there is no data for says so.
#[test]
fn every_mark_stands_in_words() {
    for lang in Lang::ALL {
        let html = page("account-nothing", lang);
        assert_eq!(html.matches("<dd class=\"mark red\">").count(), 8);
        let html = page("account-identity", lang);
        for (class, count) in [("green", 6), ("yellow", 2), ("red", 1)] {
            assert_eq!(html.matches(&format!("<dd class=\"mark {class}\">")).count(), count, "{class}");
        }
    }
}

#[test]
fn times_are_those_of_viet_nam() {
    let html = page("account-history", Lang::Vi);
    assert!(html.contains("19:03 ngày 05/09/2026"), "{html}");
    assert!(html.contains("19:03 ngày 5 tháng 9 năm 2026"), "as it is spoken");
    assert!(page("account-history", Lang::En).contains("19:03 on 5 September 2026"));
}

#[test]
fn everything_that_happened_reads_differently() {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        let html = page("account-history", lang);
        let said: BTreeSet<&str> =
            html.split("<p><strong>").skip(1).filter_map(|rest| rest.split("</strong>").next()).collect();
        assert_eq!(said.len(), EVERYTHING.len(), "{said:?}");
        assert!(html.contains(&*texts.with(lang, "past-level", &[("level", "2")])));
    }
}

#[test]
fn the_page_that_is_shown_is_no_link() {
    let html = page("account-links", Lang::En);
    assert!(html.contains("<span id=\"nav-links\" aria-current=\"page\">"));
    assert_eq!(html.matches("aria-current=\"page\"").count(), 1);
    assert!(!page("account-unlink", Lang::En).contains("aria-current=\"page\""));
}

#[test]
fn hostile_data_stays_text_on_the_account_pages() {
    let texts = Texts::load().unwrap();
    let hostile = r#"</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>{{7*7}}"#;
    let name = LocalizedName { vi: hostile.to_owned(), en: hostile.to_owned() };
    for lang in Lang::ALL {
        let layout = Layout { here: Some(format!("/x?{hostile}")), ..layout(lang) };
        let mut known = identity(layout.clone());
        known.claims.address = known.claims.email.clone().map(|mut e| {
            e.value = hostile.to_owned();
            e.source = Some(broker_domain::claims::Source::Other(hostile.to_owned()));
            e
        });
        known.news[0].portal = Some(name.clone());
        let mut one = session(false);
        one.portals = vec![name.clone()];
        one.id = hostile.to_owned();
        let sessions = AccountSessions {
            layout: layout.clone(),
            nav: nav(None),
            action: hostile.to_owned(),
            form_token: hostile.to_owned(),
            sessions: vec![one],
        };
        let mut line = link(false);
        (line.portal, line.account, line.unlink) = (name.clone(), hostile.to_owned(), hostile.to_owned());
        let links = AccountLinks {
            layout: layout.clone(),
            nav: nav(None),
            number: Some(hostile.to_owned()),
            since: None,
            links: vec![line],
            action: hostile.to_owned(),
            form_token: hostile.to_owned(),
            another: vec![Another { word: hostile.to_owned(), kind: AnotherKind::Waiting(name.clone()) }],
        };
        let asks =
            AccountUnlink { origin: name.clone(), account: hostile.to_owned(), ..unlink(layout, true) };
        let pages =
            [known.render(&texts), sessions.render(&texts), links.render(&texts), asks.render(&texts)];
        for html in pages.map(Result::unwrap) {
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\"'>"), "{html}");
        }
    }
}
