//! `broker serve`

use super::failure::Failure;
use super::waiting::until_built;
use crate::app::StartError;
use crate::config::Settings;
use crate::server::Listeners;
use crate::telemetry;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What the end may take beyond `limits.drain_secs` and `limits.shutdown_secs`: for jobs, audit events and traces.
const LAST_WORDS: Duration = Duration::from_secs(4);
/// What they may take after a second signal.
const HURRIED: Duration = Duration::from_secs(1);

/// Waits for the stores, and takes requests until SIGTERM or SIGINT; finishes what is in hand (at a second signal no longer), then the audit events.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let _log = telemetry::start(&settings.log)?;
    let mut signals = Signals::listen()?;
    let mut app = tokio::select! {
        built = until_built(settings) => built?,
        () = signals.next() => {
            tracing::info!("stopped");
            return Ok(());
        }
    };
    let listeners =
        Listeners::open(settings, &app.guard).await.map_err(StartError::from)?.told_to(app.metrics.clone());
    // To the end: the jobs may use connections to stores that were made on these threads.
    let _threads = listeners.threads();
    let (lifecycle, sending) = (app.lifecycle.clone(), app.sending.take());
    let (public, admin) = (listeners.public_address(), listeners.admin_address());
    let (public_routes, admin_routes, jobs) = app.start_jobs();
    lifecycle.serving();
    tracing::info!(issuer = %settings.issuer, %public, %admin, "ready");
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    let (first, second) = (stop.clone(), hurry.clone());
    tokio::spawn(async move {
        signals.next().await;
        first.cancel();
        signals.next().await;
        second.cancel();
    });
    let everything = async {
        let served = tokio::select! {
            served = listeners.serve(public_routes, admin_routes, &lifecycle, stop.clone().cancelled_owned()) => Some(served),
            // Whoever asks twice does not want to wait.
            () = hurry.cancelled() => None,
        };
        // Also when a listener broke.
        stop.cancel();
        let drained = jobs.stop().await;
        if let Some(sending) = sending {
            sending.stop().await;
        }
        (served, drained)
    };
    let (served, drained) = tokio::select! {
        ended = everything => ended,
        () = time_is_over(settings, &stop, &hurry) => {
            return Err(Failure::Left("jobs were in hand, and audit events may still wait"));
        }
    };
    served.ok_or(Failure::Left("requests were in hand"))?.map_err(StartError::from)?;
    drained.map_err(|e| StartError::Store("audit events could not all be written", e))?;
    tracing::info!("stopped");
    Ok(())
}

/// Done when the end has taken as long as it may. A store that says nothing any more would hold it up for good.
async fn time_is_over(settings: &Settings, stop: &CancellationToken, hurry: &CancellationToken) {
    stop.cancelled().await;
    let limits = &settings.limits;
    let usual = Duration::from_secs(u64::from(limits.drain_secs) + u64::from(limits.shutdown_secs));
    let hurried = async {
        hurry.cancelled().await;
        tokio::time::sleep(HURRIED).await;
    };
    tokio::select! {
        () = tokio::time::sleep(usual + LAST_WORDS) => {}
        () = hurried => {}
    }
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
