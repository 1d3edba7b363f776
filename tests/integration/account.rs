//! The account pages: what citizens see of themselves and can do about it, and what nobody else can.

use broker::app::Registration;
use broker::jobs::Ending;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::claims::Claims;
use broker_domain::ids::{AccountId, EventId, Namespace, SectorId, SessionId, TraceId};
use broker_domain::linking::{CutOff, Evidence, LegacyAccount, LegacyKind, LegacyStatus};
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{ImportProgress, ImportedAccount, Linked, NamespaceOrder, NewLink, Write};
use broker_domain::session::{Holder, Session};
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use support::html::text_of;
use support::people::{AN, BINH, DUNG, Person};
use support::receiver::Receiver;
use support::tokens::Tokens;
use support::{Answer, Browser, Call, Portal, World, for_both_stores};

const PAGES: [&str; 5] =
    ["/account", "/account/links", "/account/history", "/account/sessions", "/account/data"];

/// Opens an account page, by way of VNeID when nobody is signed in.
async fn enter(world: &World, browser: &Browser, path: &str, person: Person) -> Answer {
    let answer = browser.visit(path).await;
    match answer.location() {
        Some(to) if answer.status == 303 && world.vneid.owns(to) => {
            browser.visit(&world.vneid.approve(to, person).await).await
        }
        _ => answer,
    }
}

#[track_caller]
fn is_page(answer: &Answer) {
    assert_eq!(answer.status, 200, "{} {:?}\n{}", answer.url, answer.location(), answer.plain());
    answer.expect_page();
}

async fn session(world: &World, browser: &Browser) -> Option<Session> {
    let sid = SessionId::parse(&browser.sid()?).unwrap();
    world.broker().stores.expiring.open(None, Some(&sid)).await.unwrap().session
}

/// A legacy account of a portal, linked to whoever is signed in.
async fn linked(world: &World, browser: &Browser, portal: &Portal, tech_id: &str) -> AccountId {
    let broker = world.broker();
    let namespace = Namespace::new(portal.id.as_str());
    let tech_id = Subject::new(tech_id).unwrap();
    let mut claims = Claims::default();
    claims.email = Some(broker_domain::claims::Marked::new(
        format!("{tech_id}@example.vn"),
        broker_domain::claims::Mark::Yellow,
    ));
    claims.current_address =
        Some(broker_domain::claims::Marked::new("2 Lê Lợi".to_owned(), broker_domain::claims::Mark::Yellow));
    let account = LegacyAccount {
        id: AccountId::generate(&*broker.entropy),
        namespace: namespace.clone(),
        tech_id: tech_id.clone(),
        kind: LegacyKind::Citizen,
        status: LegacyStatus::Open,
        has_password: false,
        claims,
        confirmed: None,
    };
    let progress = ImportProgress { file: tech_id.as_str().to_owned(), ..ImportProgress::default() };
    let imported = ImportedAccount { account: account.clone(), user_name: None, password: None };
    broker.stores.accounts.import(&namespace, vec![imported], progress, world.now()).await.unwrap();
    let wanted = NewLink {
        citizen: session(world, browser).await.unwrap().holder.citizen().unwrap().clone(),
        account: account.id.clone(),
        evidence: Evidence::VerifiedNumber,
        by: None,
        sector: broker.registry.find(&portal.id).unwrap().sector(),
        tell: Vec::new(),
        said: AuditEvent::new(
            EventId::generate(&*world.broker().entropy),
            world.now(),
            AuditKind::AccountLinked,
        ),
        now: world.now(),
    };
    assert!(matches!(broker.stores.accounts.link(&wanted).await.unwrap(), Linked::Now { .. }));
    account.id
}

fn code_in(url: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == "code").unwrap().1.into_owned()
}

for_both_stores! {
    /// Nobody is signed in: a login like any other comes first, and leads back to the very page, with the portal it came from.
    async fn account_begins_with_a_sign_in(world: World) {
        let portal = world.portal().await;
        for path in PAGES {
            let browser = world.browser();
            let page = enter(&world, &browser, &format!("{path}?client_id={}", portal.id), AN).await;
            is_page(&page);
            assert_eq!(page.url.split('?').next(), Some(path));
            assert!(page.plain().contains(&format!("Cổng {}", portal.id)), "{}", page.plain());
            assert_eq!(page.link("back-to-portal"), format!("https://{}.example.vn/", portal.id));
            // Signed in: every page opens at once, and leads to all others with the same portal.
            for other in PAGES {
                is_page(&browser.open(other).await);
            }
            let name = path.rsplit('/').next().unwrap();
            let next = if name == "links" { "history" } else { "links" };
            assert_eq!(
                page.link(&format!("nav-{next}")),
                format!("/account/{next}?client_id={}", portal.id)
            );
        }
        let event = world.event(AuditKind::SignedIn).await;
        assert_eq!(event.client.as_ref().map(|c| c.as_str()), Some("tai-khoan"));
    }

    /// Who is signed in at a portal is signed in here, without VNeID and without any page between.
    async fn account_by_single_sign_on(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let page = browser.open("/account").await;
        is_page(&page);
        let text = page.text();
        for (id, value) in [("claim-name", AN.name), ("claim-number", AN.number), ("claim-born", "12/03/1985")] {
            let row = text.split(&format!("id=\"{id}\"")).nth(1).unwrap().split("</div>").next().unwrap();
            assert!(row.contains(value) && row.contains("Đã xác minh") && row.contains("VNeID"), "{row}");
        }
        assert!(!text.contains("<script") && !text.contains("onclick"));
        // Other cookies lost, the session kept: its forms work all the same.
        browser.forget("vb_browser");
        let page = browser.open("/account/sessions").await;
        is_page(&page);
        assert!(browser.id().is_some());
        assert_eq!(browser.submit(&page.form("end-1")).await.status, 303);
        assert!(session(&world, &browser).await.is_none());
    }

    /// A link can name a portal, and nothing else: no address of anybody's choice.
    async fn account_leads_back_to_registered_portals_alone(world: World) {
        let portal = world.portal().await;
        world.switch_off(&portal).await;
        let browser = world.browser();
        for wrong in ["nobody", "tai-khoan", "https%3A%2F%2Fevil.example", portal.id.as_str(), "a%22%3E%3Cb%3E"] {
            let page = enter(&world, &browser, &format!("/account?client_id={wrong}"), AN).await;
            is_page(&page);
            assert!(!page.has("back-to-portal") && !page.text().contains("evil"), "{wrong}");
            assert_eq!(page.link("nav-links"), "/account/links");
        }
        for state in ["https://evil.example/", "//evil.example", "/oauth2/authorize", "/account/../x", "x", ""] {
            let query = support::call::form(&[("state", state)]);
            let answer = browser.open(&format!("/account/signed-in?{query}")).await;
            assert_eq!((answer.status, answer.location()), (303, Some("/account")), "{state}");
        }
    }

    /// The code by which a login for these pages ends opens nothing for anybody, whoever made the request.
    async fn account_codes_are_of_no_use(world: World) {
        let browser = world.browser();
        let redirect = format!("{}/account/signed-in", world.issuer());
        let redeem = async |code: &str, verifier: &str| {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("client_id", "tai-khoan"),
                ("redirect_uri", redirect.as_str()),
                ("code_verifier", verifier),
            ];
            Call::post("/oauth2/token").form(&form).send(world.router()).await
        };
        // Ours: its verifier is known to nobody.
        let to = browser.visit("/account").await.location().unwrap().to_owned();
        let back = browser.open(&world.vneid.approve(&to, AN).await).await;
        let code = code_in(back.location().unwrap());
        redeem(&code, &"v".repeat(43)).await.expect_error(400, "invalid_grant");
        // A stranger's, sent to somebody who is signed in: used up on arrival.
        let verifier = "v".repeat(43);
        let challenge = broker_domain::secret::s256(&verifier);
        let query = support::call::form(&[
            ("response_type", "code"),
            ("client_id", "tai-khoan"),
            ("redirect_uri", redirect.as_str()),
            ("scope", "openid"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        let answer = browser.open(&format!("/oauth2/authorize?{query}")).await;
        let code = code_in(answer.location().unwrap());
        assert_eq!(browser.open(answer.location().unwrap()).await.location(), Some("/account"));
        redeem(&code, &verifier).await.expect_error(400, "invalid_grant");
    }

    /// The registration of these pages is a part of the program.
    async fn account_registration_is_nobodys(world: World) {
        for own in [json!({"client_id": "tai-khoan"}), json!({"client_id": "other", "sector": "tai-khoan"})] {
            let mut all = json!({"client_name": "Cổng", "redirect_uris": ["https://evil.example/cb"]});
            all.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
            assert!(Registration::parse(all.to_string().as_bytes()).is_err(), "{own}");
        }
        let all = world.broker().stores.registrations.all().await.unwrap();
        assert!(all.iter().all(|c| c.id.as_str() != "tai-khoan"));
        let (code, _, err) = world.command(&["client", "disable", "tai-khoan"]).await;
        assert_ne!(code, 0, "{err}");
        is_page(&enter(&world, &world.browser(), "/account", AN).await);
    }

    /// What linked accounts hold fills the gaps, with its own mark; and the citizen is told what changed.
    async fn account_shows_every_mark_and_what_changed(world: World) {
        let portal = world.portal().await;
        let mut an = support::vneid::citizen(AN);
        (an.email, an.address) = (None, None);
        world.vneid.put(an);
        let browser = world.browser();
        let page = enter(&world, &browser, "/account", AN).await;
        assert!(!page.has("recent-changes"));
        linked(&world, &browser, &portal, "dvcqg-1001").await;
        let mut told = broker_domain::audit::AuditEvent::new(
            broker_domain::ids::EventId::generate(&*world.broker().entropy),
            world.now(),
            AuditKind::AccountLinked,
        );
        told.citizen = session(&world, &browser).await.unwrap().holder.citizen().cloned();
        told.client = Some(broker_domain::ids::ClientId::new(portal.id.as_str()));
        world.broker().stores.audit.append(&[told]).await.unwrap();
        let page = browser.open("/account").await;
        let text = page.text();
        let row = |id: &str| text.split(&format!("id=\"{id}\"")).nth(1).unwrap().split("</div>").next().unwrap().to_owned();
        let email = row("claim-email");
        assert!(email.contains("dvcqg-1001@example.vn") && email.contains("Tự khai, chưa xác minh"), "{email}");
        assert!(email.contains(&format!("Cổng {}", portal.id)), "{email}");
        assert!(row("claim-address").contains("Chưa có dữ liệu") && row("claim-address").contains("Địa chỉ thường trú"));
        assert!(row("claim-current").contains("2 Lê Lợi") && row("claim-current").contains("Nơi ở hiện tại"));
        assert!(page.has("recent-changes") && text_of(&text, "recent-changes").unwrap().contains("Liên kết"));
        // A month later it is no news any more.
        world.wait(31 * 86_400);
        assert!(!enter(&world, &browser, "/account", AN).await.has("recent-changes"));
    }

    async fn account_speaks_both_languages(world: World) {
        let browser = world.browser();
        let page = enter(&world, &browser, "/account/history", AN).await;
        assert!(page.text().contains("<html lang=\"vi\">"));
        let form = [("lang", "en"), ("here", "/account/history")];
        let answer = browser.send(Call::post("/language").form(&form)).await;
        assert_eq!(answer.location(), Some("/account/history"));
        for path in PAGES {
            let page = browser.open(path).await;
            is_page(&page);
            assert!(page.text().contains("<html lang=\"en\">") && !page.plain().contains("Tài khoản"), "{path}");
        }
    }

    /// The history, by portal, the newest first, page by page.
    async fn account_history_goes_back_page_by_page(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        for _ in 0..24 {
            world.at_once(&browser, &other.request()).await.code();
        }
        world.tokens(&world.browser(), &other, BINH).await;
        world.events().await;
        let page = browser.open("/account/history").await;
        is_page(&page);
        let words = page.plain();
        assert!(words.contains("Vào cổng mà không phải đăng nhập lại") && words.contains(&other.id));
        assert_eq!(words.matches("Vào cổng").count(), 20);
        assert!(!page.has("newest"));
        let older = browser.open(&page.link("older")).await;
        is_page(&older);
        assert!(older.plain().contains("Đăng nhập bằng VNeID Cổng"), "{}", older.plain());
        assert!(older.plain().contains("Mức độ xác thực 2"));
        assert!(!older.has("older") && older.link("newest") == "/account/history");
        // One citizen's history is nobody else's.
        let binh = enter(&world, &world.browser(), "/account/history", BINH).await;
        assert_eq!(binh.plain().matches("Vào cổng").count(), 0);
        for odd in ["before=0", "before=-1", "before=x", "before=99999999999999999999"] {
            is_page(&browser.open(&format!("/account/history?{odd}")).await);
        }
    }

    /// Ended from another browser: it opens nothing any more, its tokens are dead, its portals told; at once.
    async fn account_sessions_end_at_once(world: World) {
        let receiver = Receiver::start().await;
        let portal = world.register(json!({"backchannel_logout_uri": receiver.url})).await;
        let (phone, desk) = (world.browser(), world.browser());
        let tokens = world.tokens(&phone, &portal, AN).await;
        world.wait(60);
        let page = enter(&world, &desk, "/account/sessions", AN).await;
        is_page(&page);
        assert!(page.has("end-1") && page.has("end-2") && !page.has("end-3"));
        let text = page.text();
        assert!(text_of(&text, "session-1").is_some_and(|t| t.contains("Trình duyệt này")));
        assert!(page.plain().contains(&format!("Cổng {}", portal.id)));
        // Looking changes nothing, and neither does HEAD.
        desk.open("/account/sessions").await;
        assert_eq!(desk.send(Call::of("HEAD", "/account/sessions")).await.status, 405);
        assert!(session(&world, &phone).await.is_some() && portal.works(&tokens.access).await);
        // A double click counts once, and is no error.
        let form = page.form("end-2");
        for _ in 0..2 {
            let answer = desk.submit(&form).await;
            assert_eq!((answer.status, answer.location()), (303, Some("/account/sessions")));
        }
        assert!(session(&world, &phone).await.is_none());
        assert!(!portal.works(&tokens.access).await);
        let refused = portal.refresh(tokens.refresh()).await;
        assert_eq!(refused.status, 400);
        while world.jobs().deliver(OutboxKind::Logout).await.unwrap() > 0 {}
        assert_eq!(receiver.received().len(), 1);
        let to = phone.visit("/account").await;
        assert!(to.location().is_some_and(|l| world.vneid.owns(l)));
        is_page(&desk.open("/account/sessions").await);
        let ended = world.event(AuditKind::SessionEnded).await;
        assert_eq!(ended.sid.as_ref().map(|s| s.as_str()), tokens.claims()["sid"].as_str());
    }

    async fn account_sessions_end_all_and_all_others(world: World) {
        let portal = world.portal().await;
        let all: Vec<Browser> = (0..4).map(|_| world.browser()).collect();
        for browser in &all {
            world.tokens(browser, &portal, AN).await;
        }
        let stranger = world.browser();
        world.tokens(&stranger, &portal, BINH).await;
        let alive = async || {
            let mut alive = Vec::new();
            for browser in &all {
                alive.push(session(&world, browser).await.is_some());
            }
            alive
        };
        let page = all[1].open("/account/sessions").await;
        assert_eq!(all[1].submit(&page.form("end-others")).await.location(), Some("/account/sessions"));
        assert_eq!(alive().await, [false, true, false, false]);
        let page = all[1].open("/account/sessions").await;
        assert!(!page.has("end-others"));
        world.tokens(&all[0], &portal, AN).await;
        let answer = all[1].submit(&page.form("end-all")).await;
        assert_eq!((answer.status, answer.location()), (303, Some("/oidc/logged-out")));
        assert_eq!(alive().await, [false; 4]);
        assert!(all[1].cookie("vb_session").is_none());
        assert!(session(&world, &stranger).await.is_some());
        // Whoever signs in next in that browser is asked by VNeID again.
        let to = all[1].visit("/account").await;
        assert!(world.vneid.is_told_to_ask_again(to.location().unwrap()));
    }

    /// Nobody ends somebody else's session, and no form works that was not shown here.
    async fn account_forms_cannot_be_forged(world: World) {
        let (mine, theirs) = (world.browser(), world.browser());
        let page = enter(&world, &mine, "/account/sessions", AN).await;
        let other = enter(&world, &theirs, "/account/sessions", DUNG).await;
        let form = page.form("end-all");
        let token = form.get("form_token").unwrap().to_owned();
        let foreign = other.form("end-all").get("form_token").unwrap().to_owned();
        for forged in [
            form.clone().without("form_token"),
            form.clone().with("form_token", "x"),
            form.clone().with("form_token", &format!("1{token}")),
            form.clone().with("form_token", &token.to_uppercase()),
            form.clone().with("form_token", &foreign),
        ] {
            let answer = mine.submit(&forged).await;
            answer.expect_problem(1702);
            assert_eq!(answer.link("way-on"), "/account");
        }
        // From another site, with the cookies all the same.
        let body = support::call::form(&form.fields);
        let call = Call::post("/account/sessions").raw_form(body).header("origin", "https://evil.example");
        mine.send(call).await.expect_problem(1702);
        // The right form in the wrong browser, or for the wrong session.
        theirs.submit(&form).await.expect_problem(1702);
        let sid = theirs.sid().unwrap();
        let answer = mine.submit(&page.form("end-1").with("end", &sid)).await;
        assert_eq!(answer.status, 303);
        for odd in ["", "x", "../..", &"A".repeat(22)] {
            let form = page.form("end-1").with("end", odd);
            assert!([303, 400].contains(&mine.submit(&form).await.status), "{odd}");
        }
        assert!(session(&world, &mine).await.is_some() && session(&world, &theirs).await.is_some());
        // Without any cookie: a login, and nothing done.
        let nobody = world.browser();
        let answer = nobody.submit(&form).await;
        assert!(answer.status == 303 && world.vneid.owns(answer.location().unwrap()));
        assert!(session(&world, &mine).await.is_some());
    }

    /// The data, as a file, by a press alone; nothing of anybody else in it.
    async fn account_data_can_be_taken_along(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let (browser, stranger) = (world.browser(), world.browser());
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.tokens(&stranger, &portal, BINH).await;
        linked(&world, &browser, &portal, "dvcqg-1001").await;
        linked(&world, &stranger, &portal, "dvcqg-1002").await;
        world.events().await;
        let page = browser.open("/account/data").await;
        is_page(&page);
        let form = page.form("take-data");
        browser.submit(&form.clone().without("form_token")).await.expect_problem(1702);
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::DataTaken));
        let answer = browser.submit(&form).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let data = answer.json();
        assert_eq!(data["claims"]["personal_number"]["value"], AN.number);
        assert_eq!(data["claims"]["personal_number"]["verified"], true);
        assert_eq!(data["linked_accounts"][0]["account"], "dvcqg-1001");
        assert_eq!(data["linked_accounts"][0]["evidence"], "verified-number");
        assert_eq!(data["linked_accounts"][0]["claims"]["current_address"]["value"], "2 Lê Lợi");
        assert_eq!(data["consents"][0]["portal"], portal.id.as_str());
        assert_eq!(data["identities"].as_array().unwrap().len(), 1);
        let subjects: Vec<&Value> = data["subjects"].as_array().unwrap().iter().collect();
        assert!(subjects.iter().any(|s| s["subject"] == tokens.claims()["sub"]), "{data}");
        assert!(data["history"].as_array().unwrap().iter().any(|e| e["what"] == "SignedIn"));
        let text = answer.text();
        for foreign in [BINH.number, BINH.name, "dvcqg-1002"] {
            assert!(!text.contains(foreign), "{foreign}");
        }
        let taken = world.event(AuditKind::DataTaken).await;
        assert_eq!(taken.citizen, session(&world, &browser).await.unwrap().holder.citizen().cloned());
    }

    /// A link is not ended by the page: a fresh sign-in, a reason, and then people decide.
    async fn account_unlink_is_asked_for(world: World) {
        let portal = world.portal().await;
        let (browser, stranger) = (world.browser(), world.browser());
        enter(&world, &browser, "/account", AN).await;
        enter(&world, &stranger, "/account", BINH).await;
        let account = linked(&world, &browser, &portal, "dvcqg-1001").await;
        let page = browser.open("/account/links").await;
        is_page(&page);
        assert!(page.plain().contains("dvcqg-1001") && page.plain().contains(AN.number));
        assert!(!stranger.open("/account/links").await.plain().contains("dvcqg-1001"));
        let path = page.link("unlink-1");
        assert!(path.contains(account.as_str()));
        stranger.open(&path).await.expect_problem(1704);
        for odd in ["x", "../..", &"A".repeat(22)] {
            let answer = browser.visit(&format!("/account/links/{odd}/unlink")).await;
            assert!(answer.code().is_some_and(|c| [1704, 1105].contains(&c)), "{odd}: {}", answer.plain());
        }
        // Signed in too long ago: VNeID first, asked to ask again, and then the very page.
        world.wait(301);
        let answer = browser.visit(&path).await;
        assert!(world.vneid.is_told_to_ask_again(answer.location().unwrap()));
        let asks = enter(&world, &browser, &path, AN).await;
        is_page(&asks);
        assert_eq!(asks.url, path);
        let form = asks.form("ask-unlink").without("reason");
        let faulty = browser.submit(&form).await;
        assert_eq!(faulty.status, 422);
        assert!(faulty.has("fault") && faulty.has("reason-fault"));
        browser.submit(&form.clone().with("reason", "mine").with("form_token", "x")).await.expect_problem(1702);
        let sent = form.with("reason", "mine");
        for _ in 0..2 {
            let answer = browser.submit(&sent).await;
            assert_eq!((answer.status, answer.location()), (303, Some("/account/links")));
        }
        let page = browser.open("/account/links").await;
        assert!(page.has("unlinking-1") && !page.has("unlink-1") && page.plain().contains("dvcqg-1001"));
        let cases = world.broker().stores.reviews.reviews(false, 10).await.unwrap();
        assert_eq!((cases.len(), cases[0].account.as_ref()), (1, Some(&account)));
        assert_eq!(cases[0].dossier.words.as_deref(), Some("mine"));
        assert_eq!(world.event(AuditKind::UnlinkAsked).await.note.as_deref(), Some("mine"));
        // The form sent too late does nothing but lead to VNeID.
        world.wait(301);
        let answer = browser.submit(&sent).await;
        assert!(answer.status == 303 && world.vneid.owns(answer.location().unwrap()));
    }

    /// Who signed in with an account of before is told what there is for them, and what there is not.
    async fn account_of_who_is_no_citizen(world: World) {
        let browser = world.browser();
        enter(&world, &browser, "/account", AN).await;
        let mut held = session(&world, &browser).await.unwrap();
        held.holder = Holder::Account(AccountId::generate(&*world.broker().entropy));
        held.subjects = vec![(SectorId::new("cong-cu"), Subject::new("t-1").unwrap())];
        world.broker().namespaces.take(&[NamespaceOrder {
            namespace: Namespace::new("cong-cu"),
            cut_off: Some(CutOff::Never),
            switched_off: None,
            changed_at: world.now(),
        }]);
        world.broker().stores.expiring.commit(vec![Write::RenewSession(Box::new(held))]).await.unwrap();
        let page = browser.open("/account").await;
        is_page(&page);
        assert!(page.has("by-account") && page.has("nav-sessions") && !page.has("nav-links"));
        is_page(&browser.open("/account/sessions").await);
        for path in ["/account/links", "/account/history", "/account/data"] {
            let answer = browser.open(path).await;
            answer.expect_problem(1703);
            assert_eq!(answer.link("way-on"), "/account");
        }
    }

    /// A session that idled out or came to its end opens nothing here.
    async fn account_knows_the_end_of_sessions(world: World) {
        let browser = world.browser();
        enter(&world, &browser, "/account", AN).await;
        world.wait(1801);
        let answer = browser.visit("/account").await;
        assert!(world.vneid.owns(answer.location().unwrap()));
        // Nor is it in the list of the next one.
        let page = enter(&world, &world.browser(), "/account/sessions", AN).await;
        assert!(page.has("end-1") && !page.has("end-2"));
    }

    /// Scenario 12: all sessions of one citizen end at once, on every instance; nobody else's does.
    async fn scenario_12_all_sessions_of_a_citizen_end(world: World) {
        let portal = world.portal().await;
        let (one, two, other) = (world.browser(), world.browser(), world.browser());
        let first: Tokens = world.tokens(&one, &portal, AN).await;
        let second = world.tokens(&two, &portal, AN).await;
        let safe = world.tokens(&other, &portal, BINH).await;
        let elsewhere = world.second_instance().await;
        let holder = session(&world, &one).await.unwrap().holder;
        let trace = TraceId::generate(&*world.broker().entropy);
        let kind = AuditKind::SessionEndedByOperator;
        let ending = Ending::of(&elsewhere.broker);
        assert_eq!(ending.end_all_of(&holder, Some(&trace), kind).await.unwrap(), 2);
        assert_eq!(ending.end_all_of(&holder, Some(&trace), kind).await.unwrap(), 0);
        for tokens in [&first, &second] {
            assert!(!portal.works(&tokens.access).await);
            assert_eq!(portal.refresh(tokens.refresh()).await.status, 400);
        }
        for browser in [&one, &two] {
            let answer = browser.visit("/account").await;
            assert!(world.vneid.owns(answer.location().unwrap()));
        }
        assert!(portal.works(&safe.access).await);
        is_page(&other.open("/account").await);
        let ended = world.events().await.into_iter().filter(|e| e.kind == kind).count();
        assert_eq!(ended, 2);
    }

    /// Scenario 12: whoever blocks a citizen writes no more than that; every instance sees it by itself, and ends what there is.
    async fn scenario_12_a_blocked_citizen_is_signed_in_nowhere(world: World) {
        let receiver = Receiver::start().await;
        let portal = world.register(json!({"backchannel_logout_uri": receiver.url})).await;
        let (browser, other) = (world.browser(), world.browser());
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.tokens(&other, &portal, BINH).await;
        let elsewhere = world.second_instance().await;
        assert_eq!(elsewhere.jobs().end_blocked(true).await.unwrap(), 0);
        let citizen = session(&world, &browser).await.unwrap().holder.citizen().unwrap().clone();
        world.set_status(citizen.as_str(), 1).await;
        assert_eq!(elsewhere.jobs().end_blocked(false).await.unwrap(), 1);
        assert_eq!(world.jobs().end_blocked(false).await.unwrap(), 0);
        assert!(session(&world, &browser).await.is_none() && !portal.works(&tokens.access).await);
        while world.jobs().deliver(OutboxKind::Logout).await.unwrap() > 0 {}
        assert_eq!(receiver.received().len(), 1);
        assert_eq!(world.event(AuditKind::SessionEndedByOperator).await.citizen, Some(citizen.clone()));
        is_page(&other.open("/account").await);
        enter(&world, &browser, "/account", AN).await.expect_problem(1404);
        // Unblocked, they sign in again, and stay.
        world.set_status(citizen.as_str(), 0).await;
        is_page(&enter(&world, &browser, "/account", AN).await);
        assert_eq!(world.jobs().end_blocked(true).await.unwrap(), 0);
    }
}
