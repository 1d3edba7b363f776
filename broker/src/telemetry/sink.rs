//! Where lines of the log go: gathered for a moment and written together, by a thread of its own, so that a request waits for no write.
//! A warning is written at once, with all that stood before it. When the process is killed, the last moment of the log is lost; what must
//! never be lost goes to the audit log.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long lines are gathered.
const GATHER: Duration = Duration::from_millis(20);
/// Bytes that wait at the most: whoever logs beyond it writes, and waits if the reader of the log is slow.
const MOST: usize = 256 * 1024;

#[derive(Default)]
struct Kept {
    lines: Vec<u8>,
    ended: bool,
}

struct Shared {
    kept: Mutex<Kept>,
    filled: Condvar,
    // Whoever holds it takes the lines and writes them: they stay in order.
    out: Mutex<Box<dyn Write + Send>>,
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn flush(&self) {
        let mut out = lock(&self.out);
        let mut lines = mem::take(&mut lock(&self.kept).lines);
        // Nobody is there to be told that the log cannot be written.
        let _ = out.write_all(&lines).and_then(|()| out.flush());
        lines.clear();
        let mut kept = lock(&self.kept);
        if kept.lines.capacity() == 0 {
            kept.lines = lines;
        }
    }

    fn write_until_the_end(&self) {
        loop {
            let kept = lock(&self.kept);
            let mut kept = self
                .filled
                .wait_while(kept, |kept| kept.lines.is_empty() && !kept.ended)
                .unwrap_or_else(PoisonError::into_inner);
            if !kept.ended {
                kept = self
                    .filled
                    .wait_timeout_while(kept, GATHER, |kept| !kept.ended)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
            let ended = kept.ended;
            drop(kept);
            self.flush();
            if ended {
                return;
            }
        }
    }
}

/// Takes lines.
#[derive(Clone)]
pub(super) struct Sink(Arc<Shared>);

/// Writes what is left when it is dropped.
pub(super) struct Held {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.shared.kept).ended = true;
        self.shared.filled.notify_all();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Sink {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    /// When the system gives none.
    pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<(Self, Held)> {
        let shared = Arc::new(Shared {
            kept: Mutex::default(),
            filled: Condvar::new(),
            out: Mutex::new(Box::new(out)),
        });
        let its = shared.clone();
        let writer = Builder::new().name("log".to_owned()).spawn(move || its.write_until_the_end())?;
        Ok((Self(shared.clone()), Held { shared, writer: Some(writer) }))
    }
}

/// One line on its way.
pub(super) struct Line<'a> {
    shared: &'a Shared,
    at_once: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (first, full) = {
            let mut kept = lock(&self.shared.kept);
            let first = kept.lines.is_empty();
            kept.lines.extend_from_slice(bytes);
            // After its end nobody writes for us.
            (first, kept.lines.len() > MOST || kept.ended)
        };
        if full || self.at_once {
            self.shared.flush();
        } else if first {
            self.shared.filled.notify_one();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Sink {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Line<'w> {
        Line { shared: &self.0, at_once: false }
    }

    fn make_writer_for(&'w self, about: &Metadata<'_>) -> Line<'w> {
        Line { shared: &self.0, at_once: *about.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests;
