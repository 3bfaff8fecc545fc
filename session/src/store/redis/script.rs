//! The scripts: each is one operation on one key, atomic and in one round trip.

use std::sync::LazyLock;

use redis::Cmd;

use super::super::{Commit, Proof, StoreError, Timestamp};
use super::entries::Entries;
use super::layout::{self, GRACE, Group, millis};

/// A script and its hash, by which the server knows it.
pub(super) struct Script {
    code: &'static str,
    hash: LazyLock<String>,
}

macro_rules! script {
    ($name:ident, $file:literal) => {
        pub(super) static $name: Script = Script {
            code: include_str!($file),
            hash: LazyLock::new(|| redis::Script::new(include_str!($file)).get_hash().to_owned()),
        };
    };
}

script!(CREATE, "scripts/create.lua");
script!(COMMIT, "scripts/commit.lua");
script!(DELETE, "scripts/delete.lua");
script!(INDEX_ADD, "scripts/index_add.lua");
script!(INDEX_READ, "scripts/index_read.lua");
script!(KEPT, "scripts/kept.lua");

/// A call of a script on one key.
pub(super) struct Call {
    script: &'static Script,
    args: Vec<Vec<u8>>,
}

impl Script {
    pub(super) fn on(&'static self, key: &str) -> Call {
        Call { script: self, args: vec![key.as_bytes().to_vec()] }
    }
}

impl Call {
    pub(super) fn arg(mut self, arg: impl Into<Vec<u8>>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(super) fn number(self, number: impl ToString + Copy) -> Self {
        self.arg(number.to_string())
    }

    fn time(self, time: Timestamp) -> Self {
        self.number(time.as_millis())
    }

    fn flag(self, flag: bool) -> Self {
        self.arg(if flag { "1" } else { "0" })
    }

    /// The call by the script's hash, short; fails on a server that has not seen the script.
    pub(super) fn short(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// The call with the whole script, which the server then keeps.
    pub(super) fn whole(&self) -> Cmd {
        self.command("EVAL", self.script.code)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(1);
        for arg in &self.args {
            command.arg(arg.as_slice());
        }
        command
    }

    fn group(mut self, field: &str, keys: &[&str], packed: Vec<u8>) -> Self {
        self = self.arg(field).number(keys.len());
        for key in keys {
            self = self.arg(*key);
        }
        self.arg(packed)
    }
}

/// The call that carries out a commit, whose new index entries are `entries` and are kept `until`.
pub(super) fn commit(
    key: &str,
    commit: &Commit,
    entries: &Entries<'_>,
    until: Option<Timestamp>,
) -> Result<Call, StoreError> {
    let text = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut call = COMMIT
        .on(key)
        .time(commit.now)
        .arg(commit.token.map(|token| token.as_bytes().to_vec()).unwrap_or_default())
        .arg(text(commit.revision))
        .arg(text(commit.extend_below.map(u64::from)))
        .flag(commit.changes_something())
        .flag(commit.label.is_some())
        .arg(commit.label.as_deref().unwrap_or_default());
    call = match commit.rotation {
        Some(rotation) => call
            .arg(rotation.token.as_bytes().as_slice())
            .number(millis(rotation.limits.idle))
            .time(rotation.limits.end),
        None => call.arg("").arg("").arg(""),
    };
    call = call
        .flag(commit.changes.is_cleared())
        .arg(until.map(|until| until.as_millis().to_string()).unwrap_or_default())
        .number(millis(GRACE));
    for (bucket, Group { keys, packed }) in layout::groups(&commit.changes)? {
        call = call.group(&bucket.to_string(), &keys, packed);
    }
    if !commit.index.is_empty() {
        let keys: Vec<&str> = commit.index.iter().map(|change| &*change.key).collect();
        call = call.group("index", &keys, entries.packed()?);
    }
    Ok(call)
}

/// The call that ends a session.
pub(super) fn delete(key: &str, proof: Proof, now: Timestamp) -> Call {
    let call = DELETE.on(key).time(now);
    match proof {
        Proof::Token(token) => call.arg("token").arg(token.as_bytes().as_slice()),
        Proof::Entry(hash) => call.arg("entry").arg(hash.as_bytes().as_slice()),
        Proof::None => call.arg("none").arg(""),
    }
}

/// The call that drops a session that has expired.
pub(super) fn drop_expired(key: &str, now: Timestamp) -> Call {
    DELETE.on(key).time(now).arg("expired").arg("")
}
