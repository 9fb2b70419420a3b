//! What Twilio answers.

use orderdesk_application::ports::Answer;
use orderdesk_domain::{Cost, Currency, GatewayReference};
use reqwest::StatusCode;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::codes::meaning;
use crate::meaning::Meaning;
use crate::words::remark;

/// A message that has been created (<https://www.twilio.com/docs/messaging/api/message-resource>).
#[derive(Deserialize)]
struct Created {
    sid: String,
    price: Option<String>,
    price_unit: Option<String>,
}

/// What was wrong (<https://www.twilio.com/docs/usage/twilios-response>).
#[derive(Deserialize)]
struct Wrong {
    code: u64,
    #[serde(default)]
    message: String,
}

/// What the gateway says about a message; `None` where it does not say more than the status.
pub(super) fn understand(status: StatusCode, body: &[u8], private: &[&str]) -> Option<Answer> {
    if status.is_success() {
        let created: Created = serde_json::from_slice(body).ok()?;
        let reference = GatewayReference::parse(&created.sid).ok()?;
        let verdict = Meaning::Accepted.verdict(Some(reference), created.cost());
        return Some(Answer { verdict, code: None, remark: None });
    }
    let Wrong { code, message } = serde_json::from_slice(body).ok()?;
    let meaning = meaning(code).or_else(|| status.is_client_error().then(|| Meaning::of_status(status)))?;
    Some(meaning.answer(remark(&code.to_string(), &[]), remark(&message, private)))
}

impl Created {
    /// The price, which is below zero, as a debit is. Mostly it is not known yet.
    fn cost(&self) -> Option<Cost> {
        let amount: Decimal = self.price.as_deref()?.trim().parse().ok()?;
        Cost::new(amount.abs(), Currency::parse(self.price_unit.as_deref()?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_application::ports::Verdict;
    use orderdesk_domain::FailureCode;

    use super::*;

    fn said(status: u16, body: &str) -> Option<Verdict> {
        let status = StatusCode::from_u16(status).unwrap();
        understand(status, body.as_bytes(), &[]).map(|answer| answer.verdict)
    }

    #[test]
    fn what_is_created_is_accepted() {
        let reference = GatewayReference::parse("SM1").ok();
        let cost = Cost::from_millionths(7_500, Currency::parse("USD").unwrap());
        for (body, cost) in [
            (r#"{"sid": "SM1", "price": null, "price_unit": "USD"}"#, None),
            (r#"{"sid": "SM1", "price": "-0.00750", "price_unit": "USD"}"#, cost),
            (r#"{"sid": "SM1"}"#, None),
        ] {
            let verdict = Verdict::Accepted { reference: reference.clone(), cost };
            assert_eq!(said(201, body), Some(verdict), "{body}");
        }
    }

    #[test]
    fn what_has_no_name_is_no_answer() {
        for body in ["", "created", "{}", r#"{"sid": ""}"#, r#"{"sid": 1}"#, r#"{"code": 21211}"#] {
            assert_eq!(said(201, body), None, "{body}");
        }
    }

    #[test]
    fn a_code_says_more_than_its_status() {
        for (status, code, verdict) in [
            (400, 21211, Verdict::Refused(FailureCode::InvalidNumber)),
            (400, 21606, Verdict::Held),
            (400, 21611, Verdict::Later { attempts: None }),
            (400, 99999, Verdict::Refused(FailureCode::Refused)),
            (401, 99999, Verdict::Held),
            (429, 99999, Verdict::Later { attempts: None }),
            (429, 63038, Verdict::Held),
        ] {
            assert_eq!(said(status, &format!(r#"{{"code": {code}}}"#)), Some(verdict), "{status} {code}");
        }
    }
}
