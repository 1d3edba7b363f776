//! Access and refresh tokens, and their ends.

use crate::samples::{client_id, grant, hash, rotation, token};
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;
use broker_domain::ports::{Expiring, Write, Written};
use broker_domain::token::{Grant, LiveToken, NewToken, Redeemed, Refreshed};

/// A family with its code redeemed, an access and a refresh token.
pub(super) async fn family(store: &dyn Expiring, now: Timestamp) -> (Grant, NewToken, NewToken) {
    let (kept, code) = (grant(now), hash());
    let (access, refresh) = (token(now.plus_secs(300)), token(now.plus_secs(3600)));
    let open = Write::OpenGrant {
        grant: Box::new(kept.clone()),
        code: Some(code),
        access: None,
        expires_at: now.plus_secs(3600),
    };
    store.commit(vec![open]).await.unwrap();
    assert!(matches!(store.redeem(&kept.family, &code, now).await.unwrap(), Redeemed::Granted(_)));
    let attach = Write::AttachTokens {
        family: kept.family.clone(),
        access: access.clone(),
        refresh: Some(refresh.clone()),
    };
    assert_eq!(store.commit(vec![attach]).await.unwrap(), [Written::Done]);
    (kept, access, refresh)
}

on_each_expiring! {
    async fn a_living_token_is_found_with_its_grant(bench) {
        let now = bench.now();
        let (kept, access, refresh) = family(&*bench.store, now).await;
        let live = |token: &NewToken| {
            Some(LiveToken { grant: kept.clone(), scope: kept.scope.clone(), expires_at: token.expires_at })
        };
        assert_eq!(bench.store.access(&kept.family, &access.hash, now).await.unwrap(), live(&access));
        assert_eq!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap(), live(&refresh));
        // One is not the other.
        assert_eq!(bench.store.access(&kept.family, &refresh.hash, now).await.unwrap(), None);
        assert_eq!(bench.store.refresh_token(&kept.family, &access.hash, now).await.unwrap(), None);
        assert_eq!(bench.store.access(&kept.family, &hash(), now).await.unwrap(), None);
    }

    async fn tokens_die_in_time(bench) {
        let (kept, access, refresh) = family(&*bench.store, bench.now()).await;
        let store = &bench.store;
        let (before, at) = (access.expires_at.plus_secs(-1), access.expires_at);
        assert!(store.access(&kept.family, &access.hash, before).await.unwrap().is_some());
        assert!(store.access(&kept.family, &access.hash, at).await.unwrap().is_none());
        let (before, at) = (refresh.expires_at.plus_secs(-1), refresh.expires_at);
        assert!(store.refresh_token(&kept.family, &refresh.hash, before).await.unwrap().is_some());
        assert!(store.refresh_token(&kept.family, &refresh.hash, at).await.unwrap().is_none());
        let late = rotation(&kept.family, refresh.hash, at);
        assert_eq!(store.refresh(late).await.unwrap(), Refreshed::Unknown);
    }

    /// A client's own token: no code, no citizen.
    async fn a_client_gets_a_token_at_once(bench) {
        let now = bench.now();
        let mut kept = grant(now);
        (kept.code, kept.login) = (None, None);
        let access = token(now.plus_secs(300));
        let write = Write::OpenGrant {
            grant: Box::new(kept.clone()),
            code: None,
            access: Some(access.clone()),
            expires_at: access.expires_at,
        };
        assert_eq!(bench.store.commit(vec![write]).await.unwrap(), [Written::Done]);
        let live = bench.store.access(&kept.family, &access.hash, now).await.unwrap();
        let expected = LiveToken { scope: kept.scope.clone(), expires_at: access.expires_at, grant: kept.clone() };
        assert_eq!(live, Some(expected));
        assert_eq!(bench.store.redeem(&kept.family, &hash(), now).await.unwrap(), Redeemed::Unknown);
    }

    async fn an_access_token_is_revoked_alone_and_by_its_client(bench) {
        let now = bench.now();
        let (kept, access, refresh) = family(&*bench.store, now).await;
        let other = ClientId::new("another");
        assert!(!bench.store.revoke_access(&kept.family, &access.hash, &other).await.unwrap());
        assert!(!bench.store.revoke_access(&kept.family, &hash(), &client_id()).await.unwrap());
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_some());
        assert!(bench.store.revoke_access(&kept.family, &access.hash, &client_id()).await.unwrap());
        assert!(!bench.store.revoke_access(&kept.family, &access.hash, &client_id()).await.unwrap());
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_none());
        assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_some());
    }

    async fn a_refresh_token_is_revoked_with_its_family_and_by_its_client(bench) {
        let now = bench.now();
        let (kept, access, refresh) = family(&*bench.store, now).await;
        let other = ClientId::new("another");
        assert!(!bench.store.revoke_refresh(&kept.family, &refresh.hash, &other).await.unwrap());
        assert!(!bench.store.revoke_refresh(&kept.family, &access.hash, &client_id()).await.unwrap());
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_some());
        assert!(bench.store.revoke_refresh(&kept.family, &refresh.hash, &client_id()).await.unwrap());
        assert!(!bench.store.revoke_refresh(&kept.family, &refresh.hash, &client_id()).await.unwrap());
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_none());
        assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_none());
    }

    async fn a_revoked_family_has_no_tokens(bench) {
        let now = bench.now();
        let (kept, access, refresh) = family(&*bench.store, now).await;
        bench.store.commit(vec![Write::RevokeFamily(kept.family.clone())]).await.unwrap();
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_none());
        assert!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap().is_none());
        let refreshed = bench.store.refresh(rotation(&kept.family, refresh.hash, now)).await.unwrap();
        assert_eq!(refreshed, Refreshed::Unknown);
    }
}
