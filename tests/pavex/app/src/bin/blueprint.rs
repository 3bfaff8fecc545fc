//! Writes a blueprint to a file, for `pavexc generate --blueprint`.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, path] = &arguments[..] else { anyhow::bail!("usage: blueprint SDK PATH") };
    let blueprint = match &**name {
        "server_sdk" => app::blueprint(),
        "cases_sdk" => app::cases_blueprint(),
        "uncommitted_sdk" => app::uncommitted_blueprint(),
        _ => anyhow::bail!("the SDK must be `server_sdk`, `cases_sdk` or `uncommitted_sdk`"),
    };
    blueprint.persist(Path::new(path))
}
