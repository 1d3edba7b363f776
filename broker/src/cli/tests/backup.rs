//! Backup and restore of the embedded pair.

use super::{Desk, portal};
use crate::app::{Overrides, open};
use crate::config::load;
use broker_domain::audit::AuditKind;
use serde_json::Value;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

fn manifest(file: &str) -> Value {
    let bytes = std::fs::read(file).unwrap();
    serde_json::from_slice(bytes.split(|b| *b == b'\n').next().unwrap()).unwrap()
}

fn rewrite(from: &str, to: &str, change: impl FnOnce(&mut Value)) {
    let bytes = std::fs::read(from).unwrap();
    let mut parts = bytes.splitn(2, |b| *b == b'\n');
    let mut manifest: Value = serde_json::from_slice(parts.next().unwrap()).unwrap();
    change(&mut manifest);
    let rest = parts.next().unwrap();
    std::fs::write(to, [format!("{manifest}\n").as_bytes(), rest].concat()).unwrap();
}

/// Connections close on threads of their own, after a command has answered: whoever is the last takes away what stands beside the file.
fn until_closed(desk: &Desk) {
    let began = std::time::Instant::now();
    let file = desk.path("broker.db").display().to_string();
    let is_open = || {
        let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        open.filter_map(|e| std::fs::read_link(e.path()).ok())
            .any(|to| to.display().to_string().starts_with(&file))
    };
    while is_open() {
        assert!(began.elapsed().as_secs() < 10, "the database stays open");
        std::thread::yield_now();
    }
}

#[test]
fn what_was_backed_up_comes_back() {
    let desk = Desk::ready();
    let file = desk.put("p.json", &portal("before"));
    desk.say(&["client", "add", "--file", &file, "--generate-secret"]).ok();
    desk.say(&["keys", "rotate", "--now"]).ok();
    let keys = desk.say(&["keys", "list"]).ok();
    let backup = desk.path("one.backup").display().to_string();
    let said = desk.say(&["backup", "--out", &backup]).ok();
    assert!(said.contains("sealing keys k1"), "{said}");
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    let head = manifest(&backup);
    assert_eq!((&head["broker_backup"], &head["sealing_keys"]), (&1.into(), &serde_json::json!(["k1"])));
    let secrets = std::fs::read_to_string(desk.path("secrets.toml")).unwrap();
    for key in secrets.split('"').filter(|s| s.len() == 44) {
        assert!(!head.to_string().contains(key));
    }
    desk.say(&["backup", "--out", &backup]).fails(2, "is there already");

    // What comes later is not in it.
    let file = desk.put("p.json", &portal("after"));
    desk.say(&["client", "add", "--file", &file, "--generate-secret"]).ok();
    desk.say(&["restore", "--from", &backup]).fails(2, "pass --replace");
    assert!(desk.say(&["client", "list"]).ok().contains("after"));
    let said = desk.say(&["restore", "--from", &backup, "--replace"]).ok();
    assert!(said.contains("--emergency"), "{said}");
    let listed = desk.say(&["client", "list"]).ok();
    assert!(listed.contains("before") && !listed.contains("after"), "{listed}");
    assert_eq!(desk.say(&["keys", "list"]).ok(), keys, "sealed keys open");
    let names = |part: &str| {
        let all =
            std::fs::read_dir(desk.path("")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        all.filter(|n| n.contains(part)).count()
    };
    assert_eq!((names(".before-"), names(".restoring"), names(".unfinished"), names(".copy")), (1, 0, 0, 0));

    // To another machine, with the same secrets.
    let other = Desk::new();
    std::fs::copy(desk.path("secrets.toml"), other.path("secrets.toml")).unwrap();
    other.say(&["restore", "--from", &backup]).ok();
    assert!(other.say(&["client", "list"]).ok().contains("before"));
    let settings = load(Some(&other.path("broker.toml")), &[]).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let opened = open(&settings).await.unwrap();
        let events = opened.stores.audit.entries(0, 100).await.unwrap();
        assert_eq!(events.last().unwrap().event.kind, AuditKind::BackupRestored);
    });
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_touched() {
    let desk = Desk::ready();
    let backup = desk.path("one.backup").display().to_string();
    desk.say(&["keys", "rotate", "--now"]).ok();
    desk.say(&["backup", "--out", &backup]).ok();
    // Its bytes move when what stands beside it is brought in: which file it is tells whether it was replaced.
    let database = || std::fs::metadata(desk.path("broker.db")).unwrap().ino();
    let listed = desk.say(&["keys", "list"]).ok();
    let before = database();
    let bad = desk.path("bad.backup").display().to_string();
    let refused = |says: &str| {
        desk.say(&["restore", "--from", &bad, "--replace"]).fails(2, says);
        assert_eq!(database(), before, "{says}");
        assert_eq!(desk.say(&["keys", "list"]).ok(), listed, "{says}");
        assert!(!desk.path("broker.db.restoring").exists());
    };
    let whole = std::fs::read(&backup).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&bad, flipped).unwrap();
    refused("is damaged");
    std::fs::write(&bad, &whole[..whole.len() - 100]).unwrap();
    refused("is damaged");
    std::fs::write(&bad, "hello\n").unwrap();
    refused("is no file that `broker backup` wrote");
    std::fs::write(&bad, [0xff, 0xfe, 0x00]).unwrap();
    refused("is no file that `broker backup` wrote");
    rewrite(&backup, &bad, |m| m["broker_backup"] = 2.into());
    refused("has form 2");
    rewrite(&backup, &bad, |m| m["sealing_keys"] = serde_json::json!(["k0", "k1"]));
    refused("needs the keys k0");
    rewrite(&backup, &bad, |m| m["schema"].as_array_mut().unwrap().push(9999.into()));
    // What the file itself says counts for the check of the schema.
    refused("is newer than this program (steps 9999)");
    rewrite(&backup, &bad, |m| m["index_key_check"] = "00".into());
    refused("secrets.index_key: is not the one");
    rewrite(&backup, &bad, |m| m["hashing_key_check"] = "00".into());
    refused("secrets.hashing_key: is not the one");
    desk.say(&["restore", "--from", "/nowhere/x", "--replace"]).fails(1, "/nowhere/x");
    // Other secrets of the same ids.
    let other = Desk::new();
    other.say(&["secrets", "generate", "--out", &other.path("secrets.toml").display().to_string()]).ok();
    other.say(&["restore", "--from", &backup]).fails(2, "secrets.index_key");
    assert!(!other.path("broker.db").exists());
}

#[test]
fn a_broker_that_runs_is_not_disturbed() {
    let desk = Desk::ready();
    let backup = desk.path("one.backup").display().to_string();
    let settings = load(Some(&desk.path("broker.toml")), &[]).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let app = runtime.block_on(crate::app::build(&settings, Overrides::default())).unwrap();
    desk.say(&["backup", "--out", &backup]).ok();
    desk.say(&["restore", "--from", &backup, "--replace"]).fails(2, "is in use: stop the broker");
    assert!(runtime.block_on(app.broker.stores.registrations.revision()).is_ok());
    drop(app);
    drop(runtime);
    desk.say(&["restore", "--from", &backup, "--replace"]).ok();
}

#[test]
fn postgres_is_told_its_own_way() {
    let desk = Desk::new();
    let config = std::fs::read_to_string(desk.path("broker.toml")).unwrap();
    desk.put(
        "broker.toml",
        &format!("{config}[stores]\nlasting = \"postgres://b:geheim@127.0.0.1:9/b\"\nexpiring = \"redis://127.0.0.1:9\"\n"),
    );
    desk.say(&["backup", "--out", "x"]).fails(2, "deploy/rehearse-restore");
    desk.say(&["restore", "--from", "x"]).fails(2, "deploy/rehearse-restore");
}

/// The database is damaged, which is why somebody restores.
#[test]
fn a_damaged_database_is_replaced_and_kept() {
    let desk = Desk::ready();
    let backup = desk.path("one.backup").display().to_string();
    let listed = desk.say(&["keys", "list"]).ok();
    desk.say(&["backup", "--out", &backup]).ok();
    until_closed(&desk);
    std::fs::write(desk.path("broker.db"), "no database ".repeat(1000)).unwrap();
    desk.say(&["restore", "--from", &backup]).fails(2, "pass --replace");
    assert!(desk.say(&["restore", "--from", &backup, "--replace"]).ok().contains("is kept as"));
    assert_eq!(desk.say(&["keys", "list"]).ok(), listed);
    let folder = std::fs::read_dir(desk.path("")).unwrap().flatten();
    let names = folder.map(|e| e.file_name().into_string().unwrap());
    // Its log may stand beside it, if SQLite had not put that away.
    let kept = names.filter(|name| {
        name.starts_with("broker.db.before-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    assert_eq!(kept.count(), 1);
}

/// A broker was killed, and somebody moved its database away, but not what stands beside it.
#[test]
fn what_was_left_beside_is_no_part_of_what_is_restored() {
    let desk = Desk::ready();
    let backup = desk.path("one.backup").display().to_string();
    desk.say(&["backup", "--out", &backup]).ok();
    let listed = desk.say(&["keys", "list"]).ok();
    // A log of what happened after the backup, as a kill leaves it.
    let settings = load(Some(&desk.path("broker.toml")), &[]).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let app = runtime.block_on(crate::app::build(&settings, Overrides::default())).unwrap();
    desk.say(&["keys", "rotate", "--now"]).ok();
    let log = std::fs::read(desk.path("broker.db-wal")).unwrap();
    drop(app);
    drop(runtime);
    assert!(!log.is_empty());
    until_closed(&desk);
    std::fs::rename(desk.path("broker.db"), desk.path("broker.db.bad")).unwrap();
    std::fs::write(desk.path("broker.db-wal"), log).unwrap();
    assert!(desk.say(&["restore", "--from", &backup]).ok().contains("is kept as"));
    assert_eq!(desk.say(&["keys", "list"]).ok(), listed);
}
