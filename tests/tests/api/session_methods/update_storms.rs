//! Tests of many updates of one session at once: they wait for each other, and the cost grows with their number.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use futures_util::FutureExt;
use futures_util::future::Either;
use session::{Session, SessionManager, SessionSchema, Typed};
use session_tests::{App, Browser, Fault, Kind, on_every_store};
use tokio::runtime::Builder;

fn add_one(count: &mut Option<u64>) {
    *count = Some(count.unwrap_or(0) + 1);
}

/// Runs this number of updates at once, each in a request of its own.
async fn storm(manager: &SessionManager, browser: &Browser, updates: u64) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..updates {
        let mut session = manager.open(&browser.request());
        tasks.spawn(async move { session.update("n", add_one).await });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
}

fn operations(app: &App) -> usize {
    app.spy.take_operations().split_whitespace().count()
}

async fn the_updates_of_one_session_cost_a_constant_number_of_operations_each(kind: Kind) {
    let updates = if kind == Kind::Memory { 2_000 } else { 100 };
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("n", 0)]).await;
    storm(&app.manager, &browser, updates).await;
    let operations = operations(&app);
    assert_eq!(app.stored(&browser, "n").await, Some(updates));
    assert!(operations <= 2 * usize::try_from(updates).unwrap(), "{operations} operations, a load and a commit each");
}

async fn updates_of_several_handles_of_one_request_are_all_counted(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("n", 0)]).await;
    let mut session = app.open(&browser);
    let handles: Vec<Session> = (0..50).map(|_| session.handle()).collect();
    let updates = handles.into_iter().map(|mut handle| async move { handle.update("n", add_one).await });
    for result in futures_util::future::join_all(updates).await {
        result.unwrap();
    }
    assert_eq!(operations(&app), 51, "one load, and a commit each");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "n").await, Some(50));
}

/// An update whose future is kept and not polled any more. It waits for its store operation.
async fn a_stalled_update_blocks_its_session_only_for_a_bounded_time(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("n", 0)]).await;
    let stranger = app.browser_with(&[("n", 0)]).await;
    let mut stalled_session = app.open(&browser);
    app.spy.fail_next("load", Fault::Stall);
    let mut stalled = pin!(stalled_session.update("n", add_one));
    tokio::select! {
        () = app.spy.hung() => {}
        _ = &mut stalled => unreachable!("the load hangs"),
    }
    let (mut waiting, mut other) = (app.open(&browser), app.open(&stranger));
    let waiting = pin!(waiting.update("n", add_one));
    let other = pin!(other.update("n", add_one));
    match futures_util::future::select(waiting, other).await {
        Either::Right((other, waiting)) => {
            other.unwrap();
            waiting.await.expect("the stalled update loses its turn");
        }
        Either::Left(_) => panic!("another user is not blocked"),
    }
    app.open(&browser).update("n", add_one).await.unwrap();
    assert_eq!(app.stored(&browser, "n").await, Some(2));
}

async fn a_cancelled_update_gives_its_turn_to_the_next_one(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("n", 0)]).await;
    let (mut first, mut waiting, mut last) = (app.open(&browser), app.open(&browser), app.open(&browser));
    app.spy.fail_next("load", Fault::Stall);
    let cancelled = {
        let mut running = pin!(first.update("n", add_one));
        tokio::select! {
            () = app.spy.hung() => {}
            _ = &mut running => unreachable!("the load hangs"),
        }
        // Cancelled while it waits for its turn.
        let mut waiting = Box::pin(waiting.update("n", add_one));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(waiting);
        let mut last = Box::pin(last.update("n", add_one));
        assert!(last.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        last
    };
    cancelled.await.unwrap();
    assert_eq!(app.stored(&browser, "n").await, Some(1));
}

#[derive(SessionSchema)]
struct Counter {
    n: u64,
}

#[tokio::test]
async fn an_update_whose_function_panics_gives_its_turn_to_the_next_one() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("n", 0)]).await;
    let (first, mut next) = (app.open(&browser), app.open(&browser));
    next.get::<u64>("n").await.unwrap();
    let mut counter = Typed::<Counter>::from(first);
    let fault: fn(&mut Option<u64>) = |_| panic!("a fault of the application");
    let mut kept = Box::pin(counter.update_n(fault));
    AssertUnwindSafe(kept.as_mut()).catch_unwind().await.unwrap_err();
    next.update("n", add_one).now_or_never().expect("the turn is free").unwrap();
    drop(kept);
    assert_eq!(app.stored(&browser, "n").await, Some(1));
}

on_every_store!(
    the_updates_of_one_session_cost_a_constant_number_of_operations_each,
    updates_of_several_handles_of_one_request_are_all_counted,
    a_stalled_update_blocks_its_session_only_for_a_bounded_time,
    a_cancelled_update_gives_its_turn_to_the_next_one,
);

/// The wait of an update uses no thread of the blocking pool, and needs no timer of the runtime.
#[test]
fn a_storm_works_with_one_blocking_thread_and_without_a_timer() {
    let runtime = Builder::new_multi_thread().worker_threads(2).max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let app = Arc::new(App::new(Kind::Memory).await);
        let browser = app.browser_with(&[("n", 0)]).await;
        storm(&app.manager, &browser, 500).await;
        assert_eq!(app.stored(&browser, "n").await, Some(500));
    });
}

#[test]
fn a_storm_works_without_tokio() {
    let app = futures_executor(App::new(Kind::Memory));
    let browser = futures_executor(app.browser_with(&[("n", 0)]));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let mut session = app.open(&browser);
                    futures_executor(session.update("n", add_one)).unwrap();
                }
            });
        }
    });
    assert_eq!(futures_executor(app.stored(&browser, "n")), Some(400));
}

/// Blocks the thread until the future is ready, without a runtime.
fn futures_executor<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);

    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}
