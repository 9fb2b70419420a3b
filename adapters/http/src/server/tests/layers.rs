//! What the layers add to answers, and tell the log and the metrics.

use std::cell::RefCell;
use std::io::{Read as _, Write};

use flate2::read::GzDecoder;

use super::*;

#[tokio::test]
async fn a_sane_request_id_is_echoed_and_any_other_replaced() {
    let seen = ask(&settings(), "GET", "/id", &[("X-Request-Id", "abc-1")]).await;
    assert_eq!((seen.header("X-Request-Id"), seen.body.as_slice()), (vec!["abc-1"], b"abc-1".as_slice()));
    let seen = ask(&settings(), "GET", "/id", &[("X-Request-Id", "{jndi}")]).await;
    assert_eq!(seen.header("X-Request-Id"), ["0000000000000000-1"]);
    assert_eq!(seen.body, b"0000000000000000-1");
}

#[tokio::test]
async fn a_panic_is_a_500_that_says_nothing_of_the_inside() {
    let seen = ask(&settings(), "GET", "/panic", &[]).await;
    assert_eq!(seen.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(seen.body, b"{\"message\":\"Something went wrong on our side.\"}");
}

#[tokio::test]
async fn every_answer_carries_the_careful_headers() {
    for path in ["/id", "/nowhere", "/panic"] {
        let seen = ask(&settings(), "GET", path, &[]).await;
        assert_eq!(seen.header("X-Content-Type-Options"), ["nosniff"]);
        assert_eq!(seen.header("X-Frame-Options"), ["DENY"]);
        assert_eq!(seen.header("Cache-Control"), ["no-store"]);
        assert_eq!(seen.header("X-Request-Id").len(), 1);
    }
    let seen = ask(&settings(), "GET", "/strong", &[]).await;
    assert_eq!(seen.header("Cache-Control"), ["private, no-cache"]);
    assert_eq!(ask(&settings(), "GET", "/page", &[]).await.header("Content-Security-Policy"), ["own"]);
}

#[tokio::test]
async fn large_text_is_compressed_for_clients_that_take_it() {
    let gzip = [("Accept-Encoding", "br, gzip")];
    for (path, length) in [("/large", 100_000), ("/weak", 100_000), ("/export", 6_000)] {
        let seen = ask(&settings(), "GET", path, &gzip).await;
        assert_eq!(seen.header("Content-Encoding"), ["gzip"], "{path}");
        assert!(seen.header("Vary").contains(&"Accept-Encoding"), "{path}");
        let mut plain = Vec::new();
        GzDecoder::new(seen.body.as_slice()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len(), length, "{path}");
        assert!(seen.body.len() < length / 10, "{path}");

        let seen = ask(&settings(), "GET", path, &[]).await;
        assert_eq!((seen.header("Content-Encoding").len(), seen.body.len()), (0, length), "{path}");
        assert!(seen.header("Vary").contains(&"Accept-Encoding"), "{path}");
    }
}

#[tokio::test]
async fn what_is_small_or_no_text_or_strongly_tagged_goes_out_as_it_is() {
    for path in ["/small", "/image", "/strong", "/page"] {
        let seen = ask(&settings(), "GET", path, &[("Accept-Encoding", "gzip")]).await;
        assert!(seen.header("Content-Encoding").is_empty(), "{path}");
        assert!(!seen.header("Vary").contains(&"Accept-Encoding"), "{path}");
    }
}

#[tokio::test]
async fn a_preflight_of_a_configured_origin_is_answered_before_anybody_else() {
    let preflight = |origin| [("Origin", origin), ("Access-Control-Request-Method", "DELETE")];
    let seen = ask(&settings(), "OPTIONS", "/deaf", &preflight("https://shop.example")).await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT);
    assert_eq!(seen.header("Access-Control-Allow-Origin"), ["https://shop.example"]);
    assert!(seen.header("Access-Control-Allow-Methods")[0].contains("DELETE"));
    assert!(seen.header("Access-Control-Allow-Headers")[0].contains("Authorization"));

    let seen = ask(&settings(), "OPTIONS", "/deaf", &preflight("https://other.example")).await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    assert!(seen.header("Access-Control-Allow-Origin").is_empty());
}

#[tokio::test]
async fn other_requests_are_answered_alike_but_only_configured_origins_may_read() {
    let seen = ask(&settings(), "OPTIONS", "/id", &[("Origin", "https://shop.example")]).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.header("Access-Control-Allow-Origin"), ["https://shop.example"]);
    assert!(seen.header("Access-Control-Expose-Headers")[0].contains("ETag"));
    assert_eq!(seen.header("Vary"), ["Origin"]);
    for origin in ["https://shop.example.evil", "null", "http://shop.example"] {
        let seen = ask(&settings(), "POST", "/id", &[("Origin", origin)]).await;
        assert_eq!(seen.status, StatusCode::OK, "{origin}");
        assert!(seen.header("Access-Control-Allow-Origin").is_empty(), "{origin}");
        assert_eq!(seen.header("Vary"), ["Origin"]);
    }
}

#[tokio::test]
async fn without_configured_origins_cors_is_off() {
    let off = ServerSettings { cors_origins: Vec::new(), ..settings() };
    let seen = ask(&off, "GET", "/id", &[("Origin", "https://shop.example")]).await;
    assert!(seen.header("Access-Control-Allow-Origin").is_empty());
    assert!(seen.header("Vary").is_empty());
}

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what a test logs on its own thread for that test.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn one_line_and_one_count_per_request_by_template_and_never_by_path() {
    // For all threads: `tracing` may ask any of them, once, whether anybody listens to a line.
    tracing_subscriber::fmt().json().with_writer(|| Log).init();
    let metrics = Arc::new(Metrics::new().unwrap());
    let app = hardened(&settings(), Arc::default(), Arc::clone(&metrics));
    for path in ["/people/254712345678?phone=secret", "/nowhere/secret"] {
        let request = Request::builder().uri(path.parse().unwrap()).header("X-Request-Id", "abc").finish();
        app.get_response(request).await;
    }
    // A client that hangs up: its request is dropped half-way.
    let never = Request::builder().uri("/never".parse().unwrap()).finish();
    assert!(tokio::time::timeout(Duration::from_millis(1), app.get_response(never)).await.is_err());

    let lines = String::from_utf8(LOGGED.take()).unwrap();
    let lines: Vec<_> = lines.lines().collect();
    let [known, unknown, dropped] = lines.as_slice() else { panic!("{lines:?}") };
    for part in [
        "\"request_id\":\"abc\"",
        "\"method\":\"GET\"",
        "\"route\":\"/people/:id\"",
        "\"status\":403",
        "\"duration_ms\":",
        "\"principal\":\"user:7\"",
    ] {
        assert!(known.contains(part), "{part}: {known}");
    }
    assert!(unknown.contains("\"route\":\"unmatched\"") && unknown.contains("\"status\":404"), "{unknown}");
    assert!(dropped.contains("\"status\":499"), "{dropped}");
    assert!(!lines.concat().contains("254712345678") && !lines.concat().contains("secret"));

    let text = metrics.render(&[]).unwrap();
    assert!(
        text.contains("http_requests_total{method=\"GET\",route=\"/people/:id\",status=\"403\"} 1\n"),
        "{text}"
    );
    assert!(
        text.contains("http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1\n"),
        "{text}"
    );
    assert!(!text.contains("254712345678") && !text.contains("secret"));
}
