//! All arguments of a struct or a field as data, and the compile errors for unknown, misplaced and duplicate names.

use proc_macro2::Ident;
use syn::{Attribute, LitStr, Path};

use super::argument::{Argument, DefaultArgument, Flag, OnInvalid, parse_arguments};
use super::attribute_names::{
    ALIAS, CHECK, CLIENT, CRATE, DEFAULT, DESERIALIZE_WITH, EXPIRES_IN, FLASH, GROUP, INDEX, KEPT_ALIAS, KEY, KEYED,
    MIGRATE, NESTED, NULL, ON_INVALID, PREFIX, RENAME_ALL, RETIRED, RETIRED_CLIENT, SEALED, SECRET, SERIALIZE_WITH,
    SNAPSHOT, Target, WITH,
};
use super::case::Case;
use super::suggestion::{did_you_mean, expected_one_of, suggestion};
use crate::diagnostics::Diagnostics;

#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) prefix: Setting<LitStr>,
    pub(crate) rename_all: Setting<Case>,
    pub(crate) client: Setting<Flag>,
    pub(crate) default: Setting<Flag>,
    pub(crate) group: Setting<Flag>,
    pub(crate) retired: Vec<LitStr>,
    pub(crate) retired_client: Vec<LitStr>,
    /// The traits that the snapshot derives.
    pub(crate) snapshot: Setting<Vec<Path>>,
    pub(crate) crate_path: Setting<Path>,
    /// The names as written, for compile errors on them.
    names: Vec<(&'static str, Ident)>,
}

#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) key: Setting<LitStr>,
    pub(crate) client: Setting<Flag>,
    pub(crate) default: Setting<DefaultArgument>,
    pub(crate) flash: Setting<Flag>,
    pub(crate) nested: Setting<Flag>,
    pub(crate) keyed: Setting<Flag>,
    pub(crate) group: Setting<Flag>,
    pub(crate) index: Setting<Flag>,
    pub(crate) alias: Vec<LitStr>,
    pub(crate) kept_alias: Setting<LitStr>,
    pub(crate) with: Setting<Path>,
    pub(crate) serialize_with: Setting<Path>,
    pub(crate) deserialize_with: Setting<Path>,
    pub(crate) migrate: Setting<Path>,
    pub(crate) on_invalid: Setting<OnInvalid>,
    /// In milliseconds.
    pub(crate) expires_in: Setting<u64>,
    pub(crate) check: Setting<Path>,
    /// `null = "absent"`
    pub(crate) null: Setting<Flag>,
    pub(crate) secret: Setting<Flag>,
    pub(crate) sealed: Setting<Flag>,
    /// The names as written, for compile errors on them.
    names: Vec<(&'static str, Ident)>,
}

/// An argument that may be given once.
pub(crate) struct Setting<T> {
    given: bool,
    value: Option<T>,
}

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut parsed = Self::default();
        for_each_argument(attributes, Target::Struct, diagnostics, |name, argument, diagnostics| {
            parsed.names.push((name, argument.name.clone()));
            match name {
                PREFIX => parsed.prefix.set(argument, diagnostics, argument.string(diagnostics)),
                RENAME_ALL => parsed.rename_all.set(argument, diagnostics, argument.case(diagnostics)),
                CLIENT => parsed.client.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                DEFAULT => parsed.default.set(argument, diagnostics, Some(argument.struct_default(diagnostics))),
                GROUP => parsed.group.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                RETIRED => parsed.retired.extend(argument.string(diagnostics)),
                RETIRED_CLIENT => parsed.retired_client.extend(argument.string(diagnostics)),
                SNAPSHOT => parsed.snapshot.set(argument, diagnostics, argument.traits(diagnostics)),
                CRATE => parsed.crate_path.set(argument, diagnostics, argument.path(diagnostics)),
                _ => {}
            }
        });
        parsed
    }

    /// Returns the first of these arguments that was given, as the user wrote it.
    pub(crate) fn first_given(&self, names: &[&'static str]) -> Option<(&'static str, &Ident)> {
        first_given(&self.names, names)
    }
}

impl FieldAttributes {
    pub(crate) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut parsed = Self::default();
        for_each_argument(attributes, Target::Field, diagnostics, |name, argument, diagnostics| {
            parsed.names.push((name, argument.name.clone()));
            match name {
                KEY => parsed.key.set(argument, diagnostics, argument.string(diagnostics)),
                CLIENT => parsed.client.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                DEFAULT => parsed.default.set(argument, diagnostics, Some(argument.field_default(diagnostics))),
                FLASH => parsed.flash.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                NESTED => parsed.nested.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                KEYED => parsed.keyed.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                GROUP => parsed.group.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                INDEX => parsed.index.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                ALIAS => parsed.alias.extend(argument.string(diagnostics)),
                KEPT_ALIAS => parsed.kept_alias.set(argument, diagnostics, argument.string(diagnostics)),
                WITH => parsed.with.set(argument, diagnostics, argument.path(diagnostics)),
                SERIALIZE_WITH => parsed.serialize_with.set(argument, diagnostics, argument.path(diagnostics)),
                DESERIALIZE_WITH => parsed.deserialize_with.set(argument, diagnostics, argument.path(diagnostics)),
                MIGRATE => parsed.migrate.set(argument, diagnostics, argument.path(diagnostics)),
                EXPIRES_IN => parsed.expires_in.set(argument, diagnostics, argument.duration(diagnostics)),
                CHECK => parsed.check.set(argument, diagnostics, argument.path(diagnostics)),
                SECRET => parsed.secret.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                SEALED => parsed.sealed.set(argument, diagnostics, Some(argument.flag(diagnostics))),
                ON_INVALID => parsed.on_invalid.set(argument, diagnostics, argument.on_invalid(diagnostics)),
                NULL => parsed.null.set(argument, diagnostics, argument.null(diagnostics)),
                _ => {}
            }
        });
        parsed
    }

    /// Returns the name as the user wrote it, if the argument was given.
    pub(crate) fn written(&self, name: &str) -> Option<&Ident> {
        written(&self.names, name)
    }

    /// Returns the first of these arguments that was given.
    pub(crate) fn first_given(&self, names: &[&'static str]) -> Option<(&'static str, &Ident)> {
        first_given(&self.names, names)
    }

    /// Returns the paths of the user's functions and modules.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.with, &self.serialize_with, &self.deserialize_with, &self.migrate, &self.check]
            .into_iter()
            .filter_map(Setting::get)
    }

    /// Returns the path of `with`, its module and its function, if it names a function instead of the module.
    pub(crate) fn function_in_with(&self) -> Option<(&Path, Path, &Ident)> {
        let path = self.with.get()?;
        let mut module = path.clone();
        module.segments.pop();
        module.segments.pop_punct();
        // `crate::serialize` is more likely a module than a function.
        let parent = &module.segments.last()?.ident;
        if ["crate", "self", "super"].iter().any(|root| parent == root) {
            return None;
        }
        let function = &path.segments.last()?.ident;
        (function == "serialize" || function == "deserialize").then_some((path, module, function))
    }

    /// Returns true if the user's functions encode or decode the values.
    pub(crate) fn has_codec(&self) -> bool {
        self.with.is_given() || self.serialize_with.is_given() || self.deserialize_with.is_given()
    }
}

fn written<'a>(given: &'a [(&'static str, Ident)], name: &str) -> Option<&'a Ident> {
    given.iter().find(|(known, _)| *known == name).map(|(_, written)| written)
}

fn first_given<'a>(given: &'a [(&'static str, Ident)], names: &[&'static str]) -> Option<(&'static str, &'a Ident)> {
    names.iter().find_map(|name| Some((*name, written(given, name)?)))
}

impl<T> Default for Setting<T> {
    fn default() -> Self {
        Self { given: false, value: None }
    }
}

impl<T> Setting<T> {
    /// Returns the value, if the argument was given with a valid value.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Returns true if the argument was given, even with an invalid value.
    pub(crate) fn is_given(&self) -> bool {
        self.given
    }

    /// The first value counts, so that the accessors keep their signatures until the duplicate is removed.
    fn set(&mut self, argument: &Argument, diagnostics: &Diagnostics, value: Option<T>) {
        if self.given {
            let name = &argument.name;
            diagnostics.error(name, format!("duplicate session attribute `{name}`: keep one of them"));
        }
        self.given = true;
        self.value = self.value.take().or(value);
    }
}

/// Calls `apply` for each argument. If a name is unknown but has a suggestion, `apply` gets the suggestion, and further
/// errors about this argument are dropped.
fn for_each_argument(
    attributes: &[Attribute],
    target: Target,
    diagnostics: &Diagnostics,
    mut apply: impl FnMut(&'static str, &Argument, &Diagnostics),
) {
    for argument in parse_arguments(attributes, "session", diagnostics) {
        if let Some(name) = target.names().iter().find(|name| argument.name == **name) {
            apply(name, &argument, diagnostics);
        } else if let Some(name) = report_unknown_name(&argument, target, diagnostics) {
            without_errors(|ignored| apply(name, &argument, ignored));
        }
    }
    for argument in without_errors(|ignored| parse_arguments(attributes, "serde", ignored)) {
        if let Some(name) = report_serde_name(&argument, target, diagnostics) {
            without_errors(|ignored| apply(name, &argument, ignored));
        }
    }
}

fn without_errors<R>(f: impl FnOnce(&Diagnostics) -> R) -> R {
    let ignored = Diagnostics::new();
    let result = f(&ignored);
    ignored.into_compile_errors();
    result
}

/// Reports an unknown name, and returns the known name that was probably meant.
fn report_unknown_name(argument: &Argument, target: Target, diagnostics: &Diagnostics) -> Option<&'static str> {
    let name = argument.name.to_string();
    let other = target.other();
    if other.names().contains(&name.as_str()) {
        let (right, wrong) = (other.noun_with_article(), target.noun_with_article());
        diagnostics.error(&argument.name, format!("`#[session({name})]` belongs on {right}, not on {wrong}"));
        return None;
    }
    let noun = target.noun();
    if let Some(advice) = target.advice(&name) {
        diagnostics.error(&argument.name, format!("unknown session {noun} attribute `{name}`: {advice}"));
        return None;
    }
    let meant = target.synonym(&name).or_else(|| suggestion(&name, target.names()));
    let advice = meant.map_or_else(|| expected_one_of(target.names()), did_you_mean);
    diagnostics.error(&argument.name, format!("unknown session {noun} attribute `{name}`{advice}"));
    meant
}

/// serde never processes a schema, so each `#[serde(...)]` is an error. Returns our name for it.
fn report_serde_name(argument: &Argument, target: Target, diagnostics: &Diagnostics) -> Option<&'static str> {
    let name = argument.name.to_string();
    let same = target.names().iter().copied().find(|known| *known == name);
    let meant = same.or_else(|| target.synonym(&name));
    let advice = match meant {
        Some(meant) if !argument.has_value() => format!("; write `#[session({meant})]`"),
        Some(DEFAULT) => "; write `#[session(default = ..)]` with an expression".to_owned(),
        Some(meant) => format!("; write `#[session({meant} = \"...\")]`"),
        None => ": a schema is never serialized as a whole; remove the attribute".to_owned(),
    };
    diagnostics.error(&argument.name, format!("`#[serde({name})]` has no effect on a session schema{advice}"));
    meant
}
