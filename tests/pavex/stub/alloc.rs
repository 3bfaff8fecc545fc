//! A stub of `alloc` for `pavexc`: the paths, generics, and impls of `Clone` that it looks up.
#![feature(no_core)]
#![no_core]
extern crate core;
use core::{
    clone::Clone,
    marker::{MetaSized, Sized},
    ops::Deref,
};
pub mod string {
    use core::clone::Clone;
    pub struct String(u8);
    impl Clone for String {
        fn clone(&self) -> Self {
            loop {}
        }
    }
    pub trait ToString {}
}
pub mod vec {
    use core::clone::Clone;
    pub struct Vec<T>(T);
    impl<T: Clone> Clone for Vec<T> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
}
pub mod boxed {
    use core::marker::MetaSized;
    pub struct Box<T: MetaSized>(*const T);
}
pub mod sync {
    use core::{clone::Clone, marker::MetaSized};
    pub struct Arc<T: MetaSized>(*const T);
    impl<T: MetaSized> Clone for Arc<T> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
}
pub mod rc {
    use core::{clone::Clone, marker::MetaSized};
    pub struct Rc<T: MetaSized>(*const T);
    impl<T: MetaSized> Clone for Rc<T> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
}
pub mod borrow {
    use core::{
        clone::Clone,
        marker::{MetaSized, Sized},
    };
    pub trait ToOwned: MetaSized {
        type Owned;
    }
    pub enum Cow<'a, B: MetaSized + ToOwned> {
        Borrowed(&'a B),
        Owned(B::Owned),
    }
    impl<B: MetaSized + ToOwned> Clone for Cow<'_, B> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
}
pub mod collections {
    pub mod btree {
        pub mod map {
            pub struct BTreeMap<K, V>(K, V);
        }
        pub mod set {
            pub struct BTreeSet<K>(K);
        }
    }
    pub use self::btree::map as btree_map;
}
