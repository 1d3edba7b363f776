//! A wire to a server, which can be pulled: as when its machine loses its power or its network, nobody is told. Or it forgets the
//! connections that there are, as what stands between does after a while.

use super::kept::free_port;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// The wire, for as long as the process lives.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The port on 127.0.0.1 that leads to the server.
    pub port: u16,
    is_pulled: Arc<AtomicBool>,
    /// Connections made before the last time it forgot are silent.
    age: Arc<AtomicU32>,
}

impl Wire {
    /// Leads to another port of this machine.
    pub fn to(server: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let wire = Self { port, is_pulled: Arc::default(), age: Arc::default() };
        let age = wire.age.clone();
        let pulled = wire.is_pulled.clone();
        thread::spawn(move || {
            // Of connections that are never closed.
            let mut silent = Vec::new();
            for client in listener.incoming().flatten() {
                if pulled.load(Ordering::SeqCst) {
                    silent.push(client);
                } else if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                    let made = age.load(Ordering::SeqCst);
                    for (from, to) in [(client, server), (from, to)] {
                        let (pulled, age) = (pulled.clone(), age.clone());
                        let is_silent =
                            move || pulled.load(Ordering::SeqCst) || age.load(Ordering::SeqCst) > made;
                        thread::spawn(move || pass(from, to, is_silent));
                    }
                }
            }
        });
        wire
    }

    /// From now on nothing comes through, connections stay open, and new ones are never answered.
    pub fn pull(&self) {
        self.is_pulled.store(true, Ordering::SeqCst);
    }

    /// From now on nothing comes through on the connections that there are.
    pub fn forget(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_silent: impl Fn() -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer) {
        if is_silent() {
            // Kept open, and what the server does about it is not heard any more.
            loop {
                thread::park();
            }
        }
        if length == 0 || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
