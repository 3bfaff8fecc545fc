//! The lifetime of sessions, and clocks that differ or are set.

mod clock_skew;
mod lifetime;
