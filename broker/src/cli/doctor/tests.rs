use super::certificates;
use super::clock::compare;
use super::finding::{Finding, Level, Place};
use super::keys::judge;
use super::system::files;
use super::{LIMIT, examine, redis, secrets};
use crate::config::{Settings, load};
use broker_domain::client::SigningAlg;
use broker_domain::clock::{Clock, MockClock, SystemClock, Timestamp};
use broker_domain::ports::{KeyState, StoredKey};
use http::{HeaderMap, StatusCode};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509Name};
use rstest::rstest;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

fn level(findings: &[Finding], id: &str) -> Option<Level> {
    findings.iter().filter(|f| f.id == id).map(|f| f.level).max()
}

#[test]
fn what_it_refers_to_is_there() {
    for Place(file, heading) in Place::ALL {
        let text = std::fs::read_to_string(format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let is_heading = |line: &str| line.trim_start_matches('#').trim() == heading && line.starts_with('#');
        assert!(text.lines().any(is_heading), "{file} has no heading {heading}");
    }
}

#[rstest]
#[case(0, Level::Ok)]
#[case(5000, Level::Ok)]
#[case(-5001, Level::Warn)]
#[case(30_000, Level::Warn)]
#[case(30_001, Level::Fail)]
#[case(-86_400_000, Level::Fail)]
fn clocks_differ(#[case] by: i64, #[case] wanted: Level) {
    let ours = Timestamp::from_secs(1_800_000_000);
    let theirs = Timestamp::from_millis(ours.millis() + by + 50);
    let finding = compare("redis", theirs, ours, Timestamp::from_millis(ours.millis() + 100));
    assert_eq!(finding.level, wanted, "{finding:?}");
    assert_eq!(finding.id, "clock.redis");
}

#[rstest]
#[case(None, Level::Ok)]
#[case(Some(65_536), Level::Ok)]
#[case(Some(8_192), Level::Warn)]
#[case(Some(2_200), Level::Warn)]
#[case(Some(1024), Level::Fail)]
fn open_files(#[case] allowed: Option<u64>, #[case] wanted: Level) {
    assert_eq!(files(allowed, [1024, 8192], 10).level, wanted);
}

#[rstest]
#[case("1000", "0", Level::Ok)]
#[case("749", "1000", Level::Ok)]
#[case("750", "1000", Level::Warn)]
#[case("900", "1000", Level::Fail)]
#[case("", "", Level::Ok)]
fn room_in_redis(#[case] used: &str, #[case] most: &str, #[case] wanted: Level) {
    assert_eq!(redis::memory("redis:6379", used, most).level, wanted);
}

fn key(alg: SigningAlg, state: KeyState, days: i64, now: Timestamp) -> StoredKey {
    let at = now.plus_secs(-86_400 * days);
    let kid = format!("{}-{}", alg.as_str(), state.as_str());
    StoredKey { kid, alg, state, private_jwk: "private".into(), created_at: at, changed_at: at }
}

#[test]
fn signing_keys_are_judged() {
    let now = SystemClock.now();
    let current = |days| SigningAlg::ALL.map(|alg| key(alg, KeyState::Current, days, now)).to_vec();
    let worst = |keys: &[StoredKey]| judge(keys, 86_400, now).iter().map(|f| f.level).max();
    assert_eq!(worst(&current(3)), Some(Level::Ok));
    assert_eq!(worst(&current(400)), Some(Level::Warn));
    assert_eq!(worst(&[]), Some(Level::Warn));
    assert_eq!(worst(&current(3)[1..]), Some(Level::Fail), "one algorithm has none");
    let and = |more: StoredKey| [current(3), vec![more]].concat();
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Current, 1, now))), Some(Level::Fail), "two sign");
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Next, 0, now))), Some(Level::Ok));
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Next, 2, now))), Some(Level::Warn));
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Retiring, 5, now))), Some(Level::Ok));
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Retiring, 50, now))), Some(Level::Warn));
    assert_eq!(worst(&and(key(SigningAlg::RS256, KeyState::Retired, 500, now))), Some(Level::Ok));
    assert!(!format!("{:?}", judge(&current(3), 1, now)).contains("private"));
}

fn certificate(names: &[&str], days: u32) -> (Vec<u8>, Vec<u8>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "a portal's name").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(days).unwrap()).unwrap();
    let mut alternatives = SubjectAlternativeName::new();
    for name in names {
        alternatives.dns(name);
    }
    let alternatives = alternatives.build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(alternatives).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build().to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap())
}

/// A folder with a configuration that stands, secrets included.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(more: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let config = format!(
            "issuer = \"https://id.example.vn\"\n[secrets]\nfile = \"secrets.toml\"\n[[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\n\
             issuer = \"http://127.0.0.1:9\"\nclient_id = \"broker\"\nclient_secret = \"geheim-at-vneid\"\n{more}"
        );
        std::fs::write(desk.0.path().join("broker.toml"), config).unwrap();
        let text = crate::config::generate_file(&|bytes| {
            let first = bytes.as_ptr() as usize;
            for (i, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from((first / 32 + i * 7) % 251).unwrap();
            }
        });
        std::fs::write(desk.0.path().join("secrets.toml"), text.as_bytes()).unwrap();
        desk.mode("secrets.toml", 0o600);
        desk
    }

    fn mode(&self, file: &str, mode: u32) {
        let mode = PermissionsExt::from_mode(mode);
        std::fs::set_permissions(self.0.path().join(file), mode).unwrap();
    }

    fn settings(&self) -> Settings {
        load(Some(&self.0.path().join("broker.toml")), &[]).unwrap()
    }
}

#[tokio::test]
async fn files_of_secrets_are_for_their_owner() {
    let desk = Desk::new("");
    let look = async || level(&secrets::files(&desk.settings()).await, "secrets.files");
    assert_eq!(look().await, Some(Level::Ok));
    for (folder, file, wanted) in [
        (0o755, 0o644, Level::Fail),
        // Nobody gets as far as the file.
        (0o700, 0o644, Level::Ok),
        (0o700, 0o620, Level::Fail),
        (0o755, 0o400, Level::Ok),
    ] {
        desk.mode("", folder);
        desk.mode("secrets.toml", file);
        assert_eq!(look().await, Some(wanted), "{folder:o} {file:o}");
    }
}

#[rstest]
#[case::own(1000, 0o600, false, false, None)]
#[case::of_root(0, 0o440, false, false, None)]
#[case::group_reads(1000, 0o640, false, false, Some((Level::Warn, "its group may read it")))]
#[case::group_writes(0, 0o660, true, false, Some((Level::Fail, "its group may change it")))]
#[case::all_read(0, 0o604, false, false, Some((Level::Fail, "every user of this machine may read it")))]
#[case::all_write(0, 0o602, false, false, Some((Level::Fail, "every user of this machine may change it")))]
#[case::nobody_reads_by_a_word_for_programs(0, 0o601, false, false, None)]
#[case::in_a_closed_folder(0, 0o644, true, false, None)]
#[case::a_secret_of_compose(1000, 0o644, false, true, Some((Level::Warn, "cannot be changed here")))]
#[case::a_secret_of_kubernetes(0, 0o440, false, true, None)]
#[case::somebody_elses(7, 0o600, false, false, Some((Level::Warn, "it belongs to another user")))]
fn who_may_read(
    #[case] owner: u32,
    #[case] mode: u32,
    #[case] is_behind_a_wall: bool,
    #[case] is_fixed: bool,
    #[case] wanted: Option<(Level, &str)>,
) {
    let judged = secrets::Standing { owner, mode, is_behind_a_wall, is_fixed }.judge(1000);
    assert_eq!(judged.as_ref().map(|(level, _)| *level), wanted.map(|(level, _)| level));
    if let (Some((_, cause)), Some((_, says))) = (judged, wanted) {
        assert!(cause.contains(says), "{cause}");
    }
}

#[tokio::test]
async fn every_file_of_secrets_is_looked_at() {
    let desk = Desk::new(
        "[stores]\nlasting_file = \"lasting.url\"\nexpiring_file = \"expiring.url\"\n\
         [telemetry]\nendpoint = \"http://127.0.0.1:9/v1/traces\"\nheaders_file = \"headers\"\n",
    );
    desk.mode("", 0o755);
    let files = [
        ("lasting.url", "postgres://b:geheim@127.0.0.1:9/b"),
        ("expiring.url", "redis://127.0.0.1:9"),
        ("headers", "authorization: geheim"),
    ];
    for (file, text) in files {
        std::fs::write(desk.0.path().join(file), text).unwrap();
        desk.mode(file, 0o644);
    }
    let findings = secrets::files(&desk.settings()).await;
    for name in ["stores.lasting_file", "stores.expiring_file", "telemetry.headers_file"] {
        let found = findings.iter().find(|f| f.seen.starts_with(name)).unwrap();
        assert!(found.level == Level::Fail && found.seen.contains("mode 644"), "{found:?}");
    }
    assert!(!format!("{findings:?}").contains("geheim"));
}

/// It is handed a message without spans, with the headers of the file.
#[tokio::test]
async fn the_collector_of_traces_is_tried() {
    let takes = |headers: HeaderMap| async move {
        let is_proven = headers.get("authorization").is_some_and(|proof| proof == "geheim-of-the-broker");
        if is_proven { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new().route("/v1/traces", axum::routing::post(takes));
    tokio::spawn(async move { axum::serve(listener, router).await });
    for (port, path, proof, wanted) in [
        (port, "/v1/traces", "geheim-of-the-broker", Level::Ok),
        (port, "/v1/traces", "geheim-of-others", Level::Warn),
        (port, "/v1/metrics", "geheim-of-the-broker", Level::Warn),
        (9, "/v1/traces", "geheim-of-the-broker", Level::Warn),
    ] {
        let desk = Desk::new(&format!(
            "[telemetry]\nendpoint = \"http://127.0.0.1:{port}{path}\"\nheaders_file = \"headers\"\n"
        ));
        std::fs::write(desk.0.path().join("headers"), format!("authorization: {proof}\n")).unwrap();
        let findings = examine(&desk.settings(), &SystemClock, LIMIT).await;
        assert_eq!(level(&findings, "telemetry.reach"), Some(wanted), "{findings:#?}");
        assert!(!format!("{findings:?}").contains(proof), "{findings:#?}");
    }
    let without = examine(&Desk::new("").settings(), &SystemClock, LIMIT).await;
    assert_eq!(level(&without, "telemetry.reach"), None);
}

#[tokio::test]
async fn own_certificates_end_and_fit() {
    let now = MockClock::at(SystemClock.now());
    for (names, days, end, host) in [
        (&["id.example.vn"][..], 90, Level::Ok, Level::Ok),
        (&["*.example.vn"], 20, Level::Warn, Level::Ok),
        (&["example.vn", "*.id.example.vn"], 5, Level::Fail, Level::Fail),
    ] {
        let desk = Desk::new("[tls]\ncertificate = \"own.crt\"\nprivate_key = \"own.key\"\n");
        let (certificate, key) = certificate(names, days);
        std::fs::write(desk.0.path().join("own.crt"), certificate).unwrap();
        std::fs::write(desk.0.path().join("own.key"), key).unwrap();
        let findings = certificates::look(&desk.settings(), &now).await;
        assert_eq!(level(&findings, "certificates.end"), Some(end), "{findings:?}");
        assert_eq!(level(&findings, "certificates.host"), Some(host), "{findings:?}");
    }
}

/// Everything is away: each check says so for itself, soon, without a secret, and makes no file.
#[tokio::test]
async fn it_works_while_everything_is_away() {
    let desk = Desk::new(
        "[stores]\nlasting = \"postgres://broker:geheim-of-postgres@127.0.0.1:9/broker\"\n\
         expiring = \"redis://:geheim-of-redis@127.0.0.1:9/\"\n\
         [sms]\ngateway = \"https://127.0.0.1:9/send\"\ntoken = \"geheim-of-sms\"\nsender = \"DVC\"\n",
    );
    let findings = examine(&desk.settings(), &SystemClock, LIMIT).await;
    for id in ["stores.lasting.reach", "stores.expiring.reach", "upstreams.vneid.reach", "sms.reach"] {
        assert_eq!(level(&findings, id), Some(Level::Fail), "{id} {findings:#?}");
    }
    assert_eq!(level(&findings, "secrets.files"), Some(Level::Ok));
    for id in ["secrets.sealed", "signing_keys"] {
        assert_eq!(level(&findings, id), Some(Level::Warn), "what was not looked at is not well");
    }
    let database = findings.iter().find(|f| f.id == "stores.lasting.reach").unwrap();
    assert!(database.seen.contains("refused"), "{database:?}");
    let text = format!("{findings:?}");
    let secrets = std::fs::read_to_string(desk.0.path().join("secrets.toml")).unwrap();
    let keys = secrets.split('"').filter(|s| s.len() == 44);
    for hidden in ["geheim"].into_iter().chain(keys) {
        assert!(!text.contains(hidden), "{text}");
    }
    for finding in findings.iter().filter(|f| f.level > Level::Ok) {
        assert!(!finding.cause.is_empty() && !finding.action.is_empty(), "{finding:?}");
    }
    assert_eq!(std::fs::read_dir(desk.0.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made() {
    let desk = Desk::new("");
    let findings = examine(&desk.settings(), &SystemClock, LIMIT).await;
    assert_eq!(level(&findings, "stores.lasting.reach"), Some(Level::Warn));
    assert_eq!(level(&findings, "stores.expiring"), Some(Level::Ok));
    assert_eq!(std::fs::read_dir(desk.0.path()).unwrap().count(), 2);
}

/// Whoever accepts a connection and says nothing holds up nobody.
#[tokio::test]
async fn silence_is_a_finding() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let desk = Desk::new(&format!(
        "[sms]\ngateway = \"https://127.0.0.1:{port}/send\"\ntoken = \"geheim\"\nsender = \"DVC\"\n"
    ));
    let findings = examine(&desk.settings(), &SystemClock, Duration::from_secs(2)).await;
    assert_eq!(level(&findings, "sms.time"), Some(Level::Fail), "{findings:#?}");
    assert_eq!(level(&findings, "configuration"), Some(Level::Ok));
}
