//! gzip, where an answer is large and its reader takes it.

use std::io::Read as _;

use flate2::read::GzDecoder;
use orderdesk_e2e::{Service, Store, item, on_every_store};

on_every_store!(
    a_large_answer_is_compressed_for_those_who_take_it,
    a_small_or_tagged_answer_goes_out_as_it_is
);

async fn a_large_answer_is_compressed_for_those_who_take_it(store: Store) {
    let service = Service::start(store).await;
    for number in 0..30 {
        service.create("items", &item(&format!("Soap {number}"), "1")).await;
    }
    for target in ["items/?limit=100", "items/?format=csv", "/api/schema/", "/api/v1/docs/"] {
        let plain = service.get(target).await.expect(200);
        assert_eq!(plain.header("content-encoding"), None, "{target}");
        for accepted in ["gzip", "br, gzip;q=0.5", "*"] {
            let packed = service.get(target).header("accept-encoding", accepted).await.expect(200);
            assert_eq!(packed.header("content-encoding"), Some("gzip"), "{target} {accepted}");
            assert!(packed.members("vary").contains(&"accept-encoding".to_owned()), "{target}");
            let mut unpacked = Vec::new();
            GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain.body, "{target}");
            assert!(packed.body.len() < plain.body.len() / 2, "{target}");
        }
        let refused = service.get(target).header("accept-encoding", "gzip;q=0, br").await.expect(200);
        assert_eq!(refused.header("content-encoding"), None, "{target}");
    }
}

async fn a_small_or_tagged_answer_goes_out_as_it_is(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("Soap", "1")).await;
    for target in ["items/?fields=id", created["url"].as_str().unwrap(), "/health/live"] {
        let answer = service.get(target).header("accept-encoding", "gzip").await.expect(200);
        assert_eq!(answer.header("content-encoding"), None, "{target}");
    }
}
