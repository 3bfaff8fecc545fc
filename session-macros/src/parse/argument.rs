//! One argument of `#[session(...)]`, such as `key = "user.id"`: its syntax, and the compile errors for wrong values.

use proc_macro2::{Ident, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token};

use super::attribute_names::{ALIAS, CRATE, EXPIRES_IN, NULL, ON_INVALID, RENAME_ALL, RETIRED, RETIRED_CLIENT};
use super::case::Case;
use super::duration::parse_duration;
use super::suggestion;
use crate::diagnostics::Diagnostics;

/// The arguments that may be given several times.
const REPEATABLE: [&str; 3] = [ALIAS, RETIRED, RETIRED_CLIENT];

/// The value of `null`.
const ABSENT: &str = "absent";

pub(super) struct Argument {
    pub(super) name: Ident,
    value: ArgumentValue,
}

enum ArgumentValue {
    /// `name`
    None,
    /// `name =`
    Missing,
    /// `name = expr`
    Expr(Expr),
    /// `name(..)`
    List(TokenTree),
    /// A syntax error, already reported.
    Invalid,
}

/// An argument without a value.
pub(crate) struct Flag;

pub(crate) enum DefaultArgument {
    /// `default`
    OfType,
    /// `default = expr`
    Expr(Expr),
    /// Already reported. It counts as given, so that the accessors keep their signatures.
    Invalid,
}

/// The behaviour for a stored value that is not of the field's type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum OnInvalid {
    Error,
    Default,
    Discard,
}

/// Parses all `#[session(...)]`s of one field or struct. They may be split over several attributes.
pub(super) fn parse_arguments(attributes: &[Attribute], path: &str, diagnostics: &Diagnostics) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(path)) {
        match &attribute.meta {
            Meta::List(list) => {
                let parsed = list.parse_args_with(|input: ParseStream| Ok(parse_list(input, diagnostics)));
                arguments.extend(parsed.unwrap_or_default());
            }
            _ => diagnostics.error(attribute.path(), "expected arguments in parentheses: write `#[session(...)]`"),
        }
    }
    arguments
}

/// After a syntax error, parsing continues behind the next comma.
fn parse_list(input: ParseStream, diagnostics: &Diagnostics) -> Vec<Argument> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        match Argument::parse(input, diagnostics) {
            Ok(argument) => {
                if !is_at_end(input) && !matches!(argument.value, ArgumentValue::Invalid) {
                    diagnostics.push(input.error(format!("expected `,` after `{}`", argument.name)));
                }
                arguments.push(argument);
            }
            Err(error) => diagnostics.push(error),
        }
        skip_past_comma(input);
    }
    arguments
}

fn skip_past_comma(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            return;
        }
    }
}

fn is_at_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

impl Argument {
    fn parse(input: ParseStream, diagnostics: &Diagnostics) -> syn::Result<Self> {
        if let Ok(literal) = input.fork().parse::<LitStr>() {
            let key = literal.value();
            let message = format!("expected a name before the string; to set the key, write `key = {key:?}`");
            return Err(syn::Error::new(literal.span(), message));
        }
        let name = Ident::parse_any(input)?;
        let value = ArgumentValue::parse(&name, input).unwrap_or_else(|error| {
            diagnostics.push(error);
            ArgumentValue::Invalid
        });
        Ok(Self { name, value })
    }

    pub(super) fn has_value(&self) -> bool {
        !matches!(self.value, ArgumentValue::None)
    }

    pub(super) fn flag(&self, diagnostics: &Diagnostics) -> Flag {
        let message = format!("`{0}` takes no value: write `{0}`, or remove it", self.name);
        match &self.value {
            ArgumentValue::None | ArgumentValue::Invalid => {}
            ArgumentValue::Missing => diagnostics.error(&self.name, message),
            ArgumentValue::Expr(value) => diagnostics.error(value, message),
            ArgumentValue::List(list) => diagnostics.error(list, message),
        }
        Flag
    }

    pub(super) fn string(&self, diagnostics: &Diagnostics) -> Option<LitStr> {
        let name = &self.name;
        match &self.value {
            ArgumentValue::Expr(value) => match string_literal(value) {
                Some(literal) => return Some(literal.clone()),
                None => diagnostics.error(value, not_a_string(name, value)),
            },
            ArgumentValue::Invalid => {}
            ArgumentValue::None | ArgumentValue::Missing => {
                let message = format!("`{name}` needs a value: write `{name} = \"{}\"`", example_value(name));
                diagnostics.error(name, message);
            }
            ArgumentValue::List(list) => diagnostics.error(list, value_in_list(name, list)),
        }
        None
    }

    pub(super) fn case(&self, diagnostics: &Diagnostics) -> Option<Case> {
        let literal = self.string(diagnostics)?;
        let name = literal.value();
        let case = Case::from_name(&name);
        if case.is_none() {
            let advice = suggestion::advice(&name, &Case::names());
            diagnostics.error(literal, format!("unknown case `{name}`{advice}"));
        }
        case
    }

    pub(super) fn path(&self, diagnostics: &Diagnostics) -> Option<Path> {
        let literal = self.string(diagnostics)?;
        let path = literal.parse().ok();
        if path.is_none() {
            let example = if self.name == CRATE { "::session" } else { "my::path" };
            diagnostics.error(literal, format!("`{0}` must be a path: write `{0} = {example:?}`", self.name));
        }
        path
    }

    /// Returns the traits to derive: `name(Clone, PartialEq)`.
    pub(super) fn traits(&self, diagnostics: &Diagnostics) -> Option<Vec<Path>> {
        let message = format!("`{0}` takes the traits to derive: write `{0}(Clone, PartialEq)`", self.name);
        let ArgumentValue::List(TokenTree::Group(list)) = &self.value else {
            if !matches!(self.value, ArgumentValue::Invalid) {
                diagnostics.error(&self.name, message);
            }
            return None;
        };
        let Ok(traits) = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.stream()) else {
            diagnostics.error(list, message);
            return None;
        };
        if traits.is_empty() {
            diagnostics.error(&self.name, message);
        }
        let (implemented, derived): (Vec<_>, Vec<_>) = traits.into_iter().partition(is_implemented_by_snapshots);
        for path in implemented {
            let trait_name = &path.segments.last()?.ident;
            diagnostics.error(&path, format!("every snapshot is `{trait_name}`: remove it from `{}`", self.name));
        }
        Some(derived)
    }

    /// Returns milliseconds.
    pub(super) fn duration(&self, diagnostics: &Diagnostics) -> Option<u64> {
        if let ArgumentValue::Expr(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) = &self.value {
            let name = &self.name;
            let message = format!(
                "`{name}` takes a number with a unit, in quotes: write `{name} = \"{number}s\"` for seconds, or \
                 `{name} = \"{number}m\"` for minutes"
            );
            diagnostics.error(number, message);
            return None;
        }
        let literal = self.string(diagnostics)?;
        let text = literal.value();
        let millis = parse_duration(&text);
        millis.map_err(|problem| diagnostics.error(literal, format!("the duration {text:?} {problem}"))).ok()
    }

    pub(super) fn on_invalid(&self, diagnostics: &Diagnostics) -> Option<OnInvalid> {
        let literal = self.string(diagnostics)?;
        let name = literal.value();
        let choices = [("error", OnInvalid::Error), ("default", OnInvalid::Default), ("discard", OnInvalid::Discard)];
        let choice = choices.iter().find(|(choice, _)| *choice == name).map(|(_, choice)| *choice);
        if choice.is_none() {
            let advice = suggestion::advice(&name, &choices.map(|(name, _)| name));
            diagnostics.error(literal, format!("unknown value `{name}` of `on_invalid`{advice}"));
        }
        choice
    }

    pub(super) fn null(&self, diagnostics: &Diagnostics) -> Option<Flag> {
        let literal = self.string(diagnostics)?;
        let name = literal.value();
        if name != ABSENT {
            let advice = suggestion::advice(&name, &[ABSENT]);
            diagnostics.error(literal, format!("unknown value `{name}` of `null`{advice}"));
        }
        Some(Flag)
    }

    /// `default` on the struct sets `default` on every field, so it has no value.
    pub(super) fn struct_default(&self, diagnostics: &Diagnostics) -> Flag {
        if let ArgumentValue::Expr(value) = &self.value {
            let message = "`default` on the struct takes no value: it sets `T::default()` for every field; \
                           write a default with a value on the field";
            diagnostics.error(value, message);
            return Flag;
        }
        self.flag(diagnostics)
    }

    pub(super) fn field_default(&self, diagnostics: &Diagnostics) -> DefaultArgument {
        let name = &self.name;
        match &self.value {
            ArgumentValue::None => return DefaultArgument::OfType,
            ArgumentValue::Expr(value) => return DefaultArgument::Expr(value.clone()),
            ArgumentValue::Invalid => {}
            ArgumentValue::Missing => {
                let message = format!("`{name} =` needs an expression; for `T::default()`, write `{name}`");
                diagnostics.error(name, message);
            }
            ArgumentValue::List(list) => {
                diagnostics.error(list, format!("`{name}` takes its value after `=`: write `{name} = ...`"));
            }
        }
        DefaultArgument::Invalid
    }
}

impl ArgumentValue {
    fn parse(name: &Ident, input: ParseStream) -> syn::Result<Self> {
        if is_at_end(input) {
            return Ok(ArgumentValue::None);
        }
        if let Ok(TokenTree::Group(group)) = input.fork().parse() {
            input.parse::<TokenTree>()?;
            return Ok(ArgumentValue::List(group.into()));
        }
        if !input.peek(Token![=]) {
            return Err(input.error(format!("expected `,` or `=` after `{name}`")));
        }
        input.parse::<Token![=]>()?;
        if is_at_end(input) { Ok(ArgumentValue::Missing) } else { input.parse().map(ArgumentValue::Expr) }
    }
}

fn is_implemented_by_snapshots(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Debug" || last.ident == "Serialize")
}

/// A literal from a `macro_rules!` variable is in an invisible group.
pub(super) fn string_literal(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Group(group) => string_literal(&group.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Some(literal),
        _ => None,
    }
}

fn example_value(name: &Ident) -> &'static str {
    if name == EXPIRES_IN {
        "10m"
    } else if name == ON_INVALID {
        "discard"
    } else if name == NULL {
        ABSENT
    } else if name == RENAME_ALL {
        "camelCase"
    } else {
        "..."
    }
}

/// The compile error for a value in parentheses or brackets.
fn value_in_list(name: &Ident, list: &impl ToTokens) -> String {
    let corrected: Vec<_> = strings_in_list(list).iter().map(|text| format!("{name} = {text:?}")).collect();
    match &corrected[..] {
        [] => format!("`{name}` takes its value after `=`: write `{name} = \"...\"`"),
        [one] => format!("`{name}` takes its value after `=`: write `{one}`"),
        several if REPEATABLE.iter().any(|repeatable| name == repeatable) => {
            format!("`{name}` takes one value, and may be repeated: write `{}`", several.join(", "))
        }
        _ => format!("`{name}` takes one value: write `{name} = \"...\"`"),
    }
}

fn strings_in_list(tokens: &impl ToTokens) -> Vec<String> {
    let mut tokens = tokens.to_token_stream().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return Vec::new() };
    let tokens = group.stream().into_iter();
    let strings = tokens.filter_map(|token| syn::parse2::<LitStr>(token.into()).ok());
    strings.map(|string| string.value()).collect()
}

/// The compile error for a value that is not a string.
fn not_a_string(name: &Ident, value: &Expr) -> String {
    if let Expr::Array(_) = value {
        return value_in_list(name, value);
    }
    if let Some(constant) = constant_name(value) {
        return format!(
            "`{name}` must be a string literal: the derive cannot read the constant `{constant}`; \
             write its value in quotes"
        );
    }
    let quoted = text_without_quotes(value).unwrap_or_else(|| "...".to_owned());
    format!("`{name}` must be a string literal: write `{name} = \"{quoted}\"`")
}

fn constant_name(expr: &Expr) -> Option<&Ident> {
    let Expr::Path(path) = expr else { return None };
    let name = &path.path.segments.last()?.ident;
    let text = name.to_string();
    (text.len() > 1 && text.to_uppercase() == text).then_some(name)
}

/// Returns a key or a path whose quotes are missing.
fn text_without_quotes(expr: &Expr) -> Option<String> {
    if let Expr::Lit(ExprLit { lit: Lit::Char(char), .. }) = expr {
        return Some(char.value().to_string());
    }
    let is_text = matches!(expr, Expr::Path(_) | Expr::Field(_) | Expr::Lit(ExprLit { lit: Lit::Int(_), .. }));
    is_text.then(|| quote!(#expr).to_string().replace(' ', ""))
}
