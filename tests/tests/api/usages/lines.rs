//! Counts the lines of each usage, for the tables of `session::docs::usages`.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

use expect_test::expect_file;

/// The library with which a usage is compared: the one that is closer to the application from which the usage comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    IronSession,
    Django,
}

use Peer::{Django, IronSession};

/// The name of a usage, its description, the other library, and a difference that the number of lines does not show.
type Usage = (&'static str, &'static str, Peer, &'static str);

const ACCOUNTS: &[Usage] = &[
    ("token_with_date", "a token with a date, and an error shown once", IronSession, "there, a date is a text"),
    ("user_object", "a user object and the token of a password reset", IronSession, ""),
    ("passport", "the user of passport.js", IronSession, ""),
    ("role_of_user", "a user with one of two roles", IronSession, "here, another word is an error"),
    ("profile", "a profile of 12 fields with a nested role", IronSession, ""),
    ("ethereum", "Sign-In with Ethereum", IronSession, "here, the login rotates the token"),
    ("anonymous_user", "a user who may be anonymous", IronSession, ""),
    ("wallet", "a wallet, and an error shown once", IronSession, ""),
    ("typed_session", "login and logout", IronSession, "here, a stolen cookie is useless after the logout"),
    ("saml", "a SAML login with a relay state", IronSession, "here, the login rotates the token"),
    ("tenant_user", "a user of one of several tenants, `null` for none", IronSession, "here, `null` reads as absent"),
    ("permissions", "a login with names, a role and 12 permissions", IronSession, "here, the login rotates the token"),
    ("second_factor", "a second factor before the login", IronSession, "here, the login rotates the token"),
    ("login_states", "a login as a state machine", Django, "here, all sessions of a user can be found"),
];

const STEPS: &[Usage] = &[
    ("deployment", "a flow of three steps; the step is a number", IronSession, "here, another number is an error"),
    ("form_with_errors", "a form that shows its errors and input once", IronSession, ""),
    ("passkey", "a passkey ceremony of two requests", IronSession, "here, the state cannot be replayed"),
    ("order_form", "an order that several pages fill", Django, "there, of two changes at once one is lost"),
    ("signup", "a registration, removed at once", Django, "there, the removal names each key"),
    ("checkout", "a checkout under a prefix, removed at once", Django, "there, the removal names each key"),
    ("return_to", "the page to return to after a login", IronSession, "here, the login rotates the token"),
    ("message_and_path", "a message and a path after the login", Django, ""),
    ("message_list", "a list of messages", Django, "Django has an API for messages"),
    ("message_per_kind", "one message for each of four kinds", Django, ""),
];

const LISTS: &[Usage] = &[
    ("cart", "a cart that exists for every visitor", IronSession, "there, of two changes at once one is lost"),
    ("word_list", "a list of words", Django, "there, of two changes at once one is lost"),
    ("recently_viewed", "the ten products viewed last", Django, "there, of two changes at once one is lost"),
    ("chat_game", "a game with a chat for each level", IronSession, "there, a cookie of 4 KB limits the chat"),
    ("preferences", "preferences in a cookie, and a message", IronSession, ""),
    ("options_with_defaults", "options with configured defaults", IronSession, ""),
    ("size_of_list", "the size of a large list", IronSession, "there, a cookie of 4 KB limits the list"),
    ("security_metadata", "the circumstances of a login", IronSession, ""),
    ("form_token", "a form token, created at the first read", Django, "both also have a built-in token"),
    (
        "sealed_token",
        "a token that is encrypted in the store",
        IronSession,
        "there, the whole session is in the cookie",
    ),
    ("inspected_session", "a page of all values without a token", IronSession, "there, each page must omit the token"),
];

const KEYED: &[Usage] = &[
    ("vote_per_quote", "one vote for each quote", Django, "there, of two votes at once one is lost"),
    ("import_per_client", "the preview of an import for each client", Django, ""),
    ("access_per_group", "the last visit and the access for each group", Django, ""),
    ("message_per_project", "a message on the page of a project", Django, ""),
    ("link_per_order", "a link for each order, shown once", Django, ""),
    ("view_per_table", "search and order of each table", Django, "here, any text can be the id"),
    ("code_per_registration", "a code for each registration, for ten minutes", Django, ""),
    ("one_time_code", "a one-time code, for five minutes", IronSession, "there, a client can send an old cookie again"),
    (
        "oauth_state",
        "the state and verifier of OAuth, for ten minutes",
        IronSession,
        "there, a client can send an old cookie again",
    ),
    ("provider_state", "the state of each authorization, for five minutes", Django, ""),
    ("pending_login", "a pending login, for five minutes", Django, ""),
];

/// The tables: the heading and the usages.
const TABLES: &[(&str, &[Usage])] = &[
    ("Accounts", ACCOUNTS),
    ("Steps and messages", STEPS),
    ("Lists, preferences and protected values", LISTS),
    ("Values of one object, and values that expire", KEYED),
];

const HERE: &[&str] = &[
    include_str!("accounts.rs"),
    include_str!("steps.rs"),
    include_str!("messages.rs"),
    include_str!("lists.rs"),
    include_str!("protected.rs"),
    include_str!("keyed.rs"),
    include_str!("expiring.rs"),
    include_str!("groups.rs"),
];
const IRON_SESSION: &str = include_str!("peers/with_iron_session.ts");
const DJANGO: &str = include_str!("peers/with_django.py");

const PAGE: &str = include_str!("../../../../session/guide/usages.md");
const BEGIN: &str = "<!-- lines: generated by tests/tests/api/usages/lines.rs -->\n";
const END: &str = "<!-- lines: end -->\n";

/// The lines of the schema with its types, and the lines that read and write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    schema: usize,
    code: usize,
}

impl std::ops::Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { schema: self.schema + other.schema, code: self.code + other.code }
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.schema {
            0 => write!(f, "{}", self.code),
            schema => write!(f, "{schema} + {}", self.code),
        }
    }
}

/// Adds up the lines from `schema: NAME` or `count: NAME` to `end` for each name, without blank lines and comments.
fn count(source: &str, comment: &str) -> BTreeMap<String, Count> {
    let mut counts = BTreeMap::<String, Count>::new();
    let mut region = None;
    for line in source.lines().map(str::trim) {
        match line.strip_prefix(comment).map(|words| words.trim().split_once(": ").unwrap_or((words.trim(), ""))) {
            Some((kind @ ("schema" | "count"), name)) => assert_eq!(region.replace((kind, name)), None, "{name}"),
            Some(("end", "")) => assert!(region.take().is_some(), "`end` without a region"),
            Some(_) => {}
            None if line.is_empty() => {}
            None => match region {
                Some(("schema", name)) => counts.entry(name.to_owned()).or_default().schema += 1,
                Some((_, name)) => counts.entry(name.to_owned()).or_default().code += 1,
                None => {}
            },
        }
    }
    assert_eq!(region, None, "a region without `end`");
    counts
}

/// The lines of each usage here, and with each other library.
struct Lines {
    here: BTreeMap<String, Count>,
    iron_session: BTreeMap<String, Count>,
    django: BTreeMap<String, Count>,
}

impl Lines {
    fn new() -> Self {
        let here = HERE.iter().flat_map(|source| count(source, "//")).collect();
        Self { here, iron_session: count(IRON_SESSION, "//"), django: count(DJANGO, "#") }
    }

    /// The lines here and with the other library.
    fn pair(&self, (name, _, peer, _): &Usage) -> (Count, Count) {
        let theirs = match peer {
            IronSession => &self.iron_session,
            Django => &self.django,
        };
        (self.here[*name], theirs[*name])
    }

    fn sums(&self, peer: Peer) -> (Count, Count) {
        let pairs = all_usages().filter(|usage| usage.2 == peer).map(|usage| self.pair(usage));
        pairs.fold(Default::default(), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1))
    }

    fn tables(&self) -> String {
        let mut text = String::new();
        for (heading, usages) in TABLES {
            write!(text, "\n### {heading}\n\n| usage | here | iron-session | Django | difference |\n").unwrap();
            text.push_str("| --- | ---: | ---: | ---: | --- |\n");
            for usage in *usages {
                let (here, theirs) = self.pair(usage);
                let theirs = match usage.2 {
                    IronSession => format!("{theirs} |"),
                    Django => format!("| {theirs}"),
                };
                writeln!(text, "| {} | {here} | {theirs} | {} |", usage.1, usage.3).unwrap();
            }
        }
        text
    }

    fn summary(&self) -> String {
        let mut text =
            "\n| compared with | usages | lines here | lines there |\n| --- | ---: | ---: | ---: |\n".to_owned();
        for (name, peer) in [("iron-session", IronSession), ("Django", Django)] {
            let usages = all_usages().filter(|usage| usage.2 == peer).count();
            let (here, theirs) = self.sums(peer);
            writeln!(text, "| {name} | {usages} | {here} | {theirs} |").unwrap();
        }
        text
    }
}

fn all_usages() -> impl Iterator<Item = &'static Usage> {
    TABLES.iter().flat_map(|(_, usages)| *usages)
}

#[test]
fn the_page_of_usages_has_the_counted_lines() {
    let lines = Lines::new();
    let (before, rest) = PAGE.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let page = format!("{before}{BEGIN}{}{}\n{END}{after}", lines.summary(), lines.tables());
    expect_file!["../../../../session/guide/usages.md"].assert_eq(&page);
}

#[test]
fn reads_and_writes_take_fewer_lines_here() {
    for peer in [IronSession, Django] {
        let (here, theirs) = Lines::new().sums(peer);
        assert!(here.code < theirs.code, "{} {}", here.code, theirs.code);
    }
}

#[test]
fn every_usage_is_in_one_table() {
    let lines = Lines::new();
    let mut listed: Vec<&str> = all_usages().map(|usage| usage.0).collect();
    listed.sort_unstable();
    assert_eq!(listed, lines.here.keys().collect::<Vec<_>>());
}

#[test]
fn blank_lines_and_comments_are_not_counted() {
    let source = "
        one();
        // schema: a
        struct A;
        // end
        // count: a
        two();

        // why
        three();
        // end
        // count: b
        four();
        // end
        // count: a
        five();
        // end";
    let expected = [("a".to_owned(), Count { schema: 1, code: 3 }), ("b".to_owned(), Count { schema: 0, code: 1 })];
    assert_eq!(count(source, "//"), BTreeMap::from(expected));
}
