//! The contract of stores, kept by this one, and by the rate limiter beside it.

use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::{RateLimiter, Store};
use orderdesk_contract::{Harness, LimiterHarness};
use orderdesk_memory::{MemoryRateLimiter, MemoryStore};

orderdesk_contract::contract!(memory, MemoryHarness);
orderdesk_contract::rate_limiter_contract!(rate_limiter, RateLimiterHarness);

struct MemoryHarness;

#[async_trait]
impl Harness for MemoryHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::default())
    }
}

struct RateLimiterHarness;

#[async_trait]
impl LimiterHarness for RateLimiterHarness {
    async fn fresh_limiter(&self) -> Arc<dyn RateLimiter> {
        Arc::new(MemoryRateLimiter::default())
    }
}
