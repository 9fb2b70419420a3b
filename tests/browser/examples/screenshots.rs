//! Takes the pictures of the README: a shop with some business, looked at with Chromium.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how it fails")]

use std::path::Path;

use orderdesk_browser::{Browser, PHONE, Scheme, Tab};
use orderdesk_e2e::{Client, Post, Store, until};
use serde_json::{Value, json};

const CUSTOMERS: [(&str, &str, &str); 5] = [
    ("WK001", "Wanjiku", "Kamau"),
    ("AO002", "Amina", "Otieno"),
    ("BM003", "Baraka", "Mwangi"),
    ("NA004", "Njeri", "Achieng"),
    ("JO005", "Juma", "Odhiambo"),
];
const ITEMS: [(&str, &str); 5] = [
    ("Soap, 250 g", "149.90"),
    ("Maize flour, 2 kg", "210.00"),
    ("Tea, 500 g", "340.00"),
    ("Cooking oil, 1 l", "315.50"),
    ("Sugar, 1 kg", "165.00"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let directory = std::env::args().nth(1).unwrap();
    let directory = Path::new(&directory);
    let (service, post) = Post::start(Store::Memory).await;
    let orders = do_business(&service).await;
    let first = &orders[0];
    until("its text is sent", async || service.notification_of(first).await["status"] == "sent").await;
    let sent = service.notification_of(first).await;
    post.report(&service, sent["gateway_message_id"].as_str().unwrap(), "Success").await.expect(200);

    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    take(&tab, directory, "home", 620).await;
    tab.visit("orders/?limit=10").await;
    take(&tab, directory, "orders", 760).await;
    tab.visit(first["url"].as_str().unwrap().strip_prefix(service.base()).unwrap()).await;
    take(&tab, directory, "order", 860).await;
    write_an_order(&tab).await;
    tab.ask("{ document.querySelector('section[aria-label=\"List\"]').hidden = true }").await;
    take(&tab, directory, "order-form", 900).await;
    tab.resize(PHONE).await;
    tab.wear(Scheme::Dark).await;
    write_an_order(&tab).await;
    tab.ask("{ document.querySelector('section[aria-label=\"List\"]').hidden = true }").await;
    take(&tab, directory, "order-form-phone", 1100).await;
}

/// Customers, things to order, and a day's orders.
async fn do_business(service: &Client) -> Vec<Value> {
    let (mut customers, mut items, mut orders) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (code, first, second)) in CUSTOMERS.iter().enumerate() {
        let phone = format!("+25471234567{number}");
        let body = json!({ "code": code, "first_name": first, "second_name": second, "phone": phone });
        customers.push(service.create("customers", &body).await);
    }
    for (name, price) in ITEMS {
        items.push(service.create("items", &json!({ "name": name, "price_per_unit": price })).await);
    }
    for number in 0..14 {
        let (customer, item) = (&customers[number * 2 % 5], &items[number * 3 % 5]);
        let body = json!({ "customer": customer["id"], "item_id": item["id"], "quantity": number % 4 + 1 });
        let order = service.create("orders", &body).await;
        if number % 7 < 4 {
            let status = if number % 7 == 3 { "Cancelled" } else { "Closed" };
            service.patch(order["url"].as_str().unwrap(), &json!({ "status": status })).await.expect(200);
        }
        orders.push(order);
    }
    orders
}

/// Opens the form and fills it in as far as the suggestions for the item.
async fn write_an_order(tab: &Tab) {
    tab.visit("orders/?limit=1").await;
    tab.toggle("New order").await;
    tab.pick("New order", "Customer", "wanj", "WK001").await;
    tab.fill_picker("New order", "Item of the catalogue", "o").await;
    tab.wait_for("page.within(undefined, '[role=option]').length > 1").await;
}

async fn take(tab: &Tab, directory: &Path, name: &str, height: u32) {
    tab.picture(&directory.join(format!("{name}.png")), height).await;
}
