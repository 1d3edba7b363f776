//! A sample portal: what a public-service portal does with the SDK, small enough to read in one sitting.
//!
//! `cargo run -p relying-party-sdk --example portal -- --client-id cong-dvcqg --client-secret …`; `--help` names the rest.

mod accounts;
mod arguments;
mod colour;
mod dossiers;
mod pages;
mod routes;
mod rows;
mod texts;

use std::error::Error;
use std::io::IsTerminal as _;
use std::sync::Arc;

use clap::Parser;
use relying_party_sdk::events::EventReceiver;
use relying_party_sdk::{ClientAuth, Legacy, RelyingParty};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Arguments;
use crate::dossiers::Dossiers;
use crate::pages::Names;

/// The `state` that the old portal always sends: standard Base64 with all three of its special characters.
const OLD_STATE: &str = "Y+G7lW5nIEThu4tjaCB24bulIGPDtG5n/w==";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let colours = std::io::stdout().is_terminal();
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(colours).init();
    let listen = arguments.listen;
    let relying_party = relying_party(&arguments)?;
    let names = Names { vietnamese: arguments.name_vi, english: arguments.name_en };
    let dossiers = Arc::new(Dossiers::open(arguments.dossiers.as_deref(), arguments.state.clone())?);
    let mut events = EventReceiver::new(&relying_party, dossiers.clone());
    if let Some(token) = &arguments.events_token {
        events = events.bearer(token);
    }
    let router = routes::router(relying_party, names, &arguments.accent, dossiers, &events);
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    tracing::info!(%listen, "listening");
    axum::serve(listener, router).with_graceful_shutdown(stop()?).await?;
    Ok(())
}

/// The registration. Nothing is asked of the broker yet, so the portal may start before it.
fn relying_party(arguments: &Arguments) -> Result<RelyingParty, Box<dyn Error>> {
    let base = arguments.base_url.trim_end_matches('/');
    let redirect_uri = format!("{base}{}", arguments.redirect_path);
    let sent = if arguments.legacy { ClientAuth::Post } else { ClientAuth::Basic };
    let mut builder = RelyingParty::builder(&arguments.issuer, &arguments.client_id, &redirect_uri)
        .secret(&arguments.client_secret, sent)
        .scopes(&arguments.scope)
        .post_logout_redirect_uri(&format!("{base}{}", arguments.post_logout_path));
    if arguments.legacy {
        builder = builder.legacy(Legacy { state: OLD_STATE.to_owned(), acr_values: Some("LoA1".to_owned()) });
    }
    if let Some(file) = &arguments.ca_file {
        let pem = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        builder = builder.roots(&pem);
    }
    Ok(builder.build()?)
}

/// Comes to an end when the process is asked to stop.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
