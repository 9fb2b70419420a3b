//! What the store has to know about a kind of object to keep it. Another kind of object joins by saying so.

use mongodb::bson::Document;
use orderdesk_application::ports::{Aggregate, StoreResult};
use orderdesk_application::query::Entity;

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};

/// Where the value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// In a field of the document.
    Own(&'static str),
    /// Text, with a folded copy to search and sort by.
    Folded {
        /// As it was written.
        exact: &'static str,
        /// Folded.
        folded: &'static str,
    },
    /// The code of the customer that the document refers to, as it is at present.
    CustomerCode,
}

/// A kind of object that has a collection.
pub(crate) trait Table: Entity {
    const COLLECTION: &'static str;

    /// Where the value of a field is.
    fn column(field: Self::Field) -> Column;

    /// The object that a document holds.
    fn read(fields: &Fields<'_>) -> StoreResult<Self>;

    /// Notes whose names are shown beside the object.
    fn mention(&self, mentions: &mut Mentions);

    /// The object with what is shown beside it.
    fn show(self, fields: &Fields<'_>, names: &Names) -> StoreResult<Self::Details>;
}

/// A kind of object that is written as a whole.
pub(crate) trait Written: Table + Aggregate {
    /// What never changes, the `_id` among it.
    fn fixed(&self) -> Document;

    /// What can change, the version among it.
    fn changing(&self) -> Document;

    /// Notes what a new object refers to.
    fn refer(&self, references: &mut References);

    /// Notes what the object refers to that it did not refer to before, as far as that is known.
    fn refer_anew(&self, _known: &Known, _references: &mut References) {}

    /// Takes note of an object that was just read, and of what is shown beside it.
    fn note(details: &Self::Details, known: &mut Known);

    /// Takes note that this unit of work has written the object.
    fn note_written(&self, known: &mut Known);
}
