//! Registered clients.

use super::at_rest::everything;
use crate::samples::client;
use broker_domain::ids::ClientId;
use broker_domain::ports::StoreError;
use broker_domain::secret::Secret;
use broker_stores::testing::beginning;

on_each_lasting! {
    /// What was added comes back as it was, by id.
    async fn what_was_added_comes_back(bench) {
        let (b, a) = (client("b", beginning()), client("a", beginning()));
        bench.stores.registrations.add(&b).await.unwrap();
        bench.stores.registrations.add(&a).await.unwrap();
        assert_eq!(bench.stores.registrations.all().await.unwrap(), [a, b]);
    }

    /// An id is given once; the first registration stays as it was.
    async fn an_id_is_given_once(bench) {
        let first = client("a", beginning());
        bench.stores.registrations.add(&first).await.unwrap();
        let before = bench.stores.registrations.revision().await.unwrap();
        let mut second = client("a", beginning());
        second.name.vi = "Cổng khác".to_owned();
        let refused = bench.stores.registrations.add(&second).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(bench.stores.registrations.all().await.unwrap(), [first]);
        assert_eq!(bench.stores.registrations.revision().await.unwrap(), before);
    }

    /// A replaced registration is the new one; what is not there is not replaced.
    async fn replacing(bench) {
        let mut changed = client("a", beginning());
        assert!(!bench.stores.registrations.replace(&changed).await.unwrap());
        bench.stores.registrations.add(&changed).await.unwrap();
        changed.disabled_at = Some(beginning());
        changed.secrets.clear();
        assert!(bench.stores.registrations.replace(&changed).await.unwrap());
        assert_eq!(bench.stores.registrations.all().await.unwrap(), [changed]);
    }

    /// Every change moves the revision, and nothing else does.
    async fn the_revision_tells_of_changes(bench) {
        let registrations = &bench.stores.registrations;
        let before = registrations.revision().await.unwrap();
        registrations.add(&client("a", beginning())).await.unwrap();
        let added = registrations.revision().await.unwrap();
        registrations.replace(&client("a", beginning())).await.unwrap();
        let replaced = registrations.revision().await.unwrap();
        registrations.replace(&client("none", beginning())).await.unwrap();
        registrations.all().await.unwrap();
        let idle = registrations.revision().await.unwrap();
        assert!(before < added && added < replaced, "{before} {added} {replaced}");
        assert_eq!(replaced, idle);
    }

    /// The token for an events endpoint comes back, and stands nowhere in clear.
    async fn the_token_for_events_is_sealed(bench) {
        let mut with_token = client("a", beginning());
        with_token.events_token = Some(Secret::new("the-token-of-a"));
        bench.stores.registrations.add(&with_token).await.unwrap();
        assert_eq!(bench.stores.registrations.all().await.unwrap(), [with_token.clone()]);
        let kept = everything(&bench).await;
        assert!(!String::from_utf8_lossy(&kept).contains("the-token-of-a"));
        with_token.events_token = None;
        assert!(bench.stores.registrations.replace(&with_token).await.unwrap());
        assert_eq!(bench.stores.registrations.all().await.unwrap(), [with_token]);
    }

    /// Many portals come back whole and in order.
    async fn many_portals(bench) {
        for n in 0..200 {
            bench.stores.registrations.add(&client(&format!("portal-{n:04}"), beginning())).await.unwrap();
        }
        let all = bench.stores.registrations.all().await.unwrap();
        assert_eq!(all.len(), 200);
        assert_eq!(all.last().unwrap().id, ClientId::new("portal-0199"));
    }
}
