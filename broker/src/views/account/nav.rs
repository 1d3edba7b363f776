//! The way from one account page to the others.

use crate::paths::LOGOUT;
use crate::texts::Words;

/// A page that the navigation shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountItem {
    /// "Thông tin định danh".
    Identity,
    /// "Cập nhật từ CSDL Quốc gia về Dân cư".
    Update,
    /// "Danh sách tài khoản liên kết".
    Links,
    /// The sign-in history.
    History,
    /// Where the citizen is signed in.
    Sessions,
    /// The citizen's data.
    Data,
}

/// The navigation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountNav {
    /// The pages, and where they are.
    pub items: Vec<(AccountItem, String)>,
    /// The page that is shown.
    pub here: Option<AccountItem>,
}

/// A line of it as `account/nav.html` shows it.
#[derive(Debug)]
pub(super) struct NavLine<'a> {
    pub(super) word: &'static str,
    pub(super) label: String,
    pub(super) href: &'a str,
    pub(super) is_here: bool,
}

impl AccountNav {
    /// The lines.
    pub(super) fn lines<'a>(&'a self, t: Words<'_>) -> Vec<NavLine<'a>> {
        let line = |(item, href): &'a (AccountItem, String)| {
            let (word, key) = match item {
                AccountItem::Identity => ("identity", "account-identity"),
                AccountItem::Update => ("update", "account-update"),
                AccountItem::Links => ("links", "account-links"),
                AccountItem::History => ("history", "account-history"),
                AccountItem::Sessions => ("sessions", "account-sessions"),
                AccountItem::Data => ("data", "account-data"),
            };
            let is_here = self.here == Some(*item);
            NavLine { word, label: t.say(key).into_owned(), href: href.as_str(), is_here }
        };
        self.items.iter().map(line).collect()
    }

    /// Where the citizen signs out.
    pub(super) const fn log_out(&self) -> &'static str {
        LOGOUT
    }
}
