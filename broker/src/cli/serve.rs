//! `broker serve`

use super::failure::Failure;
use crate::app::{Overrides, StartError, build};
use crate::config::Settings;
use crate::server::Listeners;
use crate::telemetry;
use tokio::signal::unix::{SignalKind, signal};

/// Takes requests until SIGTERM or SIGINT; finishes what is in hand, then the audit events.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    telemetry::start(&settings.log);
    let stop = stop_signal()?;
    let app = build(settings, Overrides::default()).await?;
    let listeners = Listeners::open(settings).await.map_err(StartError::from)?;
    let lifecycle = app.lifecycle.clone();
    let (public, admin) = (listeners.public_address(), listeners.admin_address());
    let (public_routes, admin_routes, jobs) = app.start_jobs();
    lifecycle.serving();
    tracing::info!(issuer = %settings.issuer, %public, %admin, "ready");
    let served = listeners.serve(public_routes, admin_routes, &lifecycle, stop).await;
    let drained = jobs.stop().await;
    served.map_err(StartError::from)?;
    drained.map_err(|e| StartError::Store("audit events could not all be written", e))?;
    tracing::info!("stopped");
    Ok(())
}

/// Resolves at the first SIGTERM or SIGINT.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
