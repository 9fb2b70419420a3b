//! Changes of several items: all of them or none.

use std::collections::BTreeMap;

use orderdesk_application::Problem;
use orderdesk_application::services::{ItemChange, Row};
use orderdesk_contract::builders::item_name;
use orderdesk_contract::kinds::stored;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::Item;

use crate::common::{TestDesk, done, item_change, new_item, refused_rows, row};

/// Soap, Rope and Flour.
async fn three() -> (TestDesk, Shop, [Item; 3]) {
    let (desk, shop) = TestDesk::with_shop().await;
    let create =
        async |name| desk.items().create(&shop.caller(), new_item(name), None).await.map(done).unwrap().item;
    let three = [create("Soap").await, create("Rope").await, create("Flour").await];
    (desk, shop, three)
}

fn renamed(item: &Item, name: &str) -> Row<ItemChange> {
    row(item.id().uuid(), ItemChange { name: Some(item_name(name)), ..item_change() })
}

fn taken(name: &str) -> Vec<Problem> {
    vec![Problem::NameTaken(item_name(name))]
}

async fn is_refused<const N: usize>(
    rows: impl Fn(&[Item; 3]) -> Vec<Row<ItemChange>>,
    problems: [(usize, Vec<Problem>); N],
) {
    let (desk, shop, three) = three().await;
    let outcome = desk.items().change_all(&shop.caller(), &rows(&three)).await;
    assert_eq!(refused_rows(outcome), BTreeMap::from(problems));
    for item in &three {
        assert_eq!(stored(&*desk.store, item).await.as_ref(), Some(item));
    }
}

#[tokio::test]
async fn items_are_changed_together_and_answered_in_the_order_of_the_rows() {
    let (desk, shop, [soap, rope, _]) = three().await;
    let rows = [renamed(&rope, "Strong rope"), renamed(&soap, "Soft soap")];
    let answered = desk.items().change_all(&shop.caller(), &rows).await.unwrap();
    let names: Vec<_> = answered.iter().map(|it| it.item.listing().name.as_str()).collect();
    assert_eq!(names, ["Strong rope", "Soft soap"]);
    assert_eq!(stored(&*desk.store, &soap).await.unwrap().listing().name, item_name("Soft soap"));
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_at_the_row_that_takes_it() {
    let rows = |[soap, rope, _]: &[Item; 3]| vec![renamed(soap, "Soft soap"), renamed(rope, "FLOUR")];
    is_refused(rows, [(1, taken("FLOUR"))]).await;
}

#[tokio::test]
async fn names_clash_within_a_request_whatever_their_case() {
    let rows = |[soap, rope, _]: &[Item; 3]| vec![renamed(soap, "Sugar"), renamed(rope, "SUGAR")];
    is_refused(rows, [(1, taken("SUGAR"))]).await;
}

#[tokio::test]
async fn names_cannot_be_swapped() {
    let rows = |[soap, rope, _]: &[Item; 3]| vec![renamed(soap, "rope"), renamed(rope, "soap")];
    is_refused(rows, [(0, taken("rope")), (1, taken("soap"))]).await;
}

#[tokio::test]
async fn every_row_says_what_is_wrong_with_it() {
    let rows = |[soap, rope, _]: &[Item; 3]| {
        let free = ItemChange { price_per_unit: Some((-1).into()), ..item_change() };
        vec![row(rope.id().uuid(), free), renamed(soap, "Soft soap"), renamed(soap, "Hard soap")]
    };
    let (desk, shop, three) = three().await;
    let problems = refused_rows(desk.items().change_all(&shop.caller(), &rows(&three)).await);
    let [(0, first), (2, third)] =
        problems.iter().map(|(at, all)| (*at, all.as_slice())).collect::<Vec<_>>()[..]
    else {
        panic!("{problems:?}")
    };
    assert!(matches!(first, [Problem::Price(_)]), "{first:?}");
    assert_eq!(third, [Problem::RowRepeated]);
}
