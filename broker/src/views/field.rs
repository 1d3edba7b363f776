//! Fields of forms, and the summary of what is wrong with them.

use crate::texts::Words;

/// What the browser may fill in by itself (HTML, "autofill detail tokens").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// Nothing.
    Off,
    /// A user name.
    UserName,
    /// The password of an account that exists.
    Password,
    /// A code from a message.
    Code,
    /// A person's full name.
    Name,
    /// A date of birth.
    Birthday,
}

/// A field as `field.html` shows it. Its name is its id as well.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: Option<String>,
    /// What was typed before; never a password or a code.
    pub(super) value: String,
    pub(super) fill: Fill,
    /// Whether the keyboard for digits comes up.
    pub(super) digits: bool,
    /// Whether the browser is told that it cannot stay empty.
    pub(super) required: bool,
    /// How to mend it.
    pub(super) fault: Option<String>,
}

impl Field {
    /// A line of text.
    pub(super) fn text(name: &'static str, label: String, value: &str, fill: Fill) -> Self {
        Self {
            name,
            label,
            hint: None,
            value: value.to_owned(),
            fill,
            digits: false,
            required: true,
            fault: None,
        }
    }

    /// Something that is never shown again: a password.
    pub(super) fn password(label: String) -> Self {
        Self::text("password", label, "", Fill::Password)
    }

    /// With a hint below its label.
    pub(super) fn hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// With the keyboard for digits.
    pub(super) fn digits(self) -> Self {
        Self { digits: true, ..self }
    }

    /// May stay empty.
    pub(super) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// With what is wrong with it.
    pub(super) fn fault(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }

    /// The ids of the texts that describe it; empty when there are none.
    pub(super) fn described_by(&self) -> String {
        let ids = [
            self.hint.as_ref().map(|_| format!("{}-hint", self.name)),
            self.fault.as_ref().map(|_| format!("{}-fault", self.name)),
        ];
        ids.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// The summary at the top of a page that was not accepted, as `fault.html` shows it: it takes the focus.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) title: String,
    /// Each line, and the id of the field that it is about.
    pub(super) lines: Vec<(String, Option<&'static str>)>,
}

impl Summary {
    /// One line for each field that has a fault; `None` when none has.
    pub(super) fn of_fields<'f>(fields: impl IntoIterator<Item = &'f Field>, t: Words<'_>) -> Option<Self> {
        let line = |field: &Field| field.fault.clone().map(|fault| (fault, Some(field.name)));
        let lines: Vec<_> = fields.into_iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| Self { title: t.say("fault-title").into_owned(), lines })
    }

    /// What happened and what can be done, by the id of a message with the attributes `.what` and `.advice`.
    pub(super) fn of_words(words: &str, t: Words<'_>) -> Self {
        let line = |attribute| (t.say(&format!("{words}.{attribute}")).into_owned(), None);
        Self { title: t.say(words).into_owned(), lines: vec![line("what"), line("advice")] }
    }

    /// Too many attempts: how long to wait.
    pub(super) fn too_many(minutes: u32, t: Words<'_>) -> Self {
        let wait = t.with("fault-too-many.wait", "minutes", &minutes.to_string()).into_owned();
        Self { title: t.say("fault-too-many").into_owned(), lines: vec![(wait, None)] }
    }
}
