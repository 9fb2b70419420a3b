//! Reading rows: by position, in the order in which the columns were asked for.

use std::fmt::Display;

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{Timestamp, Version};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row as the driver brings it. `None` stands for NULL.
pub trait Cells: Send + Sync {
    /// Reads an identity.
    fn uuid(&self, index: usize) -> sqlx::Result<Option<Uuid>>;
    /// Reads text.
    fn text(&self, index: usize) -> sqlx::Result<Option<&str>>;
    /// Reads a whole number.
    fn integer(&self, index: usize) -> sqlx::Result<Option<i64>>;
    /// Reads an amount of money.
    fn decimal(&self, index: usize) -> sqlx::Result<Option<Decimal>>;
    /// Reads a moment.
    fn time(&self, index: usize) -> sqlx::Result<Option<Timestamp>>;
    /// Reads yes or no.
    fn boolean(&self, index: usize) -> sqlx::Result<Option<bool>>;
    /// Reads bytes.
    fn bytes(&self, index: usize) -> sqlx::Result<Option<&[u8]>>;
}

/// Takes one column after the other from a row, and names the column where what it holds cannot be. The value
/// itself is not named: it may be personal data.
pub(crate) struct RowReader<'r, R> {
    row: &'r R,
    names: &'r [&'static str],
    next: usize,
}

impl<'r, R: Cells> RowReader<'r, R> {
    pub(crate) fn new(row: &'r R, names: &'r [&'static str]) -> Self {
        Self::from(row, names, 0)
    }

    /// Reads from the column of this number on.
    pub(crate) fn from(row: &'r R, names: &'r [&'static str], next: usize) -> Self {
        Self { row, names, next }
    }

    pub(crate) fn optional_uuid(&mut self) -> StoreResult<Option<Uuid>> {
        self.read(R::uuid)
    }

    pub(crate) fn uuid(&mut self) -> StoreResult<Uuid> {
        self.required(R::uuid)
    }

    pub(crate) fn optional_integer(&mut self) -> StoreResult<Option<i64>> {
        self.read(R::integer)
    }

    pub(crate) fn integer(&mut self) -> StoreResult<i64> {
        self.required(R::integer)
    }

    pub(crate) fn decimal(&mut self) -> StoreResult<Decimal> {
        self.required(R::decimal)
    }

    pub(crate) fn optional_time(&mut self) -> StoreResult<Option<Timestamp>> {
        self.read(R::time)
    }

    pub(crate) fn time(&mut self) -> StoreResult<Timestamp> {
        self.required(R::time)
    }

    pub(crate) fn boolean(&mut self) -> StoreResult<bool> {
        self.required(R::boolean)
    }

    /// Bytes of exactly this length.
    pub(crate) fn bytes<const LENGTH: usize>(&mut self) -> StoreResult<[u8; LENGTH]> {
        let bytes = self.required(R::bytes)?;
        bytes.try_into().map_err(|_| self.corrupt("is not of the right length"))
    }

    pub(crate) fn version(&mut self) -> StoreResult<Version> {
        let number = self.required(R::integer)?;
        Version::new(number).ok_or_else(|| self.corrupt("is below 1"))
    }

    /// Text of a kind that the domain knows, or nothing.
    pub(crate) fn optional_parsed<T, E>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> StoreResult<Option<T>> {
        let parsed = self.read(R::text)?.map(parse).transpose();
        parsed.map_err(|_| self.corrupt("is not what the domain allows"))
    }

    /// Text of a kind that the domain knows.
    pub(crate) fn parsed<T, E>(&mut self, parse: impl FnOnce(&str) -> Result<T, E>) -> StoreResult<T> {
        self.optional_parsed(parse)?.ok_or_else(|| self.corrupt("is NULL"))
    }

    /// Text of any kind, or nothing.
    pub(crate) fn optional_text(&mut self) -> StoreResult<Option<&'r str>> {
        self.read(R::text)
    }

    /// Text of any kind.
    pub(crate) fn text(&mut self) -> StoreResult<&'r str> {
        self.required(R::text)
    }

    /// A whole number that can be such a one.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> StoreResult<T> {
        let number = self.required(R::integer)?;
        T::try_from(number).map_err(|_| self.corrupt("is out of range"))
    }

    /// One of a closed set of names, or nothing.
    pub(crate) fn optional_named<T>(
        &mut self,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> StoreResult<Option<T>> {
        self.optional_parsed(|name| find(name).ok_or(()))
    }

    /// One of a closed set of names.
    pub(crate) fn named<T>(&mut self, find: impl FnOnce(&str) -> Option<T>) -> StoreResult<T> {
        self.parsed(|name| find(name).ok_or(()))
    }

    /// That what the last column holds, or holds together with earlier ones, cannot be.
    pub(crate) fn corrupt(&self, why: impl Display) -> StoreError {
        let name = self.next.checked_sub(1).and_then(|last| self.names.get(last));
        StoreError::Corrupt(format!("{} {why}", name.unwrap_or(&"a column")))
    }

    fn read<T>(
        &mut self,
        read: impl FnOnce(&'r R, usize) -> sqlx::Result<Option<T>>,
    ) -> StoreResult<Option<T>> {
        let index = self.next;
        self.next += 1;
        read(self.row, index).map_err(|error| self.corrupt(format_args!("cannot be read: {error}")))
    }

    fn required<T>(&mut self, read: impl FnOnce(&'r R, usize) -> sqlx::Result<Option<T>>) -> StoreResult<T> {
        self.read(read)?.ok_or_else(|| self.corrupt("is NULL"))
    }
}
