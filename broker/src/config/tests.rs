use super::*;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::linking::{CutOff, LegacyKind, NamespaceRules, Protection};
use rstest::rstest;
use std::path::PathBuf;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A configuration in a folder of its own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn load(&self, toml: &str, env: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let file = self.put("broker.toml", toml);
        let env: Vec<(String, String)> =
            env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        load(Some(&file), &env)
    }
}

#[test]
fn the_issuer_alone_is_enough() {
    let folder = Folder::new();
    let s = folder.load("issuer = \"http://localhost:8080\"\n", &[]).unwrap();
    assert_eq!((s.listen.address.port(), s.admin.address.port()), (8080, 8081));
    assert_eq!((s.sessions.idle_secs, s.sessions.absolute_secs), (1800, 28_800));
    assert_eq!((s.tokens.access_secs, s.tokens.refresh_secs, s.tokens.id_token_secs), (600, 43_200, 600));
    assert_eq!(s.limits.max_body_bytes, 65_536);
    assert!(s.tls.is_none() && s.vneid == "vneid" && !s.stores.migrate_at_start);
}

#[test]
fn paths_are_relative_to_the_file() {
    let folder = Folder::new();
    let s = folder
        .load(
            "issuer = \"http://localhost\"\n[stores]\nlasting = \"sqlite:data/b.db\"\n[secrets]\nfile = \"s.toml\"\n[clients]\nfiles = [\"clients/*.json\"]\n",
            &[],
        )
        .unwrap();
    let base = folder.0.path().display().to_string();
    assert_eq!(s.stores.lasting.reveal(), format!("sqlite:{base}/data/b.db"));
    assert_eq!(s.secrets.file.unwrap().display().to_string(), format!("{base}/s.toml"));
    assert_eq!(s.clients.files, [format!("{base}/clients/*.json")]);
}

#[test]
fn addresses_of_stores_can_stand_in_files() {
    let folder = Folder::new();
    folder.put("lasting.url", "postgres://broker:geheim@db/broker\n");
    folder.put("expiring.url", " redis://:geheim@cache:6379 ");
    let issuer = "issuer = \"http://localhost\"\n[stores]\n";
    let both = format!("{issuer}lasting_file = \"lasting.url\"\nexpiring_file = \"expiring.url\"\n");
    let s = folder.load(&both, &[]).unwrap();
    assert_eq!(s.stores.lasting.reveal(), "postgres://broker:geheim@db/broker");
    assert_eq!(s.stores.expiring.reveal(), "redis://:geheim@cache:6379");
    folder.put("lasting.url", "sqlite:data/b.db\n");
    let s = folder.load(&format!("{issuer}lasting_file = \"lasting.url\"\n"), &[]).unwrap();
    let base = folder.0.path().display();
    assert_eq!(s.stores.lasting.reveal(), format!("sqlite:{base}/data/b.db"));
    // By the environment, too, as a container is given them.
    let path = folder.put("elsewhere", "redis://cache").display().to_string();
    folder.put("lasting.url", "postgres://db/broker");
    let env = [("BROKER__STORES__EXPIRING_FILE", path.as_str())];
    let s = folder.load(&format!("{issuer}lasting_file = \"lasting.url\"\n"), &env).unwrap();
    assert_eq!(s.stores.expiring.reveal(), "redis://cache");

    folder.put("bad.url", "mysql://geheim@db");
    for (stores, says) in [
        ("lasting_file = \"nowhere\"", "stores.lasting_file: file not found"),
        ("lasting_file = \"bad.url\"", "stores.lasting: must begin with"),
        ("lasting = \"postgres://db/b\"\nlasting_file = \"lasting.url\"", "stores.lasting: is given twice"),
        ("expiring = \"redis://r\"\nexpiring_file = \"expiring.url\"", "stores.expiring: is given twice"),
    ] {
        let error = folder.load(&format!("{issuer}{stores}\n"), &[]).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("geheim"), "{error}");
    }
}

#[test]
fn the_environment_wins_and_keeps_text_that_looks_like_a_number() {
    let folder = Folder::new();
    let s = folder
        .load(
            "issuer = \"http://localhost\"\n[pages]\nhelp = \"x\"\n[[secrets.sealing_keys]]\nid = \"k1\"\n",
            &[
                ("BROKER__LISTEN__ADDRESS", "127.0.0.1:9000"),
                ("BROKER__TOKENS__ACCESS_SECS", "300"),
                ("BROKER__PAGES__HELP", "19001234"),
                ("BROKER__PROXY__TRUSTED", "[\"10.0.0.0/8\", \"192.168.0.0/16\"]"),
                ("BROKER__STORES__MIGRATE_AT_START", "true"),
                ("BROKER__SECRETS__SEALING_KEYS__0__KEY", KEY),
                ("BROKER_CONFIG", "none of ours"),
                ("OTHER__X", "none of ours"),
            ],
        )
        .unwrap();
    assert_eq!((s.listen.address.port(), s.tokens.access_secs), (9000, 300));
    assert_eq!((s.pages.help.as_deref(), s.proxy.trusted.len()), (Some("19001234"), 2));
    assert!(s.stores.migrate_at_start);
    assert_eq!(s.secrets.sealing_keys.first().unwrap().key.as_ref().unwrap().reveal(), KEY);
}

#[rstest]
#[case("", "issuer: missing")]
#[case("issuer = \"\"", "issuer: is empty")]
#[case("issuer = 5", "issuer: is a number")]
#[case("isuer = \"x\"", "isuer: unknown setting: did you mean issuer?")]
#[case("[listen]\nadress = \"127.0.0.1:1\"", "listen.adress: unknown setting: did you mean address?")]
#[case("[listen]\naddress = \"localhost\"", "listen.address: invalid socket address")]
#[case("[listen]\naddress = \"127.0.0.1:8081\"", "admin.address: is the same as listen.address")]
#[case("[tls]\ncertificate = \"c.pem\"", "tls.private_key: missing")]
#[case("[tls]\ncertificate = \"c.pem\"\nprivate_key = \"k.pem\"", "tls.certificate: file not found: ")]
#[case(
    "[tls]\ncertificate = \"c\"\nprivate_key = \"k\"\nmin_version = \"1.1\"",
    "tls.min_version: unknown value: give one of 1.2, 1.3"
)]
#[case("[proxy]\ntrusted = [\"10.0.0.0/8\", \"ten\"]", "proxy.trusted.1: ")]
#[case("[stores]\nlasting = \"mysql://x\"", "stores.lasting: must begin with sqlite: or postgres://")]
#[case("[stores]\nlasting = \"sqlite:\"", "stores.lasting: names no file")]
#[case("[stores]\nexpiring = \"memcached:\"", "stores.expiring: must be memory:")]
#[case("[stores]\nlasting = \"postgres://h/d\"", "stores.expiring: memory: belongs to one instance")]
#[case("[stores]\nlasting_connections = 0", "stores.lasting_connections: is 0: give a number from 1 to 1000")]
#[case("[sessions]\nidle_secs = 5", "sessions.idle_secs: is 5")]
#[case(
    "[sessions]\nidle_secs = 7200\nabsolute_secs = 3600",
    "sessions.idle_secs: is longer than sessions.absolute_secs"
)]
#[case("[sessions]\nidle_secs = -1", "sessions.idle_secs: ")]
#[case("[tokens]\nrefresh_secs = 99999999", "tokens.refresh_secs: is 99999999")]
#[case("[tokens]\naccess_secs = \"600\"", "tokens.access_secs: is a text")]
#[case("[keys]\npublish_ahead_secs = 9999999", "keys.publish_ahead_secs: is")]
#[case("[pages]\nnotice_vi = \"x\"", "pages.notice_en: missing")]
#[case("[pages]\nprivacy = \"javascript:x\"", "pages.privacy: must be an address")]
#[case("[pages]\nmethods_switched_off = [\"zalo\"]", "pages.methods_switched_off.0: unknown value")]
#[case("[[namespaces]]\nid = \"Cong\"", "namespaces.0.id: must have 1 to 64 characters")]
#[case("[[namespaces]]\nid = \"a\"\n[[namespaces]]\nid = \"a\"", "namespaces.1.id: is used twice")]
#[case(
    "[[namespaces]]\nid = \"a\"\nmethod = \"national\"\n[[namespaces]]\nid = \"b\"\nmethod = \"national\"",
    "namespaces.1.method: is used twice"
)]
#[case(
    "[[namespaces]]\nid = \"a\"\nmethod = \"zalo\"",
    "namespaces.0.method: unknown value: give one of national"
)]
#[case("[[namespaces]]\nid = \"a\"\ncut_off = \"01/07/2024\"", "namespaces.0.cut_off: is no moment")]
#[case("[[namespaces]]\nid = \"a\"\nname_vi = \" \"", "namespaces.0.name_vi: is empty")]
#[case("[[namespaces]]\nid = \"a\"\nexempt = [\"admin\"]", "namespaces.0.exempt.0: unknown value")]
#[case("[[namespaces]]\nid = \"a\"\nproof = [\"email\"]", "namespaces.0.proof.0: unknown value")]
#[case("[[namespaces]]\nid = \"a\"\n[namespaces.check]\ntimeout_ms = 5", "namespaces.0.check.url: missing")]
#[case(
    "[[namespaces]]\nid = \"a\"\n[namespaces.check]\nurl = \"x\"\ntimeout_ms = 5\nclient_key = \"k\"",
    "namespaces.0.check.timeout_ms: is 5"
)]
#[case(
    "[[namespaces]]\nid = \"a\"\n[namespaces.check]\nurl = \"x\"\nclient_key = \"k\"",
    "namespaces.0.check.client_certificate: missing"
)]
#[case("[sms]\nsender = \"DVC\"", "sms.gateway: missing")]
#[case("[sms]\ngateway = \"x\"\nsender = \" \"", "sms.sender: is empty")]
#[case("[population]\nendpoint = \"x\"", "population.client_id: missing")]
#[case("[protection]\naccount_attempts = 0", "protection.account_attempts: is 0")]
#[case("[protection]\ncode_digits = 4", "protection.code_digits: is 4")]
#[case("[passwords]\nmemory_kib = 1024", "passwords.memory_kib: is 1024")]
#[case("[logout]\nattempts = 0", "logout.attempts: is 0")]
#[case("[limits]\nmax_body_bytes = 1", "limits.max_body_bytes: is 1")]
#[case("[log]\nformat = \"xml\"", "log.format: unknown value: give one of text, json")]
#[case("[log]\nlevel = \"=,=\"", "log.level: is no level")]
#[case("[[secrets.sealing_keys]]\nkey = \"x\"", "secrets.sealing_keys.0.id: missing")]
#[case("[stores", "broker.toml is not TOML at line ")]
fn refusals_name_the_setting(#[case] toml: &str, #[case] says: &str) {
    let toml = if toml.contains("issuer") || toml.contains("isuer") || toml.is_empty() {
        toml.to_owned()
    } else {
        format!("issuer = \"http://localhost\"\n{toml}\n")
    };
    let error = Folder::new().load(&toml, &[]).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case("BROKER__TOKENS__ACCESS_SECS", "soon", "tokens.access_secs: is a text")]
#[case("BROKER__TOKENS__ACCESS_SEC", "5", "tokens.access_sec: unknown setting: did you mean access_secs?")]
#[case("BROKER__ISSUER__X", "5", "issuer.x: the variable's name goes on below a setting")]
#[case("BROKER__PROXY__TRUSTED__3", "x", "proxy.trusted.3: the variable's name needs the number of an entry")]
#[case("BROKER__", "x", "the variable's name has an empty part")]
fn refusals_name_the_variable(#[case] name: &str, #[case] value: &str, #[case] says: &str) {
    let toml = "issuer = \"http://localhost\"\n[proxy]\ntrusted = []\n[tokens]\n";
    let error = Folder::new().load(toml, &[(name, value)]).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

/// What is said of a namespace, what is not, and moments in Viet Nam's time.
#[test]
fn namespaces_have_rules() {
    let folder = Folder::new();
    let s = folder
        .load(
            "issuer = \"http://localhost\"\n[[namespaces]]\nid = \"cong-dvcqg\"\nname_vi = \"Cổng\"\nmethod = \"national\"\n\
             [[namespaces]]\nid = \"vnpost\"\ncut_off = \"2025-01-01\"\nexempt = []\nnot_for = [\"administrator\"]\n\
             switched_off = true\nproof = [\"password\"]\n[namespaces.check]\nurl = \"https://x\"\nclient_certificate = \"c\"\n\
             client_key = \"k\"\nca_files = [\"a\"]\n",
            &[],
        )
        .unwrap();
    let rules: Vec<_> = s.namespaces.iter().map(NamespaceSettings::rules).collect();
    let plain = NamespaceRules::new(Namespace::new("cong-dvcqg"));
    let name = LocalizedName { vi: "Cổng".to_owned(), en: "Cổng".to_owned() };
    assert_eq!(rules[0], NamespaceRules { name, method: Some(SignInMethod::National), ..plain });
    let at = Timestamp::parse_rfc3339("2024-12-31T17:00:00Z").unwrap();
    assert_eq!((rules[1].cut_off, rules[1].name.en.as_str()), (CutOff::At(at), "vnpost"));
    assert!(rules[1].exempt.is_empty() && rules[1].not_for == [LegacyKind::Administrator]);
    assert!(rules[1].switched_off && rules[1].proofs.password && !rules[1].proofs.phone_code);
    let (check, base) = (s.namespaces[1].check.as_ref().unwrap(), folder.0.path());
    assert_eq!(
        (check.client_key.as_deref(), &check.ca_files),
        (Some(&*base.join("k")), &vec![base.join("a")])
    );
    assert_eq!(s.protection.rules(), Protection::default());
    assert!(s.sms.is_none() && s.population.is_none());
}

#[test]
fn a_missing_file_is_named() {
    let error = load(Some(std::path::Path::new("/nowhere/broker.toml")), &[]).unwrap_err().to_string();
    assert_eq!(error, "file not found: /nowhere/broker.toml: create it or correct the path");
}

#[test]
fn all_problems_are_told_at_once() {
    let error = Folder::new()
        .load("issuer = \"\"\n[logout]\nattempts = 0\n[sessions]\nidle_secs = 1\n", &[])
        .unwrap_err();
    let paths: Vec<&str> = error.problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["issuer", "sessions.idle_secs", "logout.attempts"]);
}

#[test]
fn generated_secrets_are_read_back() {
    let folder = Folder::new();
    let counter = std::cell::Cell::new(0u8);
    let text = generate_file(&|bytes| {
        counter.set(counter.get() + 1);
        bytes.fill(counter.get());
    });
    folder.put("secrets.toml", &text);
    let s = folder.load("issuer = \"http://localhost\"\n[secrets]\nfile = \"secrets.toml\"\n", &[]).unwrap();
    let keys = s.secrets.open().unwrap();
    assert_eq!((keys.hashing.bytes(), keys.index.bytes()), (&[1; 32], &[2; 32]));
    assert_eq!(
        keys.sealing.iter().map(|(id, k)| (id.as_str(), k.bytes()[0])).collect::<Vec<_>>(),
        [("k1", 3)]
    );
}

#[test]
fn a_key_can_stand_in_a_file_of_its_own() {
    let folder = Folder::new();
    folder.put("h", &format!("{KEY}\n"));
    let s = folder
        .load(
            &format!("issuer = \"http://localhost\"\n[secrets]\nhashing_key_file = \"h\"\nindex_key = \"{KEY}\"\nsealing_keys = [{{ id = \"a\", key_file = \"h\" }}]\n"),
            &[],
        )
        .unwrap();
    let keys = s.secrets.open().unwrap();
    assert_eq!(keys.hashing, keys.index);
    assert_eq!(keys.sealing.len(), 1);
}

#[rstest]
#[case("", &["secrets.sealing_keys: missing", "secrets.hashing_key: missing", "secrets.index_key: missing"])]
#[case("hashing_key = \"c2hvcnQ=\"", &["secrets.hashing_key: is no key: give 32 bytes"])]
#[case("hashing_key_file = \"nowhere\"", &["secrets.hashing_key_file: file not found"])]
#[case("hashing_key = \"x\"\nhashing_key_file = \"nowhere\"", &["secrets.hashing_key: is given twice"])]
#[case("file = \"nowhere.toml\"", &["secrets.file: file not found"])]
#[case("file = \"broker.toml\"", &["secrets.file: "])]
#[case("sealing_keys = [{ id = \"a\", key = \"x\" }, { id = \"a\", key = \"x\" }]", &["secrets.sealing_keys.0.key: is no key", "secrets.sealing_keys.1.id: is used twice"])]
#[case("sealing_keys = [{ id = \"A B\" }]", &["secrets.sealing_keys.0.id: must have", "secrets.sealing_keys.0.key: missing"])]
fn missing_secrets_are_named(#[case] toml: &str, #[case] says: &[&str]) {
    let s = Folder::new().load(&format!("issuer = \"http://localhost\"\n[secrets]\n{toml}\n"), &[]).unwrap();
    let error = s.secrets.open().unwrap_err().to_string();
    for say in says {
        assert!(error.contains(say), "{error}");
    }
}

#[test]
fn secrets_never_print() {
    let folder = Folder::new();
    let s = folder
        .load(
            &format!("issuer = \"http://localhost\"\n[stores]\nlasting = \"postgres://u:hunter2@h/d\"\nexpiring = \"redis://:hunter2@h\"\n[secrets]\nhashing_key = \"{KEY}\"\nindex_key = \"{KEY}\"\nsealing_keys = [{{ id = \"a\", key = \"{KEY}\" }}]\n"),
            &[],
        )
        .unwrap();
    let printed = format!("{s:?} {:?}", s.secrets.open().unwrap());
    assert!(!printed.contains("hunter2") && !printed.contains(KEY), "{printed}");
    // A secret in the wrong place is not repeated by the refusal either.
    for toml in [
        format!("issuer = \"http://localhost\"\n[secrets]\nhashing_key = [\"{KEY}\"]\n"),
        format!("issuer = \"http://localhost\"\n[secrets]\nsealing_keys = \"{KEY}\"\n"),
        format!("issuer = \"http://localhost\"\n[secrets]\nhashing_key = \"{KEY}\n"),
        format!("issuer = \"http://localhost\"\n[limits]\nmax_in_flight = \"{KEY}\"\n"),
    ] {
        let error = folder.load(&toml, &[]).unwrap_err().to_string();
        assert!(!error.contains(KEY), "{error}");
    }
}

#[test]
fn the_kept_schema_is_current() {
    let kept = include_str!("../../../config/schema.json");
    let made = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    assert!(kept == made, "run `broker config schema --out config/schema.json`");
}

#[test]
fn the_table_of_settings_is_current() {
    let readme = include_str!("../../../config/README.md");
    assert!(
        readme.contains(&reference()),
        "put the output of `broker config schema --table` into config/README.md"
    );
}

#[test]
fn the_examples_stand() {
    for example in [
        include_str!("../../../config/embedded.toml"),
        include_str!("../../../config/production.toml"),
        include_str!("../../../config/demo/broker.toml"),
    ] {
        Folder::new().load(example, &[]).unwrap();
        // So do the settings that they show commented out.
        let all: String = example
            .lines()
            .map(|l| {
                l.strip_prefix('#')
                    .filter(|rest| {
                        rest.starts_with(|c: char| c.is_ascii_lowercase() || "[0123456789".contains(c))
                    })
                    .unwrap_or(l)
            })
            .filter(|l| {
                !l.starts_with("certificate")
                    && !l.starts_with("private_key =")
                    && !l.starts_with("[tls]")
                    && !l.starts_with("min_version")
            })
            .fold(String::new(), |all, line| all + line + "\n");
        Folder::new().load(&all, &[]).unwrap();
    }
}
