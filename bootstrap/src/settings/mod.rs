//! What an operator can set, and how it is found: defaults, then a file, the environment, flags; the last wins.
//!
//! The table in this file is the one declaration of every setting. The name in the file, the environment variable,
//! the flag, the help, `config check` and the table in the README all follow from it.

mod declaration;
mod layers;
mod problem;
mod raw;
mod sources;
mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use orderdesk_application::services::Rates;
use orderdesk_domain::{Currency, EmailAddress, Gateway, TimeZone};
use orderdesk_sms::{BaseUrl, Secret};

use declaration::settings;
pub(crate) use declaration::{Declaration, flag, variable};
use layers::Layers;
pub use problem::{Problem, SettingsError};
pub use raw::RawValue;
pub use sources::{Environment, Flags, Origin, Sources};
pub use values::{
    Bounded, DatabaseUrl, Label, Lifetime, LogFilter, LogFormat, PathSecret, StoreLocation, Synchronous,
    ThrottleStore, Timeout, Value, WebOrigin,
};

settings! {
    /// Where to accept connections. Port 0 takes any free one.
    listen: SocketAddr = "127.0.0.1:8000";
    /// Where the data is kept. A file is created if there is none; `memory` forgets everything at the end.
    store: StoreLocation = "sqlite:orderdesk.db";
    /// Whether every change is refused with 503, as while the data is being moved to another store. Reading goes on.
    read_only: bool = "off";
    /// The address under which clients know the service, for the URLs in its answers. Without it, the `Host` that
    /// each request names.
    public_url: Option<WebOrigin> = "";
    /// The proxies whose forwarded headers are believed.
    trusted_proxies: Vec<IpNet> = "";
    /// The origins whose web pages may call the API.
    cors_origins: Vec<WebOrigin> = "";
    /// How many calls pass: `anon` without credentials by address, `user` by account, `auth` for signing in and invalid
    /// credentials by address, `orders-write` for changes of orders and `bulk` for bulk changes and CSV by account.
    throttle: Rates = "anon=120/min, user=6000/min, auth=20/min, orders-write=1200/min, bulk=60/min";
    /// Where calls are counted: by each instance for itself in `memory`, or together in the `store`, for one more call of
    /// it with each request.
    throttle_store: ThrottleStore = "memory";
    /// A file that names the identity providers with which people sign in, and the issuers whose tokens are accepted.
    identity_providers: Option<PathBuf> = "";
    /// The e-mail addresses whose owners are staff, once an identity provider has verified that they are theirs.
    staff: Vec<EmailAddress> = "";
    /// How long a browser stays signed in without a call.
    session_idle: Lifetime = "8h";
    /// How long a browser stays signed in at the most.
    session_lifetime: Lifetime = "7d";
    /// The gateways that take texts to phones, in the order in which they are asked. Without it, those whose keys are
    /// set below; or the console, which shows texts where the program runs.
    sms: Vec<Gateway> = "";
    /// Whether the program that serves the API also sends texts; if not, `orderdesk worker` does.
    sms_worker: bool = "on";
    /// How many texts a program has in flight at once.
    sms_concurrency: Bounded<1, 1_000> = "64";
    /// How many texts a program gives to each gateway in a second at the most.
    sms_rate: Bounded<1, 10_000> = "100";
    /// How long a gateway may take to answer; whether it has taken the text over is unknown then.
    sms_patience: Timeout = "20s";
    /// After how long a text is unknown that a program was sending when it came to its end: at least twice as long as
    /// all gateways together may take.
    sms_lease: Timeout = "2m";
    /// After how long nobody wants a text any more that could not be sent.
    sms_maximum_age: Lifetime = "24h";
    /// The secret in the path under which gateways report what became of texts. Without it nothing is reported.
    sms_callback_secret: Option<PathSecret> = "";
    /// The name of the application at Africa's Talking; `sandbox` for the one in which no text reaches a phone.
    africas_talking_username: Option<Label> = "";
    /// Its API key.
    africas_talking_api_key: Option<Secret> = "";
    /// The short code or name that its texts come from, if not the one that all share.
    africas_talking_sender: Option<Label> = "";
    /// Where Africa's Talking is, if not where it usually is.
    africas_talking_url: Option<BaseUrl> = "";
    /// The SID of the account at Twilio.
    twilio_account_sid: Option<Label> = "";
    /// Its token.
    twilio_auth_token: Option<Secret> = "";
    /// The number or name that its texts come from, or the SID of a messaging service.
    twilio_sender: Option<Label> = "";
    /// Where Twilio is, if not where it usually is.
    twilio_url: Option<BaseUrl> = "";
    /// The currency of a new organization that names none.
    default_currency: Currency = "KES";
    /// The time zone of a new organization that names none.
    default_time_zone: TimeZone = "UTC";
    /// Where the first start writes the administrator's token, readable by its owner only, instead of printing it.
    initial_token_file: Option<PathBuf> = "";
    /// What to log: a level, or levels by module such as `warn,orderdesk_http=info`.
    log: LogFilter = "info";
    /// How to log: `auto` is for people on a terminal and JSON elsewhere.
    log_format: LogFormat = "auto";
    /// The most bytes that the body of a request may have.
    body_limit: Bounded<1, 1_073_741_824> = "1048576";
    /// How long a connection may take to send the head of a request, or stay idle.
    header_timeout: Timeout = "10s";
    /// How long a request may take to be answered.
    request_timeout: Timeout = "30s";
    /// How long requests in flight may still take once the program is told to stop.
    shutdown_grace: Duration = "20s";
    /// How many connections are served at once; the next ones wait.
    max_connections: Bounded<1, 1_000_000> = "10000";
    /// How many connections to PostgreSQL or MongoDB are open at once.
    store_connections: Bounded<1, 1_000> = "16";
    /// How surely SQLite keeps what it acknowledged: `full` survives a loss of power, `normal` a crash of the program.
    sqlite_synchronous: Synchronous = "full";
    /// How many connections read from SQLite at once.
    sqlite_readers: Bounded<1, 64> = "4";
    /// Whether to bring the store's schema up to date at the start; if not, an outdated one is refused.
    migrate: bool = "on";
}

impl Settings {
    /// The name of the setting that names the file of settings; only the environment and a flag can set it.
    pub const CONFIG: &str = "config";
    /// The file that is read when none is named; it need not exist.
    pub const DEFAULT_FILE: &str = "orderdesk.toml";
    /// What the names of all environment variables begin with.
    pub const PREFIX: &str = "ORDERDESK_";

    /// Finds every setting in `sources`, or says everything that is wrong with them.
    pub fn load(sources: &Sources<'_>) -> Result<Self, SettingsError> {
        Self::resolve(Layers::gather(sources))
    }

    /// Every setting with its value and where that came from, a line each, for `orderdesk config check`. What may
    /// hold a password is redacted.
    pub fn report(&self) -> String {
        let rows = self.shown().into_iter().map(|(name, value)| {
            let value = if value.is_empty() { "(none)".to_owned() } else { value };
            let origin = self.origins.get(name).unwrap_or(&Origin::Default);
            format!("{name} = {value}  # {origin}\n")
        });
        rows.collect()
    }

    /// A Markdown table of every setting, for the README.
    pub fn reference() -> String {
        let head = "| Environment and file | Flag | Default | Meaning |\n| --- | --- | --- | --- |\n";
        let rows = Self::DECLARATIONS.iter().map(Declaration::reference);
        std::iter::once(head.to_owned()).chain(rows).collect()
    }
}
