//! Replays the exchanges that stand in files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use orderdesk_application::ports::{Answer, Callback, GatewayCallbacks, SmsGateway, Verdict, Wish};
use orderdesk_domain::{Delivery, DeliveryReport, Gateway, Remark, Timestamp};
use orderdesk_sms::{
    AfricasTalking, AfricasTalkingCallbacks, AfricasTalkingSettings, BaseUrl, Twilio, TwilioCallbacks,
    TwilioReports, TwilioSender, TwilioSettings,
};
use serde_norway::Value;

use crate::stub::{Reply, Stub, response};
use crate::{MESSAGE, NUMBER, PATIENCE, client, secret, send};

/// What is said in a recorded message.
const TEXT: &str = "Thank you, Amina. Order 7: 2 x Soap, KES 299.80";

type Fields = BTreeMap<String, String>;

/// The files of a gateway that have this in them.
fn exchanges(gateway: Gateway, part: &str) -> Vec<(PathBuf, Value)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchanges").join(gateway.name());
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let exchange: Value = serde_norway::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        (path, exchange)
    };
    let mut exchanges: Vec<_> =
        files.map(read).filter(|(_, exchange)| exchange.get(part).is_some()).collect();
    exchanges.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    exchanges
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is no text")).to_owned()
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    value.as_mapping().unwrap().iter().map(|(name, value)| (text(name), text(value))).collect()
}

fn fields(value: &Value) -> Fields {
    pairs(value).into_iter().collect()
}

/// What came, in the words of the files. What there is nothing of is not named.
fn named<const N: usize>(outcome: [(&str, Option<String>); N]) -> Fields {
    outcome.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn remark(remark: Option<&Remark>) -> Option<String> {
    remark.map(|remark| remark.as_str().to_owned())
}

fn in_words(answer: &Answer) -> Fields {
    let (mut reference, mut cost) = (None, None);
    let verdict = match &answer.verdict {
        Verdict::Accepted { reference: name, cost: amount } => {
            reference = name.as_ref().map(|name| name.as_str().to_owned());
            cost = amount.map(|cost| format!("{cost} {}", cost.currency()));
            "accepted".to_owned()
        }
        Verdict::Refused(code) => format!("refused {}", code.name()),
        Verdict::Later { attempts: Some(attempts) } => format!("later {attempts}"),
        Verdict::Later { attempts: None } => "later".to_owned(),
        Verdict::Held => "held".to_owned(),
        Verdict::Unanswered => "unanswered".to_owned(),
    };
    named([
        ("verdict", Some(verdict)),
        ("reference", reference),
        ("cost", cost),
        ("code", remark(answer.code.as_ref())),
        ("remark", remark(answer.remark.as_ref())),
    ])
}

/// The gateway at an address, as it was set when this form was sent.
fn gateway_of(gateway: Gateway, form: &Fields, url: &str) -> Box<dyn SmsGateway> {
    let base_url = Some(BaseUrl::parse(url).unwrap());
    if gateway == Gateway::AfricasTalking {
        let mut settings = AfricasTalkingSettings::new("orderdesk", secret("atsk_recorded"));
        settings.sender = form.get("from").cloned();
        settings.base_url = base_url;
        return Box::new(AfricasTalking::new(settings, client(PATIENCE)));
    }
    let sender = match form.get("From") {
        Some(from) => TwilioSender::From(from.clone()),
        None => TwilioSender::MessagingService(form["MessagingServiceSid"].clone()),
    };
    let sid = "AC00000000000000000000000000000001";
    let mut settings = TwilioSettings::new(sid, secret("recorded-token"), sender);
    settings.base_url = base_url;
    settings.reports = form.contains_key("StatusCallback").then(|| TwilioReports {
        public_url: "https://desk.example".to_owned(),
        path_secret: secret("path-secret"),
    });
    Box::new(Twilio::new(settings, client(PATIENCE)))
}

async fn replay(path: &Path, exchange: &Value, gateway: Gateway) {
    let answer = &exchange["response"];
    let status = answer["status"].as_u64().unwrap().try_into().unwrap();
    let body = answer["body"].as_str().unwrap();
    let kind = answer["content_type"].as_str().unwrap();
    let stub = Stub::start(vec![Reply::Say(response(status, kind, body))]).await;
    let recorded = &exchange["request"];
    let form = fields(&recorded["form"]);
    let got = send(gateway_of(gateway, &form, &stub.url).as_ref(), TEXT).await;
    let requests = stub.requests();
    let [request] = requests.as_slice() else { panic!("{}: {} requests", path.display(), requests.len()) };
    assert_eq!(request.method, text(&recorded["method"]), "{}", path.display());
    assert_eq!(request.path, text(&recorded["path"]), "{}", path.display());
    assert_eq!(request.form.iter().cloned().collect::<Fields>(), form, "{}", path.display());
    assert_eq!(request.form.len(), form.len(), "{}: no field comes twice", path.display());
    for header in pairs(&recorded["headers"]) {
        assert!(request.headers.contains(&header), "{}: {header:?}: {:?}", path.display(), request.headers);
    }
    assert_eq!(in_words(&got), fields(&exchange["expected"]), "{}", path.display());
}

async fn replay_all(gateway: Gateway, at_least: usize) {
    let exchanges = exchanges(gateway, "request");
    assert!(exchanges.len() >= at_least, "there are {}", exchanges.len());
    for (path, exchange) in exchanges {
        replay(&path, &exchange, gateway).await;
    }
}

#[tokio::test]
async fn africas_talking_is_spoken_as_it_is_published() {
    replay_all(Gateway::AfricasTalking, 15).await;
}

#[tokio::test]
async fn twilio_is_spoken_as_it_is_published() {
    replay_all(Gateway::Twilio, 20).await;
}

fn report_in_words(report: Option<DeliveryReport>) -> Fields {
    let Some(report) = report else { return named([("outcome", Some("nothing".to_owned()))]) };
    assert_eq!(report.at, now());
    let (outcome, words) = match &report.delivery {
        Delivery::Delivered => ("delivered".to_owned(), None),
        Delivery::Failed(failure) => {
            (format!("failed {}", failure.code.name()), remark(failure.remark.as_ref()))
        }
    };
    named([
        ("outcome", Some(outcome)),
        ("remark", words),
        ("reference", Some(report.reference.as_str().to_owned())),
        ("number", report.number.map(|number| number.to_string())),
        ("message", report.message.map(|message| message.to_string())),
    ])
}

fn wish_in_words(wish: Option<Wish>) -> Fields {
    let (outcome, number) = match wish {
        Some(Wish::OptOut(number)) => ("opt-out", Some(number.to_string())),
        Some(Wish::OptIn(number)) => ("opt-in", Some(number.to_string())),
        None => ("nothing", None),
    };
    named([("outcome", Some(outcome.to_owned())), ("number", number)])
}

fn now() -> Timestamp {
    Timestamp::from_milliseconds(1_800_000_000_000).unwrap()
}

fn take_all(gateway: &dyn GatewayCallbacks, at_least: usize) {
    let exchanges = exchanges(gateway.gateway(), "callback");
    assert!(exchanges.len() >= at_least, "there are {}", exchanges.len());
    for (path, exchange) in exchanges {
        let recorded = &exchange["callback"];
        let form = pairs(&recorded["form"]);
        let callback = Callback {
            path_and_query: recorded["path"].as_str().unwrap(),
            form: &form,
            signature: recorded.get("signature").and_then(Value::as_str),
            at: now(),
        };
        let got = match recorded["kind"].as_str().unwrap() {
            "report" => gateway.delivery_report(&callback).map(report_in_words),
            _ => gateway.wish(&callback).map(wish_in_words),
        };
        let got = got.unwrap_or_else(|error| named([("outcome", Some(format!("error: {error}")))]));
        assert_eq!(got, fields(&exchange["expected"]), "{}", path.display());
    }
}

#[test]
fn what_africas_talking_calls_back_with_is_understood() {
    take_all(&AfricasTalkingCallbacks, 14);
}

#[test]
fn what_twilio_calls_back_with_is_understood() {
    take_all(&TwilioCallbacks::new(secret("recorded-token"), "https://desk.example/"), 18);
}

#[test]
fn the_exchanges_are_about_the_message_that_is_sent() {
    let all = [Gateway::AfricasTalking, Gateway::Twilio].map(|gateway| exchanges(gateway, "request"));
    for (path, exchange) in all.iter().flatten() {
        let said = fs::read_to_string(path).unwrap();
        assert!(said.contains(NUMBER) && said.contains(TEXT), "{}", path.display());
        assert!(exchange.get("source").is_some(), "{}", path.display());
    }
    assert!(all[1].iter().any(|(path, _)| fs::read_to_string(path).unwrap().contains(MESSAGE)));
}
