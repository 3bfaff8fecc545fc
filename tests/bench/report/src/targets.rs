//! The targets: limits for ratios of figures from the same run.

use crate::markdown::{cell, cells, figure, size, table};
use crate::results::{
    BASELINE, DEFAULT_KEYS, IDLE_STATES_LATENCY, LATENCY, OURS, REQUESTS, Results, SIZES, STORES, Work, queries_store,
};
use crate::tables::OPERATIONS;

/// The round trips of the ordinary case.
const ORDINARY_ROUND_TRIPS: [(&str, f64); 5] =
    [("unused", 0.0), ("read", 1.0), ("write", 1.0), ("both", 2.0), ("login", 1.0)];

/// One of the figures that a target limits.
struct Case<'m> {
    label: String,
    /// `None` if the figure was not measured.
    value: Option<f64>,
    limit: f64,
    metric: &'static str,
    ours: Work<'m>,
    /// The dividend or subtrahend, and its library.
    reference: Option<(Work<'m>, &'static str)>,
}

pub struct Target<'m> {
    text: &'static str,
    cases: Vec<Case<'m>>,
}

impl<'m> Target<'m> {
    fn missed(&self) -> Vec<&Case<'m>> {
        self.cases.iter().filter(|case| case.value.is_some_and(|value| value > case.limit)).collect()
    }

    /// Target, worst case, verdict.
    fn row(&self) -> Vec<String> {
        let measured = self.cases.iter().filter_map(|case| Some((case, case.value?)));
        let worst = measured.clone().max_by(|a, b| (a.1 - a.0.limit).total_cmp(&(b.1 - b.0.limit)));
        let verdict = match (measured.count(), self.missed().len()) {
            (0, _) => "not measured".to_owned(),
            (_, 0) => "met".to_owned(),
            (all, missed) => format!("**missed** in {missed} of {all} cases"),
        };
        let worst = worst.map_or("–".to_owned(), |(case, value)| format!("{} ({})", figure(value), case.label));
        vec![self.text.to_owned(), worst, verdict]
    }
}

/// Formats all targets with their worst cases.
pub fn summary(targets: &[Target<'_>]) -> String {
    table(&["target", "worst case", "result"], targets.iter().map(Target::row).collect())
}

/// Formats every case of a missed target with its two figures.
pub fn missed_cases(results: &Results, targets: &[Target<'_>]) -> String {
    let mut text = String::new();
    for target in targets {
        let rows: Vec<_> = target.missed().into_iter().map(|case| figures(results, case)).collect();
        if !rows.is_empty() {
            text += &format!("\n**{}**\n\n{}", target.text, table(&["", "**session**", "compared with"], rows));
        }
    }
    if text.is_empty() { "No target was missed.".to_owned() } else { text }
}

fn figures(results: &Results, case: &Case<'_>) -> Vec<String> {
    let get = |work: Work<'_>, library: &str| match case.metric {
        "ns" | "instructions" => {
            cells(["ns", "allocations", "instructions"].map(|metric| results.get(work, library, metric)))
        }
        metric => cell(results.get(work, library, metric)),
    };
    let reference = case.reference.map_or("–".to_owned(), |(work, library)| get(work, library));
    vec![case.label.clone(), get(case.ours, OURS), reference]
}

/// Evaluates all targets.
pub fn evaluate(results: &Results) -> [Target<'_>; 15] {
    [
        Target { text: "Unused session: at most 1.5 × the router without sessions", cases: unused(results) },
        Target { text: "Loaded session: no operation slower than the fastest rival's", cases: operations(results) },
        Target { text: "`get::<Struct>`: at most 1.2 × parsing its JSON text", cases: parsing(results) },
        Target {
            text: "Memory store: faster than every rival (K = 1,000: except `axum_session`)",
            cases: memory(results, |library, keys| keys < 1000 || !library.starts_with("axum_session")),
        },
        Target {
            text: "Memory store, K = 1,000: as fast as the map of `axum_session`",
            cases: memory(results, |library, keys| keys == 1000 && library.starts_with("axum_session")),
        },
        Target { text: "Memory store: K = 1,000 at most 1.2 × K = 1 (`both`: 2 ×)", cases: memory_growth(results) },
        Target {
            text: "Databases: at most 0.2 round trips more than one per operation, for compactions",
            cases: extra_round_trips(results),
        },
        Target {
            text: "K ≤ 10: at most 1.15 × the baseline, idle states enabled",
            cases: against_baseline(results, IDLE_STATES_LATENCY),
        },
        Target {
            text: "K ≤ 10: at most 1.15 × the baseline, idle states disabled",
            cases: against_baseline(results, LATENCY),
        },
        Target { text: "Redis: writing one key, K = 1,000 at most 2 × K = 1", cases: redis_growth(results) },
        Target { text: "Databases: writing one key of 1,000 faster than every rival", cases: large_sessions(results) },
        Target {
            text: "Databases: faster than every rival that queries them, idle states enabled",
            cases: databases(results, IDLE_STATES_LATENCY),
        },
        Target {
            text: "Databases: faster than every rival that queries them, idle states disabled",
            cases: databases(results, LATENCY),
        },
        Target {
            text: "Typed accessors: no more instructions than the untyped call",
            cases: extra_instructions(results),
        },
        Target {
            text: "Typed accessors: at most 1.03 × the instructions of the raw call with the same key",
            cases: accessors(results),
        },
    ]
}

/// Divides this library's figure by the reference.
fn ratio<'m>(
    results: &Results,
    label: String,
    metric: &'static str,
    ours: Work<'m>,
    reference: (Work<'m>, &'static str),
    limit: f64,
) -> Case<'m> {
    let values = results.get(ours, OURS, metric).zip(results.get(reference.0, reference.1, metric));
    let value = values.map(|(ours, reference)| ours / reference);
    Case { label, value, limit, metric, ours, reference: Some(reference) }
}

fn unused(results: &Results) -> Vec<Case<'_>> {
    let bare = Work { table: "memory", row: "bare", keys: DEFAULT_KEYS };
    let case = |keys| {
        let work = Work { table: "memory", row: "unused", keys };
        ratio(results, size(keys), "ns", work, (bare, OURS), 1.5)
    };
    SIZES.map(case).into()
}

fn operation(row: &str) -> Work<'_> {
    Work { table: "api", row, keys: DEFAULT_KEYS }
}

fn operations(results: &Results) -> Vec<Case<'_>> {
    let case = |(row, title)| {
        let work = operation(row);
        let (rival, _) = results.best_rival(work, "ns", |_| true)?;
        Some(ratio(results, format!("{title}, {rival}"), "ns", work, (work, rival), 1.0))
    };
    OPERATIONS.into_iter().filter_map(case).collect()
}

fn parsing(results: &Results) -> Vec<Case<'_>> {
    let reference = (operation("parse struct"), BASELINE);
    vec![ratio(results, "loaded session".to_owned(), "ns", operation("get struct"), reference, 1.2)]
}

fn memory(results: &Results, filter: impl Fn(&str, usize) -> bool) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for row in REQUESTS {
        for keys in SIZES {
            let work = Work { table: "memory", row, keys };
            if let Some((rival, _)) = results.best_rival(work, "ns", |library| filter(library, keys)) {
                let label = format!("{row}, {}, {rival}", size(keys));
                cases.push(ratio(results, label, "ns", work, (work, rival), 1.0));
            }
        }
    }
    cases
}

fn memory_growth(results: &Results) -> Vec<Case<'_>> {
    let work = |row, keys| Work { table: "memory", row, keys };
    let case = |(row, limit): (&'static str, f64)| {
        ratio(results, row.to_owned(), "ns", work(row, 1000), (work(row, 1), OURS), limit)
    };
    [("read", 1.2), ("write", 1.2), ("both", 2.0)].map(case).into()
}

fn extra_round_trips(results: &Results) -> Vec<Case<'_>> {
    let metric = "round trips";
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for (row, ordinary) in ORDINARY_ROUND_TRIPS {
            for keys in SIZES {
                let ours = Work { table, row, keys };
                let value = results.get(ours, OURS, metric).map(|count| count - ordinary);
                let label = format!("extra, {title}, {row}, {}", size(keys));
                cases.push(Case { label, value, limit: 0.2, metric, ours, reference: None });
            }
        }
    }
    cases
}

fn against_baseline<'m>(results: &'m Results, metric: &'static str) -> Vec<Case<'m>> {
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for row in ["read", "write", "both"] {
            for keys in [1, 10] {
                let work = Work { table, row, keys };
                let label = format!("{title}, {row}, {}", size(keys));
                cases.push(ratio(results, label, metric, work, (work, BASELINE), 1.15));
            }
        }
    }
    cases
}

fn redis_growth(results: &Results) -> Vec<Case<'_>> {
    let work = |keys| Work { table: "redis", row: "write", keys };
    vec![ratio(results, "latency".to_owned(), LATENCY, work(1000), (work(1), OURS), 2.0)]
}

fn large_sessions(results: &Results) -> Vec<Case<'_>> {
    let works = STORES.map(|(table, title)| (title, Work { table, row: "write", keys: 1000 }));
    works.into_iter().filter_map(|(title, work)| against_rival(results, title.to_owned(), LATENCY, work)).collect()
}

fn databases<'m>(results: &'m Results, metric: &'static str) -> Vec<Case<'m>> {
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for row in REQUESTS {
            for keys in SIZES {
                let label = format!("{title}, {row}, {}", size(keys));
                cases.extend(against_rival(results, label, metric, Work { table, row, keys }));
            }
        }
    }
    cases
}

fn against_rival<'m>(results: &'m Results, label: String, metric: &'static str, work: Work<'m>) -> Option<Case<'m>> {
    let (rival, _) = results.best_rival(work, metric, |library| queries_store(library, work))?;
    Some(ratio(results, format!("{label}, {rival}"), metric, work, (work, rival), 1.0))
}

fn extra_instructions(results: &Results) -> Vec<Case<'_>> {
    let metric = "instructions";
    let rows = results.rows("api").into_iter();
    let pairs = rows.filter_map(|row| Some((row.strip_suffix(", typed")?, row)));
    let case = |(untyped, typed)| {
        let get = |row| results.get(operation(row), OURS, metric);
        let value = get(typed).zip(get(untyped)).map(|(typed, untyped)| typed - untyped);
        let label = format!("more instructions, {untyped}");
        let reference = Some((operation(untyped), OURS));
        Case { label, value, limit: 0.0, metric, ours: operation(typed), reference }
    };
    pairs.map(case).collect()
}

fn accessor(row: &str) -> Work<'_> {
    Work { table: "accessors", row, keys: DEFAULT_KEYS }
}

fn accessors(results: &Results) -> Vec<Case<'_>> {
    let rows = results.rows("accessors").into_iter();
    let pairs = rows.filter_map(|row| Some((row.strip_suffix(", raw call")?, row)));
    let case = |(row, raw)| {
        ratio(results, format!("accessor, {row}"), "instructions", accessor(row), (accessor(raw), OURS), 1.03)
    };
    pairs.map(case).collect()
}
