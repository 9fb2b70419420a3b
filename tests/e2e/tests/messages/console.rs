//! The first start: nothing is set up, and the texts are there all the same.

use std::process::Stdio;
use std::time::Duration;

use orderdesk_e2e::{Client, Fields as _, Program, customer, order, until};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::{attempts, count, once, placed};
use crate::program::token;

const PROGRAM: &str = env!("CARGO_BIN_EXE_orderdesk-under-test");

#[tokio::test]
async fn without_settings_a_text_is_shown_where_the_program_runs() {
    let directory = tempfile::tempdir().unwrap();
    let mut running = Program::new(PROGRAM, directory.path()).serve().await;
    let mut printed = String::new();
    while !printed.contains("  od_") {
        printed += &running.printed().await;
    }
    let client = running.client().with_token(token(&printed));
    let (_, message) = placed(&client).await;
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line: &String| line != "└\n") {
        lines.push(running.printed().await);
    }
    let shown = lines.concat();
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("2 x Soap"), "{text}");
    assert!(shown.ends_with(&format!("┌ SMS to …78\n│ {text}\n└\n")), "{shown}");

    let sent = once(&client, &message, "sent").await;
    assert_eq!((&sent["gateway"], &sent["attempts"]), (&"console".into(), &1.into()));
    assert_eq!(attempts(&client, &message).await, [("console".to_owned(), "accepted".to_owned())]);
    let ended = running.signal("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert_eq!(ended.output.matches("SMS to").count(), 1, "{}", ended.output);
    for output in [&ended.output, &ended.errors] {
        assert!(!output.contains("2547123456"), "{output}");
    }
    assert!(!ended.errors.contains("Soap"), "{}", ended.errors);
}

/// A pager that nobody scrolls, or a terminal that somebody has stopped: sooner or later nothing more can be written there.
#[tokio::test]
async fn a_program_ends_when_it_is_told_to_even_if_nobody_reads_what_it_shows() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(directory.path()).kill_on_drop(true).stdin(Stdio::null());
    command.env("ORDERDESK_LISTEN", "127.0.0.1:0").env("ORDERDESK_LOG_FORMAT", "json");
    command.env("ORDERDESK_INITIAL_TOKEN_FILE", "token").env("ORDERDESK_SHUTDOWN_GRACE", "2s");
    command.env("ORDERDESK_THROTTLE", "off");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = loop {
        let line = log.next_line().await.unwrap().unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if line["message"] == "serving" {
            break line["address"].as_str().unwrap().parse().unwrap();
        }
    };
    let read = tokio::spawn(async move { while log.next_line().await.unwrap().is_some() {} });
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    let client = Client::new(address).with_token(token.trim());
    let owner = client.create("customers", &customer()).await;
    let long = "Soap ".repeat(20);
    // A pipe holds 64 KiB.
    for _ in 0..500 {
        client.create("orders", &order(&owner).with("item", long.trim())).await;
    }
    until("nothing more can be written", async || count(&client, "sending").await > 0).await;
    let id = child.id().unwrap().to_string();
    Command::new("sh").args(["-c", "kill -s TERM \"$0\"", &id]).status().await.unwrap();
    let ended = timeout(Duration::from_secs(20), child.wait()).await;
    assert!(ended.is_ok(), "the program does not end");
    read.await.unwrap();
}
