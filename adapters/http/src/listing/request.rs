//! The parameters of a whole list, and of a deletion by filter.

use orderdesk_application::query::{Entity, Filter};
use orderdesk_application::services::ListRequest;
use poem::{FromRequest, Request, RequestBody, Result};

use super::cursor::{self, Fingerprint};
use super::filters;
use super::paging::{self, Paging};
use super::parameters::Parameters;
use super::projection::Projection;
use crate::negotiation::Format;
use crate::problem::Failure;
use crate::transports::Transport;

/// The field of a resource's objects, as the application knows it.
type FieldOf<T> = <<T as Transport>::Entity as Entity>::Field;

/// What a `GET` of a list asks for.
pub(crate) struct ListParameters<T: Transport> {
    pub(crate) request: ListRequest<FieldOf<T>>,
    pub(crate) projection: Projection,
    pub(crate) paging: Paging,
    format: Format,
    /// The path and query that links go on from.
    pub(crate) path: String,
    pub(crate) query: String,
    fingerprint: Fingerprint,
}

impl<T: Transport> ListParameters<T> {
    /// Whether all of the list is wanted, as CSV.
    pub(crate) fn is_csv(&self) -> bool {
        self.format == Format::Csv
    }

    /// The cursor of a place in this list.
    pub(crate) fn cursor(&self, position: &orderdesk_application::query::Position) -> String {
        cursor::encode(self.fingerprint, position)
    }

    /// The same list, of only what `filter` keeps besides.
    #[must_use]
    pub(crate) fn within(mut self, filter: Filter<FieldOf<T>>) -> Self {
        let stated = std::mem::replace(&mut self.request.filter, Filter::everything());
        self.request.filter = stated.and(filter);
        self
    }
}

impl<'a, T: Transport> FromRequest<'a> for ListParameters<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let path = format!("{}/", request.uri().path().trim_end_matches('/'));
        let query = request.uri().query().unwrap_or_default().to_owned();
        let fingerprint = Fingerprint::new(&path, &query);
        let format = request.data().copied().unwrap_or(Format::Json);
        let mut parameters = Parameters::from_request(request, body).await?;

        let filter = filters::read_filter(&mut parameters);
        let order = filters::read_order(&mut parameters);
        let names = if format == Format::Csv { T::COLUMNS } else { T::FIELDS };
        let projection = Projection::read::<T>(&mut parameters, names);
        if format == Format::Csv {
            let request = ListRequest { filter, order, after: None, offset: 0, limit: 0, counted: false };
            if projection.expanded {
                parameters.refuse("expand", "CSV has one line for each object and expands nothing.");
            }
            for name in ["limit", "offset", "page", "per_page", "cursor", "count"] {
                if parameters.take(name).is_some() {
                    parameters.refuse(name, "CSV answers everything that matches; it has no pages.");
                }
            }
            parameters.finish()?;
            return Ok(Self {
                request,
                projection,
                paging: Paging::Offset(0),
                format,
                path,
                query,
                fingerprint,
            });
        }

        let stretch = paging::read(&mut parameters);
        let after = match &stretch.paging {
            Paging::Cursor(text) => match cursor::decode(text, fingerprint, &order) {
                Ok(position) => Some(position),
                Err(reason) => {
                    parameters.refuse("cursor", reason);
                    None
                }
            },
            Paging::Offset(_) | Paging::Page(_) => None,
        };
        parameters.finish()?;
        let offset = stretch.paging.offset(stretch.limit).unwrap_or(0);
        let request =
            ListRequest { filter, order, after, offset, limit: stretch.limit, counted: stretch.counted };
        Ok(Self { request, projection, paging: stretch.paging, format, path, query, fingerprint })
    }
}

/// What is asked of all objects that filters keep, and nothing else.
pub(crate) struct FilterParameters<T: Transport>(pub(crate) Filter<FieldOf<T>>);

impl<'a, T: Transport> FromRequest<'a> for FilterParameters<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let mut parameters = Parameters::from_request(request, body).await?;
        let filter = filters::read_filter(&mut parameters);
        parameters.finish()?;
        Ok(Self(filter))
    }
}

/// What a `DELETE` of a collection asks for: filters, or explicitly everything.
pub(crate) struct DeletionParameters<T: Transport>(pub(crate) Filter<FieldOf<T>>);

impl<'a, T: Transport> FromRequest<'a> for DeletionParameters<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let mut parameters = Parameters::from_request(request, body).await?;
        let filter = filters::read_filter(&mut parameters);
        let all = parameters.parsed("all", |text| match text {
            "true" => Ok(()),
            _ => Err("To delete everything say all=true.".to_owned()),
        });
        parameters.finish()?;
        let unfiltered = filter == Filter::everything();
        match (unfiltered, all) {
            (true, None) => {
                let reason = "Nothing says what to delete: give filters, or all=true to delete everything.";
                Err(Failure::malformed(reason).into())
            }
            (false, Some(())) => {
                Err(Failure::invalid_field("all", "Give either filters or all=true, not both.").into())
            }
            _ => Ok(Self(filter)),
        }
    }
}
