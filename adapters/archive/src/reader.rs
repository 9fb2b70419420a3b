//! Reading a file, a line at a time, and believing nothing of it.

use std::io::{BufRead, Read as _};

use orderdesk_application::ports::{Batch, Record, RecordKind, Tally};
use sha2::{Digest as _, Sha256};

use crate::error::{ArchiveError, Fault};
use crate::fields::Fields;
use crate::format::{END, FORMAT, LONGEST_LINE, OLDEST, VERSION, kinds};
use crate::object::{Object, Value};
use crate::records;

/// How many records come at once.
const BATCH: usize = 1_000;

/// Reads records from the lines of `input`.
pub struct ArchiveReader<R> {
    input: R,
    /// Of the format.
    version: i64,
    /// The line that is being read, from 1.
    line: u64,
    text: Vec<u8>,
    /// Of every line before this one.
    checksum: Sha256,
    read: Tally,
    /// The record that was read last.
    last: Option<(RecordKind, uuid::Uuid)>,
    /// A record that is of another kind than those before it.
    next: Option<Record>,
    is_over: bool,
}

impl<R: BufRead> ArchiveReader<R> {
    /// Reads the first line, and finds out whether this is one of our files.
    pub fn begin(input: R) -> Result<Self, ArchiveError> {
        let mut reader = Self {
            input,
            version: VERSION,
            line: 0,
            text: Vec::new(),
            checksum: Sha256::new(),
            read: Tally::default(),
            last: None,
            next: None,
            is_over: false,
        };
        reader.head().map_err(|fault| reader.at_fault(fault))?;
        Ok(reader)
    }

    /// The next records, all of one kind; `None` at the end, where everything has been found in order.
    pub fn batch(&mut self) -> Result<Option<Batch>, ArchiveError> {
        let mut records = Vec::new();
        let mut line = self.line;
        if let Some(record) = self.next.take() {
            records.push(record);
        } else {
            line += 1;
        }
        while records.len() < BATCH
            && let Some(record) = self.record()?
        {
            if records.first().is_some_and(|first: &Record| first.kind() != record.kind()) {
                self.next = Some(record);
                break;
            }
            records.push(record);
        }
        Ok((!records.is_empty()).then_some(Batch { records, line: Some(line) }))
    }

    fn record(&mut self) -> Result<Option<Record>, ArchiveError> {
        if self.is_over {
            return Ok(None);
        }
        self.body().map_err(|fault| self.at_fault(fault))
    }

    fn at_fault(&self, fault: Fault) -> ArchiveError {
        ArchiveError { line: self.line, fault }
    }

    /// The next line without its end; whether it had one. The checksum knows it only once it is done with.
    fn advance(&mut self) -> Result<bool, Fault> {
        self.checksum.update(&self.text);
        self.text.clear();
        self.line += 1;
        // One more than may be there tells whether there is more.
        let limit = LONGEST_LINE as u64 + 1;
        self.input.by_ref().take(limit).read_until(b'\n', &mut self.text).map_err(Fault::System)?;
        match self.text.last() {
            Some(b'\n') => Ok(true),
            _ if self.text.len() > LONGEST_LINE => Err(Fault::TooLong),
            _ => Ok(false),
        }
    }

    fn head(&mut self) -> Result<(), Fault> {
        self.advance()?;
        let object = Object::parse(&self.text).map_err(|_| Fault::Foreign)?;
        let mut fields = Fields::new(object)?;
        match (fields.find("format"), fields.find("version")) {
            (Some(Value::Text(format)), Some(Value::Integer(version))) if format == FORMAT => match version {
                OLDEST..=VERSION => {
                    self.version = version;
                    fields.finish()
                }
                version if version > VERSION => Err(Fault::Newer(version)),
                version if version >= 1 => Err(Fault::Older(version)),
                _ => Err(Fault::Foreign),
            },
            _ => Err(Fault::Foreign),
        }
    }

    fn body(&mut self) -> Result<Option<Record>, Fault> {
        let is_whole = self.advance()?;
        if self.text.is_empty() {
            return Err(Fault::Truncated);
        }
        let object = match Object::parse(&self.text) {
            Ok(object) => object,
            // A line that breaks off is where a file was cut.
            Err(_) if !is_whole => return Err(Fault::Truncated),
            Err(column) => return Err(Fault::NotJson(column)),
        };
        let mut fields = Fields::new(object)?;
        let name = fields.text("kind")?;
        if name == END {
            end(fields, self.version, &self.read, &self.checksum)?;
            self.is_over = true;
            return self.nothing_more();
        }
        let kind = kinds(self.version).find(|kind| kind.name() == name);
        let kind = kind.ok_or(Fault::UnknownKind(self.version))?;
        let record = records::read(kind, self.version, &mut fields)?;
        fields.finish()?;
        let place = (kind, record.key());
        if let Some(last) = self.last {
            in_order(last, place)?;
        }
        self.last = Some(place);
        self.read.add(kind, 1);
        Ok(Some(record))
    }

    fn nothing_more(&mut self) -> Result<Option<Record>, Fault> {
        self.advance()?;
        if self.text.is_empty() { Ok(None) } else { Err(Fault::Continued) }
    }
}

/// Whether a record may come after the one before it.
fn in_order<K: Ord>((previous, before): (RecordKind, K), (found, key): (RecordKind, K)) -> Result<(), Fault> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (found.cmp(&previous), key.cmp(&before)) {
        (Greater, _) | (Equal, Greater) => Ok(()),
        (Less, _) => Err(Fault::KindOutOfOrder { found, previous }),
        (Equal, Equal) => Err(Fault::Duplicate),
        (Equal, Less) => Err(Fault::OutOfOrder),
    }
}

/// Whether the last line tells the truth.
fn end(mut fields: Fields<'_>, version: i64, read: &Tally, checksum: &Sha256) -> Result<(), Fault> {
    let mut counts = fields.object("records")?;
    for kind in kinds(version) {
        let said = counts.integer(kind.name())?;
        let (said, found) = (u64::try_from(said).unwrap_or(0), read.of(kind));
        if said != found {
            return Err(Fault::Miscounted { kind, said, found });
        }
    }
    counts.finish()?;
    let said: [u8; 32] = fields.bytes("sha256")?;
    fields.finish()?;
    if said == *checksum.clone().finalize() { Ok(()) } else { Err(Fault::Damaged) }
}
