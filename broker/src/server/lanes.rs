//! Lanes: threads that answer requests, each with a runtime of its own. A connection stays with one lane, and what its requests need
//! of stores and upstreams is waited for there: no thread has to wake another, which costs more than most requests.
//!
//! ```text
//!   Acceptor ─► the lane with the fewest connections: Door ─► Arrivals ─► HTTP
//! ```

use super::connections::{Connection, Connections, Count, Counted};
use super::listener::{Accepted, Acceptor};
use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

/// The address of who connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(SocketAddr);

impl Address for Peer {
    type Stream = Connection;
    type Listener = Arrivals;
}

impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> Self {
        peer.0
    }
}

/// The way into a lane.
#[derive(Debug)]
pub(super) struct Door {
    // As many at the most as there are places for connections.
    into: UnboundedSender<(Accepted, Counted)>,
    inside: Count,
}

/// The connections that come into a lane.
#[derive(Debug)]
pub struct Arrivals {
    arriving: Mutex<UnboundedReceiver<(Accepted, Counted)>>,
    address: SocketAddr,
}

/// A door, and what comes in by it; `address` is where the connections were made to.
pub(super) fn lane(address: SocketAddr) -> (Door, Arrivals) {
    let (into, arriving) = unbounded_channel();
    (Door { into, inside: Count::default() }, Arrivals { arriving: Mutex::new(arriving), address })
}

impl Door {
    /// How many connections are inside, or on their way.
    pub(super) fn inside(&self) -> usize {
        self.inside.now()
    }
}

/// Lets a connection in where there are fewest, of those where somebody serves; it is closed when there are none.
pub(super) fn let_in(doors: &[Door], accepted: Accepted) {
    let mut doors: Vec<&Door> = doors.iter().collect();
    doors.sort_by_key(|door| door.inside());
    let mut accepted = Some(accepted);
    for door in doors {
        let Some(one) = accepted.take() else { return };
        accepted = door.into.send((one, door.inside.one_more())).err().map(|back| back.0.0);
    }
}

impl AddrListener<Connection, Peer> for Arrivals {
    async fn bind_to(address: Peer) -> io::Result<Self> {
        let without_end = Connections::new(usize::MAX);
        let acceptor = Acceptor::bind(address.0, CancellationToken::new(), without_end).await?;
        let (door, arrivals) = lane(acceptor.address());
        tokio::spawn(acceptor.accept_all(move |accepted| let_in(std::slice::from_ref(&door), accepted)));
        Ok(arrivals)
    }

    async fn accept_stream(&self) -> io::Result<(Connection, Peer)> {
        let Some((accepted, counted)) = self.arriving.lock().await.recv().await else {
            return std::future::pending().await;
        };
        let stream = TcpStream::from_std(accepted.stream)?;
        // Answers are small and written at once: waiting to fill a packet only delays them.
        stream.set_nodelay(true)?;
        Ok((Connection::new(stream, accepted.place, counted), Peer(accepted.peer)))
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        Ok(Peer(self.address))
    }
}

/// The runtimes that answer requests, for who asks how they are.
#[derive(Clone, Debug, Default)]
pub struct Runtimes(Arc<RwLock<Vec<Handle>>>);

impl Runtimes {
    /// All of them; none before they serve.
    pub fn all(&self) -> Vec<Handle> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, runtime: Handle) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(runtime);
    }
}

/// Threads whose runtimes go on after their work: a connection to a store that was made there may serve others. They end when nobody
/// holds this any more.
#[derive(Clone, Debug)]
pub struct Threads {
    end: CancellationToken,
    _ends: Arc<DropGuard>,
}

impl Threads {
    pub(super) fn new() -> Self {
        let end = CancellationToken::new();
        Self { _ends: Arc::new(end.clone().drop_guard()), end }
    }

    /// Begins a thread with its own runtime, and tells what came of its work: nothing, if it broke.
    pub(super) fn spawn<W: Future<Output = io::Result<()>>>(
        &self,
        name: String,
        work: impl FnOnce() -> W + Send + 'static,
    ) -> io::Result<(Handle, oneshot::Receiver<io::Result<()>>)> {
        let (tell, told) = oneshot::channel();
        let end = self.end.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new().name(name).spawn(move || {
            runtime.block_on(async {
                // Nobody hears it when the program has ended meanwhile.
                let _ = tell.send(work().await);
                end.cancelled().await;
            });
        })?;
        Ok((handle, told))
    }
}
