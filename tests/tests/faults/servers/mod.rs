//! Real servers that stop, die, hang or refuse, each one a test's own, and what applications on them make of it.

mod disconnects;
mod large_commits;
mod outages;
mod refusals;
