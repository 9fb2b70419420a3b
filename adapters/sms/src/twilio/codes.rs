//! What Twilio means by its codes.

use orderdesk_domain::FailureCode;

use crate::meaning::Meaning;

const NO_NUMBER: Meaning = Meaning::Refused(FailureCode::InvalidNumber);
const NOT_SERVED: Meaning = Meaning::Refused(FailureCode::NotServed);
const OPTED_OUT: Meaning = Meaning::Refused(FailureCode::OptedOut);

/// The codes that mean more than the status with which they come (<https://www.twilio.com/docs/api/errors>). Twilio
/// splits them into finer ones now and then
/// (<https://www.twilio.com/en-us/changelog/updates-to-the-error-code-dictionary-to-clarify-number-validatio>): one that is
/// not here means what its status does.
const CODES: [(u64, Meaning); 40] = [
    // Account is not active.
    (10001, Meaning::Held),
    // Message rate limit exceeded.
    (14107, Meaning::Later(None)),
    // Authentication failed.
    (20003, Meaning::Held),
    // Account not active: no funds.
    (20005, Meaning::Held),
    // Access denied.
    (20006, Meaning::Held),
    // Only test credentials.
    (20008, Meaning::Held),
    // The account is suspended or closed.
    (20403, Meaning::Held),
    // No such account.
    (20404, Meaning::Held),
    // Too many requests.
    (20429, Meaning::Later(None)),
    // Invalid 'To' number.
    (21211, NO_NUMBER),
    // Invalid 'From' number.
    (21212, Meaning::Held),
    // 'To' cannot be reached.
    (21214, NOT_SERVED),
    // The number does not appear to be valid.
    (21217, NO_NUMBER),
    // 'To' cannot be a short code.
    (21265, NO_NUMBER),
    // A trial account cannot send from a name.
    (21267, Meaning::Held),
    // 'From' is no sender.
    (21401, Meaning::Held),
    // This kind of number cannot send.
    (21407, Meaning::Held),
    // The account may not send to this region.
    (21408, NOT_SERVED),
    // 'From' cannot send.
    (21601, Meaning::Held),
    // 'From' is missing.
    (21603, Meaning::Held),
    // 'From' cannot send from this account.
    (21606, Meaning::Held),
    // A trial account can send to numbers that have been verified only.
    (21608, NOT_SERVED),
    // Invalid StatusCallback: the public address is wrong.
    (21609, Meaning::Held),
    // The recipient has said STOP.
    (21610, OPTED_OUT),
    // Too many messages wait for this 'From'.
    (21611, Meaning::Later(None)),
    // No way from 'From' to 'To'.
    (21612, NOT_SERVED),
    // 'To' is no mobile number.
    (21614, NO_NUMBER),
    // 'To' cannot be a landline.
    (21635, NO_NUMBER),
    // 'From' is not Twilio's.
    (21659, Meaning::Held),
    // 'From' is another account's.
    (21660, Meaning::Held),
    // 'From' cannot send texts.
    (21661, Meaning::Held),
    // The messaging service does not exist.
    (21701, Meaning::Held),
    // It has no numbers.
    (21703, Meaning::Held),
    (21704, Meaning::Held),
    // It is invalid.
    (21705, Meaning::Held),
    // Under maintenance.
    (21730, Meaning::Later(None)),
    // Account suspended.
    (30002, Meaning::Held),
    // Too many messages a second.
    (63017, Meaning::Later(None)),
    // The account has sent as many messages as it may in a day.
    (63038, Meaning::Held),
    // Account is not active.
    (90010, Meaning::Held),
];

/// What a code means; `None` where its status says as much.
pub(super) fn meaning(code: u64) -> Option<Meaning> {
    CODES.iter().find(|(number, _)| *number == code).map(|(_, meaning)| *meaning)
}

/// Why a message did not get to the phone.
pub(super) fn failure(code: Option<u64>) -> FailureCode {
    match code.and_then(meaning) {
        Some(Meaning::Refused(failure)) => failure,
        _ => FailureCode::Undelivered,
    }
}

/// The codes with which messages get lost on their way, in Twilio's words
/// (<https://www.twilio.com/docs/api/errors>), since reports have the number alone.
const REPORTED: [(u64, &str); 10] = [
    (21610, "The recipient has unsubscribed"),
    (30001, "Queue overflow"),
    (30002, "Account suspended"),
    (30003, "Unreachable destination handset"),
    (30004, "Message blocked"),
    (30005, "Unknown destination handset"),
    (30006, "Landline or unreachable carrier"),
    (30007, "Message filtered"),
    (30008, "Unknown error"),
    (30036, "Validity period expired"),
];

/// A code in words, where it has some.
pub(super) fn words(code: u64) -> Option<&'static str> {
    REPORTED.iter().find(|(number, _)| *number == code).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_code_means_is_as_it_was_agreed() {
        for (code, expected) in [
            (21211, Some(NO_NUMBER)),
            (21614, Some(NO_NUMBER)),
            (21610, Some(OPTED_OUT)),
            (21408, Some(NOT_SERVED)),
            (21612, Some(NOT_SERVED)),
            (20003, Some(Meaning::Held)),
            (20005, Some(Meaning::Held)),
            (21606, Some(Meaning::Held)),
            (21603, Some(Meaning::Held)),
            (20429, Some(Meaning::Later(None))),
            (21617, None),
            (20500, None),
            (0, None),
        ] {
            assert_eq!(meaning(code), expected, "{code}");
        }
    }

    #[test]
    fn no_code_has_two_meanings() {
        assert!(CODES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(REPORTED.is_sorted_by(|one, other| one.0 < other.0));
        // To be accepted is no error.
        assert!(CODES.iter().all(|(_, meaning)| *meaning != Meaning::Accepted));
    }

    #[test]
    fn who_has_said_stop_is_known_from_a_report_too() {
        for (code, expected) in [
            (Some(21610), FailureCode::OptedOut),
            (Some(30003), FailureCode::Undelivered),
            (Some(30002), FailureCode::Undelivered),
            (Some(1), FailureCode::Undelivered),
            (None, FailureCode::Undelivered),
        ] {
            assert_eq!(failure(code), expected, "{code:?}");
        }
    }
}
