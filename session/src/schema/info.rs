//! The declaration of a schema at run time: for inspectors, `assert_schema!` and `assert_disjoint!`.

use std::time::Duration;

use crate::record::json::type_name::without_paths;
use crate::record::side::Side;
use crate::schema::keyed::entry_key::KeyPattern;

/// The declaration of a schema, returned by [`SessionSchema::schema`](crate::SessionSchema::schema).
#[derive(Clone, Copy, Debug)]
pub struct SchemaInfo {
    name: &'static str,
    fields: &'static [FieldInfo],
    nested: &'static [(&'static str, &'static SchemaInfo)],
    retired: &'static [(Side, &'static str)],
    special_keys: SpecialKeys,
    is_group: bool,
}

impl SchemaInfo {
    /// Returns the name of the struct.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns true for a `group`: its fields are read and written together, and it is absent if one of them is.
    pub const fn is_group(&self) -> bool {
        self.is_group
    }

    /// Returns the fields of the struct in their order, without those of nested schemas.
    pub const fn fields(&self) -> &'static [FieldInfo] {
        self.fields
    }

    /// Returns the nested schemas and groups with the names of their fields.
    pub const fn nested(&self) -> &'static [(&'static str, &'static SchemaInfo)] {
        self.nested
    }

    /// Returns the fields of the struct and of its nested schemas, each with its path: `checkout.address`.
    pub fn all_fields(&self) -> Vec<(String, &'static FieldInfo)> {
        let own = self.fields.iter().map(|field| (field.name.to_owned(), field));
        let nested = self.nested.iter().flat_map(|(name, schema)| {
            schema.all_fields().into_iter().map(move |(path, field)| (format!("{name}.{path}"), field))
        });
        own.chain(nested).collect()
    }

    /// Returns the declarations of the fields of the struct and of its nested schemas.
    pub(crate) fn every_field(&self) -> Vec<&'static FieldInfo> {
        let nested = self.nested.iter().flat_map(|(_, schema)| schema.every_field());
        self.fields.iter().chain(nested).collect()
    }

    /// Returns the retired keys. Values that earlier releases stored under them are deleted. `cart:*` stands for all
    /// entries of a removed keyed field.
    pub const fn retired(&self) -> &'static [(Side, &'static str)] {
        self.retired
    }

    pub(crate) fn has_retired_keys(&self) -> bool {
        !self.retired.is_empty() || self.nested.iter().any(|(_, schema)| schema.has_retired_keys())
    }

    /// Returns the retired keys of this schema and its nested schemas.
    pub(crate) fn all_retired(&self) -> Vec<(Side, &'static str)> {
        let nested = self.nested.iter().flat_map(|(_, schema)| schema.all_retired());
        self.retired.iter().copied().chain(nested).collect()
    }

    /// Returns true if a field is secret or sealed, or its values expire.
    pub(crate) fn has_special_keys(&self) -> bool {
        self.special_keys.any
    }

    pub(crate) fn has_expiring_keys(&self) -> bool {
        self.special_keys.expiring
    }

    pub(crate) fn has_indexed_keys(&self) -> bool {
        self.special_keys.indexed
    }

    /// Returns the first indexed key of which `is_missing` returns true.
    pub(crate) fn find_indexed(&self, is_missing: &impl Fn(&str) -> bool) -> Option<&'static str> {
        let mut own = self.fields.iter().filter(|field| field.is_indexed()).map(FieldInfo::key);
        own.find(|key| is_missing(key))
            .or_else(|| self.nested.iter().find_map(|(_, schema)| schema.find_indexed(is_missing)))
    }

    /// Returns true if inspectors must not show the value of this key.
    pub(crate) fn is_secret(&self, side: Side, key: &str) -> bool {
        self.find_special(side, key, FieldInfo::is_secret).is_some()
    }

    /// Returns true if the values of this server key are encrypted in the store.
    pub(crate) fn seals(&self, key: &str) -> bool {
        self.find_special(Side::Server, key, FieldInfo::is_sealed).is_some()
    }

    /// Returns the time after which the values of this key expire.
    pub(crate) fn expires_in(&self, side: Side, key: &str) -> Option<Duration> {
        self.find_special(side, key, |field| field.expires_in.is_some())?.expires_in
    }

    /// Returns the field of this schema, or of a nested one, that has the key and passes the test.
    fn find_special(&self, side: Side, key: &str, test: fn(&FieldInfo) -> bool) -> Option<&'static FieldInfo> {
        if !self.special_keys.any {
            return None;
        }
        let mut fields = self.fields.iter().filter(|field| field.side == side && test(field));
        let own = fields.find(|field| field.has_key(key));
        own.or_else(|| self.nested.iter().find_map(|(_, schema)| schema.find_special(side, key, test)))
    }
}

/// Which keys of a schema, and of its nested schemas, need more than their accessors know.
#[derive(Clone, Copy, Debug)]
struct SpecialKeys {
    /// True if a field is secret or sealed, or its values expire.
    any: bool,
    /// True if the values of a field expire.
    expiring: bool,
    /// True if a field is indexed.
    indexed: bool,
}

/// The declaration of one field.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    name: &'static str,
    key: &'static str,
    side: Side,
    type_name: &'static str,
    docs: &'static str,
    aliases: &'static [&'static str],
    kept_alias: Option<&'static str>,
    expires_in: Option<Duration>,
    codec: Option<&'static str>,
    flags: FieldFlags,
}

/// The flags of a field's attribute.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own")]
struct FieldFlags {
    has_default: bool,
    flash: bool,
    indexed: bool,
    has_migration: bool,
    ignores_invalid: bool,
    has_check: bool,
    null_is_absent: bool,
    secret: bool,
    sealed: bool,
    keyed: bool,
}

impl FieldInfo {
    /// Returns the name of the field.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the key of the value. For a [keyed](Self::is_keyed) field, the part of the keys before `:`.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// Returns the side: server or client state.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// Returns the type of the values, as it is written in the struct.
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the doc comment.
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Returns the keys of earlier releases that are still read, without the kept alias.
    pub const fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// Returns the key of the previous release, if writes still go to it.
    pub const fn kept_alias(&self) -> Option<&'static str> {
        self.kept_alias
    }

    /// Returns the time after which a value expires, if it expires before its session.
    pub const fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    /// Returns true if an absent key reads as a default value.
    pub const fn has_default(&self) -> bool {
        self.flags.has_default
    }

    /// Returns true for a flash message, which is read once.
    pub const fn is_flash(&self) -> bool {
        self.flags.flash
    }

    /// Returns true if sessions can be found by the value.
    pub const fn is_indexed(&self) -> bool {
        self.flags.indexed
    }

    /// Returns true if the field has a custom serialization (`with`).
    pub const fn has_codec(&self) -> bool {
        self.codec.is_some()
    }

    /// Returns the path of the custom serialization, as it is written in the struct.
    pub(crate) const fn codec(&self) -> Option<&'static str> {
        self.codec
    }

    /// Returns true if values of earlier releases are migrated.
    pub const fn has_migration(&self) -> bool {
        self.flags.has_migration
    }

    /// Returns true if a stored value of another type reads as absent instead of as an error.
    pub const fn ignores_invalid(&self) -> bool {
        self.flags.ignores_invalid
    }

    /// Returns true if each value is checked before it is written.
    pub const fn has_check(&self) -> bool {
        self.flags.has_check
    }

    /// Returns true if a stored `null` reads as an absent key.
    pub const fn null_is_absent(&self) -> bool {
        self.flags.null_is_absent
    }

    /// Returns true if snapshots omit the value, and inspectors show it redacted.
    pub const fn is_secret(&self) -> bool {
        self.flags.secret
    }

    /// Returns true if the value is encrypted in the store.
    pub const fn is_sealed(&self) -> bool {
        self.flags.sealed
    }

    /// Returns true for a `keyed` field: its values have the key of the field, `:` and a part of their own.
    pub const fn is_keyed(&self) -> bool {
        self.flags.keyed
    }

    /// Returns true if this key is a key of the field, or of one of its entries.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.keys().any(|text| self.pattern(text).overlaps(KeyPattern { text: key, is_keyed: false }))
    }

    /// Returns true if a key belongs to both fields, but its values have different types. Paths of types are not compared.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        let type_of = |field: &Self| without_paths(field.type_name());
        self.side == other.side
            && self.pattern(self.key).overlaps(other.pattern(other.key))
            && (type_of(self) != type_of(other) || self.codec() != other.codec())
    }

    /// Returns the keys that one of the field's keys stands for.
    pub(crate) const fn pattern<'a>(&self, key: &'a str) -> KeyPattern<'a> {
        KeyPattern { text: key, is_keyed: self.flags.keyed }
    }

    /// Returns all keys of this field. The keys of a `keyed` field are prefixes.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        [self.key].into_iter().chain(self.kept_alias).chain(self.aliases.iter().copied())
    }
}

#[doc(hidden)]
impl SchemaInfo {
    pub const fn declare(
        name: &'static str,
        fields: &'static [FieldInfo],
        nested: &'static [(&'static str, &'static SchemaInfo)],
        retired: &'static [(Side, &'static str)],
    ) -> Self {
        Self { name, fields, nested, retired, special_keys: SpecialKeys::of(fields, nested), is_group: false }
    }

    #[allow(clippy::return_self_not_must_use, reason = "only for the derive")]
    pub const fn group(mut self) -> Self {
        self.is_group = true;
        self
    }
}

impl SpecialKeys {
    const fn of(fields: &[FieldInfo], nested: &[(&str, &SchemaInfo)]) -> Self {
        let mut keys = Self { any: false, expiring: false, indexed: false };
        let mut index = 0;
        while index < fields.len() {
            let FieldInfo { flags, expires_in, .. } = &fields[index];
            keys.expiring |= expires_in.is_some();
            keys.indexed |= flags.indexed;
            keys.any |= flags.secret || flags.sealed || expires_in.is_some();
            index += 1;
        }
        let mut index = 0;
        while index < nested.len() {
            let Self { any, expiring, indexed } = nested[index].1.special_keys;
            keys.expiring |= expiring;
            keys.indexed |= indexed;
            keys.any |= any;
            index += 1;
        }
        keys
    }
}

macro_rules! flags {
    ($($attribute:ident: $flag:ident),*) => {$(
        pub const fn $attribute(mut self) -> Self {
            self.flags.$flag = true;
            self
        }
    )*};
}

#[doc(hidden)]
#[allow(clippy::return_self_not_must_use, reason = "only for the derive")]
impl FieldInfo {
    pub const fn declare(
        name: &'static str,
        key: &'static str,
        side: Side,
        type_name: &'static str,
        docs: &'static str,
    ) -> Self {
        let flags = FieldFlags {
            has_default: false,
            flash: false,
            indexed: false,
            has_migration: false,
            ignores_invalid: false,
            has_check: false,
            null_is_absent: false,
            secret: false,
            sealed: false,
            keyed: false,
        };
        Self { name, key, side, type_name, docs, aliases: &[], kept_alias: None, expires_in: None, codec: None, flags }
    }

    pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub const fn with_kept_alias(mut self, alias: &'static str) -> Self {
        self.kept_alias = Some(alias);
        self
    }

    pub const fn with_expiry(mut self, millis: u64) -> Self {
        self.expires_in = Some(Duration::from_millis(millis));
        self
    }

    pub const fn with(mut self, codec: &'static str) -> Self {
        self.codec = Some(codec);
        self
    }

    flags! {
        default: has_default,
        flash: flash,
        index: indexed,
        migrate: has_migration,
        on_invalid: ignores_invalid,
        check: has_check,
        null: null_is_absent,
        secret: secret,
        sealed: sealed,
        keyed: keyed
    }
}
