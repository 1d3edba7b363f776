//! What operators do: cases that two people decide, links that end, accounts that go over.

use broker_domain::audit::AuditKind;
use broker_domain::ids::{CitizenId, Namespace};
use broker_domain::person::PersonalNumber;
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use support::people::{AN, DUNG, Person};
use support::{Portal, World, for_both_stores};

const OPEN: &str =
    "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nmethod = \"national\"\ncut_off = \"never\"\n";

async fn sub(world: &World, portal: &Portal, person: Person) -> String {
    let tokens = world.tokens(&world.browser(), portal, person).await;
    tokens.claims()["sub"].as_str().unwrap().to_owned()
}

/// An account of An's, imported as an administrator does, and linked at An's first sign-in.
async fn linked(world: &World) -> Portal {
    let portal = world.portal().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.jsonl");
    let account = json!({
        "tech_id": "dvcqg-1001", "personal_number": AN.number, "personal_number_mark": "green", "full_name": AN.name,
        "full_name_mark": "green", "birth_date": AN.born, "birth_date_mark": "green", "phone": "0912345678",
    });
    std::fs::write(&file, account.to_string()).unwrap();
    let file = file.display().to_string();
    let (code, out, err) = world.command(&["accounts", "import", &file, "--namespace", &portal.id]).await;
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(sub(world, &portal, AN).await, "dvcqg-1001");
    portal
}

async fn owner(world: &World, portal: &Portal) -> Option<CitizenId> {
    let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new("dvcqg-1001").unwrap());
    world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap().owner
}

async fn citizen(world: &World, person: Person) -> CitizenId {
    let number = PersonalNumber::parse(person.number).unwrap();
    world.broker().stores.citizens.by_number(&number).await.unwrap().unwrap()
}

/// A command of an operator on an account of their own; what it printed.
async fn by(world: &World, name: &str, words: &[&str]) -> Result<String, String> {
    let mut all = words.to_vec();
    all.extend(["--as", name, "--os-user", name]);
    match world.command(&all).await {
        (0, out, _) => Ok(out),
        (2, _, err) => Err(err),
        (code, out, err) => panic!("{code} {out} {err}"),
    }
}

async fn the_case(world: &World) -> String {
    let (code, out, _) = world.command(&["review", "list", "--json"]).await;
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
    let case: Value = serde_json::from_str(&out).unwrap();
    case["id"].as_str().unwrap().to_owned()
}

async fn kinds(world: &World, kind: AuditKind) -> usize {
    world.events().await.iter().filter(|e| e.kind == kind).count()
}

for_both_stores! {
    /// An operator asks for the end of a link, another one confirms it; it is told, recorded, and not made anew by itself.
    async fn operators_end_a_link_by_two(world: World) {
        let portal = linked(&world).await;
        let ask = ["accounts", "unlink", "dvcqg-1001", "--namespace", &portal.id, "--why", "mistake", "--reason", "nhầm người"];
        assert!(by(&world, "lan", &ask).await.unwrap().contains("another person"));
        assert!(by(&world, "lan", &ask).await.unwrap_err().contains("the same person has said so already"));
        assert!(owner(&world, &portal).await.is_some(), "one person ended it");
        let case = the_case(&world).await;
        let decide = |decision: &'static str| vec!["review", "decide", case.as_str(), "--decision", decision, "--reason", "đã xem"];
        assert!(by(&world, "lan", &decide("unlink")).await.unwrap_err().contains("takes another one"));
        let disguised = [decide("unlink"), vec!["--as", "minh", "--os-user", "lan"]].concat();
        assert_eq!(world.command(&disguised).await.0, 2, "the same account under another name");
        assert!(by(&world, "minh", &decide("link")).await.unwrap_err().contains("cannot be decided"));
        assert!(by(&world, "minh", &decide("reject")).await.unwrap().contains("differ"));
        assert!(owner(&world, &portal).await.is_some(), "they differ");
        assert!(by(&world, "hoa", &decide("unlink")).await.unwrap().contains("carried out"));
        assert_eq!(owner(&world, &portal).await, None);
        assert!(by(&world, "hoa", &decide("unlink")).await.unwrap_err().contains("closed"));
        let counted = [AuditKind::ReviewOpened, AuditKind::ReviewVoted, AuditKind::ReviewClosed, AuditKind::AccountUnlinked];
        for (kind, times) in counted.into_iter().zip([1, 2, 1, 1]) {
            assert_eq!(kinds(&world, kind).await, times, "{}", kind.name());
        }
        // The subject stays; the link is not made anew by the number alone.
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        assert_eq!(owner(&world, &portal).await, None);
    }

    /// An account goes over to another citizen with everything that names its owner.
    async fn operators_move_an_account_by_two(world: World) {
        let portal = linked(&world).await;
        let elsewhere = world.portal().await;
        sub(&world, &elsewhere, DUNG).await;
        let dung = citizen(&world, DUNG).await;
        let ask = ["accounts", "move", "dvcqg-1001", "--namespace", &portal.id, "--to", dung.as_str(), "--reason", "của bà Dung"];
        by(&world, "lan", &ask).await.unwrap();
        assert_eq!(owner(&world, &portal).await, Some(citizen(&world, AN).await));
        // The second one may ask for the same instead of looking for the case.
        assert!(by(&world, "minh", &ask).await.unwrap().contains("carried out"));
        assert_eq!(owner(&world, &portal).await, Some(dung));
        assert_eq!(sub(&world, &portal, DUNG).await, "dvcqg-1001");
        let an = sub(&world, &portal, AN).await;
        assert!(an != "dvcqg-1001" && sub(&world, &portal, AN).await == an);
        assert_eq!(kinds(&world, AuditKind::AccountMoved).await, 1);
        let (code, out, _) = world.command(&["review", "list", "--all"]).await;
        assert!(code == 0 && out.contains("closed"), "{out}");
    }

    /// Who had it is signed in no longer by what was opened before: neither their session nor their tokens name its subject.
    async fn operators_move_an_account_and_its_sessions_end(world: World) {
        let portal = linked(&world).await;
        let (browser, other) = (world.browser(), world.browser());
        let before = world.tokens(&browser, &portal, AN).await;
        let safe = world.tokens(&other, &portal, DUNG).await;
        assert_eq!(world.jobs().end_blocked(true).await.unwrap(), 0);
        let dung = citizen(&world, DUNG).await;
        let ask = ["accounts", "move", "dvcqg-1001", "--namespace", &portal.id, "--to", dung.as_str(), "--reason", "x"];
        by(&world, "lan", &ask).await.unwrap();
        by(&world, "minh", &ask).await.unwrap();
        assert!(world.jobs().end_blocked(false).await.unwrap() >= 1);
        assert!(!portal.works(&before.access).await && portal.works(&safe.access).await);
        assert_eq!(portal.refresh(before.refresh()).await.status, 400);
        // Who signs in anew stays signed in. The command had the machine's clock, not this world's.
        world.wait(600);
        let after = world.tokens(&world.browser(), &portal, AN).await;
        assert_eq!(world.jobs().end_blocked(false).await.unwrap(), 0);
        assert!(portal.works(&after.access).await);
    }

    /// A link that was a mistake is ended: whoever had it is still known by the name, so its owner, when they come, is for people to look
    /// at, and two of them give it over with the name.
    async fn operators_mend_a_mistake(world: World) {
        let portal = linked(&world).await;
        let unlink = ["accounts", "unlink", "dvcqg-1001", "--namespace", &portal.id, "--why", "mistake", "--reason", "nhầm người"];
        by(&world, "lan", &unlink).await.unwrap();
        by(&world, "minh", &unlink).await.unwrap();
        assert_eq!(owner(&world, &portal).await, None);
        // Whoever had it signs in anew: the stored subject is still the TechID.
        let before = world.tokens(&world.browser(), &portal, AN).await;
        assert_eq!(before.claims()["sub"], "dvcqg-1001");
        // Its portal has mended the number.
        let account = crate::linking::account("dvcqg-1001", DUNG);
        crate::linking::bring(&world, &portal, &[account]).await;
        let browser = world.browser();
        let page = browser.visit(&world.to_callback(&browser, &portal.request(), DUNG).await).await;
        assert_eq!(page.code(), Some(1610), "{} {}", page.url, page.plain());
        assert_eq!(owner(&world, &portal).await, None);
        let case = the_case(&world).await;
        let give = ["review", "decide", &case, "--decision", "move", "--reason", "đã xem"];
        by(&world, "lan", &give).await.unwrap();
        assert!(by(&world, "minh", &give).await.unwrap().contains("carried out"));
        assert_eq!(owner(&world, &portal).await, Some(citizen(&world, DUNG).await));
        // From here on it names nobody else, in no session and no token.
        assert!(portal.works(&before.access).await);
        assert!(world.jobs().end_blocked(false).await.unwrap() >= 1);
        assert!(!portal.works(&before.access).await && portal.refresh(before.refresh()).await.status == 400);
        assert_eq!(sub(&world, &portal, DUNG).await, "dvcqg-1001");
        assert_ne!(sub(&world, &portal, AN).await, "dvcqg-1001");
    }

    /// What somebody had opened by the account itself ends when operators give it to its owner.
    async fn operators_give_an_account_and_its_sessions_end(world: World = Options::default().with_tables(OPEN)) {
        let portal = world.register(json!({"client_id": "cong-cu", "pkce": "optional", "sign_in_methods": ["vneid", "national"]})).await;
        let account = crate::linking::account("t-1", AN);
        let account = crate::linking::with(account, "full_name", "TRẦN VĂN KHÁC");
        let account = crate::linking::with(account, "password_hash", crate::proving::HASH);
        crate::linking::bring(&world, &portal, &[account]).await;
        let stranger = world.browser();
        let tokens = crate::proving::by_account_alone(&stranger, &portal, "t-1").await;
        assert!(portal.works(&tokens.access).await);
        // Its owner comes: the name differs, and two people decide.
        assert_ne!(sub(&world, &portal, AN).await, "t-1");
        let case = the_case(&world).await;
        let give = ["review", "decide", &case, "--decision", "link", "--reason", "đã xem"];
        by(&world, "lan", &give).await.unwrap();
        assert!(by(&world, "minh", &give).await.unwrap().contains("carried out"));
        assert_eq!(world.jobs().end_blocked(false).await.unwrap(), 1);
        assert!(!portal.works(&tokens.access).await && portal.refresh(tokens.refresh()).await.status == 400);
    }

    /// The list names nobody, and the evidence is shown to who says who they are; numbers never whole.
    async fn operators_see_what_they_need(world: World) {
        let portal = linked(&world).await;
        let ask = ["accounts", "unlink", "dvcqg-1001", "--namespace", &portal.id, "--why", "citizen-asked", "--reason", "công dân xin"];
        by(&world, "lan", &ask).await.unwrap();
        let case = the_case(&world).await;
        let (_, listed, _) = world.command(&["review", "list"]).await;
        assert!(listed.contains(&case) && !listed.contains(AN.name) && !listed.contains(AN.number), "{listed}");
        let shown: Value = serde_json::from_str(&by(&world, "minh", &["review", "show", &case]).await.unwrap()).unwrap();
        assert_eq!((&shown["tech_id"], &shown["asked_for_because"]), (&json!("dvcqg-1001"), &json!("công dân xin")));
        assert_eq!(shown["can_be_decided"], json!(["unlink", "reject"]));
        let evidence = shown["evidence"].as_array().unwrap();
        let one = |claim: &str| evidence.iter().find(|e| e["claim"] == claim).unwrap();
        assert_eq!((&one("full_name")["proven"], &one("full_name")["agrees"]), (&json!(AN.name), &json!(true)));
        assert_eq!(one("personal_number")["proven"], "*********001");
        assert!(!shown.to_string().contains(AN.number));
        assert_eq!(kinds(&world, AuditKind::ReviewLookedAt).await, 1);
        let notes: Vec<_> = world.events().await.into_iter().filter_map(|e| e.note).collect();
        assert!(notes.iter().all(|n| !n.contains(AN.name) && !n.contains("công dân xin")), "{notes:?}");
    }

    async fn operators_asked_wrongly(world: World) {
        let portal = linked(&world).await;
        let an = citizen(&world, AN).await;
        for (words, says) in [
            (vec!["review", "show", "nothing"], "no id of a case"),
            (vec!["review", "show", "AAAAAAAAAAAAAAAAAAAAAA"], "no case"),
            (vec!["review", "decide", "AAAAAAAAAAAAAAAAAAAAAA", "--decision", "link", "--reason", "x"], "no case"),
            (vec!["review", "decide", "AAAAAAAAAAAAAAAAAAAAAA", "--decision", "link", "--reason", " "], "--reason"),
            (vec!["accounts", "unlink", "x", "--namespace", "nowhere", "--why", "mistake", "--reason", "x"], "has no account"),
            (vec!["accounts", "move", "dvcqg-1001", "--namespace", &portal.id, "--to", an.as_str(), "--reason", "x"], "already"),
            (vec!["accounts", "move", "dvcqg-1001", "--namespace", &portal.id, "--to", "AAAAAAAAAAAAAAAAAAAAAA", "--reason", "x"], "no citizen"),
            (vec!["citizen", "show", "x"], "no id of a citizen"),
            (vec!["citizen", "block", an.as_str(), "--reason", ""], "--reason"),
        ] {
            let words: Vec<&str> = words.into_iter().collect();
            let refused = if words.contains(&"citizen") && words.contains(&"show") {
                let (code, _, err) = world.command(&words).await;
                assert_eq!(code, 2);
                err
            } else {
                by(&world, "lan", &words).await.unwrap_err()
            };
            assert!(refused.contains(says), "{words:?}: {refused}");
        }
        let (code, _, err) = world.command(&["review", "show", "AAAAAAAAAAAAAAAAAAAAAA", "--as", "tên có dấu", "--os-user", "x"]).await;
        assert!(code == 2 && err.contains("1 to 64"), "{err}");
        let (code, out, _) = world.command(&["citizen", "show", an.as_str()]).await;
        assert!(code == 0 && out.contains("dvcqg-1001") && !out.contains(AN.name), "{out}");
    }
}
