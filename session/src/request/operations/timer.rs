//! Timers of a request: for store operations, and for waits for other handles and requests.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_timer::Delay;
use tokio::runtime::Handle;

pub(super) type Timer = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Returns the timer of a store operation.
pub(super) fn operation_timer(duration: Duration) -> Timer {
    // The timer of tokio is cheaper, and a store that waits for its I/O has it. Other executors have none.
    if Handle::try_current().is_ok() { Box::pin(tokio::time::sleep(duration)) } else { wait_timer(duration) }
}

/// Returns the timer of a wait for another handle or request. It works on every executor, and without tokio's timer.
pub(super) fn wait_timer(duration: Duration) -> Timer {
    Box::pin(Delay::new(duration))
}

/// Runs a future until the timer ends. The timer starts when the future is pending.
pub(super) async fn within<T>(future: impl Future<Output = T>, start_timer: impl Fn() -> Timer) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), None);
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        timer.get_or_insert_with(&start_timer).as_mut().poll(context).map(|()| None)
    })
    .await
}
