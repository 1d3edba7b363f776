//! Scenario 25 whole: whoever comes by another subject, another dialect or another number is the same citizen with the same subjects, or
//! people look at it; never a second identity.

use broker::app::{Opened, Said, ask, say};
use broker_domain::audit::AuditKind;
use broker_domain::claims::Claims;
use broker_domain::claims::{Mark, Marked};
use broker_domain::ids::{AccountId, CitizenId, Namespace, ReviewId};
use broker_domain::linking::{
    Dossier, LegacyAccount, LegacyKind, LegacyStatus, NewReview, Operator, Outcome, ReviewReason, Ruling,
    Standing, Vote,
};
use broker_domain::person::{BirthDate, Name, PersonalNumber};
use broker_domain::ports::{ImportProgress, ImportedAccount, Review};
use broker_domain::subject::Subject;
use mock_vneid::{Endpoint, Fault};
use serde_json::json;
use support::people::{AN, BINH, CUONG, DUNG, Person};
use support::{Portal, World, for_both_stores};

/// The same people after a correction of their sex.
const AN_ANEW: Person = Person { number: "001185000001", ..AN };
const CUONG_ANEW: Person = Person { number: "038175000003", ..CUONG };

const NAMESPACES: &str = "[[namespaces]]\nid = \"cong-cu\"\nname_vi = \"Cổng cũ\"\nmethod = \"national\"\n";

async fn sub(world: &World, portal: &Portal, person: Person) -> String {
    let tokens = world.tokens(&world.browser(), portal, person).await;
    tokens.claims()["sub"].as_str().unwrap().to_owned()
}

/// The page that somebody is shown who is not signed in: its code.
async fn refused(world: &World, portal: &Portal, person: Person) -> Option<u16> {
    let browser = world.browser();
    let callback = world.to_callback(&browser, &portal.request(), person).await;
    let page = browser.visit(&callback).await;
    assert!(browser.cookie("vb_session").is_none());
    page.code()
}

/// An account of somebody, its number verified.
async fn import(world: &World, portal: &Portal, tech_id: &str, person: Person) {
    let born = BirthDate::Year(PersonalNumber::parse(person.number).unwrap().birth_year());
    let claims = Claims {
        personal_number: Some(Marked::new(PersonalNumber::parse(person.number).unwrap(), Mark::Green)),
        full_name: Some(Marked::new(Name::parse(person.name).unwrap(), Mark::Green)),
        birth_date: Some(Marked::new(born, Mark::Green)),
        ..Claims::default()
    };
    let account = LegacyAccount {
        id: AccountId::generate(&*world.broker().entropy),
        namespace: Namespace::new(portal.id.as_str()),
        tech_id: Subject::new(tech_id).unwrap(),
        kind: LegacyKind::Citizen,
        status: LegacyStatus::Open,
        has_password: false,
        claims,
        confirmed: None,
    };
    let namespace = account.namespace.clone();
    let progress = ImportProgress { file: tech_id.to_owned(), ..ImportProgress::default() };
    let imported = ImportedAccount { account, user_name: None, password: None };
    world.broker().stores.accounts.import(&namespace, vec![imported], progress, world.now()).await.unwrap();
}

async fn owner(world: &World, portal: &Portal, tech_id: &str) -> Option<CitizenId> {
    let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new(tech_id).unwrap());
    world.broker().stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap().owner
}

/// What the command line of an operator works with.
fn opened(world: &World) -> Opened {
    let broker = world.broker();
    Opened {
        stores: broker.stores.clone(),
        hasher: broker.hasher.clone(),
        clock: broker.clock.clone(),
        entropy: broker.entropy.clone(),
    }
}

fn vote(world: &World, by: &str, ruling: Ruling) -> Vote {
    let by = Operator::new(by, &format!("account-of-{by}")).unwrap();
    Vote { by, ruling, why: "đã xem hồ sơ".to_owned(), at: world.now() }
}

async fn cases(world: &World) -> Vec<Review> {
    world.broker().stores.reviews.reviews(false, 10).await.unwrap()
}

/// Two people decide the one case that there is.
async fn decide(world: &World, ruling: Ruling) -> Said {
    let all = cases(world).await;
    assert_eq!(all.len(), 1);
    let first = say(&opened(world), &all[0].id, &vote(world, "lan", ruling)).await.unwrap();
    assert_eq!(first, Said::Counts(Standing::One(ruling)));
    say(&opened(world), &all[0].id, &vote(world, "minh", ruling)).await.unwrap()
}

async fn told(world: &World, kind: AuditKind) -> usize {
    world.events().await.iter().filter(|e| e.kind == kind).count()
}

async fn citizens(world: &World) -> u64 {
    world.broker().stores.citizens.count().await.unwrap()
}

for_both_stores! {
    /// The population database confirms it: that citizen, by every way, with the subjects of before at every portal.
    async fn scenario_25_a_number_issued_anew_changes_no_subject(world: World) {
        let mut world = world;
        let (portal, other) = (world.portal().await, world.portal().await);
        import(&world, &portal, "dvcqg-1001", AN).await;
        let before = (sub(&world, &portal, AN).await, sub(&world, &other, AN).await);
        assert_eq!(before.0, "dvcqg-1001");
        world.vneid.renumber(AN, AN_ANEW);
        let after = (sub(&world, &portal, AN_ANEW).await, sub(&world, &other, AN_ANEW).await);
        assert_eq!(after, before);
        assert_eq!((citizens(&world).await, told(&world, AuditKind::NumberChanged).await), (1, 1));
        let request = portal.request().with("scope", "openid profile citizen");
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN_ANEW).await;
        assert_eq!(portal.userinfo(&tokens.access).await.json()["personal_number"], AN_ANEW.number);
        world.change_dialect().await;
        let (portal, other) = (portal.at(world.router()), other.at(world.router()));
        assert_eq!((sub(&world, &portal, AN_ANEW).await, sub(&world, &other, AN_ANEW).await), before);
        assert_eq!((citizens(&world).await, cases(&world).await.len()), (1, 0));
    }

    /// An account that still holds the number of before is found by whoever had it.
    async fn scenario_25_accounts_under_the_number_of_before_are_found(world: World) {
        let portal = world.portal().await;
        let elsewhere = world.portal().await;
        sub(&world, &elsewhere, AN).await;
        world.vneid.renumber(AN, AN_ANEW);
        sub(&world, &elsewhere, AN_ANEW).await;
        import(&world, &portal, "dvcqg-1001", AN).await;
        assert_eq!(sub(&world, &portal, AN_ANEW).await, "dvcqg-1001");
        assert_eq!(citizens(&world).await, 1);
    }

    /// The same by way of the account itself: whoever had the number of before is its owner.
    async fn scenario_25_the_account_first_under_the_number_of_before(
        world: World = Options::default().with_tables(NAMESPACES)
    ) {
        let portal = world.register(json!({"client_id": "cong-cu", "pkce": "optional", "sign_in_methods": ["vneid", "national"]})).await;
        let elsewhere = world.portal().await;
        sub(&world, &elsewhere, AN).await;
        world.vneid.renumber(AN, AN_ANEW);
        sub(&world, &elsewhere, AN_ANEW).await;
        let account = crate::linking::with(crate::linking::account("t-1", AN), "password_hash", crate::proving::HASH);
        crate::linking::bring(&world, &portal, &[account]).await;
        let browser = world.browser();
        let told = crate::proving::account_first(&world, &browser, &portal, "t-1", AN_ANEW).await;
        assert!(told.url.ends_with("/told"), "{} {}", told.url, told.plain());
        assert!(owner(&world, &portal, "t-1").await.is_some());
        assert_eq!(citizens(&world).await, 1);
    }

    /// The dialect whose subject is the number: the old 9-digit number tells whom to ask about.
    async fn scenario_25_where_the_subject_is_the_number(world: World = Options::sealed()) {
        let portal = world.portal().await;
        let before = sub(&world, &portal, CUONG).await;
        world.vneid.renumber(CUONG, CUONG_ANEW);
        assert_eq!(sub(&world, &portal, CUONG_ANEW).await, before);
        assert_eq!(sub(&world, &portal, CUONG_ANEW).await, before);
        assert_eq!((citizens(&world).await, told(&world, AuditKind::NumberChanged).await), (1, 1));
        assert_eq!(told(&world, AuditKind::IdentityAdded).await, 1);
    }

    /// Nobody confirms it: nobody is signed in, one case is opened however often they come, and two people let them in.
    async fn scenario_25_unconfirmed_it_is_for_people(world: World) {
        let portal = world.portal().await;
        import(&world, &portal, "dvcqg-1001", AN).await;
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        world.vneid.renumber(AN, AN_ANEW);
        world.vneid.fail(Endpoint::Population, Fault::Status { status: 503 });
        for _ in 0..2 {
            assert_eq!(refused(&world, &portal, AN_ANEW).await, Some(1402));
        }
        let case = &cases(&world).await[0];
        assert_eq!((case.case.reason(), case.case.standing()), (ReviewReason::NumberChanged, Standing::Open));
        assert_eq!((citizens(&world).await, told(&world, AuditKind::ReviewOpened).await), (1, 1));
        assert_eq!(decide(&world, Ruling::Accept).await, Said::Ended(Ruling::Accept, Outcome::Done));
        assert_eq!(sub(&world, &portal, AN_ANEW).await, "dvcqg-1001");
        assert_eq!((citizens(&world).await, told(&world, AuditKind::ReviewClosed).await), (1, 1));
    }

    /// It is somebody else's number by what the database says, and two people say so too: it stays so, without a new case each time.
    async fn scenario_25_rejected_it_stays_out(world: World) {
        let portal = world.portal().await;
        let before = sub(&world, &portal, AN).await;
        world.vneid.fail_claim(Fault::OtherClaim { claim: "citizenPid".to_owned(), value: json!("001085999999") });
        assert_eq!(refused(&world, &portal, AN).await, Some(1402));
        assert_eq!(decide(&world, Ruling::Reject).await, Said::Ended(Ruling::Reject, Outcome::Done));
        assert_eq!(refused(&world, &portal, AN).await, Some(1402));
        assert!(cases(&world).await.is_empty());
        world.vneid.mend();
        assert_eq!(sub(&world, &portal, AN).await, before);
        assert_eq!(citizens(&world).await, 1);
    }

    /// A known number under a new subject with another date of birth: a case; two people accept the subject, and it is that citizen.
    async fn scenario_25_another_date_of_birth_is_for_people(world: World) {
        let portal = world.portal().await;
        let before = sub(&world, &portal, AN).await;
        let spoil = || {
            world.vneid.fail(Endpoint::Token, Fault::OtherClaim { claim: "sub".to_owned(), value: json!("made-anew") });
            world.vneid.fail(Endpoint::Token, Fault::OtherClaim { claim: "birthDate".to_owned(), value: json!("1985-03-13") });
        };
        spoil();
        assert_eq!(refused(&world, &portal, AN).await, Some(1401));
        assert_eq!(cases(&world).await[0].case.reason(), ReviewReason::RecordDiffers);
        assert_eq!(decide(&world, Ruling::Accept).await, Said::Ended(Ruling::Accept, Outcome::Done));
        assert_eq!(sub(&world, &portal, AN).await, before);
        assert_eq!(citizens(&world).await, 1);
    }

    /// The number of one citizen cannot be made another one's, whoever agrees on it.
    async fn scenario_25_two_citizens_never_become_one(world: World) {
        let portal = world.portal().await;
        let (an, binh) = (sub(&world, &portal, AN).await, sub(&world, &portal, BINH).await);
        // VNeID says of An's identity that it is Bình.
        for (claim, value) in [("citizenPid", BINH.number), ("fullName", BINH.name), ("birthDate", BINH.born), ("gender", "Nữ")] {
            world.vneid.fail_claim(Fault::OtherClaim { claim: claim.to_owned(), value: json!(value) });
        }
        if world.vneid.dialect == support::vneid::Dialect::Oidc {
            assert_eq!(refused(&world, &portal, AN).await, Some(1402));
            assert_eq!(decide(&world, Ruling::Accept).await, Said::Ended(Ruling::Accept, Outcome::Impossible));
        }
        world.vneid.mend();
        assert_eq!((sub(&world, &portal, AN).await, sub(&world, &portal, BINH).await), (an, binh));
        assert_eq!(citizens(&world).await, 2);
    }

    /// An operator alone links, moves and unlinks nothing: not twice, and not by another name on the same account.
    async fn attack_an_operator_alone(world: World) {
        let portal = world.portal().await;
        import(&world, &portal, "dvcqg-1001", AN).await;
        sub(&world, &portal, AN).await;
        sub(&world, &portal, DUNG).await;
        let stores = &world.broker().stores;
        let (namespace, tech_id) = (Namespace::new(portal.id.as_str()), Subject::new("dvcqg-1001").unwrap());
        let kept = stores.accounts.account(&namespace, &tech_id).await.unwrap().unwrap();
        let an = kept.owner.clone().unwrap();
        let dung = stores.citizens.by_number(&PersonalNumber::parse(DUNG.number).unwrap()).await.unwrap().unwrap();
        let request = |reason, citizen: &CitizenId| NewReview {
            id: ReviewId::generate(&*world.broker().entropy),
            reason,
            citizen: citizen.clone(),
            account: Some(kept.account.id.clone()),
            interaction: None,
            dossier: Dossier::default(),
            first: None,
            now: world.now(),
        };
        for (reason, ruling, citizen) in [
            (ReviewReason::MoveWanted, Ruling::Move, &dung),
            (ReviewReason::UnlinkWanted, Ruling::Unlink, &an),
        ] {
            let mut ids = Vec::new();
            for name in ["lan", "lan", "hoa"] {
                let mut alone = vote(&world, name, ruling);
                alone.by = Operator::new(name, "account-of-lan").unwrap();
                let (id, _) = ask(&opened(&world), request(reason, citizen), alone.clone()).await.unwrap();
                let said = say(&opened(&world), &id, &alone).await.unwrap();
                assert!(matches!(said, Said::Refused(_)), "{said:?}");
                ids.push(id);
            }
            assert!(ids.iter().all(|id| *id == ids[0]), "one request, however often it is made");
            assert_eq!(owner(&world, &portal, "dvcqg-1001").await.as_ref(), Some(&an), "moved by one person");
        }
        assert_eq!(sub(&world, &portal, AN).await, "dvcqg-1001");
        // Another person confirms the move: now it is done, once.
        let case = cases(&world).await.into_iter().find(|c| c.case.reason() == ReviewReason::MoveWanted).unwrap();
        let said = say(&opened(&world), &case.id, &vote(&world, "minh", Ruling::Move)).await.unwrap();
        assert_eq!(said, Said::Ended(Ruling::Move, Outcome::Done));
        assert_eq!(owner(&world, &portal, "dvcqg-1001").await, Some(dung));
        assert_eq!(told(&world, AuditKind::AccountMoved).await, 1);
        assert_ne!(sub(&world, &portal, AN).await, "dvcqg-1001");
        // What was asked before is no longer as it was: the account is not An's.
        let open = cases(&world).await;
        assert!(open.iter().any(|c| c.case.reason() == ReviewReason::UnlinkWanted));
        assert!(open.iter().all(|c| c.case.reason() != ReviewReason::MoveWanted));
    }
}
