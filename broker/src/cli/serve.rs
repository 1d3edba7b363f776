//! `broker serve`

use super::failure::Failure;
use crate::app::{Overrides, StartError, build};
use crate::config::Settings;
use crate::server::Listeners;
use crate::telemetry;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Takes requests until SIGTERM or SIGINT; finishes what is in hand (at a second signal no longer), then the audit events.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let _log = telemetry::start(&settings.log)?;
    let mut signals = Signals::listen()?;
    let mut app = build(settings, Overrides::default()).await?;
    let listeners =
        Listeners::open(settings, &app.guard).await.map_err(StartError::from)?.told_to(app.metrics.clone());
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
    let served = tokio::select! {
        served = listeners.serve(public_routes, admin_routes, &lifecycle, stop.cancelled_owned()) => served.map(Some),
        // Whoever asks twice does not want to wait.
        () = hurry.cancelled() => Ok(None),
    };
    let drained = jobs.stop().await;
    if let Some(sending) = sending {
        sending.stop().await;
    }
    // Only now the threads that served end: the jobs may have used connections that were made there.
    drop(served.map_err(StartError::from)?);
    drained.map_err(|e| StartError::Store("audit events could not all be written", e))?;
    tracing::info!("stopped");
    Ok(())
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
