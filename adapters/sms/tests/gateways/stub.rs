//! A server that does exactly what a test says with each request, down to its bytes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What is done with a request that has been read.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These bytes are sent, and the connection is kept.
    Say(String),
    /// These bytes are sent, and then nothing.
    Begin(String),
    /// The connection is closed as it should be.
    Close,
    /// The connection is reset.
    Reset,
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// With names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<usize>>,
}

impl Stub {
    /// Starts a server that does this with one request after the other, whichever connection they come on.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stub = Self { url, requests: Arc::default(), connections: Arc::default() };
        let (requests, connections) = (Arc::clone(&stub.requests), Arc::clone(&stub.connections));
        let replies = Arc::new(Mutex::new(replies.into_iter()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(converse(stream, Arc::clone(&requests), Arc::clone(&replies)));
            }
        });
        stub
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// An answer with its length.
pub(crate) fn response(status: u16, kind: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// An answer of Africa's Talking that has taken a message over.
pub(crate) fn accepted() -> String {
    let recipient =
        r#"{"statusCode": 101, "status": "Success", "cost": "KES 0.8000", "messageId": "ATXid_1"}"#;
    let body = format!(r#"{{"SMSMessageData": {{"Message": "Sent to 1/1", "Recipients": [{recipient}]}}}}"#);
    response(201, "application/json", &body)
}

async fn converse(
    mut stream: TcpStream,
    requests: Arc<Mutex<Vec<Request>>>,
    replies: Arc<Mutex<std::vec::IntoIter<Reply>>>,
) {
    loop {
        let mut bytes = Vec::new();
        let request = loop {
            if let Some(request) = parse(&bytes) {
                break request;
            }
            if stream.read_buf(&mut bytes).await.unwrap_or_default() == 0 {
                return;
            }
        };
        requests.lock().unwrap().push(request);
        let reply = replies.lock().unwrap().next();
        match reply.unwrap_or(Reply::Close) {
            Reply::Say(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            Reply::Begin(answer) => {
                stream.write_all(answer.as_bytes()).await.unwrap();
                sleep(Duration::from_mins(10)).await;
            }
            Reply::Close => return,
            Reply::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
        }
    }
}

/// A request, once it is whole.
fn parse(bytes: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let header =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<_> = lines.filter_map(header).collect();
    let (_, length) = headers.iter().find(|(name, _)| name == "content-length")?;
    let whole = body.len() >= length.parse().ok()?;
    let form = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    whole.then_some(Request { method, path, headers, form })
}
