//! Traits of snapshots: `Debug` for all, and those of `snapshot(...)`. Without it, fields need no traits except serde's.
#![deny(warnings)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use session::{PartialSnapshot, SessionSchema, Snapshot};

#[derive(Serialize, Deserialize)]
pub struct Opaque(u64);

#[derive(SessionSchema)]
pub struct Visitor {
    pub value: Opaque,
    #[session(default = Opaque(3))]
    pub with_default: Opaque,
    #[session(client)]
    pub in_client: Opaque,
    #[session(sealed)]
    pub sealed: Opaque,
    #[session(keyed)]
    pub keyed: BTreeMap<u32, Opaque>,
    #[session(nested)]
    pub nested: Nested,
    #[session(group)]
    pub group: Group,
}

#[derive(SessionSchema)]
#[session(prefix = "nested.")]
pub struct Nested {
    pub value: Opaque,
}

#[derive(SessionSchema)]
#[session(group, prefix = "group.")]
pub struct Group {
    pub value: Opaque,
}

#[derive(SessionSchema)]
#[session(snapshot(Clone, PartialEq, Eq, ::core::hash::Hash))]
pub struct Account {
    pub user_id: u64,
    #[deprecated]
    pub name: String,
    #[session(keyed)]
    pub pages: BTreeMap<u32, String>,
    #[session(nested)]
    pub address: Address,
}

#[derive(SessionSchema)]
#[session(prefix = "address.", snapshot(Clone, PartialEq, Eq, Hash))]
pub struct Address {
    city: String,
}

fn is_debug<T: Debug>() {}

fn has_traits<T: Debug + Serialize + Clone + Eq + std::hash::Hash>() {}

fn main() {
    is_debug::<Snapshot<Visitor>>();
    is_debug::<PartialSnapshot<Visitor>>();
    is_debug::<Snapshot<Group>>();
    has_traits::<Snapshot<Account>>();
}
