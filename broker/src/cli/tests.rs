mod backup;
mod doctor;

use super::run;
use crate::app::{Overrides, build};
use crate::config::load;
use broker_domain::audit::AuditKind;
use broker_domain::ids::Namespace;
use broker_domain::linking::CutOff;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A folder in which commands are carried out.
struct Desk(tempfile::TempDir);

struct Said {
    code: u8,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    #[track_caller]
    fn fails(self, code: u8, says: &str) {
        assert!(self.code == code && self.err.contains(says), "{} {}", self.code, self.err);
        assert!(!self.err.contains("geheim") && self.out.is_empty(), "{} {}", self.err, self.out);
    }
}

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put(
            "broker.toml",
            "issuer = \"http://localhost:8080\"\n[secrets]\nfile = \"secrets.toml\"\n[[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\n\
             issuer = \"http://localhost:8090\"\nclient_id = \"broker\"\nclient_secret = \"geheim\"\n",
        );
        desk
    }

    fn ready() -> Self {
        let desk = Self::new();
        desk.say(&["secrets", "generate", "--out", &desk.path("secrets.toml").display().to_string()]).ok();
        desk.say(&["migrate"]).ok();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn say(&self, words: &[&str]) -> Said {
        let config = self.path("broker.toml").display().to_string();
        let words: Vec<&str> =
            ["broker", "--config", &config].into_iter().chain(words.iter().copied()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(words, &[], &mut out, &mut err);
        Said { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }
}

fn portal(id: &str) -> String {
    json!({"client_id": id, "client_name": "Cổng thử", "redirect_uris": ["https://rp.example/cb"]})
        .to_string()
}

#[test]
fn help_is_helpful_and_nonsense_is_told() {
    let desk = Desk::new();
    for words in [&["--help"][..], &["client", "--help"], &["client", "add", "--help"], &["--version"]] {
        assert!(!desk.say(words).ok().is_empty());
    }
    assert!(desk.say(&["client", "--help"]).ok().contains("rotate-secret"));
    assert!(desk.say(&["--help"]).ok().contains("Exit codes"));
    for words in [
        &["dance"][..],
        &["client", "add"],
        &["client", "rotate-secret", "x", "--grace", "-1"],
        &["client", "show"],
    ] {
        let said = desk.say(words);
        assert!(said.code == 2 && said.err.contains("Usage"), "{}", said.err);
    }
    desk.say(&[]).fails(2, "Usage");
}

#[test]
fn secrets_are_private_and_never_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let file = desk.path("secrets.toml");
    let words = ["secrets", "generate", "--out", file.to_str().unwrap()];
    desk.say(&words).ok();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&file).unwrap();
    desk.say(&words).fails(2, "is there already and is left as it is");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    desk.say(&["secrets", "generate", "--out", "/nowhere/secrets.toml"]).fails(1, "/nowhere/secrets.toml");
}

#[test]
fn the_configuration_is_checked_as_a_whole() {
    let desk = Desk::new();
    desk.say(&["config", "check"]).fails(3, "secrets.file: file not found");
    let desk = Desk::ready();
    assert_eq!(desk.say(&["config", "check"]).ok(), "the configuration is sound\n");
    desk.put(
        "bad.json",
        r#"{"client_id": "x", "client_name": "x", "client_secret": "geheim-geheim-geheim"}"#,
    );
    desk.put("broker.toml", "issuer = \"http://id.example\"\n[clients]\nfiles = [\"bad.json\"]\n[[upstreams]]\nid = \"other\"\ndialect = \"oidc\"\nissuer = \"https://v.example\"\nclient_id = \"b\"\n");
    let said = desk.say(&["config", "check"]);
    assert_eq!(said.code, 3);
    let lines = [
        "issuer: must be https",
        "secrets.hashing_key: missing",
        "upstreams.0.client_secret: is missing",
        "vneid: no upstream is named vneid",
        "bad.json: redirect_uris: must hold at least one URI",
    ];
    for line in lines {
        assert!(said.err.contains(line), "{line} in {}", said.err);
    }
    assert!(!said.err.contains("geheim"));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(run(["broker", "--config", "/nowhere.toml", "serve"], &[], &mut out, &mut err), 3);
    assert!(String::from_utf8(err).unwrap().contains("file not found: /nowhere.toml"));
}

#[test]
fn the_schema_is_printed_or_written() {
    let desk = Desk::new();
    let printed = desk.say(&["config", "schema"]).ok();
    let schema: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(schema["title"], "Configuration of the broker");
    let file = desk.path("schema.json");
    desk.say(&["config", "schema", "--out", file.to_str().unwrap()]).ok();
    assert_eq!(std::fs::read_to_string(file).unwrap(), printed);
    assert!(desk.say(&["config", "schema", "--table"]).ok().contains("| `listen.address` |"));
}

#[test]
fn a_store_that_lacks_its_schema_says_what_to_do() {
    let desk = Desk::ready();
    desk.say(&["migrate"]).ok();
    std::fs::remove_file(desk.path("broker.db")).unwrap();
    let file = desk.put("c.json", &portal("c"));
    desk.say(&["client", "add", "--file", &file, "--generate-secret"]).fails(1, "run `broker migrate`");
}

#[test]
fn a_registration_lives_its_life() {
    let desk = Desk::ready();
    let file = desk.put("c.json", &portal("cong-thu"));
    desk.say(&["client", "add", "--file", &file]).fails(2, "c.json: client_secret: missing");
    let added: Value =
        serde_json::from_str(&desk.say(&["client", "add", "--file", &file, "--generate-secret"]).ok())
            .unwrap();
    assert_eq!(
        (&added["client_id"], added["client_secret"].as_str().unwrap().len()),
        (&json!("cong-thu"), 43)
    );
    desk.say(&["client", "add", "--file", &file, "--generate-secret"]).fails(2, "already there");

    let mut given: Value = serde_json::from_str(&portal("given")).unwrap();
    given["client_secret"] = json!("geheim-geheim-geheim-geheim");
    let file = desk.put("g.json", &given.to_string());
    let added: Value = serde_json::from_str(&desk.say(&["client", "add", "--file", &file]).ok()).unwrap();
    assert_eq!(added["client_secret"], "geheim-geheim-geheim-geheim");
    let bad = desk.put("b.json", "{\"client_name\": \"x\", \"client_secret\": \"geheim\"");
    desk.say(&["client", "add", "--file", &bad]).fails(2, "b.json: is not a JSON object: line 1");
    desk.say(&["client", "add", "--file", "/nowhere.json"]).fails(2, "/nowhere.json: cannot be read");

    let listed = desk.say(&["client", "list"]).ok();
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("cong-thu  enabled   standard  Cổng thử"), "{listed}");
    assert_eq!(desk.say(&["client", "list", "--json"]).ok().lines().count(), 2);

    let rotated: Value =
        serde_json::from_str(&desk.say(&["client", "rotate-secret", "cong-thu", "--grace", "60"]).ok())
            .unwrap();
    assert_ne!(rotated["client_secret"], added["client_secret"]);
    let shown: Value = serde_json::from_str(&desk.say(&["client", "show", "cong-thu"]).ok()).unwrap();
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 2);
    assert!(shown["secrets"][0]["expires_at"].is_string() && shown["secrets"][1]["expires_at"].is_null());
    assert!(
        !shown.to_string().contains(rotated["client_secret"].as_str().unwrap())
            && !shown.to_string().contains("hash")
    );
    desk.say(&["client", "rotate-secret", "nobody"]).fails(2, "no client nobody");

    assert_eq!(desk.say(&["client", "disable", "given"]).ok(), "given is disabled\n");
    assert_eq!(desk.say(&["client", "disable", "given"]).ok(), "given is disabled already\n");
    assert!(desk.say(&["client", "list"]).ok().contains("given     disabled"));
    assert_eq!(desk.say(&["client", "enable", "given"]).ok(), "given is enabled\n");
}

/// The configuration says one thing, an order another until it is taken back; times are Viet Nam's.
#[test]
fn namespaces_are_listed_cut_off_and_switched() {
    let desk = Desk::ready();
    let mut toml = std::fs::read_to_string(desk.path("broker.toml")).unwrap();
    toml += "[[namespaces]]\nid = \"cong-dvcqg\"\nmethod = \"national\"\n[[namespaces]]\nid = \"vnpost\"\nswitched_off = true\n\
             cut_off = \"2999-06-30T17:00:00Z\"\n";
    desk.put("broker.toml", &toml);
    let line = |namespace: &str| {
        let listed = desk.say(&["namespace", "list"]).ok();
        let line = listed.lines().find(|l| l.starts_with(namespace)).unwrap_or_else(|| panic!("{listed}"));
        line.split("  ").map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(
        line("cong-dvcqg"),
        "cong-dvcqg|national|proves only|configuration|2024-07-01T00:00:00+07:00|configuration"
    );
    assert_eq!(line("vnpost"), "vnpost|none|off|configuration|2999-07-01T00:00:00+07:00|configuration");
    assert_eq!(
        desk.say(&["namespace", "cut-off", "cong-dvcqg", "2999-01-01 08:00"]).ok(),
        "cut-off of cong-dvcqg: 2999-01-01T08:00:00+07:00\n"
    );
    assert_eq!(
        line("cong-dvcqg"),
        "cong-dvcqg|national|opens sessions|configuration|2999-01-01T08:00:00+07:00|order"
    );
    assert_eq!(
        desk.say(&["namespace", "switch", "cong-dvcqg", "off"]).ok(),
        "sign-in with accounts of cong-dvcqg: off\n"
    );
    desk.say(&["namespace", "switch", "vnpost", "on"]).ok();
    desk.say(&["namespace", "cut-off", "vnpost", "never"]).ok();
    assert_eq!(line("cong-dvcqg"), "cong-dvcqg|national|off|order|2999-01-01T08:00:00+07:00|order");
    assert_eq!(line("vnpost"), "vnpost|none|opens sessions|order|never|order");
    desk.say(&["namespace", "cut-off", "cong-dvcqg", "configured"]).ok();
    desk.say(&["namespace", "switch", "cong-dvcqg", "configured"]).ok();
    assert_eq!(
        line("cong-dvcqg"),
        "cong-dvcqg|national|proves only|configuration|2024-07-01T00:00:00+07:00|configuration"
    );
    let told = desk.say(&["namespace", "list", "--json"]).ok();
    let told: Vec<Value> = told.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        (told.len(), &told[1]["cut_off"], &told[1]["switched_by"]),
        (2, &json!("never"), &json!("order"))
    );
    // No gateway is configured: no code can be sent.
    assert_eq!(told[0]["proof"], json!({"password": true, "phone_code": false}));
    for (words, says) in [
        (&["cut-off", "cong-dvcqg", "soon"][..], "is no moment"),
        (&["cut-off", "cong-dvcqg", "2024-02-30"], "is no moment"),
        (&["switch", "cong-dvcqg", "maybe"], "maybe"),
        (&["switch", "Cong", "off"], "must have 1 to 64 characters"),
        (&["switch", "cong-dvcqq", "off"], "no namespace cong-dvcqq"),
    ] {
        let words: Vec<&str> = ["namespace"].iter().chain(words).copied().collect();
        desk.say(&words).fails(2, says);
    }
}

#[test]
fn keys_are_listed_and_rotated() {
    let desk = Desk::ready();
    desk.say(&["keys", "rotate", "--now"]).ok();
    assert_eq!(desk.say(&["keys", "list"]).ok().matches("current").count(), 3);
    assert!(desk.say(&["keys", "rotate"]).ok().starts_with("3 new keys are published; they sign from "));
    desk.say(&["keys", "rotate"]).fails(2, "a rotation is under way already");
    desk.say(&["keys", "rotate", "--now"]).ok();
    let listed = desk.say(&["keys", "list"]).ok();
    assert_eq!((listed.matches("current").count(), listed.matches("retiring").count()), (3, 3));
}

const OLD: &str = "tech_id,user_name,password_hash,personal_number,personal_number_mark,full_name,phone\n\
    t-1,geheim,$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1,001085000001,green,NGUYỄN VĂN AN,0912000089\n\
    t-2,,,,,,\n,,,,,,\n";

#[test]
fn old_accounts_come_in_are_planned_shown_and_written_again() {
    let desk = Desk::ready();
    let file = desk.put("old.csv", OLD);
    let said = desk.say(&["accounts", "import", &file, "--namespace", "dvcqg"]);
    assert_eq!(
        (said.code, said.err.contains("1 rows were refused or replaced, 0 fields left out")),
        (4, true),
        "{}",
        said.err
    );
    assert!(said.out.contains("2 added, 0 changed, 0 unchanged, 1 refused"), "{}", said.out);
    let report = std::fs::read_to_string(format!("{file}.report.csv")).unwrap();
    assert_eq!(report.lines().nth(1), Some("4,refused,tech_id,\"missing\""));

    let table = desk.say(&["accounts", "plan"]).ok();
    assert!(table.contains("           1  is linked at once: its personal number was verified"), "{table}");
    assert!(
        table.contains("for example dvcqg/t-1\n") && table.ends_with("           2  in all\n"),
        "{table}"
    );
    let plan: Value = serde_json::from_str(&desk.say(&["accounts", "plan", "--json"]).ok()).unwrap();
    assert_eq!(plan["decisions"]["nothing-to-match"]["samples"], json!(["dvcqg/t-2"]));
    let of_another = desk.say(&["accounts", "plan", "--namespace", "other", "--json"]).ok();
    assert_eq!(serde_json::from_str::<Value>(&of_another).unwrap(), json!({"accounts": 0, "decisions": {}}));

    let hidden = desk.say(&["accounts", "show", "t-1", "--namespace", "dvcqg"]).ok();
    let shown: Value = serde_json::from_str(&hidden).unwrap();
    assert_eq!(
        (&shown["status"], &shown["link"], &shown["user_name"]),
        (&json!("open"), &Value::Null, &json!("***"))
    );
    assert_eq!(
        shown["claims"]["phone"],
        json!({"value": "***89", "mark": "yellow", "source": null, "verified_at": null})
    );
    assert_eq!(shown["claims"]["email"], json!({"mark": "red"}));
    assert!(!hidden.contains("geheim") && !hidden.contains("001085") && !hidden.contains("NGUY"), "{hidden}");
    let revealed = desk.say(&["accounts", "show", "t-1", "--namespace", "dvcqg", "--reveal"]).ok();
    assert!(revealed.contains("NGUYỄN VĂN AN") && revealed.contains("geheim") && !revealed.contains("$6$"));
    desk.say(&["accounts", "show", "t-3", "--namespace", "dvcqg"]).fails(2, "no account with the TechID t-3");

    let written = desk.say(&["accounts", "export", "--namespace", "dvcqg", "--format", "jsonl"]).ok();
    assert!(written.lines().count() == 2 && !written.contains("$6$"), "{written}");
    let to = desk.path("new.csv").display().to_string();
    let export = ["accounts", "export", "--namespace", "dvcqg", "--with-passwords", "--out", &to];
    assert!(desk.say(&export).ok().starts_with("2 accounts were written to "));
    assert!(std::fs::read_to_string(&to).unwrap().contains("$6$saltstring$svn8"));
    desk.say(&export).fails(2, "is there already");
    // A password hash that nothing can be checked against does not pass unsaid, nor does one that is slow to check.
    let slow = "tech_id,password_hash\nt-3,$6$saltstring$svn8\n\
        t-4,$2b$14$abcdefghijklmnopqrstuuhnvayPinIeh/mqkJQpKaeeo9Z0idG3W\n";
    let said = desk.say(&["accounts", "import", &desk.put("slow.csv", slow), "--namespace", "dvcqg"]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(
        said.out.contains("1 fields were left out") && said.out.contains("passwords.answer_after_ms"),
        "{}",
        said.out
    );
    let again = desk.say(&["accounts", "import", &to, "--namespace", "dvcqg"]).ok();
    assert!(again.starts_with("0 added, 0 changed, 2 unchanged, 0 refused\n"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reveals_accounts_is_told() {
    let desk = tokio::task::spawn_blocking(|| {
        let desk = Desk::ready();
        let file = desk.put("old.csv", "tech_id,full_name\nt-1,AN\n");
        for words in [
            &["accounts", "import", &file][..],
            &["accounts", "show", "t-1"],
            &["accounts", "show", "t-1", "--reveal"],
            &["accounts", "export"],
            &["accounts", "plan"],
        ] {
            desk.say(&[words, &["--namespace", "dvcqg"]].concat()).ok();
        }
        desk
    });
    let desk = desk.await.unwrap();
    let settings = load(Some(&desk.path("broker.toml")), &[]).unwrap();
    let app = build(&settings, Overrides::default()).await.unwrap();
    let events = app.broker.stores.audit.entries(0, 100).await.unwrap();
    let events: Vec<_> = events.into_iter().map(|e| e.event).filter(|e| e.kind.number() >= 220).collect();
    let kinds: Vec<_> = events.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [AuditKind::AccountsImported, AuditKind::AccountRevealed, AuditKind::AccountsExported]);
    assert!(
        events.iter().all(|e| e.note.as_ref().is_some_and(|n| n.starts_with("dvcqg: ") && !n.contains("AN")))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_in_force_on_a_running_instance_within_a_second() {
    let desk = std::sync::Arc::new(tokio::task::spawn_blocking(Desk::ready).await.unwrap());
    let mut toml = std::fs::read_to_string(desk.path("broker.toml")).unwrap();
    toml += "[[namespaces]]\nid = \"cong-dvcqg\"\n";
    desk.put("broker.toml", &toml);
    let settings = load(Some(&desk.path("broker.toml")), &[]).unwrap();
    let app = build(&settings, Overrides::default()).await.unwrap();
    let broker = app.broker.clone();
    let (_, _, jobs) = app.start_jobs();
    let say = async |words: &[&str]| {
        let (desk, words) = (desk.clone(), words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        let said = tokio::task::spawn_blocking(move || {
            desk.say(&words.iter().map(String::as_str).collect::<Vec<_>>()).ok()
        });
        said.await.unwrap()
    };
    let until = async |is_so: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(1), "not in force in time");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let file = desk.put("c.json", &portal("cong-thu"));
    let added: Value =
        serde_json::from_str(&say(&["client", "add", "--file", &file, "--generate-secret"]).await).unwrap();
    until(&|| broker.registry.find("cong-thu").is_some()).await;
    let secret = added["client_secret"].as_str().unwrap();
    let client = broker.registry.find("cong-thu").unwrap();
    assert!(client.secret_fits(&broker.hasher, secret, broker.clock.now()));
    say(&["client", "disable", "cong-thu"]).await;
    until(&|| broker.registry.find("cong-thu").is_some_and(|c| !c.is_enabled())).await;
    let namespace = Namespace::new("cong-dvcqg");
    say(&["namespace", "cut-off", "cong-dvcqg", "2999-01-01"]).await;
    until(&|| broker.namespaces.find(&namespace).unwrap().cut_off != CutOff::DECREED).await;
    say(&["namespace", "switch", "cong-dvcqg", "off"]).await;
    until(&|| broker.namespaces.find(&namespace).unwrap().switched_off).await;
    let before = broker.keyring.states();
    say(&["keys", "rotate", "--now"]).await;
    until(&|| broker.keyring.states() != before).await;

    let kinds: Vec<AuditKind> =
        broker.stores.audit.entries(0, 100).await.unwrap().into_iter().map(|e| e.event.kind).collect();
    assert_eq!(
        kinds,
        [
            AuditKind::KeysRotated,
            AuditKind::ClientAdded,
            AuditKind::ClientDisabled,
            AuditKind::NamespaceCutOffSet,
            AuditKind::NamespaceSwitched,
            AuditKind::KeysRotated
        ]
    );
    jobs.stop().await.unwrap();
}

/// `migrate_at_start` is a word for the start of the broker: a command by a later program must not change the schema under the others.
#[test]
fn commands_leave_the_schema_as_it_is() {
    let desk = Desk::new();
    desk.say(&["secrets", "generate", "--out", &desk.path("secrets.toml").display().to_string()]).ok();
    let config = std::fs::read_to_string(desk.path("broker.toml")).unwrap();
    desk.put("broker.toml", &format!("{config}[stores]\nmigrate_at_start = true\n"));
    let backup = desk.path("x.backup").display().to_string();
    let commands: [&[&str]; 5] = [
        &["backup", "--out", &backup],
        &["client", "list"],
        &["keys", "rotate", "--now"],
        &["outbox", "list"],
        &["secrets", "reseal"],
    ];
    for words in commands {
        desk.say(words).fails(1, "broker.db is not there: run `broker migrate`");
        assert!(!desk.path("broker.db").exists(), "{words:?} made a database");
    }
    std::fs::write(desk.path("broker.db"), "").unwrap();
    for words in commands {
        desk.say(words).fails(1, "the schema is at step 0, this program needs step");
    }
    assert!(!desk.path("x.backup").exists());
    desk.say(&["migrate"]).ok();
    desk.say(&["backup", "--out", &backup]).ok();
}
