//! What the server counts and measures, in the text format that Prometheus reads (version 0.0.4).

use std::collections::BTreeMap;
use std::time::Duration;

use prometheus::core::Collector as _;
use prometheus::proto::{Gauge, LabelPair, Metric, MetricFamily, MetricType};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, TextEncoder};
use thiserror::Error;

/// The media type of what [`Metrics::render`] writes.
pub use prometheus::TEXT_FORMAT;

/// Upper bounds in seconds: a lookup takes a fraction of a millisecond, a bulk change may take seconds.
const LATENCIES: [f64; 13] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The metrics could not be declared or written down.
#[derive(Debug, Error)]
#[error("the metrics cannot be kept")]
pub struct MetricsError(#[from] prometheus::Error);

/// The value that a gauge has at this moment, such as the connections in use in a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    name: &'static str,
    help: &'static str,
    labels: Vec<(&'static str, String)>,
    value: f64,
}

impl Reading {
    /// A gauge without labels. Readings of one name share their help and are told apart by their labels.
    pub fn new(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { name, help, labels: Vec::new(), value }
    }

    /// The same reading with one more label.
    pub fn label(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.labels.push((name, value.into()));
        self
    }
}

/// Counters and histograms of the requests that were answered.
#[derive(Debug)]
pub struct Metrics {
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl Metrics {
    /// Metrics of a server that has answered nothing yet.
    pub fn new() -> Result<Self, MetricsError> {
        let requests = Opts::new("http_requests_total", "Requests answered, by route, method and status.");
        let durations = HistogramOpts::new(
            "http_request_duration_seconds",
            "Seconds from the head of a request to the head of its answer, by route and method.",
        );
        Ok(Self {
            requests: IntCounterVec::new(requests, &["route", "method", "status"])?,
            durations: HistogramVec::new(durations.buckets(LATENCIES.into()), &["route", "method"])?,
        })
    }

    pub(super) fn record(&self, route: &str, method: &str, status: u16, duration: Duration) {
        self.requests.with_label_values(&[route, method, &status.to_string()]).inc();
        self.durations.with_label_values(&[route, method]).observe(duration.as_secs_f64());
    }

    /// Everything that was counted so far, and `readings`, which the caller has just taken.
    pub fn render(&self, readings: &[Reading]) -> Result<String, MetricsError> {
        let mut families = self.requests.collect();
        families.extend(self.durations.collect());
        families.retain(|family| !family.get_metric().is_empty());
        families.extend(gauges(readings));
        Ok(TextEncoder::new().encode_to_string(&families)?)
    }
}

fn gauges(readings: &[Reading]) -> impl Iterator<Item = MetricFamily> {
    let mut families = BTreeMap::new();
    for reading in readings {
        let family: &mut MetricFamily = families.entry(reading.name).or_default();
        family.set_name(reading.name.to_owned());
        family.set_help(reading.help.to_owned());
        family.set_field_type(MetricType::GAUGE);
        family.mut_metric().push(gauge(reading));
    }
    families.into_values()
}

fn gauge(reading: &Reading) -> Metric {
    let pair = |(name, value): &(&str, String)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value(value.clone());
        pair
    };
    let mut gauge = Gauge::default();
    gauge.set_value(reading.value);
    let mut metric = Metric::from_label(reading.labels.iter().map(pair).collect());
    metric.set_gauge(gauge);
    metric
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_server_renders_nothing_but_its_readings() {
        let reading = Reading::new("outbox_depth", "Messages that wait.", 3.0);
        let text = Metrics::new().unwrap().render(&[reading]).unwrap();
        assert_eq!(
            text,
            "# HELP outbox_depth Messages that wait.\n# TYPE outbox_depth gauge\noutbox_depth 3\n"
        );
    }

    #[test]
    fn readings_of_one_name_make_one_family() {
        let reading = |pool| Reading::new("pool_connections", "Connections.", 1.0).label("pool", pool);
        let text = Metrics::new().unwrap().render(&[reading("reader"), reading("wri\"ter")]).unwrap();
        assert_eq!(text.matches("# TYPE").count(), 1);
        assert!(text.contains("pool_connections{pool=\"reader\"} 1\n"), "{text}");
        assert!(text.contains("pool_connections{pool=\"wri\\\"ter\"} 1\n"), "{text}");
    }

    #[test]
    fn requests_are_counted_by_route_method_and_status() {
        let metrics = Metrics::new().unwrap();
        metrics.record("/orders/:id", "GET", 200, Duration::from_millis(2));
        metrics.record("/orders/:id", "GET", 200, Duration::from_millis(20));
        metrics.record("/orders/:id", "GET", 404, Duration::from_millis(2));
        let text = metrics.render(&[]).unwrap();
        for line in [
            "http_requests_total{method=\"GET\",route=\"/orders/:id\",status=\"200\"} 2\n",
            "http_requests_total{method=\"GET\",route=\"/orders/:id\",status=\"404\"} 1\n",
            "http_request_duration_seconds_count{method=\"GET\",route=\"/orders/:id\"} 3\n",
            "http_request_duration_seconds_bucket{method=\"GET\",route=\"/orders/:id\",le=\"0.0025\"} 2\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
