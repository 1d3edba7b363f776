//! What waits for its citizen may be another's, another one, or theirs already by the time that they press a button; and guesses that come
//! all at once are no more than guesses one after the other.

use crate::linking::{bring, owner, with};
use crate::proving::{
    NAMESPACES, PASSWORD, arrive, ask, at_form, green, old, prove_by_password, sub_of, type_code, type_in,
    yellow,
};
use axum::extract::{ConnectInfo, Extension};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::event::UnlinkReason;
use broker_domain::ids::{AccountId, CitizenId, EventId, Namespace, SectorId};
use broker_domain::linking::{Evidence, ReviewReason};
use broker_domain::person::PersonalNumber;
use broker_domain::ports::{EndLink, Ended, Linked, NewLink};
use broker_domain::subject::Subject;
use futures_util::future::join_all;
use mock_vneid::Citizen;
use std::net::SocketAddr;
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::tokens::Tokens;
use support::vneid;
use support::{Answer, Browser, Portal, World, for_both_stores};

async fn citizen(world: &World, person: Person) -> CitizenId {
    let number = PersonalNumber::parse(person.number).unwrap();
    world.broker().stores.citizens.by_number(&number).await.unwrap().expect("somebody who has been here")
}

async fn account_id(world: &World, portal: &Portal, tech_id: &str) -> AccountId {
    let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new(tech_id).unwrap());
    world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap().account.id
}

/// What two operators leave behind, told apart from what citizens do.
fn by_operators(world: &World) -> AuditEvent {
    AuditEvent::new(EventId::generate(&*world.broker().entropy), world.now(), AuditKind::ReviewClosed)
}

/// Links an account to somebody, as two operators do.
async fn give_to(world: &World, portal: &Portal, tech_id: &str, person: Person) {
    let wanted = NewLink {
        citizen: citizen(world, person).await,
        account: account_id(world, portal, tech_id).await,
        evidence: Evidence::Reviewed,
        by: None,
        sector: SectorId::new(portal.id.as_str()),
        tell: Vec::new(),
        said: AuditEvent::new(
            EventId::generate(&*world.broker().entropy),
            world.now(),
            AuditKind::AccountLinked,
        ),
        now: world.now(),
    };
    assert!(matches!(world.broker().stores.accounts.link(&wanted).await.unwrap(), Linked::Now { .. }));
}

async fn evidence(world: &World, person: Person) -> Vec<(String, Evidence)> {
    let links = world.broker().stores.accounts.links(&citizen(world, person).await).await.unwrap();
    let mut all: Vec<_> =
        links.into_iter().map(|l| (l.account.tech_id.as_str().to_owned(), l.evidence)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

async fn count(world: &World, kind: AuditKind) -> usize {
    world.events().await.iter().filter(|e| e.kind == kind).count()
}

/// Chooses one of several accounts as the primary one.
async fn choose(world: &World, browser: &Browser, page: &Answer, portal: &Portal, tech_id: &str) -> Answer {
    let id = account_id(world, portal, tech_id).await;
    let answer = browser.submit(&page.form("choose-primary").with("account", id.as_str())).await;
    browser.follow(answer).await
}

/// Whether nothing is asked at the portal any more; whom it sees then.
async fn at_once(world: &World, browser: &Browser, portal: &Portal) -> String {
    sub_of(portal, &world.at_once(browser, &ask(portal)).await).await
}

/// Whether a page says that there were too many attempts.
fn too_many(page: &Answer) -> bool {
    let title = support::html::text_of(&page.text(), "fault-title");
    page.status == 422 && title.as_deref() == Some("Quá nhiều lần thử")
}

/// A browser whose requests come from an address.
fn browser_at(world: &World, address: &str) -> Browser {
    let address: SocketAddr = address.parse().unwrap();
    Browser::new(world.router().clone().layer(Extension(ConnectInfo(address))), world.issuer())
}

for_both_stores! {
    /// Proven on one device: on all others every button leads on to the portal, and who has not been asked yet is not asked.
    async fn theirs_meanwhile(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let mut waiting = Vec::new();
        for button in ["later", "prove-password", "send-code", "code-submit", "resend-code", "other-way"] {
            let browser = world.browser();
            world.tokens(&browser, &other, BINH).await;
            let mut page = browser.visit(&ask(&portal).path()).await;
            assert!(page.url.ends_with("/prove"), "{}", page.url);
            if !page.can_press(button) {
                page = browser.press(&page, "send-code").await;
            }
            let form = page.form(button).with("password", PASSWORD).with("code", "123456");
            waiting.push((browser, button, form));
        }
        let (idle, silent, chooses) = (world.browser(), world.browser(), world.browser());
        for browser in [&idle, &silent] {
            world.tokens(browser, &other, BINH).await;
        }
        // At the tiles, with a session that another tab opens.
        let tiles = chooses.visit(&ask(&portal).path()).await;
        world.tokens(&chooses, &other, BINH).await;
        let first = world.browser();
        let page = arrive(&world, &first, &portal, BINH).await;
        assert!(prove_by_password(&first, &page, PASSWORD).await.url.ends_with("/told"));
        let sent = world.phones.count();
        for (browser, button, form) in waiting {
            let answer = browser.submit(&form).await;
            let page = browser.follow(answer).await;
            assert!(page.status < 400, "{button}: {}", page.plain());
            assert!(button == "later" || page.url.ends_with("/told"), "{button}: {} {}", page.url, page.plain());
            let returned = world.go_on(&browser, page, BINH).await;
            assert_eq!(sub_of(&portal, &returned).await, "bd-2002", "{button}");
            assert_eq!(at_once(&world, &browser, &portal).await, "bd-2002", "{button}");
        }
        assert_eq!(world.phones.count(), sent, "no code is sent for what waits no longer");
        assert_eq!(at_once(&world, &idle, &portal).await, "bd-2002");
        let request = ask(&portal).with("prompt", "none");
        assert_eq!(sub_of(&portal, &world.at_once(&silent, &request).await).await, "bd-2002");
        let returned = chooses.visit(&tiles.url).await.returned();
        assert_eq!(sub_of(&portal, &returned).await, "bd-2002");
        assert_eq!(count(&world, AuditKind::AccountLinked).await, 1);
    }

    /// Somebody else's meanwhile: nobody is locked out, people look at it, and it is told without a word about whose it is.
    async fn anothers_meanwhile(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        world.tokens(&world.browser(), &other, DUNG).await;
        let (presses, later, idle, types) = (world.browser(), world.browser(), world.browser(), world.browser());
        let page = arrive(&world, &presses, &portal, BINH).await;
        let put_off = arrive(&world, &later, &portal, BINH).await;
        let code = types.press(&arrive(&world, &types, &portal, BINH).await, "send-code").await;
        world.tokens(&idle, &other, BINH).await;
        give_to(&world, &portal, "bd-2002", DUNG).await;
        for (browser, told) in [
            (&presses, prove_by_password(&presses, &page, PASSWORD).await),
            (&types, type_code(&types, &code, &world.phones.code("912345678")).await),
        ] {
            assert!(told.url.ends_with("/told") && told.plain().contains("VB-1610"), "{} {}", told.url, told.plain());
            assert!(told.plain().contains("cần được kiểm tra") && !told.plain().contains(DUNG.name), "{}", told.plain());
            let returned = world.go_on(browser, told, BINH).await;
            assert_ne!(sub_of(&portal, &returned).await, "bd-2002");
            assert_ne!(at_once(&world, browser, &portal).await, "bd-2002");
        }
        let cases = world.broker().stores.reviews.reviews(false, 10).await.unwrap();
        let reasons: Vec<_> = cases.iter().map(|r| (r.case.reason(), r.citizen.clone())).collect();
        assert_eq!(reasons, [(ReviewReason::LinkedToAnother, citizen(&world, BINH).await)], "the promise is kept, once");
        let returned = world.go_on(&later, later.press(&put_off, "later").await, BINH).await;
        assert_ne!(sub_of(&portal, &returned).await, "bd-2002");
        assert_ne!(at_once(&world, &idle, &portal).await, "bd-2002");
        assert_eq!(owner(&world, &portal, "bd-2002").await, Some(citizen(&world, DUNG).await.as_str().to_owned()));
    }

    /// Of several, one is somebody else's meanwhile: the citizen chooses again among those that are left.
    async fn one_of_several_is_anothers_meanwhile(world: World = Options::default().with_tables(NAMESPACES)) {
        let (portal, other) = (old(&world).await, world.portal().await);
        bring(&world, &portal, &[green("t-1", AN), green("t-2", AN), green("t-3", AN)]).await;
        world.tokens(&world.browser(), &other, DUNG).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        give_to(&world, &portal, "t-2", DUNG).await;
        let left = choose(&world, &browser, &page, &portal, "t-2").await;
        assert!(left.url.ends_with("/link") && left.has("account-1") && !left.has("account-2"), "{} {}", left.url, left.plain());
        assert_eq!((owner(&world, &portal, "t-1").await, owner(&world, &portal, "t-3").await), (None, None));
        let told = choose(&world, &browser, &left, &portal, "t-3").await;
        assert!(told.url.ends_with("/told"), "{}", told.url);
        let returned = world.go_on(&browser, told, AN).await;
        assert_eq!(sub_of(&portal, &returned).await, "t-3");
        assert_eq!(evidence(&world, AN).await, [("t-1".to_owned(), Evidence::VerifiedNumber), ("t-3".to_owned(), Evidence::VerifiedNumber)]);
    }

    /// A page that was left open: by the time that it is pressed the portal has corrected whose the account is.
    async fn a_choice_rests_on_what_is_so_now(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), green("t-2", AN)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        bring(&world, &portal, &[green("t-2", DUNG)]).await;
        let done = choose(&world, &browser, &page, &portal, "t-2").await;
        assert_eq!(owner(&world, &portal, "t-2").await, None);
        // What is left is the only one, as if it had been found alone.
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
        let returned = world.go_on(&browser, done, AN).await;
        assert_eq!(sub_of(&portal, &returned).await, "t-1");
        assert_eq!(crate::linking::sub(&world, &portal, DUNG).await, "t-2");
    }

    /// The same where its number is no longer verified: the proof is asked for that it needs now.
    async fn a_choice_that_needs_a_proof_by_now(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), green("t-2", AN)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        bring(&world, &portal, &[yellow("t-2", AN)]).await;
        let prove = choose(&world, &browser, &page, &portal, "t-2").await;
        assert!(prove.url.ends_with("/prove"), "{} {}", prove.url, prove.plain());
        assert_eq!((owner(&world, &portal, "t-1").await, owner(&world, &portal, "t-2").await), (None, None));
        let told = prove_by_password(&browser, &prove, PASSWORD).await;
        let returned = world.go_on(&browser, told, AN).await;
        assert_eq!(sub_of(&portal, &returned).await, "t-2");
        let proven = Evidence::Proven(broker_domain::linking::Proof::Password);
        assert_eq!(evidence(&world, AN).await, [("t-1".to_owned(), Evidence::VerifiedNumber), ("t-2".to_owned(), proven)]);
    }

    /// Nor does a link that was ended meanwhile come back by a page that was left open.
    async fn a_link_that_was_ended_meanwhile(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), green("t-2", AN)]).await;
        let (left_open, browser) = (world.browser(), world.browser());
        let open = arrive(&world, &left_open, &portal, AN).await;
        let page = arrive(&world, &browser, &portal, AN).await;
        choose(&world, &browser, &page, &portal, "t-1").await;
        let end = EndLink {
            citizen: citizen(&world, AN).await,
            account: account_id(&world, &portal, "t-2").await,
            why: UnlinkReason::Mistake,
            by: "lan+minh".to_owned(),
            tell: Vec::new(),
            said: by_operators(&world),
            now: world.now(),
        };
        assert_eq!(world.broker().stores.accounts.unlink(&end).await.unwrap(), Ended::Now);
        world.wait(1);
        let prove = choose(&world, &left_open, &open, &portal, "t-2").await;
        assert_eq!(owner(&world, &portal, "t-2").await, None, "{} {}", prove.url, prove.plain());
        let returned = world.go_on(&left_open, prove, AN).await;
        assert_eq!(sub_of(&portal, &returned).await, "t-1");
    }

    /// A proof proves whose the account is, not that the data beside it may be anybody's: both are looked at when it is given.
    async fn a_proof_rests_on_what_is_so_now(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let phone = |account, phone| with(account, "phone", phone);
        bring(&world, &portal, &[yellow("t-1", BINH), phone(yellow("t-2", AN), "0987654321"), yellow("t-3", CUONG)]).await;
        let (one, two, three) = (world.browser(), world.browser(), world.browser());
        let password = arrive(&world, &one, &portal, BINH).await;
        let code = two.press(&arrive(&world, &two, &portal, AN).await, "send-code").await;
        let named = arrive(&world, &three, &portal, CUONG).await;
        bring(&world, &portal, &[
            yellow("t-1", DUNG),
            with(phone(yellow("t-2", AN), "0987654321"), "status", "locked"),
            with(yellow("t-3", CUONG), "full_name", "LÊ VĂN KHÁC"),
        ]).await;
        let told = prove_by_password(&one, &password, PASSWORD).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("VB-1625"), "{} {}", told.url, told.plain());
        assert!(!told.plain().contains(DUNG.name) && told.plain().contains("Cổng cũ"), "{}", told.plain());
        let returned = world.go_on(&one, told, BINH).await;
        assert_ne!(sub_of(&portal, &returned).await, "t-1");
        let told = type_code(&two, &code, &world.phones.code("987654321")).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("VB-1603"), "{} {}", told.url, told.plain());
        world.go_on(&two, told, AN).await;
        let told = prove_by_password(&three, &named, PASSWORD).await;
        assert!(told.url.ends_with("/told") && told.plain().contains("họ và tên không khớp"), "{} {}", told.url, told.plain());
        assert!(!told.text().contains("KHÁC"));
        let cases = world.broker().stores.reviews.reviews(false, 10).await.unwrap();
        assert_eq!(cases.iter().map(|r| r.case.reason()).collect::<Vec<_>>(), [ReviewReason::Differs]);
        for tech_id in ["t-1", "t-2", "t-3"] {
            assert_eq!(owner(&world, &portal, tech_id).await, None, "{tech_id}");
        }
        for (browser, person) in [(&one, BINH), (&two, AN)] {
            let sub = at_once(&world, browser, &portal).await;
            assert!(!sub.starts_with("t-"), "{sub} {}", person.name);
        }
    }

    /// A second account with a verified number comes with a later import: it needs no proof, and a word of the citizen.
    async fn another_one_comes_later(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN)]).await;
        assert_eq!(crate::linking::sub(&world, &portal, AN).await, "t-1");
        bring(&world, &portal, &[green("t-2", AN)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        assert!(page.url.ends_with("/link") && page.has("later"), "{} {}", page.url, page.plain());
        let told = choose(&world, &browser, &page, &portal, "t-2").await;
        let returned = world.go_on(&browser, told, AN).await;
        assert_eq!(sub_of(&portal, &returned).await, "t-1", "the subject that was given stays");
        assert_eq!(evidence(&world, AN).await.len(), 2);
    }

    /// What a link rests on is what was verified: a citizen's account may hold a tax code too.
    async fn the_evidence_is_what_was_verified(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        let taxed = |tech_id| with(with(green(tech_id, AN), "tax_code", "0101234567"), "tax_code_mark", "green");
        bring(&world, &portal, &[taxed("t-1"), taxed("t-2")]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, AN).await;
        choose(&world, &browser, &page, &portal, "t-2").await;
        let by_number = |tech_id: &str| (tech_id.to_owned(), Evidence::VerifiedNumber);
        assert_eq!(evidence(&world, AN).await, [by_number("t-1"), by_number("t-2")]);
    }

    /// What only accounts know of somebody, the primary one says: whatever the others are called.
    async fn the_primary_account_speaks_first(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        world.vneid.put(Citizen { email: None, ..vneid::citizen(DUNG) });
        let mailed = |tech_id, mail| with(green(tech_id, DUNG), "email", mail);
        bring(&world, &portal, &[mailed("t-1", "mot@example.vn"), mailed("t-2", "hai@example.vn")]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, DUNG).await;
        let told = choose(&world, &browser, &page, &portal, "t-2").await;
        world.go_on(&browser, told, DUNG).await;
        let request = portal.request().with("scope", "openid email");
        let tokens = world.tokens_for(&world.browser(), &portal, &request, DUNG).await;
        let claims = portal.userinfo(&tokens.access).await.json();
        assert_eq!((claims["sub"].as_str(), claims["email"].as_str()), (Some("t-2"), Some("hai@example.vn")));
    }

    /// Fifty guesses at once: as many are looked at as one after the other, and the right one among those beyond does nothing.
    async fn attack_codes_are_not_guessed_at_once(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let page = browser.press(&page, "send-code").await;
        let code = world.phones.code("912345678");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let guess = |n: usize| page.form("code-submit").with("code", if n == 49 { code.as_str() } else { wrong });
        let forms: Vec<_> = (0..50).map(guess).collect();
        let answers = join_all(forms.iter().map(|form| browser.submit(form))).await;
        assert!(answers.iter().all(|a| a.location().is_none_or(|l| !l.ends_with("/told"))));
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        assert_eq!(count(&world, AuditKind::ProofFailed).await, 1, "of those from one page one is looked at");
        // Each from a page of its own, as fast as they come.
        join_all((0..50).map(|_| async {
            let page = browser.visit(&page.url).await;
            browser.submit(&page.form("code-submit").with("code", wrong)).await;
        }))
        .await;
        let compared = count(&world, AuditKind::ProofFailed).await;
        assert!((1..=5).contains(&compared), "{compared}");
        // The account has had its attempts, and the code its tries: the right one waits too, and so does the password, also elsewhere.
        let mut late = browser.visit(&page.url).await;
        for _ in compared..5 {
            late = type_code(&browser, &late, wrong).await;
            assert_eq!(late.status, 422);
        }
        let compared = count(&world, AuditKind::ProofFailed).await;
        let late = type_code(&browser, &late, &code).await;
        assert_eq!(late.status, 422, "{}", late.plain());
        let elsewhere = world.browser();
        let password = prove_by_password(&elsewhere, &arrive(&world, &elsewhere, &portal, BINH).await, PASSWORD).await;
        assert!(too_many(&password), "{}", password.plain());
        assert_eq!(count(&world, AuditKind::ProofFailed).await, compared);
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        // Who waits is let in.
        world.wait(901);
        let page = browser.press(&browser.visit(&page.url).await, "resend-code").await;
        let done = type_code(&browser, &page, &world.phones.code("912345678")).await;
        assert!(done.url.ends_with("/told"), "{} {}", done.url, done.plain());
    }

    /// Where the account's own limit is wider, the code has tries of its own: each that was looked at took one.
    async fn attack_each_guess_takes_a_try(world: World = Options::default().with_tables(NAMESPACES).with("protection", "account_attempts = 10000")) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("bd-2002", BINH)]).await;
        let browser = world.browser();
        let page = arrive(&world, &browser, &portal, BINH).await;
        let page = browser.press(&page, "send-code").await;
        let code = world.phones.code("912345678");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        for _ in 0..5 {
            join_all((0..50).map(|_| async {
                let page = browser.visit(&page.url).await;
                browser.submit(&page.form("code-submit").with("code", wrong)).await;
            }))
            .await;
        }
        assert_eq!(count(&world, AuditKind::ProofFailed).await, 5);
        let late = type_code(&browser, &browser.visit(&page.url).await, &code).await;
        assert_eq!((late.status, owner(&world, &portal, "bd-2002").await), (422, None));
        assert_eq!(count(&world, AuditKind::ProofFailed).await, 5);
    }

    /// One address, and one network, have so many attempts on whatever accounts, by password and by code.
    async fn attack_addresses_and_networks_have_limits(
        world: World = Options::default().with_tables(NAMESPACES).with("protection", "address_attempts = 3").with("protection", "network_attempts = 5")
    ) {
        let portal = old(&world).await;
        bring(&world, &portal, &[green("t-1", AN), yellow("t-2", BINH)]).await;
        let neighbour = browser_at(&world, "203.0.113.8:1000");
        let (one, far) = (browser_at(&world, "203.0.113.7:1000"), browser_at(&world, "203.0.114.7:1000"));
        let proves = browser_at(&world, "203.0.113.7:2000");
        let prove = arrive(&world, &proves, &portal, BINH).await;
        let mut page = at_form(&one, &portal).await;
        for n in 0..3 {
            page = type_in(&one, &page, &format!("nobody-{n}"), "nonsense").await;
            assert!(page.status == 422 && !too_many(&page), "{}", page.plain());
        }
        page = type_in(&one, &page, "legacy-t-1", PASSWORD).await;
        assert!(too_many(&page), "the right one: the address has had its attempts");
        let refused = prove_by_password(&proves, &prove, PASSWORD).await;
        assert!(too_many(&refused), "{}", refused.plain());
        // Its neighbour has two of the network's five left, and then none of its own three.
        let mut page = at_form(&neighbour, &portal).await;
        for n in 0..2 {
            page = type_in(&neighbour, &page, &format!("nobody-{n}"), "nonsense").await;
            assert!(page.status == 422 && !too_many(&page), "{}", page.plain());
        }
        page = type_in(&neighbour, &page, "legacy-t-1", PASSWORD).await;
        assert!(too_many(&page), "the network has had its attempts");
        // Another network is not concerned, and who waits is let in.
        let notice = type_in(&far, &at_form(&far, &portal).await, "legacy-t-1", PASSWORD).await;
        assert!(notice.url.ends_with("/notice"), "{} {}", notice.url, notice.plain());
        world.wait(901);
        // A code is guessed within the same limits.
        let prove = proves.visit(&prove.url).await;
        let mut page = proves.press(&prove, "send-code").await;
        let code = world.phones.code("912345678");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let before = count(&world, AuditKind::ProofFailed).await;
        for _ in 0..2 {
            page = type_code(&proves, &page, wrong).await;
            assert!(page.status == 422 && !too_many(&page), "{}", page.plain());
        }
        // Sending it was one of the address' three.
        page = type_code(&proves, &page, &code).await;
        assert!(too_many(&page), "{} {}", page.url, page.plain());
        assert_eq!(count(&world, AuditKind::ProofFailed).await, before + 2);
        assert_eq!(owner(&world, &portal, "t-2").await, None);
    }

    /// The password of an account stays its holder's: a proof that goes through gives the account its attempts back, no other one.
    async fn a_proof_by_code_forgives_the_account_alone(world: World = Options::default().with_tables(NAMESPACES)) {
        let portal = old(&world).await;
        bring(&world, &portal, &[yellow("t-1", BINH), with(yellow("t-2", AN), "phone", "0987654321")]).await;
        let (one, two) = (world.browser(), world.browser());
        let mut page = arrive(&world, &one, &portal, BINH).await;
        let mut other = arrive(&world, &two, &portal, AN).await;
        for _ in 0..4 {
            page = prove_by_password(&one, &page, "Wrong@1234").await;
            other = prove_by_password(&two, &other, "Wrong@1234").await;
        }
        let page = one.press(&page, "send-code").await;
        let done = type_code(&one, &page, &world.phones.code("912345678")).await;
        assert!(done.url.ends_with("/told"), "{}", done.plain());
        other = prove_by_password(&two, &other, "Wrong@1234").await;
        let late = prove_by_password(&two, &other, PASSWORD).await;
        assert!(too_many(&late), "{}", late.plain());
        let tokens = Tokens::of(&portal.redeem(&world.go_on(&one, done, BINH).await.code(), &ask(&portal)).await);
        assert_eq!(tokens.claims()["sub"], "t-1");
    }
}
