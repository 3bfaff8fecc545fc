//! The flags of the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::key::Key;
use crate::storage::Storage;

pub const HELP: &str = "\
A small shop on typed sessions.

Usage: cargo run --example shop -- [--addr HOST:PORT] [--store STORE] [--key FILE]

  --addr   where to listen; port 0 picks a free one    (default: 127.0.0.1:3000)
  --store  where to keep the sessions                  (default: sqlite:shop.db)
  --key    the file of the key that seals the cookies; it is made if it is missing
  --help   say this

A store is one of these:

  sqlite:PATH                               a file on this machine
  postgres://USER:PASSWORD@HOST/DATABASE    PostgreSQL
  mysql://USER:PASSWORD@HOST/DATABASE       MariaDB or MySQL
  redis://HOST                              Redis, or a node of a Redis Cluster
  memory:                                   nothing outlives the shop

SHOP_SECRET_KEY may hold the key instead of a file, as base64 or hexadecimal digits.
Without either, it is kept beside the SQLite file, as shop.key beside shop.db.
Shops that share a server share a key: there, one of the two must be given.";

pub struct Flags {
    pub addr: String,
    pub store: Storage,
    pub key: Key,
}

impl Flags {
    /// `None` is a call for help.
    pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let (mut addr, mut store, mut key) = ("127.0.0.1:3000".to_owned(), Storage::Sqlite("shop.db".into()), None);
        let mut args = args.map(|arg| arg.into_string().map_err(|_| "an argument is not Unicode".to_owned()));
        while let Some(arg) = args.next().transpose()? {
            let (flag, value) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (&*arg, None),
            };
            let mut value = || match value.clone().map_or_else(|| args.next().transpose(), |value| Ok(Some(value)))? {
                Some(value) if !value.is_empty() => Ok(value),
                _ => Err(format!("{flag} needs a value (--help says which)")),
            };
            match flag {
                "--addr" => addr = value()?,
                "--store" => store = value()?.parse()?,
                "--key" => key = Some(PathBuf::from(value()?)),
                "--help" | "-h" => return Ok(None),
                // It may be a store, and hold a password.
                _ if !flag.starts_with('-') => {
                    return Err("every value stands behind its flag (--help lists the flags)".into());
                }
                _ => return Err(format!("unknown flag {flag} (--help lists the flags)")),
            }
        }
        let key = Key::choose(key, &store)?;
        Ok(Some(Self { addr, store, key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Flags>, String> {
        Flags::parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn flags_take_their_values_after_a_space_or_an_equals_sign() {
        for line in ["--addr [::1]:0 --key a.key --store memory:", "--addr=[::1]:0 --key=a.key --store=memory:"] {
            let flags = parse(line).unwrap_or_else(|message| panic!("{message}")).expect("it is no call for help");
            assert_eq!(flags.addr, "[::1]:0");
            assert!(matches!(flags.store, Storage::Memory));
            assert!(matches!(flags.key, Key::File(path) if path == *"a.key"));
        }
    }

    #[test]
    fn a_wrong_line_is_told_in_one_line_and_never_repeats_a_password() {
        for line in
            ["--store", "--store=", "--key= --addr=[::1]:0", "--stor=redis://:secret@host", "redis://:secret@host"]
        {
            let message = parse(line).err().unwrap_or_else(|| panic!("{line} is taken"));
            assert!(message.contains("--help") && !message.contains('\n'), "{line}: {message}");
            assert!(!message.contains("secret"), "{line}: {message}");
        }
    }

    #[test]
    fn a_call_for_help_is_answered_whatever_else_is_asked() {
        assert!(matches!(parse("--store redis://host --help"), Ok(None)));
    }
}
