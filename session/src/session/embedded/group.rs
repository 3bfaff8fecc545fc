//! Groups: structs whose fields are keys of their own, and which are read and written together.

#![allow(missing_docs, reason = "only for the derive")]

use crate::error::Error;
use crate::record::json::Json;
use crate::request::fields::removals;
use crate::schema::assert_schema::Shapes;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::FieldKeys;
use crate::schema::info::SchemaInfo;
use crate::schema::key::{IndexKey, Key};
use crate::session::handle::Session;
use crate::session::typed::{DerivedSchema, SessionSchema, Snapshot, View};

/// A schema with `#[session(group)]`. Implemented by the derive. Its message is the one of [`GroupField`]: the compiler prints
/// equal errors once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of session fields",
    label = "expected a struct with `#[derive(SessionSchema)]` and `#[session(group)]`",
    note = "add `#[derive(session::SessionSchema)]` and `#[session(group)]` to `{Self}`"
)]
pub trait Group: SessionSchema + Sized {
    /// Decodes all fields. `None` if one is absent.
    ///
    /// # Errors
    ///
    /// `Value`: a stored value is not of its field's type.
    fn read(view: &View<'_>) -> Result<Option<Self>, Error>;

    /// Passes each field to `values`.
    fn write(&self, values: &mut GroupValues<'_>);
}

/// A field with `#[session(group)]`. All of its items are reached through this trait, so that a missing attribute on the
/// struct is reported only once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of session fields",
    label = "expected a struct with `#[derive(SessionSchema)]` and `#[session(group)]`",
    note = "add `#[derive(session::SessionSchema)]` and `#[session(group)]` to `{Self}`"
)]
#[allow(clippy::missing_errors_doc, reason = "only for the derive")]
pub trait GroupField: Sized {
    type Snapshot;
    const SCHEMA: &'static SchemaInfo;

    fn snapshot(view: &View<'_>) -> Result<Self::Snapshot, Error>;
    fn shapes(shapes: &mut Shapes);
    fn read(view: &View<'_>) -> Result<Option<Self>, Error>;
    fn set(session: &mut Session, group: &Self) -> Result<(), Error>;
    fn unset(session: &mut Session) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<G: Group> GroupField for G {
    type Snapshot = Snapshot<G>;
    const SCHEMA: &'static SchemaInfo = G::SCHEMA;

    fn snapshot(view: &View<'_>) -> Result<Snapshot<G>, Error> {
        <G as DerivedSchema>::snapshot(view)
    }

    fn shapes(shapes: &mut Shapes) {
        G::shapes(shapes);
    }

    fn read(view: &View<'_>) -> Result<Option<G>, Error> {
        G::read(view)
    }

    fn set(session: &mut Session, group: &G) -> Result<(), Error> {
        let mut values = GroupValues { session, values: Ok(Vec::with_capacity(G::SCHEMA.fields().len())) };
        group.write(&mut values);
        let values = values.values?;
        session.inner().write_all(&values)
    }

    fn unset(session: &mut Session) -> Result<(), Error> {
        removals::unset_group(session.inner(), G::SCHEMA)
    }
}

// Functions without a bound: the future of a trait's method would be reported too if the trait is not implemented.

type Read<G> = fn(&View<'_>) -> Result<Option<G>, Error>;

#[allow(clippy::missing_errors_doc, reason = "only for the derive")]
pub async fn group_get<G>(session: &Session, read: Read<G>) -> Result<Option<G>, Error> {
    read(&session.view().await?)
}

#[allow(clippy::missing_errors_doc, reason = "only for the derive")]
pub async fn group_remove<G>(
    session: &mut Session,
    read: Read<G>,
    schema: &'static SchemaInfo,
) -> Result<Option<G>, Error> {
    session.inner().check_open()?;
    loop {
        let view = session.view().await?;
        let group = read(&view)?;
        if removals::unset_group_if_stored(session.inner(), schema, &view.server)? {
            return Ok(group);
        }
    }
}

/// The key of a field in a group. An indexed key is checked: the application must have configured its index.
pub trait GroupKey<T> {
    fn field(&self, session: &Session) -> Result<(&Field<'static, T>, Encode<T>), Error>;
}

impl<T> GroupKey<T> for Key<T> {
    fn field(&self, _: &Session) -> Result<(&Field<'static, T>, Encode<T>), Error> {
        Ok((&self.field, self.encode))
    }
}

impl<T> GroupKey<T> for IndexKey<T> {
    fn field(&self, session: &Session) -> Result<(&Field<'static, T>, Encode<T>), Error> {
        session.inner().manager.check_indexed(self)?;
        Ok((&self.field, self.encode))
    }
}

/// The encoded fields of a group, or the first error.
pub struct GroupValues<'a> {
    session: &'a Session,
    values: Result<Vec<(FieldKeys<'static>, Json)>, Error>,
}

impl GroupValues<'_> {
    pub fn add<T>(&mut self, key: &impl GroupKey<T>, value: &T) {
        let Ok(values) = &mut self.values else { return };
        match encode(self.session, key, value) {
            Ok(value) => values.push(value),
            Err(error) => self.values = Err(error),
        }
    }
}

fn encode<T>(session: &Session, key: &impl GroupKey<T>, value: &T) -> Result<(FieldKeys<'static>, Json), Error> {
    let (field, encode) = key.field(session)?;
    Ok((field.keys, field.encode_value(encode, value, &*session.inner().manager)?))
}

/// Returns the value of one field of a group. `None` also for an invalid value, if the snapshot is partial.
#[allow(clippy::missing_errors_doc, reason = "only for the derive")]
pub fn group_value<T>(view: &View<'_>, key: &impl GroupKey<T>) -> Result<Option<T>, Error> {
    let (field, _) = key.field(view.session)?;
    let value = field.read(&view.server, view.record.as_ref(), view.context());
    value.or_else(|error| view.skip(error).map(|()| None))
}
