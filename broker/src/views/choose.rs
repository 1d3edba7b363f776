//! The choice of the account to sign in with.

use super::day::{Dated, Day};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;
use broker_domain::client::SignInMethod;

/// Whether a way to sign in can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileState {
    /// As usual.
    Open,
    /// Past its cut-off: it still proves ownership of an old account, in order to link it.
    LinkOnly(Day),
    /// Past its cut-off: it no longer works.
    PastCutOff(Day),
    /// Switched off by the operators.
    SwitchedOff,
}

/// One way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Which.
    pub method: SignInMethod,
    /// Whether it can be chosen.
    pub state: TileState,
}

/// The page with the tiles. Each tile that can be chosen is a form that posts `method` and `form_token`.
#[derive(Clone, Debug)]
pub struct Choose {
    /// What stands around it.
    pub layout: Layout,
    /// Where the tiles post to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The ways that this portal offers, in its order.
    pub tiles: Vec<Tile>,
    /// The one that is suggested.
    pub primary: SignInMethod,
    /// Whether the notice on accounts created before July 2024 is shown.
    pub system_notice: bool,
}

impl Choose {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let heading = self.layout.naming(texts, "choose-title", "choose-title-plain");
        let tiles = self.tiles.iter().map(|tile| Shown::of(*tile, tile.method == self.primary, t)).collect();
        ChoosePage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading,
            tiles,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage<'a> {
    page: &'a Choose,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    tiles: Vec<Shown>,
}

/// A tile in words.
struct Shown {
    method: &'static str,
    name: String,
    how: String,
    note: Option<String>,
    open: bool,
    primary: bool,
    /// Why it is not as usual.
    status: Option<Dated>,
}

impl Shown {
    fn of(tile: Tile, primary: bool, t: Words<'_>) -> Self {
        let (name, how, note) = match tile.method {
            SignInMethod::Vneid => ("method-vneid", "method-vneid.how", Some("method-vneid.note")),
            SignInMethod::National => ("method-national", "method-national.how", None),
            SignInMethod::Vnpost => ("method-vnpost", "method-vnpost.how", Some("method-vnpost.note")),
        };
        let (open, status) = match tile.state {
            TileState::Open => (true, None),
            TileState::LinkOnly(day) => (true, Some(Dated::of("method-link-only", day, t))),
            TileState::PastCutOff(day) => (false, Some(Dated::of("method-past-cut-off", day, t))),
            TileState::SwitchedOff => (false, Some(Dated::plain(t.say("method-switched-off").into_owned()))),
        };
        Self {
            method: tile.method.as_str(),
            name: t.say(name).into_owned(),
            how: t.say(how).into_owned(),
            note: note.map(|key| t.say(key).into_owned()),
            open,
            primary: primary && open,
            status,
        }
    }
}
