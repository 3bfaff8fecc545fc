//! The pages: each reads the session through its typed accessors and gives a view what it found.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde_json::{Map, Value};
use session::{FieldInfo, Meta, Session, SessionId, SessionSchema, Side, Typed};

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
            notice: visitor.take_notice().await?,
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

/// One key: how the schema declares it, the JSON that is stored, and what a getter makes of that.
pub struct Entry {
    pub key: String,
    pub field: Option<&'static FieldInfo>,
    pub raw: Option<Value>,
    pub read: Option<Value>,
}

pub async fn session(session: Session, mut visitor: Typed<Visitor>) -> Page {
    let frame = Frame::new(&mut visitor, Place::Session).await?;
    let read = serde_json::to_value(visitor.snapshot().await?).unwrap_or_default();
    let contents = Contents {
        id: session.id(),
        meta: session.meta().await?,
        server: entries(Side::Server, session.entries().await?, &read),
        client: entries(Side::Client, session.client().entries(), &read),
    };
    Ok(views::session(&frame, &contents))
}

/// The keys of the schema, and after them those that it does not know.
fn entries(side: Side, mut raw: Map<String, Value>, read: &Value) -> Vec<Entry> {
    let fields = Visitor::schema().fields().iter().filter(|field| field.side() == side);
    let declared = fields.map(|field| Entry {
        key: field.key().to_owned(),
        field: Some(field),
        raw: raw.remove(field.key()),
        read: read.get(field.name()).cloned(),
    });
    let declared: Vec<_> = declared.collect();
    let unknown = raw.into_iter().map(|(key, value)| Entry { key, field: None, raw: Some(value), read: None });
    declared.into_iter().chain(unknown).collect()
}
