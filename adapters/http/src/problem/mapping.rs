//! Where a status code is chosen: from what the services refuse to what the client reads.

use std::collections::BTreeMap;

use orderdesk_application::ports::{CallbackError, IdentityError, StoreError};
use orderdesk_application::{Error, Problem};
use orderdesk_domain::OrderRefusal;
use poem::http::{HeaderValue, StatusCode, header};

use super::failure::{Failure, FieldErrors, Message, NON_FIELD};

/// The classes of refusal, in the order in which the first that occurs decides the status.
const PRECEDENCE: [StatusCode; 6] = [
    StatusCode::FORBIDDEN,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::PRECONDITION_FAILED,
    StatusCode::CONFLICT,
];

/// Status, machine word and field of a problem.
fn classify(problem: &Problem) -> (StatusCode, &'static str, Option<&'static str>) {
    let invalid = |field| (StatusCode::BAD_REQUEST, "invalid", Some(field));
    let duplicate = |field| (StatusCode::CONFLICT, "duplicate", Some(field));
    match problem {
        Problem::NotFound => (StatusCode::NOT_FOUND, "not_found", None),
        Problem::Forbidden(..)
        | Problem::ForbiddenIn { .. }
        | Problem::Deactivated
        | Problem::TokenLimited
        | Problem::Callback(CallbackError::Signature) => (StatusCode::FORBIDDEN, "forbidden", None),
        Problem::Stale => (StatusCode::PRECONDITION_FAILED, "stale_version", None),
        Problem::RowRepeated => invalid("id"),
        Problem::OrganizationRequired(_) | Problem::OrganizationUnknown(_) | Problem::OrganizationFixed => {
            invalid("organization")
        }
        Problem::CustomerUnknown(_)
        | Problem::CustomerFixed
        | Problem::GuestOfUnknown(_)
        | Problem::Bound(_) => invalid("customer"),
        Problem::CustomerCodeUnknown(_)
        | Problem::CustomerCodeDisagrees(_)
        | Problem::CustomerCodeFixed(_) => invalid("customer_code"),
        Problem::ItemUnknown(_) | Problem::ItemInactive(_) => invalid("item_id"),
        Problem::ItemRequired => invalid("item"),
        Problem::PriceRequired | Problem::CurrencyAlone(_) | Problem::Price(_) => invalid("price_per_unit"),
        Problem::QuantityRequired => invalid("quantity"),
        Problem::CodeTaken(_) => duplicate("code"),
        Problem::NameTaken(_) => duplicate("name"),
        Problem::Order(OrderRefusal::Transition { .. }) | Problem::Message(_) => {
            (StatusCode::CONFLICT, "transition_refused", None)
        }
        Problem::Order(OrderRefusal::Amendment { .. }) => (StatusCode::CONFLICT, "not_pending", None),
        Problem::EventTaken(_) => duplicate("event"),
        Problem::EventFixed(_) => invalid("event"),
        Problem::Unwordable(_) => invalid("text"),
        Problem::OrderUnknown(_) => invalid("order"),
        Problem::Callback(CallbackError::Field(name)) => invalid(name),
        Problem::HasOrders(_)
        | Problem::HasGuests(_)
        | Problem::IsOrdered(_)
        | Problem::OwnsSomething { .. } => (StatusCode::CONFLICT, "in_use", None),
        Problem::MoreThanOwn(_) => invalid("scopes"),
        Problem::LongerThanOwn(_) | Problem::ExpiryPast => invalid("expires_at"),
        Problem::MemberAlready(_) => duplicate("email"),
        Problem::LastAdministrator(_) => (StatusCode::CONFLICT, "last_administrator", None),
        Problem::OwnAccount => (StatusCode::CONFLICT, "own_account", None),
        Problem::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", None),
        Problem::KeyInUse => (StatusCode::CONFLICT, "idempotency_key_in_use", None),
        Problem::TooManyMatches { .. } => (StatusCode::CONFLICT, "too_many_matches", None),
    }
}

fn reasons(problem: &Problem) -> Vec<String> {
    match problem {
        Problem::Price(invalid) => invalid.reasons().iter().map(ToString::to_string).collect(),
        problem => vec![problem.to_string()],
    }
}

fn by_field(problems: &[Problem]) -> FieldErrors {
    let mut fields = FieldErrors::new();
    for problem in problems {
        let (_, _, field) = classify(problem);
        fields.entry(field.unwrap_or(NON_FIELD).to_owned()).or_default().extend(reasons(problem));
    }
    fields
}

/// The class that decides among several: status and machine word.
fn decisive<'a>(problems: impl Iterator<Item = &'a Problem>) -> (StatusCode, &'static str) {
    let rank = |status: StatusCode| PRECEDENCE.iter().position(|other| *other == status);
    let classes = problems.map(classify).map(|(status, code, _)| (status, code));
    classes.min_by_key(|(status, _)| rank(*status)).unwrap_or((StatusCode::BAD_REQUEST, "invalid"))
}

impl Failure {
    /// What a refusal of the services is to the client; `plural` names the rows of a bulk request.
    pub(crate) fn of(error: Error, plural: &'static str) -> Self {
        match error {
            Error::Refused(problems) => {
                let (status, code) = decisive(problems.iter());
                let message = match problems.as_slice() {
                    [only] if classify(only).2.is_none() => Message::Text(only.to_string()),
                    several => Message::Fields(by_field(several)),
                };
                let failure = Self { message, ..Self::new(status, code, "") };
                if problems.contains(&Problem::KeyInUse) { failure.retry_after("1") } else { failure }
            }
            Error::Rows(rows) => {
                let (status, code) = decisive(rows.values().flatten());
                let rows = rows.iter().map(|(position, problems)| (*position, by_field(problems))).collect();
                Self {
                    message: Message::Rows(BTreeMap::from([(plural, rows)])),
                    ..Self::new(status, code, "")
                }
            }
            Error::Identity(error @ IdentityError::Unavailable(_)) => {
                let text = "Who signed this cannot be found out at the moment; try again soon.";
                let failure =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text).retry_after("5");
                Self { cause: Some(error.into()), ..failure }
            }
            Error::Identity(error @ IdentityError::Refused(_)) => {
                let text = "The identity provider's answer is not acceptable; try to sign in again.";
                Self {
                    cause: Some(error.into()),
                    ..Self::new(StatusCode::BAD_REQUEST, "sign_in_failed", text)
                }
            }
            Error::Identity(IdentityError::NotAdmitted) => {
                Self::new(StatusCode::FORBIDDEN, "not_admitted", "People of your domain are not let in here.")
            }
            Error::Store(error) => Self::of_store(error),
        }
    }

    /// The same, to be tried again after so many seconds.
    fn retry_after(self, seconds: &'static str) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from_static(seconds))
    }

    /// Bad input in `fields`, and besides whatever the services have against the fields that could be read.
    pub(crate) fn invalid_besides(
        mut fields: FieldErrors,
        error: Option<Error>,
        plural: &'static str,
    ) -> Self {
        match error {
            Some(Error::Refused(problems)) => {
                let bad_input = |problem: &Problem| classify(problem).0 == StatusCode::BAD_REQUEST;
                // What only seems to be missing is a field that could not be read.
                let missing = |problem: &Problem| {
                    matches!(
                        problem,
                        Problem::ItemRequired | Problem::PriceRequired | Problem::QuantityRequired
                    )
                };
                // What a price must be follows from the currency, and that from the item or the organization.
                let unsure =
                    ["currency", "item_id", "organization"].iter().any(|name| fields.contains_key(*name));
                let of_price =
                    |problem: &Problem| matches!(problem, Problem::Price(_) | Problem::CurrencyAlone(_));
                let told = |problem: &Problem| {
                    bad_input(problem) && !missing(problem) && !(unsure && of_price(problem))
                };
                let problems: Vec<_> = problems.into_iter().filter(told).collect();
                for (field, reasons) in by_field(&problems) {
                    fields.entry(field).or_insert(reasons);
                }
                Self::invalid(fields)
            }
            Some(error) => Self::of(error, plural),
            None => Self::invalid(fields),
        }
    }

    /// What a failure of the store is to the client.
    pub(crate) fn of_store(error: StoreError) -> Self {
        let later =
            |text: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text).retry_after("1");
        let answer = match &error {
            StoreError::ReadOnly => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "read_only",
                "Nothing can be changed at the moment: the service is read-only while its data is being moved.",
            )
            .retry_after("60"),
            StoreError::Unavailable(_) => later("The store cannot be reached at the moment; try again soon."),
            StoreError::Retry(_)
            | StoreError::Conflict
            | StoreError::Referenced
            | StoreError::AlreadyExists(_) => later("Too many changes at once; try again soon."),
            StoreError::NotEmpty | StoreError::Corrupt(_) | StoreError::Backend(_) => return Self::internal(error),
        };
        Self { cause: Some(error.into()), ..answer }
    }
}
