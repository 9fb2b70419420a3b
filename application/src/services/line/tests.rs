//! What a request that names some of item, quantity, price and currency comes to.

use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{ItemName, Listing, OrganizationId, Reason};
use uuid::Uuid;

use super::*;

const FLOUR: u128 = 1;
const SUGAR: u128 = 2;

fn name(name: &str) -> ItemName {
    ItemName::parse(name).unwrap()
}

fn amount(amount: &str) -> Decimal {
    parse_decimal(amount).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn id(number: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(number))
}

fn item(number: u128, called: &str, price: (&str, &str), is_active: bool) -> Item {
    let price = Price::new(amount(price.0), currency(price.1)).unwrap();
    let listing = Listing { name: name(called), price, is_active };
    Item::list(id(number), OrganizationId::new(Uuid::nil()), listing)
}

fn flour() -> Item {
    item(FLOUR, "Flour", ("150", "KES"), true)
}

fn sugar() -> Item {
    item(SUGAR, "Sugar", ("2.50", "USD"), true)
}

/// Two bags of flour, bought when one cost 120 KES.
fn present() -> OrderLine {
    let price = Price::new(amount("120"), currency("KES")).unwrap();
    OrderLine { item: name("Flour"), item_id: Some(id(FLOUR)), quantity: Quantity::new(2).unwrap(), price }
}

/// Names nothing, as an empty `PATCH`.
fn nothing() -> LineDraft {
    LineDraft {
        item: ItemChoice::Keep,
        quantity: None,
        price_per_unit: None,
        currency: CurrencyChoice::Keep,
        whole: false,
    }
}

/// Shows a whole order, as a `PUT` or a `POST`, of three units.
fn whole(item: ItemChoice) -> LineDraft {
    let quantity = Quantity::new(3).ok();
    LineDraft { item, quantity, currency: CurrencyChoice::Default, whole: true, ..nothing() }
}

fn catalogue(number: u128) -> ItemChoice {
    ItemChoice::Catalogue(id(number), None)
}

/// Item, id, quantity, price and currency of a line, to compare at a glance.
fn told(line: &OrderLine) -> (String, Option<ItemId>, i64, String) {
    let price = format!("{} {}", line.price.money(), line.price.currency());
    (line.item.to_string(), line.item_id, line.quantity.units(), price)
}

fn resolved(
    draft: &LineDraft,
    present: Option<&OrderLine>,
    item: Option<&Item>,
) -> Result<OrderLine, Vec<Problem>> {
    assert_eq!(
        draft.new_item(present).is_some(),
        item.is_some(),
        "an item is read where one is newly chosen"
    );
    draft.resolve(present, item, currency("TZS"))
}

fn comes_to(
    draft: &LineDraft,
    present: Option<&OrderLine>,
    item: Option<&Item>,
    expected: (&str, Option<u128>, i64, &str),
) {
    let (name, number, quantity, price) = expected;
    let expected = (name.to_owned(), number.map(id), quantity, price.to_owned());
    assert_eq!(told(&resolved(draft, present, item).unwrap()), expected, "{draft:?}");
}

#[test]
fn an_item_of_the_catalogue_brings_name_price_and_currency() {
    comes_to(&whole(catalogue(SUGAR)), None, Some(&sugar()), ("Sugar", Some(SUGAR), 3, "2.50 USD"));
}

#[test]
fn a_name_and_a_price_beside_the_item_go_before_the_catalogues() {
    let item = ItemChoice::Catalogue(id(SUGAR), Some(name("Brown sugar")));
    let draft = LineDraft { price_per_unit: Some(amount("2.20")), ..whole(item) };
    comes_to(&draft, None, Some(&sugar()), ("Brown sugar", Some(SUGAR), 3, "2.20 USD"));
}

#[test]
fn free_text_is_priced_in_the_currency_of_the_organization_by_default() {
    let draft = LineDraft { price_per_unit: Some(amount("20")), ..whole(ItemChoice::Text(name("Rope"))) };
    comes_to(&draft, None, None, ("Rope", None, 3, "20.00 TZS"));
    let draft = LineDraft { currency: CurrencyChoice::Is(currency("USD")), ..draft };
    comes_to(&draft, None, None, ("Rope", None, 3, "20.00 USD"));
}

#[test]
fn what_is_missing_is_told() {
    let rope = ItemChoice::Text(name("Rope"));
    let priced = |item| LineDraft { price_per_unit: Some(amount("20")), ..whole(item) };
    let uncounted = LineDraft { quantity: None, ..priced(rope.clone()) };
    assert_eq!(resolved(&whole(rope), None, None), Err(vec![Problem::PriceRequired]));
    assert_eq!(resolved(&priced(ItemChoice::Keep), None, None), Err(vec![Problem::ItemRequired]));
    assert_eq!(resolved(&priced(ItemChoice::Detach), None, None), Err(vec![Problem::ItemRequired]));
    assert_eq!(resolved(&uncounted, None, None), Err(vec![Problem::QuantityRequired]));
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let everything = vec![Problem::PriceRequired, Problem::ItemRequired, Problem::QuantityRequired];
    assert_eq!(resolved(&nothing(), None, None), Err(everything));
}

#[test]
fn what_a_refused_item_would_have_said_is_not_missing() {
    let unknown = || Problem::ItemUnknown(id(SUGAR));
    let refusal = |draft: LineDraft| draft.resolve(None, None, currency("JPY")).unwrap_err();
    let uncounted = LineDraft { quantity: None, ..whole(catalogue(SUGAR)) };
    assert_eq!(refusal(uncounted), [unknown(), Problem::QuantityRequired]);
    let too_fine = LineDraft { price_per_unit: Some(amount("1.5")), ..whole(catalogue(SUGAR)) };
    assert_eq!(refusal(too_fine.clone()), [unknown()], "the item's currency might have had decimal places");
    let in_yen = LineDraft { currency: CurrencyChoice::Is(currency("JPY")), ..too_fine };
    let problems = refusal(in_yen);
    assert!(matches!(problems.as_slice(), [Problem::ItemUnknown(_), Problem::Price(_)]), "{problems:?}");
}

#[test]
fn the_price_of_the_catalogue_is_in_the_currency_of_the_catalogue() {
    let shillings = LineDraft { currency: CurrencyChoice::Is(currency("KES")), ..whole(catalogue(SUGAR)) };
    let alone = Err(vec![Problem::CurrencyAlone(currency("KES"))]);
    assert_eq!(resolved(&shillings, None, Some(&sugar())), alone);
    let dollars = LineDraft { currency: CurrencyChoice::Is(currency("USD")), ..whole(catalogue(SUGAR)) };
    comes_to(&dollars, None, Some(&sugar()), ("Sugar", Some(SUGAR), 3, "2.50 USD"));
}

#[test]
fn an_item_that_is_not_there_is_refused() {
    let draft = whole(catalogue(SUGAR));
    assert_eq!(draft.resolve(None, None, currency("KES")), Err(vec![Problem::ItemUnknown(id(SUGAR))]));
}

#[test]
fn an_inactive_item_is_refused_unless_the_order_has_it_already() {
    let inactive = item(SUGAR, "Sugar", ("2.50", "USD"), false);
    let refused = Err(vec![Problem::ItemInactive(name("Sugar"))]);
    assert_eq!(resolved(&whole(catalogue(SUGAR)), None, Some(&inactive)), refused);
    assert_eq!(resolved(&whole(catalogue(SUGAR)), Some(&present()), Some(&inactive)), refused);
    let draft = LineDraft { item: catalogue(FLOUR), quantity: Quantity::new(5).ok(), ..nothing() };
    comes_to(&draft, Some(&present()), None, ("Flour", Some(FLOUR), 5, "120.00 KES"));
}

#[test]
fn a_price_out_of_range_or_too_fine_is_refused_with_every_reason() {
    let draft = LineDraft {
        price_per_unit: Some(amount("-0.5")),
        currency: CurrencyChoice::Is(currency("JPY")),
        ..whole(ItemChoice::Text(name("Rope")))
    };
    let problems = resolved(&draft, None, None).unwrap_err();
    let [Problem::Price(invalid)] = problems.as_slice() else { panic!("not refused for its price") };
    let too_fine = Reason::MinorDigits { allowed: 0, currency: "JPY".to_owned() };
    assert_eq!(invalid.reasons(), [Reason::PriceRange, too_fine]);
}

#[test]
fn nothing_named_is_nothing_changed() {
    assert_eq!(resolved(&nothing(), Some(&present()), None), Ok(present()));
}

#[test]
fn each_part_changes_by_itself() {
    let present = &present();
    let quantity = LineDraft { quantity: Quantity::new(9).ok(), ..nothing() };
    comes_to(&quantity, Some(present), None, ("Flour", Some(FLOUR), 9, "120.00 KES"));
    let price = LineDraft { price_per_unit: Some(amount("99.5")), ..nothing() };
    comes_to(&price, Some(present), None, ("Flour", Some(FLOUR), 2, "99.50 KES"));
    let dollars = LineDraft { currency: CurrencyChoice::Is(currency("USD")), ..nothing() };
    let alone = Problem::CurrencyAlone(currency("USD"));
    assert_eq!(resolved(&dollars, Some(present), None), Err(vec![alone]), "money is not relabelled");
    let dollars = LineDraft { price_per_unit: Some(amount("1.5")), ..dollars };
    comes_to(&dollars, Some(present), None, ("Flour", Some(FLOUR), 2, "1.50 USD"));
}

#[test]
fn the_same_item_keeps_the_old_snapshot_and_a_new_one_takes_a_new() {
    let same = LineDraft { item: catalogue(FLOUR), ..nothing() };
    comes_to(&same, Some(&present()), None, ("Flour", Some(FLOUR), 2, "120.00 KES"));
    comes_to(&whole(catalogue(FLOUR)), Some(&present()), None, ("Flour", Some(FLOUR), 3, "120.00 KES"));
    let other = LineDraft { item: catalogue(SUGAR), ..nothing() };
    comes_to(&other, Some(&present()), Some(&sugar()), ("Sugar", Some(SUGAR), 2, "2.50 USD"));
    let free_text = OrderLine { item_id: None, ..present() };
    comes_to(&same, Some(&free_text), Some(&flour()), ("Flour", Some(FLOUR), 2, "150.00 KES"));
}

#[test]
fn another_name_for_the_same_item_keeps_the_reference() {
    let item = ItemChoice::Catalogue(id(FLOUR), Some(name("Wholemeal flour")));
    let draft = LineDraft { item, ..nothing() };
    comes_to(&draft, Some(&present()), None, ("Wholemeal flour", Some(FLOUR), 2, "120.00 KES"));
}

#[test]
fn text_clears_the_reference_and_so_does_detaching() {
    let text = LineDraft { item: ItemChoice::Text(name("Flour")), ..nothing() };
    comes_to(&text, Some(&present()), None, ("Flour", None, 2, "120.00 KES"));
    let detach = LineDraft { item: ItemChoice::Detach, ..nothing() };
    comes_to(&detach, Some(&present()), None, ("Flour", None, 2, "120.00 KES"));
}

/// A `GET`, with another item put in, and sent back.
mod echo {
    use super::*;

    fn shown(item: u128) -> LineDraft {
        LineDraft {
            item: ItemChoice::Catalogue(id(item), Some(name("Flour"))),
            quantity: Some(present().quantity),
            price_per_unit: Some(amount("120.00")),
            currency: CurrencyChoice::Is(currency("KES")),
            whole: true,
        }
    }

    #[test]
    fn sent_back_as_it_was_shown_an_order_stays_as_it_is() {
        assert_eq!(resolved(&shown(FLOUR), Some(&present()), None), Ok(present()));
    }

    #[test]
    fn the_snapshot_of_a_newly_chosen_item_goes_before_what_is_only_shown() {
        comes_to(&shown(SUGAR), Some(&present()), Some(&sugar()), ("Sugar", Some(SUGAR), 2, "2.50 USD"));
    }

    #[test]
    fn what_differs_from_what_was_shown_is_a_wish() {
        let renamed =
            LineDraft { item: ItemChoice::Catalogue(id(SUGAR), Some(name("Brown sugar"))), ..shown(SUGAR) };
        comes_to(&renamed, Some(&present()), Some(&sugar()), ("Brown sugar", Some(SUGAR), 2, "2.50 USD"));
    }

    #[test]
    fn an_amount_and_its_currency_are_a_wish_together() {
        let cheaper = LineDraft { price_per_unit: Some(amount("110")), ..shown(SUGAR) };
        comes_to(&cheaper, Some(&present()), Some(&sugar()), ("Sugar", Some(SUGAR), 2, "110.00 KES"));
        let shillings = LineDraft { currency: CurrencyChoice::Is(currency("TZS")), ..shown(SUGAR) };
        comes_to(&shillings, Some(&present()), Some(&sugar()), ("Sugar", Some(SUGAR), 2, "120.00 TZS"));
    }

    #[test]
    fn in_a_patch_everything_named_is_a_wish() {
        let patch = LineDraft { whole: false, ..shown(SUGAR) };
        comes_to(&patch, Some(&present()), Some(&sugar()), ("Flour", Some(SUGAR), 2, "120.00 KES"));
    }
}
