//! The tables of the page.

use crate::measured::{ASLEEP, FLOOR, LATENCY, Measured, OURS, REQUESTS, SIZES, STORES, Work};
use crate::text::{cell, cells, figure, table};

pub const HEAD: [&str; 5] = ["", "K = 1", "K = 10", "K = 100", "K = 1,000"];

pub fn name(library: &str) -> String {
    if library == OURS { "**session**".to_owned() } else { library.to_owned() }
}

pub const API: [(&str, &str); 9] = [
    ("get string", "`get::<String>`"),
    ("get struct", "`get::<Struct>`"),
    ("get absent", "`get`, absent"),
    ("insert string", "`insert(String)`"),
    ("insert struct", "`insert(Struct)`"),
    ("insert and remove", "`insert` and `remove`"),
    ("update", "`update`"),
    ("get client", "client state: `get::<u64>`"),
    ("get struct from text", "`Struct` from its text"),
];

/// A loaded session of 10 keys: nanoseconds, allocations and instructions of a call.
pub fn api(measured: &Measured) -> String {
    let libraries = measured.libraries("api", "get string", "ns");
    let mut head = vec![String::new()];
    for library in &libraries {
        head.push(name(library));
        if *library == OURS {
            head.push("**session**, typed".to_owned());
        }
    }
    let row = |(row, title): (&str, &str)| {
        let typed = format!("{row}, typed");
        let call = |row: &str, library: &str| {
            let work = Work { table: "api", row, keys: 10 };
            cells(["ns", "allocations", "instructions"].map(|metric| measured.get(work, library, metric)))
        };
        let mut cells = vec![title.to_owned()];
        for library in &libraries {
            cells.push(call(row, library));
            if *library == OURS {
                cells.push(call(&typed, library));
            }
        }
        cells
    };
    table(&head.iter().map(String::as_str).collect::<Vec<_>>(), API.into_iter().map(row).collect())
}

/// Whole requests on a store in the process, a table for each kind of request.
pub fn memory(measured: &Measured) -> String {
    let mut text = String::new();
    for request in REQUESTS {
        text += &format!("\n**{}**\n\n", title(request));
        let rows = measured.libraries("memory", request, "ns").into_iter().map(|library| {
            let mut cells = vec![name(library)];
            cells.extend(SIZES.map(|keys| in_memory(measured, Work { table: "memory", row: request, keys }, library)));
            cells
        });
        text += &table(&HEAD, rows.collect());
    }
    text
}

pub fn bare(measured: &Measured) -> String {
    let work = Work { table: "memory", row: "bare", keys: 10 };
    let rows = measured.libraries("memory", "bare", "ns").into_iter();
    let rows = rows.map(|library| vec![library.to_owned(), in_memory(measured, work, library)]);
    table(&["the router of", "alone"], rows.collect())
}

fn in_memory(measured: &Measured, work: Work<'_>, library: &str) -> String {
    let metric = |metric| measured.get(work, library, metric);
    cells([metric("ns").map(|ns| ns / 1000.0), metric("allocations"), metric("instructions")])
}

fn title(request: &str) -> &str {
    match request {
        "unused" => "Session unused",
        "read" => "Reading one key",
        "write" => "Writing one key",
        "both" => "Reading one key and writing it",
        "sign-in" => "Signing in: a new token (or id), and writing one key",
        other => other,
    }
}

/// Time and traffic of requests on each store.
pub fn stores(measured: &Measured) -> String {
    let mut text = String::new();
    for (store, title) in STORES {
        text += &format!("\n### {title}\n\n");
        text += "Microseconds at one client on processors as they come · on processors that are kept awake · requests a second of 32 clients:\n\n";
        text += &requests(measured, store, |work, library| {
            cells([ASLEEP, LATENCY, "per second at 32"].map(|metric| measured.get(work, library, metric)))
        });
        if store != "sqlite" {
            text += "\nRound trips · pings among them · bytes sent and received · microseconds that the server works, of a request:\n\n";
            text += &requests(measured, store, |work, library| {
                let get = |metric| measured.get(work, library, metric);
                let bytes = get("bytes sent").zip(get("bytes received")).map(|(sent, received)| sent + received);
                cells([get("round trips"), get("pings"), bytes, get("us of the server")])
            });
        }
    }
    text
}

fn requests(measured: &Measured, store: &str, cell: impl Fn(Work<'_>, &str) -> String) -> String {
    let mut rows = Vec::new();
    for request in REQUESTS {
        for library in measured.libraries(store, request, LATENCY) {
            if request == "unused" && library == FLOOR {
                continue;
            }
            let mut cells = vec![format!("{request}: {}", name(library))];
            cells.extend(SIZES.map(|keys| cell(Work { table: store, row: request, keys }, library)));
            rows.push(cells);
        }
    }
    table(&HEAD, rows)
}

/// Bytes that an idle session of 10 keys takes.
pub fn idle(measured: &Measured) -> String {
    let places = ["memory", "redis", "postgres"];
    let bytes = |library, table| measured.get(Work { table, row: "idle session", keys: 10 }, library, "bytes");
    let libraries = crate::measured::LIBRARIES.into_iter();
    let libraries = libraries.filter(|library| places.iter().any(|place| bytes(library, place).is_some()));
    let rows = libraries.map(|library| {
        let mut cells = vec![name(library)];
        cells.extend(places.map(|place| cell(bytes(library, place).map(f64::round))));
        cells
    });
    table(&["", "in the process's memory", "Redis", "PostgreSQL"], rows.collect())
}

/// Bytes of PostgreSQL's log that a write of one key of 10 makes.
pub fn logged(measured: &Measured) -> String {
    let work = Work { table: "postgres", row: "write", keys: 10 };
    let metrics = ["bytes logged", "bytes logged after a checkpoint"];
    let rows = measured.libraries("postgres", "write", "bytes logged").into_iter().map(|library| {
        let mut cells = vec![name(library)];
        cells.extend(metrics.map(|metric| cell(measured.get(work, library, metric).map(f64::round))));
        cells
    });
    table(&["", "page written before", "first since a checkpoint"], rows.collect())
}

/// This library against the fastest rival that asks the store: below 1 it is ahead.
pub fn against_rivals(measured: &Measured, metric: &str, tables: &[(&str, &str)]) -> String {
    let mut rows = Vec::new();
    for (table, title) in tables {
        for request in REQUESTS {
            let mut cells = vec![format!("{title}, {request}")];
            cells.extend(SIZES.map(|keys| {
                let work = Work { table, row: request, keys };
                let best = measured.best(work, metric, |library| asks_the_store(library, work));
                best.zip(measured.get(work, OURS, metric))
                    .map_or("–".to_owned(), |((rival, theirs), ours)| format!("{} ({rival})", figure(ours / theirs)))
            }));
            rows.push(cells);
        }
    }
    table(&HEAD, rows)
}

/// `axum_session` answers reads from its process's map, unless it is told to keep none.
pub fn asks_the_store(library: &str, work: Work<'_>) -> bool {
    let writes_alone = work.table != "memory" && ["write", "sign-in"].contains(&work.row);
    library != "axum_session" && library != "axum_session, signed" || writes_alone
}
