//! Compile errors of invalid schemas: `tests/ui.rs` compiles the files of `fail` and `pass`.
