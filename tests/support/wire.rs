//! HTTP as bytes on a socket.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends bytes and reads until the other side closes, or nothing comes for two seconds.
pub async fn talk(address: SocketAddr, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    let mut read = Vec::new();
    let mut buffer = [0u8; 8192];
    while let Ok(Ok(n)) = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut buffer)).await {
        if n == 0 {
            break;
        }
        read.extend_from_slice(&buffer[..n]);
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// The status of an answer read by [`talk`], interim answers passed over.
#[track_caller]
pub fn status(answer: &str) -> u16 {
    let statuses: Vec<u16> = answer
        .match_indices("HTTP/1.")
        .filter_map(|(at, _)| answer.get(at + 9..at + 12)?.parse().ok())
        .filter(|s| *s >= 200)
        .collect();
    *statuses.first().unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// The body of an answer, chunks joined.
pub fn body(answer: &str) -> String {
    let at = answer.rfind("HTTP/1.").unwrap_or(0);
    let (head, body) = answer[at..].split_once("\r\n\r\n").unwrap_or((answer, ""));
    if !head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return body.to_owned();
    }
    let (mut out, mut rest) = (String::new(), body);
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        out.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    out
}
