//! The list of all claims: the table that runs them and the tests of [`conformance!`](crate::conformance) are made of it.

/// Invokes a macro with every claim, by the file that it is in.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_claim {
    ([$($then:tt)*] $($given:tt)*) => {
        $($then)*! {
            $($given)*
            create [
                an_absent_record_loads_as_none,
                a_created_record_loads_equal_in_every_field,
                an_empty_record_is_a_record,
                creating_on_a_live_id_changes_nothing,
                creating_on_an_expired_id_says_false_too,
                records_do_not_mix,
            ]
        }
    };
}

/// Makes the tests of one store.
#[doc(hidden)]
#[macro_export]
macro_rules! __claim_tests {
    ($($file:ident [$($claim:ident,)*])*) => {$($(
        #[test]
        fn $claim() {
            $crate::testing::prove(stringify!($claim), fixture());
        }
    )*)*};
}

/// Tests of a store, one for each of [`CLAIMS`](crate::testing::CLAIMS): `conformance!(NAME, FIXTURE)` is a module of
/// this name with plain `#[test]` functions.
///
/// FIXTURE is an expression that gives a future of a [`Fixture`](crate::testing::Fixture), such as an `async` block. It
/// is evaluated anew for each claim, and sees what is in scope around the macro.
///
/// ```
/// use session::store::MemoryStore;
/// use session::testing::{Fixture, conformance};
///
/// conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });
/// ```
#[macro_export]
macro_rules! conformance {
    ($name:ident, $fixture:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn fixture() -> impl ::core::future::Future<Output = $crate::testing::Fixture> {
                $fixture
            }

            $crate::__each_claim! { [$crate::__claim_tests] }
        }
    };
}
