//! Backups of a database, and applications on the restored one. STORES.md documents these commands.

use std::process::Command;

use session::SecretKey;
use session::store::{MySqlStore, PostgresStore, SqliteStore};
use session_tests::servers::{self, prefix};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use crate::login::Application;

/// Deletes the sessions that a restore would revive.
const LOG_ALL_OUT: &str = "DELETE FROM session_index; DELETE FROM sessions;";

fn shell(command: &str) {
    let output = Command::new("bash").args(["-o", "pipefail", "-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A new database, and its URL.
async fn postgres_database() -> String {
    let (url, name) = (servers::url("SESSION_TEST_POSTGRES"), prefix());
    let mut admin = PgConnection::connect(&url).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).await.unwrap();
    format!("{}/{name}", url.rsplit_once('/').unwrap().0)
}

/// The application logs in, and its database is dumped with these options and restored.
async fn restore_postgres(options: &str) -> String {
    let (from, to) = (postgres_database().await, postgres_database().await);
    PostgresStore::connect(&from).await.unwrap().migrate().await.unwrap();
    let mut admin = PgConnection::connect(&from).await.unwrap();
    admin.execute("INSERT INTO sessions (id, part, log) VALUES ('kept', 1, 'log')").await.unwrap();
    shell(&format!("pg_dump {options} '{from}' | psql --quiet --set ON_ERROR_STOP=1 '{to}'"));
    to
}

const PG_DUMP_OPTIONS: [&str; 7] = [
    "",
    "-t 'session*'",
    "-t sessions",
    "-t session_index",
    "--section=pre-data --section=data",
    "--schema-only",
    "--exclude-table-data 'session*'",
];

#[tokio::test]
async fn a_migration_completes_every_restore_of_postgresql() {
    for options in PG_DUMP_OPTIONS {
        let url = restore_postgres(options).await;
        let store = PostgresStore::connect(&url).await.unwrap();
        let is_complete = ["", "-t 'session*'"].contains(&options);
        assert_eq!(store.check().await.is_ok(), is_complete, "{options}");
        store.migrate().await.unwrap();
        store.check().await.unwrap();
        let mut admin = PgConnection::connect(&url).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&mut admin).await.unwrap();
        let has_data = !["-t session_index", "--schema-only", "--exclude-table-data 'session*'"].contains(&options);
        assert_eq!(rows, i64::from(has_data), "{options}");
    }
}

#[tokio::test]
async fn users_log_in_after_every_restore_of_postgresql() {
    for options in PG_DUMP_OPTIONS {
        let url = restore_postgres(options).await;
        let store = PostgresStore::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        Application::new(store, &SecretKey::generate()).serve(7).await.unwrap();
    }
}

#[tokio::test]
async fn a_restored_postgresql_database_keeps_logins_until_its_sessions_are_deleted() {
    let (from, to, key) = (postgres_database().await, postgres_database().await, SecretKey::generate());
    let store = PostgresStore::connect(&from).await.unwrap();
    store.migrate().await.unwrap();
    let browser = Application::new(store, &key).log_in(7).await.unwrap();
    shell(&format!("pg_dump -t 'session*' '{from}' | psql --quiet --set ON_ERROR_STOP=1 '{to}'"));
    let restored = PostgresStore::connect(&to).await.unwrap();
    restored.migrate().await.unwrap();
    let restored = Application::new(restored, &key);
    assert_eq!(restored.user(&browser).await.unwrap(), Some((7, 20_000)));
    shell(&format!("psql --quiet --set ON_ERROR_STOP=1 -c '{LOG_ALL_OUT}' '{to}'"));
    assert_eq!(restored.user(&browser).await.unwrap(), None);
    restored.serve(7).await.unwrap();
}

#[tokio::test]
async fn sessions_restored_without_their_index_are_found_after_a_reindex() {
    let (from, to, key) = (postgres_database().await, postgres_database().await, SecretKey::generate());
    let store = PostgresStore::connect(&from).await.unwrap();
    store.migrate().await.unwrap();
    Application::new(store, &key).log_in(7).await.unwrap();
    shell(&format!("pg_dump -t sessions '{from}' | psql --quiet --set ON_ERROR_STOP=1 '{to}'"));
    let restored = PostgresStore::connect(&to).await.unwrap();
    restored.migrate().await.unwrap();
    let restored = Application::new(restored, &key);
    assert_eq!(restored.sessions(7).await.unwrap(), 0);
    assert_eq!(restored.manager.reindex().await.unwrap(), 1);
    assert_eq!(restored.sessions(7).await.unwrap(), 1);
}

/// A new database, its URL, and the arguments of the command-line programs.
async fn mysql_database() -> (String, String) {
    let (url, name) = (servers::url("SESSION_TEST_MYSQL"), prefix());
    let options: MySqlConnectOptions = url.parse().unwrap();
    let mut admin = MySqlConnection::connect_with(&options).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (host, port) = (options.get_host(), options.get_port());
    let arguments = format!("--no-defaults --host={host} --port={port} --user=session {name}");
    (format!("{}/{name}", url.rsplit_once('/').unwrap().0), arguments)
}

/// Options before and after the name of the database.
const MARIADB_DUMP_OPTIONS: [(&str, &str); 4] =
    [("--single-transaction", ""), ("", "sessions"), ("", "session_index"), ("--no-data", "")];

async fn restore_mysql((options, tables): (&str, &str)) -> String {
    let ((from, from_arguments), (to, to_arguments)) = (mysql_database().await, mysql_database().await);
    MySqlStore::connect(&from).await.unwrap().migrate().await.unwrap();
    let mut admin = MySqlConnection::connect(&from).await.unwrap();
    admin.execute("INSERT INTO sessions (id, part, log) VALUES ('kept', 1, 'log')").await.unwrap();
    let from_arguments = from_arguments.replace("--no-defaults", &format!("--no-defaults {options}"));
    shell(&format!("mariadb-dump {from_arguments} {tables} | mariadb {to_arguments}"));
    to
}

#[tokio::test]
async fn a_migration_completes_every_restore_of_mariadb() {
    for options in MARIADB_DUMP_OPTIONS {
        let url = restore_mysql(options).await;
        let store = MySqlStore::connect(&url).await.unwrap();
        assert_eq!(store.check().await.is_ok(), options.0 == "--single-transaction", "{options:?}");
        store.migrate().await.unwrap();
        store.check().await.unwrap();
        let mut admin = MySqlConnection::connect(&url).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&mut admin).await.unwrap();
        let has_data = options.0 != "--no-data" && options.1 != "session_index";
        assert_eq!(rows, i64::from(has_data), "{options:?}");
    }
}

#[tokio::test]
async fn users_log_in_after_every_restore_of_mariadb() {
    for options in MARIADB_DUMP_OPTIONS {
        let store = MySqlStore::connect(&restore_mysql(options).await).await.unwrap();
        store.migrate().await.unwrap();
        Application::new(store, &SecretKey::generate()).serve(7).await.unwrap();
    }
}

#[tokio::test]
async fn a_restored_mariadb_database_keeps_logins_until_its_sessions_are_deleted() {
    let ((from, from_arguments), (to, to_arguments)) = (mysql_database().await, mysql_database().await);
    let key = SecretKey::generate();
    let store = MySqlStore::connect(&from).await.unwrap();
    store.migrate().await.unwrap();
    let browser = Application::new(store, &key).log_in(7).await.unwrap();
    shell(&format!("mariadb-dump {from_arguments} | mariadb {to_arguments}"));
    let restored = MySqlStore::connect(&to).await.unwrap();
    restored.migrate().await.unwrap();
    let restored = Application::new(restored, &key);
    assert_eq!(restored.user(&browser).await.unwrap(), Some((7, 20_000)));
    shell(&format!("mariadb {to_arguments} --execute='{LOG_ALL_OUT}'"));
    assert_eq!(restored.user(&browser).await.unwrap(), None);
    restored.serve(7).await.unwrap();
}

#[tokio::test]
async fn a_copy_of_an_sqlite_database_keeps_logins_until_its_sessions_are_deleted() {
    let (folder, key) = (TempDir::new().unwrap(), SecretKey::generate());
    let (file, copy) = (folder.path().join("sessions.db"), folder.path().join("copy.db"));
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    let application = Application::new(store, &key);
    let browser = application.log_in(7).await.unwrap();
    let mut admin = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    admin.execute(AssertSqlSafe(format!("VACUUM INTO '{}'", copy.display()))).await.unwrap();
    application.serve(8).await.unwrap();

    let restored = SqliteStore::open(&copy).await.unwrap();
    restored.migrate().await.unwrap();
    let restored = Application::new(restored, &key);
    assert_eq!(restored.user(&browser).await.unwrap(), Some((7, 20_000)));
    let mut admin = SqliteConnection::connect(&format!("sqlite:{}", copy.display())).await.unwrap();
    admin.execute(LOG_ALL_OUT).await.unwrap();
    assert_eq!(restored.user(&browser).await.unwrap(), None);
    restored.serve(7).await.unwrap();
}
