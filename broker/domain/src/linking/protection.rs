//! What guards the proof of ownership: limits of attempts, and codes sent to a phone.

use crate::ids::{AccountId, Namespace};
use crate::limit::{Limit, LimitName};
use crate::phone::Phone;
use crate::secret::{Entropy, Hasher, Secret};
use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization;

/// So many attempts in any stretch of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Attempts at the most.
    pub most: u32,
    /// The stretch, in seconds.
    pub window_secs: i64,
}

impl Rate {
    fn limit(self, hasher: &Hasher, kind: &str, parts: &[&str]) -> Limit {
        // The window is part of the name: one that configuration changes begins to count anew.
        let window = self.window_secs.to_string();
        let parts: Vec<&str> = std::iter::once(window.as_str()).chain(parts.iter().copied()).collect();
        Limit { name: LimitName::of(hasher, kind, &parts), most: self.most, window_secs: self.window_secs }
    }
}

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Attempts on one account, known or not: right ones are forgiven.
    pub per_account: Rate,
    /// Attempts from one address.
    pub per_address: Rate,
    /// Attempts from one network: the /24 of an IPv4 address, the /64 of an IPv6 one.
    pub per_network: Rate,
    /// Codes sent to one phone.
    pub per_phone: Rate,
    /// Digits of a code.
    pub code_digits: u32,
    /// Seconds for which a code works.
    pub code_secs: i64,
    /// How often a code may be typed wrongly before it is void.
    pub code_tries: u32,
}

impl Default for Protection {
    fn default() -> Self {
        Self {
            per_account: Rate { most: 5, window_secs: 900 },
            per_address: Rate { most: 20, window_secs: 900 },
            per_network: Rate { most: 100, window_secs: 900 },
            per_phone: Rate { most: 5, window_secs: 86_400 },
            code_digits: 6,
            code_secs: 300,
            code_tries: 5,
        }
    }
}

impl Protection {
    /// The limit of attempts on an account, by the name that was typed: the same for names that differ in case or form only.
    pub fn account(&self, hasher: &Hasher, namespace: &Namespace, user_name: &str) -> Limit {
        let name: String = user_name.trim().nfc().flat_map(char::to_lowercase).collect();
        self.per_account.limit(hasher, "account", &[namespace.as_str(), &name])
    }

    /// The limit of attempts from an address.
    pub fn address(&self, hasher: &Hasher, address: IpAddr) -> Limit {
        self.per_address.limit(hasher, "address", &[&address.to_canonical().to_string()])
    }

    /// The limit of attempts from an address's network.
    pub fn network(&self, hasher: &Hasher, address: IpAddr) -> Limit {
        self.per_network.limit(hasher, "network", &[&network(address)])
    }

    /// All limits of an attempt on an account; those of the address when it is known.
    pub fn attempt(
        &self,
        hasher: &Hasher,
        namespace: &Namespace,
        user_name: &str,
        address: Option<IpAddr>,
    ) -> Vec<Limit> {
        let mut all = vec![self.account(hasher, namespace, user_name)];
        all.extend(self.place(hasher, address));
        all
    }

    /// The limits of attempts from an address and from its network, when it is known.
    pub fn place(&self, hasher: &Hasher, address: Option<IpAddr>) -> Vec<Limit> {
        address.into_iter().flat_map(|a| [self.address(hasher, a), self.network(hasher, a)]).collect()
    }

    /// The limits of questions to the population database on behalf of an account: as strict as those of attempts, and counted apart
    /// from them. The account's own comes first.
    pub fn question(&self, hasher: &Hasher, account: &AccountId, address: Option<IpAddr>) -> Vec<Limit> {
        let mut all = vec![self.per_account.limit(hasher, "question", &[account.as_str()])];
        all.extend(address.into_iter().flat_map(|a| {
            [
                self.per_address.limit(hasher, "question-address", &[&a.to_canonical().to_string()]),
                self.per_network.limit(hasher, "question-network", &[&network(a)]),
            ]
        }));
        all
    }

    /// The limit of codes sent to a phone.
    pub fn phone(&self, hasher: &Hasher, phone: &Phone) -> Limit {
        self.per_phone.limit(hasher, "phone", &[phone.as_str()])
    }

    /// A new code: every one of its length is as likely as any other.
    pub fn code(&self, entropy: &dyn Entropy) -> Secret {
        let mut code = String::new();
        while code.len() < usize::try_from(self.code_digits).unwrap_or(6) {
            let mut bytes = [0u8; 16];
            entropy.fill(&mut bytes);
            // Above 249 the digits 0 to 5 would come more often than the others.
            for byte in bytes.into_iter().filter(|b| *b < 250) {
                if code.len() < usize::try_from(self.code_digits).unwrap_or(6) {
                    code.push(char::from(b'0' + byte % 10));
                }
            }
        }
        Secret::new(code)
    }
}

/// The network that an address belongs to.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
