//! A proxy that cuts connections between a request and its answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// What the requests hold that are cut off from their answers: those that run a script.
const CUT: &[u8] = b"EVALSHA";

/// The proxy, for as long as the process lives.
#[derive(Clone, Debug)]
pub struct Cutter {
    /// Its port on 127.0.0.1.
    pub port: u16,
    cuts: Arc<AtomicU32>,
}

impl Cutter {
    /// Passes on what comes to `port` to another port of this machine.
    pub(super) fn start(port: u16, to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let made = Self { port, cuts: Arc::default() };
        let cuts = made.cuts.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", to)) {
                    pass(client, server, &cuts);
                }
            }
        });
        made
    }

    /// From now on so many scripts are carried out, and the connection ends instead of their answers.
    pub fn cut(&self, times: u32) {
        self.cuts.store(times, Ordering::SeqCst);
    }

    /// How many of them are still to come.
    pub fn left(&self) -> u32 {
        self.cuts.load(Ordering::SeqCst)
    }
}

fn pass(client: TcpStream, server: TcpStream, cuts: &Arc<AtomicU32>) {
    let (cuts, doomed) = (cuts.clone(), Arc::new(AtomicBool::new(false)));
    let of_answers = doomed.clone();
    let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        copy(client, server, |request| {
            let is_script = request.windows(CUT.len()).any(|part| part == CUT);
            let take = |left: u32| left.checked_sub(1);
            if is_script && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
                doomed.store(true, Ordering::SeqCst);
            }
            true
        });
    });
    thread::spawn(move || copy(from_server, to_client, |_| !of_answers.load(Ordering::SeqCst)));
}

/// Passes on what comes, as long as it may; then both sides are closed.
fn copy(mut from: TcpStream, mut to: TcpStream, mut may_pass: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer) {
        if length == 0 || !may_pass(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
