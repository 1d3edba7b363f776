//! Pictures of every page for people to look at: `tests/browser/screenshots` asks for them.

use crate::chromium::Browser;
use crate::trouble::Done;
use std::path::PathBuf;
use std::time::Duration;

/// Makes pictures of pages, if it was asked to.
pub(crate) struct Photographer {
    /// All of them, for whoever looks now.
    all: Option<PathBuf>,
    /// One of each page, small, for whoever looks later.
    kept: Option<PathBuf>,
    lang: &'static str,
    next: usize,
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

impl Photographer {
    /// The folders are the variables `PICTURES` and `SCREENS`; without them no picture is made.
    pub(crate) fn new(lang: &'static str) -> Self {
        Self { all: folder("PICTURES"), kept: folder("SCREENS"), lang, next: 0 }
    }

    /// Four pictures: a phone's and a desktop's screen, light and dark. To be kept: a phone's, light in Vietnamese, dark in English.
    pub(crate) async fn shoot(&mut self, browser: &Browser, name: &str) -> Done {
        if let Some(folder) = &self.all {
            self.next += 1;
            for (screen, width, height, phone) in [("phone", 360, 740, true), ("desktop", 1280, 800, false)] {
                browser.screen(width, height, phone).await?;
                for (scheme, dark) in [("light", false), ("dark", true)] {
                    let file = format!("{:02}-{name}-{}-{screen}-{scheme}.png", self.next, self.lang);
                    take(browser, dark, folder.join(file)).await?;
                }
            }
        }
        if let Some(folder) = &self.kept {
            browser.scaled(360, 740, true, 1).await?;
            take(browser, self.lang != "vi", folder.join(format!("{name}-{}.png", self.lang))).await?;
            browser.screen(1280, 900, false).await?;
        }
        browser.dark(false).await
    }
}

async fn take(browser: &Browser, dark: bool, file: PathBuf) -> Done {
    browser.dark(dark).await?;
    // Colours change gently.
    tokio::time::sleep(Duration::from_millis(300)).await;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, browser.picture().await?)?;
    Ok(())
}
