//! A shop whose messages are sent, with time under the test's control.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::Scope;
use orderdesk_application::ports::{Clock as _, SmsGateway};
use orderdesk_application::query::{Key, Order, Query, Selection};
use orderdesk_application::services::{CustomerChoice, Desk, Relay};
use orderdesk_application::views::MessageAttemptField;
use orderdesk_contract::builders::id_at;
use orderdesk_contract::kinds::{everything, find, insert};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Customer, Gateway, Letter, Message, MessageAttempt, MessageId, MessageState, MessageStatus, PhoneNumber,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::contents::equals;
use super::desk::{TestDesk, WANTED};
use super::faulty::FaultyStore;
use super::gateway::ScriptedGateway;
use super::outcome::done;
use super::requests::{catalogue, new_order};

/// For how long a worker has a message, in milliseconds.
pub(crate) const LEASE: i64 = 120_000;

/// A shop, and the gateway that its messages go through. Its time is tokio's, and to stand still: where a test waits for
/// a time to pass, everything happens that is to happen until then.
pub(crate) struct Office {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) desk: TestDesk,
    pub(crate) shop: Shop,
    pub(crate) gateway: Arc<ScriptedGateway>,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::running_on(store.clone());
        let shop = desk.shop().await;
        let gateway = ScriptedGateway::new(Gateway::AfricasTalking, &desk.clock);
        Self { store, desk, shop, gateway }
    }

    /// Another gateway.
    pub(crate) fn another(&self) -> Arc<ScriptedGateway> {
        ScriptedGateway::new(Gateway::Twilio, &self.desk.clock)
    }

    /// Begins to send through the gateway, eight messages at once.
    pub(crate) fn send(&self) -> Running {
        self.send_through(std::slice::from_ref(&self.gateway))
    }

    /// Begins to send through these gateways.
    pub(crate) fn send_through(&self, gateways: &[Arc<ScriptedGateway>]) -> Running {
        Running::start(self.desk.ports(), gateways, 8)
    }

    /// Places an order of the shop's customer, and answers the message about it.
    pub(crate) async fn order(&self) -> Message {
        let new = new_order(CustomerChoice::Id(self.shop.customer.id()), catalogue(&self.shop.item, 1));
        let order = self.desk.orders().place(&self.shop.caller(), new, None).await.map(done).unwrap().order;
        let told = everything::<Message>(&*self.desk.store).await.rows.into_iter();
        told.map(|it| it.message).find(|it| it.letter().order == order.id()).unwrap()
    }

    /// A message to a number of its own, due now.
    pub(crate) fn message(&self, customer: &Customer) -> Message {
        self.message_to(customer, self.desk.make.phone())
    }

    /// A message to this number, due now.
    pub(crate) fn message_to(&self, customer: &Customer, to: PhoneNumber) -> Message {
        let now = self.desk.clock.now();
        let number = self.desk.make.id().as_u64_pair().1 & (u64::MAX >> 2);
        let id = MessageId::new(id_at(u64::try_from(now.milliseconds()).unwrap(), number));
        let letter = Letter { to, ..self.desk.make.letter(customer) };
        Message::queue(id, letter, self.desk.clock.later(WANTED))
    }

    /// So many messages, each to a number of its own, all of them due now.
    pub(crate) async fn queue(&self, many: usize) -> Vec<Message> {
        let messages: Vec<_> = (0..many).map(|_| self.message(&self.shop.customer)).collect();
        insert(&*self.desk.store, &messages).await.unwrap();
        messages
    }

    /// How it stands with a message.
    pub(crate) async fn now(&self, message: &Message) -> Message {
        find::<Message>(&*self.desk.store, message.id().uuid()).await.unwrap().message
    }

    /// Where a message stands.
    pub(crate) async fn state(&self, message: &Message) -> MessageState {
        self.now(message).await.course().state.clone()
    }

    /// How many messages stand there.
    pub(crate) async fn count(&self, status: MessageStatus) -> usize {
        let rows = everything::<Message>(&*self.desk.store).await.rows;
        rows.iter().filter(|it| it.message.status() == status).count()
    }

    /// What has been tried with a message, the oldest first.
    pub(crate) async fn attempts(&self, message: &Message) -> Vec<MessageAttempt> {
        let order = Order::new(&[Key { field: MessageAttemptField::CreatedAt, descending: false }]).unwrap();
        let of_it = equals(MessageAttemptField::Message, message.id().uuid());
        let query = Query { order, ..Query::first(Selection::new(&Scope::Everything, of_it), 1_000) };
        let rows = self.desk.store.message_attempts().list(&query).await.unwrap().rows;
        rows.into_iter().map(|it| it.attempt).collect()
    }
}

/// Lets so many milliseconds pass, with all that is to happen until then.
pub(crate) async fn pass(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// A relay that is sending.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Begins to send through these gateways, so many messages at once.
    pub(crate) fn start(desk: Desk, gateways: &[Arc<ScriptedGateway>], concurrency: usize) -> Self {
        let gateways = gateways.iter().map(|it| Arc::clone(it) as Arc<dyn SmsGateway>).collect();
        let relay = Relay::new(desk, gateways, concurrency, LEASE);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            relay.run(stopped).await;
        });
        Self { stop, task }
    }

    /// Whether it has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// Tells it to stop, and answers what to wait for.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }

    /// Ends it in the midst of whatever it does, as if its program had been killed.
    pub(crate) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}
