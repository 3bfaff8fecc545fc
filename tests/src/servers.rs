//! The database servers that stores are tested against, and a part of them for each test alone.

/// Where a server is, as the environment says.
pub fn url(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run tests/run, or tests/servers COMMAND, which start the servers")
    })
}

/// A prefix for tables and keys that no other test has.
pub fn unique_prefix() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    format!("t{:016x}", u64::from_be_bytes(bytes))
}
