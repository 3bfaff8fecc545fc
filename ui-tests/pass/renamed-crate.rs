#![deny(warnings)]

extern crate session as other;

mod session {}

mod reexport {
    pub(crate) use ::other as sessions;
}

mod shop {
    #[derive(::other::SessionSchema)]
    #[session(crate = "other")]
    pub(crate) struct ByName {
        pub(crate) visits: u64,
    }

    #[derive(::other::SessionSchema)]
    #[session(crate = "crate::reexport::sessions")]
    pub(crate) struct ByPath {
        pub(crate) visits: u64,
        #[session(nested)]
        pub(crate) by_name: Nested,
    }

    #[derive(::other::SessionSchema)]
    #[session(crate = "other", prefix = "nested.")]
    pub(crate) struct Nested {
        pub(crate) visits: u64,
    }
}

fn main() {
    assert_eq!(&*shop::ByName::VISITS, "visits");
    assert_eq!(&*shop::ByPath::VISITS, "visits");
    assert_eq!(&*shop::Nested::VISITS, "nested.visits");
}
