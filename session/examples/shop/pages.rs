//! The pages: each reads the session through its typed accessors and gives a view what it found.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde_json::{Map, Value};
use session::{Meta, Session, SessionId, Typed};

use crate::views::{self, Place};
use crate::visitor::{Theme, Visitor};

type Page = Result<Markup, session::Error>;

/// What every page shows around its content.
#[derive(Default)]
pub struct Frame {
    pub place: Place,
    pub theme: Theme,
    pub user: Option<String>,
    pub items: u32,
    pub notice: Option<String>,
}

impl Frame {
    pub async fn new(visitor: &mut Typed<Visitor>, place: Place) -> Result<Self, session::Error> {
        Ok(Self {
            place,
            theme: visitor.theme()?,
            user: visitor.user().await?,
            items: visitor.cart().await?.items(),
            notice: visitor.remove_notice().await?,
        })
    }
}

pub async fn products(mut visitor: Typed<Visitor>) -> Page {
    let visits = visitor
        .update_visits(|visits| {
            *visits += 1;
            *visits
        })
        .await?;
    let frame = Frame::new(&mut visitor, Place::Products).await?;
    Ok(views::products(&frame, visits))
}

pub async fn cart(mut visitor: Typed<Visitor>) -> Page {
    let frame = Frame::new(&mut visitor, Place::Cart).await?;
    Ok(views::cart(&frame, &visitor.cart().await?))
}

pub async fn sign_in(mut visitor: Typed<Visitor>) -> Page {
    let frame = Frame::new(&mut visitor, Place::SignIn).await?;
    Ok(views::sign_in(&frame))
}

pub async fn not_found(mut visitor: Typed<Visitor>) -> Result<(StatusCode, Markup), session::Error> {
    let frame = Frame::new(&mut visitor, Place::Nowhere).await?;
    Ok((StatusCode::NOT_FOUND, views::not_found(&frame)))
}

/// A failed session operation answers with a status and nothing else, and its cause is logged. A person gets a page.
pub async fn explain(response: Response) -> Response {
    let what = match response.status() {
        StatusCode::CONFLICT => "Another click of yours was faster than this one. Please go back and try again.",
        status if status.is_server_error() => "Something is broken on our side. Please try again in a while.",
        _ => return response,
    };
    let (parts, _) = response.into_parts();
    (parts.status, parts.headers, views::sorry(&Frame::default(), what)).into_response()
}

/// Everything a session holds.
pub struct Contents {
    pub id: Option<SessionId>,
    pub meta: Option<Meta>,
    pub server: Vec<Entry>,
    pub client: Vec<Entry>,
}

/// One key: the JSON that is stored, and what the schema makes of it.
pub struct Entry {
    pub key: String,
    pub raw: Option<Value>,
    pub typed: Option<String>,
}

pub async fn session(session: Session, mut visitor: Typed<Visitor>) -> Page {
    let frame = Frame::new(&mut visitor, Place::Session).await?;
    let server = [
        (&*Visitor::USER, format!("{:?}", visitor.user().await?)),
        (&*Visitor::CART, format!("{:?}", visitor.cart().await?)),
        (&*Visitor::VISITS, format!("{:?}", visitor.visits().await?)),
    ];
    let client = [(&*Visitor::THEME, format!("{:?}", visitor.theme()?))];
    let contents = Contents {
        id: session.id(),
        meta: session.meta().await?,
        server: entries(session.entries().await?, server),
        client: entries(session.client().entries(), client),
    };
    Ok(views::session(&frame, &contents))
}

/// The keys of the schema, and after them those that it does not know.
fn entries<'a>(mut raw: Map<String, Value>, typed: impl IntoIterator<Item = (&'a str, String)>) -> Vec<Entry> {
    let known = typed.into_iter().map(|(key, typed)| (key.to_owned(), Some(typed)));
    let known: Vec<_> = known.map(|(key, typed)| Entry { raw: raw.remove(&key), key, typed }).collect();
    let unknown = raw.into_iter().map(|(key, value)| Entry { key, raw: Some(value), typed: None });
    known.into_iter().chain(unknown).collect()
}
