//! Answers that show several objects.

use std::marker::PhantomData;

use orderdesk_application::query::{Entity, Position};
use orderdesk_domain::Cost;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::csv;
use super::object::{json, response, thinned};
use crate::call::Call;
use crate::listing::{ListParameters, Projection};
use crate::problem::Failure;
use crate::transports::{Charge, Transport};

/// Where a page stands in its list, and the way to the others.
#[derive(Debug, Object, Serialize)]
pub(crate) struct Pagination {
    /// How many objects match in all; null with count=false.
    count: Option<u64>,
    /// How many objects the page has at the most.
    limit: u32,
    /// How many objects come before the page; null behind a cursor.
    offset: Option<u64>,
    /// The number of the page, from 1: offset / limit + 1, rounded down; null behind a cursor.
    page: Option<u64>,
    /// The same as limit.
    per_page: u32,
    /// The URL of the next page; null on the last.
    next: Option<String>,
    /// The URL of the page before; null on the first, and behind a cursor.
    prev: Option<String>,
    /// Where the next page begins, for the parameter cursor; null on the last.
    next_cursor: Option<String>,
    /// What all that match have cost; only where that is summed up.
    #[oai(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<Vec<CostSum>>,
}

/// What has been paid in one currency.
#[derive(Debug, Object, Serialize)]
pub(crate) struct CostSum {
    /// The currency (ISO 4217).
    currency: String,
    /// How much.
    amount: Charge,
}

impl From<Cost> for CostSum {
    fn from(cost: Cost) -> Self {
        Self { currency: cost.currency().to_string(), amount: Charge(cost) }
    }
}

/// A page as a store answered it.
pub(crate) struct PageOf<T> {
    pub(crate) objects: Vec<T>,
    pub(crate) count: Option<u64>,
    pub(crate) next: Option<Position>,
}

impl Pagination {
    fn new<T: Transport, O>(call: &Call, parameters: &ListParameters<T>, page: &PageOf<O>) -> Self {
        let limit = parameters.request.limit;
        let paging = &parameters.paging;
        let offset = paging.offset(limit);
        let next_cursor = page.next.as_ref().map(|position| parameters.cursor(position));
        let link = |changed: &[(&str, Option<String>)]| {
            call.links.list(&parameters.path, &parameters.query, changed)
        };
        let at = |offset: u64| {
            let (name, value) = paging.at(offset, limit);
            link(&[(name, Some(value.to_string()))])
        };
        let next = next_cursor.as_ref().map(|cursor| match offset {
            Some(offset) => at(offset.saturating_add(limit.into())),
            None => link(&[("cursor", Some(cursor.clone()))]),
        });
        let prev = offset.filter(|offset| *offset > 0).map(|offset| at(offset.saturating_sub(limit.into())));
        Self {
            count: page.count,
            limit,
            offset,
            page: offset.map(|offset| offset / u64::from(limit) + 1),
            per_page: limit,
            next,
            prev,
            next_cursor,
            costs: None,
        }
    }
}

/// Objects under the plural name of their resource, and perhaps the pagination.
struct ListBody<'a, O> {
    plural: &'static str,
    objects: &'a [O],
    pagination: Option<Pagination>,
}

impl<O: Serialize> Serialize for ListBody<'_, O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + usize::from(self.pagination.is_some())))?;
        map.serialize_entry(self.plural, self.objects)?;
        if let Some(pagination) = &self.pagination {
            map.serialize_entry("pagination", pagination)?;
        }
        map.end()
    }
}

/// 200 with a page of a list, or with all of it as CSV.
pub(crate) struct Many<T>(Response, PhantomData<T>);

impl<T: Transport> Many<T> {
    /// Shows a page.
    pub(crate) fn page(
        call: &Call,
        parameters: &ListParameters<T>,
        page: &PageOf<T>,
    ) -> Result<Self, Failure> {
        Self::paginated(parameters, page, Pagination::new(call, parameters, page))
    }

    /// Shows a page, and what all that match have cost.
    pub(crate) fn costing(
        call: &Call,
        parameters: &ListParameters<T>,
        page: &PageOf<T>,
        costs: Vec<Cost>,
    ) -> Result<Self, Failure> {
        let costs = Some(costs.into_iter().map(Into::into).collect());
        Self::paginated(parameters, page, Pagination { costs, ..Pagination::new(call, parameters, page) })
    }

    fn paginated(
        parameters: &ListParameters<T>,
        page: &PageOf<T>,
        pagination: Pagination,
    ) -> Result<Self, Failure> {
        let pagination = Some(pagination);
        let body = match &parameters.projection {
            Projection { fields: Some(fields), .. } => {
                let objects: Result<Vec<Value>, _> =
                    page.objects.iter().map(|it| thinned(it, fields)).collect();
                serde_json::to_vec(&ListBody { plural: T::PLURAL, objects: &objects?, pagination })
            }
            Projection { fields: None, .. } => {
                serde_json::to_vec(&ListBody { plural: T::PLURAL, objects: &page.objects, pagination })
            }
        };
        Ok(Self(json(StatusCode::OK, body.map_err(Failure::internal)?), PhantomData))
    }

    /// Streams everything as CSV. `read` answers the lines that come after a position, and where the next begin.
    pub(crate) async fn csv<S>(service: S, call: Call, parameters: ListParameters<T>) -> Result<Self, Failure>
    where
        S: orderdesk_application::services::Browse<Entity = T::Entity> + Clone + Send + 'static,
    {
        Ok(Self(csv::stream::<S, T>(service, call, parameters).await?, PhantomData))
    }
}

/// 200 with every object that a bulk request changed, in its order.
pub(crate) struct All<T>(Response, PhantomData<T>);

impl<T: Transport> All<T> {
    /// Shows the objects.
    pub(crate) fn new(call: &Call, details: &[<T::Entity as Entity>::Details]) -> Result<Self, Failure> {
        let objects: Vec<T> = details.iter().map(|details| T::new(details, &call.links)).collect();
        let body = ListBody { plural: T::PLURAL, objects: &objects, pagination: None };
        Ok(Self(json(StatusCode::OK, serde_json::to_vec(&body).map_err(Failure::internal)?), PhantomData))
    }
}

/// What is besides in the pagination of a list that sums up costs.
fn costs() -> MetaSchemaRef {
    let description = Some(
        "What all that match have cost, a sum for each currency; only where all are listed, and counted.",
    );
    let items = Some(Box::new(CostSum::schema_ref()));
    let sums = MetaSchema { description, items, ..MetaSchema::new("array") };
    let properties = vec![("costs", MetaSchemaRef::Inline(Box::new(sums)))];
    MetaSchemaRef::Inline(Box::new(MetaSchema { properties, ..MetaSchema::new("object") }))
}

fn list_schema<T: Transport>(paginated: bool) -> MetaSchemaRef {
    let items = Some(Box::new(T::schema_ref()));
    let objects = MetaSchema { items, ..MetaSchema::new("array") };
    let mut properties = vec![(T::PLURAL, MetaSchemaRef::Inline(Box::new(objects)))];
    if paginated {
        let costing = || MetaSchema { all_of: vec![Pagination::schema_ref(), costs()], ..MetaSchema::ANY };
        let plain = Pagination::schema_ref();
        let pagination = if T::COSTS { MetaSchemaRef::Inline(Box::new(costing())) } else { plain };
        properties.push(("pagination", pagination));
    }
    let required = properties.iter().map(|(name, _)| *name).collect();
    MetaSchemaRef::Inline(Box::new(MetaSchema { properties, required, ..MetaSchema::new("object") }))
}

impl<T: Transport> ApiResponse for Many<T> {
    fn meta() -> MetaResponses {
        let mut page =
            response(StatusCode::OK, "A page of the list.", Some(list_schema::<T>(true)), Vec::new());
        let lines = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        page.content.push(MetaMediaType { content_type: "text/csv", schema: lines });
        MetaResponses { responses: vec![page] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        Pagination::register(registry);
        if T::COSTS {
            CostSum::register(registry);
        }
    }
}

impl<T: Transport> ApiResponse for All<T> {
    fn meta() -> MetaResponses {
        let schema = Some(list_schema::<T>(false));
        let changed =
            response(StatusCode::OK, "The objects, in the order of the request.", schema, Vec::new());
        MetaResponses { responses: vec![changed] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Send> IntoResponse for Many<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: Send> IntoResponse for All<T> {
    fn into_response(self) -> Response {
        self.0
    }
}
