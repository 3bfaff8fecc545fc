//! Tests that run random scripts of requests on every store, and compare each step with a model.
//!
//! The model (`state.rs`, `request.rs`, `operations.rs`, `client_state.rs`) is written from the contract and uses no code of the library.
//! A script is a list of steps: concurrent requests of two browsers and a job, whose store operations may fail, lose
//! their reply, or be cancelled. After each step, the model predicts the result, the store operations, the cookies and
//! every record.
//!
//! `SESSION_MODEL_CASES` is the number of scripts on the memory store (the other stores run a twentieth of them), and
//! `SESSION_MODEL_SEED` is the first seed. A failure prints its seed and the smallest failing script.

#![expect(
    clippy::needless_pass_by_value,
    clippy::option_option,
    clippy::same_functions_in_if_condition,
    clippy::struct_excessive_bools,
    clippy::unnecessary_wraps,
    reason = "the arms of the model correspond to rows of the tables, and its steps have one signature"
)]

mod cancelled;
mod client_state;
mod driver;
mod expected;
mod operations;
mod request;
mod script;
mod state;

use std::sync::Arc;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use session::store::{MemoryStore, SessionStore};
use session_tests::{Kind, on_every_store};

use self::driver::Run;
use self::script::Script;

/// A number from the environment.
fn env_number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

async fn check(kind: Kind, store: Arc<dyn SessionStore>, script: &Script) -> Result<(), String> {
    let mut run = Run::new(store, kind);
    let result = run.script(script).await;
    run.clean_up().await;
    result
}

/// A new memory store for each script. On another store, the scripts have separate sessions in one store.
fn store_for(kind: Kind, store: &Arc<dyn SessionStore>) -> Arc<dyn SessionStore> {
    if kind == Kind::Memory { Arc::new(MemoryStore::new()) } else { Arc::clone(store) }
}

/// Shrinks a failing script in bounded time.
async fn smallest(
    kind: Kind,
    store: &Arc<dyn SessionStore>,
    mut tree: impl ValueTree<Value = Script>,
    mut failure: String,
) -> (Script, String) {
    let mut script = tree.current();
    let mut smaller = tree.simplify();
    for _ in 0..5000 {
        if !smaller {
            break;
        }
        match check(kind, store_for(kind, store), &tree.current()).await {
            Err(text) => {
                (script, failure) = (tree.current(), text);
                smaller = tree.simplify();
            }
            Ok(()) => smaller = tree.complicate(),
        }
    }
    // Removing single steps can shrink the script further.
    let mut at = script.0.len();
    while at > 0 {
        at -= 1;
        let mut shorter = script.clone();
        shorter.0.remove(at);
        if let Err(text) = check(kind, store_for(kind, store), &shorter).await {
            (script, failure) = (shorter, text);
        }
    }
    (script, failure)
}

async fn random_scripts_match_the_model(kind: Kind) {
    let cases = env_number("SESSION_MODEL_CASES").unwrap_or(2000);
    let cases = if kind == Kind::Memory { cases } else { cases.div_ceil(20) };
    let first = env_number("SESSION_MODEL_SEED");
    let strategy = script::script();
    let (store, _folder) = kind.store().await;
    for case in 0..cases {
        let seed = first.unwrap_or(0) + case;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
        let tree = strategy.new_tree(&mut runner).unwrap();
        if let Err(failure) = check(kind, store_for(kind, &store), &tree.current()).await {
            let (script, failure) = smallest(kind, &store, tree, failure).await;
            panic!("SESSION_MODEL_SEED={seed} SESSION_MODEL_CASES=1, case {case}:{script:?}\n{failure}");
        }
    }
}

on_every_store!(random_scripts_match_the_model);
