//! A wire to a server, which can be pulled: as when its machine loses its power or its network, nobody is told.

use super::kept::free_port;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The wire, for as long as the process lives.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The port on 127.0.0.1 that leads to the server.
    pub port: u16,
    is_pulled: Arc<AtomicBool>,
}

impl Wire {
    /// Leads to another port of this machine.
    pub fn to(server: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let wire = Self { port, is_pulled: Arc::default() };
        let pulled = wire.is_pulled.clone();
        thread::spawn(move || {
            // Of connections that are never closed.
            let mut silent = Vec::new();
            for client in listener.incoming().flatten() {
                if pulled.load(Ordering::SeqCst) {
                    silent.push(client);
                } else if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                    for (from, to) in [(client, server), (from, to)] {
                        let pulled = pulled.clone();
                        thread::spawn(move || pass(from, to, &pulled));
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
}

fn pass(mut from: TcpStream, mut to: TcpStream, pulled: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer) {
        if pulled.load(Ordering::SeqCst) {
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
