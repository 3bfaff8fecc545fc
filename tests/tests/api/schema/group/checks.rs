//! Groups whose fields have a `check`: a refused value refuses the whole group.

use std::time::Duration;

use session::{ErrorKind, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

use crate::schema::is_even;

on_every_store!(
    a_group_with_a_refused_value_sets_no_field,
    a_refused_group_keeps_the_pending_one,
    a_group_with_an_expired_field_is_not_set_with_a_refused_value,
    a_stored_group_that_would_be_refused_is_read_and_removed,
);

const TEN_MINUTES: Duration = Duration::from_mins(10);

#[derive(SessionSchema)]
struct Visitor {
    #[session(group)]
    seat: Seat,
}

/// The first and the last field have a check.
#[derive(SessionSchema, Debug, Clone, PartialEq)]
#[session(group, prefix = "seat.")]
struct Seat {
    #[session(check = "is_short")]
    row: String,
    number: u64,
    #[session(check = "is_even", expires_in = "10m", sealed)]
    code: u64,
}

/// The same keys without checks.
#[derive(SessionSchema)]
#[session(prefix = "seat.")]
struct Unchecked {
    row: String,
    #[session(expires_in = "10m", sealed)]
    code: u64,
}

fn is_short(text: &str) -> Result<(), &'static str> {
    if text.len() <= 2 { Ok(()) } else { Err("at most 2 characters") }
}

fn seat() -> Seat {
    Seat { row: "A".to_owned(), number: 1, code: 2 }
}

/// Other values in all fields, of which one is refused.
fn refused() -> [(Seat, &'static str); 2] {
    [
        (
            Seat { row: "long".to_owned(), number: 7, code: 8 },
            "server key `seat.row`: the value was refused: at most 2 characters",
        ),
        (Seat { row: "B".to_owned(), number: 7, code: 9 }, "server key `seat.code`: the value was refused: odd"),
    ]
}

async fn browser_with_a_seat(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Visitor>().set_seat(seat()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    browser
}

async fn a_group_with_a_refused_value_sets_no_field(kind: Kind) {
    let app = App::new(kind).await;
    for (seat_refused, message) in refused() {
        let mut browser = browser_with_a_seat(&app).await;
        let mut session = app.open(&browser);
        let error = session.typed_mut::<Visitor>().set_seat(seat_refused).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Value, message));
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "", "nothing to commit");
        assert_eq!(app.open(&browser).typed::<Visitor>().seat().await.unwrap(), Some(seat()));
    }
}

async fn a_refused_group_keeps_the_pending_one(kind: Kind) {
    let app = App::new(kind).await;
    for (seat_refused, _) in refused() {
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        let mut visitor = session.typed_mut::<Visitor>();
        visitor.set_seat(seat()).unwrap();
        visitor.set_seat(seat_refused.clone()).unwrap_err();
        assert_eq!(visitor.seat().await.unwrap(), Some(seat()));
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.open(&browser).typed::<Visitor>().seat().await.unwrap(), Some(seat()));

        let mut session = app.open(&browser);
        let mut visitor = session.typed_mut::<Visitor>();
        visitor.unset_seat().unwrap();
        visitor.set_seat(seat_refused).unwrap_err();
        app.finalize(session, &mut browser).await.unwrap();
        assert!(app.open(&browser).is_empty().await.unwrap(), "a pending removal stays");
    }
}

async fn a_group_with_an_expired_field_is_not_set_with_a_refused_value(kind: Kind) {
    let app = App::new(kind).await;
    for (seat_refused, message) in refused() {
        let mut browser = browser_with_a_seat(&app).await;
        app.advance(TEN_MINUTES);
        let mut session = app.open(&browser);
        let mut visitor = session.typed_mut::<Visitor>();
        assert_eq!(visitor.seat().await.unwrap(), None);
        assert_eq!(visitor.set_seat(seat_refused).unwrap_err().to_string(), message);
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "load");
        let session = app.open(&browser);
        assert_eq!(session.typed::<Visitor>().seat().await.unwrap(), None);
        let fields = session.typed::<Seat>();
        assert_eq!((fields.row().await.unwrap().as_deref(), fields.number().await.unwrap()), (Some("A"), Some(1)));
        assert_eq!(fields.code().await.unwrap(), None, "not set again");

        let mut session = app.open(&browser);
        session.typed_mut::<Visitor>().set_seat(seat()).unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.open(&browser).typed::<Visitor>().seat().await.unwrap(), Some(seat()));
    }
}

async fn a_stored_group_that_would_be_refused_is_read_and_removed(kind: Kind) {
    let app = App::new(kind).await;
    for unsets in [false, true] {
        let mut browser = browser_with_a_seat(&app).await;
        let mut session = app.open(&browser);
        let mut unchecked = session.typed_mut::<Unchecked>();
        unchecked.set_row("long".to_owned()).unwrap();
        unchecked.set_code(9).unwrap();
        app.finalize(session, &mut browser).await.unwrap();

        let stored = Seat { row: "long".to_owned(), number: 1, code: 9 };
        let mut session = app.open(&browser);
        let mut visitor = session.typed_mut::<Visitor>();
        assert_eq!(visitor.seat().await.unwrap().as_ref(), Some(&stored));
        if unsets {
            visitor.unset_seat().unwrap();
        } else {
            assert_eq!(visitor.remove_seat().await.unwrap(), Some(stored));
        }
        app.finalize(session, &mut browser).await.unwrap();
        assert!(app.open(&browser).is_empty().await.unwrap());
    }
}
