//! The loops. Each goes on when a pass fails, says so once, and says when it works again.

use super::instance::Jobs;
use crate::telemetry::trace_job;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Destination;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const LOOK_FOR_CHANGES: Duration = Duration::from_millis(500);
const DRAIN_AUDIT: Duration = Duration::from_millis(250);
const END_BLOCKED: Duration = Duration::from_secs(1);
/// A good part of what [`Jobs::end_blocked`] goes back each time.
const FAR_BACK_SECS: i64 = 300;
const DELIVER: Duration = Duration::from_millis(500);
const ADOPT: Duration = Duration::from_secs(5);
const LOOK_FOR_SCHEDULED: Duration = Duration::from_secs(5);
const EXCHANGE_RATES: Duration = Duration::from_millis(200);
const PULSE: Duration = Duration::from_secs(5);

/// Jobs at work.
pub struct RunningJobs {
    jobs: Arc<Jobs>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Tells of the beginning and the end of trouble, not of every pass in it.
struct Trouble {
    job: &'static str,
    gauge: Option<&'static str>,
    labels: Vec<(&'static str, &'static str)>,
    on: bool,
}

impl Trouble {
    const fn of(job: &'static str, gauge: Option<&'static str>) -> Self {
        Self { job, gauge, labels: Vec::new(), on: false }
    }

    fn see(&mut self, jobs: &Jobs, error: Option<&dyn std::fmt::Display>) {
        match error {
            Some(error) if !self.on => {
                tracing::error!(job = self.job, %error, "a job fails; it is tried again")
            }
            None if self.on => tracing::info!(job = self.job, "the job works again"),
            _ => {}
        }
        self.on = error.is_some();
        if let Some(gauge) = self.gauge {
            jobs.metrics.gauge(gauge, &self.labels, f64::from(u8::from(self.on)));
        }
    }
}

impl RunningJobs {
    /// Starts the loops.
    pub fn start(jobs: Jobs) -> Self {
        let running =
            Self { jobs: Arc::new(jobs), stop: CancellationToken::new(), tasks: TaskTracker::new() };
        running.spawn(follow_changes);
        running.spawn(drain_audit);
        running.spawn(end_blocked);
        for kind in OutboxKind::ALL {
            running.tasks.spawn(deliver(running.jobs.clone(), running.stop.clone(), kind));
        }
        running.spawn(adopt);
        running.spawn(run_scheduled);
        running.spawn(exchange_rates);
        running.spawn(pulse);
        running.tasks.close();
        running
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, job: fn(Arc<Jobs>, CancellationToken) -> F) {
        self.tasks.spawn(job(self.jobs.clone(), self.stop.clone()));
    }

    /// The jobs, for a pass by hand.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Ends the loops after the pass in hand, and writes the audit events that still wait.
    ///
    /// # Errors
    /// When events could not be written; they stay where they are (in-process ones are lost).
    pub async fn stop(self) -> Result<(), StoreError> {
        self.stop.cancel();
        self.tasks.wait().await;
        self.jobs.drain_audit_fully().await.map(|_| ())
    }
}

/// Waits; `false` when the program ends.
async fn rest(stop: &CancellationToken, time: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(time) => true,
    }
}

async fn follow_changes(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("reload", Some("broker_registrations_reload_failing"));
    loop {
        let done = trace_job(jobs.traces.as_ref(), "reload", |did| !*did, jobs.reload_if_changed()).await;
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
        tokio::select! {
            () = stop.cancelled() => return,
            _ = jobs.broker.stores.announcements.next() => {}
            () = tokio::time::sleep(LOOK_FOR_CHANGES) => {}
        }
    }
}

async fn drain_audit(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("audit", Some("broker_audit_drain_failing"));
    while rest(&stop, DRAIN_AUDIT).await {
        let done =
            trace_job(jobs.traces.as_ref(), "audit", |written| *written == 0, jobs.drain_audit_fully()).await;
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
    }
}

async fn end_blocked(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("blocked", None);
    // When the last look was that succeeded: a store may be away, or this process asleep, for longer than a look goes back.
    let mut last = None;
    loop {
        let now = jobs.broker.clock.now();
        let pass = jobs.end_blocked(is_long_ago(last, now));
        let done = trace_job(jobs.traces.as_ref(), "blocked", |ended| *ended == 0, pass).await;
        if done.is_ok() {
            last = Some(now);
        }
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
        if !rest(&stop, END_BLOCKED).await {
            return;
        }
    }
}

/// Whether more may have happened since then than the look of every second sees.
fn is_long_ago(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now > last.plus_secs(FAR_BACK_SECS) || now < last.plus_secs(-FAR_BACK_SECS))
}

/// How long a failure counts that is not followed by another one: longer than one takes to show.
const FAILS_FOR: Duration = Duration::from_secs(30);

/// Each lane has a task of its own, so that a destination that answers slowly holds up no other. There are no more of them than
/// [`Jobs::turns`] gives.
async fn deliver(jobs: Arc<Jobs>, stop: CancellationToken, kind: OutboxKind) {
    let mut trouble = Trouble::of(kind.as_str(), Some("broker_outbox_delivery_failing"));
    trouble.labels = vec![("kind", kind.as_str())];
    let mut lanes = JoinSet::new();
    // Each for a while, or until it succeeds: a failure that takes its time to show is one all the while.
    let mut failing: HashMap<Destination, (StoreError, Instant)> = HashMap::new();
    while rest(&stop, DELIVER).await {
        let (turns, failed) = match jobs.turns(kind).await {
            Ok(turns) => (turns, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        // One that is not tried here any more is not known to fail.
        failing.retain(|_, (_, since)| since.elapsed() < FAILS_FOR);
        for turn in turns {
            let (jobs, stop) = (jobs.clone(), stop.clone());
            lanes.spawn(async move {
                let work = jobs.deliver_turn(&turn, || stop.is_cancelled());
                let done = trace_job(jobs.traces.as_ref(), kind.as_str(), |tried| *tried == 0, work).await;
                (turn.lane().destination.clone(), done)
            });
        }
        while let Some(done) = lanes.try_join_next() {
            match done {
                Ok((to, Ok(_))) => drop(failing.remove(&to)),
                Ok((to, Err(error))) => drop(failing.insert(to, (error, Instant::now()))),
                Err(_) => {}
            }
        }
        trouble
            .see(&jobs, failed.as_ref().or(failing.values().next().map(|(error, _)| error)).map(|e| e as _));
    }
    let _ = lanes.join_all().await;
}

async fn adopt(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("adopt", None);
    loop {
        let done =
            trace_job(jobs.traces.as_ref(), "adopt", |adopted| *adopted == 0, jobs.adopt_fully()).await;
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
        if !rest(&stop, ADOPT).await {
            return;
        }
    }
}

async fn run_scheduled(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("scheduled", None);
    loop {
        // A lease that is left behind ends by itself.
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = trace_job(jobs.traces.as_ref(), "scheduled", Vec::is_empty, jobs.run_scheduled()) => done,
        };
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
        if !rest(&stop, LOOK_FOR_SCHEDULED).await {
            return;
        }
    }
}

async fn exchange_rates(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("rates", Some("broker_rate_exchange_failing"));
    while rest(&stop, EXCHANGE_RATES).await {
        let done = jobs.exchange_rates().await;
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
    }
}

async fn pulse(jobs: Arc<Jobs>, stop: CancellationToken) {
    let mut trouble = Trouble::of("pulse", None);
    loop {
        // What is known without the database is told while it is away, too.
        let compared = jobs.compare_clocks().await;
        let done = jobs.pulse().await.and(compared);
        trouble.see(&jobs, done.as_ref().err().map(|e| e as _));
        if !rest(&stop, PULSE).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_long_silence_the_look_goes_far_back() {
        let at = Timestamp::from_secs;
        assert!(is_long_ago(None, at(1000)));
        for (now, far) in [(1000, false), (1300, false), (1301, true), (699, true), (700, false)] {
            assert_eq!(is_long_ago(Some(at(1000)), at(now)), far, "{now}");
        }
    }
}
