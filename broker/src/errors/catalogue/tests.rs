use super::lookup::entry;
use super::{Action, Code, catalogue_markdown};
use crate::texts::{Lang, Texts};
use crate::views::{ErrorPage, Layout};
use broker_domain::linking::Doubt;
use broker_domain::upstream::UpstreamFailure;
use broker_domain::upstream::population::{Answer, Fields, PopulationFailure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[test]
fn every_code_is_listed_once_and_in_order() {
    let declared = include_str!("code.rs").lines().filter(|l| {
        l.trim_end_matches(',')
            .split_once(" = ")
            .is_some_and(|(_, n)| n.len() == 4 && n.parse::<u16>().is_ok())
    });
    assert_eq!(declared.count(), Code::ALL.len());
    assert!(Code::ALL.is_sorted_by(|a, b| a.number() < b.number()));
    assert_eq!(Code::LoginFinished.to_string(), "VB-1203");
}

#[test]
fn numbers_never_change_their_meaning() {
    for (code, number) in [
        (Code::UnknownClient, 1101),
        (Code::LoginExpired, 1202),
        (Code::VneidDenied, 1301),
        (Code::VneidUnknownLevel, 1330),
        (Code::CallbackStateUsed, 1343),
        (Code::RecordDiffers, 1401),
        (Code::LogoutHintInvalid, 1501),
        (Code::TooManyAttempts, 1601),
        (Code::PopulationNoMatch, 1611),
        (Code::AccountConflicts, 1619),
        (Code::AccountFormWrong, 1702),
        (Code::StoreUnavailable, 1901),
        (Code::Internal, 1902),
    ] {
        assert_eq!(code.number(), number);
    }
}

#[test]
fn every_code_stands_in_exactly_one_area() {
    let areas = [
        (11, super::request::entry as fn(Code) -> Option<super::Entry>),
        (12, super::interaction::entry),
        (13, super::vneid::entry),
        (14, super::citizen::entry),
        (15, super::logout::entry),
        (16, super::linking::entry),
        (17, super::account::entry),
        (19, super::ours::entry),
    ];
    for code in Code::ALL {
        let found: Vec<u16> =
            areas.iter().filter(|(_, area)| area(code).is_some()).map(|(n, _)| *n).collect();
        assert_eq!(found, [code.number() / 100], "{code}");
    }
}

#[test]
fn every_entry_is_whole() {
    let texts = Texts::load().unwrap();
    for code in Code::ALL {
        let line = entry(code);
        assert!(line.status.is_client_error() || line.status.is_server_error(), "{code}");
        assert!(line.operator.ends_with('.') && line.operator.len() > 20, "{code}");
        assert!(!line.operator.contains(['|', '\n']), "{code} would break the table");
        for lang in Lang::ALL {
            for key in
                [line.words.to_owned(), format!("{}.what", line.words), format!("{}.advice", line.words)]
            {
                let text = texts.get(lang, &key);
                assert!(!text.contains(['⟦', '|', '{']) && !text.is_empty(), "{code}: {text}");
            }
        }
    }
}

#[test]
fn every_failure_and_doubt_has_a_code_of_its_own() {
    let upstream: BTreeSet<u16> =
        UpstreamFailure::ALL.into_iter().map(|f| Code::of_upstream(f).number()).collect();
    assert_eq!(upstream, (1301..=1330).collect());
    let doubts = [
        Doubt::DiffersFromRecord,
        Doubt::NumberChanged,
        Doubt::NotAuthoritative,
        Doubt::Blocked,
        Doubt::Deceased,
    ];
    let doubts: BTreeSet<u16> = doubts.into_iter().map(|d| Code::of_doubt(d).number()).collect();
    assert_eq!(doubts, (1401..=1405).collect());
}

#[test]
fn whatever_the_population_database_does_has_words_and_a_code_of_its_own() {
    use PopulationFailure::{BadStatus, Busy, CircuitOpen, Malformed, Refused, TimedOut, Unreachable};
    assert_eq!(Code::of_answer(Answer::Match), None);
    let mut seen = BTreeMap::new();
    for (code, number) in [
        (Code::of_answer(Answer::Nobody).unwrap(), 1611),
        (Code::of_answer(Answer::Differs(Fields::default())).unwrap(), 1611),
        (Code::of_answer(Answer::Several).unwrap(), 1612),
        (Code::of_population(TimedOut), 1613),
        (Code::of_population(Unreachable), 1614),
        (Code::of_population(Refused), 1615),
        (Code::of_population(BadStatus), 1615),
        (Code::of_population(Malformed), 1616),
        (Code::of_answer(Answer::Deceased).unwrap(), 1617),
        (Code::of_population(Busy), 1618),
        (Code::of_population(CircuitOpen), 1618),
    ] {
        assert_eq!(code.number(), number);
        seen.insert(code.entry().words, number);
    }
    // A stranger must not learn which of the fields was wrong, and each other case reads differently.
    assert_eq!(seen.len(), 8);
    let outages = [BadStatus, Busy, CircuitOpen, Malformed, Refused, TimedOut, Unreachable];
    for outage in outages.map(Code::of_population) {
        assert!(outage.entry().status.is_server_error() && outage.entry().action == Action::TryAgain);
    }
}

#[test]
fn outages_of_vneid_are_not_the_citizens_fault() {
    for failure in UpstreamFailure::ALL.into_iter().filter(|f| f.is_outage()) {
        let line = Code::of_upstream(failure).entry();
        assert!(line.status.is_server_error(), "{failure:?}");
        assert_eq!(line.action, Action::TryAgain, "{failure:?}");
    }
}

#[test]
fn every_code_makes_a_page() {
    let texts = Texts::load().unwrap();
    for lang in Lang::ALL {
        for code in Code::ALL {
            let layout = Layout { lang, ..Layout::default() };
            let page = ErrorPage {
                layout,
                code: code.to_string(),
                words: code.entry().words,
                trace_id: "0123456789abcdef0123456789abcdef".to_owned(),
                way_on: None,
            };
            let html = page.render(&texts).unwrap();
            assert!(html.contains(&format!("<dd id=\"error-code\">{code}</dd>")), "{code}");
            assert!(html.contains("id=\"trace-id\"") && !html.contains('⟦'), "{code}");
        }
    }
}

const BEGIN: &str = "<!-- errors:begin -->";
const END: &str = "<!-- errors:end -->";

#[test]
fn the_readme_holds_the_catalogue_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the marker of the beginning");
    let (section, after) = rest.split_once(END).expect("the marker of the end");
    let fresh = format!("\n{}", catalogue_markdown(&Texts::load().unwrap()));
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{fresh}{END}{after}")).unwrap();
        return;
    }
    assert!(
        section == fresh,
        "broker/README.md is stale: run UPDATE_CATALOGUE=1 cargo test -p broker errors::catalogue"
    );
}
