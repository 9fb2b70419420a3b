//! What the code of a gateway means for a message.

use orderdesk_application::ports::{Answer, Verdict};
use orderdesk_domain::{Cost, FailureCode, Gateway, GatewayReference, Remark};
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
