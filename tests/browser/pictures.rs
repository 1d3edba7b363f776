//! Pictures of every page for people to look at: `tests/browser/screenshots` asks for them.

use crate::chromium::Browser;
use crate::trouble::Done;
use std::path::PathBuf;
use std::time::Duration;

/// Makes pictures of pages, if it was asked to.
pub(crate) struct Photographer {
    folder: Option<PathBuf>,
    lang: &'static str,
    next: usize,
}

impl Photographer {
    /// The folder is the variable `PICTURES`; without it no picture is made.
    pub(crate) fn new(lang: &'static str) -> Self {
        Self { folder: std::env::var_os("PICTURES").map(PathBuf::from), lang, next: 0 }
    }

    /// Four pictures: a phone's and a desktop's screen, light and dark.
    pub(crate) async fn shoot(&mut self, browser: &Browser, name: &str) -> Done {
        let Some(folder) = &self.folder else { return Ok(()) };
        std::fs::create_dir_all(folder)?;
        self.next += 1;
        for (screen, width, height, phone) in [("phone", 360, 740, true), ("desktop", 1280, 800, false)] {
            browser.screen(width, height, phone).await?;
            for (scheme, dark) in [("light", false), ("dark", true)] {
                browser.dark(dark).await?;
                // Colours change gently.
                tokio::time::sleep(Duration::from_millis(300)).await;
                let png = browser.picture().await?;
                let file = format!("{:02}-{name}-{}-{screen}-{scheme}.png", self.next, self.lang);
                std::fs::write(folder.join(file), png)?;
            }
        }
        browser.dark(false).await
    }
}
