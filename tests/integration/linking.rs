//! Legacy accounts meet their citizens: who has a verified number finds everything again, who has not waits for a proof.

use broker::import::{Format, Imported, Wanted, import};
use broker_domain::audit::AuditKind;
use broker_domain::ids::Namespace;
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::{Portal, World, for_both_stores};

/// Imports accounts of a portal as its administrator does: from a file.
pub(crate) async fn bring(world: &World, portal: &Portal, accounts: &[Value]) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.jsonl");
    let lines: Vec<String> = accounts.iter().map(Value::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let broker = world.broker();
    let wanted = Wanted {
        file,
        format: Format::Jsonl,
        namespace: Namespace::new(portal.id.as_str()),
        report: folder.path().join("report.csv"),
    };
    let entropy = broker.entropy.clone();
    import(&wanted, &*broker.stores.accounts, entropy, world.now(), &mut |_, _, _| ()).await.unwrap()
}

/// An account of somebody, its number verified.
pub(crate) fn account(tech_id: &str, person: Person) -> Value {
    json!({
        "tech_id": tech_id,
        "user_name": format!("legacy-{tech_id}"),
        "personal_number": person.number,
        "personal_number_mark": "green",
        "full_name": person.name,
        "full_name_mark": "green",
        "birth_date": person.born,
        "birth_date_mark": "green",
        "phone": "0912345678",
    })
}

pub(crate) fn with(mut account: Value, name: &str, value: &str) -> Value {
    account[name] = json!(value);
    account
}

pub(crate) async fn sub(world: &World, portal: &Portal, person: Person) -> String {
    let tokens = world.tokens(&world.browser(), portal, person).await;
    tokens.claims()["sub"].as_str().unwrap().to_owned()
}

pub(crate) async fn owner(world: &World, portal: &Portal, tech_id: &str) -> Option<String> {
    let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new(tech_id).unwrap());
    let kept = world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap();
    kept.owner.map(|o| o.as_str().to_owned())
}

async fn links_told(world: &World) -> usize {
    world.events().await.iter().filter(|e| e.kind == AuditKind::AccountLinked).count()
}

for_both_stores! {
    /// The portal sees the `TechID` that it has always stored; another portal sees a subject of its own.
    async fn link_01_a_verified_number_brings_everything_back(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        bring(&world, &portal, &[account("dvcqg-1001", AN), account("dvcqg-1002", BINH)]).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        assert_eq!(tokens.claims()["sub"], "dvcqg-1001");
        assert_eq!(portal.userinfo(&tokens.access).await.json()["sub"], "dvcqg-1001");
        let elsewhere = world.at_once(&browser, &other.request()).await.code();
        assert!(!elsewhere.is_empty());
        assert_ne!(sub(&world, &other, AN).await, "dvcqg-1001");
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        assert_eq!(sub(&world, &portal, BINH).await, "dvcqg-1002");
        assert_ne!(owner(&world, &portal, "dvcqg-1001").await, owner(&world, &portal, "dvcqg-1002").await);
        assert_eq!(links_told(&world).await, 2);
    }

    /// The first visit may be at another portal: the subject is there when the citizen comes.
    async fn link_01_whatever_portal_is_visited_first(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        let browser = world.browser();
        world.tokens(&browser, &other, AN).await;
        let request = portal.request();
        let code = world.at_once(&browser, &request).await.code();
        let tokens = support::tokens::Tokens::of(&portal.redeem(&code, &request).await);
        assert_eq!(tokens.claims()["sub"], "dvcqg-1001");
        assert_eq!(links_told(&world).await, 1);
    }

    /// Old portals read it as `TechID`.
    async fn link_01_old_portals_read_their_tech_id(world: World) {
        let portal = world.old_portal().await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let claims = portal.userinfo(&tokens.access).await.json();
        assert_eq!((&claims["TechID"], &claims["sub"]), (&json!("dvcqg-1001"), &json!("dvcqg-1001")));
    }

    /// A number that its user typed in proves nothing: whoever typed it gains nothing when its owner arrives.
    async fn link_02_a_typed_number_links_nothing(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[with(account("bd-2002", BINH), "personal_number_mark", "yellow")]).await;
        assert_ne!(sub(&world, &portal, BINH).await, "bd-2002");
        assert_eq!(owner(&world, &portal, "bd-2002").await, None);
        assert_eq!(links_told(&world).await, 0);
    }

    /// Only the old number is there: VNeID knows it as the citizen's.
    async fn link_03_by_the_old_number(world: World) {
        let portal = world.portal().await;
        let mut old = account("dvcqg-1003", CUONG);
        old.as_object_mut().unwrap().remove("personal_number");
        old.as_object_mut().unwrap().remove("personal_number_mark");
        let old = with(with(old, "old_number", "171234567"), "old_number_mark", "green");
        bring(&world, &portal, &[old]).await;
        assert_eq!(sub(&world, &portal, CUONG).await, "dvcqg-1003");
    }

    /// The number fits and the name or the date does not: no link.
    async fn link_04_what_differs_is_not_linked(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[
            with(account("dvcqg-1006", AN), "full_name", "NGUYỄN VĂN ANH"),
            with(account("dvcqg-1007", BINH), "birth_date", "1990-07-26"),
        ]).await;
        for (person, tech_id) in [(AN, "dvcqg-1006"), (BINH, "dvcqg-1007")] {
            assert_ne!(sub(&world, &portal, person).await, tech_id);
            assert_eq!(owner(&world, &portal, tech_id).await, None);
        }
    }

    /// Old and new spelling, a year alone: they are the same.
    async fn link_04_what_only_looks_different_is_linked(world: World) {
        let portal = world.portal().await;
        let odd = with(with(account("dvcqg-1001", AN), "full_name", "Nguyễn  văn an"), "birth_date", "1985");
        bring(&world, &portal, &[odd]).await;
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
    }

    /// Among several the citizen chooses; until then none is linked.
    async fn link_05_several_are_not_linked_by_themselves(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[account("dvcqg-1005", AN), account("dvcqg-1105", AN)]).await;
        assert!(!sub(&world, &portal, AN).await.starts_with("dvcqg-"));
        assert_eq!(links_told(&world).await, 0);
    }

    /// Closed, locked, of somebody who has died, an administrator's: no link.
    async fn link_07_accounts_that_cannot_be_linked(world: World) {
        let portal = world.portal().await;
        let accounts = [
            with(account("dvcqg-1", AN), "status", "closed"),
            with(account("dvcqg-2", BINH), "status", "deceased"),
            with(account("dvcqg-3", DUNG), "kind", "administrator"),
        ];
        bring(&world, &portal, &accounts).await;
        for person in [AN, BINH, DUNG] {
            assert!(!sub(&world, &portal, person).await.starts_with("dvcqg-"));
        }
        assert_eq!(links_told(&world).await, 0);
    }

    /// An account that is somebody's stays theirs, also when a later import gives it another's number.
    async fn link_06_what_is_linked_stays(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        let before = owner(&world, &portal, "dvcqg-1001").await;
        bring(&world, &portal, &[account("dvcqg-1001", DUNG)]).await;
        assert_ne!(sub(&world, &portal, DUNG).await, "dvcqg-1001");
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, before);
        assert_eq!(links_told(&world).await, 1);
    }

    /// Who visited the portal before the import keeps the subject that it was given; the account is linked all the same.
    async fn subject_a_subject_that_was_given_stays(world: World) {
        let portal = world.portal().await;
        let first = sub(&world, &portal, AN).await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        assert_eq!(sub(&world, &portal, AN).await, first);
        assert!(owner(&world, &portal, "dvcqg-1001").await.is_some());
        assert_eq!(sub(&world, &portal, AN).await, first);
        assert_eq!(links_told(&world).await, 1);
    }

    /// A subject that came from an account stays when keys change and the account is imported otherwise.
    async fn subject_it_is_never_computed_again(world: World) {
        let mut world = world;
        let portal = world.portal().await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        bring(&world, &portal, &[with(account("dvcqg-1001", AN), "status", "closed"), account("dvcqg-9", AN)]).await;
        world.change_hashing_key().await;
        let portal = world.renew_secret(&portal).await;
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
    }

    /// Two devices at once: one citizen, one link, one subject.
    async fn link_two_devices_at_once(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        let (a, b) = tokio::join!(sub(&world, &portal, AN), sub(&world, &portal, AN));
        assert_eq!((a.as_str(), b.as_str()), ("dvcqg-1001", "dvcqg-1001"));
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
        assert_eq!(links_told(&world).await, 1);
    }

    /// The second sign-in of somebody who is linked costs no statement more than that of anybody else.
    async fn link_costs_nothing_afterwards(world: World) {
        let portal = world.portal().await;
        bring(&world, &portal, &[account("dvcqg-1001", AN)]).await;
        sub(&world, &portal, AN).await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        browser.visit(&callback).await;
        let cost = world.costs.last("/callback/vneid");
        assert!(cost.redis_round_trips <= 2 && cost.sql_statements <= 2, "{cost:?}");
    }
}
