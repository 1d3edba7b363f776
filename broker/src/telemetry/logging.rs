//! The log on standard error.

use super::lines::Lines;
use super::sink::{Held, Sink};
use crate::config::LogSettings;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The log of the program. What it still holds is written when this is dropped.
#[must_use]
pub struct Log {
    _held: Held,
}

/// Starts the log of the program, and keeps the words of panics out of it: they can quote what a request held.
///
/// # Errors
/// When the system gives no thread.
pub fn start(settings: &LogSettings) -> std::io::Result<Log> {
    let (sink, held) = Sink::start(std::io::stderr())?;
    // A second start in one process changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber(settings, sink));
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: this is a defect");
    }));
    Ok(Log { _held: held })
}

/// The log of a command that works on this thread alone, until what is given is dropped.
pub fn start_here(settings: &LogSettings) -> tracing::subscriber::DefaultGuard {
    tracing::subscriber::set_default(subscriber(settings, std::io::stderr))
}

/// The log as `settings` want it, written to `writer`.
pub(super) fn subscriber<W>(settings: &LogSettings, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = Lines(settings.format);
    Box::new(
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).event_format(lines).finish(),
    )
}
