//! The scripts: their steps, their random generation, and their text in a failure.

use std::fmt;

use proptest::prelude::*;
use session_tests::Fault;

use super::state::GRACE;

pub(crate) type Key = &'static str;

/// The server keys of the scripts. The schema of `driver.rs` has fields for all of them.
pub(crate) const KEYS: [Key; 6] = ["user", "a", "b", "c", "d", "e"];
/// The client keys.
pub(crate) const CLIENT_KEYS: [Key; 2] = ["t", "h"];
pub(crate) const LABELS: [&str; 2] = ["phone", "tablet"];
/// Tabs 0 and 1 belong to one browser, tab 2 to another. Tab 3 is a job that opens sessions by their ids.
pub(crate) const TABS: usize = 4;
pub(crate) const JOB: usize = 3;

pub(crate) const fn browser_of(tab: usize) -> usize {
    if tab == 2 { 1 } else { 0 }
}

/// A value: a number, or a text that typed reads reject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Val {
    N(u8),
    Word,
}

/// The closure of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpdateFn {
    Add,
    Take,
    Keep,
    Fail,
}

/// A field of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    User,
    Count,
    Notice,
    Name,
    Deep,
    Theme,
    Hint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    GetRaw(Key),
    Get(Key),
    Insert(Key, Val),
    Unset(Key),
    Remove(Key),
    RemoveRaw(Key),
    Update(Key, UpdateFn),
    Entries,
    IsEmpty,
    Clear,
    Delete,
    ClientGet(Key),
    ClientInsert(Key, Val),
    ClientRemove(Key),
    ClientClear,
    ClientEntries,
    Read(Field),
    Set(Field, u8),
    Drop(Field),
    Take(Field),
    Change(Field, UpdateFn),
    Snapshot,
    Id,
    Cycle,
    LogIn(u8),
    Renew,
    Invalidate,
    Restart,
    IsInvalidated,
    IsReplaced,
    /// Twice or half of the default.
    Lifetime(bool),
    Label(usize),
    Meta,
    Sync,
    /// The response: success, or a server error.
    Finalize,
    Abandon,
    /// As `Finalize`, but the response does not reach the browser.
    FinalizeUnseen,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A call in a tab, which opens a request if there is none. The fault applies to one of its store operations.
    Do(usize, Call, Option<(usize, Fault)>),
    /// The request is dropped without a response.
    Disconnect(usize),
    /// The next request of the tab is opened with `open_verified`.
    OpenVerified(usize, Option<(usize, Fault)>),
    Wait(u64),
    /// Copies the cookies of the first browser to the second one, as a thief or a restored backup does.
    Copy,
    /// Damages the session cookie of the browser.
    Garble(usize),
    /// Removes the state cookie of the browser.
    LoseState(usize),
    NewKey,
    Find(u8),
    Revoke(u8, usize),
    RevokeAll(u8, Option<usize>),
    Sweep,
}

impl fmt::Debug for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::N(number) => write!(f, "{number}"),
            Self::Word => write!(f, "\"word\""),
        }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tab, call, fault): (_, &dyn fmt::Debug, _) = match self {
            Self::Do(tab, call, fault) => (tab, call, fault),
            Self::OpenVerified(tab, fault) => (tab, &"open_verified", fault),
            Self::Disconnect(tab) => return write!(f, "tab {tab}: drop the request"),
            Self::Wait(millis) => return write!(f, "wait {millis} ms"),
            Self::Copy => return write!(f, "copy the cookies of browser 0 to browser 1"),
            Self::Garble(browser) => return write!(f, "garble the session cookie of browser {browser}"),
            Self::LoseState(browser) => return write!(f, "lose the state cookie of browser {browser}"),
            Self::NewKey => return write!(f, "seal with a new key"),
            Self::Find(user) => return write!(f, "find {user}"),
            Self::Revoke(user, session) => return write!(f, "revoke {user}, session {session}"),
            Self::RevokeAll(user, except) => return write!(f, "revoke all of {user} except {except:?}"),
            Self::Sweep => return write!(f, "sweep"),
        };
        let who = if *tab == JOB { "job".to_owned() } else { format!("tab {tab}") };
        write!(f, "{who}: {call:?}")?;
        fault.map_or(Ok(()), |(number, fault)| write!(f, ", operation {number}: {fault:?}"))
    }
}

#[derive(Clone)]
pub(crate) struct Script(pub Vec<Step>);

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| write!(f, "\n    {step:?}"))
    }
}

fn key() -> impl Strategy<Value = Key> {
    proptest::sample::select(&KEYS[..])
}

fn client_key() -> impl Strategy<Value = Key> {
    proptest::sample::select(&CLIENT_KEYS[..])
}

fn val() -> impl Strategy<Value = Val> {
    prop_oneof![9 => (0..3_u8).prop_map(Val::N), 1 => Just(Val::Word)]
}

fn f() -> impl Strategy<Value = UpdateFn> {
    prop_oneof![4 => Just(UpdateFn::Add), 2 => Just(UpdateFn::Take), 1 => Just(UpdateFn::Keep), 1 => Just(UpdateFn::Fail)]
}

fn field() -> impl Strategy<Value = Field> {
    use Field::*;
    proptest::sample::select(&[User, Count, Notice, Name, Deep, Theme, Hint][..])
}

fn call() -> impl Strategy<Value = Call> {
    use Call::*;
    let raw = prop_oneof![
        2 => key().prop_map(GetRaw),
        2 => key().prop_map(Get),
        6 => (key(), val()).prop_map(|(key, val)| Insert(key, val)),
        2 => key().prop_map(Unset),
        1 => key().prop_map(Remove),
        1 => key().prop_map(RemoveRaw),
        4 => (key(), f()).prop_map(|(key, f)| Update(key, f)),
        1 => Just(Entries),
        1 => Just(IsEmpty),
        1 => Just(Clear),
    ];
    let client = prop_oneof![
        2 => client_key().prop_map(ClientGet),
        3 => (client_key(), val()).prop_map(|(key, val)| ClientInsert(key, val)),
        1 => client_key().prop_map(ClientRemove),
        1 => Just(ClientClear),
        1 => Just(ClientEntries),
    ];
    let typed = prop_oneof![
        3 => field().prop_map(Read),
        4 => (field(), 0..3_u8).prop_map(|(field, number)| Set(field, number)),
        1 => field().prop_map(Drop),
        1 => field().prop_map(Take),
        2 => (field(), f()).prop_map(|(field, f)| Change(field, f)),
        1 => Just(Snapshot),
    ];
    let life = prop_oneof![
        4 => Just(Cycle),
        4 => (0..3_u8).prop_map(LogIn),
        3 => Just(Renew),
        2 => Just(Delete),
        2 => Just(Invalidate),
        2 => Just(Restart),
        1 => Just(Id),
        1 => Just(IsInvalidated),
        2 => Just(IsReplaced),
        1 => any::<bool>().prop_map(Lifetime),
        1 => (0..2_usize).prop_map(Label),
        1 => Just(Meta),
    ];
    let end = prop_oneof![6 => Just(Sync), 12 => Just(Finalize), 2 => Just(Abandon), 1 => Just(FinalizeUnseen)];
    prop_oneof![6 => raw, 2 => client, 3 => typed, 3 => life, 6 => end]
}

/// Replaces calls that do not exist: a job has no client state.
fn supported(tab: usize, call: Call) -> Call {
    use Field::*;
    let client = |field| matches!(field, Theme | Hint);
    match call {
        Call::Read(field) | Call::Set(field, _) | Call::Drop(field) | Call::Take(field) | Call::Change(field, _)
            if tab == JOB && client(field) =>
        {
            Call::Read(Count)
        }
        Call::ClientGet(_) | Call::ClientRemove(_) | Call::ClientClear | Call::ClientEntries | Call::Snapshot
            if tab == JOB =>
        {
            Call::Entries
        }
        Call::FinalizeUnseen if tab == JOB => Call::Finalize,
        call => call,
    }
}

fn fault() -> impl Strategy<Value = Option<(usize, Fault)>> {
    let how = proptest::sample::select(&[Fault::Refuse, Fault::LoseReply, Fault::Stall, Fault::Hang][..]);
    let at = prop_oneof![4 => Just(0_usize), 1 => 1..5_usize];
    prop_oneof![12 => Just(None), 1 => (at, how).prop_map(Some)]
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let tab = || prop_oneof![4 => Just(0), 3 => Just(1), 2 => Just(2), 1 => Just(JOB)];
    // The idle limit, the absolute limit and the grace of `state.rs`, and instants just before them.
    let times = [1, 59_999, 60_000, 199_999, 200_001, 500_000, 999_999, 1_000_000, 1_900_000, 5_000_000];
    prop_oneof![
        40 => (tab(), call(), fault()).prop_map(|(tab, call, fault)| Do(tab, supported(tab, call), fault)),
        1 => tab().prop_map(Disconnect),
        1 => (0..JOB, fault()).prop_map(|(tab, fault)| OpenVerified(tab, fault)),
        3 => proptest::sample::select(times.to_vec()).prop_map(Wait),
        1 => Just(Copy),
        1 => prop_oneof![(0..2_usize).prop_map(Garble), (0..2_usize).prop_map(LoseState), Just(NewKey), Just(Sweep)],
        1 => prop_oneof![
            (0..3_u8).prop_map(Find),
            (0..3_u8, 0..3_usize).prop_map(|(user, session)| Revoke(user, session)),
            (0..3_u8, proptest::option::of(0..3_usize)).prop_map(|(user, except)| RevokeAll(user, except)),
        ],
    ]
}

/// A session with client state that is open in both tabs of the browser.
fn two_tabs() -> Vec<Step> {
    use Call::*;
    let calls = [(0, Insert("a", Val::N(1))), (0, ClientInsert("t", Val::N(2))), (0, Finalize), (0, Id), (1, Id)];
    calls.map(|(tab, call)| Step::Do(tab, call, None)).to_vec()
}

/// Two concurrent requests on few keys, which read, change and commit alternately.
fn concurrent_requests() -> impl Strategy<Value = Vec<Step>> {
    use Call::*;
    let key = || proptest::sample::select(&["a", "user"][..]);
    let insert = || (key(), (0..3_u8).prop_map(Val::N)).prop_map(|(key, val)| Insert(key, val));
    let update = || (key(), f()).prop_map(|(key, f)| Update(key, f));
    let call = prop_oneof![
        3 => key().prop_map(GetRaw),
        4 => insert(),
        3 => update(),
        1 => key().prop_map(Unset),
        4 => Just(Sync),
        1 => call(),
    ];
    let context = (0..2_usize, call, fault()).prop_map(|(tab, call, fault)| Step::Do(tab, supported(tab, call), fault));
    let turns = proptest::collection::vec(context, 4..12);
    let last = (0..2_usize, insert(), update());
    (turns, last).prop_map(|(turns, (tab, insert, update))| {
        let last = [insert, Sync, update, Finalize].map(|call| Step::Do(tab, call, None));
        [two_tabs(), turns, last.to_vec()].concat()
    })
}

/// One tab rotates or deletes the session of the other, which continues.
fn after_rotation_or_deletion() -> impl Strategy<Value = Vec<Step>> {
    use Call::*;
    let at = |tab| move |call| Step::Do(tab, supported(tab, call), None);
    let loss = prop_oneof![
        4 => Just(Cycle),
        2 => Just(Renew),
        2 => (0..3_u8).prop_map(LogIn),
        1 => Just(Lifetime(false)),
        1 => Just(Delete),
        1 => Just(Restart),
        2 => Just(Invalidate),
    ];
    let look = prop_oneof![
        2 => Just(Id),
        1 => Just(GetRaw("a")),
        1 => Just(IsEmpty),
        1 => Just(Sync),
        1 => Just(ClientGet("t")),
    ];
    let wait = proptest::sample::select(&[0, 1, 30_000, GRACE - 1, GRACE][..]).prop_map(Step::Wait);
    let client = prop_oneof![
        2 => Just(ClientEntries),
        2 => Just(ClientGet("t")),
        1 => Just(Read(Field::Theme)),
        1 => Just(Snapshot),
        1 => Just(ClientInsert("h", Val::N(1))),
    ];
    let next = prop_oneof![2 => client, 1 => Just(GetRaw("a")), 1 => Just(IsReplaced), 1 => Just(Sync), 2 => call()];
    let after = proptest::collection::vec(next.prop_map(at(1)), 2..8);
    let (look, loss) = (look.prop_map(at(1)), loss.prop_map(at(0)));
    (look, loss, wait, after).prop_map(move |(look, loss, wait, after)| {
        [two_tabs(), vec![look, loss, at(0)(Finalize), wait], after, vec![at(1)(Finalize)]].concat()
    })
}

/// A `sync` or an `update` that is cancelled at one of its operations, beside another request.
fn cancelled_commit() -> impl Strategy<Value = Vec<Step>> {
    use Call::*;
    let change = || {
        prop_oneof![
            3 => (key(), (0..3_u8).prop_map(Val::N)).prop_map(|(key, val)| Insert(key, val)),
            2 => Just(Cycle),
            2 => (0..3_u8).prop_map(LogIn),
            2 => Just(Renew),
            1 => (key(), f()).prop_map(|(key, f)| Update(key, f)),
            1 => call(),
        ]
    };
    let step = |tab: usize| move |call| Step::Do(tab, supported(tab, call), None);
    let changes = |tab| proptest::collection::vec(change().prop_map(step(tab)), 0..4);
    let commit = prop_oneof![3 => Just(Sync), 1 => (key(), f()).prop_map(|(key, f)| Update(key, f))];
    let cut = (0..5_usize, proptest::sample::select(&[Fault::Stall, Fault::Hang][..]));
    let cut = move || cut.clone();
    let again = proptest::option::of((Just(Sync), cut()));
    (changes(0), (commit, cut()), changes(1), again, changes(0)).prop_map(
        move |(before, first, other, again, after)| {
            let cancelled = [Some(first), again].into_iter().flatten().map(|(call, cut)| Step::Do(0, call, Some(cut)));
            let mut steps = [two_tabs(), before].concat();
            steps.extend(cancelled);
            [steps, other, vec![step(1)(Finalize)], after, vec![step(0)(Finalize)]].concat()
        },
    )
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    let scene = prop_oneof![
        30 => step().prop_map(|step| vec![step]),
        2 => concurrent_requests(),
        2 => cancelled_commit(),
        1 => after_rotation_or_deletion(),
    ];
    proptest::collection::vec(scene, 1..32).prop_map(|scenes| Script(scenes.concat()))
}
