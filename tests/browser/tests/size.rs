//! A form is as light beside a hundred thousand customers as beside ten.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use orderdesk_browser::Browser;
use orderdesk_e2e::{Service, Store, customer};
use tokio::process::Command;

/// No page is heavier, in bytes of HTML.
const MOST: u64 = 100_000;

/// Copies the customers that there are until there are 100,000, with codes and ids of their own.
const FILL: &str = "
import sqlite3, sys
shop = sqlite3.connect(sys.argv[1])
columns = [row[1] for row in shop.execute('PRAGMA table_info(customers)')]
shop.create_function('id_of', 1, lambda n: bytes.fromhex(f'01a1fc398c5370008{n:015x}'))
shop.create_function('code_of', 1, lambda n: f'{n:05}')
other = {'id': 'id_of(n)', 'code': 'code_of(n)'}
shop.execute(f'''INSERT INTO customers ({', '.join(columns)})
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99989)
    SELECT {', '.join(other.get(column, column) for column in columns)}
    FROM numbers CROSS JOIN (SELECT * FROM customers LIMIT 1)''')
shop.commit()
print(shop.execute('SELECT count(*) FROM customers').fetchone()[0])
";

#[tokio::test]
async fn a_form_weighs_the_same_beside_a_hundred_thousand_customers() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop.db");
    let store = format!("sqlite:{}", file.display());
    let service = Service::start_with(Store::Sqlite, &[("store", &store)]).await;
    for number in 0..10 {
        let mut body = customer();
        body["code"] = format!("AB{number:03}").into();
        service.create("customers", &body).await;
    }
    let few = fetch(&service).await;
    assert_eq!(fill(&file).await, "100000");
    let many = fetch(&service).await;
    assert_eq!(many.1, few.1, "as many bytes");
    assert!(many.1 < MOST, "{} bytes", many.1);
    // Whatever else the machine does, a page that read them all would take a hundred times as long.
    assert!(many.0 < few.0 * 5, "{:?}, and {:?} with ten", many.0, few.0);
    println!(
        "the order form: {:?} beside 10 customers, {:?} beside 100,000, {} bytes",
        few.0, many.0, many.1
    );

    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    tab.visit("orders/").await;
    assert!(tab.size() < MOST);
    tab.toggle("New order").await;
    tab.fill_picker("New order", "Customer", "Otieno").await;
    tab.wait_for("page.within(undefined, '[role=option]').length === 20").await;
    tab.pick("New order", "Customer", "54321", "54321 Amina Otieno").await;
    tab.fill_in("New order", "Item", "Soap").await;
    tab.fill_in("New order", "Price per unit", "2.50").await;
    tab.fill_in("New order", "Quantity", "4").await;
    tab.press_in("New order", "Create").await;
    assert!(tab.text().await.contains("54321 Amina Otieno"));
    tab.visit("customers/").await;
    assert!(tab.size() < MOST);
    assert!(tab.text().await.contains("of 100000"));
}

async fn fill(file: &Path) -> String {
    let mut command = Command::new("python3");
    command.args(["-c", FILL]).arg(file).stdin(Stdio::null());
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// How long the page with the form takes, at its best, and how many bytes it has.
async fn fetch(service: &Service) -> (Duration, u64) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..20 {
        let begun = Instant::now();
        let page = service.get("orders/?format=api").await.expect(200);
        assert!(page.text().contains("name=\"customer\""), "the form is there");
        let taken = begun.elapsed();
        if taken < best.0 {
            // What differs from one to the next is the time that is shown, by a digit or two.
            best = (taken, page.text().len() as u64 / 100 * 100);
        }
    }
    best
}
