//! The types that cannot be indexed: floats and collections.
//!
//! Neither a bound nor the text of a type can exclude them: there is no negative bound, and a type may have an alias. The
//! derive calls [`assert_indexable`] with [`IndexProbe::REFUSAL`] instead. For a type with [`NotIndexable`], that is the
//! constant of the probe. For all other types, it is the one of the trait [`AnyIndexType`].

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

const FLOAT: &str = "`index` on a float: equal numbers can have different texts, such as `0.0` and `-0.0`, and the index \
    compares texts; index an integer or a text";
const COLLECTION: &str = "`index` on a list, a map, a set or a tuple: the index finds sessions by the whole value, and not by \
    one element; index a field with one value, or give the whole a type of its own if it is one value, such as a binary id";

/// A type whose values cannot be indexed.
pub trait NotIndexable {
    /// The compile error.
    const REFUSAL: &'static str;
}

macro_rules! not_indexable {
    ($reason:ident: $([$($generics:tt)*] $ty:ty),* $(,)?) => {$(
        impl<$($generics)*> NotIndexable for $ty {
            const REFUSAL: &'static str = $reason;
        }
    )*};
}

not_indexable!(FLOAT: [] f32, [] f64);
not_indexable!(
    COLLECTION: [T] Vec<T>, [T, const N: usize] [T; N], [T] [T], [T] VecDeque<T>, [T] LinkedList<T>, [T] BinaryHeap<T>,
    [T] BTreeSet<T>, [T, S] HashSet<T, S>, [K, V] BTreeMap<K, V>, [K, V, S] HashMap<K, V, S>, [A] (A,), [A, B] (A, B),
    [A, B, C] (A, B, C), [A, B, C, D] (A, B, C, D), [A, B, C, D, E] (A, B, C, D, E),
    [A, B, C, D, E, F] (A, B, C, D, E, F),
);

macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: NotIndexable + ?Sized> NotIndexable for $pointer<T> {
            const REFUSAL: &'static str = T::REFUSAL;
        }
    )*};
}

pointers!(Box, Rc, Arc);

/// Finds at compile time if a type can be indexed.
pub struct IndexProbe<T>(PhantomData<T>);

impl<T: NotIndexable> IndexProbe<T> {
    /// The compile error of a type that cannot be indexed.
    pub const REFUSAL: Option<&'static str> = Some(T::REFUSAL);
}

/// The constant that applies if the one of [`IndexProbe`] does not.
pub trait AnyIndexType {
    /// No compile error.
    const REFUSAL: Option<&'static str> = None;
}

impl<T> AnyIndexType for IndexProbe<T> {}

/// Fails to compile if there is a refusal.
///
/// # Panics
///
/// If there is a refusal. It is called only at compile time.
#[track_caller]
pub const fn assert_indexable(refusal: Option<&str>) {
    if let Some(refusal) = refusal {
        panic!("{}", refusal)
    }
}
