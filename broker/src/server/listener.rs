//! A TCP listener that can stop: what the kernel has accepted by then is still served.

use super::connections::{Connection, Connections};
use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use std::io;
use std::net::{self, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The address of who connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(SocketAddr);

impl Address for Peer {
    type Stream = Connection;
    type Listener = StoppableListener;
}

impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> Self {
        peer.0
    }
}

/// Accepts until it is told to stop. Dropping a listener resets connections that wait in its queue, so the queue is emptied
/// first, and only then is it closed.
#[derive(Debug)]
pub struct StoppableListener {
    inner: Mutex<Inner>,
    address: SocketAddr,
    stop: CancellationToken,
    connections: Connections,
}

#[derive(Debug)]
enum Inner {
    Open(Arc<TcpListener>),
    /// Told to stop: asked directly, for the runtime may not know yet what the kernel has in its queue.
    Last(net::TcpListener),
    Closed,
}

impl StoppableListener {
    /// Binds to `address`; accepts until `stop`, and no more at once than there are places.
    pub async fn bind(
        address: SocketAddr,
        stop: CancellationToken,
        connections: Connections,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { inner: Mutex::new(Inner::Open(Arc::new(listener))), address, stop, connections })
    }

    /// The same listener for another runtime, which must be the one that calls.
    pub fn moved_here(self) -> io::Result<Self> {
        self.last();
        let inner = match self.inner.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Inner::Last(listener) => Inner::Open(Arc::new(TcpListener::from_std(listener)?)),
            other => other,
        };
        Ok(Self { inner: Mutex::new(inner), ..self })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Option<Arc<TcpListener>> {
        match &*self.inner() {
            Inner::Open(listener) => Some(listener.clone()),
            Inner::Last(_) | Inner::Closed => None,
        }
    }

    /// From now on only what the kernel has accepted already.
    fn last(&self) {
        let mut inner = self.inner();
        *inner = match std::mem::replace(&mut *inner, Inner::Closed) {
            Inner::Open(listener) => Arc::try_unwrap(listener)
                .ok()
                .and_then(|l| l.into_std().ok())
                .map_or(Inner::Closed, Inner::Last),
            other => other,
        };
    }

    /// One of those; `None` and closed when there is none left.
    fn accept_last(&self) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        let mut inner = self.inner();
        let Inner::Last(listener) = &*inner else { return None };
        match listener.accept() {
            Ok((stream, peer)) => Some(
                stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)).map(|s| (s, peer)),
            ),
            Err(_) => {
                *inner = Inner::Closed;
                None
            }
        }
    }
}

impl AddrListener<Connection, Peer> for StoppableListener {
    async fn bind_to(address: Peer) -> io::Result<Self> {
        let without_end = Connections::new(usize::MAX);
        Self::bind(address.0, CancellationToken::new(), without_end).await
    }

    async fn accept_stream(&self) -> io::Result<(Connection, Peer)> {
        let (mut accepted, mut place) = (None, None);
        if let Some(listener) = self.open() {
            // Who finds no place waits in the queue of the kernel, which is bounded, too.
            let accept = async {
                let place = self.connections.place().await;
                (listener.accept().await, place)
            };
            (accepted, place) = tokio::select! {
                biased;
                (accepted, place) = accept => (Some(accepted), place),
                () = self.stop.cancelled() => (None, None),
            };
        }
        if accepted.is_none() {
            self.last();
            accepted = self.accept_last();
        }
        let Some(accepted) = accepted else { return std::future::pending().await };
        let (stream, peer) = accepted?;
        // Answers are small and written at once: waiting to fill a packet only delays them.
        stream.set_nodelay(true)?;
        Ok((Connection::new(stream, place), Peer(peer)))
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        Ok(Peer(self.address))
    }
}
