//! What Africa's Talking means by its codes.

use orderdesk_domain::FailureCode;

use crate::meaning::Meaning;

/// A code with its name.
struct Code {
    number: u64,
    name: &'static str,
    meaning: Meaning,
}

const fn code(number: u64, name: &'static str, meaning: Meaning) -> Code {
    Code { number, name, meaning }
}

/// The codes of recipients (<https://developers.africastalking.com/docs/sms/sending/bulk>, "statusCode").
const CODES: [Code; 14] = [
    code(100, "Processed", Meaning::Accepted),
    code(101, "Sent", Meaning::Accepted),
    code(102, "Queued", Meaning::Accepted),
    code(401, "RiskHold", Meaning::Refused(FailureCode::Refused)),
    code(402, "InvalidSenderId", Meaning::Held),
    code(403, "InvalidPhoneNumber", Meaning::Refused(FailureCode::InvalidNumber)),
    code(404, "UnsupportedNumberType", Meaning::Refused(FailureCode::NotServed)),
    code(405, "InsufficientBalance", Meaning::Held),
    code(406, "UserInBlacklist", Meaning::Refused(FailureCode::OptedOut)),
    code(407, "CouldNotRoute", Meaning::Later(Some(2))),
    // In Nigeria nothing that looks like an advertisement is taken from eight in the evening to eight in the morning
    // (<https://status.africastalking.com/incident/538/>).
    code(409, "DoNotDisturbRejection", Meaning::Later(None)),
    code(500, "InternalServerError", Meaning::Later(None)),
    code(501, "GatewayError", Meaning::Later(None)),
    code(502, "RejectedByGateway", Meaning::Later(None)),
];

/// What a number means. One that nobody knows may stand for a message that has been taken over.
pub(super) fn of_number(number: u64) -> Meaning {
    CODES.iter().find(|code| code.number == number).map_or(Meaning::Unanswered, |code| code.meaning)
}

/// What words mean that stand where recipients should be: they may hold the name of a code. The gateway also says
/// there how many it has taken ("Sent to 0/1 Total Cost: 0"). `None` where they say nothing of that kind.
pub(super) fn of_words(words: &str) -> Option<Meaning> {
    let bare: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = bare.to_ascii_lowercase();
    let says = |code: &&Code| {
        let name = code.name.to_ascii_lowercase();
        if code.meaning == Meaning::Accepted { bare == name } else { bare.contains(&name) }
    };
    match CODES.iter().find(says).map(|code| code.meaning) {
        // Taken, and by nobody: that is no answer.
        Some(Meaning::Accepted) => Some(Meaning::Unanswered),
        None if took_some(words) => Some(Meaning::Unanswered),
        known => known,
    }
}

/// Whether words say that a message was taken over: "Sent to 1/1 ...".
fn took_some(words: &str) -> bool {
    let count = words.trim_start().strip_prefix("Sent to ").and_then(|rest| rest.split('/').next());
    count.is_some_and(|count| count.trim() != "0")
}

/// What the reason of a report means (<https://developers.africastalking.com/docs/sms/notifications>, "failureReason").
pub(super) fn of_reason(reason: Option<&str>) -> FailureCode {
    // It is written with a large L there, and with a small one among the codes.
    let opted_out = reason.is_some_and(|reason| reason.eq_ignore_ascii_case("UserInBlacklist"));
    if opted_out { FailureCode::OptedOut } else { FailureCode::Undelivered }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_code_means_is_as_it_was_agreed() {
        for (number, meaning) in [
            (100, Meaning::Accepted),
            (101, Meaning::Accepted),
            (102, Meaning::Accepted),
            (401, Meaning::Refused(FailureCode::Refused)),
            (402, Meaning::Held),
            (403, Meaning::Refused(FailureCode::InvalidNumber)),
            (404, Meaning::Refused(FailureCode::NotServed)),
            (405, Meaning::Held),
            (406, Meaning::Refused(FailureCode::OptedOut)),
            (407, Meaning::Later(Some(2))),
            (409, Meaning::Later(None)),
            (500, Meaning::Later(None)),
            (501, Meaning::Later(None)),
            (502, Meaning::Later(None)),
        ] {
            assert_eq!(of_number(number), meaning, "{number}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_may_mean_anything() {
        for number in [0, 103, 200, 400, 408, 503, u64::MAX] {
            assert_eq!(of_number(number), Meaning::Unanswered, "{number}");
        }
    }

    #[test]
    fn words_are_understood_where_recipients_are_missing() {
        for (words, meaning) in [
            ("InvalidSenderId", Some(Meaning::Held)),
            ("Invalid Sender Id", Some(Meaning::Held)),
            ("insufficient balance.", Some(Meaning::Held)),
            ("UserInBlackList", Some(Meaning::Refused(FailureCode::OptedOut))),
            ("Sent to 0/1 Total Cost: 0", None),
            ("", None),
            ("Sent to 1/1 Total Cost: KES 0.8000", Some(Meaning::Unanswered)),
            ("Queued", Some(Meaning::Unanswered)),
        ] {
            assert_eq!(of_words(words), meaning, "{words}");
        }
    }
}
