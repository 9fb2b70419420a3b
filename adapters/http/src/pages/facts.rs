//! What is told of an object, and of what came of a request.

use serde_json::Value;

use super::exchange::Answer;
use super::fields::{name_of, texts};
use super::kinds::{Kind, Show};
use super::listing::moment;
use super::view::Fact;

/// What an object says, the members that lists show first.
pub(super) fn facts(kind: &Kind, object: &Value) -> Vec<Fact> {
    let of_list = kind.columns.iter().filter_map(|column| {
        let value = object.get(column.member)?;
        let text = match column.show {
            Show::Money(currency) if !value.is_null() => {
                format!("{} {}", object[currency].as_str().unwrap_or_default(), texts(value).concat())
            }
            Show::Time => moment(value.as_str().unwrap_or_default()),
            Show::Flag => if value == &Value::Bool(true) { "yes" } else { "no" }.to_owned(),
            Show::Reference => name_of(value),
            _ => texts(value).join(", "),
        };
        Some(Fact { label: column.label.to_owned(), text, link: value["url"].as_str().map(str::to_owned) })
    });
    let shown = |name: &str| {
        let hidden = ["id", "url", "version", "currency", "cost_currency", "token", "item_id"];
        hidden.contains(&name) || kind.columns.iter().any(|column| column.member == name)
    };
    let others =
        object.as_object().into_iter().flatten().filter(|(name, value)| !shown(name) && !value.is_null());
    let others = others.map(|(name, value)| {
        let text = value.as_str().unwrap_or_default();
        let is_link = name.ends_with("_url");
        Fact {
            label: capitalised(&name.trim_end_matches("_url").replace('_', " ")),
            text: match value {
                Value::Object(_) if value["id"].is_string() => name_of(value),
                Value::Object(members) => members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(_, value)| texts(value).concat())
                    .collect::<Vec<_>>()
                    .join(": "),
                Value::String(text) if is_link => {
                    text.rsplit_once("/api/v1/").map_or(text.clone(), |(_, path)| path.to_owned())
                }
                Value::String(text) if name.ends_with("_at") || name.starts_with("time_") => moment(text),
                value => texts(value).join(", "),
            },
            link: value["url"].as_str().or(Some(text).filter(|_| is_link)).map(str::to_owned),
        }
    });
    of_list.chain(others).filter(|fact| !fact.text.is_empty()).collect()
}

/// What stands against a request as a whole.
pub(super) fn alert(answer: &Answer) -> String {
    let message = &answer.json()["message"];
    let text = if message.is_object() {
        "This was not accepted; see what stands beside the fields."
    } else {
        message.as_str().unwrap_or("Something went wrong.")
    };
    text.to_owned()
}

/// What is worth telling of an answer that a page cannot show again.
pub(super) fn notice(answer: &Answer) -> Option<String> {
    let body = answer.json();
    if let Some(token) = body["token"].as_str() {
        return Some(format!("This is the token, shown only this once: {token}"));
    }
    let text = body["text"].as_str()?;
    let (encoding, segments) = (body["encoding"].as_str().unwrap_or_default(), &body["segments"]);
    Some(format!("{text} ({encoding}, segments: {segments})"))
}

pub(super) fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
