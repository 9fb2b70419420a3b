//! The protocols of the gateways: what a request says, and how answers look.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::log::Sent;

/// The application that the gateway knows, at Africa's Talking.
pub const USERNAME: &str = "orderdesk";
/// Its key.
pub const API_KEY: &str = "atsk_correct_horse_battery_staple";
/// The account that the gateway knows, at Twilio.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// Its token.
pub const AUTH_TOKEN: &str = "correct-horse-battery-staple-twilio";

/// How somebody speaks to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// As to Africa's Talking.
    AfricasTalking,
    /// As to Twilio.
    Twilio,
}

/// An answer as hyper sends it.
pub(crate) type Answer = Response<Full<Bytes>>;

/// The fields of a request.
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) report_to: Option<String>,
}

impl Protocol {
    /// The protocol of a path.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "/version1/messaging" => Some(Self::AfricasTalking),
            _ if path.starts_with("/2010-04-01/Accounts/") && path.ends_with("/Messages.json") => {
                Some(Self::Twilio)
            }
            _ => None,
        }
    }

    /// What a request says, if it comes from the account that the gateway knows.
    pub(crate) fn read(self, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Letter, Box<Answer>> {
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        match self {
            Self::AfricasTalking => {
                if header("apikey") != Some(API_KEY) || field("username").as_deref() != Some(USERNAME) {
                    return Err(Box::new(text(401, "The supplied authentication is invalid")));
                }
                let (Some(to), Some(text)) = (field("to"), field("message")) else {
                    return Err(Box::new(text(400, "Request is missing required form field 'to'")));
                };
                Ok(Letter { to, text, report_to: None })
            }
            Self::Twilio => {
                let basic =
                    format!("Basic {}", BASE64_STANDARD.encode(format!("{ACCOUNT_SID}:{AUTH_TOKEN}")));
                if header("authorization") != Some(&basic) || !path.contains(ACCOUNT_SID) {
                    return Err(Box::new(wrong(401, 20003, "Authenticate")));
                }
                let sender = field("From").or_else(|| field("MessagingServiceSid"));
                let (Some(to), Some(text), Some(_)) = (field("To"), field("Body"), sender) else {
                    return Err(Box::new(wrong(400, 21604, "A 'To' phone number is required.")));
                };
                Ok(Letter { to, text, report_to: field("StatusCallback") })
            }
        }
    }

    /// A name for a message that nobody has had before.
    pub(crate) fn reference(self) -> String {
        let unique = fastrand::u128(..);
        match self {
            Self::AfricasTalking => format!("ATXid_{unique:032x}"),
            Self::Twilio => format!("SM{unique:032x}"),
        }
    }

    /// Says that a message has been taken over.
    pub(crate) fn accepted(self, sent: &Sent) -> Answer {
        let reference = &sent.accepted;
        match self {
            Self::AfricasTalking => {
                let recipient = json!({
                    "statusCode": 101, "number": sent.to, "status": "Success", "cost": "KES 0.8000",
                    "messageId": reference,
                });
                recipients("Sent to 1/1 Total Cost: KES 0.8000", &[recipient])
            }
            Self::Twilio => answer(
                201,
                &json!({
                    "sid": reference, "account_sid": ACCOUNT_SID, "to": sent.to, "body": sent.text,
                    "status": "queued", "num_segments": "1", "direction": "outbound-api",
                    "api_version": "2010-04-01", "price": null, "price_unit": "USD",
                    "error_code": null, "error_message": null,
                }),
            ),
        }
    }

    /// Says that a message is refused.
    pub(crate) fn refused(self, code: u16, to: &str) -> Answer {
        match self {
            Self::AfricasTalking => {
                let recipient = json!({
                    "statusCode": code, "number": to, "status": status(code), "cost": "0", "messageId": "None",
                });
                recipients("Sent to 0/1 Total Cost: 0", &[recipient])
            }
            Self::Twilio => wrong(400, code, &format!("The number {to} is refused.")),
        }
    }

    /// Says success, and names no message.
    pub(crate) fn nobody(self, words: &str) -> Answer {
        match self {
            Self::AfricasTalking => recipients(words, &[]),
            Self::Twilio => answer(201, &json!({ "message": words })),
        }
    }
}

/// The name of a code (<https://developers.africastalking.com/docs/sms/sending/bulk>).
fn status(code: u16) -> &'static str {
    match code {
        401 => "RiskHold",
        402 => "InvalidSenderId",
        403 => "InvalidPhoneNumber",
        404 => "UnsupportedNumberType",
        405 => "InsufficientBalance",
        406 => "UserInBlacklist",
        407 => "CouldNotRoute",
        409 => "DoNotDisturbRejection",
        500 => "InternalServerError",
        501 => "GatewayError",
        502 => "RejectedByGateway",
        _ => "Unheard",
    }
}

fn recipients(message: &str, recipients: &[Value]) -> Answer {
    answer(201, &json!({ "SMSMessageData": { "Message": message, "Recipients": recipients } }))
}

fn wrong(status: u16, code: u16, message: &str) -> Answer {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    answer(status, &json!({ "code": code, "message": message, "more_info": more, "status": status }))
}

fn answer(status: u16, body: &Value) -> Answer {
    respond(status, "application/json", body.to_string())
}

/// An answer in plain words.
pub(crate) fn text(status: u16, words: &str) -> Answer {
    respond(status, "text/plain", words.to_owned())
}

fn respond(status: u16, kind: &'static str, body: String) -> Answer {
    let status = StatusCode::from_u16(status).expect("a status");
    let response = Response::builder().status(status).header("content-type", kind);
    response.body(Full::new(Bytes::from(body))).expect("a response")
}
