//! The two languages of pages, and how a wish for one of them is read.

/// A language of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Vietnamese: the first one.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Both, Vietnamese first.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The language tag, as in `lang="vi"` (BCP 47).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Vi => "Tiếng Việt",
            Self::En => "English",
        }
    }

    /// Reads one language tag, as `ui_locales`, our form and our cookie hold it; `en-GB` is English. `None` for any other language.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| first.eq_ignore_ascii_case(lang.as_str()))
    }

    /// The first tag of a list of preferences (`ui_locales`, OpenID Connect Core 3.1.2.1) that is one of ours.
    pub fn from_ui_locales<S: AsRef<str>>(tags: &[S]) -> Option<Self> {
        tags.iter().find_map(|tag| Self::parse(tag.as_ref()))
    }

    /// The language that an `Accept-Language` header (RFC 9110, 12.5.4) prefers among ours: the highest weight wins, the earlier
    /// one among equals. `None` when it names none of ours, or refuses them with a weight of 0.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',').take(30) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::parse) else { continue };
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.map_or(0, |(w, _)| w) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// A weight in thousandths: at most three digits count after the point. Anything unreadable counts as 0.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u16>(), digits.parse::<u16>()) {
        (Ok(0), Ok(n)) => n,
        (Ok(1), Ok(0)) => 1000,
        _ => 0,
    }
}
