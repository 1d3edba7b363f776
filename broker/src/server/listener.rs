//! A TCP listener that can stop: what the kernel has accepted by then is still served.

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The address of who connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(SocketAddr);

impl Address for Peer {
    type Stream = TcpStream;
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
    inner: Mutex<Option<std::sync::Arc<TcpListener>>>,
    address: SocketAddr,
    stop: CancellationToken,
}

impl StoppableListener {
    /// Binds to `address`; accepts until `stop`.
    pub async fn bind(address: SocketAddr, stop: CancellationToken) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { inner: Mutex::new(Some(std::sync::Arc::new(listener))), address, stop })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    fn open(&self) -> Option<std::sync::Arc<TcpListener>> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn close(&self) {
        *self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

impl AddrListener<TcpStream, Peer> for StoppableListener {
    async fn bind_to(address: Peer) -> io::Result<Self> {
        Self::bind(address.0, CancellationToken::new()).await
    }

    async fn accept_stream(&self) -> io::Result<(TcpStream, Peer)> {
        if let Some(listener) = self.open() {
            let accepted = tokio::select! {
                biased;
                accepted = listener.accept() => Some(accepted),
                () = self.stop.cancelled() => None,
            };
            drop(listener);
            if let Some(accepted) = accepted {
                let (stream, peer) = accepted?;
                // Answers are small and written at once: waiting to fill a packet only delays them.
                stream.set_nodelay(true)?;
                return Ok((stream, Peer(peer)));
            }
            self.close();
        }
        std::future::pending().await
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        Ok(Peer(self.address))
    }
}
