//! What is slow or too much shuts out as few as can be.

use std::time::{Duration, Instant};
use support::people::{AN, BINH};
use support::{Call, Pair, for_both_stores};

for_both_stores! {
    /// While one citizen waits for a slow VNeID, the next one is told at once that it is busy, and all else goes on.
    async fn a_slow_vneid_holds_up_so_many(world: World = Options::default().with("limits", "max_upstream = 1")) {
        let portal = world.portal().await;
        let (one, two) = (world.browser(), world.browser());
        let (first, second) = (portal.request(), portal.request());
        let callbacks = (
            world.to_callback(&one, &first, AN).await,
            world.to_callback(&two, &second, BINH).await,
        );
        world.vneid.fail(mock_vneid::Endpoint::Token, mock_vneid::Fault::Delay { ms: 1000 });
        let (slow, (quick, took, other)) = tokio::join!(one.visit(&callbacks.0), async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let asked = Instant::now();
            let quick = two.visit(&callbacks.1).await;
            let took = asked.elapsed();
            (quick, took, portal.introspect("x").await)
        });
        assert_eq!((quick.status, quick.code()), (503, Some(1305)), "{}", quick.plain());
        assert!(took < Duration::from_millis(700), "{took:?}");
        assert_eq!(other.status, 200);
        slow.returned().code();
        // Afterwards there is room again.
        world.vneid.mend();
        world.sign_in(&two, &portal.request(), BINH).await.code();
    }

    /// An instance says how far it is behind, and how much it has in hand.
    async fn the_numbers_say_how_it_is(world: World) {
        let numbers = Call::get("/metrics").send_to_admin(&world.app.admin).await.text();
        let is_on_postgres = world.pair == Pair::Production;
        let most = numbers.contains("broker_database_connections{state=\"most\"} ");
        assert_eq!(most, is_on_postgres, "{numbers}");
        for gauge in ["broker_behind_seconds 0", "broker_connections 0", "broker_requests_in_hand 0"] {
            assert!(numbers.contains(gauge), "{gauge}");
        }
    }
}
