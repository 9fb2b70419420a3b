//! What Africa's Talking answers.

use orderdesk_application::ports::Answer;
use orderdesk_domain::{Cost, Currency, FailureCode, GatewayReference};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::codes::{of_number, of_words};
use crate::meaning::Meaning;
use crate::words::remark;

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    #[serde(default)]
    message: String,
    recipients: Option<Vec<Recipient>>,
}

/// One for each number that a message goes to; we name one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    status_code: Value,
    #[serde(default)]
    status: String,
    #[serde(default)]
    cost: String,
    #[serde(default)]
    message_id: String,
}

/// What an answer without a recipient means.
const REFUSED: Meaning = Meaning::Refused(FailureCode::Refused);

/// What the gateway says about a message; `None` where it does not say anything about any. It does so with 409 as well,
/// for one that comes at night.
pub(super) fn understand(status: StatusCode, body: &[u8], private: &[&str]) -> Option<Answer> {
    let Body { data } = serde_json::from_slice(body).ok()?;
    let meaning = match data.recipients.as_deref() {
        Some([recipient, ..]) => return Some(recipient.answer(status, private)),
        // A list of nobody: the message was not taken over, whatever else may have been the matter.
        Some([]) if status.is_success() => of_words(&data.message).unwrap_or(REFUSED),
        Some([]) => of_words(&data.message)?,
        // No list at all is not what was agreed. Only what holds for every message is believed.
        None => of_words(&data.message).filter(|meaning| *meaning == Meaning::Held)?,
    };
    Some(meaning.answer(None, remark(&data.message, private)))
}

impl Recipient {
    fn answer(&self, status: StatusCode, private: &[&str]) -> Answer {
        let number = self.number();
        let meaning = match number.map(of_number) {
            // An error that says that all went well.
            Some(Meaning::Accepted) if !status.is_success() => Meaning::Unanswered,
            meaning => meaning.unwrap_or(Meaning::Unanswered),
        };
        let code = number.and_then(|number| remark(&number.to_string(), &[]));
        let words = if meaning == Meaning::Accepted { "" } else { self.status.as_str() };
        let reference = GatewayReference::parse(&self.message_id).ok();
        let reference = reference.filter(|reference| reference.as_str() != "None");
        Answer { verdict: meaning.verdict(reference, cost(&self.cost)), code, remark: remark(words, private) }
    }

    /// The number of the code, which other gateways of this kind write as text.
    fn number(&self) -> Option<u64> {
        match &self.status_code {
            Value::Number(number) => number.as_u64(),
            Value::String(number) => number.trim().parse().ok(),
            _ => None,
        }
    }
}

/// "KES 0.8000". A message that costs nothing has "0", of no currency.
fn cost(input: &str) -> Option<Cost> {
    let (currency, amount) = input.trim().split_once(' ')?;
    Cost::new(amount.trim().parse().ok()?, Currency::parse(currency).ok()?)
}

#[cfg(test)]
mod tests {
    use orderdesk_application::ports::Verdict;

    use super::*;

    fn said(status: StatusCode, body: &str) -> Option<Verdict> {
        understand(status, body.as_bytes(), &[]).map(|answer| answer.verdict)
    }

    fn listed(recipient: &str) -> String {
        format!(r#"{{"SMSMessageData": {{"Message": "", "Recipients": [{recipient}]}}}}"#)
    }

    #[test]
    fn what_is_accepted_has_a_reference_and_a_cost_where_they_are_said() {
        for (recipient, reference, millionths) in [
            (
                r#"{"statusCode": 101, "cost": "KES 0.8000", "messageId": "ATXid_1"}"#,
                Some("ATXid_1"),
                Some(800_000),
            ),
            (r#"{"statusCode": "102", "cost": "0", "messageId": "None"}"#, None, None),
            (r#"{"statusCode": 100, "cost": "KES -1", "messageId": "a b"}"#, None, None),
            (r#"{"statusCode": 100}"#, None, None),
        ] {
            let reference = reference.map(|text| GatewayReference::parse(text).unwrap());
            let currency = Currency::parse("KES").unwrap();
            let cost = millionths.and_then(|millionths| Cost::from_millionths(millionths, currency));
            let verdict = Verdict::Accepted { reference, cost };
            assert_eq!(said(StatusCode::CREATED, &listed(recipient)), Some(verdict), "{recipient}");
        }
    }

    #[test]
    fn what_does_not_speak_of_a_message_is_no_answer() {
        for body in
            ["", "ok", "{}", "[]", r#"{"SMSMessageData": {}}"#, r#"{"SMSMessageData": {"Message": "x"}}"#]
        {
            assert_eq!(said(StatusCode::CREATED, body), None, "{body}");
        }
        assert_eq!(said(StatusCode::CREATED, &listed(r#"{"status": "Success"}"#)), None);
        assert_eq!(said(StatusCode::CREATED, &listed(r#"{"statusCode": null}"#)), Some(Verdict::Unanswered));
        assert_eq!(said(StatusCode::CREATED, &listed(r#"{"statusCode": 103}"#)), Some(Verdict::Unanswered));
    }

    #[test]
    fn an_error_that_names_a_recipient_is_about_the_recipient() {
        let night = listed(r#"{"statusCode": 409, "cost": "0", "messageId": "None"}"#);
        assert_eq!(said(StatusCode::CONFLICT, &night), Some(Verdict::Later { attempts: None }));
        let blacklisted = listed(r#"{"statusCode": 406}"#);
        assert_eq!(
            said(StatusCode::BAD_REQUEST, &blacklisted),
            Some(Verdict::Refused(FailureCode::OptedOut))
        );
    }

    #[test]
    fn an_error_that_names_nobody_is_what_its_status_says() {
        let nobody = listed("");
        assert_eq!(said(StatusCode::TOO_MANY_REQUESTS, &nobody), None);
        assert_eq!(said(StatusCode::CREATED, &nobody), Some(Verdict::Refused(FailureCode::Refused)));
    }

    #[test]
    fn an_error_cannot_be_an_acceptance() {
        let accepted = listed(r#"{"statusCode": 101}"#);
        assert_eq!(said(StatusCode::BAD_REQUEST, &accepted), Some(Verdict::Unanswered));
    }

    #[test]
    fn only_clear_words_are_believed_without_a_list() {
        let without = r#"{"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": null}}"#;
        assert_eq!(said(StatusCode::CREATED, without), Some(Verdict::Held));
    }
}
