//! The texts of both languages, built in and parsed once.

use super::lang::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::borrow::Cow;
use unic_langid::LanguageIdentifier;

const VI: &str = include_str!("../../locales/vi.ftl");
const EN: &str = include_str!("../../locales/en.ftl");

/// A text file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("texts of language {lang}: {reason}")]
pub struct BadTexts {
    lang: &'static str,
    reason: String,
}

/// Every text of every page, in both languages.
pub struct Texts {
    vi: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

impl Texts {
    /// Parses the texts that are built in.
    pub fn load() -> Result<Self, BadTexts> {
        Ok(Self { vi: bundle(Lang::Vi)?, en: bundle(Lang::En)? })
    }

    /// The text of `key`: the id of a message, or `id.attribute`. Plain text: a template escapes it.
    pub fn get(&self, lang: Lang, key: &str) -> Cow<'_, str> {
        self.format(lang, key, None)
    }

    /// The text of `key` with its variables, as pairs of name and value.
    pub fn with<'t>(&'t self, lang: Lang, key: &str, values: &[(&str, &str)]) -> Cow<'t, str> {
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, *value)).collect();
        self.format(lang, key, Some(&args))
    }

    /// The texts of one language, for a template.
    pub const fn words(&self, lang: Lang) -> Words<'_> {
        Words { texts: self, lang }
    }

    const fn of(&self, lang: Lang) -> &FluentBundle<FluentResource> {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }

    /// A missing text shows its key between ⟦ and ⟧; tests see to it that none is missing.
    fn format(&self, lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        let bundle = self.of(lang);
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, a)| (id, Some(a)));
        let pattern = bundle.get_message(id).and_then(|message| match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|a| a.value()),
        });
        let Some(pattern) = pattern else {
            tracing::error!(key, lang = lang.as_str(), "a text is missing");
            return Cow::Owned(format!("⟦{key}⟧"));
        };
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut faults);
        for fault in faults {
            tracing::error!(key, lang = lang.as_str(), %fault, "a text is incomplete");
        }
        text
    }
}

/// The texts in one language.
#[derive(Clone, Copy)]
pub struct Words<'t> {
    texts: &'t Texts,
    lang: Lang,
}

impl<'t> Words<'t> {
    /// The language.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without variables.
    pub fn say(&self, key: &str) -> Cow<'t, str> {
        self.texts.get(self.lang, key)
    }

    /// A text with one variable.
    pub fn with(&self, key: &str, name: &str, value: &str) -> Cow<'t, str> {
        self.with_all(key, &[(name, value)])
    }

    /// A text with several variables, as pairs of name and value.
    pub fn with_all(&self, key: &str, values: &[(&str, &str)]) -> Cow<'t, str> {
        self.texts.with(self.lang, key, values)
    }
}

/// The text file of a language.
pub(super) const fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => VI,
        Lang::En => EN,
    }
}

fn bundle(lang: Lang) -> Result<FluentBundle<FluentResource>, BadTexts> {
    let bad = |reason: String| BadTexts { lang: lang.as_str(), reason };
    let resource =
        FluentResource::try_new(source(lang).to_owned()).map_err(|(_, e)| bad(format!("{e:?}")))?;
    let locale: LanguageIdentifier = lang.as_str().parse().map_err(|e| bad(format!("{e:?}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks around values would stand in titles and be copied along; both languages run left to right.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|e| bad(format!("{e:?}")))?;
    Ok(bundle)
}
