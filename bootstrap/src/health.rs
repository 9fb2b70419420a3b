//! Asking a service on this machine whether it is ready: what a container without a shell is checked by.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Within a check's patience, which is longer than the store's.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than the answer of any health endpoint has.
const LONGEST_ANSWER: u64 = 16 * 1024;

/// Why a service does not count as ready.
#[derive(Debug, Error)]
pub enum HealthError {
    /// Nobody answers there.
    #[error("nothing answers on {address}")]
    Silent {
        /// Where it was asked.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// It takes too long.
    #[error("{0} does not answer within {PATIENCE:?}")]
    Late(SocketAddr),
    /// It says that it is not.
    #[error("{address} is not ready: {answer}")]
    Unready {
        /// Where it was asked.
        address: SocketAddr,
        /// The first line of the answer.
        answer: String,
    },
}

/// Asks the service that listens on `listen`.
pub(crate) async fn check(listen: SocketAddr) -> Result<(), HealthError> {
    let address = reachable(listen);
    let answer = timeout(PATIENCE, ask(address)).await.map_err(|_| HealthError::Late(address))?;
    let answer = answer.map_err(|source| HealthError::Silent { address, source })?;
    if answer.split(' ').nth(1) == Some("200") {
        Ok(())
    } else {
        Err(HealthError::Unready { address, answer })
    }
}

/// The first line of the answer. One request needs no HTTP client.
async fn ask(address: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

/// Who listens on every address of the machine is asked on the one that every machine has.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, listen.port())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What a check says about a server that gives this answer.
    async fn checked(answer: &'static str) -> Result<(), HealthError> {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = async {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = connection.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"GET /health/ready HTTP/1.1\r\n"));
            connection.write_all(answer.as_bytes()).await.unwrap();
        };
        tokio::join!(check(address), server).0
    }

    #[tokio::test]
    async fn a_service_that_says_so_is_ready() {
        checked("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }

    #[tokio::test]
    async fn a_service_without_its_store_is_not_ready() {
        let error = checked("HTTP/1.1 503 Service Unavailable\r\n\r\n").await.unwrap_err();
        assert!(error.to_string().ends_with("is not ready: HTTP/1.1 503 Service Unavailable"), "{error}");
    }

    #[tokio::test]
    async fn no_answer_is_no_health() {
        assert!(matches!(checked("").await, Err(HealthError::Unready { .. })));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(matches!(check(free).await, Err(HealthError::Silent { .. })));
    }
}
