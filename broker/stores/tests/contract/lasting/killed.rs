//! A link is there whole or not at all, whenever the program that makes it is killed.

use crate::samples::{admission, arrival_of, imported, listener, namespace, new_link, progress};
use broker_domain::ids::SectorId;
use broker_domain::ports::{NewLink, OutboxFilter};
use broker_domain::subject::Subject;
use broker_stores::testing::{LastingBench, Lasts, beginning, keys};
use broker_stores::{Lasting, StoreSettings, Stores};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Where the child finds its database: set by the test that starts it.
const PLACE: &str = "LINK_UNTIL_KILLED";
/// How often a child is started and killed for each database.
const ROUNDS: u64 = 4;
/// How long a test waits for a child's first link.
const PATIENCE: Duration = Duration::from_secs(60);

fn settings(lasting: String) -> StoreSettings {
    StoreSettings {
        lasting,
        expiring: "memory:".to_owned(),
        lasting_connections: 4,
        connect_timeout: Duration::from_secs(10),
        response_timeout: Duration::from_secs(10),
    }
}

fn tech_id(n: u32) -> String {
    format!("t-{n}")
}

/// The child: links one new account after the other to one new citizen after the other, until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started, and killed, by the tests below"]
#[allow(clippy::disallowed_methods)] // the one word that a test tells its child
async fn links_until_it_is_killed() {
    let Ok(lasting) = std::env::var(PLACE) else { return };
    let clock = Arc::new(broker_domain::clock::MockClock::at(beginning()));
    let entropy = Arc::new(broker_domain::secret::SystemEntropy);
    let stores = Stores::open(&settings(lasting), &keys(&['a']), entropy, clock).await.unwrap();
    let first = u32::try_from(stores.citizens.count().await.unwrap()).unwrap();
    for n in first.. {
        let citizen =
            stores.citizens.admit(admission(arrival_of(n, beginning()), beginning())).await.unwrap().citizen;
        let account = imported(&tech_id(n));
        let name = account.account.tech_id.clone();
        stores.accounts.import(&namespace(), vec![account], progress(n.into()), beginning()).await.unwrap();
        let kept = stores.accounts.account(&namespace(), &name).await.unwrap().unwrap();
        let wanted = NewLink {
            tell: vec![listener("cong", "portal")],
            ..new_link(&citizen, &kept.account.id, beginning())
        };
        stores.accounts.link(&wanted).await.unwrap();
    }
}

fn start(bench: &LastingBench) -> Child {
    let this = std::env::current_exe().unwrap();
    Command::new(this)
        .args(["--ignored", "--exact", "lasting::killed::links_until_it_is_killed"])
        .env(PLACE, &bench.settings.lasting)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn count(bench: &LastingBench, query: &'static str) -> i64 {
    match &bench.stores.lasting {
        Lasting::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
        Lasting::Sqlite(_) => {
            let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
            let count = sqlx::query_scalar(query).fetch_one(&file).await.unwrap();
            file.close().await;
            count
        }
    }
}

const LINKS: &str = "SELECT COUNT(*) FROM links";
/// Each of a link's parts without the link, or the link without it.
const BROKEN: [&str; 5] = [
    "SELECT COUNT(*) FROM legacy_accounts a JOIN links l ON l.account_id = a.id WHERE a.password_hash IS NOT NULL OR a.user_name_index IS NOT NULL",
    "SELECT COUNT(*) FROM legacy_accounts a WHERE a.password_hash IS NULL AND NOT EXISTS (SELECT 1 FROM links l WHERE l.account_id = a.id)",
    "SELECT COUNT(*) FROM legacy_accounts a JOIN links l ON l.account_id = a.id
     WHERE NOT EXISTS (SELECT 1 FROM subjects s WHERE s.citizen_id = l.citizen_id AND s.sector = 'portal' AND s.subject = a.tech_id)",
    // Recorded in the same moment: kind 109 is `AccountLinked`.
    "SELECT (SELECT COUNT(*) FROM links) - (SELECT COUNT(*) FROM audit_events WHERE kind = 109)",
    "SELECT COUNT(*) FROM subjects s WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.citizen_id = s.citizen_id)",
];

async fn whole_or_absent(kind: Lasts) {
    let bench = LastingBench::on(kind).await;
    for round in 0..ROUNDS {
        let before = count(&bench, LINKS).await;
        let mut child = start(&bench);
        let began = std::time::Instant::now();
        while count(&bench, LINKS).await == before {
            assert!(began.elapsed() < PATIENCE, "the child links nothing");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Each round at another moment of its loop.
        tokio::time::sleep(Duration::from_millis(37 + 61 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // What the server still had in hand for it comes to its end.
        tokio::time::sleep(Duration::from_millis(300)).await;
        for broken in BROKEN {
            assert_eq!(count(&bench, broken).await, 0, "round {round}: {broken}");
        }
        let links = count(&bench, LINKS).await;
        let told = bench.stores.outbox.list(&OutboxFilter::default(), 1_000_000).await.unwrap();
        assert_eq!(
            i64::try_from(told.len()).unwrap(),
            links,
            "round {round}: not every link is told, or one that is none"
        );
    }
    // And the next one goes on where it was: every account finds its citizen.
    let n = u32::try_from(bench.stores.citizens.count().await.unwrap()).unwrap() - 1;
    let name = Subject::new(tech_id(n)).unwrap();
    if let Some(kept) = bench.stores.accounts.account(&namespace(), &name).await.unwrap() {
        let citizen = bench
            .stores
            .citizens
            .find(&arrival_of(n, beginning()))
            .await
            .unwrap()
            .matches
            .by_number
            .unwrap()
            .id;
        bench.stores.accounts.link(&new_link(&citizen, &kept.account.id, beginning())).await.unwrap();
        let subject = bench
            .stores
            .citizens
            .subject(&citizen, &SectorId::new("portal"), &name, beginning())
            .await
            .unwrap();
        assert_eq!(subject, name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_whole_or_absent_on_sqlite() {
    whole_or_absent(Lasts::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_whole_or_absent_on_postgres() {
    whole_or_absent(Lasts::Postgres).await;
}
