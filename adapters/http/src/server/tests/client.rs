//! A client that does on the wire exactly what a test says.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::FAR;

pub(super) struct Client {
    stream: TcpStream,
    /// Read, but not part of an answer yet.
    ahead: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// In lower case.
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), ahead: Vec::new() }
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")).await;
        self.answer().await
    }

    /// Waits until the server has sent something, or closed.
    pub(super) async fn spoken_to(&self) {
        self.stream.readable().await.unwrap();
    }

    /// The next answer, which must have a `Content-Length`.
    pub(super) async fn answer(&mut self) -> Answer {
        let length = self.read_until(|ahead| ahead.windows(4).position(|end| end == b"\r\n\r\n")).await;
        let rest = self.ahead.split_off(length + 4);
        let head = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.map_or(0, |length| length.parse().unwrap());
        self.read_until(|ahead| (ahead.len() >= length).then_some(length)).await;
        let rest = self.ahead.split_off(length);
        let body = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap();
        Answer { status, head, body }
    }

    /// Waits for the server to close the connection, and fails if it sends anything before.
    pub(super) async fn closed(&mut self) {
        let mut rest = std::mem::take(&mut self.ahead);
        timeout(FAR, self.stream.read_to_end(&mut rest)).await.expect("never closed").unwrap();
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    async fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> usize {
        loop {
            if let Some(length) = found(&self.ahead) {
                return length;
            }
            let read = timeout(FAR, self.stream.read_buf(&mut self.ahead)).await.expect("no answer").unwrap();
            assert_ne!(read, 0, "closed after {:?}", String::from_utf8_lossy(&self.ahead));
        }
    }
}
