//! The servers that many sessions need, calculated from the results.

use crate::markdown::{figure, grouped, table};
use crate::results::{DEFAULT_KEYS, OURS, Results, Work};

const SESSIONS: f64 = 1e7;
const REQUESTS_PER_SECOND: f64 = 1e5;
/// The share of requests that write one key. The others read one key.
const WRITE_SHARE: f64 = 0.1;
const DAY_SECONDS: f64 = 24.0 * 3600.0;

/// The demand for a resource, and the supply of one server.
struct Resource {
    name: &'static str,
    calculation: String,
    demand: f64,
    supply: f64,
    unit: &'static str,
}

pub fn section(results: &Results) -> String {
    let mut text = format!(
        "Example: {} live sessions of {DEFAULT_KEYS} keys and {} requests per second that use their session. {} of these \
         requests write one key, the others read one key. The server sizes are assumptions.\n",
        grouped(SESSIONS),
        grouped(REQUESTS_PER_SECOND),
        grouped(REQUESTS_PER_SECOND * WRITE_SHARE),
    );
    text += "\n### PostgreSQL\n\nOne primary with 16 CPUs like this machine's, 64 GB of cache, a disk that writes 250 MB of log per \
             second, and a network of 10 Gbit/s.\n\n";
    match postgres(results) {
        Some(resources) => {
            text += &demand_table(&resources);
            let scarcest = scarcest(&resources);
            text += &format!(
                "\nScarcest resource: {}, {} % of one server. The primary must serve all requests, since a replica could \
                 return a session that was deleted. For more load, shard the sessions by id, or use Redis.\n",
                scarcest.name,
                grouped(100.0 * scarcest.demand / scarcest.supply),
            );
        }
        None => text += "Not measured.\n",
    }
    text += "\n### Redis Cluster\n\nPrimaries with one CPU like this machine's, 8 GB of data, and a network of 1 Gbit/s. A snapshot or \
             a new replica needs the same amount of memory again. Each primary needs a replica of its size.\n\n";
    match redis(results) {
        Some(resources) => {
            text += &demand_table(&resources);
            let scarcest = scarcest(&resources);
            text += &format!(
                "\nScarcest resource: {}, which needs {} primaries. A session is stored in one slot, so the load is divided by \
                 the number of primaries.\n",
                scarcest.name,
                grouped((scarcest.demand / scarcest.supply).ceil()),
            );
        }
        None => text += "Not measured.\n",
    }
    text += &format!(
        "\nRenewal adds a write when little of the idle time is left. By default a session is renewed at most once in a fifth of \
         24 hours: {} ÷ {} s = {} writes per second.\n",
        grouped(SESSIONS),
        grouped(DAY_SECONDS / 5.0),
        grouped(SESSIONS / (DAY_SECONDS / 5.0)),
    );
    text
}

fn postgres(results: &Results) -> Option<Vec<Resource>> {
    let mut resources = common_resources(results, "postgres", [16.0, 64.0, 10.0])?;
    let write = Work { table: "postgres", row: "write", keys: DEFAULT_KEYS };
    let writes = REQUESTS_PER_SECOND * WRITE_SHARE;
    for (name, metric) in [
        ("log, later writes to a page", "wal bytes"),
        ("log, first writes after a checkpoint", "wal bytes after checkpoint"),
    ] {
        let bytes = results.get(write, OURS, metric)?;
        let calculation = format!("{} × {} B", grouped(writes), grouped(bytes));
        resources.push(Resource { name, calculation, demand: writes * bytes / 1e6, supply: 250.0, unit: "MB/s" });
    }
    Some(resources)
}

fn redis(results: &Results) -> Option<Vec<Resource>> {
    common_resources(results, "redis", [1.0, 8.0, 1.0])
}

/// Returns CPU, memory and network. `supply` is in CPUs, GB and Gbit/s.
fn common_resources(results: &Results, store: &str, supply: [f64; 3]) -> Option<Vec<Resource>> {
    let idle = results.get(Work { table: store, row: "idle session", keys: DEFAULT_KEYS }, OURS, "bytes")?;
    let get = |row, metric| results.get(Work { table: store, row, keys: DEFAULT_KEYS }, OURS, metric);
    let bytes = |row| Some(get(row, "bytes sent")? + get(row, "bytes received")?);
    let (reads, writes) = (REQUESTS_PER_SECOND * (1.0 - WRITE_SHARE), REQUESTS_PER_SECOND * WRITE_SHARE);
    let (read_us, write_us) = (get("read", "server us")?, get("write", "server us")?);
    let (read_bytes, write_bytes) = (bytes("read")?, bytes("write")?);
    let sum = |read: f64, write: f64, unit: &str| {
        format!("{} × {} {unit} + {} × {} {unit}", grouped(reads), figure(read), grouped(writes), figure(write))
    };
    Some(vec![
        Resource {
            name: "CPU",
            calculation: sum(read_us, write_us, "µs"),
            demand: (reads * read_us + writes * write_us) / 1e6,
            supply: supply[0],
            unit: "",
        },
        Resource {
            name: "memory",
            calculation: format!("{} × {} B", grouped(SESSIONS), grouped(idle)),
            demand: SESSIONS * idle / 1e9,
            supply: supply[1],
            unit: "GB",
        },
        Resource {
            name: "network",
            calculation: sum(read_bytes, write_bytes, "B") + ", 8 bits each",
            demand: (reads * read_bytes + writes * write_bytes) * 8.0 / 1e9,
            supply: supply[2],
            unit: "Gbit/s",
        },
    ])
}

fn demand_table(resources: &[Resource]) -> String {
    let rows = resources.iter().map(|Resource { name, calculation, demand, supply, unit }| {
        let amount = |amount| format!("{} {unit}", figure(amount)).trim_end().to_owned();
        let servers = figure(demand / supply);
        vec![(*name).to_owned(), calculation.clone(), amount(*demand), amount(*supply), servers]
    });
    table(&["", "calculation", "demand", "per server", "servers"], rows.collect())
}

fn scarcest(resources: &[Resource]) -> &Resource {
    let share = |resource: &&Resource| resource.demand / resource.supply;
    resources.iter().max_by(|a, b| share(a).total_cmp(&share(b))).expect("at least one resource")
}
