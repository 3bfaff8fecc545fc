//! The scripts: each is one operation on one key, atomic and in one round trip.

use std::sync::LazyLock;

use redis::{Arg, Cmd};

use super::super::value_log;
use super::super::{Commit, DeleteCondition, StoreError, Timestamp, TokenHash};
use super::index::Entries;
use super::layout::{label, millis};

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

script!(COMMIT, "scripts/commit.lua");
script!(DELETE, "scripts/delete.lua");
script!(FRONT, "scripts/front.lua");
script!(INDEX_ADD, "scripts/index_add.lua");
script!(INDEX_READ, "scripts/index_read.lua");
script!(KEPT, "scripts/kept.lua");

/// A call of a script on one key.
pub(super) struct Call {
    script: &'static Script,
    /// The call by the script's hash, short; fails on a server that has not seen the script.
    pub(super) short: Cmd,
}

/// How much room a call of a few arguments takes, beside what it sends.
const ARGS: usize = 8;
const SHORT: usize = 256;

impl Script {
    pub(super) fn on(&'static self, key: &[u8]) -> Call {
        self.with_room(key, 0)
    }

    fn with_room(&'static self, key: &[u8], len: usize) -> Call {
        let mut short = Cmd::with_capacity(ARGS, SHORT + len);
        short.arg("EVALSHA").arg(&*self.hash).arg(1).arg(key);
        Call { script: self, short }
    }
}

impl Call {
    pub(super) fn arg(mut self, arg: impl AsRef<[u8]>) -> Self {
        self.short.arg(arg.as_ref());
        self
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.short.arg(number);
        self
    }

    /// The call with the whole script, which the server then keeps.
    pub(super) fn whole(&self) -> Cmd {
        let mut whole = redis::cmd("EVAL");
        whole.arg(self.script.code);
        for arg in self.short.args_iter().skip(2) {
            if let Arg::Simple(arg) = arg {
                whole.arg(arg);
            }
        }
        whole
    }
}

/// The call that carries out a commit, whose new index entries are `entries` and are kept `until`.
pub(super) fn commit(
    key: &[u8],
    commit: &Commit,
    entries: &Entries<'_>,
    until: Option<Timestamp>,
) -> Result<Call, StoreError> {
    let changes = value_log::encode_changes(&commit.changes);
    let mut call = COMMIT.with_room(key, changes.len()).arg(numbers(commit)).arg(changes);
    if commit.rotation.is_none() && commit.label.is_none() && commit.index.is_empty() {
        return Ok(call);
    }
    call = call.arg(rotation(commit));
    if commit.label.is_none() && commit.index.is_empty() {
        return Ok(call);
    }
    let until = until.map(time);
    call = call
        .arg(label(commit.label.as_deref()))
        .arg(until.as_ref().map_or(&[][..], |until| until))
        .arg(entries.packed()?);
    Ok(commit.index.iter().fold(call, |call, change| call.arg(&*change.key)))
}

/// The numbers and the flags of a commit, the token that it shows, and the revision that it expects, if it does.
fn numbers(commit: &Commit) -> Vec<u8> {
    let flags =
        [commit.token.is_some(), commit.renew_below.is_some(), commit.is_mutation(), commit.changes.is_cleared()];
    let mut numbers = Vec::with_capacity(54);
    numbers.extend(time(commit.now));
    numbers.extend(commit.renew_below.unwrap_or_default().to_le_bytes());
    numbers.extend(flags.map(u8::from));
    numbers.extend(commit.token.as_ref().map_or(&[0; 32], TokenHash::as_bytes));
    numbers.extend(commit.revision.iter().flat_map(|revision| revision.to_le_bytes()));
    numbers
}

/// The new token and the limits that come with it, as the head has them.
fn rotation(commit: &Commit) -> Vec<u8> {
    let Some(rotation) = &commit.rotation else { return Vec::new() };
    let idle = millis(rotation.limits.idle).to_le_bytes();
    [&rotation.token.as_bytes()[..], &idle, &time(rotation.limits.absolute_end)].concat()
}

/// A time as the head has it.
pub(super) fn time(time: Timestamp) -> [u8; 8] {
    time.as_millis().to_le_bytes()
}

/// The call that ends a session.
pub(super) fn delete(key: &[u8], proof: DeleteCondition, now: Timestamp) -> Call {
    let call = DELETE.on(key).arg(time(now));
    match proof {
        DeleteCondition::Token(token) => call.arg("token").arg(token.as_bytes()),
        DeleteCondition::IndexEntry(hash) => call.arg("entry").arg(hash.as_bytes()),
        DeleteCondition::None => call.arg("none").arg(""),
    }
}

/// The call that drops a session that has expired.
pub(super) fn drop_expired(key: &[u8], now: Timestamp) -> Call {
    DELETE.on(key).arg(time(now)).arg("expired").arg("")
}
