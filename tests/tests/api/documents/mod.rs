//! The README, the guide, and the samples of another guide work as written.

mod guide;
mod pavex_guide;
mod readme;
