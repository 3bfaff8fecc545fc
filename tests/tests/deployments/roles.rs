//! Roles that have the documented rights alone.

use std::error::Error as _;

use session::SecretKey;
use session::store::{MySqlStore, PostgresStore};
use session_tests::private_server::{Engine, PASSWORD, PrivateServer};
use session_tests::servers::{self, prefix};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};

use crate::login::Application;

fn cause(error: &session::Error) -> String {
    error.source().unwrap().to_string()
}

/// A new database on the shared PostgreSQL server, and two new roles.
struct PostgresDatabase {
    admin: PgPool,
    options: PgConnectOptions,
    /// May create tables.
    migrating: String,
    serving: String,
}

impl PostgresDatabase {
    async fn create() -> Self {
        let (options, name) = (servers::url("SESSION_TEST_POSTGRES").parse::<PgConnectOptions>().unwrap(), prefix());
        let (migrating, serving) = (format!("{name}_migrating"), format!("{name}_serving"));
        let admin = PgPoolOptions::new().max_connections(1);
        let server = admin.clone().connect_with(options.clone()).await.unwrap();
        for sql in [format!("CREATE DATABASE {name} TEMPLATE template0"), format!("CREATE ROLE {serving} LOGIN")] {
            server.execute(AssertSqlSafe(sql)).await.unwrap();
        }
        let options = options.database(&name);
        let database = Self { admin: admin.connect_with(options.clone()).await.unwrap(), options, migrating, serving };
        let migrating = &database.migrating;
        database.run(format!("CREATE ROLE {migrating} LOGIN; GRANT CREATE ON SCHEMA public TO {migrating}")).await;
        database
    }

    async fn run(&self, sql: String) {
        self.admin.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    async fn store(&self, role: &str) -> PostgresStore {
        let options = self.options.clone().username(role);
        PostgresStore::new(PgPoolOptions::new().max_connections(2).connect_with(options).await.unwrap())
    }

    async fn migrate_and_grant(&self) -> PostgresStore {
        self.store(&self.migrating).await.migrate().await.unwrap();
        let serving = &self.serving;
        self.run(format!("GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, session_index TO {serving}")).await;
        self.run(format!("GRANT SELECT ON session_migrations TO {serving}")).await;
        self.store(serving).await
    }
}

#[tokio::test]
async fn a_serving_role_of_postgresql_migrates_if_nothing_is_missing() {
    let database = PostgresDatabase::create().await;
    let serving = database.migrate_and_grant().await;
    serving.migrate().await.unwrap();
    serving.check().await.unwrap();
}

#[tokio::test]
async fn a_serving_role_of_postgresql_serves() {
    let serving = PostgresDatabase::create().await.migrate_and_grant().await;
    Application::new(serving, &SecretKey::generate()).serve(7).await.unwrap();
}

#[tokio::test]
async fn an_error_of_postgresql_names_the_object_that_a_role_must_not_create() {
    let database = PostgresDatabase::create().await;
    let message = cause(&database.store(&database.serving).await.migrate().await.unwrap_err());
    assert!(message.contains("the table `sessions`") && message.contains("with the right to create them"), "{message}");

    let serving = database.migrate_and_grant().await;
    database.run("DROP INDEX session_index_hash".to_owned()).await;
    let message = cause(&serving.migrate().await.unwrap_err());
    let expected = "the index `session_index_hash` is missing: run `migrate` with the right to create it";
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(cause(&serving.check().await.unwrap_err()), expected);
    database.store(&database.migrating).await.migrate().await.unwrap();
    serving.migrate().await.unwrap();
}

/// A private MariaDB server, because only its administrator can grant rights.
struct MySqlDatabase(PrivateServer);

impl MySqlDatabase {
    fn create() -> Self {
        let server = PrivateServer::start(Engine::MySql, &[]);
        for (role, rights) in [("migrating", "SELECT, INSERT, CREATE, INDEX"), ("serving", "USAGE")] {
            server.query(&format!("GRANT {rights} ON session.* TO {role}@'%' IDENTIFIED BY '{PASSWORD}'"));
        }
        Self(server)
    }

    async fn store(&self, role: &str) -> MySqlStore {
        MySqlStore::connect(&self.0.url().replace("shop", role)).await.unwrap()
    }

    async fn migrate_and_grant(&self) -> MySqlStore {
        self.store("migrating").await.migrate().await.unwrap();
        self.0.query("GRANT SELECT, INSERT, UPDATE, DELETE ON session.sessions TO serving@'%'");
        self.0.query("GRANT SELECT, INSERT, UPDATE, DELETE ON session.session_index TO serving@'%'");
        self.0.query("GRANT SELECT ON session.session_migrations TO serving@'%'");
        self.store("serving").await
    }
}

#[tokio::test]
async fn a_serving_role_of_mariadb_migrates_if_nothing_is_missing() {
    let database = MySqlDatabase::create();
    let serving = database.migrate_and_grant().await;
    serving.migrate().await.unwrap();
    serving.check().await.unwrap();

    database.0.query("DROP INDEX session_index_hash ON session.session_index");
    let message = cause(&serving.migrate().await.unwrap_err());
    let expected = "the index `session_index_hash` is missing: run `migrate` with the right to create it";
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(cause(&serving.check().await.unwrap_err()), expected);
    database.0.query("DROP TABLE session.sessions");
    let message = cause(&serving.migrate().await.unwrap_err());
    assert!(message.contains("the table `sessions`") && message.contains("with the right to create them"), "{message}");
    database.store("migrating").await.migrate().await.unwrap();
    serving.migrate().await.unwrap();
}

#[tokio::test]
async fn a_serving_role_of_mariadb_serves() {
    let database = MySqlDatabase::create();
    let serving = database.migrate_and_grant().await;
    Application::new(serving, &SecretKey::generate()).serve(7).await.unwrap();
}
