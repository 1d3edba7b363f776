//! The hidden token of our forms: it binds a form to a login, its version, and the browser.

use crate::state::Broker;
use broker_domain::authorization::Interaction;
use broker_domain::ids::SessionId;
use broker_domain::secret::{Purpose, Secret, SecretHash};

/// What a form token is bound to.
#[derive(Clone, Debug)]
pub enum FormToken<'a> {
    /// A form of a login, as it stood when the page was made.
    Login(&'a Interaction),
    /// The logout confirmation of a session.
    Logout(&'a SessionId),
    /// A form of the account pages of a session.
    Account(&'a SessionId),
}

/// Why a form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// None came.
    Missing,
    /// It is not of this login and this browser.
    Wrong,
    /// It was of this login, but the login has moved on by this many versions.
    Used(u32),
}

impl FormToken<'_> {
    /// The token for a form.
    pub fn make(&self, broker: &Broker, browser: &Secret) -> String {
        let version = self.version();
        format!("{version}.{}", self.hash(broker, browser, version).to_text())
    }

    /// Whether a token came from such a form in this browser.
    pub fn check(
        &self,
        broker: &Broker,
        browser: Option<&Secret>,
        token: Option<&str>,
    ) -> Result<(), TokenFault> {
        let token = token.ok_or(TokenFault::Missing)?;
        let browser = browser.ok_or(TokenFault::Wrong)?;
        let (version, hash) = token.split_once('.').ok_or(TokenFault::Wrong)?;
        let version: u32 = version.parse().map_err(|_| TokenFault::Wrong)?;
        let hash = SecretHash::from_text(hash).ok_or(TokenFault::Wrong)?;
        if hash != self.hash(broker, browser, version) {
            return Err(TokenFault::Wrong);
        }
        match self.version().wrapping_sub(version) {
            0 => Ok(()),
            behind => Err(TokenFault::Used(behind)),
        }
    }

    const fn version(&self) -> u32 {
        match self {
            Self::Login(interaction) => interaction.version,
            Self::Logout(_) | Self::Account(_) => 0,
        }
    }

    fn hash(&self, broker: &Broker, browser: &Secret, version: u32) -> SecretHash {
        let (kind, id) = match self {
            Self::Login(interaction) => (b"login".as_slice(), interaction.id.as_str()),
            Self::Logout(sid) => (b"logout".as_slice(), sid.as_str()),
            Self::Account(sid) => (b"account".as_slice(), sid.as_str()),
        };
        broker.hasher.hash_parts(
            Purpose::Form,
            &[kind, id.as_bytes(), &version.to_be_bytes(), browser.reveal().as_bytes()],
        )
    }
}
