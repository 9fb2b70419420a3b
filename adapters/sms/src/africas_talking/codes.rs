//! What Africa's Talking means by its codes.

use orderdesk_domain::FailureCode;

use crate::meaning::Meaning;

/// A code with its name.
pub(super) struct Code {
    number: u16,
    /// As the gateway names it, where it gives no number.
    name: &'static str,
    meaning: Meaning,
}

const fn code(number: u16, name: &'static str, meaning: Meaning) -> Code {
    Code { number, name, meaning }
}

/// The codes of recipients (<https://developers.africastalking.com/docs/sms/sending/bulk>, "statusCode").
pub(super) const CODES: [Code; 14] = [
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
pub(super) fn of_number(number: u16) -> Meaning {
    CODES.iter().find(|code| code.number == number).map_or(Meaning::Unanswered, |code| code.meaning)
}
