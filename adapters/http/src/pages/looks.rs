//! A page of what stands at a path.

use orderdesk_domain::{OrderStatus, TimeZone};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Response};
use serde_json::{Map, Value};

use super::exchange::Answer;
use super::fields::{
    Choice, Control, Field, Values, WAS, blame, body, changes, fields, given, name_of, texts,
};
use super::kinds::{Kind, Show};
use super::listing::{Parameters, Table, filters, kept, moment};
use super::markup::pieces;
use super::view::{
    Act, Conversation, Deletion, Difference, Fact, Form, Frame, Link, List, Page, Paging, Panel, Viewer,
};
use super::{Visit, home, html};
use crate::links::API;
use crate::listing::parse_uuid;

/// How many rows a list within a page has.
const PANEL: &str = "10";
/// How many things are found to be picked from.
const FOUND: &str = "20";

/// A form that has been sent and is shown again.
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) form: Vec<(String, String)>,
    /// What was answered; `None` where only something was to be found.
    pub(super) answer: Option<Answer>,
    /// The field for which something was to be found.
    pub(super) pick: Option<String>,
    /// What was sent.
    pub(super) body: String,
}

/// What a page shows, as it was answered.
struct Seen {
    main: Answer,
    object: Value,
    options: Value,
    me: Answer,
    organizations: Value,
}

impl Seen {
    fn permits(&self, method: &str) -> bool {
        self.options["permitted_methods"].as_array().is_some_and(|all| all.iter().any(|it| it == method))
    }

    fn etag(&self) -> String {
        self.main.header(&header::ETAG).unwrap_or_default().to_owned()
    }
}

impl<E: Endpoint<Output = Response>> Visit<E> {
    /// The page, or the one on which to sign in.
    pub(super) async fn look(&self) -> Response {
        let path = self.query.at(&self.path);
        let main = self.exchange.main(Method::GET, &path, &[], None).await;
        self.show(main, None).await
    }

    /// The page of `main`, with the form that was sent if one was.
    pub(super) async fn show(&self, main: Answer, sent: Option<Sent>) -> Response {
        if main.status == StatusCode::UNAUTHORIZED {
            return self.stranger(&main);
        }
        let organizations = Parameters::default()
            .with("limit", "4")
            .with("count", "false")
            .with("fields", "id,name,time_zone");
        let me_path = format!("{API}me/");
        let organizations_path = organizations.at(&format!("{API}organizations/"));
        let (options, me, organizations) = tokio::join!(
            self.exchange.options(&self.path),
            self.exchange.get(&me_path),
            self.exchange.get(&organizations_path),
        );
        let seen = Seen {
            object: main.json(),
            options: options.json(),
            organizations: organizations.json()["organizations"].take(),
            main,
            me,
        };
        self.draw(&seen, sent.as_ref()).await
    }

    /// Somebody who is not known is told where to sign in.
    fn stranger(&self, refusal: &Answer) -> Response {
        let here = self.query.at(&self.path);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", &here);
        let href = format!("{API}api-auth/authenticate/?{}", query.finish());
        let page = Page {
            frame: self.frame("Sign in".to_owned(), Viewer::default(), Vec::new()),
            description: String::new(),
            notice: None,
            alert: refusal.json()["message"].as_str().map(str::to_owned),
            overview: None,
            facts: vec![Fact {
                label: "To see this page".to_owned(),
                text: "Sign in".to_owned(),
                link: Some(href),
            }],
            acts: Vec::new(),
            list: None,
            panels: Vec::new(),
            forms: Vec::new(),
            deletion: None,
            conversation: self.conversation(&Method::GET, refusal, None),
        };
        let mut response = html(refusal.status, &page);
        if let Some(challenge) = refusal.headers.get(header::WWW_AUTHENTICATE) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge.clone());
        }
        response
    }

    async fn draw(&self, seen: &Seen, sent: Option<&Sent>) -> Response {
        let below = self.path.strip_prefix(API).unwrap_or_default();
        let kind = Kind::at(below);
        let is_there = seen.main.status == StatusCode::OK;
        let title = self.title(below, kind, seen);
        let answered = sent.and_then(|sent| sent.answer.as_ref());
        let shown = answered.unwrap_or(&seen.main);
        let list = kind.filter(|_| is_there).and_then(|kind| self.list(kind, seen));
        let is_object = is_there && list.is_none() && seen.object["id"].is_string();
        let facts = kind.filter(|_| is_object).map(|kind| facts(kind, &seen.object)).unwrap_or_default();
        let overview = if below.is_empty() {
            let zone = zone(&seen.organizations);
            home::overview(&self.exchange, &zone, self.pages.clock.now()).await
        } else {
            None
        };
        let forms = self.forms(below, kind, seen, sent, is_object).await;
        let (acts, panels) = if is_object {
            (self.acts(below, seen).await, self.panels(below, seen).await)
        } else {
            (Vec::new(), Vec::new())
        };
        let deletion = (is_object && seen.permits("DELETE")).then(|| Deletion {
            name: title.clone(),
            action: self.path.clone(),
            etag: seen.etag(),
        });
        let status = shown.status;
        // Where there is nothing to see, the form is what the page is for.
        let is_form = answered.is_none() && status == StatusCode::METHOD_NOT_ALLOWED && !forms.is_empty();
        let alert = (status.is_client_error() && !is_form).then(|| alert(shown)).flatten();
        let alert = alert.or_else(|| status.is_server_error().then(|| alert_of(shown)).flatten());
        let breadcrumbs = self.breadcrumbs(below, &title);
        let page = Page {
            frame: self.frame(title, self.viewer(seen), breadcrumbs),
            description: seen.options["description"].as_str().unwrap_or_default().to_owned(),
            notice: answered.filter(|answer| answer.status.is_success()).and_then(notice),
            alert,
            overview,
            facts,
            acts,
            list,
            panels,
            forms,
            deletion,
            conversation: match sent {
                Some(sent) if answered.is_some() => self.conversation(&sent.method, shown, Some(&sent.body)),
                _ => self.conversation(&Method::GET, shown, None),
            },
        };
        let mut response = html(status, &page);
        for name in [header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = shown.headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        if let Some(route) = seen.main.route.clone() {
            response.set_data(route);
        }
        if let Some(principal) = seen.main.principal.clone() {
            response.set_data(principal);
        }
        response
    }

    fn frame(&self, title: String, viewer: Viewer, breadcrumbs: Vec<Link>) -> Frame {
        Frame {
            title,
            viewer,
            breadcrumbs,
            stylesheet: self.pages.assets.stylesheet.clone(),
            script: self.pages.assets.script.clone(),
            api: API,
        }
    }

    fn viewer(&self, seen: &Seen) -> Viewer {
        let me = seen.me.json();
        let organizations = seen.organizations.as_array().cloned().unwrap_or_default();
        // Whoever has very many looks after all of them.
        let few = organizations.iter().filter(|_| organizations.len() <= 3);
        Viewer {
            name: me["name"].as_str().map(str::to_owned),
            organizations: few.map(name_of).collect(),
            is_staff: me["is_staff"] == true,
            is_signed_in: self.session.is_some(),
            csrf_token: self
                .session
                .as_ref()
                .map(|it| it.csrf_token().reveal().to_owned())
                .unwrap_or_default(),
        }
    }

    fn title(&self, below: &str, kind: Option<&Kind>, seen: &Seen) -> String {
        if below.is_empty() {
            return "Home".to_owned();
        }
        let object = &seen.object;
        if object["id"].is_string() {
            let names = kind.map_or(&[][..], |kind| kind.names);
            let words: Vec<_> = names.iter().filter_map(|name| object[*name].as_str()).collect();
            if !words.is_empty() {
                return words.join(" ");
            }
            if let Some(name) = object["name"].as_str() {
                return name.to_owned();
            }
        }
        let last = below.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        match kind {
            Some(kind) if parse_uuid(last).is_some() => kind.singular.to_owned(),
            _ => capitalised(&last.replace('-', " ")),
        }
    }

    fn breadcrumbs(&self, below: &str, title: &str) -> Vec<Link> {
        let mut links = vec![Link::new("Home", API)];
        let mut path = API.to_owned();
        let segments: Vec<_> = below.split('/').filter(|segment| !segment.is_empty()).collect();
        for (index, segment) in segments.iter().enumerate() {
            path = format!("{path}{segment}/");
            let is_last = index + 1 == segments.len();
            let label = match segment {
                _ if is_last => title.to_owned(),
                id if parse_uuid(id).is_some() => id.get(..8).unwrap_or(id).to_owned(),
                // There is no list of all memberships.
                &"memberships" => continue,
                name => capitalised(&name.replace('-', " ")),
            };
            links.push(Link::new(label, path.clone()));
        }
        links
    }

    fn conversation<'a>(&self, method: &Method, answer: &'a Answer, body: Option<&str>) -> Conversation<'a> {
        let url = self.links.path(&self.query.at(&self.path));
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let mut curl = format!("curl -H \"Authorization: Bearer $TOKEN\" {}", quoted(&url));
        if method != Method::GET {
            curl = format!("{curl} -X {method}");
        }
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            curl = format!("{curl} -H 'Content-Type: application/json' -d {}", quoted(body));
        }
        let hidden = [header::SET_COOKIE, header::CONTENT_SECURITY_POLICY];
        let headers = answer.headers.iter().filter(|(name, _)| !hidden.contains(name));
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Conversation {
            request: format!("{method} {}", self.query.at(&self.path)),
            curl,
            status: answer.status.to_string(),
            is_refusal: !answer.status.is_success(),
            headers: headers.collect(),
            milliseconds: format!("{:.1}", answer.taken.as_secs_f64() * 1_000.0),
            json: pieces(answer.text(), self.links.base()),
        }
    }

    fn list(&self, kind: &Kind, seen: &Seen) -> Option<List> {
        let pagination = seen.object.get("pagination")?;
        let objects = seen.object.as_object()?.values().find_map(Value::as_array)?;
        let ordering: Vec<_> =
            seen.options["ordering"].as_array().into_iter().flatten().flat_map(texts).collect();
        let filters = filters(&seen.options, &self.query);
        let count = pagination["count"].as_u64();
        let offset = pagination["offset"].as_u64();
        let shown = objects.len() as u64;
        let summary = match (count, offset) {
            (Some(0), _) => "None".to_owned(),
            (Some(count), Some(offset)) if shown > 0 => {
                format!("{} to {} of {count}", offset + 1, offset + shown)
            }
            (Some(count), _) => format!("{shown} of {count}"),
            (None, _) => format!("{shown} shown"),
        };
        let link = |name: &str| pagination[name].as_str().map(str::to_owned);
        let costs = pagination["costs"].as_array().into_iter().flatten().map(|cost| {
            let word = |name: &str| cost[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", word("currency"), word("amount"))
        });
        Some(List {
            table: Table::new(kind, objects, &self.path, &self.query, &ordering),
            paging: Paging { summary, previous: link("prev"), next: link("next") },
            kept: kept(&filters, &self.query),
            filters,
            path: self.path.clone(),
            csv: self
                .query
                .without(&["limit", "offset", "page", "per_page", "cursor", "count"])
                .with("format", "csv")
                .at(&self.path),
            costs: costs.collect(),
        })
    }

    /// What belongs to an object: the history and the texts of an order, the orders of a customer.
    async fn panels(&self, below: &str, seen: &Seen) -> Vec<Panel> {
        let below_it: &[(&str, &str, &str)] = match below.split('/').next() {
            Some("orders") => {
                &[("Timeline", "events", "events"), ("Texts", "notifications", "notifications")]
            }
            Some("customers") => &[("Orders", "orders", "orders")],
            Some("notifications") => &[("Attempts", "attempts", "attempts")],
            Some("organizations") => &[("Members", "members", "memberships")],
            _ => &[],
        };
        if seen.object["id"].as_str().is_none() {
            return Vec::new();
        }
        let mut panels = Vec::new();
        for (heading, segment, kind) in below_it {
            let path = format!("{}{segment}/", self.path);
            let query = Parameters::default().with("limit", PANEL).with("count", "false");
            let answer = self.exchange.get(&query.at(&path)).await;
            if answer.status != StatusCode::OK {
                continue;
            }
            let body = answer.json();
            let objects = body.as_object().and_then(|body| body.values().find_map(Value::as_array));
            if let (Some(objects), Some(kind)) = (objects, Kind::of_list(kind)) {
                let table = Table::new(kind, objects, &path, &Parameters::default(), &[]);
                panels.push(Panel { heading, href: path, table });
            }
        }
        panels
    }

    /// What can be done with one click: what the status of an order allows, and to send a text again.
    async fn acts(&self, below: &str, seen: &Seen) -> Vec<Act> {
        let status = seen.object["status"].as_str().unwrap_or_default();
        match below.split('/').next() {
            Some("orders") if seen.permits("PATCH") => {
                let successors = OrderStatus::from_name(status).map_or(&[][..], OrderStatus::successors);
                let act = |status: &OrderStatus| Act {
                    label: match status {
                        OrderStatus::Closed => "Close order",
                        OrderStatus::Cancelled => "Cancel order",
                        OrderStatus::Pending => "Reopen order",
                    },
                    action: self.path.clone(),
                    method: "PATCH",
                    field: ("status", status.name()),
                    etag: seen.etag(),
                };
                successors.iter().map(act).collect()
            }
            Some("notifications") if ["failed", "unknown"].contains(&status) => {
                let attempts = format!("{}attempts/", self.path);
                let options = self.exchange.options(&attempts).await.json();
                let permitted = options["actions"].get("POST").is_some();
                let (label, confirmed) = match status {
                    "unknown" => ("Send again, though it may arrive twice", "true"),
                    _ => ("Send again", "false"),
                };
                let act = Act {
                    label,
                    action: attempts,
                    method: "POST",
                    field: ("confirm_unknown", confirmed),
                    etag: String::new(),
                };
                permitted.then_some(act).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The forms of what the viewer may do here.
    async fn forms(
        &self,
        below: &str,
        kind: Option<&Kind>,
        seen: &Seen,
        sent: Option<&Sent>,
        is_object: bool,
    ) -> Vec<Form> {
        let mut forms = Vec::new();
        let actions = &seen.options["actions"];
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
            } else if let Some(kind) = kind.filter(|_| !actions.get("POST").is_none()) {
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
            let action = &seen.options["actions"]["PATCH"];
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
        let options = self.exchange.options(&path).await.json();
        let action = options["actions"].get("POST")?;
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
        let object = if is_edit { &seen.object } else { &Value::Null };
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
            conflict = self.differences(&fields, &seen.object, &sent.form).await;
        }
        let key = ours
            .filter(|_| refused.is_none())
            .and_then(|sent| sent.form.iter().find(|(name, _)| name == "_key").map(|(_, key)| key.clone()));
        let skeleton = || {
            if is_edit {
                let members = action.as_object().into_iter().flatten();
                let members = members.filter(|(name, meta)| {
                    meta["read_only"] != true && seen.object.get(name.as_str()).is_some()
                });
                let members = members.map(|(name, _)| (name.clone(), seen.object[name.as_str()].clone()));
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
        self.pages.randomness.bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
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
        let object = self.exchange.get(&format!("{API}{collection}/{id}/")).await.json();
        if object["id"].is_string() { name_of(&object) } else { id.to_owned() }
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
        let body = self.exchange.get(&query.at(&format!("{API}{collection}/"))).await.json();
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
        let body = self.exchange.get(&query.at(&format!("{API}organizations/"))).await.json();
        let all = body["organizations"].as_array().cloned().unwrap_or_default();
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

/// What an object says, the members that lists show first.
fn facts(kind: &Kind, object: &Value) -> Vec<Fact> {
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
fn alert(answer: &Answer) -> Option<String> {
    let message = &answer.json()["message"];
    if message.is_object() {
        return Some("This was not accepted; see what stands beside the fields.".to_owned());
    }
    alert_of(answer)
}

fn alert_of(answer: &Answer) -> Option<String> {
    Some(answer.json()["message"].as_str().unwrap_or("Something went wrong.").to_owned())
}

/// What is worth telling of an answer that a page cannot show again.
fn notice(answer: &Answer) -> Option<String> {
    let body = answer.json();
    if let Some(token) = body["token"].as_str() {
        return Some(format!("This is the token, shown only this once: {token}"));
    }
    let text = body["text"].as_str()?;
    let (encoding, segments) = (body["encoding"].as_str().unwrap_or_default(), &body["segments"]);
    Some(format!("{text} ({encoding}, segments: {segments})"))
}

/// By which clock the viewer's day begins.
fn zone(organizations: &Value) -> TimeZone {
    let all = organizations.as_array().map(Vec::as_slice).unwrap_or_default();
    let [only] = all else { return TimeZone::utc() };
    only["time_zone"].as_str().and_then(|name| TimeZone::parse(name).ok()).unwrap_or_else(TimeZone::utc)
}

fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
