//! What is reported back.

use std::time::Duration;

use orderdesk_gateway::{Conduct, GatewayServer, Plan, Report, Step};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::{NUMBER, send};

/// Receives reports: the fields of their forms.
async fn receiver() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/reports/", listener.local_addr().unwrap());
    let (said, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !is_whole(&request) {
                stream.read_buf(&mut request).await.unwrap();
            }
            let request = String::from_utf8(request).unwrap();
            said.send(request.split_once("\r\n\r\n").unwrap().1.to_owned()).ok();
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, heard)
}

fn is_whole(request: &[u8]) -> bool {
    let request = String::from_utf8_lossy(request);
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.unwrap().parse().unwrap()
}

fn status(form: &str) -> &str {
    form.split('&').find_map(|field| field.strip_prefix("status=")).unwrap()
}

fn id(form: &str) -> &str {
    form.split('&').find_map(|field| field.strip_prefix("id=")).unwrap()
}

#[tokio::test]
async fn reports_come_as_they_are_planned() {
    let gateway = GatewayServer::start().await;
    let (url, mut heard) = receiver().await;
    let steps = vec![
        Step::Say("Success"),
        Step::Wait(Duration::from_millis(20)),
        Step::Fail("UserDoesNotExist"),
        Step::SayOfAnother("Success"),
        Step::Say("Sent"),
    ];
    gateway.report_to(&[&url], 1, vec![(1, Plan(steps))]);
    gateway.always(Conduct::AcceptAndHangUp);
    send(&gateway, "Hello").await.unwrap_err();
    gateway.until_reported().await;
    let forms: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    let statuses: Vec<_> = forms.iter().map(|form| status(form)).collect();
    assert_eq!(statuses, ["Success", "Failed", "Success", "Sent"]);
    let reference = gateway.log().sent().remove(0).accepted.unwrap();
    let known: Vec<_> = forms.iter().map(|form| id(form) == reference).collect();
    assert_eq!(known, [true, true, false, true]);
    assert!(
        forms[1].contains("failureReason=UserDoesNotExist")
            && forms[1].contains("phoneNumber=%2B254712345678")
    );
    assert_eq!(gateway.reports(), (4, 0));
}

#[tokio::test]
async fn a_report_can_come_before_the_answer() {
    let gateway = GatewayServer::start().await;
    let (url, mut heard) = receiver().await;
    gateway.report_to(
        &[&url],
        1,
        vec![(1, Plan(vec![Step::Say("Success"), Step::Answer, Step::Say("Sent")]))],
    );
    send(&gateway, "Hello").await.unwrap();
    assert_eq!(status(&heard.try_recv().unwrap()), "Success");
    assert_eq!(status(&heard.recv().await.unwrap()), "Sent");
}

#[tokio::test]
async fn what_is_not_accepted_is_not_reported() {
    let gateway = GatewayServer::start().await;
    let (url, mut heard) = receiver().await;
    gateway.report_to(&[&url], 1, vec![(1, Plan(vec![Step::Say("Success"), Step::Answer]))]);
    gateway.script([Conduct::Refuse(403), Conduct::Garble]);
    for _ in 0..2 {
        send(&gateway, "Hello").await.unwrap();
    }
    gateway.until_reported().await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_report_goes_to_who_is_there_and_is_missed_if_nobody_is() {
    let gateway = GatewayServer::start().await;
    let (url, mut heard) = receiver().await;
    let nobody = "http://127.0.0.1:9/";
    let plan = || vec![(1, Plan(vec![Step::Say("Success")]))];
    gateway.report_to(&[nobody, &url], 1, plan());
    for _ in 0..5 {
        send(&gateway, "Hello").await.unwrap();
    }
    gateway.until_reported().await;
    assert_eq!(gateway.reports(), (5, 0));
    gateway.report_to(&[nobody], 1, plan());
    send(&gateway, "Hello").await.unwrap();
    gateway.until_reported().await;
    assert_eq!((gateway.reports(), std::iter::from_fn(|| heard.try_recv().ok()).count()), ((5, 1), 5));
}

#[tokio::test]
async fn anything_can_be_reported_at_any_time() {
    let gateway = GatewayServer::start().await;
    let (url, mut heard) = receiver().await;
    let report = Report {
        id: "ATXid_nobody_knows".to_owned(),
        status: "Success".to_owned(),
        number: NUMBER.to_owned(),
        failure_reason: None,
    };
    assert_eq!(gateway.report(&url, report).await.unwrap(), 200);
    assert_eq!(id(&heard.recv().await.unwrap()), "ATXid_nobody_knows");
}
