//! What was aimed at, as ratios of figures from one run.

use crate::measured::{ASLEEP, FLOOR, LATENCY, Measured, OURS, REQUESTS, SIZES, STORES, Work};
use crate::tables::{API, asks_the_store};
use crate::text::{figure, grouped, table};

/// One of the figures that a target speaks of: where it was measured, and how it stands to the limit.
pub struct Case<'m> {
    pub label: String,
    pub value: Option<f64>,
    limit: f64,
    pub metric: &'static str,
    /// What was divided, or subtracted.
    pub ours: Work<'m>,
    pub theirs: Option<(Work<'m>, &'static str)>,
}

pub struct Target<'m> {
    pub claim: &'static str,
    cases: Vec<Case<'m>>,
}

impl<'m> Target<'m> {
    /// The cases beyond their limits.
    pub fn missed(&self) -> Vec<&Case<'m>> {
        self.cases.iter().filter(|case| case.value.is_some_and(|value| value > case.limit)).collect()
    }

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

pub fn table_of(targets: &[Target<'_>]) -> String {
    table(&["target", "measured", ""], targets.iter().map(Target::row).collect())
}

pub fn targets(measured: &Measured) -> [Target<'_>; 14] {
    [
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
        Target {
            claim: "K ≤ 10: latency at most 1.15 × the bare statements, on processors as they come",
            cases: bare_statements(measured, ASLEEP),
        },
        Target {
            claim: "K ≤ 10: the same on processors that are kept awake",
            cases: bare_statements(measured, LATENCY),
        },
        Target {
            claim: "Redis: writing one key of 1,000 costs at most 2 × writing the only one",
            cases: redis(measured),
        },
        Target { claim: "Writing one key of 1,000 beats every rival's on every store", cases: large(measured) },
        Target {
            claim: "Every store: ahead of every rival that asks it, in every request and at every K, on processors as they come",
            cases: stores(measured, ASLEEP),
        },
        Target { claim: "Every store: the same on processors that are kept awake", cases: stores(measured, LATENCY) },
        Target { claim: "A typed accessor runs the instructions of the raw call", cases: typed(measured) },
    ]
}

/// This library's figure divided by another one.
fn ratio<'m>(
    measured: &Measured,
    label: String,
    metric: &'static str,
    ours: Work<'m>,
    theirs: (Work<'m>, &'static str),
    limit: f64,
) -> Case<'m> {
    let value = measured.get(ours, OURS, metric).zip(measured.get(theirs.0, theirs.1, metric));
    Case { label, value: value.map(|(ours, theirs)| ours / theirs), limit, metric, ours, theirs: Some(theirs) }
}

fn unused(measured: &Measured) -> Vec<Case<'_>> {
    let bare = Work { table: "memory", row: "bare", keys: 10 };
    let case =
        |keys| ratio(measured, size(keys), "ns", Work { table: "memory", row: "unused", keys }, (bare, OURS), 1.5);
    SIZES.map(case).into()
}

fn size(keys: usize) -> String {
    format!("K = {}", grouped(keys as f64))
}

fn api(measured: &Measured) -> Vec<Case<'_>> {
    let rows = API.into_iter().filter_map(|(row, title)| {
        let work = Work { table: "api", row, keys: 10 };
        let (rival, _) = measured.best(work, "ns", |_| true)?;
        Some(ratio(measured, format!("{title}, {rival}"), "ns", work, (work, rival), 1.0))
    });
    rows.collect()
}

fn from_text(measured: &Measured) -> Vec<Case<'_>> {
    let work = |row| Work { table: "api", row, keys: 10 };
    let label = "from a loaded session".to_owned();
    vec![ratio(measured, label, "ns", work("get struct"), (work("get struct from text"), FLOOR), 1.2)]
}

fn memory(measured: &Measured, counts: impl Fn(&str, usize) -> bool) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for row in REQUESTS {
        for keys in SIZES {
            let work = Work { table: "memory", row, keys };
            if let Some((rival, _)) = measured.best(work, "ns", |library| counts(library, keys)) {
                let label = format!("{row}, {}, {rival}", size(keys));
                cases.push(ratio(measured, label, "ns", work, (work, rival), 1.0));
            }
        }
    }
    cases
}

fn growth(measured: &Measured) -> Vec<Case<'_>> {
    let work = |row, keys| Work { table: "memory", row, keys };
    let rows = [("read", 1.2), ("write", 1.2), ("both", 2.0)];
    let case = |(row, limit): (&'static str, f64)| {
        ratio(measured, row.to_owned(), "ns", work(row, 1000), (work(row, 1), OURS), limit)
    };
    rows.map(case).into()
}

fn round_trips(measured: &Measured) -> Vec<Case<'_>> {
    let promised = [("unused", 0.0), ("read", 1.0), ("write", 1.0), ("both", 2.0), ("sign-in", 1.0)];
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for (row, limit) in promised {
            for keys in SIZES {
                let ours = Work { table, row, keys };
                let counted = measured.get(ours, OURS, "round trips");
                // A connection that is tested once a minute is no round trip of fifty requests.
                let value = counted.map(|count| (count * 10.0).round() / 10.0);
                let label = format!("{title}, {row}, {}", size(keys));
                cases.push(Case { label, value, limit, metric: "round trips", ours, theirs: None });
            }
        }
    }
    cases
}

fn bare_statements<'m>(measured: &'m Measured, metric: &'static str) -> Vec<Case<'m>> {
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for row in ["read", "write", "both"] {
            for keys in [1, 10] {
                let work = Work { table, row, keys };
                let label = format!("{title}, {row}, {}", size(keys));
                cases.push(ratio(measured, label, metric, work, (work, FLOOR), 1.15));
            }
        }
    }
    cases
}

fn redis(measured: &Measured) -> Vec<Case<'_>> {
    let work = |keys| Work { table: "redis", row: "write", keys };
    let label = "latency at one client".to_owned();
    vec![ratio(measured, label, LATENCY, work(1000), (work(1), OURS), 2.0)]
}

fn large(measured: &Measured) -> Vec<Case<'_>> {
    let works = STORES.map(|(table, title)| (title, Work { table, row: "write", keys: 1000 }));
    works.into_iter().filter_map(|(title, work)| against_rival(measured, title.to_owned(), LATENCY, work)).collect()
}

fn stores<'m>(measured: &'m Measured, metric: &'static str) -> Vec<Case<'m>> {
    let mut cases = Vec::new();
    for (table, title) in STORES {
        for row in REQUESTS {
            for keys in SIZES {
                let label = format!("{title}, {row}, {}", size(keys));
                cases.extend(against_rival(measured, label, metric, Work { table, row, keys }));
            }
        }
    }
    cases
}

fn against_rival<'m>(measured: &'m Measured, label: String, metric: &'static str, work: Work<'m>) -> Option<Case<'m>> {
    let (rival, _) = measured.best(work, metric, |library| asks_the_store(library, work))?;
    Some(ratio(measured, format!("{label}, {rival}"), metric, work, (work, rival), 1.0))
}

fn typed(measured: &Measured) -> Vec<Case<'_>> {
    let work = |row| Work { table: "api", row, keys: 10 };
    let rows = measured.rows("api").into_iter();
    let pairs = rows.filter_map(|row| Some((row.strip_suffix(", typed")?, row)));
    let more = |(raw, typed)| {
        let get = |row| measured.get(work(row), OURS, "instructions");
        let value = get(typed).zip(get(raw)).map(|(typed, raw)| typed - raw);
        let label = format!("instructions more, {raw}");
        Case { label, value, limit: 0.0, metric: "instructions", ours: work(typed), theirs: Some((work(raw), OURS)) }
    };
    pairs.map(more).collect()
}
