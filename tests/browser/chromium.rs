//! A headless Chromium, driven over WebDriver, with what the cases do in it.

use crate::process::{Process, free_port};
use crate::trouble::{Done, Said, Trouble};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with a profile of its own. Closed when dropped.
pub(crate) struct Browser {
    client: Client,
    _driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// Starts one, with page scripts on or off.
    pub(crate) async fn start(folder: &Path, scripts: bool) -> Done<Self> {
        let profile = tempfile::Builder::new().prefix("chromium-").tempdir_in(folder)?;
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        let mut driver = Process::start("chromedriver", command, profile.path())?;
        driver.ready(&format!("http://127.0.0.1:{port}/status")).await?;
        let mut args: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--lang=vi",
            "--window-size=1280,900",
        ]
        .map(str::to_owned)
        .into();
        args.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        let mut options = json!({ "args": args, "prefs": { "intl.accept_languages": "vi,en" } });
        if !scripts {
            options["prefs"]["profile.default_content_setting_values.javascript"] = json!(2);
        }
        let capabilities: Capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .map_err(|e| Trouble(format!("Chromium does not start: {e}\n{}", driver.tail())))?;
        Ok(Self { client, _driver: driver, _profile: profile })
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) -> Done {
        self.client.goto(url).await.said(|| format!("opening {url}"))
    }

    /// Where it is.
    pub(crate) async fn url(&self) -> Done<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// The document's title.
    pub(crate) async fn title(&self) -> Done<String> {
        Ok(self.client.title().await?)
    }

    /// All that can be read on the page.
    pub(crate) async fn words(&self) -> Done<String> {
        self.text("body").await
    }

    /// Waits for an element that can be seen.
    pub(crate) async fn wait_for(&self, css: &str) -> Done<Element> {
        let began = Instant::now();
        loop {
            if let Some(element) = self.seen(css).await? {
                return Ok(element);
            }
            if began.elapsed() > PATIENCE {
                return Err(Trouble(format!("there is no {css} on the page")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the address begins with this.
    pub(crate) async fn wait_for_address(&self, start: &str) -> Done {
        let began = Instant::now();
        loop {
            let url = self.url().await?;
            if url.starts_with(start) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(Trouble(format!("the address is {url}, not {start}…")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The element, if it is there and can be seen.
    async fn seen(&self, css: &str) -> Done<Option<Element>> {
        let found = match self.client.find(Locator::Css(css)).await {
            Ok(element) => match element.is_displayed().await {
                Ok(displayed) => Ok(displayed.then_some(element)),
                Err(e) => Err(e),
            },
            Err(e) => Err(e),
        };
        match found {
            Ok(found) => Ok(found),
            Err(e) if e.is_no_such_element() || e.is_stale_element_reference() || is_between_pages(&e) => {
                Ok(None)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Whether there is such an element now.
    pub(crate) async fn has(&self, css: &str) -> Done<bool> {
        Ok(self.seen(css).await?.is_some())
    }

    /// The text of an element.
    pub(crate) async fn text(&self, css: &str) -> Done<String> {
        Ok(self.wait_for(css).await?.text().await?)
    }

    /// Presses an element.
    pub(crate) async fn click(&self, css: &str) -> Done {
        self.wait_for(css).await?.click().await.said(|| format!("pressing {css}"))
    }

    /// Types into a field, in place of what is there.
    pub(crate) async fn fill(&self, css: &str, text: &str) -> Done {
        let field = self.wait_for(css).await?;
        field.clear().await.said(|| format!("clearing {css}"))?;
        field.send_keys(text).await.said(|| format!("typing into {css}"))
    }

    /// Presses a key wherever the focus is.
    pub(crate) async fn key(&self, key: Key) -> Done {
        Ok(self.client.active_element().await?.send_keys(&key.to_string()).await?)
    }

    /// Types wherever the focus is.
    pub(crate) async fn type_keys(&self, text: &str) -> Done {
        Ok(self.client.active_element().await?.send_keys(text).await?)
    }

    /// The browser's own buttons.
    pub(crate) async fn back(&self) -> Done {
        Ok(self.client.back().await?)
    }

    pub(crate) async fn refresh(&self) -> Done {
        Ok(self.client.refresh().await?)
    }

    /// Opens one more tab and goes to it; gives the one left behind.
    pub(crate) async fn new_tab(&self) -> Done<fantoccini::wd::WindowHandle> {
        let before = self.client.window().await?;
        let tab = self.client.new_window(true).await?;
        self.client.switch_to_window(tab.handle).await?;
        Ok(before)
    }

    /// The tab in front.
    pub(crate) async fn tab(&self) -> Done<fantoccini::wd::WindowHandle> {
        Ok(self.client.window().await?)
    }

    /// Goes to a tab.
    pub(crate) async fn go_to_tab(&self, tab: &fantoccini::wd::WindowHandle) -> Done {
        Ok(self.client.switch_to_window(tab.clone()).await?)
    }

    /// Runs a script of the test's own, also where page scripts are off.
    pub(crate) async fn run(&self, script: &str) -> Done<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// The same for a script that calls its last argument when it is done.
    pub(crate) async fn run_to_end(&self, script: &str) -> Done<Value> {
        Ok(self.client.execute_async(script, vec![]).await?)
    }

    /// A picture of the whole page, as PNG.
    pub(crate) async fn picture(&self) -> Done<Vec<u8>> {
        let shown = self
            .devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "format": "png" }))
            .await?;
        let data = shown.get("data").and_then(Value::as_str).said(|| "no picture came".to_owned())?;
        Ok(data_encoding::BASE64.decode(data.as_bytes())?)
    }

    /// A screen of this size, a phone's when `phone`.
    pub(crate) async fn screen(&self, width: u32, height: u32, phone: bool) -> Done {
        self.scaled(width, height, phone, if phone { 2 } else { 1 }).await
    }

    /// The same with so many dots to a pixel.
    pub(crate) async fn scaled(&self, width: u32, height: u32, phone: bool, scale: u32) -> Done {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await.map(drop)
    }

    /// What the reader prefers: light or dark.
    pub(crate) async fn dark(&self, dark: bool) -> Done {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Cookies of all sites as (name, value, port-less domain, path).
    pub(crate) async fn cookies(&self) -> Done<Vec<Value>> {
        let all = self.devtools("Network.getAllCookies", json!({})).await?;
        Ok(all.get("cookies").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Puts cookies there that another browser had.
    pub(crate) async fn restore_cookies(&self, cookies: &[Value]) -> Done {
        for cookie in cookies {
            let kept = ["name", "value", "domain", "path", "httpOnly", "sameSite", "secure"];
            let one: serde_json::Map<String, Value> =
                kept.iter().filter_map(|k| cookie.get(*k).map(|v| ((*k).to_owned(), v.clone()))).collect();
            self.devtools("Network.setCookie", Value::Object(one)).await?;
        }
        Ok(())
    }

    /// Forgets one cookie.
    pub(crate) async fn forget_cookie(&self, name: &str) -> Done {
        self.devtools("Network.deleteCookies", json!({ "name": name, "domain": "localhost" })).await.map(drop)
    }

    /// Forgets all cookies of all sites.
    pub(crate) async fn forget_cookies(&self) -> Done {
        self.devtools("Network.clearBrowserCookies", json!({})).await.map(drop)
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Done<Value> {
        let call = DevTools(json!({ "cmd": command, "params": parameters }).to_string());
        self.client.issue_cmd(call).await.said(|| command.to_owned())
    }

    /// Closes it in good order.
    pub(crate) async fn close(self) {
        let _ = self.client.clone().close().await;
    }
}

/// While one page replaces another there is none to look at.
fn is_between_pages(error: &CmdError) -> bool {
    let words = error.to_string();
    [
        "aborted by navigation",
        "loader has changed",
        "does not belong to the document",
        "no such execution context",
        "Cannot find context",
    ]
    .iter()
    .any(|w| words.contains(w))
}

/// A command of Chromium's own protocol, through its driver.
#[derive(Debug)]
struct DevTools(String);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.clone()))
    }
}
