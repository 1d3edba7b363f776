//! Traces, by the protocol of OpenTelemetry. A request that is traced remembers its steps; when it is over, it is put into a queue, and
//! a task of its own makes spans of it and sends them. A queue that is full, or a collector that is away, costs traces and nothing else.
//!
//! No span holds a path, a query, a header or a word of a person: routes are templates, steps are places of the program.

mod sender;
mod spans;

pub(super) use spans::parent_of;

use super::meter::{Notes, scope};
use super::metrics::Metrics;
use super::recorded::{Recorded, Subject};
use crate::config::{ConfigError, TelemetrySettings};
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::TraceId;
use broker_domain::secret::Entropy;
use broker_stores::meter::{self, Meter};
use sender::{DROPPED, Sender};
use spans::Spans;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Traces that wait to be sent.
const QUEUE: usize = 2048;
/// How long the end of the program waits for them.
const LAST_WORD: Duration = Duration::from_secs(3);

/// What traces need of the rest.
pub struct TracedBy {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness: ids of spans, and of the traces of jobs.
    pub entropy: Arc<dyn Entropy>,
    /// Where it is counted what was sent and dropped.
    pub metrics: Arc<Metrics>,
    /// The kind of the store of what lasts, as OpenTelemetry calls it.
    pub lasting: &'static str,
    /// The kind of the store of what expires.
    pub expiring: &'static str,
}

/// Takes what was recorded. Clones are one.
#[derive(Clone)]
pub struct Traces {
    queue: mpsc::Sender<Recorded>,
    per_thousand: u64,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    metrics: Arc<Metrics>,
}

/// The task that sends.
#[must_use]
pub struct Sending {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Sending {
    /// Sends what still waits, for a few seconds at the most, and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = tokio::time::timeout(LAST_WORD, self.task).await;
    }
}

impl Traces {
    /// Whether traces could be sent by these settings. Nothing is.
    ///
    /// # Errors
    /// Names the setting that cannot stand.
    pub fn check(settings: &TelemetrySettings, entropy: Arc<dyn Entropy>) -> Result<(), ConfigError> {
        let Some(endpoint) = &settings.endpoint else { return Ok(()) };
        let spans = Spans { entropy, lasting: "", expiring: "" };
        Sender::new(settings, endpoint, spans, Arc::default()).map(|_| ())
    }

    /// Hands the collector no span at all, and says why it did not take that; `None` when the settings name no collector.
    ///
    /// # Errors
    /// Names the setting that cannot stand.
    pub async fn probe(
        settings: &TelemetrySettings,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Option<Result<(), String>>, ConfigError> {
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let spans = Spans { entropy, lasting: "", expiring: "" };
        Ok(Some(Sender::new(settings, endpoint, spans, Arc::default())?.send_nothing().await))
    }

    /// Begins to send; `None` when the settings name no collector.
    ///
    /// # Errors
    /// Names the setting that cannot stand.
    pub fn start(settings: &TelemetrySettings, by: TracedBy) -> Result<Option<(Self, Sending)>, ConfigError> {
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let TracedBy { clock, entropy, metrics, lasting, expiring } = by;
        let spans = Spans { entropy: entropy.clone(), lasting, expiring };
        let sender = Sender::new(settings, endpoint, spans, metrics.clone())?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let stop = CancellationToken::new();
        let task = tokio::spawn(sender.send_until(waiting, stop.clone()));
        let per_thousand = settings.traced_per_thousand.into();
        Ok(Some((Self { queue, per_thousand, clock, entropy, metrics }, Sending { stop, task })))
    }

    /// Whether a trace is one of those that are kept: decided by the end of its id, which is random (W3C Trace Context 5.1).
    pub(super) fn wants(&self, trace: &TraceId) -> bool {
        let end = trace.as_str().get(24..).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (u64::from(end.unwrap_or(u32::MAX)) * 1000) >> 32 < self.per_thousand
    }

    /// The moment, for what begins to be recorded.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Takes one. Never waits.
    pub(super) fn keep(&self, recorded: Recorded) {
        if let Err(mpsc::error::TrySendError::Full(lost) | mpsc::error::TrySendError::Closed(lost)) =
            self.queue.try_send(recorded)
        {
            self.metrics.count(DROPPED, &[], lost.spans());
        }
    }
}

/// Runs one pass of a job as a trace of its own, if traces are kept. A pass that found nothing to do (`is_idle`) leaves none. Lines that
/// it logs carry the trace's id.
///
/// # Errors
/// Those of the pass.
pub async fn trace_job<T, E>(
    traces: Option<&Traces>,
    name: &'static str,
    is_idle: impl FnOnce(&T) -> bool,
    pass: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let Some(traces) = traces else { return pass.await };
    let trace = TraceId::generate(&*traces.entropy);
    if !traces.wants(&trace) {
        return pass.await;
    }
    let (start, began) = (traces.now(), Instant::now());
    let (notes, stores) = (Arc::new(Notes::traced(trace.clone())), Arc::new(Meter::default().with_steps()));
    let done = meter::scope(stores.clone(), scope(notes.clone(), pass)).await;
    if done.as_ref().map_or(true, |done| !is_idle(done)) {
        traces.keep(Recorded {
            trace,
            parent: None,
            subject: Subject::Job { name, failed: done.is_err() },
            start,
            began,
            took: began.elapsed(),
            steps: stores.take_steps(),
            own: notes.take_steps(),
        });
    }
    done
}
