//! The layers together, over real sockets where sockets matter.

mod bodies;
mod client;
mod connections;
mod layers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use poem::endpoint::{BoxEndpoint, make, make_sync};
use poem::http::{HeaderMap, StatusCode, header};
use poem::middleware::{NormalizePath, TrailingSlash};
use poem::{Body, Endpoint, EndpointExt as _, Error, Request, Response, Route};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::{Hardened, Metrics, PrincipalLabel, RequestId, ServerSettings, Stopped, harden, serve};
use client::Client;

/// Short enough that a test which waits for it to pass is quick, long enough for a busy machine.
const SOON: Duration = Duration::from_millis(400);
/// Nothing that a test waits for takes that long.
const FAR: Duration = Duration::from_secs(20);

/// Where a request waits until it is let go.
#[derive(Default)]
struct Gate {
    entered: Notify,
    released: Notify,
}

fn settings() -> ServerSettings {
    ServerSettings {
        header_timeout: FAR,
        request_timeout: FAR,
        shutdown_grace: FAR,
        body_limit: 1000,
        cors_origins: vec!["https://shop.example".to_owned()],
        ..ServerSettings::default()
    }
}

/// An answer of `length` bytes.
fn text(kind: &'static str, tag: Option<&'static str>, length: usize) -> impl Endpoint + 'static {
    make_sync(move |_| {
        let mut response = Response::builder().content_type(kind).body("a".repeat(length));
        if let Some(tag) = tag {
            response.headers_mut().insert(header::ETAG, tag.parse().unwrap());
        }
        response
    })
}

fn streamed(kind: &'static str, chunk: &'static [u8], chunks: usize) -> impl Endpoint + 'static {
    make_sync(move |_| {
        let chunks = stream::iter((0..chunks).map(move |_| Ok::<_, io::Error>(Bytes::from_static(chunk))));
        Response::builder().content_type(kind).body(Body::from_bytes_stream(chunks))
    })
}

fn routes(gate: Arc<Gate>) -> Route {
    Route::new()
        .at("/id", make_sync(|request: Request| request.data::<RequestId>().unwrap().to_string()))
        .at(
            "/length",
            make(|request: Request| async {
                let body = request.into_body().into_bytes().await?;
                Ok::<_, Error>(body.len().to_string())
            }),
        )
        .at("/deaf", make_sync(|_| Err::<Response, _>(Error::from_status(StatusCode::UNAUTHORIZED))))
        .at(
            "/gate",
            make(move |_| {
                let gate = Arc::clone(&gate);
                async move {
                    gate.entered.notify_one();
                    gate.released.notified().await;
                    "released"
                }
            }),
        )
        .at("/panic", make_sync(|_| -> Response { panic!("on purpose") }))
        .at("/never", make(|_| std::future::pending::<Response>()))
        .at("/endless", streamed("application/octet-stream", &[b'x'; 8192], usize::MAX))
        .at("/export", streamed("text/csv", b"1,row\n", 1000))
        .at("/small", text("application/json", None, 1023))
        .at("/large", text("application/json", None, 100_000))
        .at("/image", text("image/png", None, 100_000))
        .at("/strong", text("application/json", Some("\"1\""), 100_000))
        .at("/weak", text("application/json", Some("W/\"1\""), 100_000))
        .at(
            "/people/:id",
            make_sync(|_| {
                let mut refused = Error::from_status(StatusCode::FORBIDDEN);
                refused.set_data(PrincipalLabel("user:7".to_owned()));
                Err::<Response, _>(refused)
            }),
        )
        .at("/page", make_sync(|_| Response::builder().header("Content-Security-Policy", "own").finish()))
}

/// Gives every error one shape, and forgets everything else about it.
fn door(inner: BoxEndpoint<'static>) -> impl Endpoint {
    inner.catch_all_error(|error| async move {
        let status = error.status();
        Response::builder().status(status).body(format!("{{\"message\":\"{error}\"}}"))
    })
}

fn hardened(settings: &ServerSettings, gate: Arc<Gate>, metrics: Arc<Metrics>) -> Hardened {
    let routes = Route::new().nest("/", routes(gate)).with(NormalizePath::new(TrailingSlash::Trim));
    harden(routes, poem::middleware::make(door), settings, metrics)
}

/// A server that is up.
struct Server {
    address: SocketAddr,
    gate: Arc<Gate>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Stopped>,
}

impl Server {
    async fn start(settings: ServerSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate = Arc::new(Gate::default());
        let app = hardened(&settings, Arc::clone(&gate), Arc::new(Metrics::new().unwrap()));
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            serve(listener, app, &settings, async {
                let _ = stopped.await;
            })
            .await
        });
        Self { address, gate, stop, served }
    }

    async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }
}

/// What a caller of the endpoint itself sees.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

/// Asks the endpoint directly, without a socket.
async fn ask(settings: &ServerSettings, method: &str, path: &str, headers: &[(&str, &str)]) -> Seen {
    let app = hardened(settings, Arc::default(), Arc::new(Metrics::new().unwrap()));
    let mut request = Request::builder().method(method.parse().unwrap()).uri(path.parse().unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = app.get_response(request.finish()).await;
    let body = response.take_body().into_vec().await.unwrap();
    Seen { status: response.status(), headers: response.headers().clone(), body }
}
