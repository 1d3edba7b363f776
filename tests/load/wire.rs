//! One connection to a server, kept open, one request after the other: cheap for the machine that it shares with the server.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// Names and values of the cookies that are set.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok()?.split(';').next()?.split_once('='))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is made again when it broke.
pub(crate) struct Wire {
    to: SocketAddr,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// What is sent.
#[derive(Default)]
pub(crate) struct Sent<'a> {
    pub(crate) form: Option<String>,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) cookies: Option<String>,
}

impl Wire {
    pub(crate) const fn new(to: SocketAddr) -> Self {
        Self { to, open: None }
    }

    async fn sender(&mut self) -> std::io::Result<&mut SendRequest<Full<Bytes>>> {
        if self.open.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(self.to).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) =
                handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
            tokio::spawn(connection);
            self.open = Some(sender);
        }
        self.open.as_mut().ok_or_else(|| std::io::Error::other("not open"))
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn send(&mut self, path: &str, sent: Sent<'_>) -> std::io::Result<Answer> {
        let method = if sent.form.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        if sent.form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(cookies) = sent.cookies {
            request = request.header(COOKIE, cookies);
        }
        if let Some(authorization) = sent.authorization {
            request = request.header(http::header::AUTHORIZATION, authorization);
        }
        let request = request
            .body(Full::new(Bytes::from(sent.form.unwrap_or_default())))
            .map_err(std::io::Error::other)?;
        let exchanged = async {
            let sender = self.sender().await?;
            sender.ready().await.map_err(std::io::Error::other)?;
            let answer = sender.send_request(request).await.map_err(std::io::Error::other)?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        let answer =
            timeout(PATIENCE, exchanged).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
        if answer.is_err() {
            self.open = None;
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        self.send(path, Sent::default()).await
    }
}
