//! Chromium's own protocol, that of its developer tools, through a pipe: JSON, each message ended by a zero byte.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::watch::Watch;

/// Nothing that Chromium does takes as long, however slow the machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The way to Chromium.
pub(crate) struct Connection {
    outgoing: mpsc::UnboundedSender<Vec<u8>>,
    last: AtomicU64,
    shared: Arc<Shared>,
}

/// What the task that reads shares with those who ask.
#[derive(Default)]
struct Shared {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    tabs: Mutex<HashMap<String, Arc<Watch>>>,
}

impl Connection {
    /// Speaks to the Chromium at the other end.
    pub(crate) fn new(mut to: ChildStdin, from: ChildStdout) -> Arc<Self> {
        let (outgoing, mut queue) = mpsc::unbounded_channel::<Vec<u8>>();
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                // Who waits for the answer finds out that Chromium is gone.
                if to.write_all(&message).await.is_err() || to.flush().await.is_err() {
                    break;
                }
            }
        });
        let shared = Arc::<Shared>::default();
        let (reading, answering) = (Arc::clone(&shared), outgoing.downgrade());
        tokio::spawn(async move {
            let mut from = BufReader::new(from);
            let mut message = Vec::new();
            while from.read_until(0, &mut message).await.is_ok_and(|length| length > 0) {
                message.pop();
                let value: Value = serde_json::from_slice(&message).expect("the protocol is JSON");
                message.clear();
                let Some(answer) = reading.take(value) else { continue };
                if let Some(outgoing) = answering.upgrade() {
                    let _ = outgoing.send(line(&answer));
                }
            }
            reading.waiting.lock().unwrap().clear();
        });
        Arc::new(Self { outgoing, last: AtomicU64::new(0), shared })
    }

    /// Has what happens in a tab told to `watch`.
    pub(crate) fn watch(&self, session: &str, watch: Arc<Watch>) {
        self.shared.tabs.lock().unwrap().insert(session.to_owned(), watch);
    }

    /// Has a command carried out, in a tab or else in the browser, and answers the result, or the reason why not.
    pub(crate) async fn try_send(
        &self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
    ) -> Result<Value, String> {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (answer, coming) = oneshot::channel();
        self.shared.waiting.lock().unwrap().insert(id, answer);
        self.outgoing.send(line(&message)).expect("Chromium is gone");
        let answer = timeout(PATIENCE, coming).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} is not answered"));
        let mut answer = answer.unwrap_or_else(|_| panic!("Chromium has ended before it answered {method}"));
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["result"].take()),
        }
    }
}

impl Shared {
    /// Hands a message to whom it is for. The answer is a command to be sent, if one is needed.
    fn take(&self, message: Value) -> Option<Value> {
        if let Some(id) = message["id"].as_u64() {
            if let Some(waiting) = self.waiting.lock().unwrap().remove(&id) {
                // Who asked may have given up.
                let _ = waiting.send(message);
            }
            return None;
        }
        let session = message["sessionId"].as_str()?;
        let watch = self.tabs.lock().unwrap().get(session).cloned()?;
        let method = message["method"].as_str()?;
        watch.see(method, &message["params"]);
        // Nothing goes on in a tab while a dialog is open.
        (method == "Page.javascriptDialogOpening").then(|| {
            let accept = message["params"]["type"] == "beforeunload";
            json!({ "id": 0, "sessionId": session, "method": "Page.handleJavaScriptDialog", "params": { "accept": accept } })
        })
    }
}

fn line(message: &Value) -> Vec<u8> {
    let mut line = message.to_string().into_bytes();
    line.push(0);
    line
}
