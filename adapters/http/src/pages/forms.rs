//! The forms of a page: of what the viewer may do there, filled in as they were sent or with what there is.

use poem::http::{Method, StatusCode};
use poem::{Endpoint, Response};
use serde_json::{Map, Value};

use super::Visit;
use super::fields::{
    Choice, Control, Field, Values, WAS, blame, body, changes, fields, given, name_of, texts,
};
use super::kinds::Kind;
use super::listing::Parameters;
use super::looks::{Seen, Sent};
use super::view::{Difference, Form};
use crate::links::API;

/// How many things are found to be picked from.
const FOUND: &str = "20";

impl<E: Endpoint<Output = Response>> Visit<E> {
    /// The forms of what the viewer may do here.
    pub(super) async fn forms(
        &self,
        below: &str,
        kind: Option<&Kind>,
        seen: &Seen,
        sent: Option<&Sent>,
        is_object: bool,
    ) -> Vec<Form> {
        let mut forms = Vec::new();
        let actions = &seen.options()["actions"];
        let last = below.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if let Some(action) = actions.get("POST").filter(|_| !is_object) {
            let (heading, button) = match last {
                "previews" => ("Try it".to_owned(), "Preview"),
                "attempts" => ("Send again".to_owned(), "Send again"),
                "members" => ("Invite somebody".to_owned(), "Invite"),
                _ => (format!("New {}", kind.map_or("object", |kind| kind.singular)), "Create"),
            };
            let mut form = self.form(heading, button, Method::POST, action, kind, seen, sent).await;
            form.raw_methods = &["POST"];
            forms.push(form);
        }
        if let Some(action) = actions.get("PUT") {
            if is_object {
                let mut form =
                    self.form("Edit".to_owned(), "Save", Method::PATCH, action, kind, seen, sent).await;
                form.raw_methods = &["PUT", "PATCH"];
                forms.push(form);
            } else if let Some(kind) = kind.filter(|_| actions.get("POST").is_some()) {
                let rows = Map::from_iter([(kind.plural.to_owned(), Value::Array(Vec::new()))]);
                let heading = format!("Change several {}", kind.plural.replace('_', " "));
                let mut form =
                    self.form(heading, "Change", Method::PUT, &Value::Null, Some(kind), seen, sent).await;
                form.raw_methods = &["PUT"];
                if !form.is_open {
                    form.raw = pretty(&Value::Object(rows));
                }
                forms.push(form);
            }
        } else if is_object && seen.permits("PATCH") {
            // What can only be changed in part has no form of the whole.
            let nothing = Value::Null;
            let action = actions.get("PATCH").unwrap_or(&nothing);
            let mut form =
                self.form("Edit".to_owned(), "Save", Method::PATCH, action, kind, seen, sent).await;
            form.raw_methods = &["PATCH"];
            forms.push(form);
        }
        if is_object && below.starts_with("message-templates/") {
            forms.extend(self.trial(seen).await);
        }
        forms
    }

    /// The form by which a template is tried, on the template's own page.
    async fn trial(&self, seen: &Seen) -> Option<Form> {
        let path = format!("{}previews/", self.path);
        let options = self.exchange.options(&path).await;
        let action = options.json()["actions"].get("POST")?;
        let heading = "Try it".to_owned();
        let mut form = self.form(heading, "Preview", Method::POST, action, None, seen, None).await;
        form.raw_methods = &["POST"];
        form.action = path;
        Some(form)
    }

    #[expect(clippy::too_many_arguments, reason = "a form is made of all of these, each of its own type")]
    async fn form(
        &self,
        heading: String,
        button: &'static str,
        method: Method,
        action: &Value,
        kind: Option<&Kind>,
        seen: &Seen,
        sent: Option<&Sent>,
    ) -> Form {
        let is_edit = method == Method::PATCH;
        let ours = sent.filter(|sent| is_same(&sent.method, &method));
        let raw = ours.and_then(|sent| sent.form.iter().find(|(name, _)| name == "_content"));
        let typed = ours.filter(|_| raw.is_none());
        let object = if is_edit { seen.object() } else { &Value::Null };
        let refused = ours.and_then(|sent| sent.answer.as_ref()).filter(|answer| !answer.status.is_success());
        let is_late = refused.is_some_and(|answer| answer.status == StatusCode::PRECONDITION_FAILED);
        // What somebody else has changed meanwhile, and this one has not, is not put back.
        let merged = typed.filter(|_| is_late).map(|sent| changes(action, &sent.form));
        let sent_values = merged.as_deref().or(typed.map(|sent| sent.form.as_slice()));
        let values = Values { sent: sent_values, object };
        let mut fields = fields(action, kind, &values, is_edit);
        let mut errors = Vec::new();
        let mut conflict = Vec::new();
        if let Some(answer) = refused {
            if is_late {
                errors.push(
                    "Somebody else has changed this since you opened the form. Compare, and save again to \
                     put yours in its place."
                        .to_owned(),
                );
            } else {
                let rest = blame(&mut fields, &answer.json()["message"]);
                // What is said of the whole stands at the top of the page already.
                errors = if answer.json()["message"].is_object() { rest } else { Vec::new() };
            }
        }
        self.complete(&mut fields, ours).await;
        if let Some(sent) = typed.filter(|_| is_late) {
            conflict = self.differences(&fields, seen.object(), &sent.form).await;
        }
        let key = ours
            .filter(|_| refused.is_none())
            .and_then(|sent| sent.form.iter().find(|(name, _)| name == "_key").map(|(_, key)| key.clone()));
        let skeleton = || {
            if is_edit {
                let members = action.as_object().into_iter().flatten();
                let members = members.filter(|(name, meta)| {
                    meta["read_only"] != true && seen.object().get(name.as_str()).is_some()
                });
                let members = members.map(|(name, _)| (name.clone(), seen.object()[name.as_str()].clone()));
                return Value::Object(members.collect());
            }
            let required = action.as_object().into_iter().flatten();
            let required = required.filter(|(_, meta)| meta["required"] == true);
            Value::Object(required.map(|(name, _)| (name.clone(), Value::from(""))).collect())
        };
        let raw_body = match (raw, typed) {
            (Some((_, content)), _) => content.clone(),
            (None, Some(sent)) => pretty(&body(action, &sent.form, is_edit)),
            (None, None) => pretty(&skeleton()),
        };
        Form {
            heading,
            button,
            action: self.query.at(&self.path),
            method: match method {
                Method::PATCH => "PATCH",
                Method::PUT => "PUT",
                _ => "POST",
            },
            fields,
            etag: if is_edit { seen.etag() } else { String::new() },
            key: key.unwrap_or_else(|| self.key()),
            errors,
            conflict,
            is_open: ours.is_some(),
            is_raw: raw.is_some(),
            raw: raw_body,
            raw_methods: &[],
        }
    }

    fn key(&self) -> String {
        let randomness = &self.pages.randomness;
        format!("{:016x}{:016x}", randomness.number(), randomness.number())
    }

    /// Names what has been picked, finds what is looked for, and leaves out what there is no choice of.
    async fn complete(&self, fields: &mut Vec<Field>, sent: Option<&Sent>) {
        let pick = sent.and_then(|sent| sent.pick.as_deref());
        for field in fields.iter_mut() {
            if field.name == "organization" {
                self.choose_organization(field, sent).await;
                continue;
            }
            let name = field.name.clone();
            let Control::Pick { collection, chosen, found, search, is_searched, .. } = &mut field.control
            else {
                continue;
            };
            if let Some(chosen) =
                chosen.as_mut().filter(|chosen| chosen.label == chosen.value || chosen.label.is_empty())
            {
                chosen.label = self.name_at(collection, &chosen.value).await;
            }
            if pick == Some(name.as_str()) {
                *is_searched = true;
                *found = self.find(collection, search).await;
            }
        }
        fields.retain(|field| {
            let is_alone = matches!(&field.control, Control::One { choices } if choices.len() <= 1);
            !(field.name == "organization" && is_alone && field.errors.is_empty())
        });
    }

    /// What an object of a collection is called; its id, where that is not to be known.
    async fn name_at(&self, collection: &str, id: &str) -> String {
        let answer = self.exchange.get(&format!("{API}{collection}/{id}/")).await;
        let object = answer.json();
        if object["id"].is_string() { name_of(object) } else { id.to_owned() }
    }

    /// What two people have made of the same object, field by field: what this one has changed, and what the other has.
    async fn differences(
        &self,
        fields: &[Field],
        object: &Value,
        form: &[(String, String)],
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        for field in fields {
            let (yours, your_name) = entered(&field.control);
            let mut now = texts(&object[&field.name]).join(", ");
            let before = given(form, &format!("{WAS}{}", field.name));
            let is_theirs = !before.is_empty() && before.join(", ") != now;
            if now == yours && !is_theirs {
                continue;
            }
            if let Control::Pick { collection, .. } = &field.control
                && !now.is_empty()
            {
                now = self.name_at(collection, &now).await;
            }
            differences.push(Difference { label: field.label.clone(), now, yours: your_name });
        }
        differences
    }

    async fn find(&self, collection: &str, search: &str) -> Vec<Choice> {
        let mut query = Parameters::default().with("limit", FOUND).with("count", "false");
        if !search.trim().is_empty() {
            query = query.with("search", search.trim());
        }
        if collection == "items" {
            query = query.with("is_active", "true");
        }
        let answer = self.exchange.get(&query.at(&format!("{API}{collection}/"))).await;
        let body = answer.json();
        let objects = body.as_object().and_then(|body| body.values().find_map(Value::as_array));
        let choice = |object: &Value| Choice {
            value: texts(object).pop().unwrap_or_default(),
            label: described(object),
            is_chosen: false,
        };
        objects.into_iter().flatten().map(choice).collect()
    }

    async fn choose_organization(&self, field: &mut Field, sent: Option<&Sent>) {
        let Control::Pick { chosen, .. } = &field.control else { return };
        let chosen = chosen.as_ref().map(|it| it.value.clone());
        let query =
            Parameters::default().with("limit", "100").with("count", "false").with("fields", "id,name");
        let answer = self.exchange.get(&query.at(&format!("{API}organizations/"))).await;
        let all = answer.json()["organizations"].as_array().cloned().unwrap_or_default();
        let choices = all.iter().map(|object| {
            let value = texts(object).pop().unwrap_or_default();
            Choice { is_chosen: chosen.as_ref() == Some(&value), label: name_of(object), value }
        });
        // What an object belongs to does not change.
        let is_fixed = field.was.is_some() && sent.is_none_or(|sent| sent.method != Method::POST);
        let choices: Vec<_> = choices.filter(|choice| !is_fixed || choice.is_chosen).collect();
        field.control = Control::One { choices };
    }
}

/// Whether a form of `method` sent this.
fn is_same(sent: &Method, method: &Method) -> bool {
    sent == method || (*method == Method::PATCH && *sent == Method::PUT)
}

/// What is entered in a field, and how that reads.
fn entered(control: &Control) -> (String, String) {
    let value = match control {
        Control::Line { value, .. } | Control::Lines { value } | Control::Number { value, .. } => {
            value.clone()
        }
        Control::One { choices } | Control::Several { choices } => {
            let chosen = choices.iter().filter(|it| it.is_chosen).map(|it| it.value.as_str());
            chosen.collect::<Vec<_>>().join(", ")
        }
        Control::Flag { is_on } => is_on.to_string(),
        Control::Pick { chosen, .. } => {
            return chosen.as_ref().map(|it| (it.value.clone(), it.label.clone())).unwrap_or_default();
        }
    };
    (value.clone(), value)
}

fn described(object: &Value) -> String {
    let price = object["price_per_unit"].as_str().zip(object["currency"].as_str());
    let price = price.map(|(amount, currency)| format!("{currency} {amount}"));
    let phone = object["phone"].as_str().map(str::to_owned);
    [Some(name_of(object)), phone, price].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
