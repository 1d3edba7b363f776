//! Refresh tokens: those that stay and those that change at every use.

use super::tokens::family;
use crate::samples::{client_id, hash, rotation, scope, token};
use broker_domain::ids::ClientId;
use broker_domain::token::{Refreshed, Rotation};

on_each_expiring! {
    /// The token of a client that proves itself stays as it is.
    async fn a_token_that_stays_works_again(bench) {
        let now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        for _ in 0..3 {
            let step = rotation(&kept.family, refresh.hash, now);
            let access = step.access.clone();
            assert_eq!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(Box::new(kept.clone())));
            let live = bench.store.access(&kept.family, &access.hash, now).await.unwrap().unwrap();
            assert_eq!((live.scope, live.expires_at), (kept.scope.clone(), access.expires_at));
        }
    }

    async fn a_rotated_token_makes_room_for_the_next(bench) {
        let now = bench.now();
        let (kept, access, mut refresh) = family(&*bench.store, now).await;
        for _ in 0..3 {
            let next = token(now.plus_secs(3600));
            let step = Rotation { replacement: Some(next.clone()), ..rotation(&kept.family, refresh.hash, now) };
            assert_eq!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(Box::new(kept.clone())));
            assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_none());
            assert!(bench.store.refresh_token(&kept.family, &next.hash, now).await.unwrap().is_some());
            refresh = next;
        }
        // Tokens given before live on.
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_some());
    }

    /// A rotated token that comes again was stolen, by whom nobody knows: everything ends. However long ago it was rotated.
    async fn a_rotated_token_that_comes_again_ends_everything(bench) {
        let now = bench.now();
        let (kept, access, first) = family(&*bench.store, now).await;
        let mut current = first.clone();
        for _ in 0..40 {
            let next = token(now.plus_secs(3600));
            let step = Rotation { replacement: Some(next.clone()), ..rotation(&kept.family, current.hash, now) };
            assert!(matches!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(_)));
            current = next;
        }
        let stolen = bench.store.refresh(rotation(&kept.family, first.hash, now)).await.unwrap();
        assert_eq!(stolen, Refreshed::Reused(client_id()));
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_none());
        let rightful = bench.store.refresh(rotation(&kept.family, current.hash, now)).await.unwrap();
        assert_eq!(rightful, Refreshed::Unknown);
    }

    /// Another client's attempt is unknown and changes nothing, also with a rotated token.
    async fn another_client_changes_nothing(bench) {
        let now = bench.now();
        let (kept, access, refresh) = family(&*bench.store, now).await;
        let foreign = |presented| Rotation {
            client: ClientId::new("another"),
            ..rotation(&kept.family, presented, now)
        };
        assert_eq!(bench.store.refresh(foreign(refresh.hash)).await.unwrap(), Refreshed::Unknown);
        let next = token(now.plus_secs(3600));
        let step = Rotation { replacement: Some(next), ..rotation(&kept.family, refresh.hash, now) };
        assert!(matches!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(_)));
        assert_eq!(bench.store.refresh(foreign(refresh.hash)).await.unwrap(), Refreshed::Unknown);
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_some());
    }

    async fn a_guess_is_unknown_and_changes_nothing(bench) {
        let now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        assert_eq!(bench.store.refresh(rotation(&kept.family, hash(), now)).await.unwrap(), Refreshed::Unknown);
        assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_some());
    }

    async fn a_scope_can_be_narrowed_and_not_widened(bench) {
        let now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        let asking = |text: &str| Rotation {
            scope: Some(scope(text)),
            ..rotation(&kept.family, refresh.hash, now)
        };
        let narrow = asking("email openid");
        let access = narrow.access.clone();
        assert_eq!(bench.store.refresh(narrow).await.unwrap(), Refreshed::Granted(Box::new(kept.clone())));
        let live = bench.store.access(&kept.family, &access.hash, now).await.unwrap().unwrap();
        assert_eq!(live.scope, scope("email openid"));
        // The grant is as wide as before.
        let whole = asking("openid profile email offline_access");
        assert!(matches!(bench.store.refresh(whole).await.unwrap(), Refreshed::Granted(_)));

        // A word that only begins like a granted one is another word.
        for text in ["openid phone", "mail", "open", "openid profile email offline_access x"] {
            let wide = Rotation { replacement: Some(token(now.plus_secs(3600))), ..asking(text) };
            let access = wide.access.clone();
            assert_eq!(bench.store.refresh(wide).await.unwrap(), Refreshed::ScopeExceeded, "{text}");
            assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_none());
        }
        assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_some());
    }

    /// However often it is rotated, a family lives no longer than its first refresh token would have.
    async fn rotation_does_not_prolong(bench) {
        let now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        let later = now.plus_secs(3000);
        let next = token(later.plus_secs(3600));
        let step = Rotation { replacement: Some(next.clone()), ..rotation(&kept.family, refresh.hash, later) };
        assert!(matches!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(_)));
        let live = bench.store.refresh_token(&kept.family, &next.hash, later).await.unwrap().unwrap();
        assert_eq!(live.expires_at, refresh.expires_at);
    }

    /// Many refreshes: what has died is swept, what lives is found.
    async fn dead_access_tokens_are_swept(bench) {
        let mut now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        let mut last = None;
        for _ in 0..40 {
            let step = rotation(&kept.family, refresh.hash, now);
            last = Some(step.access.clone());
            assert!(matches!(bench.store.refresh(step).await.unwrap(), Refreshed::Granted(_)));
            now = now.plus_secs(60);
        }
        let last = last.unwrap();
        assert!(bench.store.access(&kept.family, &last.hash, now).await.unwrap().is_some());
    }
}
