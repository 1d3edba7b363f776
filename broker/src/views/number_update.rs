//! "Cập nhật thông tin từ CSDL dân cư": the personal number of an old account, matched against the population database.

use super::error::groups;
use super::field::{Field, Fill, Summary};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// A field that cannot be as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadField {
    /// The old number has not 9 digits.
    OldNumber,
    /// The personal number is missing or has not 12 digits.
    PersonalNumber,
    /// The personal number does not fit the date of birth or the sex.
    NumberContradicts,
    /// The name is missing or cannot be read.
    FullName,
    /// The date of birth is missing or is no day.
    BirthDate,
}

/// Why an update was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateFault {
    /// What was typed cannot be right.
    Fields(Vec<BadField>),
    /// The population database knows nobody like that, or a field is not theirs: the page does not say which.
    NoMatch,
    /// Several records answer.
    Several,
    /// The person has died.
    Deceased,
    /// The number cannot be taken for this account. Nothing is told about the one that has it.
    Taken,
    /// Too many attempts.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
    /// The population database did not answer: the id of the message with the words, as the catalogue's entry has it.
    Unavailable(&'static str),
}

/// What was typed, as it was typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// "Số CMT".
    pub old_number: String,
    /// "Số CCCD".
    pub personal_number: String,
    /// "Họ và tên".
    pub full_name: String,
    /// "Ngày sinh".
    pub birth_date: String,
}

impl std::fmt::Debug for Typed {
    /// Without the values, which are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(..)")
    }
}

/// The page of the update. Its form posts `form_token`, `old_number`, `personal_number`, `full_name`, `birth_date`, and `decision`,
/// which is `update` or `skip`.
#[derive(Clone, Debug)]
pub struct NumberUpdate {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// What was typed before.
    pub typed: Typed,
    /// Whether it can be skipped.
    pub skippable: bool,
    /// Why it was not made.
    pub fault: Option<UpdateFault>,
    /// Code of the catalogue and trace id, for faults that somebody may call about.
    pub reference: Option<(String, String)>,
}

impl NumberUpdate {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let fields = self.fields(t);
        let summary = match &self.fault {
            None => None,
            Some(UpdateFault::Fields(_)) => Summary::of_fields(&fields, t),
            Some(UpdateFault::NoMatch) => Some(Summary::of_words("error-population-no-match", t)),
            Some(UpdateFault::Several) => Some(Summary::of_words("error-population-several", t)),
            Some(UpdateFault::Deceased) => Some(Summary::of_words("error-population-deceased", t)),
            Some(UpdateFault::Taken) => Some(Summary::of_words("error-account-conflicts", t)),
            Some(UpdateFault::TooMany { minutes }) => Some(Summary::too_many(*minutes, t)),
            Some(UpdateFault::Unavailable(words)) => Some(Summary::of_words(words, t)),
        };
        let reference = self.reference.as_ref();
        NumberUpdatePage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("update-title").into_owned(),
            fields,
            summary,
            code: reference.map_or("", |(code, _)| code.as_str()),
            trace: reference.map(|(_, trace)| groups(trace)).unwrap_or_default(),
        }
        .render()
    }

    fn fields(&self, t: Words<'_>) -> [Field; 4] {
        let bad: &[BadField] = match &self.fault {
            Some(UpdateFault::Fields(bad)) => bad,
            _ => &[],
        };
        // The first of the faults that belong to a field.
        let fault = |of: &[(BadField, &str)]| {
            of.iter().find(|(field, _)| bad.contains(field)).map(|(_, key)| t.say(key).into_owned())
        };
        let say = |key| t.say(key).into_owned();
        let typed = &self.typed;
        [
            Field::text("old_number", say("update-old-number"), &typed.old_number, Fill::Off)
                .hint(say("update-old-number.hint"))
                .digits()
                .optional()
                .fault(fault(&[(BadField::OldNumber, "update-old-number.bad")])),
            Field::text("personal_number", say("update-personal-number"), &typed.personal_number, Fill::Off)
                .hint(say("update-personal-number.hint"))
                .digits()
                .fault(fault(&[
                    (BadField::PersonalNumber, "update-personal-number.bad"),
                    (BadField::NumberContradicts, "update-personal-number.contradicts"),
                ])),
            Field::text("full_name", say("update-full-name"), &typed.full_name, Fill::Name)
                .hint(say("update-full-name.hint"))
                .fault(fault(&[(BadField::FullName, "update-full-name.bad")])),
            Field::text("birth_date", say("update-birth-date"), &typed.birth_date, Fill::Birthday)
                .hint(say("update-birth-date.hint"))
                .fault(fault(&[(BadField::BirthDate, "update-birth-date.bad")])),
        ]
    }
}

#[derive(Template)]
#[template(path = "number_update.html")]
struct NumberUpdatePage<'a> {
    page: &'a NumberUpdate,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    fields: [Field; 4],
    summary: Option<Summary>,
    code: &'a str,
    trace: Vec<String>,
}
