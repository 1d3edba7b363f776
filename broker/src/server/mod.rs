//! The listeners: public (TLS or plain) and admin, the threads that serve them, and an end that loses no request.
//!
//! ```text
//!   stop ─► not ready, connections close after their answer ─(drain_secs)─► listener emptied and closed
//!        ─► connections accepted last are served ─► requests in hand finish (shutdown_secs at most) ─► admin closes
//! ```

mod behind;
mod connections;
mod guard;
mod lanes;
mod lifecycle;
mod listener;
mod refusal;
mod tls;

pub use behind::Behind;
pub use connections::Connections;
pub use guard::{Guard, protect};
pub use lanes::{Runtimes, Threads};
pub use lifecycle::{Lifecycle, Stage};
pub use refusal::{FOR_PROGRAMS, Page, Refused};
pub use tls::load as load_tls;

use crate::config::{ConfigError, LimitSettings, Settings, TlsSettings};
use crate::telemetry::Metrics;
use axum::Router;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use hyper_util::rt::TokioTimer;
use lanes::{Door, Peer, lane, let_in};
use listener::Acceptor;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
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
    public: Acceptor,
    admin: Acceptor,
    stop_accepting: CancellationToken,
    lanes: u32,
    threads: Threads,
    guard: Guard,
    tls: Option<(RustlsConfig, TlsSettings)>,
    metrics: Option<Arc<Metrics>>,
    limits: LimitSettings,
}

impl Listeners {
    /// Opens both; `guard` has the places for connections of the public one, and is told how far behind its threads are.
    ///
    /// # Errors
    /// Names the setting of an address that cannot be had, or of a file of TLS that cannot be used.
    pub async fn open(settings: &Settings, guard: &Guard) -> Result<Self, ListenError> {
        let tls = match &settings.tls {
            Some(tls) => Some((RustlsConfig::from_config(tls::load(tls)?), tls.clone())),
            None => None,
        };
        let stop_accepting = CancellationToken::new();
        let connections = guard.connections().clone();
        let public =
            bind("listen.address", settings.listen.address, stop_accepting.clone(), connections).await?;
        let admin = bind(
            "admin.address",
            settings.admin.address,
            CancellationToken::new(),
            Connections::new(ADMIN_CONNECTIONS),
        )
        .await?;
        Ok(Self {
            public,
            admin,
            stop_accepting,
            lanes: lanes(settings.listen.threads),
            threads: Threads::new(),
            guard: guard.clone(),
            tls,
            metrics: None,
            limits: settings.limits.clone(),
        })
    }

    /// Lets `metrics` know when the certificate in use ends.
    pub fn told_to(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics: Some(metrics), ..self }
    }

    /// The threads that will serve. They wait until nobody holds them any more: what is left to be done may use connections to stores
    /// that were made there.
    pub fn threads(&self) -> Threads {
        self.threads.clone()
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
    /// When a listener breaks, or a thread ends before it should: at once.
    pub async fn serve(
        self,
        public: Router,
        admin: Router,
        lifecycle: &Lifecycle,
        stop: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        let (public_handle, admin_handle) = (Handle::new(), Handle::new());
        let _ends = EndsWith([public_handle.clone(), admin_handle.clone()]);
        let (doors, mut serving) = self.open_lanes(&public, &public_handle)?;
        let (limits, handle, acceptor) = (self.limits.clone(), admin_handle.clone(), self.admin);
        // A thread of its own: whoever asks how this instance is gets an answer also when all others are busy.
        let (_, administering) = self.threads.spawn("admin".to_owned(), move || async move {
            let (door, arrivals) = lane(acceptor.address());
            let accepting = acceptor.accept_all(move |accepted| let_in(std::slice::from_ref(&door), accepted));
            tokio::select! {
                accepted = accepting => accepted,
                served = serve(shape(Server::from_listener(arrivals), &limits, &handle), None, admin) => served,
            }
        })?;
        let doors = Arc::new(doors);
        let own = doors.clone();
        let mut accepting = tokio::spawn(self.public.accept_all(move |accepted| let_in(&own, accepted)));
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

        tokio::select! {
            () = stop => {}
            Some(served) = serving.next() => return Err(served.err().unwrap_or_else(ended)),
            accepted = &mut accepting => return Err(accepted.map_err(io::Error::other)?.err().unwrap_or_else(ended)),
        }
        tracing::info!("stopping: requests in hand are finished first");
        lifecycle.draining();
        tokio::time::sleep(Duration::from_secs(self.limits.drain_secs.into())).await;
        self.stop_accepting.cancel();
        let accepted = accepting.await;
        let last_call = async {
            while doors.iter().any(|door| door.inside() > 0) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(LAST_CALL, last_call).await;
        public_handle.graceful_shutdown(Some(Duration::from_secs(self.limits.shutdown_secs.into())));
        let mut result = accepted.map_err(io::Error::other).flatten();
        while let Some(served) = serving.next().await {
            result = result.and(served);
        }
        admin_handle.shutdown();
        let administered = administering.await.unwrap_or(Ok(()));
        if let Some(watching) = watching {
            watching.abort();
        }
        result.and(administered)
    }

    /// Begins the threads that answer requests; the way into each, and what comes of their work.
    fn open_lanes(&self, router: &Router, handle: &Handle<Peer>) -> io::Result<(Vec<Door>, Serving)> {
        let (mut doors, serving) = (Vec::new(), Serving::new());
        for number in 0..self.lanes {
            let (door, arrivals) = lane(self.public.address());
            let server = shape(Server::from_listener(arrivals), &self.limits, handle);
            let tls = self.tls.as_ref().map(|(config, _)| self.acceptor(config));
            let (behind, router) = (Arc::downgrade(self.guard.behind()), router.clone());
            let work = move || async move {
                let watching = tokio::spawn(Behind::watch(behind));
                let served = serve(server, tls, router).await;
                watching.abort();
                served
            };
            let (runtime, served) = self.threads.spawn(format!("requests-{number}"), work)?;
            self.guard.runtimes().add(runtime);
            serving.push(async { served.await.unwrap_or_else(|_| Err(ended())) }.boxed());
            doors.push(door);
        }
        Ok((doors, serving))
    }

    fn acceptor(&self, tls: &RustlsConfig) -> RustlsAcceptor {
        let patience = Duration::from_secs(self.limits.header_timeout_secs.into());
        RustlsAcceptor::new(tls.clone()).handshake_timeout(patience)
    }
}

/// What comes of the threads that answer requests, one after the other.
type Serving = FuturesUnordered<BoxFuture<'static, io::Result<()>>>;

/// A thread that should serve does not.
fn ended() -> io::Error {
    io::Error::other("a thread that answers requests has ended")
}

/// So many, or when 0 as many as there are processors for this program.
fn lanes(wanted: u32) -> u32 {
    if wanted > 0 {
        return wanted;
    }
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(processors).unwrap_or(u32::MAX)
}

async fn bind(
    setting: &'static str,
    address: SocketAddr,
    stop: CancellationToken,
    connections: Connections,
) -> Result<Acceptor, ListenError> {
    Acceptor::bind(address, stop, connections).await.map_err(|error| ListenError::Bind {
        setting,
        address,
        error,
    })
}

async fn serve(
    server: Server<Peer, DefaultAcceptor>,
    tls: Option<RustlsAcceptor>,
    router: Router,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => server.serve(service).await,
        Some(tls) => server.acceptor(tls).serve(service).await,
    }
}

/// Ends listeners when nobody waits for them any more.
struct EndsWith([Handle<Peer>; 2]);

impl Drop for EndsWith {
    fn drop(&mut self) {
        for handle in &self.0 {
            handle.shutdown();
        }
    }
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
            None => tracing::debug!(%error, "a connection was gone before it was served"),
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
