//! Reports that came before anybody knew what they are about: kept until somebody does, and not for good.

use std::slice::from_ref;

use orderdesk_application::ports::{Store, UnitOfWork};
use orderdesk_domain::{
    Delivery, DeliveryReport, Failure, FailureCode, Gateway, MessageId, PhoneNumber, Timestamp,
};

use crate::Harness;
use crate::builders::{Maker, reference, remark, time};
use crate::kinds::committed;

/// The kept report of this reference.
pub(super) async fn kept(store: &dyn Store, report: &DeliveryReport) -> Option<DeliveryReport> {
    store.outbox().kept_report(report.gateway, &report.reference).await.unwrap()
}

pub async fn every_field_of_a_report_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let mut reports = vec![make.report()];
    for code in FailureCode::ALL {
        for remark in [None, Some(remark("AbsentSubscriber '%_\\\" \u{1f9ba}"))] {
            let delivery = Delivery::Failed(Failure { code, remark });
            reports.push(DeliveryReport { delivery, ..make.report() });
        }
    }
    for gateway in Gateway::ALL {
        let (message, number) = (Some(MessageId::new(make.id())), Some(make.phone()));
        reports.push(DeliveryReport { gateway, message, number: None, ..make.report() });
        reports.push(DeliveryReport { gateway, message: None, number, ..make.report() });
    }
    for at in [Timestamp::EARLIEST, time(-1), time(0), Timestamp::LATEST] {
        reports.push(DeliveryReport { at, ..make.report() });
    }
    for name in ["x", "X", "x%", "'_\\\"{}$", &"z".repeat(100), &"z".repeat(99)] {
        reports.push(DeliveryReport { reference: reference(name), ..make.report() });
        let gateway = Gateway::Twilio;
        reports.push(DeliveryReport { gateway, reference: reference(name), ..make.report() });
    }
    committed(store, async |work| {
        for report in &reports {
            work.messaging().keep_report(report).await?;
        }
        Ok(())
    })
    .await;
    for report in &reports {
        assert_eq!(kept(store, report).await.as_ref(), Some(report));
    }
    assert_eq!(kept(store, &make.report()).await, None);
}

pub async fn a_later_report_takes_the_place_of_an_earlier_one_until_it_is_dropped(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let delivery = Delivery::Failed(FailureCode::Undelivered.into());
    let first = DeliveryReport { number: Some(make.phone()), delivery, ..make.report() };
    let second = DeliveryReport {
        reference: first.reference.clone(),
        message: Some(MessageId::new(make.id())),
        ..make.report()
    };
    let others = DeliveryReport { gateway: Gateway::Twilio, ..first.clone() };
    committed(store, async |work| {
        work.messaging().keep_report(&first).await?;
        work.messaging().keep_report(&others).await
    })
    .await;
    assert_eq!(kept(store, &first).await.as_ref(), Some(&first));
    committed(store, async |work| work.messaging().keep_report(&second).await).await;
    assert_eq!(kept(store, &first).await.as_ref(), Some(&second));
    assert_eq!(kept(store, &others).await.as_ref(), Some(&others));

    for _ in 0..2 {
        let dropped = async |work: &mut (dyn UnitOfWork + 'static)| {
            work.messaging().drop_report(first.gateway, &first.reference).await
        };
        committed(store, dropped).await;
        assert_eq!(kept(store, &first).await, None);
        assert_eq!(kept(store, &others).await.as_ref(), Some(&others));
    }
    committed(store, async |work| work.messaging().keep_report(&first).await).await;
    assert_eq!(kept(store, &first).await.as_ref(), Some(&first));
}

pub async fn kept_reports_are_found_by_number(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (to, other) = (make.phone(), make.phone());
    let report = |number: Option<&PhoneNumber>| DeliveryReport { number: number.cloned(), ..make.report() };
    let theirs = [report(Some(&to)), report(Some(&to)), report(Some(&to))];
    let rest = [report(Some(&other)), report(None)];
    committed(store, async |work| {
        for report in theirs.iter().chain(&rest) {
            work.messaging().keep_report(report).await?;
        }
        Ok(())
    })
    .await;
    let find =
        async |number: &PhoneNumber, limit: u32| store.outbox().kept_reports_to(number, limit).await.unwrap();
    let found = find(&to, 100).await;
    assert_eq!(found.len(), 3);
    assert!(theirs.iter().all(|report| found.contains(report)));
    for limit in 0..3_usize {
        let some = find(&to, u32::try_from(limit).unwrap()).await;
        assert_eq!(some.len(), limit);
        assert!(some.iter().all(|report| theirs.contains(report)));
    }
    assert_eq!(find(&other, 100).await, rest[..1]);
    assert_eq!(find(&make.phone(), 100).await, []);

    // One that is told more of takes its place here as well.
    let moved = DeliveryReport { number: Some(other.clone()), ..theirs[0].clone() };
    committed(store, async |work| work.messaging().keep_report(&moved).await).await;
    assert_eq!(find(&to, 100).await.len(), 2);
    assert_eq!(find(&other, 100).await.len(), 2);
}

pub async fn a_sweep_forgets_reports_of_before(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let number = make.phone();
    let [older, old, young] = [-1, 4_999, 5_000].map(|at| DeliveryReport {
        at: time(at),
        number: Some(number.clone()),
        ..make.report()
    });
    committed(store, async |work| {
        for report in [&older, &old, &young] {
            work.messaging().keep_report(report).await?;
        }
        Ok(())
    })
    .await;
    for _ in 0..2 {
        committed(store, async |work| work.messaging().sweep_reports(time(5_000)).await).await;
        assert_eq!(kept(store, &older).await, None);
        assert_eq!(kept(store, &old).await, None);
        assert_eq!(kept(store, &young).await.as_ref(), Some(&young));
        assert_eq!(store.outbox().kept_reports_to(&number, 9).await.unwrap(), from_ref(&young));
    }
}
