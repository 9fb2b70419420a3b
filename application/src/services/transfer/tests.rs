//! Moves that go well, and every way in which one can go wrong.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_domain::{
    Charter, Course, Currency, CustomerId, Failure, FailureCode, Letter, Message, MessageEvent, MessageId,
    MessageState, MessageText, OrderId, Organization, OrganizationId, OrganizationName, PhoneNumber,
    TimeZone, Timestamp,
};
use uuid::Uuid;

use super::*;
use crate::ports::{Filling, Record, Snapshot, StoreError, StoreResult, Unique};

fn organization(number: u128) -> Record {
    let charter = Charter {
        name: OrganizationName::parse("Duka").unwrap(),
        time_zone: TimeZone::utc(),
        default_currency: Currency::parse("KES").unwrap(),
        quiet_hours: None,
    };
    Record::Organization(Organization::found(OrganizationId::new(Uuid::from_u128(number)), charter))
}

/// An installation and so many organizations.
fn records(organizations: u128) -> Vec<Record> {
    let installation = Record::Installation(Timestamp::EARLIEST);
    std::iter::once(installation).chain((1..=organizations).map(organization)).collect()
}

/// Batches as they are given, then a failure, if there is one, or the end.
struct Given {
    batches: VecDeque<Batch>,
    said: Option<u64>,
    failure: Option<&'static str>,
}

impl Given {
    /// From a file whose first line is a head.
    fn of(records: &[Record], step: usize) -> Self {
        let mut line = 2;
        let batches = records.chunk_by(|one, other| one.kind() == other.kind());
        let batches = batches.flat_map(|same| same.chunks(step)).map(|records| {
            let batch = Batch { records: records.to_vec(), line: Some(line) };
            line += records.len() as u64;
            batch
        });
        Self { batches: batches.collect(), said: None, failure: None }
    }
}

#[async_trait]
impl RecordSource for Given {
    async fn tally(&mut self) -> Result<Option<Tally>, BoxError> {
        Ok(self.said.map(|said| {
            let mut tally = Tally::default();
            tally.add(RecordKind::Organization, said);
            tally.add(RecordKind::Installation, 1);
            tally
        }))
    }

    async fn next(&mut self) -> Result<Option<Batch>, BoxError> {
        match (self.batches.pop_front(), self.failure) {
            (None, Some(failure)) => Err(failure.into()),
            (batch, _) => Ok(batch),
        }
    }
}

/// How a store under test goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It forgets the first organization.
    Loses,
    /// It takes one organization for another.
    Alters,
    /// It does not take this organization, and may go on.
    Refuses {
        number: u128,
        goes_on: bool,
    },
    Breaks,
}

/// A store being filled, and what it holds once that is finished.
struct Store {
    fault: Fault,
    records: Vec<Record>,
    is_broken: bool,
    finished: Arc<Mutex<Option<Vec<Record>>>>,
}

#[async_trait]
impl Snapshot for Store {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        Ok(self.records.iter().filter(|record| record.kind() == kind).count() as u64)
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        let rest = self
            .records
            .iter()
            .filter(|record| record.kind() == kind && last.is_none_or(|last| record.key() > last.key()));
        Ok(rest.take(limit as usize).cloned().collect())
    }
}

#[async_trait]
impl Filling for Store {
    async fn add(&mut self, records: Vec<Record>) -> StoreResult<()> {
        let has = |number| records.contains(&organization(number));
        match self.fault {
            _ if self.is_broken => return Err(StoreError::Backend("it is finished".into())),
            Fault::Refuses { number, goes_on } if has(number) => {
                self.is_broken = !goes_on;
                return Err(StoreError::AlreadyExists(Unique::Id));
            }
            Fault::Breaks => return Err(StoreError::Unavailable("the disk is full".into())),
            _ => {}
        }
        for record in records {
            match self.fault {
                Fault::Loses if record == organization(1) => {}
                Fault::Alters if record == organization(1) => self.records.push(organization(0)),
                _ => self.records.push(record),
            }
        }
        Ok(())
    }

    async fn finish(self: Box<Self>) -> StoreResult<()> {
        *self.finished.lock().unwrap() = Some(self.records);
        Ok(())
    }
}

/// A message in that state, behind what it refers to.
fn message(number: u128, state: MessageState) -> Record {
    let letter = Letter {
        organization: OrganizationId::new(Uuid::from_u128(1)),
        order: OrderId::new(Uuid::from_u128(number)),
        customer: CustomerId::new(Uuid::from_u128(3)),
        event: MessageEvent::OrderPlaced,
        to: PhoneNumber::parse("+254712345678").unwrap(),
        text: MessageText::compose("Asante").unwrap(),
    };
    let queued = Message::queue(MessageId::new(Uuid::from_u128(number)), letter.clone(), Timestamp::LATEST);
    let course = Course { state, ..queued.course().clone() };
    Record::Message(Message::restore(queued.id(), letter, course, queued.updated_at(), queued.version()))
}

/// How a move into a store with this fault comes out, what the store then holds, and what was heard of it.
async fn moved(
    source: &mut dyn RecordSource,
    fault: Fault,
) -> (Result<Tally, String>, Option<Vec<Record>>, Vec<Progress>) {
    let finished = Arc::default();
    let store = Store { fault, records: Vec::new(), is_broken: false, finished: Arc::clone(&finished) };
    let mut heard = Vec::new();
    let sink = Box::new(StoreSink::new(Box::new(store)));
    let outcome = transfer(source, sink, &mut |progress| heard.push(progress)).await;
    let held = finished.lock().unwrap().take();
    (outcome.map_err(|error| told(&error)), held, heard)
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[tokio::test]
async fn everything_is_moved_then_verified_then_finished() {
    let records = records(2_500);
    let (outcome, held, heard) = moved(&mut Given::of(&records, 1_000), Fault::None).await;
    let tally = outcome.unwrap();
    assert_eq!((tally.of(RecordKind::Installation), tally.of(RecordKind::Organization)), (1, 2_500));
    assert_eq!((tally.of(RecordKind::Order), tally.total()), (0, 2_501));
    assert_eq!(held, Some(records));
    let moving: Vec<_> = heard.iter().filter(|heard| heard.stage == Stage::Moving).collect();
    assert_eq!(moving.iter().map(|heard| heard.done).collect::<Vec<_>>(), [1, 1_001, 2_001, 2_501]);
    assert!(moving.iter().all(|heard| heard.total.is_none()));
    let last = heard.last().unwrap();
    let end =
        Progress { stage: Stage::Verifying, kind: RecordKind::Organization, done: 2_501, total: Some(2_501) };
    assert_eq!(*last, end);
}

#[tokio::test]
async fn a_store_is_read_page_by_page_to_its_end() {
    for organizations in [0, 1, 999, 1_000, 1_001, 2_000] {
        let mut store = Store {
            fault: Fault::None,
            records: records(organizations),
            is_broken: false,
            finished: Arc::default(),
        };
        let (outcome, held, heard) = moved(&mut Pages::new(&mut store), Fault::None).await;
        outcome.unwrap();
        assert_eq!(held, Some(records(organizations)));
        let total = u64::try_from(organizations).unwrap() + 1;
        assert!(heard.iter().all(|heard| heard.total == Some(total)));
    }
}

#[tokio::test]
async fn what_waits_to_be_sent_is_not_sent_from_where_it_is_moved_to() {
    let at = Timestamp::EARLIEST;
    let [moved_on, lost] = [FailureCode::Moved, FailureCode::WorkerLost].map(Failure::from);
    let stays = [MessageState::Sent, MessageState::Delivered, MessageState::Failed(lost.clone())];
    let states = [MessageState::Queued { due: at }, MessageState::Sending { until: at }];
    let becomes = [MessageState::Failed(moved_on), MessageState::Unknown(lost)];
    let messages = |states: &[MessageState]| -> Vec<_> {
        (1..).zip(states.iter().chain(&stays)).map(|(number, state)| message(number, state.clone())).collect()
    };
    // It is found in order as well, though it is not what the source showed.
    let (outcome, held, _) = moved(&mut Given::of(&messages(&states), 2), Fault::None).await;
    assert_eq!(outcome.unwrap().of(RecordKind::Message), 5);
    assert_eq!(held, Some(messages(&becomes)));
}

#[tokio::test]
async fn what_the_target_loses_or_alters_is_found_out_and_nothing_is_kept() {
    let lost = "the target does not show what the source showed: 3 records of the kind organization were moved, \
                2 are there";
    let altered = "the target does not show what the source showed: 3 records of the kind organization were moved, \
                   3 are there, and they are not the same";
    for (fault, said) in [(Fault::Loses, lost), (Fault::Alters, altered)] {
        let (outcome, held, _) = moved(&mut Given::of(&records(3), 10), fault).await;
        assert_eq!((outcome, held), (Err(said.to_owned()), None));
    }
}

#[tokio::test]
async fn a_record_that_the_target_refuses_is_named() {
    let why =
        "cannot be kept by the target: its id, or the token or number that it stands for, is there already";
    // The third organization stands behind the head, the installation and two others.
    let fault = Fault::Refuses { number: 3, goes_on: true };
    let (outcome, held, _) = moved(&mut Given::of(&records(5), 4), fault).await;
    assert_eq!((outcome, held), (Err(format!("line 5 {why}")), None));
    // Where the store cannot go on nobody knows which of a batch it was.
    let fault = Fault::Refuses { number: 3, goes_on: false };
    let (outcome, _, _) = moved(&mut Given::of(&records(5), 4), fault).await;
    assert_eq!(outcome, Err(format!("one of lines 3 to 6 {why}")));

    let mut given = Given::of(&records(5), 4);
    given.batches.iter_mut().for_each(|batch| batch.line = None);
    let fault = Fault::Refuses { number: 3, goes_on: true };
    let (outcome, _, _) = moved(&mut given, fault).await;
    let record = "the record 00000000-0000-0000-0000-000000000003 of the kind organization";
    assert_eq!(outcome, Err(format!("{record} {why}")));
}

#[tokio::test]
async fn a_target_that_breaks_is_not_blamed_on_a_record() {
    let (outcome, held, _) = moved(&mut Given::of(&records(5), 4), Fault::Breaks).await;
    let said = "the target cannot be written: the store is not available: the disk is full";
    assert_eq!((outcome, held), (Err(said.to_owned()), None));
}

#[tokio::test]
async fn a_source_that_fails_or_shows_less_than_it_says_leaves_nothing() {
    let mut given = Given { failure: Some("line 7: cut"), ..Given::of(&records(5), 4) };
    let (outcome, held, _) = moved(&mut given, Fault::None).await;
    assert_eq!((outcome, held), (Err("the source cannot be read: line 7: cut".to_owned()), None));
    for said in [4, 6] {
        let mut given = Given { said: Some(said), ..Given::of(&records(5), 4) };
        let (outcome, held, _) = moved(&mut given, Fault::None).await;
        let told =
            format!("the source says that it holds {said} records of the kind organization, and shows 5");
        assert_eq!((outcome, held), (Err(told), None));
    }
}
