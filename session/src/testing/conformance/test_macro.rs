//! The macro `conformance!`, which generates the tests of one store.

/// Generates the tests of one store.
#[doc(hidden)]
#[macro_export]
macro_rules! __claim_tests {
    ($($file:ident [$($claim:ident,)*])*) => {$($(
        #[test]
        fn $claim() {
            $crate::store::conformance::run_or_panic(stringify!($claim), fixture());
        }
    )*)*};
}

/// Generates the tests of a store: `conformance!(NAME, FIXTURE)` is a module NAME with one `#[test]` for each of
/// [`CLAIMS`](crate::store::conformance::CLAIMS).
///
/// FIXTURE is an expression that returns a future of a [`Fixture`](crate::store::conformance::Fixture), for example an
/// `async` block. It is evaluated once for each claim. It can use the items of the module that calls the macro.
///
/// ```
/// use session::store::MemoryStore;
/// use session::store::conformance::{Fixture, conformance};
///
/// conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! conformance {
    ($name:ident, $fixture:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn fixture() -> impl ::core::future::Future<Output = $crate::store::conformance::Fixture> {
                $fixture
            }

            $crate::__each_claim! { [$crate::__claim_tests] }
        }
    };
}
