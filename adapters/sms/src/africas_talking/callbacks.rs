//! What Africa's Talking calls back with.

use orderdesk_application::ports::{Callback, CallbackError, GatewayCallbacks, Wish};
use orderdesk_domain::{Delivery, DeliveryReport, Failure, FailureCode, Gateway};

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
            "Failed" | "Rejected" | "AbsentSubscriber" | "Expired" => Delivery::Failed(failure(callback)),
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

fn failure(callback: &Callback<'_>) -> Failure {
    let reason = field(callback, "failureReason");
    let code = match reason {
        Some("UserInBlacklist" | "UserInBlackList") => FailureCode::OptedOut,
        _ => FailureCode::Undelivered,
    };
    Failure { code, remark: reason.and_then(|reason| remark(reason, &[])) }
}
