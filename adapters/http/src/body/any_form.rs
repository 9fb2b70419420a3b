//! The fields of a form that somebody else has drawn up: an HTML form, or what an SMS gateway sends.

use poem::error::ReadBodyError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::problem::Failure;

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
/// The most bytes of a form.
const LIMIT: usize = 64 * 1024;

/// A form that has not been read yet.
pub(crate) struct AnyForm {
    /// Whether it is one, as far as its header says.
    is_form: bool,
    body: Body,
}

impl AnyForm {
    /// The form that a request carries.
    pub(crate) fn of(request: &mut Request) -> Self {
        Self { is_form: is_form(request), body: request.take_body() }
    }

    /// The fields, decoded, in their order.
    ///
    /// # Errors
    /// 415 where it is no form; 413 where it is too long.
    pub(crate) async fn read(self) -> Result<Vec<(String, String)>> {
        if !self.is_form {
            let text = "Send a form: application/x-www-form-urlencoded.";
            let failure = Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", text);
            return Err(failure.with_header(header::ACCEPT, HeaderValue::from_static(URL_ENCODED)).into());
        }
        match self.body.into_bytes_limit(LIMIT).await {
            Ok(bytes) => Ok(form_urlencoded::parse(&bytes).into_owned().collect()),
            Err(ReadBodyError::PayloadTooLarge) => {
                let text = format!("A form has at most {LIMIT} bytes.");
                Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", text).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the body is a form, and sent as it is.
fn is_form(request: &Request) -> bool {
    let is_plain =
        request.header(header::CONTENT_ENCODING).is_none_or(|it| it.eq_ignore_ascii_case("identity"));
    let essence = request.content_type().and_then(|given| given.split(';').next()).unwrap_or_default();
    is_plain && essence.trim().eq_ignore_ascii_case(URL_ENCODED)
}

impl<'a> ApiExtractor<'a> for AnyForm {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let text = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let form = MetaSchema { additional_properties: Some(Box::new(text)), ..MetaSchema::new("object") };
        let schema = MetaSchemaRef::Inline(Box::new(form));
        let content = vec![MetaMediaType { content_type: URL_ENCODED, schema }];
        Some(MetaRequest { description: Some("The fields that the gateway sends."), content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self { is_form: is_form(request), body: body.take()? })
    }
}
