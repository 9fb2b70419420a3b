//! What happens in a tab, as far as it matters whether a page is in order.

use std::sync::Mutex;

use serde_json::Value;
use tokio::sync::watch;

/// Watches one tab.
pub(crate) struct Watch {
    /// Where everything is to come from.
    base: String,
    complaints: Mutex<Vec<String>>,
    document: Mutex<Document>,
    /// How many pages have been loaded to their end.
    loads: watch::Sender<u64>,
}

/// The answer that the present page came with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    pub(crate) status: u64,
    pub(crate) size: u64,
    request: String,
}

impl Watch {
    /// Watches a tab in which everything comes from `base`.
    pub(crate) fn new(base: &str) -> Self {
        let (loads, _) = watch::channel(0);
        Self { base: base.to_owned(), complaints: Mutex::default(), document: Mutex::default(), loads }
    }

    /// How many pages have been loaded to their end, and when it is one more.
    pub(crate) fn loads(&self) -> watch::Receiver<u64> {
        self.loads.subscribe()
    }

    /// The answer that the present page came with.
    pub(crate) fn document(&self) -> Document {
        self.document.lock().unwrap().clone()
    }

    /// What is to be said against what happened, of which nothing is left.
    pub(crate) fn take_complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.complaints.lock().unwrap())
    }

    fn complain(&self, of: &str, about: impl std::fmt::Display) {
        self.complaints.lock().unwrap().push(format!("{of}: {about}"));
    }

    /// Takes note of what has happened.
    pub(crate) fn see(&self, method: &str, event: &Value) {
        match method {
            "Page.loadEventFired" => self.loads.send_modify(|loads| *loads += 1),
            "Page.javascriptDialogOpening" => self.complain("a dialog", event),
            "Runtime.exceptionThrown" => self.complain("an exception", &event["exceptionDetails"]),
            "Runtime.consoleAPICalled"
                if ["error", "warning", "assert"].iter().any(|it| event["type"] == *it) =>
            {
                self.complain("on the console", &event["args"]);
            }
            // A page that says what was wrong has a status that says so too, which Chromium writes to its log.
            "Log.entryAdded"
                if event["entry"]["source"] != "network"
                    && ["error", "warning"].iter().any(|it| event["entry"]["level"] == *it) =>
            {
                self.complain("in the log", &event["entry"]);
            }
            "Network.requestWillBeSent" => {
                let url = event["request"]["url"].as_str().unwrap_or_default();
                let is_ours = url.strip_prefix(&self.base).is_some_and(|path| path.starts_with('/'));
                if !is_ours && !url.starts_with("data:") {
                    self.complain("a request to elsewhere", url);
                }
            }
            "Network.responseReceived" => self.see_response(event),
            "Network.dataReceived" => {
                let mut document = self.document.lock().unwrap();
                if event["requestId"] == document.request.as_str() {
                    document.size += event["dataLength"].as_u64().unwrap_or_default();
                }
            }
            // A question that is not needed any more, as somebody types on, is given up by the page itself.
            "Network.loadingFailed" if event["canceled"] != true => self.complain("not loaded", event),
            _ => {}
        }
    }

    fn see_response(&self, event: &Value) {
        let status = event["response"]["status"].as_u64().unwrap_or_default();
        if event["type"] == "Document" {
            let request = event["requestId"].as_str().unwrap_or_default().to_owned();
            *self.document.lock().unwrap() = Document { status, size: 0, request };
        } else if status >= 400 {
            self.complain("an answer", &event["response"]);
        }
    }
}
