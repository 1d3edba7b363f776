//! The log on standard error.

use crate::config::{LogFormat, LogSettings};
use std::io::IsTerminal;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts the log of the program, and keeps the words of panics out of it: they can quote what a request held.
pub fn start(settings: &LogSettings) {
    let ansi = std::io::stderr().is_terminal();
    // A second start in one process changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber(settings, ansi, std::io::stderr));
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: this is a defect");
    }));
}

/// The log as `settings` want it, written to `writer`.
pub(super) fn subscriber<W>(
    settings: &LogSettings,
    ansi: bool,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(ansi);
    match settings.format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).finish(),
        ),
    }
}
