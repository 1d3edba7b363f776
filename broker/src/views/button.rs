//! The one button by which a page leads on.

use super::layout::{Layout, link};
use crate::paths::ACCOUNT;
use crate::texts::Texts;

/// Where a button leads. Paths of the broker itself, or web addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To be opened.
    Link(String),
    /// A form to be posted.
    Post {
        /// The path.
        action: String,
        /// Hidden fields, name and value.
        fields: Vec<(String, String)>,
    },
}

/// What a citizen can do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// Do the same again.
    TryAgain(To),
    /// Begin the login anew at the portal, with the portal's own parameters.
    StartAgain(To),
    /// Go to the portal's home page, when it is known.
    BackToPortal,
    /// Open the same page later.
    Reload(To),
    /// Go to the citizen's own account pages.
    ToAccount,
    /// Go on with the login, to the portal.
    Continue(To),
}

/// A button as a template shows it.
#[derive(Debug)]
pub(super) struct Button {
    /// Whether it goes on with the login, instead of mending something.
    pub(super) onward: bool,
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Button {
    /// The button of a way on; `None` when there is nowhere to go.
    pub(super) fn of(way: &WayOn, layout: &Layout, texts: &Texts) -> Option<Self> {
        let plain = |key| texts.get(layout.lang, key).into_owned();
        let (label, to) = match way {
            WayOn::TryAgain(to) => (plain("button-try-again"), to),
            WayOn::Reload(to) => (plain("button-reload"), to),
            WayOn::StartAgain(to) => {
                (layout.naming(texts, "button-start-again", "button-start-again-plain"), to)
            }
            WayOn::Continue(to) => (layout.naming(texts, "button-continue", "button-continue-plain"), to),
            WayOn::ToAccount => return Some(Self::link(false, plain("button-account"), ACCOUNT.to_owned())),
            WayOn::BackToPortal => {
                let portal = layout.portal.as_ref()?;
                let label = texts.with(layout.lang, "back-to-portal", &[("portal", portal.name())]);
                return Some(Self::link(false, label.into_owned(), portal.home()?.to_owned()));
            }
        };
        let onward = matches!(way, WayOn::Continue(_));
        match to {
            To::Link(address) => {
                let own = address.starts_with('/') && !address.starts_with("//");
                let href = if own { Some(address.clone()) } else { link(address) };
                href.map(|href| Self::link(onward, label, href))
            }
            To::Post { action, fields } => {
                Some(Self { onward, label, href: None, action: action.clone(), fields: fields.clone() })
            }
        }
    }

    const fn link(onward: bool, label: String, href: String) -> Self {
        Self { onward, label, href: Some(href), action: String::new(), fields: Vec::new() }
    }
}
