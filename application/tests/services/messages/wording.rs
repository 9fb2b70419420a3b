//! What texts are made of: what reads well, what is refused, and what nobody can do with it.

use std::time::{Duration, Instant};

use orderdesk_application::wording::{PLACEHOLDERS, Story, Unwordable, built_in, check};
use orderdesk_contract::builders::{code, item_name, person, price, quantity, text};
use orderdesk_domain::{MessageEvent, OrderId, OrderLine, OrganizationName, Segments, TemplateText};
use proptest::prelude::*;
use uuid::Uuid;

use crate::common::template;

const ORDER: OrderId = OrderId::new(Uuid::from_u128(0x019b_76da_a800_7000_8000_0000_dead_beef));

/// What a template makes of an order of so many units of this item, at this price.
fn tell(words: &str, item: &str, units: i64, amount: (&str, &str)) -> Result<String, Unwordable> {
    let line = OrderLine {
        item: item_name(item),
        item_id: None,
        quantity: quantity(units),
        price: price(amount.0, amount.1),
    };
    let story = Story {
        first_name: &person("Amina"),
        second_name: &person("Otieno"),
        customer_code: code("AB12Z"),
        organization: &text(OrganizationName::parse, "Duka la Amina"),
        order: ORDER,
        line: &line,
    };
    story.told(words).map(|text| text.as_str().to_owned())
}

fn soap(words: &str, units: i64) -> String {
    tell(words, "Soap", units, ("149.9", "KES")).unwrap()
}

fn why_not(words: &str) -> String {
    check(&template(words)).unwrap_err().to_string()
}

#[test]
fn our_own_words_read_well_of_one_and_of_many() {
    let texts: Vec<_> = MessageEvent::ALL
        .iter()
        .flat_map(|event| [1, 12].map(|units| soap(built_in(*event), units)))
        .collect();
    let expected = [
        "Hello Amina, Duka la Amina has your order: Soap, KES 149.90. Thank you!",
        "Hello Amina, Duka la Amina has your order: 12 x Soap at KES 149.90 each, KES 1798.80 in all. Thank you!",
        "Hello Amina, your order of Soap is complete. Thank you! Duka la Amina",
        "Hello Amina, your order of 12 x Soap is complete. Thank you! Duka la Amina",
        "Hello Amina, your order of Soap has been cancelled. Duka la Amina",
        "Hello Amina, your order of 12 x Soap has been cancelled. Duka la Amina",
    ];
    assert_eq!(texts, expected);
    for text in texts {
        assert_eq!(Segments::of(&text).count, 1, "{text}");
    }
    for event in MessageEvent::ALL {
        assert_eq!(check(&template(built_in(event))), Ok(()));
    }
}

#[test]
fn amounts_have_the_digits_of_their_currency_and_are_exact() {
    let words = "{{ price }} {{ total }} {{ currency }}";
    let told = |units, amount| tell(words, "Rope", units, amount).unwrap();
    assert_eq!(told(3, ("20", "KES")), "20.00 60.00 KES");
    assert_eq!(told(3, ("20", "JPY")), "20 60 JPY");
    assert_eq!(told(1_000_000, ("999999999.99", "KES")), "999999999.99 999999999990000.00 KES");
    assert_eq!(told(1, ("0", "KES")), "0.00 0.00 KES");
}

#[test]
fn every_placeholder_is_put_in() {
    let values = [
        "Amina",
        "Otieno",
        "AB12Z",
        "Duka la Amina",
        "DEADBEEF",
        "Soap",
        "12",
        "true",
        "149.90",
        "1798.80",
        "KES",
    ];
    for ((name, _), value) in PLACEHOLDERS.iter().zip(values) {
        assert_eq!(soap(&format!("{{{{ {name} }}}}"), 12), value, "{name}");
        assert_eq!(soap(&format!("{{{{{name}}}}}"), 12), value, "{name}");
        assert_eq!(check(&template(&format!("Order: {{{{ {name} }}}}"))), Ok(()), "{name}");
    }
    assert_eq!(soap("{{ several }}", 1), "false");
}

/// What somebody is called is text and stays text, whatever it looks like.
#[test]
fn values_are_put_in_as_they_are() {
    for item in ["{{ first_name }}", "{% if several %}", "<b>&amp;</b>", "O'Brien \"soft\" 100%"] {
        assert_eq!(tell("{{ item }}", item, 1, ("1", "KES")).unwrap(), item);
    }
}

#[test]
fn a_text_has_its_lines_and_loses_what_is_around_it() {
    let words = "\u{feff}{#- for Amina -#}\n Hello {{ first_name }},\n{%- if several %}\nmany{% else %}\none{% endif %}\n ";
    assert_eq!(soap(words.trim_start_matches('\u{feff}'), 1), "Hello Amina,\none");
    assert_eq!(soap(words.trim_start_matches('\u{feff}'), 2), "Hello Amina,\nmany");
}

#[test]
fn who_names_what_there_is_not_is_told_what_there_is() {
    let names = "The placeholders are first_name, second_name, customer_code, organization, order_number, item, \
                 quantity, several, price, total, currency.";
    for unknown in ["frist_name", "phone", "First_name", "x"] {
        let told = why_not(&format!("Hello {{{{ {unknown} }}}}"));
        assert!(told.contains(unknown) && told.ends_with(names), "{told}");
    }
    // Wherever it stands: also where few would get to see it.
    for words in [
        "{% if several %}{{ nmae }}{% else %}One{% endif %}",
        "{% if several %}Many{% else %}{{ nmae }}{% endif %}",
        "{% if not several %}{{ nmae }}{% else %}Many{% endif %}",
        "{% if first_name %}Hello{% else %}Hello {{ nmae }}{% endif %}",
        "Hello{% if nmae %} you{% endif %}",
        "Hello{% if several %}{% if quantity %}{% else %}{{ nmae }}{% endif %}{% endif %}",
        "{% if several %}Many{% else if nmae %}Few{% endif %}",
    ] {
        assert!(why_not(words).contains("nmae"), "{words}");
    }
}

#[test]
fn what_is_not_in_the_language_is_refused() {
    for words in [
        "{{ first_name",
        "first_name }}",
        "{{ }}",
        "{{ first_name }} }}",
        "{% if several %}Many",
        "Many{% endif %}",
        "{% if several %}Many{% else %}One",
        "{% else %}",
        "{% elif several %}{% endif %}",
        "{% if several %}{% else %}{% else %}{% endif %}",
        "{% unless several %}{% endunless %}",
        "{% if %}Many{% endif %}",
        "{# a remark",
    ] {
        assert!(matches!(check(&template(words)), Err(Unwordable::Template(_))), "{words}");
    }
}

/// The library knows more than texts need, and more than is good for those who wait.
#[test]
fn what_could_take_long_is_no_part_of_the_language() {
    let levels = 20;
    let loops =
        format!("x{}{}", "{%for a in[\"\",1,1,1,1,1,1,1,1,1]%}".repeat(levels), "{%endfor%}".repeat(levels));
    let nested = |open: &str, close: &str| format!("{{{{ {}1{} }}}}", open.repeat(490), close.repeat(490));
    for words in [
        loops.as_str(),
        &nested("[", "]"),
        &nested("(", ")"),
        &nested("[", ""),
        "{{ [first_name] }}",
        "{{ \"Amina\" }}",
        "{{ {\"a\": first_name} }}",
        "{{ first_name | upper }}",
        "{{ upper(first_name) }}",
        "{{ customer.first_name }}",
        "{{ customer?.first_name }}",
        "{{ .first_name }}",
        "{{ first_name.0 }}",
        "{% include \"other\" %}",
        "{% for letter in first_name %}{{ letter }}{% endfor %}",
        "{%- for a in [\"\"] -%}{% endfor %}",
        "{{{ first_name }}}",
    ] {
        let told = why_not(words);
        assert!(told.contains("The placeholders are"), "{words}: {told}");
    }
    assert!(why_not("{{ [1] }}").starts_with(
        "Only a name can stand between {{ and }}, and only if, else or endif between {% and %}. The placeholders"
    ));
}

#[test]
fn a_text_of_which_nothing_is_left_is_refused() {
    for words in [
        "{# a remark #}",
        "{% if several %}Many{% endif %}",
        "{% if not several %}One{% endif %}",
        "{% if several %}{% endif %}",
        "{% if first_name %}{% else %}Who?{% endif %}",
    ] {
        let told = why_not(words);
        assert_eq!(told, "Nothing is left of this text when it is sent.", "{words}");
    }
    assert_eq!(tell("{% if several %}Many{% endif %}", "Soap", 1, ("1", "KES")), Err(Unwordable::Nothing));
}

#[test]
fn a_text_that_gets_too_long_is_cut() {
    let words = "{{ item }}".repeat(100);
    assert_eq!(check(&template(&words)), Ok(()));
    let told = tell(&words, &"é".repeat(100), 1, ("1", "KES")).unwrap();
    assert_eq!((told.chars().count(), told.ends_with("ééé...")), (1_000, true));
}

/// Pieces of the language, of what the library knows besides, and of what neither of them knows.
fn piece() -> impl Strategy<Value = String> {
    let names = PLACEHOLDERS.map(|(name, _)| name.to_owned()).to_vec();
    let signs = "{{ }} {{- -}} {% %} {%- -%} {# #} { } [ ] ( ) \" \\ , . ?. | : ; - + % # ' <";
    let signs: Vec<_> = signs.split(' ').map(str::to_owned).collect();
    let words =
        "if not else endif for in endfor with as endwith include true false loop 0 1 -1 0b2 0x 1.5 9e99 é x";
    let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    let whole = [
        "{{ first_name }}",
        "{% if several %}",
        "{% else %}",
        "{% endif %}",
        "{% for a in [\"\",1,1,1,1,1] %}",
        "{% endfor %}",
        "{% with item as x %}",
        "{% endwith %}",
        "{{ [",
        "] }}",
    ];
    let whole = whole.map(str::to_owned).to_vec();
    prop_oneof![
        4 => proptest::sample::select(names),
        4 => proptest::sample::select(signs),
        2 => proptest::sample::select(words),
        4 => proptest::sample::select(whole),
        2 => Just(" ".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn patchwork() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..200).prop_map(|pieces| pieces.concat())
}

fn holds_for(words: &str) -> Result<(), TestCaseError> {
    // As a client may send it: what is too long, or no text at all, is refused before.
    let Ok(words) = TemplateText::parse(&words.chars().take(TemplateText::MAXIMUM).collect::<String>())
    else {
        return Ok(());
    };
    let began = Instant::now();
    let checked = check(&words);
    for (item, units) in [("Soap", 1), ("{{ item }}", 2), (&*"\u{1f9ba}".repeat(100), 1_000_000)] {
        let told = tell(words.as_str(), item, units, ("149.9", "KES"));
        prop_assert!(checked.is_err() || told.is_ok(), "what is saved makes texts: {told:?}");
        if let Ok(told) = told {
            prop_assert!((1..=1_000).contains(&told.chars().count()));
        }
    }
    prop_assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn no_patchwork_of_the_language_does_any_harm(words in patchwork()) {
        holds_for(&words)?;
    }

    #[test]
    fn no_text_at_all_does_any_harm(words in any::<String>()) {
        holds_for(&words)?;
    }
}
