//! Claims: the sessions of one user, and sessions by their id.

use std::time::Duration;

use super::super::assertions::{holds, same};
use super::super::store::Store;
use super::{App, Browser, answer, get, refused, works};
use crate::record::id::random_bytes;
use crate::{ErrorKind, IndexKey, Session, SessionId};

const USER: IndexKey<u64> = IndexKey::declare("user");

/// A user whom no other claim has.
fn somebody() -> u64 {
    u64::from_ne_bytes(random_bytes())
}

fn id(app: &App, browser: &Browser) -> SessionId {
    app.open(browser).id().expect("a browser that is signed in has a session")
}

/// A user's sessions, as the other server finds them.
async fn found(app: &App, user: u64) -> Vec<SessionId> {
    works(app.there.find(USER, &user).await).into_iter().map(|info| info.id).collect()
}

pub(crate) async fn the_sessions_of_a_user_are_found_the_oldest_first(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), somebody());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(id(&app, &app.signed_in(&[("user", user), ("a", 1)]).await));
        app.wait(Duration::from_secs(1));
    }
    app.signed_in(&[("user", somebody())]).await;
    app.signed_in(&[("a", user)]).await;
    same(found(&app, user).await, ids, "the sessions of a user must be found, the oldest first, and no others");
    same(app.count.take().0, "find".to_owned(), "finding the sessions of a user must be one operation");
}

pub(crate) async fn a_found_session_tells_when_and_what_it_is(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), somebody());
    let mut browser = app.signed_in(&[("user", user)]).await;
    app.wait(Duration::from_secs(10 * 60 * 60));
    app.request(&mut browser, async |session| session.set_label("Firefox on Linux")).await;
    let infos = works(app.there.find(USER, &user).await);
    same(infos.len(), 1, "a session that is used must be found once");
    let meta = works(app.open(&browser).meta().await).expect("a session that is used must live");
    let times = (infos[0].created, infos[0].last_seen, infos[0].expires);
    same(times, (meta.created, meta.last_seen, meta.expires), "a found session must tell when it began and is used");
    same(infos[0].label.as_deref(), Some("Firefox on Linux"), "a found session must tell its label");
}

pub(crate) async fn every_write_to_an_indexed_key_moves_the_session(store: Store) {
    let (app, user, other) = (App::with(&store, |config| config.index(USER)), somebody(), somebody());
    let mut browser = app.signed_in(&[("user", user)]).await;
    let ids = vec![id(&app, &browser)];
    app.request(&mut browser, async |session| works(session.insert("user", other).await)).await;
    same(found(&app, user).await, vec![], "a session must not be found by a value that was replaced");
    same(found(&app, other).await, ids.clone(), "a session must be found by the value that a write gave it");
    app.request(&mut browser, async |session| session.cycle_id()).await;
    same(found(&app, other).await, ids.clone(), "a session must be found after a rotation");
    app.request(&mut browser, async |session| {
        works(session.update("user", |value: &mut Option<u64>| *value = Some(user)).await);
    })
    .await;
    same(found(&app, user).await, ids, "a session must be found by the value that an update gave it");
    app.request(&mut browser, async |session| works(session.clear().await)).await;
    for value in [user, other] {
        same(found(&app, value).await, vec![], "a session must not be found by a value that was cleared");
    }
}

pub(crate) async fn an_ended_or_expired_session_of_a_user_is_not_found(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), somebody());
    let mut ended = app.signed_in(&[("user", user)]).await;
    app.signed_in(&[("user", user)]).await;
    app.request(&mut ended, async |session| session.invalidate()).await;
    same(found(&app, user).await.len(), 1, "a session that was signed out must not be found");
    app.wait(Duration::from_secs(25 * 60 * 60));
    same(found(&app, user).await, vec![], "a session that has expired must not be found");
}

pub(crate) async fn revoking_ends_a_session_of_this_user_and_no_other_s(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), somebody());
    let (mine, theirs) = (app.signed_in(&[("user", user)]).await, app.signed_in(&[("user", somebody())]).await);
    let revoked = works(app.there.revoke(USER, &user, id(&app, &theirs)).await);
    holds(!revoked, "a user must not end another user's session");
    holds(app.stored(&theirs, "user").await.is_some(), "a user must not end another user's session");
    let mut in_flight = app.open(&mine);
    get::<u64>(&in_flight, "user").await;
    app.count.take();
    holds(works(app.there.revoke(USER, &user, id(&app, &mine)).await), "a user must end a session of his own");
    same(app.count.take().0, "delete".to_owned(), "revoking a session must be one operation");
    works(in_flight.insert("draft", 1).await);
    let outcome = answer(in_flight, &mut mine.clone()).await;
    refused(outcome, ErrorKind::Ended, "a request in flight must be told that its session was revoked");
    same(app.stored(&mine, "user").await, None, "a session that was revoked must stay ended");
}

pub(crate) async fn revoking_all_may_spare_the_current_session(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), somebody());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.signed_in(&[("user", user)]).await);
    }
    let current = id(&app, &browsers[2]);
    let promise = "signing out everywhere else must end all other sessions of the user, and say how many";
    same(works(app.there.revoke_all(USER, &user, Some(current)).await), 3, promise);
    same(found(&app, user).await, vec![current], promise);
    same(works(app.here.revoke_all(USER, &user, None).await), 1, "signing out everywhere must end every session");
    for browser in &browsers {
        same(app.stored(browser, "user").await, None, "signing out everywhere must end every session");
    }
}

pub(crate) async fn a_limit_ends_the_oldest_sessions_and_never_the_newest_sign_in(store: Store) {
    let (app, user) = (App::with(&store, |config| config.index_with_limit(USER, 2)), somebody());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.signed_in(&[("user", user)]).await);
        app.wait(Duration::from_secs(1));
    }
    let newest = vec![id(&app, &browsers[2]), id(&app, &browsers[3])];
    same(found(&app, user).await, newest, "a limit must end the oldest sessions of a user");
    let mut oldest = app.signed_in(&[("a", 1)]).await;
    app.wait(Duration::from_secs(1));
    app.signed_in(&[("user", user)]).await;
    app.count.take();
    app.request(&mut oldest, async |session| works(session.insert("user", user).await)).await;
    let cost = app.count.take().0;
    same(cost, "commit find delete".to_owned(), "a sign-in at the limit must cost a commit, a find and an ending");
    same(app.stored(&oldest, "user").await, Some(user), "a limit must never end the session that just signed in");
    same(found(&app, user).await.len(), 2, "a limit must leave so many sessions");
}

pub(crate) async fn a_job_s_write_is_no_use_of_the_session_and_survives_a_rotation(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 1)]).await;
    let mut job = app.there.by_id(id(&app, &browser));
    same(get(&job, "a").await, Some(1), "a job must read a session by its id");
    works(job.insert("b", 2).await);
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let before = works(app.open(&browser).meta().await);
    app.wait(Duration::from_secs(20 * 60 * 60));
    works(job.sync().await);
    same(app.stored(&browser, "b").await, Some(2), "a job's write must survive a rotation");
    let after = works(app.open(&browser).meta().await);
    same(after, before, "a job's write must be no use of the session");
}

pub(crate) async fn a_job_never_creates_and_never_revives(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("a", 1)]).await;
    let session_id = id(&app, &browser);
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    let write = async |mut job: Session| {
        works(job.insert("b", 2).await);
        job.sync().await
    };
    let outcome = write(app.there.by_id(session_id)).await;
    refused(outcome, ErrorKind::Ended, "a job must be told that its session was signed out");
    let outcome = write(app.there.by_id(SessionId::random())).await;
    refused(outcome, ErrorKind::Ended, "a job must not begin a session");
    let job = app.there.by_id(session_id);
    same(get::<u64>(&job, "b").await, None, "a job must not bring back a session that was signed out");
    let live = app.signed_in(&[("a", 1)]).await;
    let mut job = app.there.by_id(id(&app, &live));
    job.delete();
    works(job.sync().await);
    same(app.stored(&live, "a").await, None, "a job must end a session by its id");
}
