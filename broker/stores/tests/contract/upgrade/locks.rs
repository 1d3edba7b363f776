//! A step of the schema that meets a lock of somebody else: nobody waits long behind it, and it gets through in the end.

use super::steps;
use broker_stores::testing::{LastingBench, Lasts};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// The steps that come after it change a table.
const BEFORE: i64 = 8;
/// What a step waits for a lock, and what this machine may need beside.
const SOON: Duration = Duration::from_millis(2500);

/// An old schema, a connection that reads all of it as a dump does until it ends, and one of a broker that serves.
async fn read_by_somebody() -> (LastingBench, PgConnection, PgConnection) {
    let bench = LastingBench::bare(Lasts::Postgres).await;
    let connect = || async { PgConnection::connect(&bench.settings.lasting).await.unwrap() };
    let (mut dump, mut serving) = (connect().await, connect().await);
    steps(Lasts::Postgres).run_to(BEFORE, &mut serving).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE citizens, legacy_accounts, imports IN ACCESS SHARE MODE")
        .execute(&mut dump)
        .await
        .unwrap();
    (bench, dump, serving)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_beside_a_migration_stops_nobody() {
    let (bench, dump, mut serving) = read_by_somebody().await;
    let lasting = bench.stores.lasting.clone();
    let pending = lasting.migrations().await.unwrap().pending;
    let migrating = tokio::spawn(async move { lasting.migrate().await });
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        for table in ["citizens", "legacy_accounts", "imports"] {
            let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            let counted = tokio::time::timeout(SOON, sqlx::query(query).execute(&mut serving)).await;
            counted.expect("it waits behind the migration").unwrap();
        }
    }
    assert!(!migrating.is_finished(), "the dump holds it up");
    dump.close().await.unwrap();
    assert_eq!(migrating.await.unwrap().unwrap(), pending);
    assert_eq!(bench.stores.lasting.migrations().await.unwrap().pending, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_gives_up_when_its_time_is_over() {
    let (bench, _dump, _) = read_by_somebody().await;
    let failed = bench.stores.lasting.migrate_within(Duration::ZERO).await.unwrap_err();
    assert!(failed.to_string().contains("lock timeout"), "{failed}");
    assert!(bench.stores.lasting.migrations().await.unwrap().pending > 0);
}
