//! Of 64 uses of what works once, spread over two instances, exactly one wins.

use crate::fleet::{Fleet, Stores};
use crate::login::{Login, Went};
use broker_stores::testing::{RedisCluster, redis_cluster, redis_with_sentinel};
use rstest::rstest;
use support::people::AN;
use support::tokens::Tokens;

const RACERS: usize = 64;

/// Where the instances keep what works once.
#[derive(Clone, Copy, Debug)]
enum On {
    Embedded,
    Redis,
    Sentinel,
    Cluster,
    /// A Cluster whose every server loses a connection between a command and its answer.
    CutCluster,
}

async fn fleet(on: On) -> (Fleet, Option<RedisCluster>) {
    let url = tokio::task::spawn_blocking(move || match on {
        On::Sentinel => (Some(redis_with_sentinel().url()), None),
        On::Cluster => (Some(redis_cluster().url()), None),
        On::CutCluster => {
            let cluster = RedisCluster::behind_cutters();
            (Some(cluster.url()), Some(cluster))
        }
        On::Embedded | On::Redis => (None, None),
    });
    let (url, cluster) = url.await.unwrap();
    let fleet = match (on, url) {
        (On::Embedded, _) => Fleet::of(1, Stores::embedded().await, "").await,
        (_, Some(url)) => Fleet::start(Stores::with(url).await).await,
        (_, None) => Fleet::start(Stores::shared().await).await,
    };
    (fleet, cluster)
}

/// Every step of a login that works once is tried 64 times at once: the callback with its `state`, the form of a page, the code, and
/// the refresh token.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wins(
    #[values(On::Embedded, On::Redis, On::Sentinel, On::Cluster, On::CutCluster)] on: On,
    #[values("vneid", "post consent", "token", "refresh")] step: &str,
) {
    let (fleet, cluster) = fleet(on).await;
    let mut login = Login::new(&fleet, AN);
    while login.step() != step || (step == "refresh" && !login.is_at_second()) {
        assert_eq!(login.go().await, Went::On, "{}", login.step());
    }
    let cutters = cluster.as_ref().map_or(&[][..], |cluster| &cluster.cutters);
    cutters.iter().for_each(|cutter| cutter.cut(1));
    let all = login.all_at_once(RACERS).await;
    let left: u32 = cutters.iter().map(|cutter| cutter.left()).sum();
    assert!(cutters.is_empty() || left < 3, "no connection was cut");
    cutters.iter().for_each(|cutter| cutter.cut(0));
    let won: Vec<_> = all.iter().filter(|a| matches!(a.status, 200 | 303)).collect();
    let others: Vec<u16> = all.iter().map(|a| a.status).filter(|s| !matches!(s, 200 | 303)).collect();
    assert!(others.iter().all(|status| (400..500).contains(status)), "{others:?}");
    if step == "token" {
        // A code that is presented twice gives nothing that works, not even to whoever redeemed it: also in a race.
        assert!(won.len() <= 1, "{} redeemed", won.len());
        for answer in won {
            let access = Tokens::of(answer).access;
            assert!(!fleet.portals[0].works(&access).await);
        }
        return;
    }
    assert_eq!(won.len(), 1, "{:?} {others:?}", won.iter().map(|a| a.location()).collect::<Vec<_>>());
    assert_eq!(login.with_answer(won[0]).await, Went::On);
}
