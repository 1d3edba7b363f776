//! Items 5 and 12: authorization by GET and POST, parameters that change nothing, languages; request objects.

use serde_json::json;
use support::people::AN;
use support::{Call, for_both_stores, html};

for_both_stores! {
    async fn core_05_by_post_as_by_get(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request();
        let answer = browser.send(Call::post("/oauth2/authorize").raw_form(request.encoded())).await;
        let answer = browser.follow(answer).await;
        let returned = world.go_on(&browser, answer, AN).await;
        assert_eq!(returned.get("state"), request.get("state"));
        assert_eq!(portal.redeem(&returned.code(), &request).await.status, 200);

        // Signed in already: at once.
        let again = portal.request();
        let answer = browser.send(Call::post("/oauth2/authorize").raw_form(again.encoded())).await;
        let answer = browser.follow(answer).await;
        assert_eq!(answer.returned().get("state"), again.get("state"));

        // Errors as well.
        let wrong = portal.request().with("scope", "nothing");
        let answer = browser.send(Call::post("/oauth2/authorize").raw_form(wrong.encoded())).await;
        let answer = browser.follow(answer).await;
        answer.returned().expect_error("invalid_scope", world.issuer(), wrong.get("state"));
    }

    /// A portal's page posts from another site: browsers leave our cookies (`SameSite=Lax`) out of that request. The citizen
    /// who is signed in is known all the same.
    async fn core_05_a_post_from_a_portals_page_knows_the_session(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let request = portal.request().with("prompt", "none");
        let answer = browser.post_from_elsewhere("/oauth2/authorize", &request.encoded()).await;
        let returned = browser.follow(answer).await.returned();
        assert!(returned.get("code").is_some(), "{}", returned.url);
    }

    /// Nor does it take away what other tabs need.
    async fn core_05_a_post_from_a_portals_page_leaves_other_tabs_alone(world: World) {
        let portal = world.register(json!({"sign_in_methods": ["vneid", "national"]})).await;
        let browser = world.browser();
        let request = portal.request();
        let page = browser.visit(&request.path()).await;
        let answer = browser.post_from_elsewhere("/oauth2/authorize", &portal.request().encoded()).await;
        browser.follow(answer).await;
        let answer = browser.press(&page, "login-vneid").await;
        assert_eq!(answer.code(), None, "{}", answer.plain());
        assert_eq!(world.go_on(&browser, answer, AN).await.get("state"), request.get("state"));
    }

    async fn core_05_order_and_unknown_parameters_change_nothing(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let mut backwards = portal.request();
        backwards.pairs.reverse();
        assert!(world.sign_in(&browser, &backwards, AN).await.get("code").is_some());
        let extra: [(&str, &str); 12] = [
            ("display", "page"),
            ("display", "popup"),
            ("display", "wap"),
            ("display", "nonsense"),
            ("ui_locales", "se"),
            ("ui_locales", "x-klingon en-GB vi"),
            ("claims_locales", "se fr"),
            ("login_hint", "001085000001"),
            ("login_hint", "nobody@example.com"),
            ("registration", "{}"),
            ("extra", "foobar"),
            ("resource", "https://api.example.vn/"),
        ];
        for (name, value) in extra {
            let request = portal.request().with(name, value);
            assert!(world.sign_in(&browser, &request, AN).await.get("code").is_some(), "{name}={value}");
            assert!(
                world.sign_in(&world.browser(), &request, AN).await.get("code").is_some(),
                "{name}={value}"
            );
        }
        // Item 30: unknown long fields.
        let long = portal.request().with("unknown", &"x".repeat(12_000));
        assert!(world.sign_in(&browser, &long, AN).await.get("code").is_some());
    }

    async fn core_05_ui_locales_pick_the_language(world: World) {
        // A portal that offers a choice has a page of ours to show.
        let portal = world.register(json!({"sign_in_methods": ["vneid", "national"]})).await;
        for (asked, header, lang) in [
            (Some("en"), None, "en"),
            (Some("vi"), Some("en"), "vi"),
            (Some("se en"), None, "en"),
            (Some("en-GB"), None, "en"),
            (Some("se"), None, "vi"),
            (None, Some("en-US,en;q=0.9"), "vi"),
            (None, None, "vi"),
            (Some("fr vi en"), None, "vi"),
        ] {
            let mut browser = world.browser();
            browser.headers.extend(header.map(|h| ("accept-language".to_owned(), h.to_owned())));
            let mut request = portal.request();
            if let Some(asked) = asked {
                request = request.with("ui_locales", asked);
            }
            let page = browser.visit(&request.path()).await;
            assert!(page.has("login-vneid"), "{}", page.plain());
            page.expect_page();
            assert_eq!(page.header("content-language"), Some(lang), "{asked:?} {header:?}");
            assert!(page.text().contains(&format!("<html lang=\"{lang}\"")));
        }
    }

    /// The language buttons of a page lead back to that page, in the other language, and it stays chosen.
    async fn core_05_the_language_can_be_changed_on_the_page(world: World) {
        let portal = world.register(json!({"sign_in_methods": ["vneid", "national"]})).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let form = language_form(&page.text());
        let answer = browser.submit(&form).await;
        let there = browser.follow(answer).await;
        assert_eq!(there.url, page.url, "{}", there.plain());
        assert_eq!(there.header("content-language"), Some("en"));
        let answer = browser.press(&there, "login-vneid").await;
        assert!(world.go_on(&browser, answer, AN).await.get("code").is_some());
    }

    async fn core_12_request_objects_are_refused_by_their_names(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request().with("request", "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6ImlubmVyIn0.");
        browser.open(&request.path()).await.returned().expect_error(
            "request_not_supported",
            world.issuer(),
            request.get("state"),
        );
        for uri in
            ["https://evil.example/r", "urn:ietf:params:oauth:request_uri:x", "http://169.254.169.254/"]
        {
            let request = portal.request().with("request_uri", uri);
            browser.open(&request.path()).await.returned().expect_error(
                "request_uri_not_supported",
                world.issuer(),
                request.get("state"),
            );
        }
    }
}

/// The form of the footer, its other language pressed.
fn language_form(page: &str) -> html::Form {
    let at = page.find("class=\"languages\"").expect("a choice of languages");
    let start = page[..at].rfind("<form").unwrap();
    let block = &page[start..];
    let marked = block[..block.find("</form>").unwrap() + 7].replacen("<button ", "<button id=\"other\" ", 1);
    html::form_with(&marked, "other").unwrap()
}
