//! A TCP listener that can stop: what the kernel has accepted by then is still served.

use super::connections::Connections;
use std::io;
use std::net::{self, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

/// After an error that is not the peer's: so that one that lasts, such as too few open files, does not keep a thread busy.
const REST: Duration = Duration::from_millis(50);

/// A connection that nobody serves yet. It belongs to no runtime.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) stream: net::TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) place: Option<OwnedSemaphorePermit>,
}

/// Accepts until it is told to stop. Dropping a listener resets connections that wait in its queue, so the queue is emptied
/// first, and only then is it closed.
#[derive(Debug)]
pub(super) struct Acceptor {
    listener: net::TcpListener,
    address: SocketAddr,
    stop: CancellationToken,
    connections: Connections,
}

impl Acceptor {
    /// Binds to `address`; accepts until `stop`, and no more at once than there are places.
    pub(super) async fn bind(
        address: SocketAddr,
        stop: CancellationToken,
        connections: Connections,
    ) -> io::Result<Self> {
        // By tokio, for it makes the address free at once for whoever comes next.
        let listener = TcpListener::bind(address).await?.into_std()?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, stop, connections })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives every connection to `hand_over`, until it is told to stop and the queue is empty.
    ///
    /// # Errors
    /// When the listener cannot be used at all.
    pub(super) async fn accept_all(self, mut hand_over: impl FnMut(Accepted)) -> io::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let accept = async {
            loop {
                // Who finds no place waits in the queue of the kernel, which is bounded, too.
                let place = self.connections.place().await;
                match listener.accept().await.and_then(|(stream, peer)| Ok((stream.into_std()?, peer))) {
                    Ok((stream, peer)) => hand_over(Accepted { stream, peer, place }),
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be accepted: is the limit of open files too low?");
                        tokio::time::sleep(REST).await;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = accept => {}
            () = self.stop.cancelled() => {}
        }
        // Asked directly, for the runtime may not know yet what the kernel has in its queue.
        let listener = listener.into_std()?;
        while let Ok((stream, peer)) = listener.accept() {
            stream.set_nonblocking(true)?;
            hand_over(Accepted { stream, peer, place: None });
        }
        Ok(())
    }
}
