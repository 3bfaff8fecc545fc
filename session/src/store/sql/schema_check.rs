//! The tables of the SQL stores: the objects of a migration file, those that a database lacks, and their creation.
//!
//! Nothing relies on a lock. Each object is created by itself, and an error counts only if the object is still missing
//! afterwards. So processes, and nodes of a cluster, may migrate at once. A role needs rights only for missing objects.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::{Error, StoreError};

/// How often the creation of one object is tried. A process whose transaction failed may have prevented the first try.
const MAX_ATTEMPTS: usize = 2;

/// The objects that a migration file creates, in its order.
pub(in crate::store) struct Migration {
    objects: Vec<SchemaObject>,
}

/// A table, an index or a version that a store needs.
#[derive(PartialEq)]
struct SchemaObject {
    kind: ObjectKind,
    /// The table to which the object belongs.
    table: String,
    /// The name of the table or index, or the number of the version.
    name: String,
    /// The columns of a table.
    columns: Vec<String>,
    /// The statements that create it.
    sql: String,
}

#[derive(Clone, Copy, PartialEq)]
enum ObjectKind {
    Table,
    Index,
    Version,
}

impl Migration {
    /// Parses a migration file, which has one column per line.
    pub(in crate::store) fn parse(file: &str, prefix: &str) -> Self {
        let mut objects: Vec<SchemaObject> = Vec::new();
        for sql in file.replace("{prefix}", prefix).split_inclusive(";\n") {
            match (SchemaObject::parse(sql), objects.last_mut()) {
                (Some(object), _) => objects.push(object),
                (None, Some(previous)) => previous.sql.push_str(sql),
                (None, None) => {}
            }
        }
        Self { objects }
    }

    /// Returns the objects that do not exist.
    fn missing(&self, existing: &ExistingObjects) -> Result<Vec<&SchemaObject>, SchemaError> {
        for object in &self.objects {
            if existing.has_table(&object.name) && !existing.has_columns(object) {
                let table = &object.name;
                return Err(SchemaError::Config(format!(
                    "the table `{table}` belongs to another library: set another prefix with `with_prefix`"
                )));
            }
        }
        Ok(self.objects.iter().filter(|object| !existing.contains(object)).collect())
    }
}

impl SchemaObject {
    /// Parses one statement. Returns `None` if it only changes the previous object.
    fn parse(sql: &str) -> Option<Self> {
        let lines: Vec<&str> = sql.lines().map(str::trim).filter(|line| !line.starts_with("--")).collect();
        let text = lines.join(" ");
        let words: Vec<&str> =
            text.split_whitespace().map(|word| word.trim_matches(['"', '`', '(', ')', ';'])).collect();
        let (kind, table, name) = match words[..] {
            ["CREATE", "TABLE", table, ..] => (ObjectKind::Table, table, table),
            ["CREATE", "INDEX", name, "ON", table, ..]
            | ["ALTER", "TABLE", table, "ADD", "CONSTRAINT", name, "PRIMARY", ..] => (ObjectKind::Index, table, name),
            ["INSERT", "INTO", table, "VALUES", version, ..] => (ObjectKind::Version, table, version),
            _ => return None,
        };
        let columns = if kind == ObjectKind::Table { parse_columns(&lines) } else { Vec::new() };
        Some(Self { kind, table: table.to_owned(), name: name.to_owned(), columns, sql: sql.to_owned() })
    }

    /// Returns true for the table of indexed values.
    fn is_session_index(&self) -> bool {
        self.kind == ObjectKind::Table && self.name.ends_with("_index")
    }
}

/// Returns the first word of each line in the parentheses of `CREATE TABLE`.
fn parse_columns(lines: &[&str]) -> Vec<String> {
    let body = lines.iter().skip_while(|line| !line.ends_with('(')).skip(1).take_while(|line| !line.starts_with(')'));
    let names = body.filter_map(|line| line.split(' ').next()).filter(|name| *name != "PRIMARY");
    names.map(str::to_owned).collect()
}

impl fmt::Display for SchemaObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, name, .. } = self;
        match self.kind {
            ObjectKind::Table => write!(f, "the table `{name}`"),
            ObjectKind::Index => write!(f, "the index `{name}`"),
            ObjectKind::Version => write!(f, "version {name} in `{table}`"),
        }
    }
}

/// The tables, indexes and versions that exist in a database, as far as their names are those of a migration.
#[derive(Default)]
pub(in crate::store) struct ExistingObjects {
    /// Tables with their columns.
    columns: BTreeSet<(String, String)>,
    /// Tables with their indexes.
    indexes: BTreeSet<(String, String)>,
    versions: BTreeSet<String>,
}

impl ExistingObjects {
    /// Adds a row of the query that inspects the database: `column` or `index`, the table, the name.
    pub(in crate::store) fn push(&mut self, [kind, table, name]: [String; 3]) {
        let objects = if kind == "column" { &mut self.columns } else { &mut self.indexes };
        objects.insert((table, name));
    }

    /// Adds a row of the table of versions.
    pub(in crate::store) fn push_version(&mut self, version: String) {
        self.versions.insert(version);
    }

    /// Returns true if the table of versions exists and can be queried.
    pub(in crate::store) fn has_versions(&self, prefix: &str) -> bool {
        self.columns.contains(&(format!("{prefix}_migrations"), "version".to_owned()))
    }

    fn has_table(&self, name: &str) -> bool {
        self.columns.range((name.to_owned(), String::new())..).next().is_some_and(|(table, _)| table == name)
    }

    fn has_columns(&self, table: &SchemaObject) -> bool {
        table.columns.iter().all(|column| self.columns.contains(&(table.name.clone(), column.clone())))
    }

    fn contains(&self, object: &SchemaObject) -> bool {
        match object.kind {
            ObjectKind::Table => self.has_table(&object.name),
            ObjectKind::Index => self.indexes.contains(&(object.table.clone(), object.name.clone())),
            ObjectKind::Version => self.versions.contains(&object.name),
        }
    }
}

/// A connection that inspects the database and creates objects.
pub(in crate::store) trait SchemaConnection {
    /// Returns the existing objects.
    fn inspect(&mut self) -> impl Future<Output = Result<ExistingObjects, StoreError>> + Send;

    /// Returns true if the table of the sessions has rows.
    fn has_sessions(&mut self) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Runs the statements that create one object.
    fn create(&mut self, sql: &str) -> impl Future<Output = Result<(), CreateError>> + Send;
}

/// The database rejected the creation of an object.
pub(in crate::store) struct CreateError {
    pub(in crate::store) source: StoreError,
    /// True if the role lacks a right.
    pub(in crate::store) is_denied: bool,
}

/// The database is not usable by a store.
#[derive(Debug)]
pub(in crate::store) enum SchemaError {
    /// A setting must be changed.
    Config(String),
    Store(StoreError),
}

impl SchemaError {
    fn missing(objects: &[&SchemaObject]) -> Self {
        let (verb, them) = if objects.len() == 1 { ("is", "it") } else { ("are", "them") };
        let message = format!("{} {verb} missing: run `migrate` with the right to create {them}", list(objects));
        Self::Store(message.into())
    }

    fn not_created(object: &SchemaObject, missing: &[&SchemaObject], error: &CreateError) -> Self {
        let source = &error.source;
        match Self::missing(missing) {
            Self::Store(missing) if error.is_denied => Self::Store(format!("{missing} ({source})").into()),
            _ => Self::Store(format!("failed to create {object}: {source}").into()),
        }
    }

    /// Converts it to the error of this operation.
    pub(in crate::store) fn into_error(self, operation: &'static str) -> Error {
        match self {
            Self::Config(message) => Error::config(message),
            Self::Store(source) => Error::store(operation, source),
        }
    }
}

impl From<StoreError> for SchemaError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn list(objects: &[&SchemaObject]) -> String {
    objects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Returns an error if an object is missing. Changes nothing.
pub(in crate::store) fn check(migration: &Migration, existing: &ExistingObjects) -> Result<(), SchemaError> {
    match migration.missing(existing)? {
        missing if missing.is_empty() => Ok(()),
        missing => Err(SchemaError::missing(&missing)),
    }
}

/// Creates the missing objects one by one.
pub(in crate::store) async fn migrate(
    migration: &Migration,
    connection: &mut (impl SchemaConnection + Send),
) -> Result<(), SchemaError> {
    let mut existing = connection.inspect().await?;
    let had_sessions = existing.contains(&migration.objects[0]);
    for _ in &migration.objects {
        let missing = migration.missing(&existing)?;
        let Some(object) = missing.first() else { return Ok(()) };
        create(migration, connection, object).await?;
        // Without the right to read them, there may be some.
        if had_sessions && object.is_session_index() && connection.has_sessions().await.unwrap_or(true) {
            let table = &object.name;
            tracing::warn!(
                table,
                "created a missing table of indexed values; run `SessionManager::reindex` to fill it"
            );
        }
        // Again after each creation, because a table is created with its primary key.
        existing = connection.inspect().await?;
    }
    check(migration, &existing)
}

/// Creates an object, unless another process creates it at the same time.
async fn create(
    migration: &Migration,
    connection: &mut (impl SchemaConnection + Send),
    object: &SchemaObject,
) -> Result<(), SchemaError> {
    let mut attempt = 1;
    while let Err(error) = connection.create(&object.sql).await {
        let existing = connection.inspect().await?;
        let missing = migration.missing(&existing)?;
        if !missing.contains(&object) {
            break;
        }
        if attempt == MAX_ATTEMPTS {
            return Err(SchemaError::not_created(object, &missing, &error));
        }
        attempt += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database in which another process creates an object before each of our statements.
    #[derive(Default)]
    struct RacedDatabase {
        objects: Vec<[&'static str; 3]>,
        raced: Vec<[&'static str; 3]>,
    }

    impl SchemaConnection for RacedDatabase {
        async fn inspect(&mut self) -> Result<ExistingObjects, StoreError> {
            let mut existing = ExistingObjects::default();
            for object in &self.objects {
                existing.push(object.map(str::to_owned));
            }
            Ok(existing)
        }

        async fn has_sessions(&mut self) -> Result<bool, StoreError> {
            Ok(false)
        }

        async fn create(&mut self, _: &str) -> Result<(), CreateError> {
            self.objects.extend(self.raced.pop());
            Err(CreateError { is_denied: false, source: "relation already exists".into() })
        }
    }

    const FILE: &str = "-- Values.\nCREATE TABLE {prefix}s (\n    -- The id.\n    id bytea,\n    PRIMARY KEY (id)\n);\n
        ALTER TABLE {prefix}s ALTER id SET STORAGE PLAIN;\n
        CREATE INDEX {prefix}s_expires ON {prefix}s (expires);\n";

    #[test]
    fn every_statement_of_the_migration_files_belongs_to_an_object() {
        let files = [
            include_str!("../postgres/migrations/tables.sql"),
            include_str!("../mysql/migrations/tables.sql"),
            include_str!("../sqlite/migrations/tables.sql"),
        ];
        for file in files {
            let migration = Migration::parse(file, "shop");
            let names = migration.objects.iter().filter(|object| !object.name.ends_with("_pkey"));
            let names: Vec<_> = names.map(|object| object.name.as_str()).collect();
            assert_eq!(names, ["shops", "shops_expires", "shop_index", "shop_index_hash", "shop_migrations", "1"]);
            assert_eq!(migration.objects[0].columns.len(), 15);
            let columns = &migration.objects.iter().find(|object| object.name == "shop_index").unwrap().columns;
            assert_eq!(columns, &["session", "indexed_key", "hash", "session_created"]);
            let sql: String = migration.objects.iter().map(|object| object.sql.as_str()).collect();
            assert_eq!(sql, file.replace("{prefix}", "shop"), "no statement is lost");
        }
    }

    #[tokio::test]
    async fn an_object_that_another_process_creates_at_the_same_time_is_no_failure() {
        let raced = vec![["index", "shops", "shops_expires"], ["column", "shops", "id"]];
        let mut database = RacedDatabase { raced, ..RacedDatabase::default() };
        migrate(&Migration::parse(FILE, "shop"), &mut database).await.unwrap();
    }

    #[tokio::test]
    async fn an_object_that_remains_missing_is_named() {
        let mut database = RacedDatabase { raced: vec![["column", "shops", "id"]], ..RacedDatabase::default() };
        let error = migrate(&Migration::parse(FILE, "shop"), &mut database).await.unwrap_err();
        let SchemaError::Store(error) = error else { panic!("{error:?}") };
        assert_eq!(error.to_string(), "failed to create the index `shops_expires`: relation already exists");
    }
}
