//! What gateways call back with: whatever they say, whenever they say it, and however often.

use std::sync::Arc;

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::ports::{Callback, CallbackError, Clock as _, GatewayCallbacks, StoreError, Wish};
use orderdesk_application::services::{CallbackSecret, CallbackService};
use orderdesk_contract::builders::{phone, reference, remark};
use orderdesk_contract::kinds::{insert, keep, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Course, Delivery, DeliveryReport, Failure, FailureCode, Gateway, Letter, Message, MessageId,
    MessageState, PhoneNumber, Timestamp,
};
use uuid::Uuid;

use crate::common::{FaultyStore, SECRET, Step, TestDesk, failed, refused};

const NUMBER: &str = "+254722000111";
const DAY: i64 = 86_400_000;

/// Understands fields of these names: `reference`, `message`, `number`, `status`, `wish`.
struct Plain(Gateway);

impl GatewayCallbacks for Plain {
    fn gateway(&self) -> Gateway {
        self.0
    }

    fn delivery_report(
        &self,
        callback: &Callback<'_>,
    ) -> std::result::Result<Option<DeliveryReport>, CallbackError> {
        if callback.signature != Some("signed") {
            return Err(CallbackError::Signature);
        }
        let delivery = match field(callback, "status") {
            Some("delivered") => Delivery::Delivered,
            Some("failed") => Delivery::Failed(undelivered()),
            _ => return Ok(None),
        };
        Ok(Some(DeliveryReport {
            gateway: self.0,
            reference: reference(field(callback, "reference").ok_or(CallbackError::Field("reference"))?),
            message: field(callback, "message").map(|id| MessageId::new(Uuid::parse_str(id).unwrap())),
            number: field(callback, "number").map(phone),
            delivery,
            at: callback.at,
        }))
    }

    fn wish(&self, callback: &Callback<'_>) -> std::result::Result<Option<Wish>, CallbackError> {
        let number = || field(callback, "number").map(phone).ok_or(CallbackError::Field("number"));
        Ok(match field(callback, "wish") {
            Some("stop") => Some(Wish::OptOut(number()?)),
            Some("start") => Some(Wish::OptIn(number()?)),
            _ => None,
        })
    }
}

fn field<'c>(callback: &Callback<'c>, name: &str) -> Option<&'c str> {
    callback.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn undelivered() -> Failure {
    Failure { code: FailureCode::Undelivered, remark: Some(remark("AbsentSubscriber")) }
}

/// A shop, and gateways that call back.
struct Trial {
    store: Arc<FaultyStore>,
    desk: TestDesk,
    shop: Shop,
    callbacks: CallbackService,
}

impl Trial {
    async fn new() -> Self {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        let shop = desk.shop().await;
        let gateways = [Gateway::AfricasTalking, Gateway::Twilio].map(|it| Arc::new(Plain(it)) as Arc<_>);
        let callbacks = desk.callbacks(gateways.to_vec());
        Self { store, desk, shop, callbacks }
    }

    /// A message to `NUMBER` that stands there, as far as this gateway is to have had it.
    async fn message(&self, state: MessageState, gateway: Option<Gateway>, name: Option<&str>) -> Message {
        let made = self.desk.make.message_in(&self.shop.customer, state);
        let letter = Letter { to: phone(NUMBER), ..made.letter().clone() };
        let course = Course { gateway, reference: name.map(reference), ..made.course().clone() };
        let made = Message::restore(made.id(), letter, course, made.updated_at(), made.version());
        keep(&*self.desk.store, &made).await;
        made
    }

    async fn sent(&self, name: &str) -> Message {
        self.message(MessageState::Sent, Some(Gateway::AfricasTalking), Some(name)).await
    }

    async fn report_of(&self, gateway: Gateway, fields: &[(&str, &str)]) -> Result<()> {
        let form: Vec<_> =
            fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let callback = callback(&form, Some("signed"), self.desk.clock.now());
        self.callbacks.delivery_report(gateway.name(), SECRET, &callback).await
    }

    /// Africa's Talking reports.
    async fn report(&self, fields: &[(&str, &str)]) {
        self.report_of(Gateway::AfricasTalking, fields).await.unwrap();
    }

    async fn wish(&self, fields: &[(&str, &str)]) -> Result<()> {
        let form: Vec<_> =
            fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let callback = callback(&form, None, self.desk.clock.now());
        self.callbacks.wish("africas-talking", SECRET, &callback).await
    }

    async fn state(&self, message: &Message) -> MessageState {
        stored(&*self.desk.store, message).await.unwrap().course().state.clone()
    }

    async fn kept(&self, name: &str) -> Option<DeliveryReport> {
        let outbox = self.desk.store.outbox();
        outbox.kept_report(Gateway::AfricasTalking, &reference(name)).await.unwrap()
    }

    async fn is_opted_out(&self, number: &PhoneNumber) -> bool {
        !self.desk.store.outbox().opted_out(std::slice::from_ref(number)).await.unwrap().is_empty()
    }
}

fn callback<'c>(form: &'c [(String, String)], signature: Option<&'c str>, at: Timestamp) -> Callback<'c> {
    Callback { path_and_query: "/api/v1/delivery-reports/", form, signature, at }
}

fn unknown() -> MessageState {
    MessageState::Unknown(FailureCode::NoAnswer.into())
}

#[tokio::test]
async fn who_does_not_know_the_secret_finds_nothing() {
    let trial = Trial::new().await;
    let message = trial.sent("AT1").await;
    let form = [("reference", "AT1"), ("status", "delivered"), ("wish", "stop"), ("number", NUMBER)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let callback = callback(&form, Some("signed"), trial.desk.clock.now());
    for (gateway, secret) in [
        ("africas-talking", ""),
        ("africas-talking", "known-to-gateways-onlY"),
        ("africas-talking", "known-to-gateways-only "),
        ("console", SECRET),
        ("Africas-Talking", SECRET),
        ("", SECRET),
    ] {
        assert!(!trial.callbacks.knows(gateway, secret), "{gateway} {secret}");
        let report = trial.callbacks.delivery_report(gateway, secret, &callback).await;
        assert_eq!(refused(report), [Problem::NotFound], "{gateway} {secret}");
        let wish = trial.callbacks.wish(gateway, secret, &callback).await;
        assert_eq!(refused(wish), [Problem::NotFound], "{gateway} {secret}");
    }
    assert!(trial.callbacks.knows("africas-talking", SECRET) && trial.callbacks.knows("twilio", SECRET));
    // Where no secret was set nobody calls back.
    let gateways: Vec<Arc<dyn GatewayCallbacks>> = vec![Arc::new(Plain(Gateway::AfricasTalking))];
    let closed = CallbackService::new(trial.desk.ports(), None, gateways);
    for secret in ["", SECRET] {
        assert!(!closed.knows("africas-talking", secret));
        let report = closed.delivery_report("africas-talking", secret, &callback).await;
        assert_eq!(refused(report), [Problem::NotFound]);
    }
    assert_eq!(trial.state(&message).await, MessageState::Sent);
    assert!(!trial.is_opted_out(&phone(NUMBER)).await);
    let shown = format!("{:?}", CallbackSecret::new(SECRET));
    assert_eq!(shown, "CallbackSecret");
}

#[tokio::test]
async fn what_is_not_believed_or_understood_is_told_the_caller() {
    let trial = Trial::new().await;
    let form = [("reference".to_owned(), "AT1".to_owned()), ("status".to_owned(), "delivered".to_owned())];
    let unsigned = callback(&form, None, trial.desk.clock.now());
    let refusal = refused(trial.callbacks.delivery_report("africas-talking", SECRET, &unsigned).await);
    assert_eq!(refusal, [Problem::Callback(CallbackError::Signature)]);
    let refusal = refused(trial.report_of(Gateway::AfricasTalking, &[("status", "failed")]).await);
    assert_eq!(refusal, [Problem::Callback(CallbackError::Field("reference"))]);
    assert_eq!(refusal[0].to_string(), "The field reference is missing, or not what it should be.");
    let refusal = refused(trial.wish(&[("wish", "stop")]).await);
    assert_eq!(refusal, [Problem::Callback(CallbackError::Field("number"))]);
}

#[tokio::test]
async fn a_report_settles_the_message_that_the_gateway_calls_so() {
    for (status, state) in
        [("delivered", MessageState::Delivered), ("failed", MessageState::Failed(undelivered()))]
    {
        let trial = Trial::new().await;
        let (message, other) = (trial.sent("AT1").await, trial.sent("AT2").await);
        trial.report(&[("reference", "AT1"), ("status", status)]).await;
        assert_eq!(trial.state(&message).await, state);
        assert_eq!(trial.state(&other).await, MessageState::Sent);
        let settled = stored(&*trial.desk.store, &message).await.unwrap();
        assert_eq!((settled.version().number(), settled.updated_at()), (4, trial.desk.clock.now()));
        assert_eq!(settled.course().reference, Some(reference("AT1")));
        assert_eq!(trial.kept("AT1").await, None);
    }
}

/// A gateway calls its messages what it likes, whatever others call theirs.
#[tokio::test]
async fn a_report_is_about_messages_of_its_own_gateway() {
    let trial = Trial::new().await;
    let message = trial.sent("AT1").await;
    trial.report_of(Gateway::Twilio, &[("reference", "AT1"), ("status", "failed")]).await.unwrap();
    assert_eq!(trial.state(&message).await, MessageState::Sent);
}

#[tokio::test]
async fn what_is_on_its_way_is_no_last_word() {
    let trial = Trial::new().await;
    let message = trial.sent("AT1").await;
    trial.report(&[("reference", "AT1"), ("status", "on its way")]).await;
    assert_eq!(stored(&*trial.desk.store, &message).await, Some(message));
    assert_eq!(trial.kept("AT1").await, None);
}

#[tokio::test]
async fn the_first_last_word_counts_however_often_and_in_whatever_order_others_come() {
    for words in
        [["delivered", "delivered"], ["delivered", "failed"], ["failed", "delivered"], ["failed", "failed"]]
    {
        let trial = Trial::new().await;
        let message = trial.sent("AT1").await;
        trial.report(&[("reference", "AT1"), ("status", words[0])]).await;
        let settled = stored(&*trial.desk.store, &message).await;
        trial.desk.clock.advance(1_000);
        for word in words.into_iter().rev() {
            trial.report(&[("reference", "AT1"), ("status", word), ("number", NUMBER)]).await;
            assert_eq!(stored(&*trial.desk.store, &message).await, settled, "{words:?}");
        }
        assert_eq!(trial.kept("AT1").await, None, "there is nothing to wait for");
    }
}

#[tokio::test]
async fn a_report_of_what_nobody_knows_is_kept_for_three_days() {
    let trial = Trial::new().await;
    trial.report(&[("reference", "AT9"), ("status", "failed"), ("number", NUMBER)]).await;
    let kept = trial.kept("AT9").await.unwrap();
    assert_eq!(kept.delivery, Delivery::Failed(undelivered()));
    // A later word on it takes its place.
    trial.report(&[("reference", "AT9"), ("status", "delivered"), ("number", NUMBER)]).await;
    assert_eq!(trial.kept("AT9").await.unwrap().delivery, Delivery::Delivered);
}

/// It came while the worker had not yet written down what the gateway calls the message.
#[tokio::test]
async fn a_report_about_what_is_being_sent_is_kept() {
    let trial = Trial::new().await;
    let until = trial.desk.clock.later(60_000);
    let message = trial.message(MessageState::Sending { until }, None, None).await;
    let id = message.id().to_string();
    for fields in [
        vec![("reference", "AT1"), ("status", "delivered"), ("number", NUMBER)],
        vec![("reference", "AT1"), ("status", "delivered"), ("message", id.as_str())],
    ] {
        trial.report(&fields).await;
        assert!(trial.kept("AT1").await.is_some());
        assert_eq!(stored(&*trial.desk.store, &message).await.as_ref(), Some(&message));
    }
}

#[tokio::test]
async fn what_is_unknown_is_settled_by_its_number_if_it_can_be_no_other() {
    for (status, state) in
        [("delivered", MessageState::Delivered), ("failed", MessageState::Failed(undelivered()))]
    {
        let trial = Trial::new().await;
        let message = trial.message(unknown(), Some(Gateway::AfricasTalking), None).await;
        trial.report(&[("reference", "AT1"), ("status", status), ("number", NUMBER)]).await;
        assert_eq!(trial.state(&message).await, state);
        let course = stored(&*trial.desk.store, &message).await.unwrap().course().clone();
        assert_eq!(
            (course.gateway, course.reference),
            (Some(Gateway::AfricasTalking), Some(reference("AT1")))
        );
        assert_eq!(trial.kept("AT1").await, None);
    }
}

#[tokio::test]
async fn of_a_lost_worker_nobody_knows_which_gateway_it_had_asked() {
    let trial = Trial::new().await;
    let lost = MessageState::Unknown(FailureCode::WorkerLost.into());
    let message = trial.message(lost, None, None).await;
    trial.report(&[("reference", "AT1"), ("status", "delivered"), ("number", NUMBER)]).await;
    assert_eq!(trial.state(&message).await, MessageState::Delivered);
}

#[tokio::test]
async fn what_could_be_another_is_not_settled_by_its_number() {
    let until = |trial: &Trial| MessageState::Sending { until: trial.desk.clock.later(60_000) };
    let at = Some(Gateway::AfricasTalking);
    for case in 0.. {
        let trial = Trial::new().await;
        let message = match case {
            // Two of which nobody knows.
            0 => {
                trial.message(unknown(), at, None).await;
                trial.message(unknown(), at, None).await
            }
            // One is being sent, and may be what is reported.
            1 => {
                trial.message(until(&trial), None, None).await;
                trial.message(unknown(), at, None).await
            }
            // Another gateway had it.
            2 => trial.message(unknown(), Some(Gateway::Twilio), None).await,
            // It is known what the gateway calls it, and that is something else.
            3 => trial.message(unknown(), at, Some("AT7")).await,
            // It was never given to a gateway, or is known to have failed there.
            4 => trial.message(MessageState::Queued { due: trial.desk.clock.now() }, None, None).await,
            5 => trial.message(MessageState::Failed(undelivered()), at, None).await,
            // It is so old that no gateway reports on it any more.
            6 => {
                let message = trial.message(unknown(), at, None).await;
                trial.desk.clock.advance(3 * DAY);
                message
            }
            _ => break,
        };
        trial.report(&[("reference", "AT1"), ("status", "delivered"), ("number", NUMBER)]).await;
        assert_eq!(stored(&*trial.desk.store, &message).await.as_ref(), Some(&message), "{case}");
        assert!(trial.kept("AT1").await.is_some(), "{case}");
    }
    // Nor without a number, nor by that of somebody else.
    let trial = Trial::new().await;
    let message = trial.message(unknown(), at, None).await;
    trial.report(&[("reference", "AT1"), ("status", "delivered")]).await;
    trial.report(&[("reference", "AT2"), ("status", "delivered"), ("number", "+254722000112")]).await;
    assert_eq!(trial.state(&message).await, unknown());
    // Nor if it came long before the message was there, about somebody else's.
    let trial = Trial::new().await;
    let message = trial.message(unknown(), at, None).await;
    let came = Timestamp::from_milliseconds(message.id().created_at().milliseconds() - 60_000).unwrap();
    let form = [("reference", "AT1"), ("status", "delivered"), ("number", NUMBER)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let early = callback(&form, Some("signed"), came);
    trial.callbacks.delivery_report("africas-talking", SECRET, &early).await.unwrap();
    assert_eq!(trial.state(&message).await, unknown());
    assert!(trial.kept("AT1").await.is_some());
}

/// Twilio is told which message it is, and says so.
#[tokio::test]
async fn what_is_unknown_is_settled_by_its_id() {
    let trial = Trial::new().await;
    let twilio = Some(Gateway::Twilio);
    let [message, other] =
        [trial.message(unknown(), twilio, None).await, trial.message(unknown(), twilio, None).await];
    let id = message.id().to_string();
    let fields = [("reference", "SM1"), ("status", "delivered"), ("message", &*id), ("number", NUMBER)];
    trial.report_of(Gateway::Twilio, &fields).await.unwrap();
    assert_eq!(trial.state(&message).await, MessageState::Delivered);
    assert_eq!(trial.state(&other).await, unknown());
    // One that another gateway has taken over since is not Twilio's any more.
    let moved_on = trial.message(MessageState::Sent, Some(Gateway::AfricasTalking), Some("AT1")).await;
    let id = moved_on.id().to_string();
    let fields = [("reference", "SM2"), ("status", "failed"), ("message", &*id), ("number", NUMBER)];
    trial.report_of(Gateway::Twilio, &fields).await.unwrap();
    assert_eq!(trial.state(&moved_on).await, MessageState::Sent);
    assert_eq!(trial.state(&other).await, unknown(), "the id counts, and not the number");
    // One that has gone with its customer is nobody's.
    let id = Uuid::nil().to_string();
    let fields = [("reference", "SM3"), ("status", "failed"), ("message", &*id)];
    trial.report_of(Gateway::Twilio, &fields).await.unwrap();
}

/// The worker writes down what the gateway calls the message between the two looks of the one who takes the report.
#[tokio::test]
async fn a_report_outlasts_lost_races() {
    let trial = Trial::new().await;
    let message = trial.sent("AT1").await;
    trial.store.fail(Step::Update, 2, || StoreError::Conflict);
    trial.store.fail(Step::Commit, 1, || StoreError::Retry("deadlock".into()));
    trial.report(&[("reference", "AT1"), ("status", "delivered")]).await;
    assert!(trial.store.is_spent());
    assert_eq!(trial.state(&message).await, MessageState::Delivered);
    trial.store.fail(Step::Messaging, 1, || StoreError::Retry("deadlock".into()));
    trial.report(&[("reference", "AT2"), ("status", "delivered")]).await;
    assert!(trial.kept("AT2").await.is_some());
    // What is not kept is said to the gateway, which tries again.
    trial.store.fail(Step::Begin, 1, || StoreError::Unavailable("no route".into()));
    let report = [("reference", "AT3"), ("status", "delivered")];
    failed(trial.report_of(Gateway::AfricasTalking, &report).await);
}

#[tokio::test]
async fn who_wants_no_texts_is_marked_and_unmarked() {
    let trial = Trial::new().await;
    let (number, other) = (phone(NUMBER), phone("+254722000112"));
    trial.wish(&[("wish", "stop"), ("number", NUMBER)]).await.unwrap();
    trial.wish(&[("wish", "stop"), ("number", NUMBER)]).await.unwrap();
    assert!(trial.is_opted_out(&number).await && !trial.is_opted_out(&other).await);
    trial.wish(&[("wish", "what?"), ("number", NUMBER)]).await.unwrap();
    assert!(trial.is_opted_out(&number).await);
    trial.store.fail(Step::Messaging, 2, || StoreError::Retry("deadlock".into()));
    trial.wish(&[("wish", "start"), ("number", NUMBER)]).await.unwrap();
    assert!(!trial.is_opted_out(&number).await && trial.store.is_spent());
    trial.wish(&[("wish", "start"), ("number", NUMBER)]).await.unwrap();
    trial.store.fail(Step::Commit, 1, || StoreError::Retry("deadlock".into()));
    trial.wish(&[("wish", "stop"), ("number", NUMBER)]).await.unwrap();
    assert!(trial.is_opted_out(&number).await);
}

/// Gateways report in bursts, two of the same at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_that_come_together_settle_every_message_once() {
    let trial = Arc::new(Trial::new().await);
    let mut sent = Vec::new();
    for number in 0..50 {
        let made = trial.desk.make.message_in(&trial.shop.customer, MessageState::Sent);
        let course = Course { reference: Some(reference(&format!("AT{number}"))), ..made.course().clone() };
        sent.push(Message::restore(
            made.id(),
            made.letter().clone(),
            course,
            made.updated_at(),
            made.version(),
        ));
    }
    insert(&*trial.desk.store, &sent).await.unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|call| {
            let trial = Arc::clone(&trial);
            tokio::spawn(async move {
                let name = format!("AT{}", call % 50);
                trial.report(&[("reference", name.as_str()), ("status", "delivered")]).await;
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for message in sent {
        let settled = stored(&*trial.desk.store, &message).await.unwrap();
        assert_eq!(
            (settled.course().state.clone(), settled.version().number()),
            (MessageState::Delivered, 4)
        );
    }
}
