//! The account pages, in each of their states.

use super::samples::{bare, layout};
use crate::texts::{Lang, Texts};
use crate::views::*;
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::level::Level;
use broker_domain::linking::Evidence;
use broker_domain::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber};

/// Three minutes past seven in the evening of 5 September 2026, in Viet Nam.
pub(super) const EVENING: Timestamp = Timestamp::from_secs(1_788_609_780);

pub(super) fn nav(here: Option<AccountItem>) -> AccountNav {
    let items = [
        (AccountItem::Identity, "/account"),
        (AccountItem::Update, "/account/update"),
        (AccountItem::Links, "/account/links"),
        (AccountItem::History, "/account/history"),
        (AccountItem::Sessions, "/account/sessions"),
        (AccountItem::Data, "/account/data"),
    ];
    AccountNav { items: items.map(|(item, href)| (item, href.to_owned())).to_vec(), here }
}

pub(super) fn claims() -> Claims {
    let vneid = |text: &str| Marked::verified(text.to_owned(), Source::Vneid, EVENING);
    Claims {
        personal_number: PersonalNumber::parse("038075000003")
            .ok()
            .map(|n| Marked::verified(n, Source::Vneid, EVENING)),
        old_number: OldNumber::parse("171234567")
            .ok()
            .map(|n| Marked::verified(n, Source::PopulationDatabase, EVENING)),
        full_name: Name::parse("LÊ VĂN CƯỜNG Ỹ Ẫ Ự ỵ")
            .ok()
            .map(|n| Marked::verified(n, Source::Vneid, EVENING)),
        birth_date: Some(Marked::verified(BirthDate::Day(1975, 11, 2), Source::Vneid, EVENING)),
        gender: Some(Marked::verified(Gender::Male, Source::Vneid, EVENING)),
        phone: Some(vneid("0912000003")),
        email: Some(Marked {
            source: Some(Source::Other("Cổng Dịch vụ công Quốc gia".to_owned())),
            ..Marked::new("cuong.le@example.vn".to_owned(), Mark::Yellow)
        }),
        current_address: Some(Marked {
            source: Some(Source::Other("Cổng Dịch vụ công Quốc gia".to_owned())),
            ..Marked::new("2 Lê Lợi, Thành phố Hồ Chí Minh".to_owned(), Mark::Yellow)
        }),
        ..Claims::default()
    }
}

fn portal(name: &str) -> LocalizedName {
    LocalizedName { vi: name.to_owned(), en: String::new() }
}

fn past(what: What) -> Past {
    Past { at: EVENING, what, portal: Some(portal("Cổng Dịch vụ công tỉnh Bình Dương")) }
}

pub(super) const EVERYTHING: [What; 16] = [
    What::SignedIn(Some(Level::LoA2)),
    What::SingleSignOn,
    What::Refused,
    What::Recorded,
    What::IdentityAdded,
    What::Allowed,
    What::Denied,
    What::Linked,
    What::Unlinked,
    What::SignedOut,
    What::Replaced,
    What::DataTaken,
    What::Ended,
    What::UnlinkAsked,
    What::Updated,
    What::EndedByOperator,
];

pub(super) fn identity(layout: Layout) -> AccountIdentity {
    AccountIdentity {
        layout,
        nav: nav(Some(AccountItem::Identity)),
        claims: claims(),
        news: vec![past(What::Linked), past(What::IdentityAdded)],
        by_account: false,
        update: Some("/account/update".to_owned()),
    }
}

pub(super) fn session(is_this: bool) -> SessionLine {
    SessionLine {
        id: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        is_this,
        began: EVENING,
        used: EVENING.plus_secs(600),
        method: SignInMethod::Vneid,
        level: Level::LoA2,
        portals: vec![portal("Cổng Dịch vụ công Quốc gia")],
    }
}

pub(super) fn link(unlinking: bool) -> LinkLine {
    LinkLine {
        portal: portal("Cổng Dịch vụ công Quốc gia"),
        account: "dvcqg-1003".to_owned(),
        linked_at: EVENING,
        evidence: Evidence::VerifiedNumber,
        unlinking,
        unlink: "/account/links/AAAAAAAAAAAAAAAAAAAAAA/unlink".to_owned(),
    }
}

pub(super) fn unlink(layout: Layout, nothing_chosen: bool) -> AccountUnlink {
    AccountUnlink {
        layout,
        nav: nav(None),
        action: "/account/links/AAAAAAAAAAAAAAAAAAAAAA/unlink".to_owned(),
        form_token: "0.abc".to_owned(),
        origin: portal("Cổng Dịch vụ công Quốc gia"),
        account: "dvcqg-1003".to_owned(),
        nothing_chosen,
    }
}

/// Name and HTML of each sample.
pub(super) fn all(texts: &Texts, lang: Lang) -> Vec<(&'static str, String)> {
    let history = |layout: Layout, events: Vec<Past>| AccountHistory {
        layout,
        nav: nav(Some(AccountItem::History)),
        older: (!events.is_empty()).then(|| "/account/history?before=7".to_owned()),
        newest: (!events.is_empty()).then(|| "/account/history".to_owned()),
        events,
    };
    let sessions = |sessions| AccountSessions {
        layout: layout(lang),
        nav: nav(Some(AccountItem::Sessions)),
        action: "/account/sessions".to_owned(),
        form_token: "0.abc".to_owned(),
        sessions,
    };
    let links = |links| AccountLinks {
        layout: layout(lang),
        nav: nav(Some(AccountItem::Links)),
        number: Some("038075000003".to_owned()),
        since: Some(EVENING),
        links,
        action: "/account/links".to_owned(),
        form_token: "0.abc".to_owned(),
        another: vec![
            Another {
                word: "cong-x".to_owned(),
                kind: AnotherKind::Waiting(LocalizedName { vi: "Cổng X".to_owned(), en: String::new() }),
            },
            Another { word: "national".to_owned(), kind: AnotherKind::SignIn(SignInMethod::National) },
        ],
    };
    let data = AccountData {
        layout: layout(lang),
        nav: nav(Some(AccountItem::Data)),
        action: "/account/data".to_owned(),
        form_token: "0.abc".to_owned(),
    };
    let update = |old: Option<&str>, birth: Option<&str>, fault| AccountUpdate {
        layout: layout(lang),
        nav: nav(Some(AccountItem::Update)),
        action: "/account/update".to_owned(),
        form_token: "0.abc".to_owned(),
        number: "038075000003".to_owned(),
        name: Some("LÊ VĂN CƯỜNG".to_owned()),
        old_number: old.map(str::to_owned),
        birth_date: birth.map(str::to_owned),
        reference: matches!(fault, Some(ConfirmFault::Refused(_)))
            .then(|| ("VB-1611".to_owned(), super::samples::TRACE.to_owned())),
        fault,
    };
    let wrong = ConfirmFault::Fields { old_number: true, birth_date: true };
    let nothing =
        AccountIdentity { claims: Claims::default(), news: Vec::new(), update: None, ..identity(bare(lang)) };
    let by_account = AccountIdentity { by_account: true, ..nothing.clone() };
    let shown = |page: Result<String, askama::Error>| page.unwrap();
    vec![
        ("account-identity", shown(identity(layout(lang)).render(texts))),
        ("account-nothing", shown(nothing.render(texts))),
        ("account-by-account", shown(by_account.render(texts))),
        ("account-history", shown(history(layout(lang), EVERYTHING.map(past).to_vec()).render(texts))),
        ("account-history-none", shown(history(bare(lang), Vec::new()).render(texts))),
        ("account-sessions", shown(sessions(vec![session(true), session(false)]).render(texts))),
        ("account-sessions-one", shown(sessions(vec![session(true)]).render(texts))),
        ("account-links", shown(links(vec![link(false), link(true)]).render(texts))),
        ("account-links-none", shown(links(Vec::new()).render(texts))),
        ("account-unlink", shown(unlink(layout(lang), false).render(texts))),
        ("account-unlink-fault", shown(unlink(layout(lang), true).render(texts))),
        ("account-update", shown(update(Some(""), Some(""), None).render(texts))),
        ("account-update-done", shown(update(None, None, None).render(texts))),
        ("account-update-fields", shown(update(Some("17123"), Some("31/02/75"), Some(wrong)).render(texts))),
        (
            "account-update-wait",
            shown(update(Some("171234567"), None, Some(ConfirmFault::TooMany { minutes: 14 })).render(texts)),
        ),
        (
            "account-update-refused",
            shown(
                update(Some("171234567"), None, Some(ConfirmFault::Refused("error-population-no-match")))
                    .render(texts),
            ),
        ),
        ("account-data", shown(data.render(texts))),
    ]
}
