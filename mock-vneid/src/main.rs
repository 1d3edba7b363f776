//! The program `mock-vneid`.

use clap::Parser;
use mock_vneid::{MockVneid, Settings};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A stand-in for VNeID: both dialects, its phone, the population database, and faults on demand. For tests and demonstrations only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The address by which browsers and clients reach it.
    #[arg(long, default_value = "http://localhost:8090")]
    base_url: String,
    /// A JSON file with clients and other settings; without it a client `broker` is known.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    let arguments = Arguments::parse();
    let settings: Settings = match &arguments.config {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?
        }
        None => Settings::default(),
    };
    let running = MockVneid::builder()
        .listen(arguments.listen)
        .base_url(arguments.base_url)
        .settings(settings)
        .start()
        .await?;
    tracing::info!(address = running.base_url(), "ready");
    tokio::select! {
        () = running.run() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
    Ok(())
}

async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}
