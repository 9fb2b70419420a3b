//! Lists as tables: columns, the order that they are in, filters, and the way to other pages.

use serde_json::Value;

use super::fields::name_of;
use super::kinds::{Column, Kind, Show};

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) text: String,
    pub(super) link: Option<String>,
    /// Whether it is a word with a colour, and which word.
    pub(super) label: Option<String>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) label: &'static str,
    pub(super) class: &'static str,
    /// Where the same list is in the order of this column.
    pub(super) link: Option<String>,
    /// `ascending` or `descending`, where it is that already.
    pub(super) sorted: Option<&'static str>,
}

/// A list as a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The objects of a list. `query` is what the list was asked with, at `path`, and `ordering` what it can be
    /// ordered by.
    pub(super) fn new(
        kind: &Kind,
        objects: &[Value],
        path: &str,
        query: &Parameters,
        ordering: &[String],
    ) -> Self {
        let shown = |column: &&Column| {
            objects.is_empty() || objects.iter().any(|object| object.get(column.member).is_some())
        };
        let columns: Vec<_> = kind.columns.iter().filter(shown).collect();
        let heads = columns.iter().map(|column| head(column, path, query, ordering)).collect();
        let rows = objects.iter().map(|object| row(&columns, object)).collect();
        Self { heads, rows }
    }
}

fn head(column: &Column, path: &str, query: &Parameters, ordering: &[String]) -> Head {
    let member = column.member;
    let present = query.get("ordering").unwrap_or_default();
    let sorted = match present.split(',').next() {
        Some(first) if first == member => Some("ascending"),
        Some(first) if first.strip_prefix('-') == Some(member) => Some("descending"),
        _ => None,
    };
    let next = if sorted == Some("ascending") { format!("-{member}") } else { member.to_owned() };
    let can = ordering.iter().any(|name| name == member);
    let link = can.then(|| query.without(&["cursor", "offset", "page"]).with("ordering", &next).at(path));
    Head { label: column.label, class: class(column.show), link, sorted }
}

const fn class(show: Show) -> &'static str {
    match show {
        Show::Number | Show::Money(_) => "number",
        Show::Time => "time",
        _ => "",
    }
}

fn row(columns: &[&Column], object: &Value) -> Vec<Cell> {
    let url = object["url"].as_str().map(str::to_owned);
    let cells = columns.iter().enumerate().map(|(index, column)| {
        let mut cell = cell(column, object);
        if index == 0 && cell.link.is_none() {
            cell.link.clone_from(&url);
        }
        cell
    });
    cells.collect()
}

fn cell(column: &Column, object: &Value) -> Cell {
    let value = &object[column.member];
    let class = class(column.show);
    let plain = |text: String| Cell { class, text, ..Cell::default() };
    match column.show {
        Show::Text | Show::Number => plain(text(value)),
        Show::Money(_) | Show::Reference if value.is_null() => plain(String::new()),
        Show::Money(currency) => plain(format!("{} {}", text(&object[currency]), text(value))),
        Show::Time => plain(moment(value.as_str().unwrap_or_default())),
        Show::Label => Cell { label: Some(text(value).to_lowercase()), ..plain(text(value)) },
        Show::Flag => plain(if value == &Value::Bool(true) { "yes" } else { "no" }.to_owned()),
        Show::Reference => Cell { link: value["url"].as_str().map(str::to_owned), ..plain(name_of(value)) },
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A moment as people read it: `2026-01-31 08:00` of `2026-01-31T08:00:00.000Z`.
pub(super) fn moment(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time}"),
        _ => rfc3339.to_owned(),
    }
}

/// The parameters of a request, decoded, without those that are empty: a form sends all of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of a query, without `format`, which is between the browser and the page.
    pub(super) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(pairs.filter(|(name, value)| name != "format" && !value.is_empty()).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }

    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(&[name]);
        changed.0.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// The path with these parameters.
    pub(super) fn at(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.0);
        format!("{path}?{}", query.finish())
    }
}

/// One field of the form by which a list is filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) value: String,
    /// Empty where anything may be entered.
    pub(super) choices: Vec<String>,
    pub(super) mode: &'static str,
}

/// What stands in the address of a list and is no filter.
const NO_FILTERS: [&str; 10] =
    ["format", "fields", "expand", "limit", "offset", "page", "per_page", "cursor", "count", "ordering"];

/// The filters that a person needs, of all that `OPTIONS` names: what a field is, what it has in it, from when to when.
pub(super) fn filters(options: &Value, query: &Parameters) -> Vec<Filter> {
    let all = options["filters"].as_object();
    let needed = all.into_iter().flatten().filter_map(|(name, meta)| {
        if NO_FILTERS.contains(&name.as_str()) {
            return None;
        }
        let choices: Vec<_> = meta["choices"].as_array().into_iter().flatten().map(text).collect();
        let (field, suffix) = name.split_once("__").unwrap_or((name, ""));
        let field = words(field);
        let (label, mode) = match (suffix, choices.is_empty()) {
            ("", false) => (field, "text"),
            ("", true) if name == "search" => ("Search".to_owned(), "search"),
            ("icontains", true) => (format!("{field} has"), "text"),
            ("gte", true) => (format!("{field} from"), "text"),
            ("lte", true) => (format!("{field} to"), "text"),
            _ => return None,
        };
        let value = query.get(name).unwrap_or_default().to_owned();
        Some(Filter { name: name.clone(), label, value, choices, mode })
    });
    let mut needed: Vec<_> = needed.collect();
    needed.sort_by_key(|filter| (filter.name != "search", filter.choices.is_empty()));
    needed
}

/// What is in the address besides, to be kept when filters change.
pub(super) fn kept(filters: &[Filter], query: &Parameters) -> Vec<(String, String)> {
    let paging = ["cursor", "offset", "page"];
    let is_kept = |name: &str| !paging.contains(&name) && filters.iter().all(|filter| filter.name != name);
    query.iter().filter(|(name, _)| is_kept(name)).cloned().collect()
}

fn words(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(query: &str, objects: &[Value]) -> Table {
        let ordering = ["time_placed".to_owned(), "quantity".to_owned()];
        Table::new(Kind::of_list("orders").unwrap(), objects, "/o/", &Parameters::parse(query), &ordering)
    }

    #[test]
    fn columns_lead_to_the_list_in_their_order_and_back() {
        let heads = table("status=Pending&ordering=quantity&cursor=x&format=api", &[]).heads;
        let quantity = heads.iter().find(|head| head.label == "Quantity").unwrap();
        assert_eq!(quantity.sorted, Some("ascending"));
        assert_eq!(quantity.link.as_deref(), Some("/o/?status=Pending&ordering=-quantity"));
        let placed = heads.iter().find(|head| head.label == "Placed").unwrap();
        assert_eq!(
            (placed.sorted, placed.link.as_deref()),
            (None, Some("/o/?status=Pending&ordering=time_placed"))
        );
        assert!(heads.iter().find(|head| head.label == "Total").unwrap().link.is_none());
    }

    #[test]
    fn objects_are_rows_of_what_people_look_for() {
        let order = json!({
            "url": "http://a/o/1/", "time_placed": "2026-01-31T08:00:00.000Z", "item": "Soap", "quantity": 3, "total": "449.70",
            "currency": "KES", "status": "Pending",
            "customer": { "id": "7", "url": "http://a/c/7/", "code": "WK001", "first_name": "<b>", "second_name": "Kamau" },
        });
        let table = table("", &[order]);
        let texts: Vec<_> = table.rows[0].iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["2026-01-31 08:00", "WK001 <b> Kamau", "Soap", "3", "KES 449.70", "Pending"]);
        assert_eq!(table.rows[0][0].link.as_deref(), Some("http://a/o/1/"));
        assert_eq!(table.rows[0][1].link.as_deref(), Some("http://a/c/7/"));
        assert_eq!(table.rows[0][5].label.as_deref(), Some("pending"));
    }

    #[test]
    fn people_get_the_filters_that_they_need() {
        let options = json!({ "filters": {
            "status": { "choices": ["Pending", "Closed"] }, "status__in": { "choices": ["Pending"] }, "item": {}, "item__icontains": {},
            "quantity__gte": {}, "quantity__gt": {}, "limit": {}, "search": {}, "customer": {},
        }});
        let query = Parameters::parse("status=Closed&customer=7&page=2&search=");
        let filters = filters(&options, &query);
        let shown: Vec<_> = filters.iter().map(|it| (it.label.as_str(), it.value.as_str())).collect();
        assert_eq!(shown, [("Search", ""), ("Status", "Closed"), ("Item has", ""), ("Quantity from", "")]);
        assert_eq!(kept(&filters, &query), [("customer".to_owned(), "7".to_owned())]);
    }
}
