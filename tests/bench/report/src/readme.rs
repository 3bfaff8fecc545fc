//! The figures in the README.

use anyhow::{Context, Result};

use crate::markdown::figure;
use crate::results::{DEFAULT_KEYS, LATENCY, OURS, Results, Work, queries_store};

const BEGIN: &str = "<!-- measured -->\n";
const END: &str = "<!-- end measured -->\n";

/// Replaces the lines between the two markers.
pub fn replace_figures(readme: &str, results: &Results) -> Result<String> {
    let missing = || format!("README.md has no lines `{}` and `{}`", BEGIN.trim(), END.trim());
    let (before, rest) = readme.split_once(BEGIN).with_context(missing)?;
    let (_, after) = rest.split_once(END).with_context(missing)?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", figures(results)))
}

fn figures(results: &Results) -> String {
    let ns = |row, keys| results.get(Work { table: "memory", row, keys }, OURS, "ns").unwrap_or(f64::NAN);
    let redis = |keys| Work { table: "redis", row: "write", keys };
    let redis_us = |keys| results.get(redis(keys), OURS, LATENCY).unwrap_or(f64::NAN);
    let has_no_cache = |library: &str| queries_store(library, Work { row: "read", ..redis(1000) });
    let (rival, rival_us) = results.best_rival(redis(1000), LATENCY, has_no_cache).unwrap_or(("none", f64::NAN));
    format!(
        "- Unused session: {} × the time of the router alone.\n\
         - Memory store, reading one key: {} µs in a session of one key, {} µs in a session of 1,000 keys.\n\
         - Redis, writing one key: {} µs in a session of one key, {} µs in a session of 1,000 keys. The fastest rival \
         without a local cache ({rival}) takes {} µs with 1,000 keys.\n",
        figure(ns("unused", DEFAULT_KEYS) / ns("bare", DEFAULT_KEYS)),
        figure(ns("read", 1) / 1000.0),
        figure(ns("read", 1000) / 1000.0),
        figure(redis_us(1)),
        figure(redis_us(1000)),
        figure(rival_us),
    )
}
