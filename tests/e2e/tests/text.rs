//! Text: kept to the letter once it is normalised, trimmed and free of control characters.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};

on_every_store!(
    text_is_trimmed_and_normalised,
    lengths_count_unicode_scalar_values,
    control_characters_are_refused,
    odd_text_comes_back_to_the_letter,
);

async fn text_is_trimmed_and_normalised(store: Store) {
    let service = Service::start(store).await;
    let created =
        service.create("customers", &customer().with("first_name", " \u{a0}Zoe\u{308}\u{2003}")).await;
    assert_eq!(created["first_name"], "Zo\u{eb}");
    let created = service.create("items", &item(" Cafe\u{301} ", "1")).await;
    assert_eq!(created["name"], "Caf\u{e9}");
}

async fn lengths_count_unicode_scalar_values(store: Store) {
    let service = Service::start(store).await;
    let longest = "\u{1f9ba}".repeat(100);
    let created = service.create("customers", &customer().with("first_name", longest.clone())).await;
    assert_eq!(created["first_name"], longest);
    let owner = created;
    service.create("items", &item(&longest, "1")).await;
    service.create("orders", &order(&owner).with("item", longest.clone())).await;

    let longer = format!("{longest}x");
    let reason = service
        .post("customers/", &customer().with("first_name", longer.clone()))
        .await
        .invalid_only("first_name");
    assert_eq!(reason, "Ensure this field has no more than 100 characters (it has 101).");
    service.post("items/", &item(&longer, "1")).await.invalid_only("name");
    service.post("orders/", &order(&owner).with("item", longer)).await.invalid_only("item");
    for blank in ["", "   ", "\u{2003}"] {
        let reason = service.post("items/", &item(blank, "1")).await.invalid_only("name");
        assert_eq!(reason, "This field may not be blank.");
    }
}

async fn control_characters_are_refused(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for text in ["a\0b", "a\nb", "a\tb", "a\u{7f}b", "a\u{85}b", "a\u{1b}[31m"] {
        let reason = service.post("items/", &item(text, "1")).await.invalid_only("name");
        assert_eq!(reason, "Control characters are not allowed.", "{text:?}");
        service.post("orders/", &order(&owner).with("item", text)).await.invalid_only("item");
        service.post("customers/", &customer().with("second_name", text)).await.invalid_only("second_name");
    }
}

async fn odd_text_comes_back_to_the_letter(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for text in [
        "'; DROP TABLE orders; --",
        "\"quoted\" \\ back",
        "100% _wool_ *",
        "{\"$gt\": \"\"}",
        "\u{202e}right to left",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "<script>alert(1)</script>",
        "null",
        "\u{10ffff}",
    ] {
        let placed = service.create("orders", &order(&owner).with("item", text)).await;
        assert_eq!(placed["item"], text);
        assert_eq!(service.again(&placed).await["item"], text);
    }
}
