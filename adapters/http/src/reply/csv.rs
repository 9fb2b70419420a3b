//! Whole lists as CSV (RFC 4180), streamed in constant memory.
//!
//! The list is read in stretches, each from where the last ended, so no connection to the store is held while a slow
//! client reads, and rows that are added meanwhile neither shift nor repeat others.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use futures_util::stream;
use orderdesk_application::services::{Browse, ListRequest};
use poem::{Body, Response};

use crate::call::Call;
use crate::listing::ListParameters;
use crate::problem::Failure;
use crate::transports::Transport;

/// How many lines are read at a time.
const STRETCH: u32 = 500;

/// What is still to be sent.
struct Rest<S, T: Transport> {
    service: S,
    call: Call,
    /// The next stretch; `None` once the last has been read.
    request: Option<ListRequest<<T::Entity as orderdesk_application::query::Entity>::Field>>,
    /// Which columns are shown.
    columns: Arc<[usize]>,
}

impl<S: Browse<Entity = T::Entity>, T: Transport> Rest<S, T> {
    /// Reads one stretch and appends its lines to `text`.
    async fn read(&mut self, mut text: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let Some(request) = self.request.take() else { return Ok(text) };
        let page = self.service.list(&self.call.caller, request.clone()).await;
        let page = page.map_err(|error| Failure::of(error, T::PLURAL))?;
        for details in &page.objects {
            let cells = T::new(details, &self.call.links).cells();
            text = write_line(text, self.columns.iter().filter_map(|column| cells.get(*column)))?;
        }
        self.request = page.next.map(|position| ListRequest { after: Some(position), ..request });
        Ok(text)
    }
}

fn write_line<'a>(
    text: Vec<u8>,
    cells: impl Iterator<Item = &'a Cow<'static, str>>,
) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(text);
    writer.write_record(cells.map(|cell| cell.as_bytes())).map_err(Failure::internal)?;
    writer.into_inner().map_err(|error| Failure::internal(error.to_string()))
}

/// Everything that the parameters match. The first stretch is read before the answer begins, so that what stands
/// against the request is told properly.
pub(super) async fn stream<S, T>(
    service: S,
    call: Call,
    parameters: ListParameters<T>,
) -> Result<Response, Failure>
where
    S: Browse<Entity = T::Entity> + Clone + Send + 'static,
    T: Transport,
{
    let shown = |name: &&str| {
        parameters.projection.fields.as_ref().is_none_or(|fields| fields.iter().any(|field| field == name))
    };
    let columns: Vec<_> =
        T::COLUMNS.iter().enumerate().filter(|(_, name)| shown(name)).map(|(at, _)| at).collect();
    let heads: Vec<Cow<'static, str>> =
        T::COLUMNS.iter().filter(|name| shown(name)).map(|name| (*name).into()).collect();
    let request = Some(ListRequest { limit: STRETCH, ..parameters.request });
    let mut rest = Rest::<S, T> { service, call, request, columns: columns.into() };
    let first = rest.read(write_line(Vec::new(), heads.iter())?).await?;

    let others = stream::try_unfold(rest, |mut rest| async move {
        if rest.request.is_none() {
            return Ok::<_, io::Error>(None);
        }
        let text = rest.read(Vec::new()).await.map_err(|failure| {
            tracing::error!(%failure, cause = failure.cause_text(), "a CSV answer was cut short");
            io::Error::other("the list could not be read to its end")
        })?;
        Ok(Some((text, rest)))
    });
    let body = stream::StreamExt::chain(stream::once(async { Ok(first) }), others);
    let name = format!("attachment; filename=\"{}.csv\"", T::PLURAL);
    Ok(Response::builder()
        .content_type("text/csv; charset=utf-8; header=present")
        .header("Content-Disposition", name)
        .body(Body::from_bytes_stream(body)))
}
