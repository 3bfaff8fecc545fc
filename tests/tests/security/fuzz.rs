//! Runs the fuzz targets with the current compiler, on the recorded corpus and on mutations of it.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

use session::store::conformance::fuzz_targets;

/// The number of mutations per target. `tests/fuzz/run` runs the coverage-guided fuzzer.
const MUTATIONS: usize = 20_000;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut paths: Vec<_> = files.collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A pseudo-random generator with a fixed seed (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides as u64).unwrap()
    }

    /// Overwrites, removes or duplicates a few bytes, or copies some from another input.
    fn mutate(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut data = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(data.len() + 1);
            let end = (at + self.below(9)).min(data.len());
            match self.below(4) {
                0 => data[at..end].iter_mut().for_each(|byte| *byte = u8::try_from(self.below(256)).unwrap()),
                1 => drop(data.drain(at..end)),
                2 => drop(data.splice(at..at, data[at..end].to_vec())),
                _ => {
                    let other = &corpus[self.below(corpus.len())];
                    let from = self.below(other.len() + 1);
                    data.splice(at..end, other[from..].iter().take(16).copied());
                }
            }
        }
        data
    }
}

fn run_target(name: &str, target: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(corpus.len() >= 8, "the corpus of {name} has {} inputs", corpus.len());
    for data in &corpus {
        target(data);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..MUTATIONS {
        let data = random.mutate(&corpus);
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{name} panics on {}", data.escape_ascii());
    }
}

#[test]
fn no_cookie_header_is_trusted_or_causes_a_panic() {
    run_target("cookie_header", targets::cookie_header);
}

/// With tokens of another key, the target would only see values that do not decrypt.
#[test]
fn the_corpus_of_headers_contains_tokens_that_decrypt() {
    let (sealed, text): (Vec<_>, Vec<_>) =
        corpus("header_token").into_iter().partition(|data| data.starts_with(b"sealed: "));
    let decrypted = |inputs: &[Vec<u8>]| inputs.iter().map(|data| targets::decrypted_tokens(data)).sum::<usize>();
    // The named header decrypts with `Headers` and `Either`, the bearer token once.
    assert_eq!(decrypted(&text), 2 + 1 + 3);
    assert!(decrypted(&sealed) >= 3 * 3);
}

#[test]
fn no_header_is_trusted_or_causes_a_panic() {
    run_target("header_token", targets::header_token);
}

#[test]
fn no_sealed_bytes_cause_a_panic() {
    run_target("sealed_cookie", targets::sealed_cookie);
}

/// With a corpus of another layout, the target would only see errors.
#[test]
fn the_corpus_of_stored_bytes_contains_valid_records_and_logs() {
    let is_valid =
        |decode: fn(Vec<u8>) -> bool| corpus("stored_record").into_iter().filter(|data| decode(data.clone())).count();
    assert!(is_valid(|data| fuzz_targets::decode_redis_record(data).is_ok_and(|record| !record.values.is_empty())) > 1);
    assert!(is_valid(|data| fuzz_targets::decode_value_log(data).is_ok_and(|values| !values.is_empty())) > 0);
}

#[test]
fn no_stored_bytes_cause_a_panic() {
    run_target("stored_record", targets::stored_record);
}

#[test]
fn no_stored_text_causes_a_panic_or_is_quoted() {
    run_target("typed_read", targets::typed_read);
}
