//! Accounts come in while people sign in, and however often that is broken off, all of them are there in the end.

use broker::import::{Format, Imported, Wanted, import};
use broker_domain::ids::Namespace;
use broker_domain::subject::Subject;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use support::accounts::Accounts;
use support::people::{AN, BINH, CUONG, DUNG};
use support::{World, for_both_stores, programs};

const NAMESPACE: &str = "cong-dvcqg";

/// Every thousandth row has no `TechID`.
const ACCOUNTS: Accounts = Accounts { seed: 7, bad: 1000, random_ids: false };

fn file(world: &World, rows: u64, csv: bool) -> PathBuf {
    let file = world.folder().join(if csv { "accounts.csv" } else { "accounts.jsonl" });
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    ACCOUNTS.write(0..rows, csv, &mut out).unwrap();
    file
}

async fn count(world: &World) -> u64 {
    world.broker().stores.accounts.count_accounts(&Namespace::new(NAMESPACE)).await.unwrap()
}

fn bad_rows(file: &Path) -> Vec<String> {
    let report = std::fs::read_to_string(format!("{}.report.csv", file.display())).unwrap();
    let mut rows: Vec<String> = report.lines().skip(1).map(str::to_owned).collect();
    // The rows of a batch that was being written may be reported twice after a kill.
    rows.sort_unstable();
    rows.dedup();
    rows
}

for_both_stores! {
    /// Scenario 20: logins go on while accounts come in.
    async fn people_20_sign_in_while_accounts_come_in(world: World) {
        let portal = world.portal().await;
        let rows = 6000;
        let wanted = Wanted {
            file: file(&world, rows, true),
            format: Format::Csv,
            namespace: Namespace::new(NAMESPACE),
            report: world.folder().join("report.csv"),
        };
        let (broker, now) = (world.broker().clone(), world.now());
        let importing = tokio::spawn(async move {
            let accounts = &*broker.stores.accounts;
            import(&wanted, accounts, broker.entropy.clone(), now, &mut |_, _, _| ()).await.unwrap()
        });
        let mut logins = 0;
        while !importing.is_finished() || logins < 4 {
            let person = [AN, BINH, CUONG, DUNG][logins % 4];
            let tokens = world.tokens(&world.browser(), &portal, person).await;
            assert!(tokens.claims()["sub"].is_string());
            logins += 1;
        }
        let Imported { count: done, bad, .. } = importing.await.unwrap();
        assert_eq!((done.added, bad), (rows - ACCOUNTS.bad_of(rows), ACCOUNTS.bad_of(rows)));
        assert_eq!(count(&world).await, done.added);
    }

    /// Scenario 20: an import is killed half way, with bad rows before and behind, and begun again: everything is there once.
    async fn import_20_killed_half_way(world: World) {
        let program = tokio::task::spawn_blocking(programs::broker).await.unwrap();
        let (rows, csv) = (24_000, world.pair == support::Pair::Embedded);
        let file = file(&world, rows, csv);
        let command = || {
            let mut command = Command::new(&program);
            command.arg("--config").arg(world.config_file()).args(["accounts", "import", "--namespace", NAMESPACE]);
            command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mut killed = command().spawn().unwrap();
        let half_way = async {
            while count(&world).await == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), half_way).await.unwrap();
        killed.kill().unwrap();
        assert!(!killed.wait().unwrap().success());
        let before = count(&world).await;
        assert!(before > 0 && before < rows - ACCOUNTS.bad_of(rows), "{before} of {rows}");
        let words = ["accounts", "import", "--namespace", NAMESPACE, &file.display().to_string()];
        let (code, out, err) = world.command(&words).await;
        let (good, bad) = (rows - ACCOUNTS.bad_of(rows), ACCOUNTS.bad_of(rows));
        assert_eq!(code, 4, "{out} {err}");
        assert!(out.contains("was broken off went on"), "{out}");
        assert!(out.contains(&format!("{good} added, 0 changed, 0 unchanged, {bad} refused")), "{out}");
        assert_eq!(count(&world).await, good);
        let reported = bad_rows(&file);
        assert_eq!(reported.len() as u64, bad);
        assert!(reported.iter().all(|row| row.ends_with("refused,tech_id,\"missing\"")), "{reported:?}");
        for n in [0, 4999, 5000, 12_345, rows - 1] {
            let id = Subject::new(ACCOUNTS.tech_id(n)).unwrap();
            let kept = world.broker().stores.accounts.account(&Namespace::new(NAMESPACE), &id).await.unwrap();
            assert!(kept.is_some(), "{n}");
        }
        // A third time changes nothing.
        let (_, out, _) = world.command(&words).await;
        assert!(out.contains(&format!("0 added, 0 changed, {good} unchanged, {bad} refused")), "{out}");
    }
}
