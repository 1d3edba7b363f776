//! A server that answers as it is told, and remembers what it was asked.

use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// Answers with a status and a body.
    Answer(u16, String),
    /// Sends the caller elsewhere.
    Redirect(String),
    /// Answers late.
    Late(Duration),
    /// Closes the connection without an answer.
    Hangs,
    /// Says that a long body comes, and sends it.
    Long(usize),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: Value,
}

pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Each request is dealt with by the next of `does`, the last one by all that follow.
    pub(super) async fn that(does: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let into = seen.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (does, into) = (does.clone(), into.clone());
                tokio::spawn(async move {
                    let Some(request) = read(&mut stream).await else { return };
                    let n = {
                        let mut seen = into.lock().unwrap();
                        seen.push(request);
                        seen.len() - 1
                    };
                    deal(&mut stream, does.get(n).or(does.last()).unwrap()).await;
                });
            }
        });
        Self { url, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|c| *c > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if body.len() >= length.and_then(|l| l.parse().ok()).unwrap_or(0) {
            let body = serde_json::from_str(body).unwrap_or_default();
            return Some(Seen { head: head.to_owned(), body });
        }
    }
}

async fn deal(stream: &mut TcpStream, does: &Does) {
    let answer = |status: u16, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let text = match does {
        Does::Answer(status, body) => answer(*status, "", body),
        Does::Redirect(to) => answer(302, &format!("location: {to}\r\n"), ""),
        Does::Late(time) => {
            tokio::time::sleep(*time).await;
            answer(200, "", r#"{"valid": true}"#)
        }
        Does::Hangs => return,
        Does::Long(length) => {
            answer(200, "", &format!(r#"{{"valid": true, "filler": "{}"}}"#, "x".repeat(*length)))
        }
    };
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}
