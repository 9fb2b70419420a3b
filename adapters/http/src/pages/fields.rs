//! Forms, drawn up from what `OPTIONS` says of a path.

use serde_json::{Map, Value};

use super::kinds::Kind;

/// From this many characters on, text gets more than a line.
const LONG: u64 = 500;

/// One of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// How a value is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Control {
    Line {
        value: String,
        mode: &'static str,
        most: Option<u64>,
    },
    Lines {
        value: String,
    },
    Number {
        value: String,
        least: Option<i64>,
        most: Option<i64>,
    },
    One {
        choices: Vec<Choice>,
    },
    Several {
        choices: Vec<Choice>,
    },
    Flag {
        is_on: bool,
    },
    /// Something that stands in another collection.
    Pick {
        source: String,
        collection: String,
        chosen: Option<Choice>,
        found: Vec<Choice>,
        search: String,
        is_searched: bool,
    },
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) help: String,
    pub(super) is_required: bool,
    pub(super) control: Control,
    /// What it was when the form was drawn up, to tell what has been changed; one for each value.
    pub(super) was: Option<Vec<String>>,
    /// What stands against what was entered.
    pub(super) errors: Vec<String>,
}

/// The values of a form: those that were sent, or else those that the object has.
pub(super) struct Values<'a> {
    pub(super) sent: Option<&'a [(String, String)]>,
    pub(super) object: &'a Value,
}

impl Values<'_> {
    /// The values of a field, as text. A button sends the one field that it is about; the others are what they are.
    pub(super) fn of(&self, name: &str) -> Vec<String> {
        match self.sent {
            Some(sent) if was_given(sent, name) => given(sent, name),
            _ => texts(&self.object[name]),
        }
    }

    fn last(&self, name: &str) -> String {
        self.of(name).pop().unwrap_or_default()
    }

    /// What the field was when the form was drawn up.
    fn was(&self, name: &str) -> Vec<String> {
        match self.sent {
            Some(sent) if was_given(sent, &format!("{WAS}{name}")) => given(sent, &format!("{WAS}{name}")),
            _ => texts(&self.object[name]),
        }
    }
}

/// Whether a form had the field in it: what is not ticked is only said to have been there.
fn was_given(form: &[(String, String)], name: &str) -> bool {
    form.iter().any(|(found, _)| found == name || found.strip_prefix(WAS) == Some(name))
}

/// What a form says of a field.
pub(super) fn given(form: &[(String, String)], name: &str) -> Vec<String> {
    form.iter().filter(|(found, _)| found == name).map(|(_, value)| value.clone()).collect()
}

/// What was changed in a form, without what was left as it had been: this can be put upon what the object has become.
pub(super) fn changes(action: &Value, form: &[(String, String)]) -> Vec<(String, String)> {
    let entered = action.as_object().into_iter().flatten().filter(|(name, meta)| is_entered(name, meta));
    let changed = entered.filter(|(name, meta)| {
        let was = given(form, &format!("{WAS}{name}"));
        was_given(form, name) && comparable(meta, &given(form, name)) != comparable(meta, &was)
    });
    let values = changed.flat_map(|(name, _)| {
        let mut values = given(form, name);
        if values.is_empty() {
            // Nothing is ticked any more.
            values.push(String::new());
        }
        values.into_iter().map(|value| (name.clone(), value))
    });
    values.collect()
}

/// What precedes the name of a field where a form says what it was.
pub(super) const WAS: &str = "_was_";
/// What follows the name of a field where a form says what is searched for.
const FIND: &str = "__find";

/// A value as a form has it: a reference by the id of the object.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec![String::new()],
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(object) => texts(object.get("id").unwrap_or(&Value::Null)),
        other => vec![other.to_string()],
    }
}

/// The fields of a form for what `action` takes, in the order that `kind` tells.
pub(super) fn fields(action: &Value, kind: Option<&Kind>, values: &Values<'_>, is_edit: bool) -> Vec<Field> {
    let Some(action) = action.as_object() else { return Vec::new() };
    let order = kind.map_or(&[][..], |kind| kind.fields);
    let rank = |name: &str| order.iter().position(|known| *known == name).unwrap_or(order.len());
    let mut names: Vec<_> = action.iter().filter(|(name, meta)| is_entered(name, meta)).collect();
    names.sort_by_key(|(name, _)| rank(name));
    names.into_iter().map(|(name, meta)| field(name, meta, values, is_edit)).collect()
}

/// What is read-only is not entered, the version is told in another way, and what has members of its own is entered as
/// JSON. What may be one thing or another is entered where it is a reference or a moment.
fn is_entered(name: &str, meta: &Value) -> bool {
    let is_simple = match meta["type"].as_str().unwrap_or_default() {
        "object" => false,
        "field" => meta["source"].is_string() || name.ends_with("_at"),
        _ => true,
    };
    meta["read_only"] != true && name != "version" && is_simple
}

fn field(name: &str, meta: &Value, values: &Values<'_>, is_edit: bool) -> Field {
    let text = |key: &str| meta[key].as_str().unwrap_or_default().to_owned();
    let is_required = meta["required"] == true && !is_edit;
    Field {
        name: name.to_owned(),
        // Beside the item in words.
        label: if name == "item_id" { "Item of the catalogue".to_owned() } else { text("label") },
        help: text("help_text"),
        is_required,
        control: control(name, meta, values, is_required),
        was: is_edit.then(|| values.was(name)),
        errors: Vec::new(),
    }
}

fn control(name: &str, meta: &Value, values: &Values<'_>, is_required: bool) -> Control {
    let value = || values.last(name);
    let choices = meta["choices"].as_array();
    if let Some(source) = meta["source"].as_str() {
        let collection = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let id = value();
        let is_the_same = texts(&values.object[name]).contains(&id);
        let chosen = (!id.is_empty()).then(|| Choice {
            // What another one is called is found out later.
            label: if is_the_same { name_of(&values.object[name]) } else { String::new() },
            value: id,
            is_chosen: true,
        });
        let search = values.sent.and_then(|_| values.of(&format!("{name}{FIND}")).pop()).unwrap_or_default();
        return Control::Pick {
            source: source.to_owned(),
            collection,
            chosen,
            found: Vec::new(),
            search,
            is_searched: false,
        };
    }
    match (meta["type"].as_str().unwrap_or_default(), choices) {
        // What is new is in use, unless somebody says otherwise.
        ("boolean", _) if value().is_empty() => Control::Flag { is_on: name == "is_active" },
        ("boolean", _) => Control::Flag { is_on: value() == "true" },
        ("array", Some(choices)) => Control::Several { choices: chosen(choices, &values.of(name)) },
        ("array", None) => Control::Lines { value: values.of(name).join("\n") },
        (_, Some(choices)) => {
            let blank =
                Choice { value: String::new(), label: "—".to_owned(), is_chosen: value().is_empty() };
            let all = chosen(choices, &[value()]);
            Control::One { choices: (!is_required).then_some(blank).into_iter().chain(all).collect() }
        }
        ("integer", None) => Control::Number {
            value: value(),
            least: meta["min_value"].as_i64(),
            most: meta["max_value"].as_i64(),
        },
        (kind, None) => {
            let most = meta["max_length"].as_u64();
            if most.is_some_and(|most| most >= LONG) {
                return Control::Lines { value: value() };
            }
            let mode = match (kind, name) {
                ("decimal", _) => "decimal",
                (_, "phone") => "tel",
                (_, "email") => "email",
                _ => "text",
            };
            Control::Line { value: value(), mode, most }
        }
    }
}

fn chosen(choices: &[Value], values: &[String]) -> Vec<Choice> {
    let choice = |value: &Value| {
        let value = texts(value).pop().unwrap_or_default();
        Choice { label: value.clone(), is_chosen: values.contains(&value), value }
    };
    choices.iter().map(choice).collect()
}

/// What an object that a reference shows is called.
pub(super) fn name_of(object: &Value) -> String {
    let words = ["code", "first_name", "second_name", "name", "item", "email"];
    let words = words.iter().filter_map(|member| object[*member].as_str()).filter(|word| !word.is_empty());
    let words: Vec<_> = words.collect();
    if words.is_empty() { texts(object).join(" ") } else { words.join(" ") }
}

/// Puts what stands against a request beside the fields that it is about, and answers the rest.
pub(super) fn blame(fields: &mut [Field], message: &Value) -> Vec<String> {
    let Some(members) = message.as_object() else { return texts(message) };
    let mut rest = Vec::new();
    for (name, errors) in members {
        match fields.iter_mut().find(|field| field.name == *name) {
            Some(field) => field.errors.extend(texts(errors)),
            None => rest.extend(texts(errors).into_iter().map(|error| format!("{name}: {error}"))),
        }
    }
    rest
}

/// The JSON that a form sends: typed as `action` says. Of an edit, what has been changed.
pub(super) fn body(action: &Value, form: &[(String, String)], is_edit: bool) -> Value {
    let empty = Map::new();
    let action = action.as_object().unwrap_or(&empty);
    let entered = action.iter().filter(|(name, meta)| is_entered(name, meta));
    let members = entered.filter_map(|(name, meta)| {
        let values = given(form, name);
        let was = || given(form, &format!("{WAS}{name}"));
        // A box that is not ticked sends nothing; a hidden value before it stands for that.
        let unchanged = is_edit && comparable(meta, &values) == comparable(meta, &was());
        if values.is_empty() || unchanged {
            return None;
        }
        typed(meta, &values, is_edit).map(|value| (name.clone(), value))
    });
    Value::Object(members.collect())
}

fn comparable(meta: &Value, values: &[String]) -> Vec<String> {
    match meta["type"].as_str() {
        Some("array") => {
            let mut values: Vec<_> = lines(values).collect();
            values.sort();
            values
        }
        _ => values.last().map(|value| value.replace("\r\n", "\n")).into_iter().collect(),
    }
}

fn lines(values: &[String]) -> impl Iterator<Item = String> + '_ {
    values
        .iter()
        .flat_map(|value| value.lines())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
}

/// A value of the type that the field has; `None` where nothing was entered and nothing needs to be.
fn typed(meta: &Value, values: &[String], is_edit: bool) -> Option<Value> {
    let kind = meta["type"].as_str().unwrap_or_default();
    if kind == "array" {
        let values: Vec<_> = lines(values).map(Value::from).collect();
        return (is_edit || !values.is_empty() || meta["required"] == true).then_some(Value::Array(values));
    }
    let value = values.last()?;
    if value.trim().is_empty() {
        return match (meta["nullable"] == true, is_edit || meta["required"] == true) {
            (true, true) => Some(Value::Null),
            (false, true) => Some(Value::from("")),
            (_, false) => None,
        };
    }
    Some(match kind {
        "boolean" => Value::Bool(value == "true"),
        // What is no number is told by the one who takes it.
        "integer" => value.trim().parse::<i64>().map_or_else(|_| value.as_str().into(), Value::from),
        _ => value.as_str().into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action() -> Value {
        json!({
            "name": { "type": "string", "required": true, "label": "Name" },
            "quantity": { "type": "integer", "required": true, "label": "Quantity" },
            "is_active": { "type": "boolean", "label": "Is active" },
            "item_id": { "type": "field", "nullable": true, "label": "Item", "source": "http://a/api/v1/items/" },
            "status": { "type": "choice", "choices": ["Pending", "Closed"], "label": "Status" },
            "scopes": { "type": "array", "choices": ["read", "write"], "label": "Scopes" },
            "id": { "type": "string", "read_only": true, "label": "Id" },
        })
    }

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_entered_becomes_json_of_its_type() {
        let sent = form(&[
            ("name", "Soap"),
            ("quantity", "3"),
            ("is_active", "false"),
            ("is_active", "true"),
            ("item_id", ""),
            ("status", ""),
            ("scopes", "read"),
            ("id", "7"),
            ("csrf_token", "x"),
        ]);
        let expected = json!({ "name": "Soap", "quantity": 3, "is_active": true, "scopes": ["read"] });
        assert_eq!(body(&action(), &sent, false), expected);
    }

    #[test]
    fn what_is_no_number_is_sent_as_it_was_entered() {
        assert_eq!(body(&action(), &form(&[("quantity", "three")]), false), json!({ "quantity": "three" }));
        assert_eq!(body(&action(), &form(&[("quantity", "")]), false), json!({ "quantity": "" }));
    }

    #[test]
    fn an_edit_sends_what_has_been_changed() {
        let sent = form(&[
            ("name", "Soap"),
            ("_was_name", "Soap"),
            ("quantity", "4"),
            ("_was_quantity", "3"),
            ("item_id", ""),
            ("_was_item_id", "7"),
            ("is_active", "false"),
            ("_was_is_active", "true"),
        ]);
        let expected = json!({ "quantity": 4, "item_id": null, "is_active": false });
        assert_eq!(body(&action(), &sent, true), expected);
    }

    #[test]
    fn a_form_has_what_may_be_entered_with_what_the_object_has() {
        let object =
            json!({ "name": "Soap", "quantity": 3, "is_active": true, "item_id": null, "status": "Closed" });
        let values = Values { sent: None, object: &object };
        let fields = fields(&action(), None, &values, true);
        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["is_active", "item_id", "name", "quantity", "scopes", "status"]);
        assert_eq!(fields[0].control, Control::Flag { is_on: true });
        assert!(
            matches!(&fields[1].control, Control::Pick { collection, chosen: None, .. } if collection == "items")
        );
        let Control::One { choices } = &fields[5].control else { panic!() };
        let chosen: Vec<_> = choices.iter().filter(|it| it.is_chosen).map(|it| it.value.as_str()).collect();
        assert_eq!(chosen, ["Closed"]);
    }

    #[test]
    fn errors_stand_beside_their_fields() {
        let values = Values { sent: Some(&[]), object: &Value::Null };
        let mut fields = fields(&action(), None, &values, false);
        let rest = blame(&mut fields, &json!({ "name": ["Too long.", "Odd."], "other": ["What?"] }));
        let name = fields.iter().find(|field| field.name == "name").unwrap();
        assert_eq!(name.errors, ["Too long.", "Odd."]);
        assert_eq!(rest, ["other: What?"]);
        assert_eq!(blame(&mut fields, &json!("Not now.")), ["Not now."]);
    }
}
