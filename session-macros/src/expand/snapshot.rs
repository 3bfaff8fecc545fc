//! The snapshot type: a struct of all fields except flash messages and secrets, how it is read, and its `Serialize`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::context::{Expansion, default_function, inherited_attributes, unreachable_body};
use crate::parse::model::{Field, FieldKind, Side};
use crate::parse::spans::{generated_ident, generated_span, with_span};

impl Expansion<'_> {
    fn snapshot_fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields().filter(|field| match field.kind {
            FieldKind::Value => !field.attributes.secret.is_given(),
            FieldKind::Flash => false,
            FieldKind::Nested => !self.is_placeholder(field),
        })
    }

    fn nested_snapshot_fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.snapshot_fields().filter(|field| field.is_nested())
    }

    pub(super) fn snapshot(&self) -> TokenStream {
        let (snapshot, params) = (&self.names.snapshot, self.snapshot_params());
        let fields = self.snapshot_fields().map(|field| self.snapshot_field(field));
        let serialize = self.serialize_impl();
        quote! {
            #[doc(hidden)]
            pub struct #snapshot #params {
                #(#fields)*
            }
            #serialize
        }
    }

    fn snapshot_field(&self, field: &Field) -> TokenStream {
        let (vis, ident, ty) = (&field.source.vis, field.ident, &field.ty);
        let (docs, attributes) = inherited_attributes(field);
        let ty = match field.kind {
            FieldKind::Nested => self.nested_param(field).to_token_stream(),
            _ if field.is_keyed() => self.map_type(field),
            _ if field.has_default() => quote!(#ty),
            _ => quote!(::core::option::Option<#ty>),
        };
        quote_spanned!(generated_span(field.ident)=> #(#docs)* #(#attributes)* #vis #ident: #ty,)
    }

    /// Returns one parameter for the snapshot of each nested schema.
    fn snapshot_params(&self) -> Option<TokenStream> {
        let mut params = self.nested_snapshot_fields().map(|field| self.nested_param(field)).peekable();
        params.peek().is_some().then(|| quote!(<#(#params),*>))
    }

    /// Returns the type arguments for these parameters.
    fn snapshot_arguments(&self) -> Option<TokenStream> {
        let mut types = self.nested_snapshot_fields().map(|field| self.nested_item(field, "Snapshot")).peekable();
        types.peek().is_some().then(|| quote_spanned!(self.first_nested_span()=> <#(#types),*>))
    }

    /// Returns the span of the first nested schema. If that is no schema, the compiler reports it once.
    fn first_nested_span(&self) -> Span {
        self.nested_snapshot_fields().next().map_or_else(Span::call_site, |field| field.ty.span())
    }

    pub(super) fn snapshot_type(&self) -> TokenStream {
        let (span, arguments) = (self.first_nested_span(), self.snapshot_arguments());
        let snapshot = with_span(&self.names.snapshot, span);
        quote_spanned!(span=> type Snapshot = #snapshot #arguments;)
    }

    pub(super) fn read_snapshot(&self) -> TokenStream {
        let span = self.first_nested_span();
        let (private_mod, snapshot) = (with_span(&self.names.private_mod, span), with_span(&self.names.snapshot, span));
        let fields = self.snapshot_fields().map(|field| self.read_field(field));
        let arguments = self.snapshot_arguments();
        let body = if self.snapshot_fields().any(|field| self.is_placeholder(field)) || self.is_generic() {
            unreachable_body()
        } else {
            quote_spanned!(span=> ::core::result::Result::Ok(#snapshot { #(#fields)* }))
        };
        // The only local variable: it needs the hygiene of the derive, even if `span` is from a `macro_rules!`.
        let view = Ident::new("view", Span::call_site());
        quote_spanned! {span=>
            #[inline]
            fn snapshot(#view: &#private_mod::View<'_>) -> #private_mod::Result<#snapshot #arguments> {
                #body
            }
        }
    }

    fn read_field(&self, field: &Field) -> TokenStream {
        let (private_mod, schema, ident) = (&self.names.private_mod, &self.ident, generated_ident(field.ident));
        let (constant, default) = (&field.constant, default_function(field));
        let value = match (field.kind, field.side, field.has_default()) {
            (FieldKind::Nested, ..) => {
                let snapshot = self.nested_item(field, "snapshot");
                quote!(#snapshot(view))
            }
            _ if field.is_keyed() => self.keyed_view(field),
            (_, Side::Server, false) => quote!(#private_mod::view(view, &#schema::#constant)),
            (_, Side::Server, true) => quote!(#private_mod::view_or(view, &#schema::#constant, #schema::#default)),
            (_, Side::Client, false) => quote!(#private_mod::client_view(view, &#schema::#constant)),
            (_, Side::Client, true) => {
                quote!(#private_mod::client_view_or(view, &#schema::#constant, #schema::#default))
            }
        };
        quote!(#ident: #value?,)
    }

    fn serialize_impl(&self) -> TokenStream {
        let (private_mod, snapshot, format) = (&self.names.private_mod, &self.names.snapshot, &self.names.result);
        let name = self.ident.unraw().to_string();
        let params = self.snapshot_params();
        let each = self.nested_snapshot_fields().map(|field| self.nested_param(field));
        let clause = params.is_some().then(|| quote!(where #(#each: #private_mod::Serialize),*));
        let count = self.snapshot_fields().count();
        let fields = self.snapshot_fields().map(|field| self.serialize_field(field));
        quote! {
            #[automatically_derived]
            impl #params #private_mod::Serialize for #snapshot #params #clause {
                fn serialize<#format: #private_mod::Serializer>(
                    &self,
                    serializer: #format,
                ) -> ::core::result::Result<#format::Ok, #format::Error> {
                    let mut fields = #private_mod::Serializer::serialize_struct(serializer, #name, #count)?;
                    #(#fields)*
                    #private_mod::SerializeStruct::end(fields)
                }
            }
        }
    }

    fn serialize_field(&self, field: &Field) -> TokenStream {
        let (private_mod, ident) = (&self.names.private_mod, generated_ident(field.ident));
        let name = field.ident.unraw().to_string();
        if field.is_keyed() {
            let entries = self.keyed_entries(field, &quote!(self.#ident));
            return quote_spanned! {generated_span(field.ident)=>
                #private_mod::SnapshotField(&#entries).field(#name, &mut fields)?;
            };
        }
        match self.codec_name(field) {
            Some(codec) if field.has_default() => quote_spanned! {generated_span(field.ident)=>
                #private_mod::SnapshotField(&#private_mod::WithCodec::<#codec>(&self.#ident)).field(#name, &mut fields)?;
            },
            Some(codec) => quote_spanned! {generated_span(field.ident)=>
                #private_mod::serialize_with_codec::<#codec, _>(&self.#ident, #name, &mut fields)?;
            },
            None => quote_spanned! {generated_span(field.ident)=>
                #private_mod::SnapshotField(&self.#ident).field(#name, &mut fields)?;
            },
        }
    }
}
