//! `#[session(...)]` as the user wrote it. A word that cannot be understood is reported and otherwise ignored.

use proc_macro2::{Ident, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token};

use crate::case::Case;
use crate::errors::{Errors, closest, did_you_mean, expected};
use crate::symbol::{CLIENT, CRATE, DEFAULT, INDEX, KEY, PREFIX, Place, RENAME_ALL};

#[derive(Default)]
pub(crate) struct StructAttrs {
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) rename_all: Slot<Case>,
    pub(crate) client: Slot<Flag>,
    pub(crate) krate: Slot<Path>,
}

#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) key: Slot<LitStr>,
    pub(crate) client: Slot<Flag>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) index: Slot<Flag>,
    /// The word itself, where a mistake with it is reported.
    pub(crate) index_word: Option<Ident>,
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
            CRATE => read.krate.fill(item, errors, item.path(errors)),
            _ => {}
        });
        read
    }
}

impl FieldAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut read = Self::default();
        each_item(attrs, Place::Field, errors, |word, item, errors| match word {
            KEY => read.key.fill(item, errors, item.string(errors)),
            CLIENT => read.client.fill(item, errors, Some(item.flag(errors))),
            DEFAULT => read.default.fill(item, errors, Some(item.default_value(errors))),
            INDEX => {
                read.index.fill(item, errors, Some(item.flag(errors)));
                read.index_word.get_or_insert_with(|| item.word.clone());
            }
            _ => {}
        });
        read
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
        let meant = here.synonym(&word).or_else(|| closest(&word, here.words()));
        let way_out = meant.map_or_else(|| expected(here.words()), did_you_mean);
        errors.push(&self.word, format!("unknown session {} attribute `{word}`{way_out}", here.name()));
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
            Value::None | Value::Missing => errors.push(word, format!("`{word}` needs a value: `{word} = \"...\"`")),
            Value::List(list) => errors.push(list, format!("`{word}` takes its value after `=`: `{word} = \"...\"`")),
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
            errors.push(literal, "`crate` must be a path: `crate = \"::session\"`");
        }
        path
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
fn each_item(attrs: &[Attribute], place: Place, errors: &Errors, mut take: impl FnMut(&str, &Item, &Errors)) {
    for item in items(attrs, errors) {
        let word = item.word.to_string();
        if place.words().contains(&word.as_str()) {
            take(&word, &item, errors);
        } else if let Some(meant) = item.meaning(place, errors) {
            let silence = Errors::new();
            take(meant, &item, &silence);
            silence.finish();
        }
    }
}

/// The words of all `#[session(...)]`s of one field or struct: they may be split over several.
fn items(attrs: &[Attribute], errors: &Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("session")) {
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

/// A literal that came through a `macro_rules!` variable stands in an invisible group.
pub(crate) fn string_literal(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Group(group) => string_literal(&group.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Some(literal),
        _ => None,
    }
}

fn no_string(word: &Ident, value: &Expr) -> String {
    let meant = unquoted(value).unwrap_or_else(|| "...".to_owned());
    format!("`{word}` must be a string literal: `{word} = \"{meant}\"`")
}

/// What the user forgot to quote, if it looks like a key or a path.
fn unquoted(expr: &Expr) -> Option<String> {
    let forgotten = matches!(expr, Expr::Path(_) | Expr::Field(_) | Expr::Lit(ExprLit { lit: Lit::Int(_), .. }));
    forgotten.then(|| quote!(#expr).to_string().replace(' ', ""))
}
