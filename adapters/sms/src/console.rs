//! A gateway for a first look: messages are shown where the program runs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{Answer, Sms, SmsGateway};
use orderdesk_domain::{Gateway, PhoneNumber};

use crate::meaning::{Meaning, log};
use crate::words::remark;

/// How long somebody who reads what is written may pause.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shows messages instead of sending them, and never by way of the log: the text is there in full, of the number the
/// last two digits.
#[derive(Clone)]
pub struct Console(Arc<Mutex<Box<dyn Write + Send>>>);

impl Console {
    /// Shows them on the standard output.
    pub fn standard_output() -> Self {
        Self::new(io::stdout())
    }

    /// Writes them elsewhere.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(writer))))
    }

    fn write(&self, block: &str) -> io::Result<()> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(block.as_bytes())?;
        writer.flush()
    }
}

/// The message as people see it: lines that no text can be taken for.
fn block(to: &PhoneNumber, text: &str) -> String {
    let number = to.as_str();
    let tail = number.get(number.len().saturating_sub(2)..).unwrap_or_default();
    let lines: String = text.lines().flat_map(|line| ["│ ", line, "\n"]).collect();
    format!("┌ SMS to …{tail}\n{lines}└\n")
}

#[async_trait]
impl SmsGateway for Console {
    fn gateway(&self) -> Gateway {
        Gateway::Console
    }

    async fn send(&self, sms: Sms<'_>) -> Answer {
        let block = block(sms.to, sms.text.as_str());
        let console = self.clone();
        // Whoever reads a pipe can stop it, and everything with it that runs where it is written.
        let writing = tokio::task::spawn_blocking(move || console.write(&block));
        let answer = match tokio::time::timeout(PATIENCE, writing).await {
            Ok(Ok(Ok(()))) => Meaning::Accepted.answer(None, None),
            Ok(Ok(Err(error))) => Meaning::Later(None).answer(None, remark(&error.to_string(), &[])),
            Ok(Err(_)) | Err(_) => Meaning::Unanswered.answer(None, remark("nobody reads it", &[])),
        };
        log(Gateway::Console, &answer);
        answer
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_application::ports::Verdict;
    use orderdesk_domain::{MessageId, MessageText};
    use uuid::Uuid;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Torn;

    impl Write for Torn {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    async fn send(console: &Console, text: &str) -> Answer {
        let to = PhoneNumber::parse("+254712345678").unwrap();
        let text = MessageText::compose(text).unwrap();
        console.send(Sms { message: MessageId::new(Uuid::nil()), to: &to, text: &text }).await
    }

    #[tokio::test]
    async fn a_message_is_shown_in_full_and_its_number_is_not() {
        let paper = Paper::default();
        let answer = send(&Console::new(paper.clone()), "Thank you, Amina.\n\nOrder 7").await;
        assert_eq!(answer.verdict, Verdict::Accepted { reference: None, cost: None });
        let shown = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(shown, "┌ SMS to …78\n│ Thank you, Amina.\n│ \n│ Order 7\n└\n");
    }

    #[tokio::test]
    async fn messages_at_once_are_shown_one_after_the_other() {
        let paper = Paper::default();
        let console = Console::new(paper.clone());
        let sending: Vec<_> = (0..50)
            .map(|_| {
                let console = console.clone();
                tokio::spawn(async move { send(&console, "one\ntwo").await })
            })
            .collect();
        for sent in sending {
            sent.await.unwrap();
        }
        let shown = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(shown, "┌ SMS to …78\n│ one\n│ two\n└\n".repeat(50));
    }

    #[tokio::test]
    async fn what_cannot_be_shown_is_shown_later() {
        let answer = send(&Console::new(Torn), "Hello").await;
        assert_eq!(answer.verdict, Verdict::Later { attempts: None });
        assert_eq!(answer.remark.unwrap().as_str(), "broken pipe");
    }
}
