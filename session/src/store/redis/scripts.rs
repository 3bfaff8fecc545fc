//! Lua scripts: each runs atomically on one node, in one round trip.

use std::sync::LazyLock;

use redis::{Arg, Cmd};

/// A script, and the hash under which the server caches it.
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

script!(ADD_INDEX_ENTRY, "scripts/add_index_entry.lua");
script!(COMMIT, "scripts/commit.lua");
script!(DELETE, "scripts/delete.lua");
script!(READ_HEAD, "scripts/read_head.lua");
script!(READ_INDEX, "scripts/read_index.lua");
script!(SET_INDEX_EXPIRES, "scripts/set_index_expires.lua");

/// A call of a script.
pub(super) struct ScriptCall {
    script: &'static Script,
    /// The call by hash. The server rejects it if it does not know the script.
    pub(super) evalsha: Cmd,
}

/// The buffer capacity for a call with few and short arguments.
const CALL_ARGS: usize = 8;
const CALL_BYTES: usize = 256;

impl Script {
    pub(super) fn call(&'static self, key: &[u8]) -> ScriptCall {
        self.call_with_capacity(key, 0)
    }

    /// Creates a call on two keys, which must be on one node.
    pub(super) fn call_on_pair(&'static self, keys: [&[u8]; 2]) -> ScriptCall {
        let mut evalsha = Cmd::with_capacity(CALL_ARGS, CALL_BYTES);
        evalsha.arg("EVALSHA").arg(&*self.hash).arg(2).arg(keys[0]).arg(keys[1]);
        ScriptCall { script: self, evalsha }
    }

    /// Creates a call with capacity for arguments of `additional_bytes`.
    pub(super) fn call_with_capacity(&'static self, key: &[u8], additional_bytes: usize) -> ScriptCall {
        let mut evalsha = Cmd::with_capacity(CALL_ARGS, CALL_BYTES + additional_bytes);
        evalsha.arg("EVALSHA").arg(&*self.hash).arg(1).arg(key);
        ScriptCall { script: self, evalsha }
    }
}

impl ScriptCall {
    /// The source of the script.
    pub(super) fn code(&self) -> &'static str {
        self.script.code
    }

    pub(super) fn arg(mut self, arg: impl AsRef<[u8]>) -> Self {
        self.evalsha.arg(arg.as_ref());
        self
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.evalsha.arg(number);
        self
    }

    /// Returns the call with the script's code. The server then caches the script.
    pub(super) fn to_eval(&self) -> Cmd {
        let mut eval = redis::cmd("EVAL");
        eval.arg(self.script.code);
        for arg in self.evalsha.args_iter().skip(2) {
            if let Arg::Simple(arg) = arg {
                eval.arg(arg);
            }
        }
        eval
    }
}
