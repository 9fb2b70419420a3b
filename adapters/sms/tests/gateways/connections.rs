//! What comes of connections that fail, and that nothing is ever sent twice.

use std::time::{Duration, Instant};

use orderdesk_application::ports::{Answer, Verdict};
use orderdesk_sms::HttpClient;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::stub::{Reply, Stub, accepted, response};
use crate::{PATIENCE, africas_talking, client, send, twilio};

/// Shorter than a test should take, longer than this machine needs to be connected to itself.
const SHORT: Duration = Duration::from_millis(600);

const LATER: Verdict = Verdict::Later { attempts: None };

fn is_accepted(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Accepted { .. })
}

fn texts(stub: &Stub) -> Vec<String> {
    stub.requests().iter().map(|request| request.field("message").unwrap().to_owned()).collect()
}

/// The worst that can happen is that a message is sent twice. A client may be tempted where a connection that it has
/// kept is closed as it sends: it could have been closed before.
#[tokio::test]
async fn a_message_whose_connection_is_closed_is_sent_once() {
    for end in [Reply::Close, Reply::Reset] {
        let stub = Stub::start(vec![Reply::Say(accepted()), end.clone(), Reply::Say(accepted())]).await;
        let gateway = africas_talking(&stub.url, client(PATIENCE));
        assert!(is_accepted(&send(&gateway, "first").await));
        assert_eq!(stub.connections(), 1);
        let answer = send(&gateway, "second").await;
        assert_eq!(answer.verdict, Verdict::Unanswered, "{end:?}");
        assert!(answer.remark.is_some() && answer.code.is_none());
        assert_eq!(stub.connections(), 1, "it was sent on the connection that was kept");
        assert!(is_accepted(&send(&gateway, "third").await));
        assert_eq!(texts(&stub), ["first", "second", "third"], "{end:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_at_any_moment_leaves_the_message_open() {
    let cut: String = accepted().chars().take(120).collect();
    for reply in [Reply::Close, Reply::Reset, Reply::Begin(String::new()), Reply::Begin(cut.clone())] {
        let stub = Stub::start(vec![reply.clone()]).await;
        let answer = send(&africas_talking(&stub.url, client(SHORT)), "Hello").await;
        assert_eq!(answer.verdict, Verdict::Unanswered, "{reply:?}");
        assert_eq!(texts(&stub), ["Hello"], "{reply:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_left_after_a_time() {
    let stub = Stub::start(vec![Reply::Begin(String::new())]).await;
    let began = Instant::now();
    let answer = send(&africas_talking(&stub.url, client(SHORT)), "Hello").await;
    assert!(began.elapsed() >= SHORT && began.elapsed() < PATIENCE);
    assert_eq!(answer.verdict, Verdict::Unanswered);
    assert_eq!(answer.remark.unwrap().as_str(), "it took too long");
}

#[tokio::test]
async fn what_was_not_sent_can_be_sent_later() {
    // Nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for gateway in [
        &africas_talking(&format!("http://{address}"), client(PATIENCE)) as &dyn crate::SmsGateway,
        &twilio(&format!("http://{address}"), client(PATIENCE)),
    ] {
        let answer = send(gateway, "Hello").await;
        assert_eq!((answer.verdict, answer.code), (LATER, None));
        assert!(answer.remark.unwrap().as_str().starts_with("Connection refused"));
    }
}

#[tokio::test]
async fn a_name_that_is_no_address_is_not_reached() {
    let answer = send(&africas_talking("https://gateway.invalid", client(PATIENCE)), "Hello").await;
    assert_eq!(answer.verdict, LATER);
}

#[tokio::test]
async fn who_does_not_prove_who_it_is_gets_no_message() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let gateway = africas_talking(&url, client(SHORT));
    let babbles = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stream
    };
    let (answer, _stream) = tokio::join!(send(&gateway, "Hello"), babbles);
    assert_eq!(answer.verdict, LATER);
    // And one that never says anything: the connection waits in the listener's queue.
    let answer = send(&gateway, "Hello").await;
    assert_eq!((answer.verdict, answer.remark.unwrap().as_str()), (LATER, "it took too long"));
}

#[tokio::test]
async fn what_is_said_elsewhere_is_not_listened_to() {
    let elsewhere = Stub::start(vec![Reply::Say(accepted())]).await;
    for (status, verdict) in [(302, Verdict::Unanswered), (307, Verdict::Held), (308, Verdict::Held)] {
        let head =
            format!("HTTP/1.1 {status} Moved\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.url);
        let stub = Stub::start(vec![Reply::Say(head)]).await;
        let answer = send(&africas_talking(&stub.url, client(PATIENCE)), "Hello").await;
        assert_eq!(answer.verdict, verdict, "{status}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let endless = response(201, "application/json", &" ".repeat(1 << 17));
    let stub = Stub::start(vec![Reply::Say(endless)]).await;
    let answer = send(&africas_talking(&stub.url, client(PATIENCE)), "Hello").await;
    assert_eq!(
        (answer.verdict, answer.remark.unwrap().as_str()),
        (Verdict::Unanswered, "the answer is too large")
    );
}

#[tokio::test]
async fn by_itself_a_client_waits_for_twenty_seconds() {
    let limits = orderdesk_sms::Limits::default();
    assert_eq!((limits.connecting, limits.answering), (Duration::from_secs(5), Duration::from_secs(20)));
    let stub = Stub::start(vec![Reply::Say(accepted())]).await;
    assert!(is_accepted(&send(&africas_talking(&stub.url, HttpClient::new().unwrap()), "Hello").await));
}
