//! Tests of faults outside of requests: listing and revoking sessions, jobs, sweeps and the session limit.

use std::time::Duration;

use session::{Error, ErrorKind, IndexKey, SessionId};
use session_tests::{App, Browser, Fault, Kind, on_every_store};

use super::matrix::FAULTS;

const USER: IndexKey<u64> = IndexKey::declare("user");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Finds,
    Revokes,
    RevokesAllOthers,
    Reindexes,
    WritesById,
    Sweeps,
}

const TASKS: [Task; 6] =
    [Task::Finds, Task::Revokes, Task::RevokesAllOthers, Task::Reindexes, Task::WritesById, Task::Sweeps];

impl Task {
    async fn run(self, app: &App, ids: &[SessionId], user: u64) -> Result<(), Error> {
        match self {
            Self::Finds => app.manager.find(USER, &user).await.map(drop),
            Self::Revokes => app.manager.revoke(USER, &user, ids[0]).await.map(drop),
            Self::RevokesAllOthers => app.manager.revoke_all(USER, &user, Some(ids[1])).await.map(drop),
            Self::Reindexes => app.manager.reindex().await.map(drop),
            Self::WritesById => {
                let mut session = app.manager.by_id(ids[0]);
                session.insert("note", 5).await?;
                session.sync().await
            }
            Self::Sweeps => app.manager.delete_expired(1_000).await.map(drop),
        }
    }

    /// The sessions that remain.
    fn leaves(self, ids: &[SessionId]) -> Vec<SessionId> {
        match self {
            Self::Revokes => ids[1..].to_vec(),
            Self::RevokesAllOthers => vec![ids[1]],
            _ => ids.to_vec(),
        }
    }
}

async fn sessions_of(app: &App, user: u64) -> Vec<SessionId> {
    let mut ids = Vec::new();
    for _ in 0..3 {
        let browser = app.browser_with(&[("user", user)]).await;
        ids.push(app.open(&browser).id().unwrap());
        app.advance(Duration::from_secs(1));
    }
    ids
}

async fn found(app: &App, user: u64) -> Vec<SessionId> {
    app.manager.find(USER, &user).await.unwrap().into_iter().map(|info| info.id).collect()
}

async fn a_failed_management_operation_is_an_error_and_can_be_repeated(kind: Kind) {
    let app = App::with(kind, |config| config.index(USER)).await;
    let mut user = 0;
    for task in TASKS {
        user += 1;
        let ids = sessions_of(&app, user).await;
        app.spy.take_operations();
        task.run(&app, &ids, user).await.unwrap();
        let operations = app.spy.take_operations();
        let operations = operations.split(' ').count();
        // A scan has one operation per page, so only the first two are tested.
        for at in 0..operations.min(2) {
            for fault in FAULTS {
                user += 1;
                let ids = sessions_of(&app, user).await;
                app.spy.fail_after(at, fault);
                let result = tokio::select! {
                    () = app.spy.hung() => None,
                    result = task.run(&app, &ids, user) => Some(result.map_err(|error| error.kind())),
                };
                let expected = match fault {
                    Fault::Refuse | Fault::LoseReply | Fault::RefuseConnection | Fault::TimeOut => {
                        Some(Err(ErrorKind::Store))
                    }
                    Fault::Stall | Fault::Hang | Fault::Late(_) => None,
                    Fault::Twice | Fault::Echo | Fault::Delay => Some(Ok(())),
                };
                assert_eq!(result, expected, "{task:?} {at} {fault:?}");
                assert_eq!(app.spy.take_faults(), 0, "{task:?} {at} {fault:?}");
                task.run(&app, &ids, user).await.unwrap();
                assert_eq!(found(&app, user).await, task.leaves(&ids), "{task:?} {at} {fault:?}");
            }
        }
    }
}

/// The login itself is stored. The next login deletes the remaining sessions.
async fn a_failure_to_enforce_the_session_limit_fails_no_login(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 1)).await;
    for (user, (operation, fault)) in
        [("find", Fault::Refuse), ("find", Fault::LoseReply), ("delete", Fault::Refuse), ("delete", Fault::LoseReply)]
            .into_iter()
            .enumerate()
    {
        let user = user as u64;
        app.browser_with(&[("user", user)]).await;
        app.advance(Duration::from_secs(1));
        app.spy.fail_next(operation, fault);
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        session.insert("user", user).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.stored(&browser, "user").await, Some(user), "{operation} {fault:?}");
        app.advance(Duration::from_secs(1));
        let last = app.browser_with(&[("user", user)]).await;
        assert_eq!(found(&app, user).await, [app.open(&last).id().unwrap()], "{operation} {fault:?}");
    }
}

on_every_store!(
    a_failed_management_operation_is_an_error_and_can_be_repeated,
    a_failure_to_enforce_the_session_limit_fails_no_login,
);
