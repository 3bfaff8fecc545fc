//! Tests of the parts of `keyed` fields: escaping, limits, and keys whose part or value is invalid.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::str::FromStr;

use serde_json::{Value, json};
use session::{Error, ErrorKind, SessionSchema, Side};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    every_part_is_an_entry_of_its_own,
    a_key_that_is_too_long_is_too_large,
    an_invalid_entry_is_an_error_or_absent,
    a_part_whose_display_fails_is_an_error,
);

#[derive(SessionSchema)]
struct Texts {
    #[session(keyed)]
    a: BTreeMap<String, usize>,
    #[session(keyed, key = "a:b")]
    b: BTreeMap<String, usize>,
    #[session(keyed, client)]
    c: BTreeMap<String, usize>,
    #[session(key = "a")]
    plain: usize,
}

/// Parts that an escaping could confuse.
fn parts() -> Vec<String> {
    let fixed = [
        "",
        ":",
        "%",
        "%3A",
        "%3a",
        "%25",
        "%253A",
        "b",
        "b:",
        "b:c",
        ":b",
        "::",
        "%:",
        ":%",
        "a:b:c",
        " ",
        " a ",
        "\t\n",
        "\0",
        "\"",
        "\\",
        "/",
        ".",
        "..",
        "*",
        "{}",
        "ä",
        "é",
        "e\u{301}",
        "日本",
        "\u{1f600}:",
        "\u{202e}x",
        "K",
        "k",
    ];
    // A small generator with a fixed seed, so that a failure can be repeated.
    let mut seed = 7_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    let alphabet: Vec<char> = ":%253Aab é\u{1f600}".chars().collect();
    let mut word = || -> String {
        let length = random(7);
        (0..length).map(|_| alphabet[random(u32::try_from(alphabet.len()).unwrap()) as usize]).collect()
    };
    let random: Vec<_> = (0..150).map(|_| word()).collect();
    fixed.into_iter().map(str::to_owned).chain(random).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn every_part_is_an_entry_of_its_own(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let parts = parts();
    let mut session = app.open(&browser);
    let mut texts = session.typed_mut::<Texts>();
    texts.set_plain(7).unwrap();
    for (number, part) in parts.iter().enumerate() {
        texts.set_a(part, number).unwrap();
        texts.set_b(part, number + 1000).unwrap();
        // The cookie of client state is small.
        if number % 5 == 0 {
            texts.set_c(part, number).unwrap();
        }
    }
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    let texts = session.typed::<Texts>();
    for (number, part) in parts.iter().enumerate() {
        assert_eq!(texts.a(part).await.unwrap(), Some(number), "{part:?}");
        assert_eq!(texts.b(part).await.unwrap(), Some(number + 1000), "{part:?}");
        assert_eq!(session.get(&Texts::A.key(part)).await.unwrap(), Some(number), "{part:?}");
        assert_eq!(texts.c(part).unwrap(), (number % 5 == 0).then_some(number), "{part:?}");
    }
    let numbered = |start: usize| parts.iter().cloned().zip(start..).collect::<BTreeMap<_, _>>();
    assert_eq!(texts.a_entries().await.unwrap(), numbered(0));
    assert_eq!(texts.b_entries().await.unwrap(), numbered(1000));
    let on_client = numbered(0).into_iter().filter(|(_, number)| number % 5 == 0);
    assert_eq!(texts.c_entries().unwrap(), on_client.collect());
    assert_eq!(texts.plain().await.unwrap(), Some(7));
    assert_eq!(session.entries().await.unwrap().len(), 2 * parts.len() + 1);
}

#[derive(SessionSchema)]
struct Long {
    #[session(keyed, alias = "an.older.and.longer.key")]
    key: BTreeMap<String, u8>,
    #[session(keyed, kept_alias = "a.longer.key")]
    kept: BTreeMap<String, u8>,
    #[session(keyed, client, default)]
    on_client: BTreeMap<String, u8>,
}

async fn a_key_that_is_too_long_is_too_large(kind: Kind) {
    fn is_too_large<T>(result: Result<T, Error>) -> bool {
        result.is_err_and(|error| {
            error.kind() == ErrorKind::TooLarge && error.status() == 400 && !error.to_string().contains("xxx")
        })
    }
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let longest = "x".repeat(1024 - "key:".len());
    let mut session = app.open(&browser);
    let mut long = session.typed_mut::<Long>();
    long.set_key(&longest, 1).unwrap();
    assert_eq!(long.key(&longest).await.unwrap(), Some(1));
    for part in [longest.clone() + "x", "x".repeat(1017) + ":é", "x".repeat(2000), ":".repeat(500)] {
        assert!(is_too_large(long.set_key(&part, 1)));
        assert!(is_too_large(long.unset_key(&part)));
        assert!(is_too_large(long.key(&part).await));
        assert!(is_too_large(long.remove_key(&part).await));
        assert!(is_too_large(long.update_key(&part, |_| unreachable!("checked before `f` runs")).await));
        assert!(is_too_large(long.try_update_key(&part, |_| Ok::<(), ()>(())).await));
        assert!(is_too_large(long.set_on_client(&part, 1)));
        assert!(is_too_large(long.on_client(&part)));
        assert!(is_too_large(long.update_on_client(&part, |_| ())));
    }
    // Writes go to the kept alias, so its key counts.
    assert!(is_too_large(long.set_kept(&longest[..1020], 1)));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).typed::<Long>().key_entries().await.unwrap(), BTreeMap::from([(longest, 1)]));
}

#[derive(SessionSchema)]
struct Strict {
    #[session(keyed)]
    number: BTreeMap<u32, u64>,
    #[session(keyed, client)]
    on_client: BTreeMap<u32, u64>,
}

#[derive(SessionSchema)]
struct Lenient {
    #[session(keyed, on_invalid = "discard")]
    number: BTreeMap<u32, u64>,
    #[session(keyed, client, on_invalid = "discard")]
    on_client: BTreeMap<u32, u64>,
}

async fn an_invalid_entry_is_an_error_or_absent(kind: Kind) {
    let app = App::new(kind).await;
    // `u32` accepts `+2` and `03`, but writes other texts: no accessor reads these keys.
    let invalid = [
        ("number:x", json!(1), "expected: last part"),
        ("number:", json!(1), "last part"),
        ("number:03", json!(1), "last part"),
        ("number:+2", json!(1), "last part"),
        ("number:%3a", json!(1), "last part"),
        ("number:4", json!("hunter2"), "`u64`"),
    ];
    for (key, value, expected) in invalid {
        let mut browser = app.browser_with(&[("number:1", 1), ("number:1:2", 9)]).await;
        let mut session = app.open(&browser);
        session.insert(key, &value).await.unwrap();
        let on_client = key.replace("number", "on_client");
        session.client_mut().insert(on_client.clone(), &value).unwrap();
        session.client_mut().insert("on_client:1", 1).unwrap();
        app.finalize(session, &mut browser).await.unwrap();

        let session = app.open(&browser);
        let strict = session.typed::<Strict>();
        assert_eq!(strict.number(&1).await.unwrap(), Some(1));
        let error = strict.number_entries().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        let text = error.to_string();
        assert!(text.contains(&format!("server key `{key}`")), "{text}");
        assert!(text.contains(expected.trim_start_matches("expected: ")) && !text.contains("hunter2"), "{text}");
        let error = strict.on_client_entries().unwrap_err();
        assert!(error.to_string().contains(&format!("client key `{on_client}`")), "{error}");
        assert_eq!(strict.snapshot().await.err().map(|error| error.kind()), Some(ErrorKind::Value));

        let lenient = session.typed::<Lenient>();
        let valid = BTreeMap::from([(1, 1)]);
        assert_eq!(lenient.number_entries().await.unwrap(), valid);
        assert_eq!(lenient.on_client_entries().unwrap(), valid);
        assert_eq!(lenient.snapshot().await.unwrap().number, valid);

        let mut session = app.open(&browser);
        session.typed_mut::<Strict>().unset_all_number().await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let left = app.open(&browser).entries().await.unwrap();
        assert_eq!(Value::Object(left), json!({ "number:1:2": 9 }), "{key}");
    }
}

/// A part that cannot be written.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Broken;

impl Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

impl FromStr for Broken {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Self)
    }
}

#[derive(SessionSchema)]
struct OfBroken {
    #[session(keyed)]
    broken: BTreeMap<Broken, u64>,
}

async fn a_part_whose_display_fails_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("broken:1", 1)]).await;
    let mut session = app.open(&browser);
    let mut broken = session.typed_mut::<OfBroken>();
    let error = broken.set_broken(&Broken, 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().contains("server key `broken:…`: the `Display` of"), "{error}");
    assert_eq!(broken.broken(&Broken).await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(broken.broken_entries().await.unwrap_err().kind(), ErrorKind::Value);
}

#[test]
fn a_client_prefix_is_on_the_client_side() {
    assert_eq!(Texts::schema().fields()[2].side(), Side::Client);
    assert_eq!(Texts::C.key("a:b").as_str(), "c:a%3Ab");
}
