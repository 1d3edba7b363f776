//! What configuration says of namespaces: the portals whose accounts of before can be signed in with and linked.

use super::problem::Findings;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::linking::{CutOff, LegacyKind, NamespaceRules, ProofWays};
use broker_vneid::BreakerSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A namespace: a portal that had created accounts before VNeID.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamespaceSettings {
    /// Its name: the sector of the portal's client, under which its accounts are imported; 1 to 64 characters of a-z, 0-9, `-` and `_`.
    pub id: String,
    /// What citizens call it, in Vietnamese; `id` when it is not said.
    #[serde(default)]
    pub name_vi: Option<String>,
    /// The same in English; `name_vi` when it is not said.
    #[serde(default)]
    pub name_en: Option<String>,
    /// The tile that leads to its sign-in: `national`, `vnpost` or `none`. A tile leads to one namespace at the most, and to none
    /// unless this says so. Sessions are opened only at the portal whose sector `id` is; at any other one the tile only links.
    #[serde(default)]
    pub method: Tile,
    /// When its accounts stop to open sessions and only prove who owns them: a date, or a date and time (in Viet Nam's time when no
    /// zone is told), or `never`. `broker namespace cut-off` is stronger.
    #[serde(default = "decreed")]
    pub cut_off: String,
    /// Kinds of accounts that keep their sign-in after the cut-off: `citizen`, `organization`, `administrator`, `post`.
    #[serde(default = "administrators")]
    pub exempt: Vec<Kind>,
    /// Kinds of accounts that have no sign-in of before at all.
    #[serde(default)]
    pub not_for: Vec<Kind>,
    /// Whether its sign-in is switched off for everybody. `broker namespace switch` is stronger.
    #[serde(default)]
    pub switched_off: bool,
    /// How ownership may be proven: `password`, `phone_code`. Codes need `sms` too.
    #[serde(default = "both_ways")]
    pub proof: Vec<Proof>,
    /// The portal's own check service, where some or all of its accounts came without a password hash. It is asked for every name.
    #[serde(default)]
    pub check: Option<CheckSettings>,
}

/// A tile of the choice page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tile {
    /// Accounts issued by the National Public Service Portal.
    National,
    /// Accounts issued by Vietnam Post.
    Vnpost,
    /// None.
    #[default]
    None,
}

/// A kind of account, as imports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A citizen's.
    Citizen,
    /// An organization's.
    Organization,
    /// An administrator's.
    Administrator,
    /// One that Vietnam Post had issued.
    Post,
}

/// A way to prove who owns an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By the password of before.
    Password,
    /// By a code sent to the account's phone.
    PhoneCode,
}

/// A portal's check service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// Where questions are posted.
    pub url: String,
    /// PEM file of the certificate that we show (mutual TLS). Only a service on a loopback address by plain http may do without.
    #[serde(default)]
    pub client_certificate: Option<PathBuf>,
    /// PEM file of its private key.
    #[serde(default)]
    pub client_key: Option<PathBuf>,
    /// Certificate authorities (PEM files) of the service. When there are any, the system's are not trusted.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// Limit of time for a whole call, in milliseconds.
    #[serde(default = "timeout")]
    pub timeout_ms: u32,
    /// Whether plain http is accepted for loopback addresses. It never is for others.
    #[serde(default)]
    pub http_on_loopback: bool,
    /// When calls are given up for a while.
    #[serde(default)]
    pub breaker: BreakerSettings,
}

fn decreed() -> String {
    "2024-07-01T00:00:00+07:00".to_owned()
}
fn administrators() -> Vec<Kind> {
    vec![Kind::Administrator]
}
fn both_ways() -> Vec<Proof> {
    vec![Proof::Password, Proof::PhoneCode]
}
const fn timeout() -> u32 {
    3000
}

impl Tile {
    const fn method(self) -> Option<SignInMethod> {
        match self {
            Self::National => Some(SignInMethod::National),
            Self::Vnpost => Some(SignInMethod::Vnpost),
            Self::None => None,
        }
    }
}

impl Kind {
    const fn kind(self) -> LegacyKind {
        match self {
            Self::Citizen => LegacyKind::Citizen,
            Self::Organization => LegacyKind::Organization,
            Self::Administrator => LegacyKind::Administrator,
            Self::Post => LegacyKind::Post,
        }
    }
}

/// A cut-off as people write it: a date, a date and time, or `never`; `None` for anything else.
pub fn cut_off(text: &str) -> Option<CutOff> {
    if text == "never" { Some(CutOff::Never) } else { Timestamp::parse_in_viet_nam(text).map(CutOff::At) }
}

impl NamespaceSettings {
    /// Makes relative paths relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        if let Some(check) = &mut self.check {
            let files = check.client_certificate.iter_mut().chain(&mut check.client_key);
            for file in files.chain(&mut check.ca_files) {
                *file = base.join(&*file);
            }
        }
    }

    /// Checks all of them.
    pub(super) fn validate(all: &[Self], findings: &mut Findings) {
        for (i, one) in all.iter().enumerate() {
            let at = |name: &str| format!("namespaces.{i}.{name}");
            let others = || all.iter().take(i);
            if !Namespace::new(one.id.as_str()).is_well_formed() {
                findings.add(at("id"), "must have 1 to 64 characters of a-z, 0-9, - and _");
            } else if others().any(|other| other.id == one.id) {
                findings.add(at("id"), "is used twice: put all that is said of a namespace in one place");
            }
            if one.method != Tile::None && others().any(|other| other.method == one.method) {
                findings.add(at("method"), "is used twice: a tile leads to one namespace");
            }
            if cut_off(&one.cut_off).is_none() {
                let says =
                    "is no moment: give a date such as 2024-07-01, or 2024-07-01T00:00:00+07:00, or never";
                findings.add(at("cut_off"), says);
            }
            for (name, text) in [("name_vi", &one.name_vi), ("name_en", &one.name_en)] {
                if text.as_ref().is_some_and(|t| t.trim().is_empty()) {
                    findings.add(at(name), "is empty: give a name, or leave it out");
                }
            }
            if let Some(check) = &one.check {
                findings.range(&at("check.timeout_ms"), check.timeout_ms.into(), 10, 60_000);
                match (&check.client_certificate, &check.client_key) {
                    (Some(_), None) => {
                        findings.add(at("check.client_key"), "missing: the certificate needs its key")
                    }
                    (None, Some(_)) => {
                        findings.add(at("check.client_certificate"), "missing: the key needs its certificate")
                    }
                    _ => {}
                }
            }
        }
    }

    /// The rules that it says.
    pub fn rules(&self) -> NamespaceRules {
        let vi = self.name_vi.clone().unwrap_or_else(|| self.id.clone());
        let en = self.name_en.clone().unwrap_or_else(|| vi.clone());
        let kinds = |all: &[Kind]| all.iter().map(|k| k.kind()).collect();
        NamespaceRules {
            id: Namespace::new(self.id.as_str()),
            name: LocalizedName { vi, en },
            method: self.method.method(),
            cut_off: cut_off(&self.cut_off).unwrap_or(CutOff::DECREED),
            exempt: kinds(&self.exempt),
            not_for: kinds(&self.not_for),
            switched_off: self.switched_off,
            proofs: ProofWays {
                password: self.proof.contains(&Proof::Password),
                phone_code: self.proof.contains(&Proof::PhoneCode),
            },
        }
    }
}
