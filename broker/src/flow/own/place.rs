//! Where in the account pages somebody is.

use crate::extract::query_form;
use crate::paths;
use crate::state::{Broker, OWN_CLIENT};
use broker_domain::client::Client;
use broker_domain::ids::{AccountId, ClientId};
use std::sync::Arc;

/// A page of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountPage {
    /// "Thông tin định danh".
    Identity,
    /// "Cập nhật từ CSDL Quốc gia về Dân cư".
    Update,
    /// "Danh sách tài khoản liên kết".
    Links,
    /// "Yêu cầu hủy liên kết".
    Unlink(AccountId),
    /// The sign-in history.
    History,
    /// The living sessions.
    Sessions,
    /// The citizen's data as a download.
    Data,
}

impl AccountPage {
    /// Those that the navigation shows, in its order.
    pub const ALL: [Self; 6] =
        [Self::Identity, Self::Update, Self::Links, Self::History, Self::Sessions, Self::Data];

    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::Identity => paths::ACCOUNT.to_owned(),
            Self::Update => paths::ACCOUNT_UPDATE.to_owned(),
            Self::Links => paths::ACCOUNT_LINKS.to_owned(),
            Self::Unlink(account) => paths::account_unlink(account),
            Self::History => paths::ACCOUNT_HISTORY.to_owned(),
            Self::Sessions => paths::ACCOUNT_SESSIONS.to_owned(),
            Self::Data => paths::ACCOUNT_DATA.to_owned(),
        }
    }

    fn parse(path: &str) -> Option<Self> {
        let unlink = || {
            let account =
                path.strip_prefix(paths::ACCOUNT_LINKS)?.strip_prefix('/')?.strip_suffix("/unlink")?;
            AccountId::parse(account).map(Self::Unlink)
        };
        Self::ALL.into_iter().find(|page| page.path() == path).or_else(unlink)
    }
}

/// A page of the account, and the portal that the citizen came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPlace {
    /// The page.
    pub page: AccountPage,
    /// The portal, by an id that is registered.
    pub portal: Option<ClientId>,
}

impl AccountPlace {
    /// A page as it is asked for. A portal that is unknown or switched off is left out.
    pub fn of(broker: &Broker, page: AccountPage, query: Option<&str>) -> Self {
        let form = query_form(query).unwrap_or_default();
        let portal = form.get("client_id").map(ClientId::new);
        Self { page, portal: portal.filter(|id| portal_of(broker, id).is_some()) }
    }

    /// Another page, the same portal.
    #[must_use]
    pub fn to(&self, page: AccountPage) -> Self {
        Self { page, portal: self.portal.clone() }
    }

    /// Path and query.
    pub fn url(&self) -> String {
        let path = self.page.path();
        match &self.portal {
            // Ids have unreserved characters only.
            Some(id) => format!("{path}?client_id={id}"),
            None => path,
        }
    }

    /// Reads [`Self::url`]: nothing but the account pages comes out of it.
    pub fn parse(broker: &Broker, url: &str) -> Option<Self> {
        let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
        Some(Self::of(broker, AccountPage::parse(path)?, query))
    }

    /// The portal that the citizen came from: its name stands on the page, and the way back leads to its registered home page.
    pub fn portal(&self, broker: &Broker) -> Option<Arc<Client>> {
        self.portal.as_ref().and_then(|id| portal_of(broker, id))
    }
}

fn portal_of(broker: &Broker, id: &ClientId) -> Option<Arc<Client>> {
    broker.registry.enabled(id).filter(|c| c.id.as_str() != OWN_CLIENT)
}
