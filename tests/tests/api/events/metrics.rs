//! Tests of the feature `metrics`: the names, labels and values that a recorder receives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use session::{IndexKey, SecretKey, SessionConfig, SessionManager};
use session_tests::{App, Browser, Fault, Kind, outcome};

const USER: IndexKey<u64> = IndexKey::declare("user");

/// A recorder that stores the sum of each counter, and the number of samples of each histogram.
#[derive(Clone, Default)]
struct TestRecorder {
    values: Arc<Mutex<BTreeMap<String, u64>>>,
    described: Arc<Mutex<BTreeMap<String, Option<Unit>>>>,
}

/// One metric with its labels.
struct Metric(TestRecorder, String);

impl TestRecorder {
    fn metric(&self, key: &Key) -> Arc<Metric> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Metric(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }

    fn add(&self, name: &str, value: u64) {
        *self.values.lock().unwrap().entry(name.to_owned()).or_default() += value;
    }

    fn value(&self, name: &str) -> u64 {
        self.values.lock().unwrap().get(name).copied().unwrap_or(0)
    }
}

impl CounterFn for Metric {
    fn increment(&self, value: u64) {
        self.0.add(&self.1, value);
    }

    fn absolute(&self, _: u64) {
        unreachable!("counters only increase")
    }
}

impl HistogramFn for Metric {
    fn record(&self, seconds: f64) {
        assert!((0.0..60.0).contains(&seconds), "{seconds}");
        self.0.add(&self.1, 1);
    }
}

impl Recorder for TestRecorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.described.lock().unwrap().insert(key.as_str().to_owned(), unit);
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.described.lock().unwrap().insert(key.as_str().to_owned(), unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.metric(key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.metric(key))
    }
}

/// Runs a test with a recorder of this thread.
fn recorded(test: impl AsyncFnOnce()) -> TestRecorder {
    let recorder = TestRecorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(test()));
    recorder
}

#[test]
fn the_life_of_sessions_is_counted() {
    let recorder = recorded(async || {
        let app = App::with(Kind::Memory, |config| config.index_with_limit(USER, 1)).await;
        app.browser_with(&[("user", 7)]).await;
        let mut browser = app.browser_with(&[("user", 7)]).await;
        let mut session = app.open(&browser);
        session.cycle_id();
        app.finalize(session, &mut browser).await.unwrap();
        app.advance(Duration::from_hours(20));
        assert_eq!(app.open(&browser).get::<u64>("user").await.unwrap(), Some(7));
        let session = app.open(&browser);
        session.get::<u64>("user").await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let mut session = app.open(&browser);
        session.invalidate();
        app.finalize(session, &mut browser).await.unwrap();
        app.browser_with(&[("user", 8)]).await;
        app.advance(Duration::from_hours(25));
        app.manager.delete_expired(10).await.unwrap();
    });
    for (name, expected) in [
        ("session.created{}", 3),
        ("session.rotated{}", 1),
        ("session.renewed{}", 1),
        ("session.deleted{reason=limit}", 1),
        ("session.deleted{reason=logout}", 1),
        ("session.expired{}", 1),
        ("session.store.operation.duration{db.operation.name=create}", 3),
        ("session.store.operation.duration{db.operation.name=delete_expired}", 1),
    ] {
        assert_eq!(recorder.value(name), expected, "{name} in {:?}", recorder.values.lock().unwrap());
    }
}

#[test]
fn refusals_retries_rejected_credentials_and_store_errors_are_counted() {
    let recorder = recorded(async || {
        let app = App::new(Kind::Memory).await;
        let browser = app.browser_with(&[("a", 1)]).await;
        let [mut slow, mut fast] = [(); 2].map(|()| app.open(&browser));
        let increment = |value: &mut Option<u64>| *value = value.map(|value| value + 1);
        assert_eq!(slow.get::<u64>("a").await.unwrap(), Some(1));
        fast.update("a", increment).await.unwrap();
        slow.update("a", increment).await.unwrap();
        fast.cycle_id();
        fast.sync().await.unwrap();
        slow.insert("a", 1).await.unwrap();
        assert_eq!(outcome(&slow.sync().await), "Replaced");
        app.spy.fail_next("load", Fault::Refuse);
        assert_eq!(outcome(&app.open(&browser).get::<u64>("a").await), "Store");
        let fallback = SessionConfig::new(SecretKey::generate()).fallback_key(app.key.clone());
        for config in [fallback, SessionConfig::new(SecretKey::generate())] {
            assert!(!SessionManager::new(app.spy.clone(), config).open(&browser.request()).is_replaced());
        }
    });
    for (name, expected) in [
        ("session.retried{}", 1),
        ("session.refused{error.type=replaced}", 1),
        ("session.credentials.rejected{credential=session_cookie}", 1),
        ("session.fallback_key.used{key=1}", 1),
        ("session.store.operation.duration{db.operation.name=load,error.type=error}", 1),
    ] {
        assert_eq!(recorder.value(name), expected, "{name} in {:?}", recorder.values.lock().unwrap());
    }
}

#[test]
fn every_recorded_metric_is_described_with_its_unit() {
    let recorder = recorded(async || {
        let app = App::new(Kind::Memory).await;
        app.browser_with(&[("a", 1)]).await;
        assert!(Browser::default().cookies.is_empty());
    });
    let described = recorder.described.lock().unwrap();
    for name in recorder.values.lock().unwrap().keys() {
        assert!(described.contains_key(name.split('{').next().unwrap()), "{name}");
    }
    assert_eq!(described["session.store.operation.duration"], Some(Unit::Seconds));
    assert_eq!(described["session.created"], Some(Unit::Count));
}
