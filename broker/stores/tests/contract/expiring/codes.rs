//! Codes: redeemed once; a second time revokes what came of the first.

use crate::samples::{client_id, grant, hash, rotation, token};
use broker_domain::ids::FamilyId;
use broker_domain::ports::{Expiring, Write, Written};
use broker_domain::secret::SecretHash;
use broker_domain::token::{Grant, Redeemed, Refreshed, TOMBSTONE_SECS};

async fn opened(store: &dyn Expiring, grant: &Grant) -> SecretHash {
    let code = hash();
    let write = Write::OpenGrant {
        grant: Box::new(grant.clone()),
        code: Some(code),
        access: None,
        expires_at: grant.issued_at.plus_secs(360),
    };
    assert_eq!(store.commit(vec![write]).await.unwrap(), [Written::Done]);
    code
}

on_each_expiring! {
    async fn a_code_is_redeemed_once(bench) {
        let kept = grant(bench.now());
        let code = opened(&*bench.store, &kept).await;
        let first = bench.store.redeem(&kept.family, &code, bench.now()).await.unwrap();
        assert_eq!(first, Redeemed::Granted(Box::new(kept.clone())));
        for _ in 0..2 {
            let again = bench.store.redeem(&kept.family, &code, bench.now()).await.unwrap();
            assert_eq!(again, Redeemed::Replayed(client_id()));
        }
    }

    async fn a_replay_revokes_every_token(bench) {
        let (kept, now) = (grant(bench.now()), bench.now());
        let code = opened(&*bench.store, &kept).await;
        bench.store.redeem(&kept.family, &code, now).await.unwrap();
        let (access, refresh) = (token(now.plus_secs(300)), token(now.plus_secs(3600)));
        let attach = || Write::AttachTokens {
            family: kept.family.clone(),
            access: access.clone(),
            refresh: Some(refresh.clone()),
        };
        assert_eq!(bench.store.commit(vec![attach()]).await.unwrap(), [Written::Done]);
        assert!(bench.store.access(&kept.family, &access.hash, now).await.unwrap().is_some());

        bench.store.redeem(&kept.family, &code, now).await.unwrap();
        assert_eq!(bench.store.access(&kept.family, &access.hash, now).await.unwrap(), None);
        assert_eq!(bench.store.refresh_token(&kept.family, &refresh.hash, now).await.unwrap(), None);
        let refreshed = bench.store.refresh(rotation(&kept.family, refresh.hash, now)).await.unwrap();
        assert_eq!(refreshed, Refreshed::Unknown);
        // Tokens of the first redemption that come late find the family revoked.
        assert_eq!(bench.store.commit(vec![attach()]).await.unwrap(), [Written::Lost]);
        assert_eq!(bench.store.access(&kept.family, &access.hash, now).await.unwrap(), None);
    }

    async fn another_secret_or_family_is_unknown_and_harms_nothing(bench) {
        let kept = grant(bench.now());
        let code = opened(&*bench.store, &kept).await;
        assert_eq!(bench.store.redeem(&kept.family, &hash(), bench.now()).await.unwrap(), Redeemed::Unknown);
        let other = FamilyId::generate(&crate::samples::ENTROPY);
        assert_eq!(bench.store.redeem(&other, &code, bench.now()).await.unwrap(), Redeemed::Unknown);
        let first = bench.store.redeem(&kept.family, &code, bench.now()).await.unwrap();
        assert!(matches!(first, Redeemed::Granted(_)));
        // Nor when it was redeemed: who guesses revokes nothing.
        assert_eq!(bench.store.redeem(&kept.family, &hash(), bench.now()).await.unwrap(), Redeemed::Unknown);
    }

    async fn an_expired_code_is_unknown(bench) {
        let kept = grant(bench.now());
        let code = opened(&*bench.store, &kept).await;
        bench.clock.advance(59);
        let end = kept.code.as_ref().unwrap().expires_at;
        assert_eq!(bench.store.redeem(&kept.family, &code, end).await.unwrap(), Redeemed::Unknown);
        let in_time = bench.store.redeem(&kept.family, &code, bench.now()).await.unwrap();
        assert!(matches!(in_time, Redeemed::Granted(_)));
        // A used one is a replay, also when it would have expired.
        assert_eq!(bench.store.redeem(&kept.family, &code, end).await.unwrap(), Redeemed::Replayed(client_id()));
    }

    /// What a revoked family leaves behind still tells a replay, for as long as the domain asks.
    async fn a_revoked_family_remembers_its_code(bench) {
        let (used, unused) = (grant(bench.now()), grant(bench.now()));
        let used_code = opened(&*bench.store, &used).await;
        let unused_code = opened(&*bench.store, &unused).await;
        bench.store.redeem(&used.family, &used_code, bench.now()).await.unwrap();
        let revoke = [&used, &unused].map(|g| Write::RevokeFamily(g.family.clone()));
        assert_eq!(bench.store.commit(revoke.to_vec()).await.unwrap(), [Written::Done, Written::Done]);
        bench.clock.advance(TOMBSTONE_SECS - 1);
        let now = bench.now();
        assert_eq!(bench.store.redeem(&used.family, &used_code, now).await.unwrap(), Redeemed::Replayed(client_id()));
        assert_eq!(bench.store.redeem(&unused.family, &unused_code, now).await.unwrap(), Redeemed::Unknown);
    }

    async fn revoking_what_is_not_there_is_no_error(bench) {
        let family = FamilyId::generate(&crate::samples::ENTROPY);
        assert_eq!(bench.store.commit(vec![Write::RevokeFamily(family.clone())]).await.unwrap(), [Written::Done]);
        assert_eq!(bench.store.redeem(&family, &hash(), bench.now()).await.unwrap(), Redeemed::Unknown);
    }

    async fn tokens_wait_for_the_redemption(bench) {
        let kept = grant(bench.now());
        let code = opened(&*bench.store, &kept).await;
        let access = token(bench.now().plus_secs(300));
        let attach =
            || Write::AttachTokens { family: kept.family.clone(), access: access.clone(), refresh: None };
        assert_eq!(bench.store.commit(vec![attach()]).await.unwrap(), [Written::Lost]);
        bench.store.redeem(&kept.family, &code, bench.now()).await.unwrap();
        assert_eq!(bench.store.commit(vec![attach()]).await.unwrap(), [Written::Done]);
    }
}
