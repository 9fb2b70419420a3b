//! How templates become texts.
//!
//! The language is a part of that of the `upon` crate: `{{ name }}` puts a value in,
//! `{% if name %}...{% else %}...{% endif %}` chooses. What else the crate knows is refused before it sees it: with lists
//! that are written out there would be something to loop over, and a template could take longer than anybody waits.

use orderdesk_domain::{
    CustomerCode, MessageEvent, MessageText, OrderId, OrderLine, OrganizationName, PersonName, TemplateText,
};
use thiserror::Error;
use upon::{Engine, Value};

/// What a template may name, and what stands there then.
pub const PLACEHOLDERS: [(&str, &str); 11] = [
    ("first_name", "the customer's first name"),
    ("second_name", "the customer's second name"),
    ("customer_code", "the customer's code"),
    ("organization", "the name of the organization"),
    ("order_number", "the last eight characters of the order's id, in capitals"),
    ("item", "what was ordered"),
    ("quantity", "how many units"),
    ("several", "whether it is more than one unit, for {% if several %}"),
    ("price", "what one unit costs"),
    ("total", "what all of them cost"),
    ("currency", "the code of the currency"),
];

/// The text that is used where an organization has no template of its own.
pub const fn built_in(event: MessageEvent) -> &'static str {
    match event {
        MessageEvent::OrderPlaced => {
            "Hello {{ first_name }}, {{ organization }} has your order: {% if several %}{{ quantity }} x {{ item }} at \
             {{ currency }} {{ price }} each, {{ currency }} {{ total }} in all{% else %}{{ item }}, {{ currency }} \
             {{ total }}{% endif %}. Thank you!"
        }
        MessageEvent::OrderClosed => {
            "Hello {{ first_name }}, your order of {% if several %}{{ quantity }} x {% endif %}{{ item }} is complete. \
             Thank you! {{ organization }}"
        }
        MessageEvent::OrderCancelled => {
            "Hello {{ first_name }}, your order of {% if several %}{{ quantity }} x {% endif %}{{ item }} has been \
             cancelled. {{ organization }}"
        }
    }
}

/// What a text tells of.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// The customer's first name.
    pub first_name: &'a PersonName,
    /// The customer's second name.
    pub second_name: &'a PersonName,
    /// The customer's code.
    pub customer_code: CustomerCode,
    /// Who tells it.
    pub organization: &'a OrganizationName,
    /// The order.
    pub order: OrderId,
    /// What was ordered.
    pub line: &'a OrderLine,
}

/// Why a template makes no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unwordable {
    /// It is not in the language, or names something that there is not.
    #[error("{}. The placeholders are {}.", .0, names())]
    Template(String),
    /// Nothing comes of it.
    #[error("Nothing is left of this text when it is sent.")]
    Nothing,
}

fn names() -> String {
    PLACEHOLDERS.map(|(name, _)| name).join(", ")
}

impl Story<'_> {
    /// The text that a template makes of this story, cut where it is too long.
    ///
    /// # Errors
    /// Where the template makes none.
    pub fn told(&self, template: &str) -> Result<MessageText, Unwordable> {
        let text = render(template, |name| self.value(name))?;
        MessageText::compose(&text).ok_or(Unwordable::Nothing)
    }

    fn value(&self, name: &str) -> Option<Value> {
        let line = self.line;
        let units = line.quantity.units();
        Some(match name {
            "first_name" => text(self.first_name.as_str()),
            "second_name" => text(self.second_name.as_str()),
            "customer_code" => text(self.customer_code.as_str()),
            "organization" => text(self.organization.as_str()),
            "order_number" => order_number(self.order).into(),
            "item" => text(line.item.as_str()),
            "quantity" => units.into(),
            "several" => (units > 1).into(),
            "price" => line.price.money().to_string().into(),
            "total" => line.total().to_string().into(),
            "currency" => text(line.price.currency().code()),
            _ => return None,
        })
    }
}

/// The end of an id is what differs between orders of one moment.
fn order_number(order: OrderId) -> String {
    let id = order.uuid().simple().to_string();
    id.get(id.len().saturating_sub(8)..).unwrap_or_default().to_uppercase()
}

/// Whether a template makes texts: of one unit and of many, and of names that hold nothing, so that each of its branches
/// is looked at.
///
/// # Errors
/// Where it does not.
pub fn check(template: &TemplateText) -> Result<(), Unwordable> {
    let value = |several: bool, empty: bool| {
        move |name: &str| {
            let known = PLACEHOLDERS.iter().any(|(known, _)| *known == name);
            known.then(|| match name {
                "several" => several.into(),
                _ if empty => text(""),
                _ => text(name),
            })
        }
    };
    for (several, empty) in [(false, false), (true, false), (false, true), (true, true)] {
        let text = render(template.as_str(), value(several, empty))?;
        if !empty && MessageText::compose(&text).is_none() {
            return Err(Unwordable::Nothing);
        }
    }
    Ok(())
}

fn text(text: &str) -> Value {
    text.to_owned().into()
}

/// Whether nothing stands between `{{` and `}}`, and between `{%` and `%}`, but words. A word is all that it takes to
/// name something and to choose; lists, loops over them, and brackets within brackets take more.
fn has_plain_tags(template: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || " \n_-".contains(character);
    let mut tags = ["{{", "{%"].into_iter().flat_map(|opening| template.split(opening).skip(1));
    tags.all(|tag| tag.chars().take_while(|character| !"}%".contains(*character)).all(is_word))
}

fn render(template: &str, value: impl Fn(&str) -> Option<Value>) -> Result<String, Unwordable> {
    if !has_plain_tags(template) {
        let rule = "Only a name can stand between {{ and }}, and only if, else or endif between {% and %}";
        return Err(Unwordable::Template(rule.to_owned()));
    }
    let engine = Engine::new();
    let compiled = engine.compile(template).map_err(|error| Unwordable::Template(error.to_string()))?;
    let rendered = compiled.render_from_fn(&engine, |path| {
        let name = match path {
            [only] => match only.access {
                upon::ValueAccess::Key(name) => name,
                upon::ValueAccess::Index(_) => return Err("there is no list here".to_owned()),
            },
            _ => return Err("a placeholder has no parts".to_owned()),
        };
        value(name).ok_or_else(|| format!("there is no placeholder {name}"))
    });
    rendered.to_string().map_err(|error| Unwordable::Template(error.to_string()))
}
