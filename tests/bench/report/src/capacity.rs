//! What many sessions and many requests need, by arithmetic from what was measured.

use crate::measured::{Measured, OURS, Work};
use crate::text::{figure, grouped, table};

const SESSIONS: f64 = 1e7;
const REQUESTS: f64 = 1e5;
/// The share of the requests that write one key; the others read one.
const WRITES: f64 = 0.1;
const KEYS: usize = 10;
const DAY: f64 = 24.0 * 3600.0;

/// A thing that runs out: how much is needed, how much one server of the assumed kind has, and the arithmetic.
struct Need {
    what: &'static str,
    arithmetic: String,
    need: f64,
    has: f64,
    unit: &'static str,
}

pub fn note(measured: &Measured) -> String {
    let mut text = format!(
        "For {} live sessions of {KEYS} keys and {} requests a second that use their session, of which {} write one key and the \
         others read one. The servers are an assumption, to have something to divide by; put your own in.\n",
        grouped(SESSIONS),
        grouped(REQUESTS),
        grouped(REQUESTS * WRITES),
    );
    text += "\n### PostgreSQL\n\nOne primary of 16 processors like this machine's, 64 GB for its cache, a disk that takes 250 MB of log a second, and \
             a network of 10 Gbit/s.\n\n";
    match postgres(measured) {
        Some(needs) => {
            text += &needed(&needs);
            let first = first(&needs);
            text += &format!(
                "\nWhat gives first: {}, at {} % of such a server. All of it is one primary's: a replica may not answer, for it does not \
                 know yet who has signed out. Beyond it, sessions are split over several databases by their id, or move to Redis.\n",
                first.what,
                grouped(100.0 * first.need / first.has),
            );
        }
        None => text += "Not measured.\n",
    }
    text += "\n### Redis Cluster\n\nPrimaries of one processor like this machine's, 8 GB of data (as much again stays free for the copy that a \
             snapshot or a new replica makes), and a network of 1 Gbit/s; each wants a replica of the same size.\n\n";
    match redis(measured) {
        Some(needs) => {
            text += &needed(&needs);
            let first = first(&needs);
            text += &format!(
                "\nWhat gives first: {}, which takes {} such primaries. A session lives under one key's slot, so each request is one primary's, and \
                 all of this divides by their number.\n",
                first.what,
                grouped((first.need / first.has).ceil()),
            );
        }
        None => text += "Not measured.\n",
    }
    text += &format!(
        "\nA session in use is also extended, by one more write, when less than a threshold of its idle time is left: by default at \
         most once in a fifth of 24 hours, {} ÷ {} s, which is {} a second.\n",
        grouped(SESSIONS),
        grouped(DAY / 5.0),
        grouped(SESSIONS / (DAY / 5.0)),
    );
    text
}

fn postgres(measured: &Measured) -> Option<Vec<Need>> {
    let mut needs = common(measured, "postgres", [16.0, 64.0, 10.0])?;
    let write = Work { table: "postgres", row: "write", keys: KEYS };
    for (what, metric) in [
        ("the log, on pages written before", "bytes logged"),
        ("the log, on pages not written since a checkpoint", "bytes logged after a checkpoint"),
    ] {
        let bytes = measured.get(write, OURS, metric)?;
        let arithmetic = format!("{} × {} B", grouped(REQUESTS * WRITES), grouped(bytes));
        needs.push(Need { what, arithmetic, need: REQUESTS * WRITES * bytes / 1e6, has: 250.0, unit: "MB/s" });
    }
    Some(needs)
}

fn redis(measured: &Measured) -> Option<Vec<Need>> {
    common(measured, "redis", [1.0, 8.0, 1.0])
}

/// Processors, memory and network, of which a server has so much.
fn common(measured: &Measured, store: &str, has: [f64; 3]) -> Option<Vec<Need>> {
    let idle = measured.get(Work { table: store, row: "idle session", keys: KEYS }, OURS, "bytes")?;
    let get = |row, metric| measured.get(Work { table: store, row, keys: KEYS }, OURS, metric);
    let bytes = |row| Some(get(row, "bytes sent")? + get(row, "bytes received")?);
    let (reads, writes) = (REQUESTS * (1.0 - WRITES), REQUESTS * WRITES);
    let (read, write) = (get("read", "us of the server")?, get("write", "us of the server")?);
    let (read_bytes, write_bytes) = (bytes("read")?, bytes("write")?);
    let sum = |read: f64, write: f64, unit: &str| {
        format!("{} × {} {unit} + {} × {} {unit}", grouped(reads), figure(read), grouped(writes), figure(write))
    };
    Some(vec![
        Need {
            what: "processors",
            arithmetic: sum(read, write, "µs"),
            need: (reads * read + writes * write) / 1e6,
            has: has[0],
            unit: "",
        },
        Need {
            what: "memory for the sessions",
            arithmetic: format!("{} × {} B", grouped(SESSIONS), grouped(idle)),
            need: SESSIONS * idle / 1e9,
            has: has[1],
            unit: "GB",
        },
        Need {
            what: "network",
            arithmetic: sum(read_bytes, write_bytes, "B") + ", 8 bits each",
            need: (reads * read_bytes + writes * write_bytes) * 8.0 / 1e9,
            has: has[2],
            unit: "Gbit/s",
        },
    ])
}

fn needed(needs: &[Need]) -> String {
    let rows = needs.iter().map(|Need { what, arithmetic, need, has, unit }| {
        let amount = |amount| format!("{} {unit}", figure(amount)).trim_end().to_owned();
        let servers = figure(need / has);
        vec![(*what).to_owned(), arithmetic.clone(), amount(*need), amount(*has), servers]
    });
    table(&["", "arithmetic", "needed", "a server has", "servers"], rows.collect())
}

fn first(needs: &[Need]) -> &Need {
    let share = |need: &&Need| need.need / need.has;
    needs.iter().max_by(|a, b| share(a).total_cmp(&share(b))).expect("there are needs")
}
