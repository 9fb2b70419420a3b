//! What Africa's Talking calls back with.

use orderdesk_application::ports::{Callback, CallbackError, GatewayCallbacks, Wish};
use orderdesk_domain::{Delivery, DeliveryReport, Failure, Gateway};

use super::codes::of_reason;
use crate::callback::{demand, field, number, reference};
use crate::words::remark;

/// Understands what Africa's Talking calls back with (<https://developers.africastalking.com/docs/sms/notifications>).
/// It does not sign: what is believed is the secret in the path.
#[derive(Debug, Clone, Copy, Default)]
pub struct AfricasTalkingCallbacks;

impl GatewayCallbacks for AfricasTalkingCallbacks {
    fn gateway(&self) -> Gateway {
        Gateway::AfricasTalking
    }

    fn delivery_report(&self, callback: &Callback<'_>) -> Result<Option<DeliveryReport>, CallbackError> {
        let reference = reference(callback, "id")?;
        let delivery = match demand(callback, "status")? {
            "Success" => Delivery::Delivered,
            status @ ("Failed" | "Rejected" | "AbsentSubscriber" | "Expired") => {
                Delivery::Failed(failure(callback, status))
            }
            _ => return Ok(None),
        };
        let number = field(callback, "phoneNumber").and_then(number);
        let gateway = Gateway::AfricasTalking;
        Ok(Some(DeliveryReport { gateway, reference, message: None, number, delivery, at: callback.at }))
    }

    fn wish(&self, callback: &Callback<'_>) -> Result<Option<Wish>, CallbackError> {
        demand(callback, "senderId")?;
        let number = number(demand(callback, "phoneNumber")?).ok_or(CallbackError::Field("phoneNumber"))?;
        Ok(Some(Wish::OptOut(number)))
    }
}

/// Where no reason is given, the status is one.
fn failure(callback: &Callback<'_>, status: &str) -> Failure {
    let reason = field(callback, "failureReason");
    Failure { code: of_reason(reason), remark: remark(reason.unwrap_or(status), &[]) }
}
