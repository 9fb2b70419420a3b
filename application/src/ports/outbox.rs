//! Messages that wait to be sent, and what gateways say about them.

use async_trait::async_trait;
use orderdesk_domain::{
    Cost, DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageId, OptOut, PhoneNumber, Timestamp,
};

use crate::ports::StoreResult;
use crate::query::Selection;
use crate::views::MessageField;

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages that are queued, due or not.
    pub queued: u64,
    /// Messages that some worker has.
    pub sending: u64,
    /// When the queued message that is due first is due, or was.
    pub first_due: Option<Timestamp>,
}

/// The messages that wait to be sent, for workers of any number of programs. Not to be called while a unit of work is
/// held.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Gives up to `limit` of the messages that are due at `now` to the caller until the lease ends, those first that
    /// have been due for longest, and answers them as they have become: each as [`Message::claim`] makes it. Of any
    /// number of callers at once no two get the same message, and none waits for another. Where nothing is
    /// due, this costs no more than a look.
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> StoreResult<Vec<Message>>;

    /// When the queued message that is due first is due; `None` where none is queued.
    async fn next_due(&self) -> StoreResult<Option<Timestamp>>;

    /// Up to `limit` messages that somebody has to look after: those whose lease ended at or before `now`, and queued
    /// ones that nobody wants any more since then.
    async fn overdue(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>>;

    /// How much waits.
    async fn backlog(&self) -> StoreResult<Backlog>;

    /// What the messages of a selection have cost, a sum for each currency, by its code.
    async fn costs(&self, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>>;

    /// Those of `numbers` whose owners want no texts.
    async fn opted_out(&self, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>>;

    /// The gateways that send nothing at present, in no particular order.
    async fn holds(&self) -> StoreResult<Vec<Hold>>;

    /// The report of this reference that is kept, if one is.
    async fn kept_report(
        &self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<DeliveryReport>>;

    /// Up to `limit` kept reports about messages to this number.
    async fn kept_reports_to(&self, number: &PhoneNumber, limit: u32) -> StoreResult<Vec<DeliveryReport>>;

    /// Lets those who listen, in other programs, know that something has been queued.
    async fn announce(&self) -> StoreResult<()>;

    /// Begins to listen for what is queued by other programs; `None` where the store cannot tell, and has to be asked.
    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>>;
}

/// Hears that something has been queued.
#[async_trait]
pub trait Announcements: Send {
    /// Comes back when something has been queued since the last call. It may come back without cause.
    ///
    /// # Errors
    /// `Unavailable` where the connection is gone: nothing more will be heard from here.
    async fn next(&mut self) -> StoreResult<()>;
}

/// What is kept within one unit of work about messages and gateways, beside the messages themselves.
#[async_trait]
pub trait MessagingRepository: Send {
    /// The message that this gateway calls so.
    async fn called(
        &mut self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<Message>>;

    /// The message of this id, whoever may see it.
    async fn message(&mut self, id: MessageId) -> StoreResult<Option<Message>>;

    /// Up to `limit` messages to this number that are being sent or unknown and were queued first at or after `since`.
    async fn unsettled(
        &mut self,
        number: &PhoneNumber,
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>>;

    /// Keeps a report until the message is known that it is about; a later one of the same reference takes its place.
    async fn keep_report(&mut self, report: &DeliveryReport) -> StoreResult<()>;

    /// Forgets the report of this reference, if one is kept.
    async fn drop_report(&mut self, gateway: Gateway, reference: &GatewayReference) -> StoreResult<()>;

    /// Marks a number as one whose owner wants no texts; one that is marked stays as it is.
    async fn opt_out(&mut self, opt_out: &OptOut) -> StoreResult<()>;

    /// Takes the mark off a number, if it has one.
    async fn opt_in(&mut self, number: &PhoneNumber) -> StoreResult<()>;

    /// Notes that a gateway sends nothing at present. Of one that is held already, the beginning stays as it is.
    async fn hold(&mut self, hold: &Hold) -> StoreResult<()>;

    /// Notes that a gateway sends again, if it was held.
    async fn release(&mut self, gateway: Gateway) -> StoreResult<()>;

    /// Forgets reports that came before `before`.
    async fn sweep_reports(&mut self, before: Timestamp) -> StoreResult<()>;
}
