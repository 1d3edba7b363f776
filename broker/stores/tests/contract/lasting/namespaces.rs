//! Orders for namespaces.

use broker_domain::ids::Namespace;
use broker_domain::linking::CutOff;
use broker_domain::ports::{NamespaceChange, NamespaceOrder};
use broker_stores::testing::beginning;

on_each_lasting! {
    /// Each order changes its own part; taking one back leaves the others.
    async fn orders_stand_beside_each_other(bench) {
        let (store, now) = (&bench.stores.namespaces, beginning());
        assert!(store.orders().await.unwrap().is_empty());
        let (post, national) = (Namespace::new("vnpost"), Namespace::new("cong-dvcqg"));
        let at = CutOff::At(now.plus_secs(86_400));
        store.order(&post, NamespaceChange::SwitchedOff(Some(true)), now).await.unwrap();
        store.order(&national, NamespaceChange::CutOff(Some(at)), now).await.unwrap();
        store.order(&national, NamespaceChange::SwitchedOff(Some(false)), now.plus_secs(1)).await.unwrap();
        let of = |namespace: &Namespace, cut_off, switched_off, secs| NamespaceOrder {
            namespace: namespace.clone(), cut_off, switched_off, changed_at: now.plus_secs(secs),
        };
        assert_eq!(
            store.orders().await.unwrap(),
            [of(&national, Some(at), Some(false), 1), of(&post, None, Some(true), 0)]
        );
        store.order(&national, NamespaceChange::CutOff(Some(CutOff::Never)), now.plus_secs(2)).await.unwrap();
        store.order(&post, NamespaceChange::SwitchedOff(None), now.plus_secs(3)).await.unwrap();
        assert_eq!(
            store.orders().await.unwrap(),
            [of(&national, Some(CutOff::Never), Some(false), 2), of(&post, None, None, 3)]
        );
        store.order(&national, NamespaceChange::CutOff(None), now.plus_secs(4)).await.unwrap();
        assert_eq!(store.orders().await.unwrap().first(), Some(&of(&national, None, Some(false), 4)));
    }

    /// Instances that missed the word see it by the revision.
    async fn an_order_moves_the_revision(bench) {
        let revision = async || bench.stores.registrations.revision().await.unwrap();
        let before = revision().await;
        let order = NamespaceChange::SwitchedOff(Some(true));
        bench.stores.namespaces.order(&Namespace::new("vnpost"), order, beginning()).await.unwrap();
        assert!(revision().await > before);
    }

    /// Two administrators at once: both orders stand.
    async fn at_once(bench) {
        let (one, two, namespace) =
            (bench.stores.namespaces.clone(), bench.stores.namespaces.clone(), Namespace::new("vnpost"));
        let (a, b) = tokio::join!(
            one.order(&namespace, NamespaceChange::CutOff(Some(CutOff::Never)), beginning()),
            two.order(&namespace, NamespaceChange::SwitchedOff(Some(true)), beginning()),
        );
        a.unwrap();
        b.unwrap();
        let all = bench.stores.namespaces.orders().await.unwrap();
        assert_eq!((all[0].cut_off, all[0].switched_off), (Some(CutOff::Never), Some(true)));
    }
}
