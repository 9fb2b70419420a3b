//! A client that puts on the wire exactly what a test says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer takes as long, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection.
pub struct Wire {
    stream: TcpStream,
    /// Read, but not part of an answer yet.
    ahead: Vec<u8>,
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct WireAnswer {
    /// The status.
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Wire {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), ahead: Vec::new() }
    }

    /// Sends these bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next answer, which must have a `Content-Length`.
    pub async fn answer(&mut self) -> WireAnswer {
        let length = self.read_until(|ahead| ahead.windows(4).position(|end| end == b"\r\n\r\n")).await;
        let rest = self.ahead.split_off(length + 4);
        let head = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.map_or(0, |length| length.parse().unwrap());
        self.read_until(|ahead| (ahead.len() >= length).then_some(length)).await;
        let rest = self.ahead.split_off(length);
        let body = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap();
        WireAnswer { status, head, body }
    }

    async fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> usize {
        loop {
            if let Some(length) = found(&self.ahead) {
                return length;
            }
            let read =
                timeout(PATIENCE, self.stream.read_buf(&mut self.ahead)).await.expect("no answer").unwrap();
            assert_ne!(read, 0, "closed after {:?}", String::from_utf8_lossy(&self.ahead));
        }
    }
}
