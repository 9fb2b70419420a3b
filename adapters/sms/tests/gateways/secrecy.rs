//! What stays out of logs and remarks.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use orderdesk_application::ports::{Answer, SmsGateway};
use orderdesk_domain::Remark;
use orderdesk_gateway::{API_KEY, AUTH_TOKEN, Conduct, GatewayServer};
use orderdesk_sms::Console;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::stub::{Reply, Stub, response};
use crate::{NUMBER, africas_talking, client, send, twilio};

const TEXT: &str = "Thank you, Amina";

#[derive(Clone, Default)]
pub(crate) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'p> MakeWriter<'p> for Paper {
    type Writer = Self;

    fn make_writer(&'p self) -> Self {
        self.clone()
    }
}

/// The log of the whole program, down to what libraries say. Everything that is sent here is sent when it is kept.
pub(crate) fn log() -> &'static Paper {
    static LOG: OnceLock<Paper> = OnceLock::new();
    LOG.get_or_init(|| {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(writer);
        tracing::subscriber::set_global_default(subscriber.with_ansi(false).finish()).unwrap();
        paper
    })
}

/// Everything that is private about a message, and how it could be written.
fn private() -> Vec<String> {
    let digits = NUMBER.trim_start_matches('+');
    let national = digits.trim_start_matches("254");
    let words = [digits, national, "Amina", "Thank", API_KEY, AUTH_TOKEN, "path-secret", "desk.example"];
    words.map(str::to_owned).to_vec()
}

fn assert_discreet(what: &str, said: &str) {
    for private in private() {
        assert!(!said.contains(&private), "{private} is in {what}:\n{said}");
    }
}

fn said(answer: &Answer) -> String {
    format!("{answer:?}")
}

#[tokio::test]
async fn no_number_text_or_key_is_in_the_log() {
    let server = GatewayServer::start().await;
    let http = client(Duration::from_millis(500));
    let (africas_talking, twilio) = (africas_talking(server.url(), http.clone()), twilio(server.url(), http));
    let shown = Paper::default();
    let console = Console::new(shown.clone());
    let mut conducts = Conduct::bad_day(Duration::from_secs(2));
    conducts.push((1, Conduct::Fail(401)));
    for (_, conduct) in conducts {
        server.always(conduct);
        for gateway in [&africas_talking as &dyn SmsGateway, &twilio] {
            assert_discreet("an answer", &said(&send(gateway, TEXT).await));
        }
    }
    send(&console, TEXT).await;
    let log = log().text();
    assert_discreet("the log", &log);
    for part in
        ["africas-talking", "twilio", "console", "accepted", "refused", "later", "held", "unanswered", "403"]
    {
        assert!(log.contains(part), "{part} is not in the log:\n{log}");
    }
    assert!(shown.text().contains(TEXT) && !shown.text().contains(NUMBER));
}

#[tokio::test]
async fn what_a_gateway_quotes_is_not_repeated() {
    let everything = format!("{NUMBER} wants '{TEXT}' from {API_KEY} and {AUTH_TOKEN}, 254 711 000-000");
    let listed = format!(
        r#"{{"SMSMessageData": {{"Message": "{everything}", "Recipients": [{{"statusCode": 403, "status": "{everything}"}}]}}}}"#
    );
    let nobody = format!(r#"{{"SMSMessageData": {{"Message": "{everything}", "Recipients": []}}}}"#);
    let wrong = format!(r#"{{"code": 21211, "message": "{everything}"}}"#);
    for (status, kind, body) in [
        (201, "application/json", &listed),
        (201, "application/json", &nobody),
        (201, "text/plain", &everything),
        (400, "application/json", &wrong),
        (400, "text/plain", &everything),
        (401, "text/plain", &everything),
        (500, "text/plain", &everything),
    ] {
        let stub = Stub::start(vec![Reply::Say(response(status, kind, body)); 2]).await;
        let http = client(Duration::from_secs(10));
        for gateway in
            [&africas_talking(&stub.url, http.clone()) as &dyn SmsGateway, &twilio(&stub.url, http)]
        {
            let answer = send(gateway, TEXT).await;
            let remark = answer.remark.as_ref().map(Remark::as_str).unwrap_or_default().to_owned();
            // Each knows its own key only.
            let own = remark.replace(AUTH_TOKEN, "").replace(API_KEY, "");
            assert_discreet("a remark", &own);
            assert!(!remark.contains(match gateway.gateway().name() {
                "twilio" => AUTH_TOKEN,
                _ => API_KEY,
            }));
        }
    }
}
