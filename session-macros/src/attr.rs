//! `#[session(...)]` as the user wrote it. A word that cannot be understood is reported and otherwise ignored.

use proc_macro2::{Ident, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token};

use crate::case::Case;
use crate::errors::{Errors, closest, did_you_mean, expected};
use crate::symbol::{
    ALIAS, CLIENT, CRATE, DEFAULT, DESERIALIZE_WITH, FLASH, INDEX, KEPT_ALIAS, KEY, MIGRATE, NESTED, ON_INVALID,
    PREFIX, Place, RENAME_ALL, RETIRED, RETIRED_CLIENT, SERIALIZE_WITH, WITH,
};

/// The words of which each adds one more.
const MAY_BE_REPEATED: [&str; 3] = [ALIAS, RETIRED, RETIRED_CLIENT];

#[derive(Default)]
pub(crate) struct StructAttrs {
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) rename_all: Slot<Case>,
    pub(crate) client: Slot<Flag>,
    pub(crate) default: Slot<Flag>,
    pub(crate) retired: Vec<LitStr>,
    pub(crate) retired_client: Vec<LitStr>,
    pub(crate) krate: Slot<Path>,
}

#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) key: Slot<LitStr>,
    pub(crate) client: Slot<Flag>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) flash: Slot<Flag>,
    pub(crate) nested: Slot<Flag>,
    pub(crate) index: Slot<Flag>,
    pub(crate) alias: Vec<LitStr>,
    pub(crate) kept_alias: Slot<LitStr>,
    pub(crate) with: Slot<Path>,
    pub(crate) serialize_with: Slot<Path>,
    pub(crate) deserialize_with: Slot<Path>,
    pub(crate) migrate: Slot<Path>,
    pub(crate) on_invalid: Slot<OnInvalid>,
    /// The words themselves, where a mistake with one of them is reported.
    words: Vec<(&'static str, Ident)>,
}

/// What becomes of a value that is not of the field's type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum OnInvalid {
    Error,
    Default,
    Discard,
}

pub(crate) struct Flag;

pub(crate) enum DefaultValue {
    /// `default`
    OfType,
    /// `default = expr`
    Expr(Expr),
    /// Reported. It still counts as given, so that the accessors keep their shape.
    Broken,
}

/// A word that may be given once.
pub(crate) struct Slot<T> {
    given: bool,
    value: Option<T>,
}

/// One word between the commas of an attribute.
struct Item {
    word: Ident,
    value: Value,
}

enum Value {
    /// `word`
    None,
    /// `word =`
    Missing,
    /// `word = expr`
    Expr(Expr),
    /// `word(..)`
    List(TokenTree),
    /// Reported.
    Broken,
}

impl StructAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut read = Self::default();
        each_item(attrs, Place::Struct, errors, |word, item, errors| match word {
            PREFIX => read.prefix.fill(item, errors, item.string(errors)),
            RENAME_ALL => read.rename_all.fill(item, errors, item.case(errors)),
            CLIENT => read.client.fill(item, errors, Some(item.flag(errors))),
            DEFAULT => read.default.fill(item, errors, Some(item.struct_default(errors))),
            RETIRED => read.retired.extend(item.string(errors)),
            RETIRED_CLIENT => read.retired_client.extend(item.string(errors)),
            CRATE => read.krate.fill(item, errors, item.path(errors)),
            _ => {}
        });
        read
    }
}

impl FieldAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut read = Self::default();
        each_item(attrs, Place::Field, errors, |word, item, errors| {
            read.words.push((word, item.word.clone()));
            match word {
                KEY => read.key.fill(item, errors, item.string(errors)),
                CLIENT => read.client.fill(item, errors, Some(item.flag(errors))),
                DEFAULT => read.default.fill(item, errors, Some(item.default_value(errors))),
                FLASH => read.flash.fill(item, errors, Some(item.flag(errors))),
                NESTED => read.nested.fill(item, errors, Some(item.flag(errors))),
                INDEX => read.index.fill(item, errors, Some(item.flag(errors))),
                ALIAS => read.alias.extend(item.string(errors)),
                KEPT_ALIAS => read.kept_alias.fill(item, errors, item.string(errors)),
                WITH => read.with.fill(item, errors, item.path(errors)),
                SERIALIZE_WITH => read.serialize_with.fill(item, errors, item.path(errors)),
                DESERIALIZE_WITH => read.deserialize_with.fill(item, errors, item.path(errors)),
                MIGRATE => read.migrate.fill(item, errors, item.path(errors)),
                ON_INVALID => read.on_invalid.fill(item, errors, item.on_invalid(errors)),
                _ => {}
            }
        });
        read
    }

    /// Where the user wrote this word.
    pub(crate) fn word(&self, word: &str) -> Option<&Ident> {
        self.words.iter().find(|(meant, _)| *meant == word).map(|(_, written)| written)
    }

    /// The first of these words that was given.
    pub(crate) fn first_of(&self, words: &[&'static str]) -> Option<(&'static str, &Ident)> {
        words.iter().find_map(|word| Some((*word, self.word(word)?)))
    }

    /// The paths of the user's own functions and modules.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.with, &self.serialize_with, &self.deserialize_with, &self.migrate].into_iter().filter_map(Slot::get)
    }

    /// Whether values are written in a form of their own.
    pub(crate) fn is_coded(&self) -> bool {
        self.with.given() || self.serialize_with.given() || self.deserialize_with.given()
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { given: false, value: None }
    }
}

impl<T> Slot<T> {
    /// The value, if the word was given and its value could be understood.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Whether the word was given, understood or not.
    pub(crate) fn given(&self) -> bool {
        self.given
    }

    /// The first value counts, so that the accessors keep their shape while the second is still there.
    fn fill(&mut self, item: &Item, errors: &Errors, value: Option<T>) {
        if self.given {
            let word = &item.word;
            errors.push(word, format!("duplicate session attribute `{word}`: keep one of them"));
        }
        self.given = true;
        self.value = self.value.take().or(value);
    }
}

impl Item {
    fn parse(input: ParseStream, errors: &Errors) -> syn::Result<Self> {
        if let Ok(literal) = input.fork().parse::<LitStr>() {
            let key = literal.value();
            let message = format!("expected a word before the string; to name the key, write `key = {key:?}`");
            return Err(syn::Error::new(literal.span(), message));
        }
        let word = Ident::parse_any(input)?;
        let value = Value::parse(&word, input).unwrap_or_else(|error| {
            errors.push_error(error);
            Value::Broken
        });
        Ok(Self { word, value })
    }

    /// The word that was typed, or the one that was meant: then it is reported, and taken for that one.
    fn meaning(&self, place: Place, errors: &Errors) -> Option<&'static str> {
        let word = self.word.to_string();
        let (here, there) = (place, place.other());
        if there.words().contains(&word.as_str()) {
            let message =
                format!("`#[session({word})]` belongs on {}, not on {}", there.with_article(), here.with_article());
            errors.push(&self.word, message);
            return None;
        }
        if let Some(advice) = here.advice(&word) {
            errors.push(&self.word, format!("unknown session {} attribute `{word}`: {advice}", here.name()));
            return None;
        }
        let meant = here.synonym(&word).or_else(|| closest(&word, here.words()));
        let way_out = meant.map_or_else(|| expected(here.words()), did_you_mean);
        errors.push(&self.word, format!("unknown session {} attribute `{word}`{way_out}", here.name()));
        meant
    }

    /// A schema is no value, and serde never sees it: what was asked of serde is ours to say in another way, or not at all.
    fn meaning_of_serde(&self, place: Place, errors: &Errors) -> Option<&'static str> {
        let word = self.word.to_string();
        let same = place.words().iter().copied().find(|ours| *ours == word);
        let meant = same.or_else(|| place.synonym(&word));
        let way_out = match (meant, &self.value) {
            (Some(meant), Value::None) => format!("; write `#[session({meant})]`"),
            (Some(DEFAULT), _) => "; write `#[session(default = ..)]`, with an expression".to_owned(),
            (Some(meant), _) => format!("; write `#[session({meant} = \"...\")]`"),
            (None, _) => ": nobody builds or stores a value of it; take the attribute away".to_owned(),
        };
        errors.push(&self.word, format!("`#[serde({word})]` does nothing on a session schema{way_out}"));
        meant
    }

    fn flag(&self, errors: &Errors) -> Flag {
        let message = format!("`{0}` takes no value: write `{0}`, or leave it out", self.word);
        match &self.value {
            Value::None | Value::Broken => {}
            Value::Missing => errors.push(&self.word, message),
            Value::Expr(value) => errors.push(value, message),
            Value::List(list) => errors.push(list, message),
        }
        Flag
    }

    fn string(&self, errors: &Errors) -> Option<LitStr> {
        let word = &self.word;
        match &self.value {
            Value::Expr(value) => match string_literal(value) {
                Some(literal) => return Some(literal.clone()),
                None => errors.push(value, no_string(word, value)),
            },
            Value::Broken => {}
            Value::None | Value::Missing => {
                errors.push(word, format!("`{word}` needs a value: `{word} = \"{}\"`", an_example(word)));
            }
            Value::List(list) => errors.push(list, no_list(word, list)),
        }
        None
    }

    fn case(&self, errors: &Errors) -> Option<Case> {
        let literal = self.string(errors)?;
        let name = literal.value();
        let case = Case::from_name(&name);
        if case.is_none() {
            let names = Case::names();
            let way_out = closest(&name, &names).map_or_else(|| expected(&names), did_you_mean);
            errors.push(literal, format!("unknown case `{name}`{way_out}"));
        }
        case
    }

    fn path(&self, errors: &Errors) -> Option<Path> {
        let literal = self.string(errors)?;
        let path = literal.parse().ok();
        if path.is_none() {
            let example = if self.word == CRATE { "::session" } else { "my::path" };
            errors.push(literal, format!("`{0}` must be a path: `{0} = {example:?}`", self.word));
        }
        path
    }

    fn on_invalid(&self, errors: &Errors) -> Option<OnInvalid> {
        let literal = self.string(errors)?;
        let name = literal.value();
        let choices = [("error", OnInvalid::Error), ("default", OnInvalid::Default), ("discard", OnInvalid::Discard)];
        let choice = choices.iter().find(|(choice, _)| *choice == name).map(|(_, choice)| *choice);
        if choice.is_none() {
            let names = choices.map(|(name, _)| name);
            let way_out = closest(&name, &names).map_or_else(|| expected(&names), did_you_mean);
            errors.push(literal, format!("unknown choice `{name}` of `on_invalid`{way_out}"));
        }
        choice
    }

    /// On the struct, `default` stands for a word on each field.
    fn struct_default(&self, errors: &Errors) -> Flag {
        if let Value::Expr(value) = &self.value {
            let message = "`default` on the struct takes no value, it means `T::default()` for each field; \
                           a value of its own goes on the field";
            errors.push(value, message);
            return Flag;
        }
        self.flag(errors)
    }

    fn default_value(&self, errors: &Errors) -> DefaultValue {
        let word = &self.word;
        match &self.value {
            Value::None => return DefaultValue::OfType,
            Value::Expr(value) => return DefaultValue::Expr(value.clone()),
            Value::Broken => {}
            Value::Missing => {
                errors.push(word, format!("`{word} =` needs an expression; for `T::default()` write `{word}`"));
            }
            Value::List(list) => errors.push(list, format!("`{word}` takes its value after `=`: `{word} = ...`")),
        }
        DefaultValue::Broken
    }
}

impl Value {
    fn parse(word: &Ident, input: ParseStream) -> syn::Result<Self> {
        if at_end(input) {
            return Ok(Value::None);
        }
        if let Ok(TokenTree::Group(group)) = input.fork().parse() {
            input.parse::<TokenTree>()?;
            return Ok(Value::List(group.into()));
        }
        if !input.peek(Token![=]) {
            return Err(input.error(format!("expected `,` or `=` after `{word}`")));
        }
        input.parse::<Token![=]>()?;
        if at_end(input) { Ok(Value::Missing) } else { input.parse().map(Value::Expr) }
    }
}

fn at_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Hands over each word that is known, or else the one that was meant. Of that one, nothing more is said.
fn each_item(attrs: &[Attribute], place: Place, errors: &Errors, mut take: impl FnMut(&'static str, &Item, &Errors)) {
    for item in items(attrs, "session", errors) {
        if let Some(word) = place.words().iter().find(|word| item.word == **word) {
            take(word, &item, errors);
        } else if let Some(meant) = item.meaning(place, errors) {
            silently(|silence| take(meant, &item, silence));
        }
    }
    for item in silently(|silence| items(attrs, "serde", silence)) {
        if let Some(meant) = item.meaning_of_serde(place, errors) {
            silently(|silence| take(meant, &item, silence));
        }
    }
}

fn silently<R>(act: impl FnOnce(&Errors) -> R) -> R {
    let silence = Errors::new();
    let result = act(&silence);
    silence.finish();
    result
}

/// The words of all `#[session(...)]`s of one field or struct: they may be split over several.
fn items(attrs: &[Attribute], of: &str, errors: &Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(of)) {
        match &attr.meta {
            Meta::List(list) => {
                let parsed = list.parse_args_with(|input: ParseStream| Ok(read_items(input, errors)));
                items.extend(parsed.unwrap_or_default());
            }
            _ => errors.push(attr.path(), "expected attribute arguments in parentheses: `#[session(...)]`"),
        }
    }
    items
}

/// After a mistake it goes on behind the next comma.
fn read_items(input: ParseStream, errors: &Errors) -> Vec<Item> {
    let mut items = Vec::new();
    while !input.is_empty() {
        match Item::parse(input, errors) {
            Ok(item) => {
                if !at_end(input) && !matches!(item.value, Value::Broken) {
                    errors.push_error(input.error(format!("expected `,` after `{}`", item.word)));
                }
                items.push(item);
            }
            Err(error) => errors.push_error(error),
        }
        skip_to_comma(input);
    }
    items
}

fn skip_to_comma(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            return;
        }
    }
}

/// A value for a word that has few of them.
fn an_example(word: &Ident) -> &'static str {
    if word == ON_INVALID {
        "discard"
    } else if word == RENAME_ALL {
        "camelCase"
    } else {
        "..."
    }
}

/// A literal that came through a `macro_rules!` variable stands in an invisible group.
pub(crate) fn string_literal(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Group(group) => string_literal(&group.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Some(literal),
        _ => None,
    }
}

/// What the user put into parentheses or brackets.
fn no_list(word: &Ident, list: &impl ToTokens) -> String {
    let texts = texts_in(list);
    let again: Vec<_> = texts.iter().map(|text| format!("{word} = {text:?}")).collect();
    match &again[..] {
        [] => format!("`{word}` takes its value after `=`: `{word} = \"...\"`"),
        [one] => format!("`{word}` takes its value after `=`: `{one}`"),
        several if MAY_BE_REPEATED.iter().any(|repeated| word == repeated) => {
            format!("`{word}` takes one value, and may be repeated: `{}`", several.join(", "))
        }
        _ => format!("`{word}` takes one value: `{word} = \"...\"`"),
    }
}

fn texts_in(tokens: &impl ToTokens) -> Vec<String> {
    let mut tokens = tokens.to_token_stream().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return Vec::new() };
    let tokens = group.stream().into_iter();
    let texts = tokens.filter_map(|token| syn::parse2::<LitStr>(token.into()).ok());
    texts.map(|text| text.value()).collect()
}

fn no_string(word: &Ident, value: &Expr) -> String {
    if let Expr::Array(_) = value {
        return no_list(word, value);
    }
    if let Some(constant) = constant(value) {
        return format!("`{word}` must be a string literal: the derive cannot see what the constant `{constant}` is");
    }
    let meant = unquoted(value).unwrap_or_else(|| "...".to_owned());
    format!("`{word}` must be a string literal: `{word} = \"{meant}\"`")
}

fn constant(expr: &Expr) -> Option<&Ident> {
    let Expr::Path(path) = expr else { return None };
    let name = &path.path.segments.last()?.ident;
    let text = name.to_string();
    (text.len() > 1 && text.to_uppercase() == text).then_some(name)
}

/// What the user forgot to quote, if it looks like a key or a path.
fn unquoted(expr: &Expr) -> Option<String> {
    if let Expr::Lit(ExprLit { lit: Lit::Char(char), .. }) = expr {
        return Some(char.value().to_string());
    }
    let forgotten = matches!(expr, Expr::Path(_) | Expr::Field(_) | Expr::Lit(ExprLit { lit: Lit::Int(_), .. }));
    forgotten.then(|| quote!(#expr).to_string().replace(' ', ""))
}
