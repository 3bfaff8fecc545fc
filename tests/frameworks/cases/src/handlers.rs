//! The handlers of the application. A framework whose handlers are annotated functions calls these.

use session::{Error, ReadOnly, Session, Typed};

use crate::controls::Controls;
use crate::reply::Reply;
use crate::visitor::Visitor;

/// Does not use a session.
pub fn untouched() -> Reply {
    "hello".into()
}

/// Extracts a session, and does not use it.
pub fn unused(_: Session) -> Reply {
    "hello".into()
}

pub async fn user(visitor: ReadOnly<Visitor>) -> Result<Reply, Error> {
    let user = visitor.user_id().await?;
    Ok(user.map_or_else(|| Reply::new(401, "nobody is logged in"), |user| format!("user {user}").into()))
}

/// The items in alphabetical order.
pub async fn cart(visitor: ReadOnly<Visitor>) -> Result<Reply, Error> {
    let mut items = visitor.cart().await?;
    items.sort();
    Ok(if items.is_empty() { "an empty cart".into() } else { format!("cart: {}", items.join(", ")).into() })
}

pub async fn add_to_cart(mut visitor: Typed<Visitor>, item: &str) -> Result<Reply, Error> {
    visitor.update_cart(|cart| cart.push(item.to_owned())).await?;
    Ok("added".into())
}

/// Adds an item after a pause. Another request may have changed the cart in between.
pub async fn slow_add_to_cart(mut visitor: Typed<Visitor>, item: &str, controls: &Controls) -> Result<Reply, Error> {
    visitor.cart().await?;
    controls.pause().await;
    visitor.update_cart(|cart| cart.push(item.to_owned())).await?;
    Ok("added".into())
}

/// Only writes.
pub fn sign_up(mut visitor: Typed<Visitor>) -> Result<Reply, Error> {
    visitor.set_name("Ada".to_owned())?;
    Ok(Reply::new(201, "signed up"))
}

pub async fn log_in(mut visitor: Typed<Visitor>, user: &str) -> Result<Reply, Error> {
    let user = user.parse().unwrap();
    visitor.log_in(Visitor::USER_ID, user).await?;
    Ok(Reply::redirect("/user"))
}

pub fn log_out(mut session: Session) -> Reply {
    session.invalidate();
    Reply::new(204, "")
}

pub fn theme(visitor: &ReadOnly<Visitor>) -> Result<Reply, Error> {
    Ok(visitor.theme()?.unwrap_or_else(|| "no theme".to_owned()).into())
}

pub fn set_theme(mut visitor: Typed<Visitor>, theme: &str) -> Result<Reply, Error> {
    visitor.set_theme(theme.to_owned())?;
    Ok("set".into())
}

/// Rotates and writes, and then responds with a server error.
pub async fn fail(mut session: Session) -> Result<Reply, Error> {
    session.cycle_id();
    session.insert("cart", vec!["lost".to_owned()]).await?;
    Ok(Reply::new(500, "failed"))
}

/// Writes, and then responds with a client error.
pub async fn reject(mut session: Session) -> Result<Reply, Error> {
    session.insert("cart", vec!["kept".to_owned()]).await?;
    Ok(Reply::new(422, "rejected"))
}

pub fn fail_after_logout(mut session: Session) -> Reply {
    session.invalidate();
    Reply::new(500, "failed")
}

/// Writes, and then returns the error of a value with another type.
pub async fn misread(mut session: Session) -> Result<Reply, Error> {
    session.insert("user.id", 7).await?;
    session.get::<u64>("cart").await?;
    Ok("read".into())
}

/// Reads, and writes after a pause. Another request may have deleted the session in between.
pub async fn slow_write(mut session: Session, controls: &Controls) -> Result<Reply, Error> {
    session.get::<Vec<String>>("cart").await?;
    controls.pause().await;
    session.insert("cart", vec!["revived".to_owned()]).await?;
    Ok("written".into())
}

/// Moves the session to a task, which uses it after the response.
pub fn detached_task(mut session: Session, controls: Controls) -> Reply {
    tokio::spawn(async move {
        controls.pause().await;
        let read = session.get::<Vec<String>>("cart").await;
        let insert = session.insert("user.id", 7).await;
        let update = session.update("cart", |cart| *cart = Some(vec!["late".to_owned()])).await;
        let sync = session.sync().await;
        let [insert, update, sync] = [insert, update, sync].map(|result| result.map_err(|error| error.kind()));
        controls.report(format!("read {read:?}, insert {insert:?}, update {update:?}, sync {sync:?}"));
    });
    "started".into()
}

/// Moves the session to a task, and waits for the task.
pub async fn awaited_task(mut session: Session) -> Result<Reply, Error> {
    let task = tokio::spawn(async move { session.insert("cart", vec!["task".to_owned()]).await });
    task.await.unwrap()?;
    Ok("written".into())
}
