//! The lines of the README that say what was measured.

use anyhow::{Context, Result};

use crate::measured::{LATENCY, Measured, OURS, Work};
use crate::text::figure;

const BEGIN: &str = "<!-- measured -->\n";
const END: &str = "<!-- end of what was measured -->\n";

pub fn with_results(readme: &str, measured: &Measured) -> Result<String> {
    let (before, rest) = readme.split_once(BEGIN).context("where the README's figures begin")?;
    let (_, after) = rest.split_once(END).context("where the README's figures end")?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", lines(measured)))
}

fn lines(measured: &Measured) -> String {
    let ns = |row, keys| measured.get(Work { table: "memory", row, keys }, OURS, "ns").unwrap_or(f64::NAN);
    let redis = |keys| {
        let work = Work { table: "redis", row: "write", keys };
        let rival = measured.best(work, LATENCY, |library| library != "axum_session").unwrap_or(("none", f64::NAN));
        (measured.get(work, OURS, LATENCY).unwrap_or(f64::NAN), rival)
    };
    let ((small, _), (large, (rival, best))) = (redis(1), redis(1000));
    format!(
        "- A session that a request does not use costs {} × the router alone.\n\
         - Reading one key on the memory store costs {} µs of a session of one key, and {} µs of a session of a thousand.\n\
         - Writing one key on Redis costs {} µs of a session of one key, and {} µs of a thousand; of the others that keep no \
         copy in the process, the fastest with a thousand is {rival}, {} µs.\n",
        figure(ns("unused", 10) / ns("bare", 10)),
        figure(ns("read", 1) / 1000.0),
        figure(ns("read", 1000) / 1000.0),
        figure(small),
        figure(large),
        figure(best),
    )
}
