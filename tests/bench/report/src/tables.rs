//! The tables of both pages.

use crate::markdown::{cell, cells, figure, table};
use crate::results::{
    DEFAULT_KEYS, IDLE_STATES_LATENCY, LATENCY, LIBRARIES, OURS, REQUESTS, Results, SIZES, STORES, Work, queries_store,
};

const SIZE_COLUMNS: [&str; 5] = ["", "K = 1", "K = 10", "K = 100", "K = 1,000"];

/// Row and title of each operation on a loaded session.
pub const OPERATIONS: [(&str, &str); 9] = [
    ("get string", "`get::<String>`"),
    ("get struct", "`get::<Struct>`"),
    ("get absent", "`get`, absent"),
    ("insert string", "`insert(String)`"),
    ("insert struct", "`insert(Struct)`"),
    ("insert and remove", "`insert` and `remove`"),
    ("update", "`update`"),
    ("get client", "client state: `get::<u64>`"),
    ("parse struct", "`Struct` from its JSON text"),
];

fn title(request: &str) -> &str {
    match request {
        "unused" => "Unused session",
        "read" => "Read one key",
        "write" => "Write one key",
        "both" => "Read and write one key",
        "login" => "Login: rotate the token or id, write one key",
        other => other,
    }
}

fn library_name(library: &str) -> String {
    if library == OURS { "**session**".to_owned() } else { library.to_owned() }
}

/// A table for each kind of request: latency on all stores, sessions of 10 keys.
pub fn requests_on_all_stores(results: &Results) -> String {
    let mut text = String::new();
    for request in ["read", "write", "both", "login"] {
        let latency = |library, table| {
            let work = Work { table, row: request, keys: DEFAULT_KEYS };
            let memory = || results.get(work, library, "ns").map(|ns| ns / 1000.0);
            if table == "memory" { memory() } else { results.get(work, library, LATENCY) }
        };
        let tables = ["memory", "sqlite", "postgres", "mysql", "redis"];
        let rows = LIBRARIES.into_iter().map(|library| (library, tables.map(|table| latency(library, table))));
        let rows = rows.filter(|(_, latencies)| latencies.iter().any(Option::is_some)).map(|(library, latencies)| {
            let mut cells = vec![library_name(library)];
            cells.extend(latencies.map(cell));
            cells
        });
        let head = [title(request), "memory", "SQLite", "PostgreSQL", "MariaDB", "Redis"];
        text += &format!("\n{}", table(&head, rows.collect()));
    }
    text
}

/// Operations on a loaded session of 10 keys: nanoseconds, allocations, instructions.
pub fn operations(results: &Results) -> String {
    let libraries = results.libraries("api", "get string", "ns");
    let mut head = vec![String::new()];
    for library in &libraries {
        head.push(library_name(library));
        if *library == OURS {
            head.push("**session**, typed".to_owned());
        }
    }
    let row = |(row, title): (&str, &str)| {
        let typed_row = format!("{row}, typed");
        let costs = |row: &str, library: &str| {
            let work = Work { table: "api", row, keys: DEFAULT_KEYS };
            cells(["ns", "allocations", "instructions"].map(|metric| results.get(work, library, metric)))
        };
        let mut cells = vec![title.to_owned()];
        for library in &libraries {
            cells.push(costs(row, library));
            if *library == OURS {
                cells.push(costs(&typed_row, library));
            }
        }
        cells
    };
    table(&head.iter().map(String::as_str).collect::<Vec<_>>(), OPERATIONS.into_iter().map(row).collect())
}

/// A table for each kind of request on a store in the process.
pub fn memory_requests(results: &Results) -> String {
    let mut text = String::new();
    for request in REQUESTS {
        text += &format!("\n**{}**\n\n", title(request));
        let rows = results.libraries("memory", request, "ns").into_iter().map(|library| {
            let mut cells = vec![library_name(library)];
            let costs = |keys| memory_costs(results, Work { table: "memory", row: request, keys }, library);
            cells.extend(SIZES.map(costs));
            cells
        });
        text += &table(&SIZE_COLUMNS, rows.collect());
    }
    text
}

/// The routers without sessions.
pub fn bare_routers(results: &Results) -> String {
    let work = Work { table: "memory", row: "bare", keys: DEFAULT_KEYS };
    let rows = results.libraries("memory", "bare", "ns").into_iter();
    let rows = rows.map(|library| vec![library.to_owned(), memory_costs(results, work, library)]);
    table(&["router of", "without sessions"], rows.collect())
}

fn memory_costs(results: &Results, work: Work<'_>, library: &str) -> String {
    let metric = |metric| results.get(work, library, metric);
    cells([metric("ns").map(|ns| ns / 1000.0), metric("allocations"), metric("instructions")])
}

/// Latency, throughput and traffic of requests on each database.
pub fn store_requests(results: &Results) -> String {
    let mut text = String::new();
    for (store, title) in STORES {
        text += &format!("\n### {title}\n\n");
        text += "Latency in µs, idle states enabled · latency in µs, idle states disabled · requests per second:\n\n";
        text += &store_table(results, store, |work, library| {
            cells(
                [IDLE_STATES_LATENCY, LATENCY, "requests per second"].map(|metric| results.get(work, library, metric)),
            )
        });
        if store != "sqlite" {
            text += "\nRound trips · pings among them · bytes sent and received · µs of server CPU, per request:\n\n";
            text += &store_table(results, store, |work, library| {
                let get = |metric| results.get(work, library, metric);
                let bytes = get("bytes sent").zip(get("bytes received")).map(|(sent, received)| sent + received);
                cells([get("round trips"), get("pings"), bytes, get("server us")])
            });
        }
    }
    text
}

fn store_table(results: &Results, store: &str, cell: impl Fn(Work<'_>, &str) -> String) -> String {
    let mut rows = Vec::new();
    for request in REQUESTS {
        for library in results.libraries(store, request, LATENCY) {
            let mut cells = vec![format!("{request}: {}", library_name(library))];
            cells.extend(SIZES.map(|keys| cell(Work { table: store, row: request, keys }, library)));
            rows.push(cells);
        }
    }
    table(&SIZE_COLUMNS, rows)
}

/// Bytes of an idle session of 10 keys.
pub fn idle_sessions(results: &Results) -> String {
    let stores = ["memory", "redis", "postgres"];
    let bytes = |library, table| results.get(Work { table, row: "idle session", keys: DEFAULT_KEYS }, library, "bytes");
    let has_bytes = |library: &&'static str| stores.iter().any(|store| bytes(library, store).is_some());
    let rows = LIBRARIES.into_iter().filter(has_bytes).map(|library| {
        let mut cells = vec![library_name(library)];
        cells.extend(stores.map(|store| cell(bytes(library, store).map(f64::round))));
        cells
    });
    table(&["", "memory", "Redis", "PostgreSQL"], rows.collect())
}

/// Bytes of PostgreSQL's write-ahead log for writing one key of 10.
pub fn wal_bytes(results: &Results) -> String {
    let work = Work { table: "postgres", row: "write", keys: DEFAULT_KEYS };
    let metrics = ["wal bytes", "wal bytes after checkpoint"];
    let rows = results.libraries("postgres", "write", "wal bytes").into_iter().map(|library| {
        let mut cells = vec![library_name(library)];
        cells.extend(metrics.map(|metric| cell(results.get(work, library, metric).map(f64::round))));
        cells
    });
    table(&["", "later write to a page", "first write after a checkpoint"], rows.collect())
}

/// This library's time divided by the time of the fastest rival that queries the store.
pub fn ratios_to_rivals(results: &Results, metric: &str, tables: &[(&str, &str)]) -> String {
    let mut rows = Vec::new();
    for (table, title) in tables {
        for request in REQUESTS {
            let mut cells = vec![format!("{title}, {request}")];
            cells.extend(SIZES.map(|keys| {
                let work = Work { table, row: request, keys };
                let best = results.best_rival(work, metric, |library| queries_store(library, work));
                best.zip(results.get(work, OURS, metric))
                    .map_or("–".to_owned(), |((rival, theirs), ours)| format!("{} ({rival})", figure(ours / theirs)))
            }));
            rows.push(cells);
        }
    }
    table(&SIZE_COLUMNS, rows)
}
