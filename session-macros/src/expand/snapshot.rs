//! The snapshot type: a struct of all fields except flash messages and secrets, how it is read, its `Serialize` and `Debug`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::context::{Expansion, default_function, inherited_attributes, unreachable_body};
use super::names::Names;
use crate::parse::model::{Field, FieldKind, Side};
use crate::parse::spans::{first_and_last_span, generated_ident, generated_span, with_span};

impl Expansion<'_> {
    pub(super) fn snapshot_fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields().filter(|field| match field.kind {
            FieldKind::Value => !field.attributes.secret.is_given(),
            FieldKind::Flash => false,
            FieldKind::Nested | FieldKind::Group => !self.is_placeholder(field),
        })
    }

    fn nested_snapshot_fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.snapshot_fields().filter(|field| field.has_schema())
    }

    pub(super) fn snapshot(&self) -> TokenStream {
        let (snapshot, params) = (&self.names.snapshot, self.snapshot_params());
        let fields = self.snapshot_fields().map(|field| self.snapshot_field(field));
        let formats = self.formats();
        let derive = self.schema.attributes.snapshot.get().map(|traits| quote!(#[derive(#(#traits),*)]));
        quote! {
            #derive
            #[doc(hidden)]
            pub struct #snapshot #params {
                #(#fields)*
            }
            #formats
        }
    }

    fn snapshot_field(&self, field: &Field) -> TokenStream {
        let (vis, ident, ty) = (&field.source.vis, field.ident, &field.ty);
        let (docs, attributes) = inherited_attributes(field);
        let ty = match field.kind {
            FieldKind::Nested | FieldKind::Group => self.nested_param(field).to_token_stream(),
            _ if field.is_keyed() => self.map_type(field),
            _ if field.has_default() || self.schema.is_group() => quote!(#ty),
            _ => self.optional(field),
        };
        quote_spanned!(generated_span(field.ident)=> #(#docs)* #(#attributes)* #vis #ident: #ty,)
    }

    /// Returns one parameter for the snapshot of each nested schema.
    fn snapshot_params(&self) -> Option<TokenStream> {
        let mut params = self.nested_snapshot_fields().map(|field| self.nested_param(field)).peekable();
        params.peek().is_some().then(|| quote!(<#(#params),*>))
    }

    /// Returns the type arguments for these parameters.
    pub(super) fn snapshot_arguments(&self) -> Option<TokenStream> {
        let last = first_and_last_span(&self.nested_snapshot_fields().next()?.ty).1;
        let types = self.nested_snapshot_fields().map(|field| self.nested_item(field, "Snapshot"));
        let (open, close) = (quote_spanned!(self.first_nested_span()=> <), quote_spanned!(last=> >));
        Some(quote!(#open #(#types),* #close))
    }

    /// Returns the span of the first nested schema. If that is no schema, the compiler reports it once.
    fn first_nested_span(&self) -> Span {
        self.nested_snapshot_fields().next().map_or_else(Span::call_site, |field| field.ty.span())
    }

    pub(super) fn snapshot_type(&self) -> TokenStream {
        if self.schema.is_group() {
            return self.group_snapshot_type();
        }
        let (span, arguments) = (self.first_nested_span(), self.snapshot_arguments());
        let snapshot = with_span(&self.names.snapshot, span);
        quote_spanned!(span=> type Snapshot = #snapshot #arguments;)
    }

    pub(super) fn read_snapshot(&self) -> TokenStream {
        if self.schema.is_group() {
            return self.read_group_snapshot();
        }
        let span = self.first_nested_span();
        let (private_mod, snapshot) = (with_span(&self.names.private_mod, span), with_span(&self.names.snapshot, span));
        let fields = self.snapshot_fields().map(|field| self.read_field(field));
        let arguments = self.snapshot_arguments();
        // The only local variables: they need the hygiene of the derive, even if `span` is from a `macro_rules!`.
        let [view, reader] = ["view", "fields"].map(|name| Ident::new(name, Span::call_site()));
        let body = if self.snapshot_fields().any(|field| self.is_placeholder(field)) || self.is_generic() {
            unreachable_body()
        } else {
            quote_spanned! {span=>
                let mut #reader = #private_mod::SnapshotReader::new(#view);
                let snapshot = #snapshot { #(#fields)* };
                #reader.finish(snapshot)
            }
        };
        quote_spanned! {span=>
            #[inline]
            fn snapshot(#view: &#private_mod::View<'_>) -> #private_mod::Result<#snapshot #arguments> {
                #body
            }
        }
    }

    fn read_field(&self, field: &Field) -> TokenStream {
        let (schema, ident) = (&self.ident, generated_ident(field.ident));
        if field.has_schema() {
            let snapshot = self.nested_item(field, "snapshot");
            return quote!(#ident: #snapshot(view)?,);
        }
        if field.is_keyed() {
            let entries = self.keyed_view(field);
            return quote!(#ident: #entries?,);
        }
        let side = match field.side {
            Side::Server if field.attributes.index.is_given() => "index_",
            Side::Server => "",
            Side::Client => "client_",
        };
        let suffix = if field.has_default() { "_or" } else { "" };
        let (function, constant) = (format_ident!("{side}read{suffix}"), &field.constant);
        let default = default_function(field);
        let default = field.has_default().then(|| quote!(, #schema::#default));
        quote!(#ident: fields.#function(&#schema::#constant #default),)
    }

    /// `Serialize` and `Debug` share the function that visits the fields.
    fn formats(&self) -> TokenStream {
        let Names { private_mod, snapshot, result: r, result_type, .. } = &self.names;
        let name = self.ident.unraw().to_string();
        let params = self.snapshot_params();
        let each = self.nested_snapshot_fields().map(|field| self.nested_param(field));
        let clause = params.is_some().then(|| quote!(where #(#each: #private_mod::Serialize + #private_mod::Debug),*));
        let count = self.snapshot_fields().count();
        let fields = self.snapshot_fields().map(|field| self.visit_field(field));
        quote! {
            #[automatically_derived]
            impl #params #private_mod::SnapshotFields for #snapshot #params #clause {
                fn visit<#r: #private_mod::FieldVisitor>(&self, fields: &mut #r) {
                    #(#fields)*
                }
            }
            #[automatically_derived]
            impl #params #private_mod::Serialize for #snapshot #params #clause {
                fn serialize<#r: #private_mod::Serializer>(&self, serializer: #r) -> #result_type<#r::Ok, #r::Error> {
                    #private_mod::serialize_snapshot(self, serializer, #name, #count)
                }
            }
            #[automatically_derived]
            impl #params #private_mod::Debug for #snapshot #params #clause {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #private_mod::debug_snapshot(self, f, #name)
                }
            }
        }
    }

    fn visit_field(&self, field: &Field) -> TokenStream {
        let (private_mod, ident) = (&self.names.private_mod, generated_ident(field.ident));
        let name = field.ident.unraw().to_string();
        let is_optional = !field.has_default() && !self.schema.is_group();
        let value = match self.codec_name(field) {
            _ if field.is_keyed() => {
                let entries = self.keyed_entries(field, &quote!(self.#ident));
                quote!(&#entries)
            }
            Some(codec) if is_optional => quote!(&#private_mod::OptionWithCodec::<#codec>(&self.#ident)),
            Some(codec) => quote!(&#private_mod::WithCodec::<#codec>(&self.#ident)),
            None => quote!(&self.#ident),
        };
        let is_sealed = field.attributes.sealed.is_given();
        let function = format_ident!("{}", if is_sealed { "sealed_field" } else { "snapshot_field" });
        quote_spanned!(generated_span(field.ident)=> #private_mod::#function(#value).visit(#name, fields);)
    }
}
