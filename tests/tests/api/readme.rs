//! The programs of the README compile, and stand here as they stand there: what is between two `// README` lines below is
//! what its Rust blocks say, in their order.

#![allow(dead_code, unreachable_pub, reason = "the programs of a page are to be read, not called")]

mod the_program_of_the_design {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct UserId(u64);

    #[derive(Clone, Serialize, Deserialize)]
    struct LineItem;

    #[derive(Default, Serialize, Deserialize)]
    enum Theme {
        #[default]
        Light,
        Dark,
    }

    struct User {
        id: UserId,
    }

    struct Form {
        user: User,
        gift: LineItem,
    }

    struct Redirect;

    impl Redirect {
        fn to(_: &str) -> Self {
            Self
        }
    }

    // README
    use session::{Session, SessionSchema, Typed};

    #[derive(SessionSchema)]
    struct Visitor {
        /// Who is signed in.
        #[session(key = "user.id")]
        user_id: UserId,
        #[session(default)]
        cart: Vec<LineItem>,
        #[session(client, default)]
        theme: Theme,
    }

    async fn sign_in(
        mut session: Session,
        mut visitor: Typed<Visitor>,
        form: Form,
    ) -> Result<Redirect, session::Error> {
        session.cycle_id(); // a new token: what was known before opens nothing
        visitor.set_user_id(form.user.id)?; // typed: key "user.id", type UserId; no I/O, so not async
        visitor.update_cart(|cart| cart.push(form.gift.clone())).await?; // atomic, even across servers
        visitor.set_theme(Theme::Dark)?; // client state: in the cookie, never in the store
        session.insert("referrer", "newsletter").await?; // the raw key API is always there
        Ok(Redirect::to("/"))
    }
    // README
}

mod an_application {
    // README
    use axum::{Router, routing::get};
    use session::axum::SessionLayer;
    use session::store::SqliteStore;
    use session::{SecretKey, SessionConfig, SessionManager, Typed};

    mod visitor {
        // A schema that other modules use has `pub` fields: an accessor is as visible as its field.
        #[derive(session::SessionSchema)]
        pub struct Visitor {
            #[session(default)]
            pub visits: u64,
        }
    }
    use visitor::Visitor;

    async fn home(mut visitor: Typed<Visitor>) -> Result<String, session::Error> {
        let visits = visitor.update_visits(|visits| {
            *visits += 1;
            *visits
        });
        Ok(format!("visit number {}", visits.await?))
    }

    #[tokio::main]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let store = SqliteStore::connect("sqlite:sessions.db").await?;
        store.migrate().await?;
        let manager = SessionManager::new(store, SessionConfig::new(SecretKey::from_env("SESSION_KEY")?));
        let app = Router::new().route("/", get(home)).layer(SessionLayer::new(manager));
        axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?;
        Ok(())
    }
    // README
}

async fn another_store() -> Result<(), session::Error> {
    use session::store::PostgresStore;

    // README
    let store = PostgresStore::connect("postgres://shop@localhost/shop").await?;
    store.migrate().await?;
    // README
    Ok(())
}

mod a_schema_over_time {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub struct LineItem(String);

    impl LineItem {
        fn new(name: &str) -> Self {
            Self(name.to_owned())
        }
    }

    #[derive(SessionSchema)]
    #[session(prefix = "auth.")]
    struct Auth {
        token: String,
    }

    // README
    use session::SessionSchema;

    #[derive(SessionSchema)]
    #[session(retired = "referrer")] // dropped as sessions come by
    pub struct Visitor {
        #[session(key = "user.id", alias = "user")] // `kept_alias` while servers of both releases run
        pub user_id: u64,
        #[session(default, migrate = "lines_of_names")]
        pub cart: Vec<LineItem>,
        #[session(on_invalid = "discard")] // what is not a `u32` reads as absent
        pub size: u32,
    }

    fn lines_of_names(old: &serde_json::Value) -> Option<Vec<LineItem>> {
        old.as_array()?.iter().map(|name| Some(LineItem::new(name.as_str()?))).collect()
    }
    // README

    // README
    #[test]
    fn no_session_is_stranded() {
        session::assert_schema!(Visitor, "visitor.schema.json"); // SESSION_SCHEMA=accept cargo test writes it
    }

    session::assert_disjoint!(Visitor, Auth); // a key of both is a compile error
    // README
}

#[test]
fn the_readme_says_what_compiles_here() {
    let readme = include_str!("../../../README.md");
    let said: Vec<String> =
        readme.split("```rust\n").skip(1).map(|rest| plain(rest.split("```").next().unwrap())).collect();
    let parts = include_str!("readme.rs").split("// README\n");
    let compiled: Vec<String> = parts.skip(1).step_by(2).map(plain).collect();
    assert_eq!(said, compiled);
    assert_eq!(said.len(), 5);
}

/// The lines without what indents all of them.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let indents = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indents.min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    lines.join("\n").trim().to_owned()
}
