//! The contract of stores, kept by this one.

use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::Store;
use orderdesk_contract::Harness;
use orderdesk_memory::MemoryStore;

orderdesk_contract::contract!(memory, MemoryHarness);

struct MemoryHarness;

#[async_trait]
impl Harness for MemoryHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::default())
    }
}
