//! Writing messages: what customers are told, and letting those know who send it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orderdesk_domain::{
    Customer, Letter, Message, MessageEvent, MessageId, MessageText, Order, OrderEvent, OrganizationId,
    Timestamp, Wording,
};
use quick_cache::sync::Cache;
use tokio::sync::Notify;

use crate::ports::StoreResult;
use crate::query::{Filter, Query, Selection};
use crate::scope::Scope;
use crate::services::desk::Desk;
use crate::views::{MessageTemplateField, OrganizationSummary};
use crate::wording::{Story, built_in};

/// The most organizations whose templates are remembered.
const MOST: usize = 1_000;

/// For how long they are, in milliseconds: this program forgets what it changes at once, and what another one has
/// changed after this time at the latest.
const BELIEVED: i64 = 4_000;

/// Templates of an organization, by what they are for.
type Templates = Vec<(MessageEvent, Wording)>;

/// What those who write messages share with those who send them.
pub struct Post {
    /// Rung when something has been queued.
    bell: Notify,
    /// After how many milliseconds nobody wants a message any more that has not been sent.
    maximum_age: i64,
    templates: Cache<OrganizationId, (Arc<Templates>, Timestamp)>,
    /// Grows with every change of a template.
    generation: AtomicU64,
}

/// Nobody wants to hear of yesterday.
impl Default for Post {
    fn default() -> Self {
        Self::new(24 * 60 * 60 * 1_000)
    }
}

impl Post {
    /// Nobody wants a message any more that has not been sent after so many milliseconds.
    pub fn new(maximum_age: i64) -> Self {
        Self {
            bell: Notify::new(),
            maximum_age,
            templates: Cache::new(MOST),
            generation: AtomicU64::default(),
        }
    }

    /// Comes back when something has been queued by this program since the last call.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Lets the one who sends know that something has been queued. To be told after it has been committed.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    /// When nobody wants a message any more that is queued now.
    pub(super) fn expiry(&self, now: Timestamp) -> Timestamp {
        later(now, self.maximum_age)
    }

    /// Forgets all templates, for one has changed. To be told after it has been committed.
    pub(super) fn forget_templates(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.templates.clear();
    }
}

/// So many milliseconds after `time`.
pub(super) fn later(time: Timestamp, milliseconds: i64) -> Timestamp {
    let later = time.milliseconds().saturating_add(milliseconds);
    Timestamp::from_milliseconds(later).unwrap_or(Timestamp::LATEST)
}

/// What the customers of an organization are told, event by event.
#[derive(Clone)]
pub(super) struct Wordings(Arc<Templates>);

impl Wordings {
    /// The template for `event`; `None` where customers are not told.
    fn template(&self, event: MessageEvent) -> Option<&str> {
        match self.0.iter().find(|(of, _)| *of == event) {
            Some((_, wording)) => wording.is_active.then(|| wording.text.as_str()),
            None => event.is_told_by_default().then(|| built_in(event)),
        }
    }

    /// Whether customers are told of this.
    pub(super) fn tell(&self, event: &OrderEvent) -> bool {
        MessageEvent::of(event.kind).is_some_and(|event| self.template(event).is_some())
    }
}

impl Desk {
    /// What the customers of `organization` are told. Not to be asked while a unit of work is held.
    pub(super) async fn wordings(&self, organization: OrganizationId) -> StoreResult<Wordings> {
        let now = self.now();
        if let Some((templates, since)) = self.post.templates.get(&organization) {
            let age = now.milliseconds() - since.milliseconds();
            if (0..BELIEVED).contains(&age) {
                return Ok(Wordings(templates));
            }
        }
        let generation = self.post.generation.load(Ordering::Acquire);
        let here = Filter::equals(MessageTemplateField::Organization, organization.uuid());
        let limit = u32::try_from(MessageEvent::ALL.len()).unwrap_or(u32::MAX);
        let query = Query::first(Selection::new(&Scope::Everything, here), limit);
        let found = self.store.message_templates().list(&query).await?.rows.into_iter();
        let template = found.map(|it| (it.template.event(), it.template.wording().clone()));
        let templates = Arc::new(template.collect::<Templates>());
        self.post.templates.insert(organization, (Arc::clone(&templates), now));
        if self.post.generation.load(Ordering::Acquire) != generation {
            self.post.templates.remove(&organization);
        }
        Ok(Wordings(templates))
    }

    /// What the customer is told of what has happened to the order; `None` where it is nothing.
    pub(super) fn message(
        &self,
        wordings: &Wordings,
        order: &Order,
        event: &OrderEvent,
        customer: &Customer,
        organization: &OrganizationSummary,
    ) -> Option<Message> {
        let of = MessageEvent::of(event.kind)?;
        let profile = customer.profile();
        let story = Story {
            first_name: &profile.first_name,
            second_name: &profile.second_name,
            customer_code: profile.code,
            organization: &organization.name,
            order: order.id(),
            line: &event.line,
        };
        let letter = Letter {
            organization: organization.id,
            order: order.id(),
            customer: customer.id(),
            event: of,
            to: profile.phone.clone(),
            text: told(&story, wordings.template(of)?, of)?,
        };
        let at = event.id.created_at();
        let id = MessageId::new(self.ids.mint(at));
        Some(Message::queue(id, letter, self.post.expiry(at)))
    }
}

/// No order fails because of a template, which was tried when it was saved; the built-in text takes its place.
fn told(story: &Story<'_>, template: &str, event: MessageEvent) -> Option<MessageText> {
    let built_in = |error| {
        tracing::warn!(%error, event = event.name(), "a template made no text; the built-in one is sent");
        story.told(built_in(event))
    };
    let text = story.told(template).or_else(built_in);
    text.inspect_err(|error| tracing::error!(%error, event = event.name(), "a customer is not told")).ok()
}
