//! How everything is read page by page: each page goes on in the index of ids where the last one ended.

use orderdesk_application::ports::Record;
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};

use crate::plan::FEW;
use crate::records::oldest_first;
use crate::session::Session;
use crate::sqlite::Sqlite;
use crate::table::Table;
use crate::tests::Bench;
use crate::tests::plans::{explained, sorts};

#[tokio::test]
async fn a_page_of_everything_is_a_stretch_of_the_index_of_ids() {
    async fn check<E: Table>(session: &mut Session<Sqlite>, place: &Record, index: &str) {
        for (last, way) in [(None, format!("SCAN {index}")), (Some(place), format!("SEARCH {index} (id>?)"))]
        {
            let query = oldest_first::<E>(last, 1_000).unwrap();
            let steps = explained::<E>(session, &query, FEW).await;
            // A table that lies in the order of ids is walked itself.
            let way = if last.is_none() { way.replace(" USING PRIMARY KEY", "") } else { way };
            assert_eq!(steps[0], way, "{steps:#?}");
            // The rest are rows that are looked up by their keys.
            assert!(steps[1..].iter().all(|step| step.starts_with("SEARCH ")), "{steps:#?}");
            assert!(!sorts(&steps), "{steps:#?}");
        }
    }
    let bench = Bench::sqlite(10).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let place = &Record::Customer(bench.shop.customer.clone());
    check::<Organization>(session, place, "g USING PRIMARY KEY").await;
    check::<User>(session, place, "u USING PRIMARY KEY").await;
    check::<Membership>(session, place, "m USING INDEX memberships_by_id").await;
    check::<ApiToken>(session, place, "t USING PRIMARY KEY").await;
    check::<AuditEntry>(session, place, "a USING PRIMARY KEY").await;
    check::<Customer>(session, place, "c USING INDEX customers_by_id").await;
    check::<Item>(session, place, "i USING INDEX items_by_id").await;
    check::<Order>(session, place, "o USING INDEX orders_by_id").await;
    check::<OrderEvent>(session, place, "e USING INDEX order_events_by_id").await;
    check::<MessageTemplate>(session, place, "t USING INDEX message_templates_by_id").await;
    check::<Message>(session, place, "m USING INDEX messages_by_id").await;
    check::<MessageAttempt>(session, place, "a USING INDEX message_attempts_by_id").await;
}
