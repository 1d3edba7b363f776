//! What the machine asks for each thing that an operation cannot do without: CPU time of a process that does that alone, measured in
//! the same run and in the same way as the broker's.

use crate::process::{self, cpu};
use crate::wire::Wire;
use axum::Router;
use axum::routing::get;
use broker_jose::{Algorithm, SigningKey};
use redis::aio::ConnectionManager;
use sqlx::postgres::PgPoolOptions;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// CPU time of one of each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Floors {
    pub(crate) request: Duration,
    pub(crate) redis: Duration,
    pub(crate) select: Duration,
    pub(crate) insert: Duration,
    pub(crate) outgoing: Duration,
    pub(crate) rs256: Duration,
    pub(crate) ps256: Duration,
    pub(crate) es256: Duration,
    pub(crate) eddsa: Duration,
}

/// Where the servers are, how many at once, how many of each.
pub(crate) struct With<'a> {
    pub(crate) redis: Option<&'a str>,
    pub(crate) postgres: Option<&'a str>,
    pub(crate) parallel: usize,
    pub(crate) count: usize,
}

/// Measures all.
pub(crate) async fn measure(with: &With<'_>) -> Floors {
    let number = |n: usize| n.to_string();
    let (parallel, count) = (number(with.parallel), number(with.count));
    let mut floors = Floors { request: request(with).await, ..Floors::default() };
    if let Some(url) = with.redis {
        floors.redis = worker(&["redis", url, &parallel, &count]).await;
    }
    if let Some(url) = with.postgres {
        floors.select = worker(&["select", url, &parallel, &count]).await;
        floors.insert = worker(&["insert", url, &parallel, &number(with.count.min(10_000))]).await;
    }
    let empty = serve().await;
    floors.outgoing = worker(&["outgoing", &format!("http://{empty}/"), &parallel, &count]).await;
    for (place, algorithm, count) in [
        (&mut floors.rs256, "RS256", "1000"),
        (&mut floors.ps256, "PS256", "1000"),
        (&mut floors.es256, "ES256", "10000"),
        (&mut floors.eddsa, "EdDSA", "10000"),
    ] {
        *place = worker(&["sign", algorithm, "1", count]).await;
    }
    floors
}

fn this(words: &[&str]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("floor").args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line.trim().to_owned()
}

/// A child that measures itself and says nanoseconds for each.
async fn worker(words: &[&str]) -> Duration {
    let mut child = this(words);
    tokio::task::spawn_blocking(move || {
        let said = line(&mut child);
        child.wait().unwrap();
        Duration::from_nanos(said.parse().expect("a number"))
    })
    .await
    .unwrap()
}

/// One request to an empty route of a server that is a process of its own.
async fn request(with: &With<'_>) -> Duration {
    let mut child = this(&["serve", "", "1", "1"]);
    let address: SocketAddr = line(&mut child).parse().unwrap();
    many(address, with.parallel, with.count / 4).await;
    let before = cpu(child.id());
    many(address, with.parallel, with.count).await;
    let spent = cpu(child.id()).saturating_sub(before);
    let _ = child.kill();
    let _ = child.wait();
    spent / u32::try_from(with.count).unwrap()
}

async fn many(address: SocketAddr, parallel: usize, count: usize) {
    let left = Arc::new(AtomicUsize::new(count));
    let tasks: Vec<_> = (0..parallel)
        .map(|_| {
            let left = left.clone();
            tokio::spawn(async move {
                let mut wire = Wire::new(address);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                    assert_eq!(wire.get("/").await.unwrap().status, 200);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn serve() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(async || "empty"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Runs as the process whose cost is a floor: `KIND WHERE PARALLEL COUNT`.
pub(crate) fn child(words: Vec<String>) {
    let [kind, place, parallel, count] = <[String; 4]>::try_from(words).unwrap();
    let (parallel, count): (usize, usize) = (parallel.parse().unwrap(), count.parse().unwrap());
    if kind == "sign" {
        say(sign(Algorithm::from_str(&place).unwrap(), count));
        return;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        match kind.as_str() {
            "serve" => {
                println!("{}", serve().await);
                std::io::stdout().flush().unwrap();
                // Ended from outside.
                std::future::pending::<()>().await;
            }
            "redis" => say(redis(&place, parallel, count).await),
            "select" => say(sql(&place, parallel, count, false).await),
            "insert" => say(sql(&place, parallel, count, true).await),
            _ => say(outgoing(&place, parallel, count).await),
        }
    });
}

fn say(each: Duration) {
    println!("{}", each.as_nanos());
}

fn sign(algorithm: Algorithm, count: usize) -> Duration {
    let key = SigningKey::generate(algorithm, "floor").unwrap();
    let claims =
        serde_json::json!({"iss": "https://id.example.vn", "sub": "somebody", "aud": "portal", "exp": 1});
    key.sign(None, &claims).unwrap();
    let before = cpu(std::process::id());
    for _ in 0..count {
        key.sign(None, &claims).unwrap();
    }
    cpu(std::process::id()).saturating_sub(before) / u32::try_from(count).unwrap()
}

/// Does something so many times with so many at once; CPU time of this process for each.
async fn each<F, W>(parallel: usize, count: usize, work: W) -> Duration
where
    F: Future<Output = ()> + Send,
    W: Fn(usize) -> F + Clone + Send + 'static,
{
    let share = (count / parallel).max(1);
    let before = cpu(std::process::id());
    let tasks: Vec<_> = (0..parallel)
        .map(|task| {
            let work = work.clone();
            tokio::spawn(async move {
                for n in 0..share {
                    work(task * share + n).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    process::cpu(std::process::id()).saturating_sub(before) / u32::try_from(share * parallel).unwrap()
}

async fn redis(url: &str, parallel: usize, count: usize) -> Duration {
    let mut manager = ConnectionManager::new(redis::Client::open(url).unwrap()).await.unwrap();
    redis::cmd("SET").arg("floor").arg("x".repeat(300)).exec_async(&mut manager).await.unwrap();
    let spent = each(parallel, count, {
        let manager = manager.clone();
        move |_| {
            let mut manager = manager.clone();
            async move {
                let found: Vec<u8> = redis::cmd("GET").arg("floor").query_async(&mut manager).await.unwrap();
                assert_eq!(found.len(), 300);
            }
        }
    })
    .await;
    redis::cmd("DEL").arg("floor").exec_async(&mut manager).await.unwrap();
    spent
}

async fn sql(url: &str, parallel: usize, count: usize, insert: bool) -> Duration {
    let pool =
        PgPoolOptions::new().max_connections(10).test_before_acquire(false).connect(url).await.unwrap();
    sqlx::query("CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, value text NOT NULL)")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO floor VALUES ('one', 'a value') ON CONFLICT DO NOTHING")
        .execute(&pool)
        .await
        .unwrap();
    let spent = each(parallel, count, {
        let pool = pool.clone();
        move |n| {
            let pool = pool.clone();
            async move {
                if insert {
                    let query = sqlx::query("INSERT INTO floor VALUES ($1, $2)")
                        .bind(format!("row-{n}"))
                        .bind("a value");
                    query.execute(&pool).await.unwrap();
                } else {
                    let query = sqlx::query_scalar("SELECT value FROM floor WHERE id = $1").bind("one");
                    let found: String = query.fetch_one(&pool).await.unwrap();
                    assert_eq!(found, "a value");
                }
            }
        }
    })
    .await;
    if insert {
        sqlx::query("DROP TABLE floor").execute(&pool).await.unwrap();
    }
    spent
}

async fn outgoing(url: &str, parallel: usize, count: usize) -> Duration {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = url.to_owned();
    each(parallel, count, move |_| {
        let (client, url) = (client.clone(), url.clone());
        async move {
            assert_eq!(client.get(url).send().await.unwrap().bytes().await.unwrap(), "empty");
        }
    })
    .await
}
