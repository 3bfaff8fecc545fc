//! The page handlers: each one reads the session through typed accessors and renders a view.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde_json::{Map, Value};
use session::{Session, SessionSchema, Side, Typed};

use crate::views::{self, Frame, KeyRow, Page, SessionView};
use crate::visitor::Visitor;

type PageResult = Result<Markup, session::Error>;

/// Loads the session data that every page shows.
pub async fn load_frame(visitor: &mut Typed<Visitor>, page: Page) -> Result<Frame, session::Error> {
    Ok(Frame {
        page,
        theme: visitor.theme()?,
        user: visitor.user().await?,
        items: visitor.cart().await?.items(),
        notice: visitor.take_notice().await?,
    })
}

pub async fn products(mut visitor: Typed<Visitor>) -> PageResult {
    let visits = visitor
        .update_visits(|visits| {
            *visits += 1;
            *visits
        })
        .await?;
    let frame = load_frame(&mut visitor, Page::Products).await?;
    Ok(views::products(&frame, visits))
}

pub async fn cart(mut visitor: Typed<Visitor>) -> PageResult {
    let frame = load_frame(&mut visitor, Page::Cart).await?;
    Ok(views::cart(&frame, &visitor.cart().await?))
}

pub async fn login(mut visitor: Typed<Visitor>) -> PageResult {
    let frame = load_frame(&mut visitor, Page::Login).await?;
    Ok(views::login(&frame))
}

pub async fn not_found(mut visitor: Typed<Visitor>) -> Result<(StatusCode, Markup), session::Error> {
    let frame = load_frame(&mut visitor, Page::NotFound).await?;
    Ok((StatusCode::NOT_FOUND, views::not_found(&frame)))
}

/// Adds a page to the response of a failed session operation or a refused form, which has a status and an empty body.
pub async fn explain_error(response: Response) -> Response {
    let explanation = match response.status() {
        StatusCode::FORBIDDEN => "This form was sent by another site, so the shop ignored it.",
        StatusCode::CONFLICT => "Another request changed your session first. Please go back and try again.",
        status if status.is_server_error() => "The shop has a problem. Please try again later.",
        _ => return response,
    };
    let (parts, _) = response.into_parts();
    (parts.status, parts.headers, views::error(&Frame::default(), explanation)).into_response()
}

pub async fn session(session: Session, mut visitor: Typed<Visitor>) -> PageResult {
    let frame = load_frame(&mut visitor, Page::Session).await?;
    let typed = serde_json::to_value(visitor.snapshot().await?).unwrap_or_default();
    let view = SessionView {
        id: session.id(),
        meta: session.meta().await?,
        server: key_rows(Side::Server, session.entries().await?, &typed),
        client: key_rows(Side::Client, session.client().entries(), &typed),
    };
    Ok(views::session(&frame, &view))
}

/// Lists the keys of the schema, then the stored keys that are not in the schema.
fn key_rows(side: Side, mut stored: Map<String, Value>, typed: &Value) -> Vec<KeyRow> {
    let fields = Visitor::schema().fields().iter().filter(|field| field.side() == side);
    let declared = fields.map(|field| KeyRow {
        key: field.key().to_owned(),
        field: Some(field),
        stored: stored.remove(field.key()),
        typed: typed.get(field.name()).cloned(),
    });
    let mut rows: Vec<_> = declared.collect();
    rows.extend(stored.into_iter().map(|(key, value)| KeyRow { key, field: None, stored: Some(value), typed: None }));
    rows
}
