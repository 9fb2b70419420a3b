//! Writing a file, a line at a time.

use std::io::{self, Write};

use orderdesk_application::ports::{Record, RecordKind, Tally};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use sha2::{Digest as _, Sha256};

use crate::error::Fault;
use crate::format::{END, FORMAT, LONGEST_LINE, VERSION};
use crate::records::{Line, hexadecimal};

/// Writes records to `output` as lines.
pub struct ArchiveWriter<W> {
    output: W,
    /// Of every line so far.
    checksum: Sha256,
    written: Tally,
    line: Vec<u8>,
}

/// The first line.
#[derive(Serialize)]
struct Head {
    format: &'static str,
    version: i64,
}

/// The last line.
#[derive(Serialize)]
struct End<'w> {
    kind: &'static str,
    records: Counts<'w>,
    sha256: String,
}

/// How many records there are, by the names of all kinds.
struct Counts<'w>(&'w Tally);

impl Serialize for Counts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut counts = serializer.serialize_map(Some(RecordKind::ALL.len()))?;
        for kind in RecordKind::ALL {
            counts.serialize_entry(kind.name(), &self.0.of(kind))?;
        }
        counts.end()
    }
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins with the line that says what this is.
    pub fn begin(output: W) -> io::Result<Self> {
        let mut writer =
            Self { output, checksum: Sha256::new(), written: Tally::default(), line: Vec::new() };
        writer.write(&Head { format: FORMAT, version: VERSION })?;
        Ok(writer)
    }

    /// Adds a line for a record. One that would be too long to be read is none.
    pub fn add(&mut self, record: &Record) -> io::Result<()> {
        self.written.add(record.kind(), 1);
        self.write(&Line(record))
    }

    /// Ends with the line that says how much there was, and gives back where all of it was written.
    pub fn end(mut self) -> io::Result<W> {
        let sha256 = hexadecimal(&self.checksum.clone().finalize());
        let written = std::mem::take(&mut self.written);
        self.write(&End { kind: END, records: Counts(&written), sha256 })?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        if self.line.len() > LONGEST_LINE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, Fault::TooLong));
        }
        self.checksum.update(&self.line);
        self.output.write_all(&self.line)
    }
}
