//! How a line of the log looks: one JSON object, or a text for people. Each line that is written while a request is in hand carries its
//! trace id; that costs no span, which for a line or two a request would be most of the work.

use super::meter::current_trace;
use crate::config::LogFormat;
use std::fmt::{self, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

const TRACE: &str = "trace";
const MESSAGE: &str = "message";

/// The format of lines.
pub(super) struct Lines(pub(super) LogFormat);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let about = event.metadata();
        match self.0 {
            LogFormat::Json => {
                out.write_str("{\"timestamp\":\"")?;
                SystemTime.format_time(&mut out)?;
                write!(out, "\",\"level\":\"{}\",\"target\":\"{}\"", about.level(), about.target())?;
            }
            LogFormat::Text => {
                SystemTime.format_time(&mut out)?;
                write!(out, " {:>5} {}:", about.level(), about.target())?;
            }
        }
        let mut fields = Fields { out: &mut out, format: self.0, traced: false, done: Ok(()) };
        event.record(&mut fields);
        if !fields.traced
            && let Some(trace) = current_trace()
        {
            fields.put(TRACE, Kind::Bare, format_args!("{trace}"));
        }
        fields.done?;
        match self.0 {
            LogFormat::Json => out.write_str("}\n"),
            LogFormat::Text => out.write_char('\n'),
        }
    }
}

/// What a value is, for JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number or a truth value.
    Plain,
    /// A text that people quote.
    Quoted,
    /// Anything that was formatted: a text to JSON, bare for people.
    Bare,
}

struct Fields<'a, 'w> {
    out: &'a mut Writer<'w>,
    format: LogFormat,
    traced: bool,
    done: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, name: &str, kind: Kind, value: fmt::Arguments<'_>) {
        if self.done.is_ok() {
            self.traced |= name == TRACE;
            self.done = self.try_put(name, kind, value);
        }
    }

    fn try_put(&mut self, name: &str, kind: Kind, value: fmt::Arguments<'_>) -> fmt::Result {
        let out = &mut *self.out;
        match (self.format, kind) {
            (LogFormat::Json, Kind::Plain) => write!(out, ",\"{name}\":{value}"),
            (LogFormat::Json, Kind::Quoted | Kind::Bare) => {
                write!(out, ",\"{name}\":\"")?;
                Escaped(out).write_fmt(value)?;
                out.write_char('"')
            }
            (LogFormat::Text, _) if name == MESSAGE => write!(out, " {value}"),
            (LogFormat::Text, Kind::Quoted) => {
                write!(out, " {name}=\"")?;
                Escaped(out).write_fmt(value)?;
                out.write_char('"')
            }
            (LogFormat::Text, Kind::Plain | Kind::Bare) => {
                write!(out, " {name}=")?;
                OneLine(out).write_fmt(value)
            }
        }
    }
}

impl Visit for Fields<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON knows no infinity.
        let kind = if value.is_finite() { Kind::Plain } else { Kind::Bare };
        self.put(field.name(), kind, format_args!("{value}"));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), Kind::Plain, format_args!("{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), Kind::Plain, format_args!("{value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), Kind::Plain, format_args!("{value}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), Kind::Quoted, format_args!("{value}"));
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field.name(), Kind::Quoted, format_args!("{value}"));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), Kind::Bare, format_args!("{value:?}"));
    }
}

/// Escapes as JSON has it (RFC 8259, 7).
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let odd = |c: char| c < ' ' || c == '"' || c == '\\';
        let mut rest = text;
        while let Some((plain, at)) = rest.find(odd).and_then(|at| rest.split_at_checked(at)) {
            self.0.write_str(plain)?;
            let mut chars = at.chars();
            match chars.next() {
                Some('"') => self.0.write_str("\\\"")?,
                Some('\\') => self.0.write_str("\\\\")?,
                Some('\n') => self.0.write_str("\\n")?,
                Some(other) => write!(self.0, "\\u{:04x}", u32::from(other))?,
                None => {}
            }
            rest = chars.as_str();
        }
        self.0.write_str(rest)
    }
}

/// A line stays one line, whatever stands in it.
struct OneLine<'a, 'w>(&'a mut Writer<'w>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(|c: char| c.is_control()) {
            return self.0.write_str(text);
        }
        text.chars().try_for_each(|c| {
            if c.is_control() { write!(self.0, "{}", c.escape_default()) } else { self.0.write_char(c) }
        })
    }
}

#[cfg(test)]
mod tests;
