//! The population database.

use crate::visitor::{http, stand_in};
use mock_vneid::{Citizen, MockVneid};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn ask(vneid: &MockVneid, question: &Value) -> (StatusCode, Value) {
    let sent = http()
        .post(vneid.population_url())
        .basic_auth("broker", Some("mock-population-secret-for-tests"))
        .json(question)
        .send()
        .await
        .unwrap();
    (sent.status(), sent.json().await.unwrap_or_default())
}

#[tokio::test]
async fn answers_for_each_question() {
    let vneid = stand_in().await;
    let cuong = json!({"old_number": "171234567", "personal_number": "038075000003", "full_name": "LÊ VĂN CƯỜNG", "birth_date": "1975-11-02"});
    let wrong = |name: &str, value: &str| {
        let mut question = cuong.clone();
        question[name] = json!(value);
        question
    };
    for (question, result, field, fits) in [
        (cuong.clone(), "match", "full_name", json!(true)),
        (json!({"old_number": "171234567"}), "match", "old_number", json!(true)),
        (json!({"personal_number": "038075000003"}), "match", "birth_date", Value::Null),
        (wrong("full_name", "LÊ VĂN CÔNG"), "mismatch", "full_name", json!(false)),
        (wrong("birth_date", "1975-11-03"), "mismatch", "birth_date", json!(false)),
        (wrong("old_number", "999999999"), "mismatch", "old_number", json!(false)),
        (json!({"old_number": "999999999"}), "no_match", "full_name", Value::Null),
        // Two people: the numbers do not belong together.
        (
            json!({"old_number": "171234567", "personal_number": "074190000002"}),
            "several",
            "full_name",
            Value::Null,
        ),
    ] {
        let (status, said) = ask(&vneid, &question).await;
        assert_eq!(status, 200, "{question}");
        assert_eq!((&said["result"], &said["fields"][field]), (&json!(result), &fits), "{question}: {said}");
        assert!(!said.to_string().contains("CƯỜNG"), "it tells what it was not told: {said}");
    }
}

/// Numbers are issued anew: the new one is known with the one before, and the subject stays.
#[tokio::test]
async fn a_number_issued_anew_is_known_with_the_one_before() {
    let vneid = stand_in().await;
    let (before, after) = ("038075000003", "038175000003");
    assert!(vneid.renumber_citizen(before, after));
    assert!(vneid.citizen(before).is_none());
    assert_eq!(vneid.citizen(after).unwrap().former_numbers, [before]);
    assert!(!vneid.renumber_citizen("074190000002", before), "a number is given once");
    for (question, result, fits) in [
        (json!({"personal_number": after, "former_number": before}), "match", json!(true)),
        (json!({"personal_number": after, "former_number": "001085000999"}), "mismatch", json!(false)),
        (json!({"personal_number": after, "former_number": after}), "mismatch", json!(false)),
        // Somebody else's, now or before.
        (json!({"personal_number": after, "former_number": "074190000002"}), "several", Value::Null),
        (json!({"personal_number": "074190000002", "former_number": before}), "several", Value::Null),
        (json!({"personal_number": before}), "no_match", Value::Null),
        (json!({"former_number": before}), "match", json!(true)),
    ] {
        let (_, said) = ask(&vneid, &question).await;
        assert_eq!(
            (&said["result"], &said["fields"]["former_number"]),
            (&json!(result), &fits),
            "{question}: {said}"
        );
    }
}

#[tokio::test]
async fn who_has_died_is_said_to_have() {
    let vneid = stand_in().await;
    let dead: Citizen = Citizen { deceased: true, ..vneid.citizen("038075000003").unwrap() };
    vneid.put_citizen(dead);
    assert_eq!(ask(&vneid, &json!({"old_number": "171234567"})).await.1["result"], "deceased");
}

#[tokio::test]
async fn only_its_own_client_may_ask() {
    let vneid = stand_in().await;
    let question = json!({"old_number": "171234567"});
    for auth in [None, Some(("broker", "wrong")), Some(("other", "mock-population-secret-for-tests"))] {
        let mut call = http().post(vneid.population_url()).json(&question);
        if let Some((id, secret)) = auth {
            call = call.basic_auth(id, Some(secret));
        }
        assert_eq!(call.send().await.unwrap().status(), 401, "{auth:?}");
    }
    assert_eq!(ask(&vneid, &json!({"full_name": "LÊ VĂN CƯỜNG"})).await.0, 400);
    assert_eq!(ask(&vneid, &json!({"old_number": "1", "more": "x"})).await.0, 422);
}
