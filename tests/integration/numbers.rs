//! The numbers that an instance tells are the ones that operators read about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use support::people::AN;
use support::{Call, for_both_stores};

/// Type and labels of each metric in the table of the documentation.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/monitoring/README.md");
    let text = std::fs::read_to_string(file).unwrap();
    let table =
        text.split_once("<!-- metrics:begin -->\n").unwrap().1.split_once("<!-- metrics:end -->").unwrap().0;
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let labels = cells[3].split(", ").map(|l| l.trim_matches('`').to_owned()).filter(|l| !l.is_empty());
        (cells[1].trim_matches('`').to_owned(), (cells[2].to_owned(), labels.collect()))
    };
    table.lines().skip(2).map(row).collect()
}

/// Name and label names of a line such as `name{a="x",b="y"} 1`. No value of a label here holds a comma or a brace but routes.
fn parse(line: &str) -> (String, BTreeSet<String>) {
    let (head, _) = line.rsplit_once(' ').unwrap();
    let Some((name, labels)) = head.split_once('{') else { return (head.to_owned(), BTreeSet::new()) };
    let labels = labels.strip_suffix('}').unwrap();
    let names = labels.split("\",").map(|l| l.split_once("=\"").unwrap().0.to_owned());
    (name.to_owned(), names.collect())
}

for_both_stores! {
    async fn numbers_are_those_of_the_documentation(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        portal.userinfo(&tokens.access).await;
        world.log_out(&browser, &portal, &tokens).await;
        Call::get("/no/such/page").send(world.router()).await;
        world.jobs().drain_audit_fully().await.unwrap();
        world.jobs().pulse().await.unwrap();
        world.jobs().run_scheduled().await.unwrap();
        let text = Call::get("/metrics").send_to_admin(&world.app.admin).await.text();

        let documented = documented();
        let mut seen = BTreeSet::new();
        let mut types = BTreeMap::new();
        for line in text.lines().filter(|l| !l.is_empty()) {
            if let Some(told) = line.strip_prefix("# TYPE ") {
                let (name, kind) = told.split_once(' ').unwrap();
                types.insert(name.to_owned(), kind.to_owned());
                continue;
            }
            if line.starts_with('#') {
                continue;
            }
            let (name, mut labels) = parse(line);
            let family = match types.get(&name) {
                Some(_) => name.clone(),
                None => name.rsplit_once('_').unwrap().0.to_owned(),
            };
            labels.remove("le");
            let (kind, wanted) = documented.get(&family).unwrap_or_else(|| panic!("{family} is not documented"));
            assert_eq!((&types[&family], &labels), (kind, wanted), "{line}");
            seen.insert(family);
        }
        assert!(seen.len() > 30, "{seen:?}");

        // What operators count sign-ins by.
        for line in [
            "broker_audit_events_total{kind=\"SignedIn\"} 1",
            "broker_audit_events_total{kind=\"SignInFailed\"} 0",
            "broker_answers_with_code_total{code=\"VB-1105\"} 1",
            "broker_answers_with_code_total{code=\"VB-1902\"} 0",
            "broker_panics_total 0",
            "broker_upstream_open{upstream=\"vneid-oidc\"} 0",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
        }
    }
}
