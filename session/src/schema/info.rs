//! The declaration of a schema at run time: for inspectors, `assert_schema!` and `assert_disjoint!`.

use crate::record::side::Side;
use crate::schema::keyed::entry_key::KeyPattern;

/// The declaration of a schema, returned by [`SessionSchema::schema`](crate::SessionSchema::schema).
#[derive(Clone, Copy, Debug)]
pub struct SchemaInfo {
    name: &'static str,
    fields: &'static [FieldInfo],
    nested: &'static [(&'static str, &'static SchemaInfo)],
    retired: &'static [(Side, &'static str)],
    /// True if a field of this schema or of a nested one is secret or sealed.
    has_protected_keys: bool,
}

impl SchemaInfo {
    /// Returns the name of the struct.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the fields of the struct in their order, without those of nested schemas.
    pub const fn fields(&self) -> &'static [FieldInfo] {
        self.fields
    }

    /// Returns the nested schemas with the names of their fields.
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

    pub(crate) fn has_protected_keys(&self) -> bool {
        self.has_protected_keys
    }

    /// Returns true if inspectors must not show the value of this key.
    pub(crate) fn is_secret(&self, side: Side, key: &str) -> bool {
        self.any_field(side, key, FieldInfo::is_secret)
    }

    /// Returns true if the values of this server key are encrypted in the store.
    pub(crate) fn seals(&self, key: &str) -> bool {
        self.any_field(Side::Server, key, FieldInfo::is_sealed)
    }

    fn any_field(&self, side: Side, key: &str, test: fn(&FieldInfo) -> bool) -> bool {
        let mut fields = self.fields.iter().filter(|field| field.side == side && test(field));
        self.has_protected_keys
            && (fields.any(|field| field.has_key(key))
                || self.nested.iter().any(|(_, schema)| schema.any_field(side, key, test)))
    }
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
    flags: FieldFlags,
}

/// The flags of a field's attribute.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own")]
struct FieldFlags {
    has_default: bool,
    flash: bool,
    indexed: bool,
    has_codec: bool,
    has_migration: bool,
    ignores_invalid: bool,
    has_check: bool,
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
        self.flags.has_codec
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
        let has_protected_keys = has_protected_keys(fields, nested);
        Self { name, fields, nested, retired, has_protected_keys }
    }
}

const fn has_protected_keys(fields: &[FieldInfo], nested: &[(&str, &SchemaInfo)]) -> bool {
    let mut index = 0;
    while index < fields.len() {
        if fields[index].flags.secret || fields[index].flags.sealed {
            return true;
        }
        index += 1;
    }
    let mut index = 0;
    while index < nested.len() {
        if nested[index].1.has_protected_keys {
            return true;
        }
        index += 1;
    }
    false
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
            has_codec: false,
            has_migration: false,
            ignores_invalid: false,
            has_check: false,
            secret: false,
            sealed: false,
            keyed: false,
        };
        Self { name, key, side, type_name, docs, aliases: &[], kept_alias: None, flags }
    }

    pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub const fn with_kept_alias(mut self, alias: &'static str) -> Self {
        self.kept_alias = Some(alias);
        self
    }

    flags! {
        default: has_default,
        flash: flash,
        index: indexed,
        with: has_codec,
        migrate: has_migration,
        on_invalid: ignores_invalid,
        check: has_check,
        secret: secret,
        sealed: sealed,
        keyed: keyed
    }
}
