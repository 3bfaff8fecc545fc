//! Claims: keys and values are stored byte for byte, including unusual, large and many ones.

use crate::record::changes::MAX_KEY_LEN;
use crate::record::commit::Committed;
use crate::testing::conformance::assertions::{assert_record, assert_values};
use crate::testing::conformance::test_session::KeyChange::{Clear, Set, Unset};
use crate::testing::conformance::test_session::{KeyChange, TestSession, values};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn keys_are_compared_by_their_bytes(store: TestStore) {
    const REQUIREMENT: &str = "keys must be compared by their bytes, including case, accents, spaces and NUL";
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
    let sets: Vec<KeyChange<'_>> = expected.iter().map(|(key, text)| Set(key, text)).collect();
    let session = TestSession::create(&store, &[("before", "0")]).await;
    session.commit(&session.change(&[&[Clear], &*sets].concat())).await;
    assert_values(&session.expect_record().await.values, &expected, REQUIREMENT);
    let created = TestSession::create(&store, &expected).await;
    assert_values(&created.expect_record().await.values, &expected, REQUIREMENT);
    for key in keys {
        expected.retain(|(other, _)| *other != key);
        session.commit(&session.change(&[Unset(key)])).await;
        assert_values(
            &session.expect_record().await.values,
            &expected,
            format_args!("{REQUIREMENT}: {key:?} was unset"),
        );
    }
}

pub(crate) async fn values_keep_their_exact_json_text(store: TestStore) {
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
    let sets: Vec<KeyChange<'_>> = pairs.iter().map(|(key, text)| Set(key, text)).collect();
    let requirement = |operation: &str| format!("values must keep their exact JSON text: {operation}");

    let session = TestSession::create(&store, &[]).await;
    session.commit(&session.change(&sets)).await;
    assert_values(&session.expect_record().await.values, &pairs, requirement("after a commit"));
    let created = TestSession::create(&store, &pairs).await;
    assert_values(&created.expect_record().await.values, &pairs, requirement("after a creation"));

    let mut swap = session.change(&[]);
    swap.revision = Some(9);
    match session.commit(&swap).await {
        Committed::Conflict(current) => assert_values(&current.values, &pairs, requirement("in a conflict")),
        other => panic!("a commit on another revision must return Conflict\n  found:    {other:?}"),
    }
}

pub(crate) async fn a_value_can_have_several_megabytes(store: TestStore) {
    const REQUIREMENT: &str = "a value of several megabytes must be loaded unchanged";
    let big = format!("\"{}\"", "é".repeat(1_500_000));
    let bigger = format!("\"{}\"", "x".repeat(4_000_000));
    let session = TestSession::create(&store, &[("big", &big)]).await;
    assert_values(&session.expect_record().await.values, &[("big", &big)], REQUIREMENT);
    session.commit(&session.change(&[Set("bigger", &bigger), Set("small", "1")])).await;
    let expected = [("big", &*big), ("bigger", &bigger), ("small", "1")];
    assert_values(&session.expect_record().await.values, &expected, REQUIREMENT);
}

pub(crate) async fn a_record_can_have_a_thousand_keys(store: TestStore) {
    const REQUIREMENT: &str = "a record and a commit must support a thousand keys";
    let owned: Vec<_> = (0..1000).map(|number| (format!("key {number:03}"), number.to_string())).collect();
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(key, text)| (&**key, &**text)).collect();
    let session = TestSession::create(&store, &pairs[..500]).await;
    let sets: Vec<KeyChange<'_>> = pairs[400..].iter().map(|(key, text)| Set(key, text)).collect();
    session.commit(&session.change(&sets)).await;
    assert_values(&session.expect_record().await.values, &pairs, REQUIREMENT);
    let unsets: Vec<KeyChange<'_>> = pairs[1..].iter().map(|(key, _)| Unset(key)).collect();
    session.commit(&session.change(&unsets)).await;
    assert_values(&session.expect_record().await.values, &pairs[..1], REQUIREMENT);
    let mut record = session.new_record(&[]);
    record.values = values(&pairs);
    let whole = TestSession::new(&store);
    record.token = whole.token;
    whole.store_record(&record, &[]).await;
    assert_record(Some(&whole.expect_record().await), Some(&record), REQUIREMENT);
}
