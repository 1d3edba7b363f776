//! Where a case plays: a demo and a browser of its own, and a report when it fails.

use crate::chromium::Browser;
use crate::machine::{Demo, Variant};
use crate::trouble::{Done, Trouble};

/// Whether pages may run scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// Plays a case. `name` is for the report.
pub(crate) async fn play(
    name: &str,
    variant: Variant,
    scripts: Scripts,
    case: impl AsyncFnOnce(&mut Demo, &Browser) -> Done,
) {
    let mut demo = match Demo::start(variant).await {
        Ok(demo) => demo,
        Err(Trouble(why)) => panic!("the programs do not start: {why}"),
    };
    let browser = match Browser::start(demo.folder(), scripts == Scripts::On).await {
        Ok(browser) => browser,
        Err(Trouble(why)) => panic!("{why}"),
    };
    let ended = case(&mut demo, &browser).await;
    if let Err(Trouble(why)) = ended {
        let report = report(name, &why, &mut demo, &browser).await;
        browser.close().await;
        panic!("{report}");
    }
    browser.close().await;
}

async fn report(name: &str, why: &str, demo: &mut Demo, browser: &Browser) -> String {
    let url = browser.url().await.unwrap_or_default();
    let words = browser.words().await.unwrap_or_default();
    let picture = match browser.picture().await {
        Ok(png) => {
            let folder = crate::machine::target().join("browser/failed");
            let file = folder.join(format!("{name}.png"));
            let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, png));
            kept.map_or_else(|e| format!("not kept: {e}"), |()| file.display().to_string())
        }
        Err(Trouble(why)) => format!("none: {why}"),
    };
    let ended = demo.ended().join(", ");
    format!(
        "{why}\n{ended}\nThe browser is at {url}\nThe page says:\n{words}\n\nPicture: {picture}\n\nThe last lines of the broker's log:\n{}",
        demo.broker_log()
    )
}
