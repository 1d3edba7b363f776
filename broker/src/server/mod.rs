//! The listeners: public (TLS or plain) and admin, and an end that loses no request.
//!
//! ```text
//!   stop ─► not ready, connections close after their answer ─(drain_secs)─► listener emptied and closed
//!        ─► connections accepted last are served ─► requests in hand finish (shutdown_secs at most) ─► admin closes
//! ```

mod behind;
mod connections;
mod guard;
mod lifecycle;
mod listener;
mod refusal;
mod tls;

pub use behind::Behind;
pub use connections::Connections;
pub use guard::{Guard, protect};
pub use lifecycle::{Lifecycle, Stage};
pub use refusal::{FOR_PROGRAMS, Page, Refused};
pub use tls::load as load_tls;

use crate::config::{ConfigError, LimitSettings, Settings, TlsSettings};
use crate::telemetry::Metrics;
use axum::Router;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use listener::{Peer, StoppableListener};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How long connections accepted last have for their first request, once the listener is closed.
const LAST_CALL: Duration = Duration::from_secs(1);
/// Connections to the admin listener: probes and who reads the numbers.
const ADMIN_CONNECTIONS: usize = 64;
/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Why the listeners did not open.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An address cannot be had.
    #[error("{setting}: cannot listen on {address}: {error}")]
    Bind {
        /// The setting that names the address.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// Both listeners, open but not yet serving.
pub struct Listeners {
    public: StoppableListener,
    admin: StoppableListener,
    stop_accepting: CancellationToken,
    tls: Option<(RustlsConfig, TlsSettings)>,
    metrics: Option<Arc<Metrics>>,
    limits: LimitSettings,
}

impl Listeners {
    /// Opens both; `connections` are the places of the public one.
    ///
    /// # Errors
    /// Names the setting of an address that cannot be had, or of a file of TLS that cannot be used.
    pub async fn open(settings: &Settings, connections: Connections) -> Result<Self, ListenError> {
        let tls = match &settings.tls {
            Some(tls) => Some((RustlsConfig::from_config(tls::load(tls)?), tls.clone())),
            None => None,
        };
        let stop_accepting = CancellationToken::new();
        let public =
            bind("listen.address", settings.listen.address, stop_accepting.clone(), connections).await?;
        let admin = bind(
            "admin.address",
            settings.admin.address,
            CancellationToken::new(),
            Connections::new(ADMIN_CONNECTIONS),
        )
        .await?;
        Ok(Self { public, admin, stop_accepting, tls, metrics: None, limits: settings.limits.clone() })
    }

    /// Lets `metrics` know when the certificate in use ends.
    pub fn told_to(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics: Some(metrics), ..self }
    }

    /// Where the public listener is: the port that was given when 0 was asked for.
    pub const fn public_address(&self) -> SocketAddr {
        self.public.address()
    }

    /// Where the admin listener is.
    pub const fn admin_address(&self) -> SocketAddr {
        self.admin.address()
    }

    /// Serves until `stop` is done and everything in hand is finished.
    ///
    /// # Errors
    /// When a listener breaks.
    pub async fn serve(
        self,
        public: Router,
        admin: Router,
        lifecycle: &Lifecycle,
        stop: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        let (public_handle, admin_handle) = (Handle::new(), Handle::new());
        let serving =
            spawn(self.public, self.tls.as_ref().map(|t| &t.0), &self.limits, &public_handle, public);
        let _ends = EndsWith(admin_handle.clone());
        let administering = on_own_thread(self.admin, &self.limits, &admin_handle, admin)?;
        let metrics = self.metrics;
        let tell = move |settings: &TlsSettings| {
            if let (Some(metrics), Some(end)) = (&metrics, tls::ends_at(settings)) {
                metrics.gauge("broker_tls_certificate_end_timestamp_seconds", &[], end);
            }
        };
        let watching = self.tls.map(|(config, settings)| {
            tell(&settings);
            tokio::spawn(tls::watch(settings, config, tls::LOOK_EVERY, tell))
        });

        stop.await;
        tracing::info!("stopping: requests in hand are finished first");
        lifecycle.draining();
        tokio::time::sleep(Duration::from_secs(self.limits.drain_secs.into())).await;
        self.stop_accepting.cancel();
        let last_call = async {
            while public_handle.connection_count() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(LAST_CALL, last_call).await;
        public_handle.graceful_shutdown(Some(Duration::from_secs(self.limits.shutdown_secs.into())));
        let served = serving.await;
        admin_handle.shutdown();
        let administered = administering.await.unwrap_or(Ok(()));
        if let Some(watching) = watching {
            watching.abort();
        }
        served.map_err(io::Error::other)??;
        administered
    }
}

async fn bind(
    setting: &'static str,
    address: SocketAddr,
    stop: CancellationToken,
    connections: Connections,
) -> Result<StoppableListener, ListenError> {
    StoppableListener::bind(address, stop, connections).await.map_err(|error| ListenError::Bind {
        setting,
        address,
        error,
    })
}

fn spawn(
    listener: StoppableListener,
    tls: Option<&RustlsConfig>,
    limits: &LimitSettings,
    handle: &Handle<Peer>,
    router: Router,
) -> tokio::task::JoinHandle<io::Result<()>> {
    let server = shape(Server::<Peer, DefaultAcceptor>::from_listener(listener), limits, handle);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => tokio::spawn(server.serve(service)),
        Some(config) => {
            let patience = Duration::from_secs(limits.header_timeout_secs.into());
            let acceptor = RustlsAcceptor::new(config.clone()).handshake_timeout(patience);
            tokio::spawn(server.acceptor(acceptor).serve(service))
        }
    }
}

/// Ends a listener when nobody waits for it any more.
struct EndsWith(Handle<Peer>);

impl Drop for EndsWith {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

/// Serves the admin listener on a thread of its own: whoever asks how this instance is gets an answer also when all others are busy.
fn on_own_thread(
    listener: StoppableListener,
    limits: &LimitSettings,
    handle: &Handle<Peer>,
    router: Router,
) -> io::Result<oneshot::Receiver<io::Result<()>>> {
    let (limits, handle) = (limits.clone(), handle.clone());
    let (tell, served) = oneshot::channel();
    let serve = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let server = Server::<Peer, DefaultAcceptor>::from_listener(listener.moved_here()?);
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            shape(server, &limits, &handle).serve(service).await
        })
    };
    std::thread::Builder::new().name("admin".to_owned()).spawn(move || {
        // Nobody hears it when the program has ended meanwhile.
        let _ = tell.send(serve());
    })?;
    Ok(served)
}

fn shape(
    server: Server<Peer, DefaultAcceptor>,
    limits: &LimitSettings,
    handle: &Handle<Peer>,
) -> Server<Peer, DefaultAcceptor> {
    let mut server = server
        .handle(handle.clone())
        .first_request_timeout(Duration::from_secs(limits.header_timeout_secs.into()))
        .accept_error_handler(|peer, error| match peer {
            // A failed handshake is a matter of the peer, whose address is not logged.
            Some(_) => tracing::debug!(%error, "a connection was not accepted"),
            None => {
                tracing::warn!(%error, "no connection can be accepted: is the limit of open files too low?")
            }
        });
    let builder = server.http_builder();
    builder
        .http1()
        .timer(TokioTimer::new())
        // hyper counts the wait for the next request as part of reading its head.
        .header_read_timeout(Duration::from_secs(limits.idle_timeout_secs.into()))
        .max_buf_size(MAX_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(limits.idle_timeout_secs.into()))
        .keep_alive_timeout(Duration::from_secs(limits.header_timeout_secs.into()))
        .max_concurrent_streams(128)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX));
    server
}

#[cfg(test)]
mod tests;
