//! The flags of the command line.

use std::ffi::OsString;

use crate::storage::Storage;

pub const HELP: &str = "\
A small shop on typed sessions.

Usage: cargo run --example shop -- [--addr HOST:PORT] [--store sqlite:PATH|memory:]

  --addr   where to listen; port 0 picks a free one    (default: 127.0.0.1:3000)
  --store  where to keep the sessions                  (default: sqlite:shop.db)
  --help   say this

SHOP_SECRET_KEY may hold the key that seals the cookies, as base64 or hexadecimal digits.
Otherwise it is kept beside the database, as shop.key beside shop.db.";

pub struct Flags {
    pub addr: String,
    pub store: Storage,
}

impl Flags {
    /// `None` is a call for help.
    pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut flags = Self { addr: "127.0.0.1:3000".into(), store: Storage::Sqlite("shop.db".into()) };
        let mut args = args.map(|arg| arg.into_string().map_err(|arg| format!("{} is not Unicode", arg.display())));
        while let Some(arg) = args.next().transpose()? {
            let (flag, value) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (&*arg, None),
            };
            let mut value = || match value.clone() {
                Some(value) => Ok(value),
                None => args.next().transpose()?.ok_or_else(|| format!("{flag} needs a value (--help says which)")),
            };
            match flag {
                "--addr" => flags.addr = value()?,
                "--store" => flags.store = value()?.parse()?,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown flag {flag} (--help lists the flags)")),
            }
        }
        Ok(Some(flags))
    }
}
