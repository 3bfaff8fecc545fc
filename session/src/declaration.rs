//! A schema as it was declared: for inspectors, for the guard, and for the compiler, which keeps two schemas apart by it.

/// Which half of a session a field is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The store.
    Server,
    /// The cookie.
    Client,
}

impl Side {
    /// `server` or `client`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// The declaration of a schema, as [`SessionSchema::schema`](crate::SessionSchema::schema) gives it.
#[derive(Clone, Copy, Debug)]
pub struct SchemaInfo {
    name: &'static str,
    fields: &'static [FieldInfo],
    nested: &'static [(&'static str, &'static SchemaInfo)],
    retired: &'static [(Side, &'static str)],
}

impl SchemaInfo {
    /// The name of the struct.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The fields of the struct, in its order, without those of nested schemas.
    pub const fn fields(&self) -> &'static [FieldInfo] {
        self.fields
    }

    /// The nested schemas, by the names of their fields.
    pub const fn nested(&self) -> &'static [(&'static str, &'static SchemaInfo)] {
        self.nested
    }

    /// The fields of the struct and of all schemas in it, each with the path that leads to it: `checkout.address`.
    pub fn all_fields(&self) -> Vec<(String, &'static FieldInfo)> {
        let own = self.fields.iter().map(|field| (field.name.to_owned(), field));
        let nested = self.nested.iter().flat_map(|(name, schema)| {
            schema.all_fields().into_iter().map(move |(path, field)| (format!("{name}.{path}"), field))
        });
        own.chain(nested).collect()
    }

    /// The keys that are retired: what earlier releases left under them is dropped.
    pub const fn retired(&self) -> &'static [(Side, &'static str)] {
        self.retired
    }

    pub(crate) fn retires(&self) -> bool {
        !self.retired.is_empty() || self.nested.iter().any(|(_, schema)| schema.retires())
    }

    /// The keys that this schema and all schemas in it retire.
    pub(crate) fn all_retired(&self) -> Vec<(Side, &'static str)> {
        let nested = self.nested.iter().flat_map(|(_, schema)| schema.all_retired());
        self.retired.iter().copied().chain(nested).collect()
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
    traits: Traits,
}

/// What a field is besides.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the attribute")]
struct Traits {
    has_default: bool,
    flash: bool,
    indexed: bool,
    coded: bool,
    migrates: bool,
    forgives: bool,
}

impl FieldInfo {
    /// The name of the field.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The key under which the value is kept.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The half of the session that it is in.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The type of the values, as the struct has it.
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The doc comment, line by line.
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The keys that the field had in earlier releases, and that are still read: without the one that is kept.
    pub const fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// The key of the last release, if the field is still written there.
    pub const fn kept_alias(&self) -> Option<&'static str> {
        self.kept_alias
    }

    /// Whether an absent key reads as a default.
    pub const fn has_default(&self) -> bool {
        self.traits.has_default
    }

    /// Whether it is a message that is taken once.
    pub const fn is_flash(&self) -> bool {
        self.traits.flash
    }

    /// Whether the application finds sessions by its value.
    pub const fn is_indexed(&self) -> bool {
        self.traits.indexed
    }

    /// Whether it is written in a form of its own, by `with`.
    pub const fn is_coded(&self) -> bool {
        self.traits.coded
    }

    /// Whether values of earlier releases are migrated.
    pub const fn migrates(&self) -> bool {
        self.traits.migrates
    }

    /// Whether a value of another type reads as if it were absent, rather than as an error.
    pub const fn forgives(&self) -> bool {
        self.traits.forgives
    }

    /// All keys that hold a value of this field.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        [self.key].into_iter().chain(self.kept_alias).chain(self.aliases.iter().copied())
    }
}

/// What the derive writes down.
#[doc(hidden)]
impl SchemaInfo {
    pub const fn declare(
        name: &'static str,
        fields: &'static [FieldInfo],
        nested: &'static [(&'static str, &'static SchemaInfo)],
        retired: &'static [(Side, &'static str)],
    ) -> Self {
        Self { name, fields, nested, retired }
    }
}

macro_rules! words {
    ($($word:ident: $part:ident),*) => {$(
        pub const fn $word(mut self) -> Self {
            self.traits.$part = true;
            self
        }
    )*};
}

#[doc(hidden)]
#[allow(clippy::return_self_not_must_use, reason = "written by the derive")]
impl FieldInfo {
    pub const fn declare(
        name: &'static str,
        key: &'static str,
        side: Side,
        type_name: &'static str,
        docs: &'static str,
    ) -> Self {
        let traits =
            Traits { has_default: false, flash: false, indexed: false, coded: false, migrates: false, forgives: false };
        Self { name, key, side, type_name, docs, aliases: &[], kept_alias: None, traits }
    }

    pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub const fn kept(mut self, alias: &'static str) -> Self {
        self.kept_alias = Some(alias);
        self
    }

    words! { default: has_default, flash: flash, index: indexed, with: coded, migrate: migrates, on_invalid: forgives }
}
