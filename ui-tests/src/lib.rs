//! What the compiler says about a wrong schema: `tests/ui.rs` compiles `fail` and `pass`.
