//! What the doctor prints, and its exit codes.

use super::Desk;
use serde_json::Value;

#[test]
fn it_says_what_is_ill_and_how_to_read_on() {
    let desk = Desk::ready();
    desk.put("p", "");
    let said = desk.say(&["doctor"]);
    // VNeID is away.
    assert_eq!((said.code, said.err.as_str()), (1, "broken: 1, worth a look: 2\n"), "{}", said.out);
    assert!(said.out.starts_with("LEVEL  CHECK"), "{}", said.out);
    for part in [
        "fail   upstreams.vneid.reach",
        "cause: ",
        "do:    ",
        "read:  broker/README.md, \"What the broker calls\"",
    ] {
        assert!(said.out.contains(part), "{part} {}", said.out);
    }
    let said = desk.say(&["doctor", "--json"]);
    assert_eq!(said.code, 1);
    let whole: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(whole["failures"], 1);
    let ids: Vec<&str> =
        whole["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    for id in [
        "configuration",
        "secrets.files",
        "secrets.keys",
        "secrets.sealed",
        "stores.lasting.reach",
        "stores.lasting.schema",
        "signing_keys",
        "certificates",
        "system.files",
    ] {
        assert!(ids.contains(&id), "{id} {ids:?}");
    }
    assert!(!said.out.contains("geheim"));
}

#[test]
fn a_configuration_that_cannot_stand_is_code_3() {
    let desk = Desk::ready();
    std::fs::remove_file(desk.path("secrets.toml")).unwrap();
    let said = desk.say(&["doctor"]);
    assert!(
        said.code == 3 && said.out.contains("secrets.file: file not found"),
        "{} {}",
        said.code,
        said.out
    );
    // The rest is looked at all the same.
    assert!(said.out.contains("stores.lasting.reach"));
    desk.put("broker.toml", "issuer = \"https://id.example\"\nnonsense = 1\n");
    let said = desk.say(&["doctor", "--json"]);
    let whole: Value = serde_json::from_str(&said.out).unwrap();
    assert!(said.code == 3 && whole["findings"][0]["seen"].as_str().unwrap().contains("nonsense"), "{whole}");
}
