//! What was aimed at, as ratios of figures from one run.

use crate::measured::{FLOOR, Measured, OURS, SIZES, STORES, Work};
use crate::tables::{API, asks_the_store};
use crate::text::{figure, grouped, table};

/// One of the figures that a target speaks of: where it was measured, and how it stands to the limit.
struct Case {
    label: String,
    value: Option<f64>,
    limit: f64,
}

struct Target {
    claim: &'static str,
    cases: Vec<Case>,
}

impl Target {
    fn row(&self) -> Vec<String> {
        let known: Vec<_> = self.cases.iter().filter_map(|case| Some((case, case.value?))).collect();
        let missed: Vec<&(&Case, f64)> = known.iter().filter(|(case, value)| *value > case.limit).collect();
        let verdict = match (known.len(), missed.len()) {
            (0, _) => "not measured".to_owned(),
            (_, 0) => "**met**".to_owned(),
            (all, few) => format!("**not met** in {few} of {all}"),
        };
        // The worst first, and of many misses a few.
        let mut shown = if missed.is_empty() { known.iter().collect() } else { missed.clone() };
        shown.sort_by(|a, b| (b.1 - b.0.limit).total_cmp(&(a.1 - a.0.limit)));
        let most = if missed.is_empty() { 1 } else { 6 };
        let names = shown.iter().take(most).map(|(case, value)| format!("{} ({})", figure(*value), case.label));
        let names = names.collect::<Vec<_>>().join(", ");
        let measured = match (known.len(), missed.len()) {
            (0, _) => "–".to_owned(),
            (_, 0) => format!("at most {names}"),
            (_, few) if few > most => format!("{names}, …"),
            _ => names,
        };
        vec![self.claim.to_owned(), measured, verdict]
    }
}

pub fn targets(measured: &Measured) -> String {
    let targets = [
        Target {
            claim: "A request that leaves its session unused: at most 1.5 × the router alone",
            cases: unused(measured),
        },
        Target {
            claim: "Each operation on a loaded session at least as fast as the fastest rival's",
            cases: api(measured),
        },
        Target { claim: "`get::<Struct>`: at most 1.2 × reading it from text", cases: from_text(measured) },
        Target {
            claim: "Memory store: ahead of every rival in every cell (`axum_session` at K = 1,000 aside)",
            cases: memory(measured, |library, keys| keys < 1000 || !library.starts_with("axum_session")),
        },
        Target {
            claim: "Memory store: close to `axum_session`'s map at K = 1,000",
            cases: memory(measured, |library, keys| keys == 1000 && library.starts_with("axum_session")),
        },
        Target {
            claim: "Memory store: K = 1,000 costs at most 1.2 × K = 1 (2 × for reading and writing)",
            cases: growth(measured),
        },
        Target { claim: "Never more round trips than promised", cases: round_trips(measured) },
        Target { claim: "K ≤ 10: latency at most 1.15 × the bare statements", cases: bare_statements(measured) },
        Target {
            claim: "Redis: writing one key of 1,000 costs at most 2 × writing the only one",
            cases: redis(measured),
        },
        Target { claim: "Writing one key of 1,000 beats every rival's on every store", cases: large(measured) },
        Target { claim: "A typed accessor runs the instructions of the raw call", cases: typed(measured) },
    ];
    let rows = targets.iter().map(Target::row).collect();
    table(&["target", "measured", ""], rows)
}

fn ratio(label: String, over: Option<f64>, under: Option<f64>, limit: f64) -> Case {
    let value = over.zip(under).map(|(over, under)| over / under);
    Case { label, value, limit }
}

fn unused(measured: &Measured) -> Vec<Case> {
    let bare = measured.get(Work { table: "memory", row: "bare", keys: 10 }, OURS, "ns");
    let case = |keys| {
        let unused = measured.get(Work { table: "memory", row: "unused", keys }, OURS, "ns");
        ratio(size(keys), unused, bare, 1.5)
    };
    SIZES.map(case).into()
}

fn size(keys: usize) -> String {
    format!("K = {}", grouped(keys as f64))
}

fn api(measured: &Measured) -> Vec<Case> {
    let rows = API.into_iter().filter_map(|(row, title)| {
        let work = Work { table: "api", row, keys: 10 };
        let (rival, best) = measured.best(work, "ns", |_| true)?;
        Some(ratio(format!("{title}, {rival}"), measured.get(work, OURS, "ns"), Some(best), 1.0))
    });
    rows.collect()
}

fn from_text(measured: &Measured) -> Vec<Case> {
    let get = |row, library| measured.get(Work { table: "api", row, keys: 10 }, library, "ns");
    vec![ratio("from a loaded session".to_owned(), get("get struct", OURS), get("get struct from text", FLOOR), 1.2)]
}

fn memory(measured: &Measured, counts: impl Fn(&str, usize) -> bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for row in crate::measured::REQUESTS {
        for keys in SIZES {
            let work = Work { table: "memory", row, keys };
            if let Some((rival, best)) = measured.best(work, "ns", |library| counts(library, keys)) {
                let label = format!("{row}, {}, {rival}", size(keys));
                cases.push(ratio(label, measured.get(work, OURS, "ns"), Some(best), 1.0));
            }
        }
    }
    cases
}

fn growth(measured: &Measured) -> Vec<Case> {
    let get = |row, keys| measured.get(Work { table: "memory", row, keys }, OURS, "ns");
    let rows = [("read", 1.2), ("write", 1.2), ("both", 2.0)];
    rows.map(|(row, limit)| ratio(row.to_owned(), get(row, 1000), get(row, 1), limit)).into()
}

fn round_trips(measured: &Measured) -> Vec<Case> {
    let promised = [("unused", 0.0), ("read", 1.0), ("write", 1.0), ("both", 2.0), ("sign-in", 1.0)];
    let mut cases = Vec::new();
    for (store, title) in STORES {
        for (row, limit) in promised {
            for keys in SIZES {
                let counted = measured.get(Work { table: store, row, keys }, OURS, "round trips");
                // A connection that is tested once a minute is no round trip of fifty requests.
                let value = counted.map(|count| (count * 10.0).round() / 10.0);
                let label = format!("{title}, {row}, {}", size(keys));
                cases.push(Case { label, value, limit });
            }
        }
    }
    cases
}

fn bare_statements(measured: &Measured) -> Vec<Case> {
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for row in ["read", "write", "both"] {
            for keys in [1, 10] {
                let get = |library| measured.get(Work { table, row, keys }, library, "us at one client");
                cases.push(ratio(format!("{title}, {row}, {}", size(keys)), get(OURS), get(FLOOR), 1.15));
            }
        }
    }
    cases
}

fn redis(measured: &Measured) -> Vec<Case> {
    let get = |keys| measured.get(Work { table: "redis", row: "write", keys }, OURS, "us at one client");
    vec![ratio("latency at one client".to_owned(), get(1000), get(1), 2.0)]
}

fn large(measured: &Measured) -> Vec<Case> {
    let case = |(table, title)| {
        let work = Work { table, row: "write", keys: 1000 };
        let (rival, best) = measured.best(work, "us at one client", |library| asks_the_store(library, work))?;
        Some(ratio(format!("{title}, {rival}"), measured.get(work, OURS, "us at one client"), Some(best), 1.0))
    };
    STORES.into_iter().filter_map(case).collect()
}

fn typed(measured: &Measured) -> Vec<Case> {
    let get = |row: &str| measured.get(Work { table: "api", row, keys: 10 }, OURS, "instructions");
    let rows = measured.rows("api").into_iter();
    let pairs = rows.filter_map(|row| Some((row.strip_suffix(", typed")?, row)));
    let more = |(raw, typed): (&str, &str)| {
        let value = get(typed).zip(get(raw)).map(|(typed, raw)| typed - raw);
        Case { label: format!("instructions more, {raw}"), value, limit: 0.0 }
    };
    pairs.map(more).collect()
}
