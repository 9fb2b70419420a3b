//! Files come into being whole or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use orderdesk_application::ports::{BoxError, RecordSink, RecordSource as _};

use super::{batches, records, written};
use crate::{ArchiveFile, ArchiveSource};

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

async fn fill(sink: &mut dyn RecordSink) {
    for batch in batches(&written(&records())).unwrap() {
        sink.add(batch.records).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_is_there_once_it_is_complete_and_for_its_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("export.ndjson");
    let mut file = ArchiveFile::create(&path).unwrap();
    fill(&mut file).await;
    assert!(!path.exists());
    Box::new(file).finish().await.unwrap();
    assert_eq!(names(directory.path()), ["export.ndjson"]);
    assert_eq!(fs::read(&path).unwrap(), written(&records()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn of_a_file_that_is_given_up_nothing_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let mut file = ArchiveFile::create(&directory.path().join("export.ndjson")).unwrap();
    fill(&mut file).await;
    assert_eq!(names(directory.path()).len(), 1);
    drop(file);
    assert_eq!(names(directory.path()), [""; 0]);
}

#[tokio::test]
async fn a_file_that_is_there_already_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("export.ndjson");
    fs::write(&path, "precious").unwrap();
    let error = ArchiveFile::create(&path).err().unwrap().to_string();
    assert!(error.contains("export.ndjson is there already"), "{error}");
    fs::remove_file(&path).unwrap();

    // Somebody may be quicker.
    let file = ArchiveFile::create(&path).unwrap();
    fs::write(&path, "precious").unwrap();
    let error = Box::new(file).finish().await.unwrap_err().to_string();
    assert!(error.contains("export.ndjson is there already"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    assert_eq!(names(directory.path()), ["export.ndjson"]);
    let nowhere = ArchiveFile::create(&directory.path().join("none/export.ndjson")).err().unwrap();
    assert!(nowhere.to_string().contains("cannot be written"), "{nowhere}");
}

#[tokio::test]
async fn a_source_brings_all_of_a_file_and_then_nothing() {
    let file = written(&records());
    let mut source = ArchiveSource::begin(std::io::Cursor::new(file)).await.unwrap();
    assert_eq!(source.tally().await.unwrap(), None);
    let mut brought = Vec::new();
    while let Some(batch) = source.next().await.unwrap() {
        brought.extend(batch.records);
    }
    assert_eq!(brought, records());
}

#[tokio::test]
async fn a_source_tells_what_is_wrong_where_it_is_wrong() {
    let told = |error: BoxError| error.to_string();
    let begun = ArchiveSource::begin(std::io::Cursor::new("something else")).await;
    assert!(told(begun.err().unwrap()).starts_with("line 1: this is not an export"));
    let file = written(&records());
    let cut = file[..file.len() / 2].to_vec();
    let mut source = ArchiveSource::begin(std::io::Cursor::new(cut)).await.unwrap();
    let error = loop {
        match source.next().await {
            Ok(batch) => assert!(batch.is_some(), "a file that breaks off has no end"),
            Err(error) => break told(error),
        }
    };
    assert!(error.contains("it is not complete"), "{error}");
}
