//! The HTTP server of the gateway.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::conduct::{Conduct, Manners};
use crate::log::{Log, Sent};
use crate::protocol::{Answer, Letter, Protocol, text};
use crate::reports::Reporter;

/// Larger requests are none.
const LIMIT: usize = 1 << 16;

/// What makes no sense to anybody.
const GARBAGE: &str = "{\"SMSMessageData\": {\"Mess";

/// What the gateway is made of.
pub(crate) struct State {
    pub(crate) log: Arc<Log>,
    pub(crate) manners: Mutex<Manners>,
    pub(crate) reporter: Arc<Reporter>,
}

/// That the connection is to be closed without an answer.
#[derive(Debug)]
struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the gateway hangs up")
    }
}

impl std::error::Error for HangUp {}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // There are as many connections as there can be.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        stream.set_nodelay(true).ok();
        let state = Arc::clone(&state);
        let service = service_fn(move |request| {
            let state = Arc::clone(&state);
            async move { state.take(request).await }
        });
        tokio::spawn(async move {
            // However it ends: that is the other side's business.
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

impl State {
    async fn take(&self, request: Request<Incoming>) -> Result<Answer, HangUp> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LIMIT).collect().await.map_err(|_| HangUp)?.to_bytes();
        let path = head.uri.path();
        let Some(protocol) = Protocol::of(path).filter(|_| head.method == Method::POST) else {
            return Ok(text(404, "Not found"));
        };
        match protocol.read(path, &head.headers, &body) {
            Ok(letter) => self.behave(protocol, letter).await,
            Err(answer) => Ok(*answer),
        }
    }

    async fn behave(&self, protocol: Protocol, letter: Letter) -> Result<Answer, HangUp> {
        let conduct = self.manners.lock().unwrap().next();
        let Letter { to, text: words, report_to } = letter;
        let sent = Sent { protocol, to, text: words, at: Instant::now(), conduct, accepted: None, report_to };
        let to = sent.to.clone();
        let number = self.log.see(sent);
        match conduct {
            Conduct::Accept => Ok(protocol.accepted(&self.accept(number).await)),
            Conduct::AcceptAndAnswerAfter(time) => {
                let sent = self.accept(number).await;
                sleep(time).await;
                Ok(protocol.accepted(&sent))
            }
            Conduct::AcceptAndHangUp => {
                self.accept(number).await;
                Err(HangUp)
            }
            Conduct::AcceptAndGarble => {
                self.accept(number).await;
                Ok(text(201, GARBAGE))
            }
            Conduct::AcceptAndFail(status) => {
                self.accept(number).await;
                Ok(text(status, "Something went wrong"))
            }
            Conduct::StallAndAccept(time) => {
                sleep(time).await;
                Ok(protocol.accepted(&self.accept(number).await))
            }
            Conduct::Stall(time) => {
                sleep(time).await;
                Err(HangUp)
            }
            Conduct::Refuse(code) => Ok(protocol.refused(code, &to)),
            Conduct::NameNobody(words) => Ok(protocol.nobody(words)),
            Conduct::Garble => Ok(text(201, GARBAGE)),
            Conduct::Fail(status) => Ok(text(status, "Something went wrong")),
            Conduct::HangUp => Err(HangUp),
        }
    }

    async fn accept(&self, number: usize) -> Sent {
        let sent = self.log.accept(number);
        let id = sent.accepted.as_deref().expect("it was accepted");
        self.reporter.follow(id, &sent.to).await;
        sent
    }
}
