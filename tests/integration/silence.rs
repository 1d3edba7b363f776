//! Nothing of a person and no secret in the log.

use broker_domain::outbox::OutboxKind;
use support::logs::Logs;
use support::people::AN;
use support::tokens::Tokens;
use support::{Call, for_both_stores};

for_both_stores! {
    async fn logs_hold_no_person_and_no_secret(world: World) {
        silent(&world).await;
    }

    async fn logs_hold_no_person_and_no_secret_sealed(world: World = Options::sealed()) {
        silent(&world).await;
    }
}

async fn silent(world: &support::World) {
    let (logs, _guard) = Logs::keep(
        "debug,broker=trace,broker_domain=trace,broker_stores=trace,broker_vneid=trace,broker_jose=trace,sqlx=debug,mock_vneid=off",
    );
    let portal =
        world.register(serde_json::json!({"sign_in_methods": ["vneid", "national"], "consent": "ask"})).await;
    let browser = world.browser();
    let scope = "openid profile email address phone offline_access citizen";
    let request = portal.request().with("scope", scope).with("login_hint", AN.number);
    let page = browser.visit(&request.path()).await;
    let form_token = page.form("login-vneid").get("form_token").unwrap().to_owned();
    let to = browser.press(&page, "login-vneid").await.location().unwrap().to_owned();
    let callback = world.vneid.approve(&to, AN).await;
    let answer = browser.visit(&callback).await;
    let returned = world.go_on(&browser, answer, AN).await;
    let tokens = portal.tokens(&returned, &request).await;
    let info = portal.userinfo(&tokens.access).await.json();
    let refreshed = Tokens::of(&portal.refresh(tokens.refresh()).await);
    portal.introspect(&refreshed.access).await;
    portal.revoke(&tokens.access).await;
    // What goes wrong is logged too.
    let replayed = returned.code();
    portal.redeem(&replayed, &request).await.expect_error(400, "invalid_grant");
    Call::post("/oauth2/token")
        .basic(&portal.id, "a-guessed-secret-0123456789")
        .form(&[("grant_type", "x")])
        .send(world.router())
        .await;
    browser.visit(&callback).await;
    browser.visit("/oauth2/authorize?client_id=a-client-that-nobody-knows&login_hint=001085000001").await;
    let again = portal.request().with("prompt", "login");
    let to = world.to_vneid(&browser, &again).await;
    let second = world.vneid.approve(&to, AN).await;
    world.vneid.fail(mock_vneid::Endpoint::Token, mock_vneid::Fault::CodeRefused);
    browser.visit(&second).await;
    world.vneid.mend();
    let last = world.tokens(&browser, &portal, AN).await;
    world.log_out(&browser, &portal, &last).await;
    world.jobs().deliver(OutboxKind::Logout).await.unwrap();
    world.jobs().drain_audit_fully().await.unwrap();
    let text = logs.text();
    assert!(text.lines().count() > 10, "nothing was logged:\n{text}");
    assert!(text.contains("broker::request") && text.contains(&portal.id));

    let mut forbidden: Vec<(String, String)> = vec![
        ("number".to_owned(), AN.number.to_owned()),
        ("client secret".to_owned(), portal.secret.clone()),
        ("guessed secret".to_owned(), "a-guessed-secret-0123456789".to_owned()),
        ("VNeID's secret for us".to_owned(), support::vneid::CLIENT_SECRET.to_owned()),
        ("code".to_owned(), returned.code()),
        ("state".to_owned(), request.get("state").unwrap().to_owned()),
        ("nonce".to_owned(), request.get("nonce").unwrap().to_owned()),
        ("verifier".to_owned(), request.verifier.clone()),
        ("form token".to_owned(), form_token),
        ("claimed client".to_owned(), "a-client-that-nobody-knows".to_owned()),
    ];
    for tokens in [&tokens, &refreshed, &last] {
        for token in
            [Some(&tokens.access), tokens.refresh.as_ref(), tokens.id_token.as_ref()].into_iter().flatten()
        {
            forbidden.push(("token".to_owned(), token.clone()));
            forbidden.push(("token's last part".to_owned(), token.rsplit('.').next().unwrap().to_owned()));
        }
    }
    for (name, value) in browser.cookies() {
        forbidden.push((name, value.rsplit('.').next().unwrap().to_owned()));
    }
    for url in [&to, &callback, &second] {
        for (name, value) in url::form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()) {
            if ["state", "nonce", "code", "code_challenge", "encrypt_key"].contains(&name.as_ref()) {
                forbidden.push((format!("VNeID's {name}"), value.rsplit('.').next().unwrap().to_owned()));
            }
        }
    }
    for name in ["name", "given_name", "birthdate", "email", "phone_number", "personal_number", "sub"] {
        let value = info[name].as_str().unwrap_or_default();
        if value.chars().count() > 3 {
            forbidden.push((name.to_owned(), value.to_owned()));
        }
    }
    forbidden.push(("address".to_owned(), "Hàng Bạc".to_owned()));
    forbidden.push(("name".to_owned(), "NGUY".to_owned()));
    for (what, value) in forbidden.iter().filter(|(_, v)| v.len() > 3) {
        if let Some(line) = text.lines().find(|l| l.contains(value.as_str())) {
            panic!("the log holds {what} ({value}):\n{line}");
        }
    }
}
