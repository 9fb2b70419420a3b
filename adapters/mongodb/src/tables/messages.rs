//! Messages. What is said to whom never changes; how far it has come does.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MessageDetails, MessageField};
use orderdesk_domain::{
    Course, CustomerId, Gateway, GatewayReference, Letter, Message, MessageEvent, MessageId, MessageState,
    MessageStatus, MessageText, OrderId, OrganizationId, PhoneNumber, Timestamp,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, KnownMessage, References};
use crate::schema::MESSAGES;
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value;

impl Table for Message {
    const COLLECTION: &'static str = MESSAGES;

    fn column(field: MessageField) -> Column {
        match field {
            MessageField::Id | MessageField::CreatedAt => Column::Own("_id"),
            MessageField::Organization => Column::Own("organization"),
            MessageField::Order => Column::Own("order"),
            MessageField::Customer => Column::Own("customer"),
            MessageField::Event => Column::Own("event"),
            MessageField::Status => Column::Own("status"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let letter = Letter {
            organization: OrganizationId::new(fields.id("organization")?),
            order: OrderId::new(fields.id("order")?),
            customer: CustomerId::new(fields.id("customer")?),
            event: fields.named("event", MessageEvent::from_name)?,
            to: fields.parsed("to", PhoneNumber::restore)?,
            text: fields.named("text", MessageText::compose)?,
        };
        Ok(Self::restore(
            MessageId::new(fields.id("_id")?),
            letter,
            course(fields)?,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.letter().organization.uuid());
        mentions.customers.insert(self.letter().customer.uuid());
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<MessageDetails> {
        let Letter { organization, customer, .. } = *self.letter();
        let (organization, customer) = (names.organization(organization)?, names.customer(customer)?);
        Ok(MessageDetails { message: self, customer, organization })
    }
}

fn course(fields: &Fields<'_>) -> StoreResult<Course> {
    let status = fields.named("status", MessageStatus::from_name)?;
    let state = MessageState::new(status, fields.optional_time("due_at")?, parts::failure(fields)?);
    Ok(Course {
        state: state.ok_or_else(|| fields.corrupt("status", "does not go with what belongs to it"))?,
        expires_at: fields.time("expires_at")?,
        attempts: fields.count("attempts")?,
        deferrals: fields.count("deferrals")?,
        gateway: fields.optional_named("gateway", Gateway::from_name)?,
        reference: fields.optional_parsed("reference", GatewayReference::parse)?,
        cost: parts::cost(fields)?,
    })
}

/// What [`Message::claim`] does, as an update of those that are queued. The mark says for which claim it was.
pub(crate) fn claim(mark: ObjectId, until: Timestamp, at: Timestamp) -> Document {
    doc! {
        "$set": { "status": MessageStatus::Sending.name(), "due_at": value::time(until), "claim": mark },
        "$max": { "updated_at": value::time(at) },
        "$inc": { "version": 1_i64 },
    }
}

impl Written for Message {
    fn fixed(&self) -> Document {
        let letter = self.letter();
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(letter.organization.uuid()),
            "order": value::id(letter.order.uuid()),
            "customer": value::id(letter.customer.uuid()),
            "event": letter.event.name(),
            "to": letter.to.as_str(),
            "text": letter.text.as_str(),
        }
    }

    fn changing(&self) -> Document {
        let course = self.course();
        let mut document = doc! {
            "status": self.status().name(),
            "due_at": value::optional_time(course.state.due()),
            "expires_at": value::time(course.expires_at),
            "attempts": i64::from(course.attempts),
            "deferrals": i64::from(course.deferrals),
            "gateway": course.gateway.map(Gateway::name),
            "reference": course.reference.as_ref().map(GatewayReference::as_str),
        };
        document.extend(parts::failure_document(course.state.failure()));
        document.extend(parts::cost_document(course.cost));
        document.extend(doc! {
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        });
        document
    }

    /// The customer is of an organization that is there. The order may go.
    fn refer(&self, references: &mut References) {
        let Letter { organization, customer, .. } = self.letter();
        references.customers.insert((customer.uuid(), organization.uuid()));
    }

    fn note(details: &MessageDetails, known: &mut Known) {
        let MessageDetails { message, customer, organization } = details;
        known.organizations.insert(organization.id.uuid());
        known.customers.insert(customer.id.uuid(), organization.id.uuid());
        known.note_message(message);
    }

    fn note_written(&self, known: &mut Known) {
        known.messages.insert(self.id().uuid(), KnownMessage::of(self, true));
    }
}
