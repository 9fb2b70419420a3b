//! A page of what stands at a path.

use orderdesk_domain::{OrderStatus, TimeZone};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Response};
use serde_json::Value;

use super::exchange::Answer;
use super::facts::{alert, capitalised, facts, notice};
use super::fields::{name_of, texts};
use super::kinds::Kind;
use super::listing::{Parameters, Table, filters, kept};
use super::markup::pieces;
use super::view::{Act, Conversation, Deletion, Fact, Frame, Link, List, Page, Paging, Panel, Viewer};
use super::{Visit, home, html};
use crate::links::API;
use crate::listing::parse_uuid;

/// How many rows a list within a page has.
const PANEL: &str = "10";

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
pub(super) struct Seen {
    main: Answer,
    options: Answer,
    me: Answer,
    organizations: Answer,
}

impl Seen {
    /// What stands at the path.
    pub(super) fn object(&self) -> &Value {
        self.main.json()
    }

    /// What can be done there.
    pub(super) fn options(&self) -> &Value {
        self.options.json()
    }

    /// The organizations that the viewer sees, if they are few.
    fn organizations(&self) -> &[Value] {
        self.organizations.json()["organizations"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn permits(&self, method: &str) -> bool {
        self.options()["permitted_methods"].as_array().is_some_and(|all| all.iter().any(|it| it == method))
    }

    pub(super) fn etag(&self) -> String {
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
        let seen = Seen { main, options, me, organizations };
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
        let title = title(below, kind, seen);
        let answered = sent.and_then(|sent| sent.answer.as_ref());
        let shown = answered.unwrap_or(&seen.main);
        let list = kind.filter(|_| is_there).and_then(|kind| self.list(kind, seen));
        let is_object = is_there && list.is_none() && seen.object()["id"].is_string();
        let facts = kind.filter(|_| is_object).map(|kind| facts(kind, seen.object())).unwrap_or_default();
        let overview = if below.is_empty() {
            let zone = zone(seen.organizations());
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
        let is_wrong = status.is_client_error() || status.is_server_error();
        let alert = (is_wrong && !is_form).then(|| alert(shown));
        let breadcrumbs = breadcrumbs(below, &title);
        let page = Page {
            frame: self.frame(title, self.viewer(seen), breadcrumbs),
            description: seen.options()["description"].as_str().unwrap_or_default().to_owned(),
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
        let organizations = seen.organizations();
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
        let pagination = seen.object().get("pagination")?;
        let objects = seen.object().as_object()?.values().find_map(Value::as_array)?;
        let ordering: Vec<_> =
            seen.options()["ordering"].as_array().into_iter().flatten().flat_map(texts).collect();
        let filters = filters(seen.options(), &self.query);
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
        if seen.object()["id"].as_str().is_none() {
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
        let status = seen.object()["status"].as_str().unwrap_or_default();
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
                let options = self.exchange.options(&attempts).await;
                let permitted = options.json()["actions"].get("POST").is_some();
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
}

/// By which clock the viewer's day begins.
fn zone(organizations: &[Value]) -> TimeZone {
    let [only] = organizations else { return TimeZone::utc() };
    only["time_zone"].as_str().and_then(|name| TimeZone::parse(name).ok()).unwrap_or_else(TimeZone::utc)
}

fn title(below: &str, kind: Option<&Kind>, seen: &Seen) -> String {
    if below.is_empty() {
        return "Home".to_owned();
    }
    let object = seen.object();
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

fn breadcrumbs(below: &str, title: &str) -> Vec<Link> {
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
