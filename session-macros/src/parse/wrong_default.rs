//! Expressions that cannot be a default: text, another field, `.await` and `?`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, LitStr, Member};

use super::argument::string_literal;

pub(crate) enum WrongDefault {
    /// A string literal: no session value has this type.
    StringLiteral(LitStr),
    /// `self`, or the name of another field.
    OtherField(Ident),
    /// `.await`
    Await(Span),
    /// `?`
    Try(Span),
}

impl WrongDefault {
    pub(crate) fn find(expr: &Expr, fields: &[&Ident]) -> Option<Self> {
        let literal = string_literal(expr).cloned().map(WrongDefault::StringLiteral);
        let is_field = |name: &Ident| name == "self" || fields.contains(&name);
        let other_field = || first_name(expr).filter(|name| is_field(name)).cloned().map(WrongDefault::OtherField);
        literal.or_else(other_field).or_else(|| control_flow(expr))
    }
}

/// Returns the variable that the expression starts with: `size` of `size`, `self` of `self.size.max(1)`.
fn first_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(field) if matches!(field.member, Member::Named(_)) => first_name(&field.base),
        Expr::MethodCall(call) => first_name(&call.receiver),
        Expr::Binary(binary) => first_name(&binary.left),
        Expr::Unary(unary) => first_name(&unary.expr),
        Expr::Reference(reference) => first_name(&reference.expr),
        Expr::Paren(paren) => first_name(&paren.expr),
        Expr::Group(group) => first_name(&group.expr),
        _ => None,
    }
}

/// Returns the first `.await` or `?`, unless the expression contains a function that they may belong to.
fn control_flow(expr: &Expr) -> Option<WrongDefault> {
    let tokens = expr.to_token_stream();
    if has_function(tokens.clone()) { None } else { find_control_flow(tokens) }
}

fn has_function(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "async" || ident == "fn",
        TokenTree::Punct(punct) => punct.as_char() == '|',
        TokenTree::Group(group) => has_function(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn find_control_flow(tokens: TokenStream) -> Option<WrongDefault> {
    let mut previous = None;
    for token in tokens {
        let is_after = |char| matches!(&previous, Some(TokenTree::Punct(punct)) if punct.as_char() == char);
        let found = match &token {
            TokenTree::Ident(ident) if ident == "await" && is_after('.') => Some(WrongDefault::Await(ident.span())),
            TokenTree::Punct(punct) if punct.as_char() == '?' => Some(WrongDefault::Try(punct.span())),
            // The tokens of a macro may have another meaning.
            TokenTree::Group(group) if !is_after('!') => find_control_flow(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        previous = Some(token);
    }
    None
}

#[cfg(test)]
mod tests {
    use quote::format_ident;
    use syn::parse_quote;

    use super::*;

    fn find(expr: &Expr) -> Option<&'static str> {
        let size = format_ident!("size");
        WrongDefault::find(expr, &[&size]).map(|wrong| match wrong {
            WrongDefault::StringLiteral(_) => "text",
            WrongDefault::OtherField(_) => "field",
            WrongDefault::Await(_) => "await",
            WrongDefault::Try(_) => "try",
        })
    }

    #[test]
    fn expressions_that_need_a_session_or_a_caller_are_found() {
        let cases: [(Expr, Option<&str>); 8] = [
            (parse_quote!("light"), Some("text")),
            (parse_quote!(self.size), Some("field")),
            (parse_quote!((size + 1)), Some("field")),
            (parse_quote!(&size.clone()), Some("field")),
            (parse_quote!(load().await), Some("await")),
            (parse_quote!(vec![load()?]), None),
            (parse_quote!({ load()? + 1 }), Some("try")),
            (parse_quote!(Some(load().await?)), Some("await")),
        ];
        for (expr, expected) in cases {
            assert_eq!(find(&expr), expected, "{}", expr.to_token_stream());
        }
    }

    #[test]
    fn expressions_that_compile_are_accepted() {
        let cases: [Expr; 6] = [
            parse_quote!(SIZE),
            parse_quote!(size()),
            parse_quote!(Size::default().size),
            parse_quote!({
                let size = 1;
                size
            }),
            parse_quote!((|| Some(load()? + 1))().unwrap_or(1)),
            parse_quote!(block_on(async { load().await })),
        ];
        for expr in cases {
            assert_eq!(find(&expr), None, "{}", expr.to_token_stream());
        }
    }
}
