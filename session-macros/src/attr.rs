//! `#[session(...)]` as the user wrote it. A word that cannot be understood is reported and otherwise ignored.

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token};

use crate::case::Case;
use crate::errors::{Errors, way_out};
use crate::symbol::{CLIENT, CRATE, DEFAULT, KEY, PREFIX, Place, RENAME_ALL};

#[derive(Default)]
pub(crate) struct StructAttrs {
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) rename_all: Slot<Case>,
    pub(crate) client: Slot<()>,
    pub(crate) krate: Slot<Path>,
}

#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) key: Slot<LitStr>,
    pub(crate) client: Slot<()>,
    pub(crate) default: Slot<Option<Expr>>,
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
}

impl StructAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut read = Self::default();
        for item in items(attrs, errors) {
            match item.word.to_string().as_str() {
                PREFIX => read.prefix.fill(&item, errors, Item::string),
                RENAME_ALL => read.rename_all.fill(&item, errors, Item::case),
                CLIENT => read.client.fill(&item, errors, Item::flag),
                CRATE => read.krate.fill(&item, errors, Item::path),
                _ => item.unknown(Place::Struct, errors),
            }
        }
        read
    }
}

impl FieldAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut read = Self::default();
        for item in items(attrs, errors) {
            match item.word.to_string().as_str() {
                KEY => read.key.fill(&item, errors, Item::string),
                CLIENT => read.client.fill(&item, errors, Item::flag),
                DEFAULT => read.default.fill(&item, errors, Item::optional_expr),
                _ => item.unknown(Place::Field, errors),
            }
        }
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

    fn fill(&mut self, item: &Item, errors: &Errors, read: fn(&Item, &Errors) -> Option<T>) {
        if self.given {
            let word = &item.word;
            errors.push(word, format!("duplicate session attribute `{word}`: keep one of them"));
        }
        let value = read(item, errors);
        self.given = true;
        self.value = self.value.take().or(value);
    }
}

impl Item {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if let Ok(literal) = input.fork().parse::<LitStr>() {
            let advice =
                format!("expected a word before the string; to name the key, write `key = {:?}`", literal.value());
            return Err(syn::Error::new(literal.span(), advice));
        }
        let word = Ident::parse_any(input)?;
        let value = Value::parse(&word, input)?;
        Ok(Self { word, value })
    }

    fn flag(&self, errors: &Errors) -> Option<()> {
        let message = format!("`{0}` takes no value: write `{0}`, or leave it out", self.word);
        match &self.value {
            Value::None => {}
            Value::Missing => errors.push(&self.word, message),
            Value::Expr(value) => errors.push(value, message),
            Value::List(list) => errors.push(list, message),
        }
        Some(())
    }

    fn string(&self, errors: &Errors) -> Option<LitStr> {
        let word = &self.word;
        match &self.value {
            Value::Expr(value) => return string_literal(word, value, errors),
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
            errors.push(literal, format!("unknown case `{name}`{}", way_out(&name, &Case::names())));
        }
        case
    }

    fn path(&self, errors: &Errors) -> Option<Path> {
        let literal = self.string(errors)?;
        let path = literal.parse().ok();
        if path.is_none() {
            errors.push(&literal, format!("{:?} is not a path: `crate = \"::session\"`", literal.value()));
        }
        path
    }

    /// A word with an unusable value still counts as given, so that the accessors keep their shape.
    fn optional_expr(&self, errors: &Errors) -> Option<Option<Expr>> {
        let word = &self.word;
        match &self.value {
            Value::Expr(value) => return Some(Some(value.clone())),
            Value::None => {}
            Value::Missing => {
                errors.push(word, format!("`{word} =` needs an expression; for `T::default()` write `{word}`"))
            }
            Value::List(list) => errors.push(list, format!("`{word}` takes its value after `=`: `{word} = ...`")),
        }
        Some(None)
    }

    fn unknown(&self, place: Place, errors: &Errors) {
        let word = self.word.to_string();
        let (here, there) = (place.name(), place.other().name());
        if place.other().words().contains(&word.as_str()) {
            errors.push(&self.word, format!("`#[session({word})]` belongs on {}, not on {}", a(there), a(here)));
            return;
        }
        let way_out = match place.synonym(&word) {
            Some(synonym) => format!("; did you mean `{synonym}`?"),
            None => way_out(&word, place.words()),
        };
        errors.push(&self.word, format!("unknown session {here} attribute `{word}`{way_out}"));
    }
}

impl Value {
    fn parse(word: &Ident, input: ParseStream) -> syn::Result<Self> {
        if at_end(input) {
            return Ok(Value::None);
        }
        if let Some(TokenTree::Group(group)) = input.fork().parse().ok() {
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

fn a(place: &str) -> String {
    if place == "struct" { "the struct".to_owned() } else { format!("a {place}") }
}

fn at_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// The words of all `#[session(...)]`s of one field or struct: they may be split over several.
fn items(attrs: &[Attribute], errors: &Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("session")) {
        match &attr.meta {
            Meta::List(list) => {
                let parsed = (|input: ParseStream| Ok(read_items(input, errors))).parse2(list.tokens.clone());
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
        match Item::parse(input) {
            Ok(item) if at_end(input) => items.push(item),
            Ok(item) => {
                errors.push_error(input.error(format!("expected `,` after `{}`", item.word)));
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

fn string_literal(word: &Ident, value: &Expr, errors: &Errors) -> Option<LitStr> {
    match ungrouped(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Some(literal.clone()),
        other => {
            let meant = unquoted(other).unwrap_or_else(|| "...".to_owned());
            errors.push(value, format!("`{word}` must be a string literal: `{word} = \"{meant}\"`"));
            None
        }
    }
}

/// A literal that came through a `macro_rules!` variable stands in an invisible group.
pub(crate) fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        expr => expr,
    }
}

/// What the user forgot to quote, if it looks like a key or a path.
fn unquoted(expr: &Expr) -> Option<String> {
    let forgotten = matches!(expr, Expr::Path(_) | Expr::Field(_) | Expr::Lit(ExprLit { lit: Lit::Int(_), .. }));
    forgotten.then(|| quote::quote!(#expr).to_string().replace(' ', ""))
}
