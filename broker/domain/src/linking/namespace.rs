//! How long the accounts of a namespace can be signed in with, by whom, and how their ownership is proven.

use super::account::LegacyKind;
use crate::client::{LocalizedName, SignInMethod};
use crate::clock::Timestamp;
use crate::ids::Namespace;

/// When the accounts of a namespace stop to open sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutOff {
    /// From this moment on.
    At(Timestamp),
    /// Never.
    Never,
}

impl CutOff {
    /// 2024-07-01T00:00:00+07:00: the end of the accounts that portals had created (Decree 59/2022/ND-CP, article 40(2)).
    pub const DECREED: Self = Self::At(Timestamp::from_secs(1_719_766_800));

    /// Since when it is past at `now`; `None` before it.
    pub fn past(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::At(at) => (now >= at).then_some(at),
            Self::Never => None,
        }
    }
}

/// How ownership of an account may be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofWays {
    /// By the password of before.
    pub password: bool,
    /// By a code sent to the account's phone.
    pub phone_code: bool,
}

/// What a legacy sign-in is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyUse {
    /// It opens a session at the portal, with the notice of the decree.
    OpensSession,
    /// It only proves that the account is theirs, in order to link it.
    ProvesOnly {
        /// Since when.
        since: Timestamp,
    },
    /// Nothing at all.
    SwitchedOff,
}

/// The rules of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceRules {
    /// The namespace: the name of the portal's sector.
    pub id: Namespace,
    /// What people call it.
    pub name: LocalizedName,
    /// The tile that leads to its legacy sign-in, if one does.
    pub method: Option<SignInMethod>,
    /// When its accounts stop to open sessions.
    pub cut_off: CutOff,
    /// Kinds of accounts that keep legacy sign-in after the cut-off.
    pub exempt: Vec<LegacyKind>,
    /// Kinds of accounts that have no legacy sign-in here.
    pub not_for: Vec<LegacyKind>,
    /// Whether its legacy sign-in is switched off, for everybody.
    pub switched_off: bool,
    /// How ownership may be proven.
    pub proofs: ProofWays,
}

impl NamespaceRules {
    /// The rules of a namespace of which nothing was said: the decreed cut-off, administrators exempt, no tile, both proofs.
    pub fn new(id: Namespace) -> Self {
        let name = LocalizedName { vi: id.as_str().to_owned(), en: id.as_str().to_owned() };
        Self {
            id,
            name,
            method: None,
            cut_off: CutOff::DECREED,
            exempt: vec![LegacyKind::Administrator],
            not_for: Vec::new(),
            switched_off: false,
            proofs: ProofWays { password: true, phone_code: true },
        }
    }

    /// The kinds of accounts whose legacy sign-in opens sessions at `now`.
    pub fn opening(&self, now: Timestamp) -> Vec<LegacyKind> {
        let opens = |kind: &LegacyKind| self.legacy_sign_in(*kind, now) == LegacyUse::OpensSession;
        LegacyKind::ALL.into_iter().filter(opens).collect()
    }

    /// What a legacy sign-in with an account of `kind` is good for at `now`. The switch goes before everything, then who is left out,
    /// then who is exempt, then the cut-off, whose moment itself is past.
    pub fn legacy_sign_in(&self, kind: LegacyKind, now: Timestamp) -> LegacyUse {
        if self.switched_off || self.not_for.contains(&kind) {
            return LegacyUse::SwitchedOff;
        }
        match self.cut_off.past(now) {
            Some(since) if !self.exempt.contains(&kind) => LegacyUse::ProvesOnly { since },
            _ => LegacyUse::OpensSession,
        }
    }
}
