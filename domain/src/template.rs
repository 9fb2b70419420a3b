//! The template aggregate: what an organization's customers are told of one kind of event, and whether they are.

use crate::getters::getters;
use crate::identity::{MessageTemplateId, OrganizationId};
use crate::message::{MessageEvent, TemplateText};
use crate::time::Timestamp;
use crate::version::Version;

/// What may change about a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wording {
    /// What the messages are made of.
    pub text: TemplateText,
    /// Whether customers are told at all.
    pub is_active: bool,
}

/// What the customers of one organization are told of one kind of event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageTemplate {
    id: MessageTemplateId,
    organization: OrganizationId,
    event: MessageEvent,
    wording: Wording,
    updated_at: Timestamp,
    version: Version,
}

impl MessageTemplate {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: MessageTemplateId;
        /// Whose template this is; it never changes.
        copy organization: OrganizationId;
        /// What it tells of; it never changes, and an organization has one template for each event at the most.
        copy event: MessageEvent;
        /// Its text and whether it is used.
        get wording: Wording;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new template, in its first version.
    pub fn draw_up(
        id: MessageTemplateId,
        organization: OrganizationId,
        event: MessageEvent,
        wording: Wording,
    ) -> Self {
        Self { id, organization, event, wording, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A template as a store kept it.
    pub fn restore(
        id: MessageTemplateId,
        organization: OrganizationId,
        event: MessageEvent,
        wording: Wording,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, organization, event, wording, updated_at, version }
    }

    /// Takes on `wording`. What is already so is no change: the version stays, and the answer is `false`.
    pub fn revise(&mut self, wording: Wording, at: Timestamp) -> bool {
        if self.wording == wording {
            return false;
        }
        self.wording = wording;
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn wording(text: &str) -> Wording {
        Wording { text: TemplateText::parse(text).unwrap(), is_active: true }
    }

    #[test]
    fn a_revision_is_another_version_and_the_same_wording_is_none() {
        let id = MessageTemplateId::new(Uuid::from_u128(1_000 << 80));
        let organization = OrganizationId::new(Uuid::nil());
        let mut template =
            MessageTemplate::draw_up(id, organization, MessageEvent::OrderPlaced, wording("Hello"));
        let later = Timestamp::from_milliseconds(2_000).unwrap();
        assert!(!template.revise(wording("Hello"), later));
        assert_eq!((template.updated_at(), template.version()), (id.created_at(), Version::FIRST));
        assert!(template.revise(wording("Good day"), later));
        assert_eq!((template.updated_at(), template.version().number()), (later, 2));
    }
}
