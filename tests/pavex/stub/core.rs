//! A stub of `core` for `pavexc`: the paths, generics, and impls of `Clone` and `Copy` that it looks up.
#![feature(no_core, lang_items, auto_traits, negative_impls, decl_macro, fundamental)]
#![no_core]
#![allow(internal_features)]
pub mod marker {
    use crate::clone::Clone;
    #[lang = "pointee_sized"]
    pub trait PointeeSized {}
    #[lang = "meta_sized"]
    pub trait MetaSized: PointeeSized {}
    #[lang = "sized"]
    pub trait Sized: MetaSized {}
    #[lang = "legacy_receiver"]
    pub trait LegacyReceiver {}
    impl<T: PointeeSized> LegacyReceiver for &T {}
    impl<T: PointeeSized> LegacyReceiver for &mut T {}
    #[lang = "copy"]
    pub trait Copy: Clone {}
    pub unsafe auto trait Send {}
    #[lang = "sync"]
    pub unsafe auto trait Sync {}
    #[lang = "unpin"]
    pub auto trait Unpin {}
    #[lang = "freeze"]
    pub unsafe auto trait Freeze {}
    #[lang = "phantom_data"]
    pub struct PhantomData<T: PointeeSized>;
}
pub mod clone {
    use crate::marker::Sized;
    #[lang = "clone"]
    pub trait Clone: Sized {
        fn clone(&self) -> Self;
    }
}
pub mod default {
    use crate::marker::Sized;
    pub trait Default: Sized {
        fn default() -> Self;
    }
}
pub mod ops {
    #[lang = "drop"]
    pub trait Drop {
        fn drop(&mut self);
    }
    #[lang = "deref"]
    pub trait Deref {
        #[lang = "deref_target"]
        type Target: crate::marker::MetaSized;
        fn deref(&self) -> &Self::Target;
    }
}
pub mod convert {
    use crate::marker::Sized;
    pub trait From<T>: Sized {
        fn from(value: T) -> Self;
    }
    pub trait Into<T>: Sized {
        fn into(self) -> T;
    }
    pub enum Infallible {}
}
pub mod option {
    use crate::{clone::Clone, marker::Copy};
    pub enum Option<T> {
        None,
        Some(T),
    }
    impl<T: Clone> Clone for Option<T> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
    impl<T: Copy> Copy for Option<T> {}
}
pub mod result {
    use crate::{clone::Clone, marker::Copy};
    pub enum Result<T, E> {
        Ok(T),
        Err(E),
    }
    impl<T: Clone, E: Clone> Clone for Result<T, E> {
        fn clone(&self) -> Self {
            loop {}
        }
    }
    impl<T: Copy, E: Copy> Copy for Result<T, E> {}
}
pub mod pin {
    pub struct Pin<P>(pub P);
}
pub mod cell {
    pub struct RefCell<T>(pub T);
    pub struct Cell<T>(pub T);
    pub struct OnceCell<T>(pub T);
}
pub mod time {
    use crate::{clone::Clone, marker::Copy};
    pub struct Duration;
    impl Clone for Duration {
        fn clone(&self) -> Self {
            loop {}
        }
    }
    impl Copy for Duration {}
}
pub mod net {
    pub mod ip_addr {
        pub struct IpAddr(u8);
        pub struct Ipv4Addr(u8);
        pub struct Ipv6Addr(u8);
    }
    pub mod socket_addr {
        pub struct SocketAddr(u8);
    }
    pub use self::ip_addr::{IpAddr, Ipv4Addr, Ipv6Addr};
    pub use self::socket_addr::SocketAddr;
}
pub mod future {
    pub mod future {
        pub trait Future {
            type Output;
        }
    }
    pub mod into_future {
        pub trait IntoFuture {
            type Output;
        }
    }
    pub use self::future::Future;
    pub use self::into_future::IntoFuture;
}
pub mod error {
    pub trait Error {}
}
pub mod fmt {
    pub trait Debug {}
    pub trait Display {}
    pub struct Formatter<'a>(&'a u8);
    pub struct Error;
}
pub mod num {
    pub mod nonzero {
        pub struct NonZero<T>(pub T);
    }
    pub use self::nonzero::NonZero;
}
pub mod sync {
    pub mod atomic {
        pub struct AtomicBool(bool);
        pub struct AtomicUsize(usize);
    }
}
