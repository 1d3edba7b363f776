//! Connections to PostgreSQL: so many and no more, and none lost, whatever becomes of their server.

use broker_stores::testing::{Postgres, Wire, new_database};
use broker_stores::{Lasting, PostgresPool};
use sqlx::Executor;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

const WAIT: Duration = Duration::from_secs(1);

async fn pool(url: &str, connections: u32) -> PostgresPool {
    match Lasting::open(url, connections, WAIT).await.unwrap() {
        Lasting::Postgres(pool) => pool,
        Lasting::Sqlite(_) => panic!("{url} is one of PostgreSQL"),
    }
}

/// The server's process behind a connection.
async fn process(connection: &mut sqlx::PgConnection) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn so_many_and_no_more() {
    let pool = pool(&new_database().await, 3).await;
    let mut lent = Vec::new();
    let mut processes = HashSet::new();
    for _ in 0..3 {
        let mut connection = pool.acquire().await.unwrap();
        processes.insert(process(&mut connection).await);
        lent.push(connection);
    }
    assert_eq!(processes.len(), 3);
    let begun = Instant::now();
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolTimedOut)));
    assert!(begun.elapsed() >= WAIT);
    // Who waits gets the first that comes back.
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { process(&mut pool.acquire().await.unwrap()).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut back = lent.pop().unwrap();
    let its = process(&mut back).await;
    drop(back);
    assert_eq!(waiting.await.unwrap(), its);
}

/// Who waited and went away takes no place along.
#[tokio::test]
async fn who_gives_up_waiting_holds_nothing() {
    let pool = pool(&new_database().await, 1).await;
    let lent = pool.acquire().await.unwrap();
    for _ in 0..5 {
        assert!(tokio::time::timeout(Duration::from_millis(5), pool.acquire()).await.is_err());
    }
    drop(lent);
    pool.acquire().await.unwrap();
}

#[tokio::test]
async fn what_was_not_committed_is_rolled_back() {
    let pool = pool(&new_database().await, 1).await;
    pool.execute("CREATE TABLE t (n INT)").await.unwrap();
    let add = async |n: i32| {
        let mut begun = pool.begin().await.unwrap();
        sqlx::query("INSERT INTO t VALUES ($1)").bind(n).execute(&mut *begun).await.unwrap();
        begun
    };
    add(1).await.commit().await.unwrap();
    drop(add(2).await);
    add(3).await.rollback().await.unwrap();
    let mut failed = add(4).await;
    assert!(failed.execute("SELECT 1/0").await.is_err());
    drop(failed);
    let mut left = add(5).await;
    let asked = left.execute("SELECT pg_sleep(0.2)");
    assert!(tokio::time::timeout(Duration::from_millis(20), asked).await.is_err());
    drop(left);
    let all: Vec<i32> = sqlx::query_scalar("SELECT n FROM t").fetch_all(&pool).await.unwrap();
    assert_eq!(all, [1]);
    // Nor is a transaction open that nobody began.
    pool.execute("INSERT INTO t VALUES (6)").await.unwrap();
    let mut begun = pool.begin().await.unwrap();
    drop(begun.execute("ROLLBACK").await);
    let all: Vec<i32> =
        sqlx::query_scalar("SELECT n FROM t ORDER BY n").fetch_all(&mut *begun).await.unwrap();
    assert_eq!(all, [1, 6]);
}

/// Wherever it was given up: between its parts, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_what_was_given_up_goes_to_nobody() {
    let pool = pool(&new_database().await, 2).await;
    let mut given_up = 0;
    for n in 0..600_i32 {
        let patience = Duration::from_micros(u64::from(n.unsigned_abs()) * 7);
        let ask = async {
            // Another text now and then, so that it is prepared anew.
            let text = format!("SELECT $1::INT, pg_sleep(0.0005), {}", n / 3);
            let query = sqlx::query_scalar::<_, i32>(sqlx::AssertSqlSafe(text)).bind(n);
            query.fetch_one(&pool).await.unwrap()
        };
        match tokio::time::timeout(patience, ask).await {
            Ok(answer) => assert_eq!(answer, n),
            Err(_) => given_up += 1,
        }
    }
    assert!((20..580).contains(&given_up), "{given_up}");
    let mut processes = HashSet::new();
    for _ in 0..20 {
        processes.insert(process(&mut pool.acquire().await.unwrap()).await);
    }
    assert!(processes.len() <= 2);
}

#[tokio::test]
async fn closing_waits_for_what_is_under_way() {
    let pool = pool(&new_database().await, 2).await;
    let mut lent = pool.acquire().await.unwrap();
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    process(&mut lent).await;
    assert!(!closing.is_finished());
    drop(lent);
    closing.await.unwrap();
    assert!(matches!(pool.begin().await.map(drop), Err(sqlx::Error::PoolClosed)));
}

#[tokio::test]
async fn with_the_last_copy_its_connections_end() {
    let url = new_database().await;
    let (one, watching) = (pool(&url, 2).await, pool(&url, 1).await);
    let others = async || {
        let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
        let all: i64 = sqlx::query_scalar(count).fetch_one(&watching).await.unwrap();
        all - 1
    };
    let both = (one.acquire().await.unwrap(), one.clone().acquire().await.unwrap());
    drop(both);
    assert_eq!(others().await, 2);
    drop(one);
    let begun = Instant::now();
    while others().await > 0 {
        assert!(begun.elapsed() < 5 * WAIT);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A runtime on a thread of its own, as those that answer requests are.
fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

async fn ask(pool: PostgresPool) -> i32 {
    process(&mut pool.acquire().await.unwrap()).await
}

/// Each thread of requests has connections that it drives itself, as long as there are enough; until then it takes another's.
#[test]
fn every_runtime_comes_to_have_its_own() {
    let (one, other) = (runtime(), runtime());
    let two = one.block_on(async { pool(&new_database().await, 2).await });
    let of_one = one.block_on(one.spawn(ask(two.clone()))).unwrap();
    let begun = Instant::now();
    let first = other.block_on(other.spawn(ask(two.clone()))).unwrap();
    assert_eq!(first, of_one, "it does not wait for another one to be made");
    let of_other = loop {
        let process = other.block_on(other.spawn(ask(two.clone()))).unwrap();
        if process != of_one {
            break process;
        }
        assert!(begun.elapsed() < 5 * WAIT, "none was made");
        one.block_on(async { tokio::time::sleep(Duration::from_millis(10)).await });
    };
    for _ in 0..3 {
        assert_eq!(one.block_on(one.spawn(ask(two.clone()))).unwrap(), of_one);
        assert_eq!(other.block_on(other.spawn(ask(two.clone()))).unwrap(), of_other);
    }
}

/// Where the server gives no more, what rests is used by whoever comes.
#[test]
fn another_runtimes_connection_is_better_than_none() {
    let (one, other) = (runtime(), runtime());
    let few = one.block_on(async {
        let url = new_database().await;
        let name = url.rsplit_once('/').unwrap().1.to_owned();
        let admin = pool(&url, 1).await;
        let words = format!("CREATE ROLE one_of_{name} LOGIN CONNECTION LIMIT 1");
        admin.execute(sqlx::AssertSqlSafe(words)).await.unwrap();
        pool(&url.replace("broker@", &format!("one_of_{name}@")), 4).await
    });
    let all: Vec<_> = (0..20)
        .map(|n| if n % 2 == 0 { one.spawn(ask(few.clone())) } else { other.spawn(ask(few.clone())) })
        .collect();
    let processes: HashSet<i32> = one.block_on(async {
        let mut processes = HashSet::new();
        for asked in all {
            processes.insert(asked.await.unwrap());
        }
        processes
    });
    assert_eq!(processes.len(), 1);
}

/// A statement that was given up and fails then is no reason to make a new connection.
#[tokio::test]
async fn an_error_of_what_was_given_up_breaks_nothing() {
    let pool = pool(&new_database().await, 1).await;
    let before = process(&mut pool.acquire().await.unwrap()).await;
    for text in ["SELECT 1/(CAST(pg_sleep(0.1) AS TEXT) || '0')::INT", "SELECT pg_sleep(0.1), no_such_column"]
    {
        let asked = pool.execute(text);
        assert!(tokio::time::timeout(Duration::from_micros(300), asked).await.is_err());
    }
    let mut begun = pool.begin().await.unwrap();
    let asked = begun.execute("SELECT 1/(CAST(pg_sleep(0.1) AS TEXT) || '0')::INT");
    assert!(tokio::time::timeout(Duration::from_millis(20), asked).await.is_err());
    drop(begun);
    assert_eq!(process(&mut pool.acquire().await.unwrap()).await, before);
}

/// Connections that rest and are dropped on the way by whatever stands between: whoever comes next is not left without.
#[tokio::test]
async fn a_rest_that_was_too_long_for_the_network_costs_nobody_an_answer() {
    let url = new_database().await;
    let port = url.rsplit_once(':').unwrap().1.split_once('/').unwrap().0.parse().unwrap();
    let wire = Wire::to(port);
    let pool = pool(&url.replace(&format!(":{port}/"), &format!(":{}/", wire.port)), 8).await;
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(pool.acquire().await.unwrap());
    }
    drop(all);
    wire.forget();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for nth in 0..16 {
        pool.execute("SELECT 1").await.unwrap_or_else(|e| panic!("{nth}: {e}"));
    }
}

/// What a COPY has under way is not known to the driver.
#[tokio::test]
async fn a_copy_that_is_broken_off_leaves_no_answer_behind() {
    let pool = pool(&new_database().await, 1).await;
    pool.execute("CREATE TABLE t (n INT)").await.unwrap();
    pool.execute("CREATE FUNCTION slow() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END $$")
        .await
        .unwrap();
    pool.execute("CREATE TRIGGER slow AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION slow()")
        .await
        .unwrap();
    let mut begun = pool.begin().await.unwrap();
    let mut copy = begun.copy_in_raw("COPY t FROM STDIN").await.unwrap();
    copy.send("1\n".as_bytes()).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(20), copy.finish()).await.is_err());
    drop(begun);
    for n in 0..5_i32 {
        let answer: i32 = sqlx::query_scalar("SELECT $1::INT").bind(n).fetch_one(&pool).await.unwrap();
        assert_eq!(answer, n);
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(&pool).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_server_that_starts_again_is_met_with_one_failure_at_the_most() {
    let mut server = Postgres::start();
    let pool = pool(&server.url("postgres"), 8).await;
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(pool.acquire().await.unwrap());
    }
    drop(all);
    server.crash();
    server.recover();
    let mut failures = 0;
    for _ in 0..40 {
        failures += u32::from(pool.execute("SELECT 1").await.is_err());
    }
    assert!(failures <= 1, "{failures}");
}

#[tokio::test]
async fn who_is_refused_does_not_try_again() {
    let url = new_database().await;
    let wrong = format!("{url}_that_is_not_there");
    let begun = Instant::now();
    let refused = Lasting::open(&wrong, 2, WAIT).await.map(drop).unwrap_err();
    assert!(begun.elapsed() < WAIT && refused.to_string().contains("does not exist"), "{refused}");
    // Who is away is waited for, and the reason is told in the end.
    let nobody = format!("postgres://broker@127.0.0.1:{}/x", broker_stores::testing::free_port());
    let begun = Instant::now();
    let away = Lasting::open(&nobody, 2, WAIT).await.map(drop).unwrap_err();
    assert!(begun.elapsed() >= WAIT && matches!(away, sqlx::Error::Io(_)), "{away}");
}

/// How many statements are under way at once; half as many connections carry them.
const BUSY: u32 = 48;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_is_lost_with_a_server_whose_machine_is_gone() {
    let primary = Postgres::start();
    let standby = primary.standby();
    let (wire, url) = primary.url_by_wire(&standby, "postgres");
    let connections = BUSY / 2;
    let pool = pool(&url, connections).await;
    let busy: Vec<_> = (0..BUSY)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                // Each gives up what is not answered in time, as requests do.
                loop {
                    let asked = sqlx::query("SELECT 1").execute(&pool);
                    if !matches!(tokio::time::timeout(WAIT, asked).await, Ok(Ok(_))) {
                        return;
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    wire.pull();
    standby.promote();
    for task in busy {
        task.await.unwrap();
    }
    // What was given up has as long again to show a sign of life.
    tokio::time::sleep(2 * WAIT).await;
    let mut lent = Vec::new();
    for nth in 0..connections {
        let mut connection = pool.acquire().await.unwrap_or_else(|e| panic!("connection {nth}: {e}"));
        let is_standby: bool =
            sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut *connection).await.unwrap();
        assert!(!is_standby);
        lent.push(connection);
    }
}
