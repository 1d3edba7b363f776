//! What every page has around its own content.

use super::assets::{File, url};
use crate::paths::LANGUAGE;
use crate::texts::{Lang, Texts};
use broker_domain::client::{ApplicationType, Client};
use url::Url;

/// The portal that a citizen signs in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    name: String,
    home: Option<String>,
}

impl Portal {
    /// A portal by its name and home page. Anything but an http or https address is left out: it becomes a link.
    pub fn new(name: impl Into<String>, home: Option<&str>) -> Self {
        Self { name: name.into(), home: home.and_then(link) }
    }

    /// The portal of a client, by its name in `lang`. Without a registered home page the origin of its first redirect URI stands
    /// in, unless it is an app on a device.
    pub fn of(client: &Client, lang: Lang) -> Self {
        let name = match lang {
            Lang::En if !client.name.en.trim().is_empty() => &client.name.en,
            _ => &client.name.vi,
        };
        let origin = || {
            let first = client.metadata.redirect_uris.first()?;
            let origin = Url::parse(first).ok()?.origin();
            let on_device = client.metadata.application_type == ApplicationType::Native;
            (!on_device && origin.is_tuple()).then(|| format!("{}/", origin.ascii_serialization()))
        };
        let home = client.metadata.client_uri.clone().or_else(origin);
        Self::new(name.as_str(), home.as_deref())
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its home page.
    pub fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }
}

/// Where people get help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    key: &'static str,
    text: String,
    href: Option<String>,
}

impl Help {
    /// Takes the configured line: a telephone number or an e-mail address becomes a link, anything else is shown as it is.
    pub fn new(line: &str) -> Self {
        let line = line.trim();
        let digits: String = line.chars().filter(|c| c.is_ascii_digit()).collect();
        let phone = digits.len() >= 3 && line.chars().all(|c| c.is_ascii_digit() || "+-.() ".contains(c));
        let mail = line.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && line.chars().all(|c| c.is_ascii_alphanumeric() || "@.-_+".contains(c));
        let (key, href) = if phone {
            let plus = if line.starts_with('+') { "+" } else { "" };
            ("help-phone", Some(format!("tel:{plus}{digits}")))
        } else if mail {
            ("help-mail", Some(format!("mailto:{line}")))
        } else {
            ("help-other", None)
        };
        Self { key, text: line.to_owned(), href }
    }

    /// The key of the words before it.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// What is shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a press leads.
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }
}

/// What stands around the content of every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The language.
    pub lang: Lang,
    /// Whom the citizen signs in to, when it is known.
    pub portal: Option<Portal>,
    /// Where people get help.
    pub help: Option<Help>,
    /// A notice of the operators, in the language of the page.
    pub notice: Option<String>,
    /// The page on the protection of personal data: http or https.
    pub privacy: Option<String>,
    /// Path and query to which a change of language returns, to be opened by GET. `None` when this page cannot be opened again:
    /// then no other language is offered.
    pub here: Option<String>,
}

impl Layout {
    /// The stylesheet.
    pub(super) fn style(&self) -> &'static str {
        url(File::Style)
    }

    /// The icon.
    pub(super) fn icon(&self) -> &'static str {
        url(File::Icon)
    }

    /// Where the language form goes.
    pub(super) const fn language_path(&self) -> &'static str {
        LANGUAGE
    }

    /// All languages.
    pub(super) const fn languages(&self) -> [Lang; 2] {
        Lang::ALL
    }

    /// The privacy page, if its address may be a link.
    pub(super) fn privacy_link(&self) -> Option<String> {
        self.privacy.as_deref().and_then(link)
    }

    /// A text that names the portal when it is known, and another that does without.
    pub(super) fn naming(&self, texts: &Texts, with_portal: &str, without: &str) -> String {
        match &self.portal {
            Some(portal) => texts.with(self.lang, with_portal, &[("portal", portal.name())]).into_owned(),
            None => texts.get(self.lang, without).into_owned(),
        }
    }
}

/// An address that may become a link: http or https, nothing that could run.
pub(super) fn link(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "//elsewhere", "", " javascript:x"]
        {
            assert_eq!(Portal::new("x", Some(bad)).home(), None, "{bad}");
        }
        assert_eq!(Portal::new("x", Some("https://a.example/")).home(), Some("https://a.example/"));
    }

    #[test]
    fn help_lines_become_links() {
        let phone = Help::new(" 1900 0368 ");
        assert_eq!(
            (phone.key(), phone.text(), phone.href()),
            ("help-phone", "1900 0368", Some("tel:19000368"))
        );
        assert_eq!(Help::new("+84 24 1234").href(), Some("tel:+84241234"));
        let mail = Help::new("hotro@a.gov.vn");
        assert_eq!((mail.key(), mail.href()), ("help-mail", Some("mailto:hotro@a.gov.vn")));
        let other = Help::new("Bộ phận Một cửa, \"bàn 3\"");
        assert_eq!((other.key(), other.href()), ("help-other", None));
    }
}
