//! All that a store holds, as records: how a test sees whether anything at all is different, and moves it.

use std::sync::Arc;

use orderdesk_application::ports::{Filling, Record, RecordKind, Snapshot, Store};

use crate::Harness;

/// More than any test stores of one kind.
const ALL: u32 = 2_000;

/// Everything of one kind, read in pages of `limit`.
pub(crate) async fn pages(snapshot: &mut (dyn Snapshot + '_), kind: RecordKind, limit: u32) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    loop {
        let page = snapshot.page(kind, all.last(), limit).await.unwrap();
        assert!(page.len() <= limit as usize, "{kind:?} by {limit}");
        let is_last = page.len() < limit as usize;
        all.extend(page);
        if is_last {
            return all;
        }
    }
}

/// Everything of one kind.
pub(crate) async fn whole(snapshot: &mut (dyn Snapshot + '_), kind: RecordKind) -> Vec<Record> {
    pages(snapshot, kind, ALL).await
}

/// Everything there is, in the order of moving.
pub(crate) async fn all(snapshot: &mut (dyn Snapshot + '_)) -> Vec<Record> {
    let mut all = Vec::new();
    for kind in RecordKind::ALL {
        all.extend(whole(snapshot, kind).await);
    }
    all
}

/// Everything in `store`.
pub(crate) async fn held(store: &dyn Store) -> Vec<Record> {
    all(&mut *store.snapshot().await.unwrap()).await
}

/// Adds `records`, at most `step` at once, all of one kind.
pub(crate) async fn add(filling: &mut dyn Filling, records: &[Record], step: usize) {
    for same in records.chunk_by(|one, other| one.kind() == other.kind()) {
        for some in same.chunks(step) {
            filling.add(some.to_vec()).await.unwrap();
        }
    }
}

/// A store that was filled with `records`.
pub(crate) async fn filled(harness: &impl Harness, records: &[Record]) -> Arc<dyn Store> {
    let store = harness.fresh().await;
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    filling.finish().await.unwrap();
    store
}
