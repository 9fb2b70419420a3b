//! What the code of a gateway means for a message.

use orderdesk_application::ports::{Answer, Verdict};
use orderdesk_domain::{Cost, FailureCode, Gateway, GatewayReference, Remark};
use reqwest::StatusCode;
use tracing::debug;

/// What a code means, as the tables of the gateways have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The message has been taken over.
    Accepted,
    /// It will not be, now or later.
    Refused(FailureCode),
    /// It may be later, if it is asked for that often at the most.
    Later(Option<u32>),
    /// No message is at present.
    Held,
    /// It is not known.
    Unanswered,
}

impl Meaning {
    /// What the status of an answer means by itself (RFC 9110, section 15).
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            // The key is wrong, or the account, or nobody has paid; or the gateway is somewhere else, where no message
            // has gone yet.
            301 | 307 | 308 | 401..=405 => Self::Held,
            // Who did not get a request whole may have got enough of it.
            408 => Self::Unanswered,
            429 => Self::Later(None),
            400..=499 => Self::Refused(FailureCode::Refused),
            // Among them success, of which nothing is known.
            _ => Self::Unanswered,
        }
    }

    /// With what is known of a message that has been taken over.
    pub(crate) fn verdict(self, reference: Option<GatewayReference>, cost: Option<Cost>) -> Verdict {
        match self {
            Self::Accepted => Verdict::Accepted { reference, cost },
            Self::Refused(code) => Verdict::Refused(code),
            Self::Later(attempts) => Verdict::Later { attempts },
            Self::Held => Verdict::Held,
            Self::Unanswered => Verdict::Unanswered,
        }
    }

    /// As an answer with nothing but words.
    pub(crate) fn answer(self, code: Option<Remark>, remark: Option<Remark>) -> Answer {
        Answer { verdict: self.verdict(None, None), code, remark }
    }
}

/// Tells the log of an answer, without what is private: no number, text, key or address.
pub(crate) fn log(gateway: Gateway, answer: &Answer) {
    let verdict = match answer.verdict {
        Verdict::Accepted { .. } => "accepted",
        Verdict::Refused(_) => "refused",
        Verdict::Later { .. } => "later",
        Verdict::Held => "held",
        Verdict::Unanswered => "unanswered",
    };
    let code = answer.code.as_ref().map(Remark::as_str);
    debug!(gateway = gateway.name(), verdict, code, "a gateway has answered");
}
