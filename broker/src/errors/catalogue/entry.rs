//! What the catalogue holds for each code.

use http::StatusCode;

/// What the one button of an error page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Goes back to the step before, within the same login.
    TryAgain,
    /// Begins a new login with the portal's own parameters.
    StartAgainAtPortal,
    /// Goes to the portal's home page.
    BackToPortal,
    /// Opens the same page again after a while.
    ReloadLater,
    /// Goes to the citizen's own account pages.
    ToAccount,
    /// There is nothing to press: the advice says what to do.
    None,
}

impl Action {
    /// As the table for operators says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TryAgain => "try again",
            Self::StartAgainAtPortal => "start again at the portal",
            Self::BackToPortal => "back to the portal",
            Self::ReloadLater => "reload later",
            Self::ToAccount => "to the account pages",
            Self::None => "none",
        }
    }
}

/// One line of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The status of the page.
    pub status: StatusCode,
    /// The id of the message with the citizen's words: its value is the title, its attributes `.what` and `.advice` say what
    /// happened and what to do. Codes that mean the same to a citizen share one.
    pub words: &'static str,
    /// What the page's one button does.
    pub action: Action,
    /// What an operator looks at: one sentence.
    pub operator: &'static str,
}

impl Entry {
    pub(super) const fn new(
        status: StatusCode,
        words: &'static str,
        action: Action,
        operator: &'static str,
    ) -> Self {
        Self { status, words, action, operator }
    }
}
