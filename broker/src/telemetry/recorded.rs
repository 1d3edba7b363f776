//! What is remembered of a request or of a pass of a job, until spans are made of it.

use broker_domain::clock::Timestamp;
use broker_domain::ids::TraceId;
use broker_stores::meter::Step;
use std::time::{Duration, Instant};

/// A step that is no store's.
#[derive(Clone, Debug)]
pub(super) struct OwnStep {
    pub(super) what: OwnWhat,
    pub(super) began: Instant,
    pub(super) took: Duration,
}

/// What it was.
#[derive(Clone, Debug)]
pub(super) enum OwnWhat {
    /// A signature.
    Signature,
    /// A call to one outside, by its name in the configuration.
    Call(String),
}

/// What the trace is of.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// A request.
    Request {
        method: &'static str,
        route: String,
        status: u16,
        client: Option<String>,
        code: Option<u16>,
        own: Duration,
    },
    /// A pass of a job.
    Job { name: &'static str, failed: bool },
}

/// A trace, as it was recorded.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) trace: TraceId,
    /// The span of the caller that it belongs to.
    pub(super) parent: Option<[u8; 8]>,
    pub(super) subject: Subject,
    pub(super) start: Timestamp,
    /// The same moment, for measuring.
    pub(super) began: Instant,
    pub(super) took: Duration,
    pub(super) steps: Vec<Step>,
    pub(super) own: Vec<OwnStep>,
}

impl Recorded {
    /// How many spans it is.
    pub(super) fn spans(&self) -> u64 {
        u64::try_from(1 + self.steps.len() + self.own.len()).unwrap_or(u64::MAX)
    }
}
