//! How SQLite finds out who calls: row by row through indexes, whatever is presented.

use orderdesk_application::ports::Presented;
use orderdesk_contract::builders::{identity, unknown_digest};

use crate::bearer::{columns, statement};
use crate::tests::Bench;
use crate::tests::plans::{scans, steps};

#[tokio::test]
async fn who_calls_is_looked_up_in_indexes() {
    let bench = Bench::sqlite(1).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let digest = unknown_digest();
    let somebody = identity("https://accounts.example", "1234");
    for (presented, way) in [
        (Presented::Token(&digest), "SEARCH t USING INDEX api_tokens_by_digest (digest=?)"),
        (Presented::Session(&digest), "SEARCH s USING INDEX sessions_by_digest (digest=?)"),
        (Presented::Identity(&somebody), "SEARCH u USING INDEX users_by_identity (issuer=? AND subject=?)"),
    ] {
        let steps = steps(session, statement(presented, &columns(presented))).await;
        assert_eq!(steps[0], way, "{steps:#?}");
        assert!(!scans(&steps), "{steps:#?}");
        let of_user = steps.iter().any(|step| step.contains("m USING INDEX memberships_of_user (user_id=?)"));
        assert!(of_user, "{steps:#?}");
    }
}
