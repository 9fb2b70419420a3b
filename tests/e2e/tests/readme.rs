//! The README's tour, typed as it stands, gives what it says.

use std::process::Stdio;

use orderdesk_e2e::{Service, Store, on_every_store};
use serde_json::Value;
use tokio::process::Command;

on_every_store!(the_tour_gives_what_it_says);

const README: &str = include_str!("../../../README.md");

/// Parts the answers to one block of commands from those to the next.
const MARK: &str = "-----";

/// The fenced blocks of the tour, each with its language.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let (_, tour) = README.split_once("## Five minutes").unwrap();
    let (tour, _) = tour.split_once("\n## ").unwrap();
    let fenced = tour.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}

/// The lines of an answer, with those that were broken for the reader put together.
fn lines(answer: &str) -> Vec<String> {
    let whole = answer.trim().replace("\n ", "");
    whole.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Whether two answers say the same, ids and times aside.
fn agree(name: &str, shown: &Value, given: &Value) -> bool {
    let varies = ["id", "item_id", "url", "request_id", "created_at", "updated_at", "time_placed"];
    match (shown, given) {
        (Value::String(_), Value::String(_)) if varies.contains(&name) => true,
        (Value::Array(shown), Value::Array(given)) => {
            shown.len() == given.len()
                && shown.iter().zip(given).all(|(shown, given)| agree(name, shown, given))
        }
        (Value::Object(shown), Value::Object(given)) => {
            shown.keys().eq(given.keys())
                && shown.iter().all(|(name, value)| agree(name, value, &given[name]))
        }
        (shown, given) => shown == given,
    }
}

async fn the_tour_gives_what_it_says(store: Store) {
    let service = Service::start(store).await;
    let mut script = "set -eu\n".to_owned();
    let mut expected = Vec::new();
    for (language, text) in blocks() {
        match language {
            "sh" => script.extend([text, "\necho '", MARK, "'\n"]),
            _ => expected.push((script.matches(MARK).count() - 1, lines(text))),
        }
    }
    let printed = script.lines().find(|line| line.starts_with("TOKEN=")).unwrap().to_owned();
    let script = script
        .replace(&printed, &format!("TOKEN={}", service.token()))
        .replace("localhost:8000", &service.address().to_string());
    let output = Command::new("bash").arg("-c").arg(&script).stdin(Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<_> = answers.split(MARK).map(lines).collect();
    assert!(expected.len() >= 6, "the tour has answers");
    for (step, shown) in expected {
        let given = &answers[step];
        assert_eq!(shown.len(), given.len(), "{shown:#?}\n{given:#?}");
        for (shown, given) in shown.iter().zip(given) {
            let same = match (serde_json::from_str(shown), serde_json::from_str(given)) {
                (Ok(shown), Ok(given)) => agree("", &shown, &given),
                _ => shown == given,
            };
            assert!(same, "the README shows\n{shown}\nand the program gives\n{given}");
        }
    }
}
