//! What takes messages to phones: [`AfricasTalking`], [`Twilio`], and the [`Console`] for a first look.
//!
//! **Nothing is sent twice.** Neither gateway knows a key by which it would recognise a message that it has already
//! taken over, so that a request is made once, and its outcome says what is known: without a connection nothing was
//! sent, and the message may be tried again; as soon as a byte of it may have been read, only an answer that makes
//! sense says that it was not taken over. Everything else is [`Unanswered`](orderdesk_application::ports::Verdict),
//! and a human being decides.
//!
//! **What an answer means** stands in tables, one in each gateway's `codes`. What the gateways call back with is read
//! by [`AfricasTalkingCallbacks`] and [`TwilioCallbacks`].
//!
//! Keys, numbers and texts are in no log and in no remark: `words` takes them out of what gateways say.

mod africas_talking;
mod base_url;
mod callback;
mod console;
mod http;
mod meaning;
mod outcome;
mod pacer;
mod secret;
mod settings;
mod twilio;
mod words;

pub use africas_talking::{AfricasTalking, AfricasTalkingCallbacks};
pub use base_url::{BaseUrl, BaseUrlError};
pub use console::Console;
pub use http::{HttpClient, HttpClientError, Limits};
pub use secret::{NotASecret, Secret};
pub use settings::{AfricasTalkingSettings, TwilioReports, TwilioSender, TwilioSettings, USUAL_RATE};
pub use twilio::{Twilio, TwilioCallbacks};
