//! The population database against the stand-in.

use broker_domain::clock::{MockClock, Timestamp};
use broker_domain::person::{BirthDate, Name, OldNumber, PersonalNumber};
use broker_domain::upstream::population::{Answer, Fields, PopulationDatabase, PopulationFailure, Question};
use broker_vneid::{PopulationSettings, build_population};
use mock_vneid::{Endpoint, Fault, MockVneid};
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;

struct Office {
    mock: MockVneid,
    database: Arc<dyn PopulationDatabase>,
    clock: Arc<MockClock>,
}

impl Office {
    async fn open(changes: Value) -> Self {
        let mock = MockVneid::start().await.unwrap();
        let mut all = json!({
            "endpoint": mock.population_url(), "client_id": "broker", "client_secret": "mock-population-secret-for-tests",
            "total_timeout_ms": 500, "system_authorities": false,
        });
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        let settings: PopulationSettings = serde_json::from_value(all).unwrap();
        let clock = Arc::new(MockClock::at(Timestamp::from_secs(1_800_000_000)));
        let database = build_population(&settings, clock.clone(), Arc::new(|_| {})).unwrap();
        Self { mock, database, clock }
    }
}

fn cuong() -> Question {
    Question {
        personal_number: PersonalNumber::parse("038075000003").unwrap(),
        old_number: Some(OldNumber::parse("171234567").unwrap()),
        former_number: None,
        full_name: Some(Name::parse("LÊ VĂN CƯỜNG").unwrap()),
        birth_date: Some(BirthDate::Day(1975, 11, 2)),
    }
}

#[tokio::test]
async fn answers() {
    let office = Office::open(json!({})).await;
    let ask = async |question: Question| office.database.ask(&question).await.unwrap();
    assert_eq!(ask(cuong()).await, Answer::Match);
    assert_eq!(
        ask(Question {
            old_number: None,
            full_name: None,
            birth_date: Some(BirthDate::Year(1975)),
            ..cuong()
        })
        .await,
        Answer::Match
    );
    let yes = Some(true);
    let fields = Fields {
        personal_number: yes,
        old_number: yes,
        former_number: None,
        full_name: yes,
        birth_date: Some(false),
    };
    assert_eq!(
        ask(Question { birth_date: Some(BirthDate::Day(1975, 11, 3)), ..cuong() }).await,
        Answer::Differs(fields)
    );
    let nobody = PersonalNumber::parse("001099999999").unwrap();
    assert_eq!(
        ask(Question { personal_number: nobody.clone(), old_number: None, ..cuong() }).await,
        Answer::Nobody
    );
    let fields = Fields {
        personal_number: Some(false),
        old_number: yes,
        former_number: None,
        full_name: yes,
        birth_date: yes,
    };
    assert_eq!(ask(Question { personal_number: nobody, ..cuong() }).await, Answer::Differs(fields));
    let an = PersonalNumber::parse("001085000001").unwrap();
    // A number issued anew.
    assert!(office.mock.renumber_citizen("074190000002", "074090000002"));
    let renumbered = |former: &str| Question {
        personal_number: PersonalNumber::parse("074090000002").unwrap(),
        old_number: None,
        former_number: Some(PersonalNumber::parse(former).unwrap()),
        full_name: Some(Name::parse("TRẦN THỊ BÌNH").unwrap()),
        birth_date: Some(BirthDate::Day(1990, 7, 25)),
    };
    assert_eq!(ask(renumbered("074190000002")).await, Answer::Match);
    assert!(
        matches!(ask(renumbered("074190000009")).await, Answer::Differs(f) if f.former_number == Some(false))
    );
    assert_eq!(ask(renumbered("052189000004")).await, Answer::Several);
    assert_eq!(ask(Question { personal_number: an, ..cuong() }).await, Answer::Several);
    let mut dead = office.mock.citizen("038075000003").unwrap();
    dead.deceased = true;
    office.mock.put_citizen(dead);
    assert_eq!(ask(cuong()).await, Answer::Deceased);
}

#[rstest]
#[case(Fault::Cut, PopulationFailure::Unreachable)]
#[case(Fault::Delay { ms: 2000 }, PopulationFailure::TimedOut)]
#[case(Fault::Status { status: 500 }, PopulationFailure::BadStatus)]
#[case(Fault::Status { status: 503 }, PopulationFailure::Busy)]
#[case(Fault::Status { status: 401 }, PopulationFailure::Refused)]
#[case(Fault::Garbage, PopulationFailure::Malformed)]
#[case(Fault::OversizedBody, PopulationFailure::Malformed)]
#[tokio::test]
async fn failures(#[case] fault: Fault, #[case] failure: PopulationFailure) {
    let office = Office::open(json!({})).await;
    office.mock.fault(Endpoint::Population, fault, None);
    assert_eq!(office.database.ask(&cuong()).await.unwrap_err(), failure);
}

#[tokio::test]
async fn our_credentials_are_checked() {
    let office = Office::open(json!({"client_secret": "another"})).await;
    assert_eq!(office.database.ask(&cuong()).await.unwrap_err(), PopulationFailure::Refused);
}

#[tokio::test]
async fn asked_once_more_and_not_for_ever() {
    let office = Office::open(json!({"breaker": {"failures": 2, "open_secs": 10}})).await;
    office.mock.fault(Endpoint::Population, Fault::Status { status: 503 }, Some(1));
    assert_eq!(office.database.ask(&cuong()).await, Ok(Answer::Match));
    office.mock.fault(Endpoint::Population, Fault::Status { status: 500 }, None);
    for failure in
        [PopulationFailure::BadStatus, PopulationFailure::BadStatus, PopulationFailure::CircuitOpen]
    {
        assert_eq!(office.database.ask(&cuong()).await.unwrap_err(), failure);
    }
    office.mock.clear_faults();
    office.clock.advance(10);
    assert_eq!(office.database.ask(&cuong()).await, Ok(Answer::Match));
}

#[test]
fn what_cannot_stand_is_named() {
    let build = |changes: Value| {
        let mut all =
            json!({"endpoint": "https://p.example/match", "client_id": "broker", "client_secret": "s"});
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        let settings: PopulationSettings = serde_json::from_value(all).unwrap();
        let clock = Arc::new(MockClock::default());
        build_population(&settings, clock, Arc::new(|_| {})).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert_eq!(build(json!({})), "");
    assert!(build(json!({"endpoint": "http://p.example"})).starts_with("endpoint: "));
    assert!(build(json!({"client_id": " "})).starts_with("client_id: "));
    assert!(build(json!({"client_secret": null})).starts_with("client_secret: "));
}
