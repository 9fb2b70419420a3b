//! What came of a request, where the gateway's own words do not say more.

use orderdesk_application::ports::Answer;
use orderdesk_domain::Remark;
use reqwest::StatusCode;

use crate::http::Exchange;
use crate::meaning::Meaning;
use crate::words::remark;

/// What a request came to. `understand` reads what the gateway itself says in the body of an answer, and gives `None`
/// where it says nothing about the message. `private` is what no remark may quote.
pub(crate) fn outcome(
    exchange: Exchange,
    private: &[&str],
    understand: impl FnOnce(StatusCode, &[u8]) -> Option<Answer>,
) -> Answer {
    match exchange {
        Exchange::NotReached { reason } => Meaning::Later(None).answer(None, remark(&reason, private)),
        Exchange::Lost { reason } => Meaning::Unanswered.answer(None, remark(&reason, private)),
        // Whatever a server says that has failed, it does not know itself what it had done until then.
        Exchange::Answered { status, .. } if status.is_server_error() => {
            Meaning::Unanswered.answer(code(status), None)
        }
        Exchange::Answered { status, body: Err(reason) } => {
            Meaning::of_status(status).answer(code(status), remark(&reason, private))
        }
        Exchange::Answered { status, body: Ok(body) } => understand(status, &body).unwrap_or_else(|| {
            let words = if status.is_success() { "the answer cannot be understood" } else { plain(&body) };
            Meaning::of_status(status).answer(code(status), remark(words, private))
        }),
    }
}

/// The status where the gateway gives no code of its own.
fn code(status: StatusCode) -> Option<Remark> {
    remark(&format!("HTTP {}", status.as_u16()), &[])
}

/// What a body says that is written for people. One that is written for programs, or is a whole page, is no remark.
fn plain(body: &[u8]) -> &str {
    let words = std::str::from_utf8(body).unwrap_or_default().trim();
    if words.starts_with(['<', '{', '[']) { "" } else { words }
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::FailureCode;

    use super::*;

    fn answered(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        let exchange = Exchange::Answered { status, body: Ok(body.as_bytes().to_vec()) };
        outcome(exchange, &["secret"], |_, _| None)
    }

    #[test]
    fn a_status_says_what_happened_where_nobody_says_more() {
        for (status, meaning) in [
            (200, Meaning::Unanswered),
            (204, Meaning::Unanswered),
            (302, Meaning::Unanswered),
            (303, Meaning::Unanswered),
            (308, Meaning::Held),
            (400, Meaning::Refused(FailureCode::Refused)),
            (401, Meaning::Held),
            (403, Meaning::Held),
            (404, Meaning::Held),
            (408, Meaning::Unanswered),
            (422, Meaning::Refused(FailureCode::Refused)),
            (429, Meaning::Later(None)),
            (500, Meaning::Unanswered),
            (503, Meaning::Unanswered),
        ] {
            let code = Remark::new(&format!("HTTP {status}"));
            let verdict = meaning.verdict(None, None);
            let answer = answered(status, "");
            assert_eq!((answer.verdict, answer.code), (verdict, code), "{status}");
        }
    }

    #[test]
    fn what_is_said_to_people_is_kept_without_what_is_private() {
        let remark = |status, body| answered(status, body).remark.map(|remark| remark.as_str().to_owned());
        assert_eq!(remark(401, "The key secret is wrong").as_deref(), Some("The key … is wrong"));
        assert_eq!(remark(400, "<html>"), None);
        assert_eq!(remark(400, r#"{"to": 1}"#), None);
        assert_eq!(remark(200, "a secret text").as_deref(), Some("the answer cannot be understood"));
        assert_eq!(remark(500, "a secret text"), None);
    }

    #[test]
    fn nothing_that_a_failed_server_says_is_believed() {
        let exchange = Exchange::Answered { status: StatusCode::BAD_GATEWAY, body: Ok(Vec::new()) };
        let answer = outcome(exchange, &[], |_, _| Some(Meaning::Accepted.answer(None, None)));
        assert_eq!(answer.verdict, Meaning::Unanswered.verdict(None, None));
    }

    #[test]
    fn an_error_stays_one_if_its_body_is_lost() {
        let broken = |status| {
            let exchange = Exchange::Answered { status, body: Err("the connection failed".to_owned()) };
            outcome(exchange, &[], |_, _| None).verdict
        };
        assert_eq!(broken(StatusCode::UNAUTHORIZED), Meaning::Held.verdict(None, None));
        assert_eq!(broken(StatusCode::OK), Meaning::Unanswered.verdict(None, None));
    }
}
