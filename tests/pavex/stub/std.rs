//! A stub of `std` for `pavexc`: the paths that it looks up.
#![feature(no_core)]
#![no_core]
extern crate alloc;
extern crate core;
pub use alloc::{borrow, boxed, rc, string, vec};
pub use core::{cell, clone, convert, default, error, fmt, future, marker, net, num, ops, option, pin, result, time};
pub mod sync {
    pub use alloc::sync::Arc;
    pub use core::sync::atomic;
    pub mod poison {
        pub mod mutex {
            pub struct Mutex<T>(T);
        }
        pub mod rwlock {
            pub struct RwLock<T>(T);
        }
    }
    pub use self::poison::mutex::Mutex;
    pub use self::poison::rwlock::RwLock;
}
pub mod collections {
    pub mod hash {
        pub mod map {
            pub struct HashMap<K, V, S>(K, V, S);
        }
        pub mod set {
            pub struct HashSet<K, S>(K, S);
        }
    }
    pub use self::hash::map as hash_map;
    pub use self::hash::map::HashMap;
    pub use self::hash::set as hash_set;
    pub use self::hash::set::HashSet;
}
pub mod path {
    pub struct PathBuf(u8);
    pub struct Path(u8);
}
pub mod io {
    pub mod error {
        pub struct Error(u8);
    }
    pub use self::error::Error;
}
