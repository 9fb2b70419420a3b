//! That what is wrong with a page is noticed.

use orderdesk_browser::Browser;
use orderdesk_e2e::{Service, Store};

#[tokio::test]
async fn what_is_wrong_with_a_page_is_noticed() {
    let service = Service::start(Store::Memory).await;
    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    for (script, expected) in [
        ("console.error('so')", "on the console"),
        ("setTimeout(() => { throw new Error('so') })", "an exception"),
        (
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
            "Content Security Policy",
        ),
        (
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"alert(1)\">')",
            "Content Security Policy",
        ),
        ("fetch('http://other.example/').catch(() => {})", "Content Security Policy"),
        ("fetch('/nowhere/').catch(() => {})", "an answer"),
        ("setTimeout(() => alert('so'))", "a dialog"),
    ] {
        tab.ask(script).await;
        // By now, what was to happen has.
        tab.ask("new Promise((done) => setTimeout(() => fetch('/api/v1/').then(done)))").await;
        let complaints = tab.complaints().join("\n");
        assert!(complaints.contains(expected), "{script}: {complaints:?}");
    }
    tab.ask("{ document.querySelector('main').style.minWidth = '2000px' }").await;
    assert_ne!(tab.ask("page.outside()").await, serde_json::json!([]));
}
