//! Claims: keys and values come back to the letter, whatever they are and however many.

use crate::store::{Committed, MAX_KEY_LEN};
use crate::testing::conformance::assertions::{same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::{self, Clear, Set, Unset};
use crate::testing::conformance::test_session::{Subject, values};

pub(in crate::testing::conformance) async fn keys_are_compared_by_their_bytes(store: Store) {
    const PROMISE: &str = "keys must be compared by their bytes: case, accents, spaces and zeros tell them apart";
    let longest = "k".repeat(MAX_KEY_LEN);
    let longest_but_one = "k".repeat(MAX_KEY_LEN - 1);
    let wide = "\u{1f600}".repeat(MAX_KEY_LEN / 4);
    #[rustfmt::skip]
    let keys = [
        "", " ", "a", "A", "á", "a\u{301}", "Á", "a ", " a", "a\0", "a\0b", "\0", "\0\0", "ß", "ss", "SS", "ı", "i",
        "I", "İ", "\u{200d}", "\u{feff}a", "\u{ffff}", "\u{10ffff}", "%", "_", "*", "a%", "'", "\"", "\\", "\n", "\r\n",
        "; DROP TABLE sessions; --", "{a}:b", "a:b", "a.b", "$.a", "null", "__proto__", "token", "expires",
        &longest, &longest_but_one, &wide,
    ];
    let texts: Vec<String> = (0..keys.len()).map(|number| number.to_string()).collect();
    let mut expected: Vec<(&str, &str)> = keys.iter().zip(&texts).map(|(key, text)| (*key, &**text)).collect();
    let sets: Vec<Verb<'_>> = expected.iter().map(|(key, text)| Set(key, text)).collect();
    let subject = Subject::created(&store, &[("before", "0")]).await;
    subject.commit(&subject.change(&[&[Clear], &*sets].concat())).await;
    same_values(&subject.stored().await.values, &expected, PROMISE);
    let created = Subject::created(&store, &expected).await;
    same_values(&created.stored().await.values, &expected, PROMISE);
    for key in keys {
        expected.retain(|(other, _)| *other != key);
        subject.commit(&subject.change(&[Unset(key)])).await;
        same_values(&subject.stored().await.values, &expected, format_args!("{PROMISE}: {key:?} was unset"));
    }
}

pub(in crate::testing::conformance) async fn values_keep_their_text_to_the_letter(store: Store) {
    let (deep, many_digits) = ("[".repeat(127) + &"]".repeat(127), "1".repeat(400));
    #[rustfmt::skip]
    let texts = [
        "null", "true", "0", "-0", "-0.0", "1", "1.0", "1.00", "1e2", "1E+2", "1e308", "-1e308", "5e-324",
        "18446744073709551615", "-9223372036854775808", "340282366920938463463374607431768211455", "0.1",
        "\"\"", r#""\u0000""#, r#""a\u0000b""#, r#""\u00e9""#, "\"é\"", "\"e\u{301}\"", "\"\u{1f600}\"",
        r#""\ud83d\ude00""#, r#""\/""#, "\"/\"", "\"  \"", "\"'; --\"", "\"\u{7f}\u{2028}\u{feff}\"",
        "[]", "{}", "{ \"b\" : 1 , \"a\" : 2 }", r#"{"a":1,"a":2}"#, r#"{"":{"":[]}}"#, "[1, 2,3]",
        &deep, &many_digits,
    ];
    let keys: Vec<String> = (0..texts.len()).map(|number| format!("key {number:02}")).collect();
    let pairs: Vec<(&str, &str)> = keys.iter().map(|key| &**key).zip(texts).collect();
    let sets: Vec<Verb<'_>> = pairs.iter().map(|(key, text)| Set(key, text)).collect();
    let promise = |way: &str| format!("values must keep their JSON text to the letter: {way}");

    let subject = Subject::created(&store, &[]).await;
    subject.commit(&subject.change(&sets)).await;
    same_values(&subject.stored().await.values, &pairs, promise("when they were committed"));
    let created = Subject::created(&store, &pairs).await;
    same_values(&created.stored().await.values, &pairs, promise("when they were created"));

    let mut swap = subject.change(&[]);
    swap.revision = Some(9);
    match subject.commit(&swap).await {
        Committed::Conflict(shown) => same_values(&shown.values, &pairs, promise("when a conflict shows them")),
        other => panic!("a commit on another revision must say Conflict\n  found:    {other:?}"),
    }
}

pub(in crate::testing::conformance) async fn a_value_may_have_megabytes(store: Store) {
    const PROMISE: &str = "a value of megabytes must come back whole";
    let big = format!("\"{}\"", "é".repeat(1_500_000));
    let bigger = format!("\"{}\"", "x".repeat(4_000_000));
    let subject = Subject::created(&store, &[("big", &big)]).await;
    same_values(&subject.stored().await.values, &[("big", &big)], PROMISE);
    subject.commit(&subject.change(&[Set("bigger", &bigger), Set("small", "1")])).await;
    let expected = [("big", &*big), ("bigger", &bigger), ("small", "1")];
    same_values(&subject.stored().await.values, &expected, PROMISE);
}

pub(in crate::testing::conformance) async fn a_record_may_have_a_thousand_keys(store: Store) {
    const PROMISE: &str = "a record must take a thousand keys, and a commit too";
    let owned: Vec<_> = (0..1000).map(|number| (format!("key {number:03}"), number.to_string())).collect();
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(key, text)| (&**key, &**text)).collect();
    let subject = Subject::created(&store, &pairs[..500]).await;
    let sets: Vec<Verb<'_>> = pairs[400..].iter().map(|(key, text)| Set(key, text)).collect();
    subject.commit(&subject.change(&sets)).await;
    same_values(&subject.stored().await.values, &pairs, PROMISE);
    let unsets: Vec<Verb<'_>> = pairs[1..].iter().map(|(key, _)| Unset(key)).collect();
    subject.commit(&subject.change(&unsets)).await;
    same_values(&subject.stored().await.values, &pairs[..1], PROMISE);
    let mut record = subject.record(&[]);
    record.values = values(&pairs);
    let whole = Subject::new(&store);
    record.token = whole.token;
    whole.create(&record, &[]).await;
    same_record(Some(&whole.stored().await), Some(&record), PROMISE);
}
