//! Each page in each of its states, with data as it comes in life.

use super::{account_samples, linking_samples};
use crate::texts::{Lang, Texts};
use crate::views::*;
use broker_domain::client::SignInMethod;
use broker_domain::clock::Timestamp;

pub(super) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

pub(super) fn layout(lang: Lang) -> Layout {
    let name = match lang {
        Lang::Vi => "Cổng Dịch vụ công Quốc gia",
        Lang::En => "National Public Service Portal",
    };
    Layout {
        lang,
        portal: Some(Portal::new(name, Some("https://dichvucong.example/"))),
        help: Some(Help::new("1800 0000")),
        notice: None,
        privacy: Some("https://id.example/privacy".to_owned()),
        here: Some("/login/AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    }
}

pub(super) fn bare(lang: Lang) -> Layout {
    Layout { lang, ..Layout::default() }
}

pub(super) fn post() -> To {
    let fields = vec![("form_token".to_owned(), "0.abc".to_owned())];
    To::Post { action: "/login/AAAAAAAAAAAAAAAAAAAAAA/again".to_owned(), fields }
}

fn choose(layout: Layout, tiles: &[(SignInMethod, TileState)]) -> Choose {
    Choose {
        layout,
        action: "/login/AAAAAAAAAAAAAAAAAAAAAA/choose".to_owned(),
        form_token: "0.abc".to_owned(),
        tiles: tiles.iter().map(|(method, state)| Tile { method: *method, state: *state }).collect(),
        primary: SignInMethod::Vneid,
        system_notice: tiles.len() > 1,
    }
}

pub(super) fn error(layout: Layout, words: &'static str, way_on: Option<WayOn>) -> ErrorPage {
    ErrorPage { layout, code: "VB-1310".to_owned(), words, trace_id: TRACE.to_owned(), way_on }
}

/// Name and HTML of each sample.
pub(super) fn all(texts: &Texts, lang: Lang) -> Vec<(&'static str, String)> {
    use SignInMethod::{National, Vneid, Vnpost};
    let july = Day::of(Timestamp::from_secs(1_719_766_800));
    let open = [(National, TileState::Open), (Vneid, TileState::Open), (Vnpost, TileState::Open)];
    let states =
        [(Vneid, TileState::Open), (National, TileState::LinkOnly(july)), (Vnpost, TileState::SwitchedOff)];
    let ended = [(Vneid, TileState::Open), (National, TileState::PastCutOff(july))];
    let notice = match lang {
        Lang::Vi => "Hệ thống bảo trì từ 22 giờ đến 24 giờ ngày 05/09/2026.",
        Lang::En => "The system is maintained from 22:00 to 24:00 on 5 September 2026.",
    };
    let noticed = Layout { notice: Some(notice.to_owned()), ..layout(lang) };
    let diacritics = Layout {
        portal: Some(Portal::new("CỔNG THỬ Ỹ Ẫ Ự ỵ ẰẪỀ ỠỘ ữặ — Thừa Thiên Huế", Some("https://x.example/"))),
        ..layout(lang)
    };
    let consent = |layout| Consent {
        layout,
        action: "/login/AAAAAAAAAAAAAAAAAAAAAA/consent".to_owned(),
        form_token: "2.abc".to_owned(),
        citizen: Some("NGUYỄN VĂN AN".to_owned()),
        not_linked: None,
        shares: Share::ALL.to_vec(),
    };
    let logout = |layout| LogoutConfirm {
        layout,
        action: "/oidc/logout/confirm".to_owned(),
        fields: vec![("form_token".to_owned(), "0.abc".to_owned())],
    };
    let portals = vec![
        ("Cổng Dịch vụ công Quốc gia".to_owned(), Reached::Told),
        ("Cổng Dịch vụ công Bộ Công an".to_owned(), Reached::Pending),
        ("Cổng Dịch vụ công tỉnh Bình Dương".to_owned(), Reached::Unreached),
    ];
    let resume = |over, reference| Resume { layout: layout(lang), over, again: post(), reference };
    let reference = Some(("VB-1202".to_owned(), TRACE.to_owned()));
    let shown = |page: Result<String, askama::Error>| page.unwrap();
    let mut pages = vec![
        ("choose", shown(choose(layout(lang), &open).render(texts))),
        ("choose-vneid-only", shown(choose(noticed, &[(Vneid, TileState::Open)]).render(texts))),
        ("choose-states", shown(choose(diacritics, &states).render(texts))),
        ("choose-ended", shown(choose(bare(lang), &ended).render(texts))),
        ("consent", shown(consent(layout(lang)).render(texts))),
        ("consent-bare", shown(consent(bare(lang)).render(texts))),
        (
            "error-try-again",
            shown(error(layout(lang), "error-vneid-away", Some(WayOn::TryAgain(post()))).render(texts)),
        ),
        ("error-back", shown(error(layout(lang), "error-blocked", Some(WayOn::BackToPortal)).render(texts))),
        ("error-none", shown(error(bare(lang), "error-unknown-portal", None).render(texts))),
        ("logout-confirm", shown(logout(layout(lang)).render(texts))),
        ("logged-out", shown(LoggedOut { layout: layout(lang), portals }.render(texts))),
        ("logged-out-bare", shown(LoggedOut { layout: bare(lang), portals: Vec::new() }.render(texts))),
        ("resume-expired", shown(resume(Over::Expired, reference).render(texts))),
        ("resume-finished", shown(resume(Over::Finished, None).render(texts))),
        ("resume-stopped", shown(resume(Over::Stopped, None).render(texts))),
    ];
    pages.extend(linking_samples::all(texts, lang));
    pages.extend(account_samples::all(texts, lang));
    pages
}
