//! What can be done with templates of messages.

use orderdesk_domain::{
    Currency, CustomerCode, ItemName, MessageEvent, MessageTemplate, MessageTemplateId, MessageText, OrderId,
    OrderLine, OrganizationId, PersonName, Price, Quantity, Resource, Segments, TemplateText, Timestamp,
    Wording,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::{Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Reader, StoreError, Unique};
use crate::principal::Caller;
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{CustomerDetails, MessageTemplateDetails, OrganizationSummary};
use crate::wording::{Story, Unwordable, check};

/// A template to create.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// Where; may be left out by a caller who can write to one organization only.
    pub organization: Option<OrganizationId>,
    /// What it is for.
    pub event: MessageEvent,
    /// What the messages are made of.
    pub text: TemplateText,
    /// Whether customers are told at all.
    pub is_active: bool,
}

/// What is to change about a template; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct TemplateChange {
    /// Must be the organization that the template is of.
    pub organization: Option<OrganizationId>,
    /// Must be what the template is for.
    pub event: Option<MessageEvent>,
    /// What the messages are made of.
    pub text: Option<TemplateText>,
    /// Whether customers are told at all.
    pub is_active: Option<bool>,
}

impl TemplateChange {
    fn apply(&self, details: &mut MessageTemplateDetails, now: Timestamp) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        if self.organization.is_some_and(|organization| organization != details.organization.id) {
            problems.push(Problem::OrganizationFixed);
        }
        if self.event.is_some_and(|event| event != details.template.event()) {
            problems.push(Problem::EventFixed(details.template.event()));
        }
        problems.extend(self.text.as_ref().and_then(|text| check(text).err()).map(Problem::Unwordable));
        if !problems.is_empty() {
            return Err(problems);
        }
        let present = details.template.wording();
        let wording = Wording {
            text: self.text.clone().unwrap_or_else(|| present.text.clone()),
            is_active: self.is_active.unwrap_or(present.is_active),
        };
        details.template.revise(wording, now);
        Ok(())
    }
}

/// What a message is to be tried with.
#[derive(Debug, Clone, Default)]
pub struct PreviewRequest {
    /// Another text than the template's.
    pub text: Option<TemplateText>,
    /// An order of the organization; an example where none is given.
    pub order: Option<OrderId>,
}

/// A message as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What it says.
    pub text: MessageText,
    /// How it travels.
    pub segments: Segments,
}

/// The use cases of templates.
#[derive(Clone)]
pub struct TemplateService {
    desk: Desk,
}

impl Browse for TemplateService {
    type Entity = MessageTemplate;

    fn reader(&self) -> &dyn Reader<MessageTemplate> {
        self.desk.store.message_templates()
    }
}

impl TemplateService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Creates a template, which takes the place of the built-in text.
    ///
    /// # Errors
    /// `EventTaken`, `Unwordable`, `Forbidden`, `ForbiddenIn`, `OrganizationRequired`, `OrganizationUnknown`;
    /// `KeyReused`, `KeyInUse`.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewTemplate,
        once: Option<&Once<MessageTemplateDetails>>,
    ) -> Result<Outcome<MessageTemplateDetails>> {
        let organization =
            &self.desk.organization(caller, new.organization, Resource::MessageTemplates).await?;
        check(&new.text).map_err(Problem::Unwordable)?;
        let wording = &Wording { text: new.text, is_active: new.is_active };
        let created = self.desk.once(caller, once, || async move {
            let mut work = self.desk.begin().await?;
            let id = MessageTemplateId::new(self.desk.mint());
            let template = MessageTemplate::draw_up(id, organization.id, new.event, wording.clone());
            match work.message_templates().insert(std::slice::from_ref(&template)).await {
                Err(StoreError::AlreadyExists(Unique::MessageTemplate)) => {
                    return Err(Problem::EventTaken(new.event).into());
                }
                outcome => outcome?,
            }
            let details = MessageTemplateDetails { template, organization: organization.clone() };
            let entry = self.desk.entry::<MessageTemplate>(caller, None, Some(&details));
            let answer = self.desk.kept(caller, once, &details);
            self.desk.commit(work, entry.as_slice(), answer).await?;
            Ok(details)
        });
        let created = created.await?;
        self.desk.post.forget_templates();
        Ok(created)
    }

    /// Changes a template. Messages that are queued keep what they say.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `OrganizationFixed`, `EventFixed`, `Unwordable`, `Stale`.
    pub async fn change(&self, caller: &Caller, row: Row<TemplateChange>) -> Result<MessageTemplateDetails> {
        let rows = &[row];
        let changed = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let mut batch = Batch::load(Lookup::Within(work.message_templates()), caller, rows).await?;
            let now = self.desk.now();
            batch.apply(rows, |details, change| change.apply(details, now));
            let stored =
                batch.store(&self.desk, work, |work| work.message_templates(), |_| Problem::Stale).await?;
            if let Some(work) = stored {
                self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
            }
            Ok(batch.into_details())
        });
        let changed = only(changed.await)?;
        self.desk.post.forget_templates();
        Ok(changed)
    }

    /// Deletes a template; the built-in text is in its place then.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: MessageTemplateId,
        precondition: &Precondition,
    ) -> Result<()> {
        let deleted = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let found = find_to_delete(work.message_templates(), caller, id.uuid(), precondition).await?;
            let (_, entries) = delete_found(&self.desk, work.message_templates(), caller, &[found]).await?;
            Ok(self.desk.commit(work, &entries, None).await?)
        });
        deleted.await?;
        self.desk.post.forget_templates();
        Ok(())
    }

    /// The message that a template, or a text in its place, makes of an order or of an example. Nothing is sent.
    ///
    /// # Errors
    /// `NotFound`, `Unwordable`; `OrderUnknown` where the caller sees no such order there, `Forbidden` where the caller
    /// may see no orders at all.
    pub async fn preview(
        &self,
        caller: &Caller,
        id: MessageTemplateId,
        request: PreviewRequest,
    ) -> Result<Preview> {
        let MessageTemplateDetails { template, organization } = self.find(caller, id.uuid()).await?;
        let text = request.text.as_ref().unwrap_or(&template.wording().text);
        check(text).map_err(Problem::Unwordable)?;
        let told = match request.order {
            None => example(&organization, template.id(), text),
            Some(order) => self.of_order(caller, &organization, order, text).await?,
        };
        let text = told.map_err(Problem::Unwordable)?;
        Ok(Preview { segments: text.segments(), text })
    }

    async fn of_order(
        &self,
        caller: &Caller,
        organization: &OrganizationSummary,
        id: OrderId,
        text: &TemplateText,
    ) -> Result<Result<MessageText, Unwordable>> {
        let unknown = || Problem::OrderUnknown(id);
        // A text can say everything about an order, so that this is to read it, not to refer to it.
        let order = self.desk.store.orders().find(&caller.scope(Resource::Orders)?, id.uuid()).await?;
        let order = order.filter(|order| order.organization.id == organization.id).ok_or_else(unknown)?;
        let customers: &dyn Reader<_> = self.desk.store.customers();
        let customer = customers.find(&Scope::Everything, order.customer.id.uuid()).await?;
        let CustomerDetails { customer, .. } = customer.ok_or_else(unknown)?;
        let profile = customer.profile();
        let story = Story {
            first_name: &profile.first_name,
            second_name: &profile.second_name,
            customer_code: profile.code,
            organization: &organization.name,
            order: order.order.id(),
            line: order.order.line(),
        };
        Ok(story.told(text.as_str()))
    }
}

/// What the text tells somebody who does not exist.
fn example(
    organization: &OrganizationSummary,
    id: MessageTemplateId,
    text: &TemplateText,
) -> Result<MessageText, Unwordable> {
    let no_example = |error: orderdesk_domain::Invalid| Unwordable::Template(error.to_string());
    let currency: Currency = organization.default_currency;
    let line = OrderLine {
        item: ItemName::parse("Soap").map_err(no_example)?,
        item_id: None,
        quantity: Quantity::new(2).map_err(no_example)?,
        price: Price::new(Decimal::from(150), currency).map_err(no_example)?,
    };
    let story = Story {
        first_name: &PersonName::parse("Amina").map_err(no_example)?,
        second_name: &PersonName::parse("Otieno").map_err(no_example)?,
        customer_code: CustomerCode::generate(0),
        organization: &organization.name,
        order: OrderId::new(Uuid::from_u128(id.uuid().as_u128())),
        line: &line,
    };
    story.told(text.as_str())
}
