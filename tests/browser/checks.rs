//! What every page must be: readable by machines that read aloud, on the narrowest screen, with the keyboard alone.

use crate::chromium::Browser;
use crate::trouble::{Done, Said, ensure};
use fantoccini::key::Key;
use serde_json::Value;

const AXE: &str = include_str!("vendor/axe.min.js");

/// One heading that is also the title, a language, and nothing that axe finds.
pub(crate) async fn well_made(browser: &Browser, lang: &str) -> Done {
    let headings =
        browser.run("return [...document.querySelectorAll('h1')].map(h => h.textContent.trim())").await?;
    let title = browser.title().await?;
    ensure!(headings == serde_json::json!([title]), "the heading is {headings}, the title {title}");
    let found = browser.run("return document.documentElement.lang").await?;
    ensure!(found == lang, "the page says its language is {found}, not {lang}");
    axe(browser, &[]).await
}

/// Runs axe with all its rules but those named, in the light and in the dark.
pub(crate) async fn axe(browser: &Browser, without: &[&str]) -> Done {
    let rules: serde_json::Map<String, Value> =
        without.iter().map(|rule| ((*rule).to_owned(), serde_json::json!({ "enabled": false }))).collect();
    let options = serde_json::json!({ "resultTypes": ["violations"], "rules": rules });
    for dark in [false, true] {
        browser.dark(dark).await?;
        let run = format!(
            "const done = arguments[arguments.length - 1];
             axe.run(document, {options}).then(
                 r => done(r.violations.map(v => v.id + ': ' + v.help + '\\n    '
                     + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('\\n    '))),
                 e => done(['axe: ' + e]))",
        );
        // A page that refreshes itself may do so in the middle of it.
        let mut tries = 0;
        let findings = loop {
            tries += 1;
            let ran = match browser.run(&format!("{AXE}; return true")).await {
                Ok(_) => browser.run_to_end(&run).await,
                Err(trouble) => Err(trouble),
            };
            match ran {
                Ok(findings) => break findings,
                Err(trouble) if tries == 5 => return Err(trouble),
                Err(_) => {}
            }
        };
        let findings: Vec<&str> =
            findings.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let scheme = if dark { "dark" } else { "light" };
        ensure!(findings.is_empty(), "axe finds on the {scheme} page:\n{}", findings.join("\n"));
    }
    browser.dark(false).await
}

/// Nothing to scroll sideways at 320 px, nothing cut off, and buttons that a thumb can hit.
pub(crate) async fn narrow(browser: &Browser) -> Done {
    browser.screen(320, 640, true).await?;
    let wide = browser.run("return document.documentElement.scrollWidth").await?;
    ensure!(wide.as_u64().is_some_and(|w| w <= 320), "the page is {wide} px wide on a screen of 320 px");
    let faults = browser
        .run(
            "const faults = [];
             for (const e of document.querySelectorAll('body *')) {
                 const box = e.getBoundingClientRect();
                 const style = getComputedStyle(e);
                 if (box.width === 0 || style.visibility === 'hidden' || e.closest('.skip, .spoken, svg')) continue;
                 if (box.right > 320.5 || box.left < -0.5) faults.push('off the screen: ' + e.outerHTML.slice(0, 120));
             }
             for (const e of document.querySelectorAll('button:not(.link), a.button, input:not([type=hidden])')) {
                 // A radio button is pressed by the whole card that its label covers.
                 const box = (e.type === 'radio' && e.closest('.choice') || e).getBoundingClientRect();
                 if (box.width > 0 && box.height < 47.5) faults.push(box.height + ' px high: ' + e.outerHTML.slice(0, 120));
             }
             return faults",
        )
        .await?;
    let faults: Vec<&str> = faults.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(faults.is_empty(), "at 320 px:\n{}", faults.join("\n"));
    browser.screen(1280, 900, false).await
}

/// Tab reaches everything that can be pressed or filled in, in the order of the page, and one sees where one is.
pub(crate) async fn reachable(browser: &Browser) -> Done {
    let expected = browser
        .run(
            "document.activeElement.blur(); window.getSelection().removeAllRanges(); window.scrollTo(0, 0);
             return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                 .filter(e => !e.disabled && e.getClientRects().length > 0)
                 // Of radio buttons of one name Tab reaches one, and the arrows the others.
                 .filter(e => e.type !== 'radio' || e === ((all) => all.find(r => r.checked) ?? all[0])(
                     [...document.querySelectorAll('input[type=radio]')].filter(r => r.name === e.name)))
                 .map((e, i) => { e.dataset.order = i; return e.outerHTML.slice(0, 100) })",
        )
        .await?;
    let expected = expected.as_array().cloned().said(|| "no list of elements".to_owned())?;
    // Focus begins at the top, also when an error summary had it.
    browser
        .run("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
        .await?;
    for (order, element) in expected.iter().enumerate() {
        browser.key(Key::Tab).await?;
        let at = browser
            .run(
                "const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                 return { order: e.dataset.order ?? null, html: e.outerHTML.slice(0, 100),
                     ring: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none',
                     shown: b.bottom > 0 && b.top < innerHeight }",
            )
            .await?;
        let order = order.to_string();
        ensure!(at["order"] == order.as_str(), "Tab leads to {} instead of {element}", at["html"]);
        ensure!(at["ring"] == true, "one cannot see the focus on {element}");
        ensure!(at["shown"] == true, "the focus is outside of the screen on {element}");
    }
    Ok(())
}

/// Tabs to the element and presses Enter.
pub(crate) async fn press_by_keyboard(browser: &Browser, css: &str) -> Done {
    tab_to(browser, css).await?;
    browser.key(Key::Enter).await
}

/// Tabs to the element.
pub(crate) async fn tab_to(browser: &Browser, css: &str) -> Done {
    browser.wait_for(css).await?;
    for _ in 0..60 {
        let script = format!("return document.activeElement.matches({})", serde_json::json!(css));
        if browser.run(&script).await? == true {
            return Ok(());
        }
        browser.key(Key::Tab).await?;
    }
    ensure!(false, "Tab does not reach {css}");
    Ok(())
}
