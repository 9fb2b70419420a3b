//! What has to be said about a kind of object to keep it in a table.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Entity, Field as _, Term};
use uuid::Uuid;

use crate::row::{Cells, RowReader};
use crate::value::SqlValue;

/// Where a field is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column {
    /// In a column of the table itself, with an index.
    Own(&'static str),
    /// Text, beside a copy of it in folded case: the copy leads the index.
    Folded {
        /// The text to the letter.
        exact: &'static str,
        /// The copy.
        folded: &'static str,
    },
    /// A moment that may be missing, in a column that then holds what sorts before every moment.
    OrLowest(&'static str),
    /// In a column for which the table has no index, perhaps because it is another table's.
    Unindexed(&'static str),
    /// In another table, to which the table refers.
    Through(Reference),
}

/// How one table refers to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    /// The column that refers.
    pub(crate) key: &'static str,
    /// The table that is referred to, with its alias.
    pub(crate) source: &'static str,
    /// Its identity.
    pub(crate) id: &'static str,
    /// Its organization.
    pub(crate) organization: &'static str,
    /// The column that is meant, unique within the organization.
    pub(crate) column: &'static str,
    /// The same column as an expression over the table that refers.
    pub(crate) value: &'static str,
}

/// The end of the rows that pass a test, in the order of ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    /// No row has a higher id,
    pub(crate) last: Uuid,
    /// but for those in which this column of the table says yes.
    pub(crate) exceptions: &'static str,
}

/// A kind of object that is kept in a table.
pub(crate) trait Table: Entity {
    /// The table.
    const TABLE: &'static str;
    /// The table, and the tables without which its fields cannot be told, with their aliases.
    const SOURCE: &'static str;
    /// The tables that only supply names, joined to the source.
    const NAMES: &'static str;
    /// What is read of all these, in the order of [`Table::read`].
    const COLUMNS: &'static [&'static str];

    /// The field by which rows lie together, because every index begins with it: what is found through one of them
    /// is of one value of this field. `None` where each index begins with what it is for.
    const HOME: Option<Self::Field>;

    /// Where a field is kept.
    fn column(field: Self::Field) -> Column;

    /// Whether there is at most one object with any value of this field, in any organization.
    fn is_key(field: Self::Field) -> bool {
        field == Self::Field::ID
    }

    /// Where, in the order of ids, the rows end that pass this test, if that is known.
    fn end(_: &Term<Self::Field>) -> Option<End> {
        None
    }

    /// An object as the columns describe it.
    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self::Details>;
}

/// A kind of record that has a table and is in no list.
pub(crate) trait Plain: Sized + Send + Sync {
    /// The table.
    const TABLE: &'static str;
    /// All columns.
    const COLUMNS: &'static [&'static str];

    /// What goes into the columns.
    fn values(&self) -> Vec<SqlValue>;

    /// A record as the columns describe it.
    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self>;
}

/// A kind of object that is written to its table.
pub(crate) trait Written: Table {
    /// The columns that a change leaves alone. The id is among them.
    const FIXED: &'static [&'static str];
    /// The columns that a change rewrites, the version among them; none for what never changes.
    const CHANGING: &'static [&'static str];

    /// What goes into the fixed columns.
    fn fixed(&self) -> Vec<SqlValue>;

    /// What goes into the changing ones.
    fn changing(&self) -> Vec<SqlValue>;
}
