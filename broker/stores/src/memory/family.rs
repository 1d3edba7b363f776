//! A grant with its code and tokens: the rules that the Redis scripts follow too.

use crate::limits::ROTATED;
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;
use broker_domain::scope::ScopeSet;
use broker_domain::secret::SecretHash;
use broker_domain::token::{Grant, LiveToken, NewToken, Redeemed, Refreshed, Rotation, TOMBSTONE_SECS};
use std::collections::VecDeque;

struct Access {
    token: NewToken,
    scope: ScopeSet,
}

pub(super) struct Family {
    client: ClientId,
    /// Gone once the family is revoked.
    grant: Option<Grant>,
    code: Option<SecretHash>,
    redeemed: bool,
    access: Vec<Access>,
    refresh: Option<NewToken>,
    rotated: VecDeque<SecretHash>,
    pub(super) forget_at: Timestamp,
}

impl Family {
    pub(super) fn open(
        grant: Grant,
        code: Option<SecretHash>,
        access: Option<NewToken>,
        expires_at: Timestamp,
    ) -> Self {
        let scope = grant.scope.clone();
        Self {
            client: grant.client.clone(),
            redeemed: code.is_none(),
            code,
            access: access.into_iter().map(|token| Access { token, scope: scope.clone() }).collect(),
            refresh: None,
            rotated: VecDeque::new(),
            forget_at: expires_at.plus_secs(TOMBSTONE_SECS),
            grant: Some(grant),
        }
    }

    /// Ends every token. What is left tells a replay from a code that was never given.
    pub(super) fn revoke(&mut self, now: Timestamp) {
        self.grant = None;
        self.access = Vec::new();
        self.refresh = None;
        self.rotated = VecDeque::new();
        self.forget_at = now.plus_secs(TOMBSTONE_SECS);
    }

    pub(super) fn redeem(&mut self, code: &SecretHash, now: Timestamp) -> Redeemed {
        if self.code.as_ref() != Some(code) {
            return Redeemed::Unknown;
        }
        if self.redeemed {
            self.revoke(now);
            return Redeemed::Replayed(self.client.clone());
        }
        let Some(grant) = &self.grant else { return Redeemed::Unknown };
        if grant.code.as_ref().is_none_or(|c| now >= c.expires_at) {
            return Redeemed::Unknown;
        }
        self.redeemed = true;
        self.forget_at = self.forget_at.max(now.plus_secs(TOMBSTONE_SECS));
        Redeemed::Granted(Box::new(grant.clone()))
    }

    pub(super) fn attach(&mut self, access: NewToken, refresh: Option<NewToken>) -> bool {
        let Some(grant) = self.grant.as_ref().filter(|_| self.redeemed) else { return false };
        let last = refresh.as_ref().map_or(access.expires_at, |r| r.expires_at.max(access.expires_at));
        self.forget_at = self.forget_at.max(last.plus_secs(TOMBSTONE_SECS));
        self.access.push(Access { token: access, scope: grant.scope.clone() });
        if refresh.is_some() {
            self.refresh = refresh;
        }
        true
    }

    pub(super) fn refresh(&mut self, rotation: &Rotation) -> Refreshed {
        let Some(grant) = self.grant.clone() else { return Refreshed::Unknown };
        if self.client != rotation.client {
            return Refreshed::Unknown;
        }
        if self.rotated.contains(&rotation.presented) {
            self.revoke(rotation.now);
            return Refreshed::Reused(self.client.clone());
        }
        let Some(current) =
            self.refresh.as_ref().filter(|r| r.hash == rotation.presented && rotation.now < r.expires_at)
        else {
            return Refreshed::Unknown;
        };
        let scope = rotation.scope.as_ref().unwrap_or(&grant.scope);
        if !scope.is_subset(&grant.scope) {
            return Refreshed::ScopeExceeded;
        }
        if let Some(replacement) = &rotation.replacement {
            // A rotated token lives no longer than the one before it would have.
            let expires_at = replacement.expires_at.min(current.expires_at);
            self.rotated.push_back(rotation.presented);
            if self.rotated.len() > ROTATED {
                self.rotated.pop_front();
            }
            self.refresh = Some(NewToken { hash: replacement.hash, expires_at });
        }
        self.access.retain(|a| rotation.now < a.token.expires_at);
        self.access.push(Access { token: rotation.access.clone(), scope: scope.clone() });
        self.forget_at = self.forget_at.max(rotation.access.expires_at.plus_secs(TOMBSTONE_SECS));
        Refreshed::Granted(Box::new(grant))
    }

    pub(super) fn access(&self, token: &SecretHash, now: Timestamp) -> Option<LiveToken> {
        let found = self.access.iter().find(|a| a.token.hash == *token && now < a.token.expires_at)?;
        Some(LiveToken {
            grant: self.grant.clone()?,
            scope: found.scope.clone(),
            expires_at: found.token.expires_at,
        })
    }

    pub(super) fn refresh_token(&self, token: &SecretHash, now: Timestamp) -> Option<LiveToken> {
        let found = self.refresh.as_ref().filter(|r| r.hash == *token && now < r.expires_at)?;
        let grant = self.grant.clone()?;
        Some(LiveToken { scope: grant.scope.clone(), grant, expires_at: found.expires_at })
    }

    pub(super) fn revoke_refresh(&mut self, token: &SecretHash, client: &ClientId, now: Timestamp) -> bool {
        let owned = self.client == *client && self.refresh.as_ref().is_some_and(|r| r.hash == *token);
        if owned {
            self.revoke(now);
        }
        owned
    }

    pub(super) fn revoke_access(&mut self, token: &SecretHash, client: &ClientId) -> bool {
        if self.client != *client {
            return false;
        }
        let before = self.access.len();
        self.access.retain(|a| a.token.hash != *token);
        self.access.len() < before
    }
}
