//! That the gateway does what it is told, and counts right.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a panic is how a test fails")]

mod conduct;
mod reports;

use orderdesk_gateway::{ACCOUNT_SID, API_KEY, AUTH_TOKEN, GatewayServer, USERNAME};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

const NUMBER: &str = "+254712345678";

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn request(http: &Client, gateway: &GatewayServer, text: &str) -> RequestBuilder {
    let form = [("username", USERNAME), ("to", NUMBER), ("message", text), ("bulkSMSMode", "1")];
    http.post(format!("{}/version1/messaging", gateway.url())).header("apiKey", API_KEY).form(&form)
}

fn twilio(http: &Client, gateway: &GatewayServer, text: &str) -> RequestBuilder {
    let form = [
        ("To", NUMBER),
        ("From", "+15005550006"),
        ("Body", text),
        ("StatusCallback", "https://desk.example/"),
    ];
    let url = format!("{}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json", gateway.url());
    http.post(url).basic_auth(ACCOUNT_SID, Some(AUTH_TOKEN)).form(&form)
}

async fn send(gateway: &GatewayServer, text: &str) -> reqwest::Result<Response> {
    request(&client(), gateway, text).send().await
}

/// What is said of the only recipient.
async fn recipient(response: Response) -> Value {
    let mut body: Value = response.json().await.unwrap();
    body["SMSMessageData"]["Recipients"][0].take()
}
