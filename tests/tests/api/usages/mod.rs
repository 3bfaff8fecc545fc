//! Usages of sessions in real applications, each as a schema and a round trip over several requests.
//!
//! The lines between `// schema: NAME` or `// count: NAME` and `// end` are counted for the page `session::docs::usages`.
//! The same usages with other libraries are in `peers/`.

#![allow(clippy::struct_field_names, reason = "the keys of the ported applications")]

mod accounts;
mod expiring;
mod groups;
mod keyed;
mod lines;
mod lists;
mod messages;
mod prelude;
mod protected;
mod steps;

use serde_json::Value;
use session::store::Timestamp;
use session::testing::Browser;
use session::{Error, Session, SessionConfig, SessionSchema, Typed};
use session_tests::{App, Kind};

/// A browser and an application.
struct Visit {
    app: App,
    browser: Browser,
}

impl Visit {
    async fn new(kind: Kind) -> Self {
        Self::with(kind, |config| config).await
    }

    async fn with(kind: Kind, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        Self { app: App::with(kind, configure).await, browser: Browser::new() }
    }

    /// A browser whose session has the keys that another application stored.
    async fn ported(kind: Kind, stored: &Value) -> Self {
        let mut visit = Self::new(kind).await;
        visit
            .session(async |session: &mut Session| {
                for (key, value) in stored.as_object().unwrap() {
                    session.insert_raw(key.as_str(), value.clone()).await?;
                }
                Ok(())
            })
            .await;
        visit
    }

    /// One request, in which a handler uses a schema.
    async fn request<S, R>(&mut self, handler: impl AsyncFnOnce(&mut Typed<S>) -> Result<R, Error>) -> R
    where
        S: SessionSchema,
    {
        self.session(async |session: &mut Session| handler(&mut session.typed_mut()).await).await
    }

    async fn session<R>(&mut self, handler: impl AsyncFnOnce(&mut Session) -> Result<R, Error>) -> R {
        self.browser.with(&self.app.manager, handler).await.unwrap()
    }

    /// The server state of the next request.
    async fn stored(&mut self) -> Value {
        self.session(async |session: &mut Session| Ok(session.entries().await?.into())).await
    }

    /// The client state of the next request.
    async fn client_state(&mut self) -> Value {
        self.session(async |session: &mut Session| Ok(session.client().entries().into())).await
    }

    /// The texts that the store has for this session.
    async fn store_text(&mut self) -> String {
        let id = self.session(async |session: &mut Session| Ok(session.id().unwrap())).await;
        let record = self.app.spy.inner().load(&id, Timestamp::from(self.app.now())).await.unwrap().unwrap();
        let lines: Vec<String> = record.values.iter().map(|(key, text)| format!("{key}={text}")).collect();
        lines.join("\n")
    }
}

/// Runs each test on the memory store and on SQLite.
macro_rules! on_memory_and_sqlite {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name(session_tests::Kind::Memory).await; })*
        }

        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name(session_tests::Kind::Sqlite).await; })*
        }
    };
}

use on_memory_and_sqlite;
