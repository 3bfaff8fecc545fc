//! Every field but flash at once: a struct, how it is read, and how it is written out.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Expansion, at, default_name, made_here, nothing};
use crate::accessor::generated;
use crate::ast::{Field, Kind, Side};

impl Expansion<'_> {
    fn shown(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields().filter(|field| match field.kind {
            Kind::Value => true,
            Kind::Flash => false,
            Kind::Nested => !self.is_hollow(field),
        })
    }

    pub(super) fn snapshot(&self) -> TokenStream {
        let (snapshot, params) = (&self.names.snapshot, self.snapshot_params());
        let fields = self.shown().map(|field| self.snapshot_field(field));
        let serialize = self.serialize();
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
        let docs = field.carried();
        let ty = match field.kind {
            Kind::Nested => self.param(field).to_token_stream(),
            _ if field.has_default() => quote!(#ty),
            _ => quote!(::core::option::Option<#ty>),
        };
        quote_spanned!(generated(field.ident)=> #(#docs)* #vis #ident: #ty,)
    }

    /// One parameter for the snapshot of each nested schema.
    fn snapshot_params(&self) -> Option<TokenStream> {
        let mut params = self.nested_in_it().map(|field| self.param(field)).peekable();
        params.peek().is_some().then(|| quote!(<#(#params),*>))
    }

    /// What the parameters stand for.
    fn snapshots(&self) -> Option<TokenStream> {
        let mut types = self.nested_in_it().map(|field| self.as_nested(field, "Snapshot")).peekable();
        types.peek().is_some().then(|| quote_spanned!(self.where_nested()=> <#(#types),*>))
    }

    fn nested_in_it(&self) -> impl Iterator<Item = &Field<'_>> {
        self.shown().filter(|field| field.is_nested())
    }

    /// Where the first nested schema stands: if that is none, it is told once.
    fn where_nested(&self) -> Span {
        self.nested_in_it().next().map_or_else(Span::call_site, |field| field.ty.span())
    }

    pub(super) fn snapshot_type(&self) -> TokenStream {
        let (span, snapshots) = (self.where_nested(), self.snapshots());
        let snapshot = at(span, &self.names.snapshot);
        quote_spanned!(span=> type Snapshot = #snapshot #snapshots;)
    }

    /// The function that reads it.
    pub(super) fn read_snapshot(&self) -> TokenStream {
        let span = self.where_nested();
        let (door, snapshot) = (at(span, &self.names.door), at(span, &self.names.snapshot));
        let (reads, snapshots) = (self.shown().map(|field| self.read_field(field)), self.snapshots());
        let body = if self.shown().any(|field| self.is_hollow(field)) || self.is_generic() {
            nothing()
        } else {
            quote_spanned!(span=> ::core::result::Result::Ok(#snapshot { #(#reads)* }))
        };
        // The one local name: it is ours, wherever the type comes from.
        let view = Ident::new("view", Span::call_site());
        quote_spanned! {span=>
            #[inline]
            fn snapshot(#view: &#door::View<'_>) -> #door::Result<#snapshot #snapshots> {
                #body
            }
        }
    }

    fn read_field(&self, field: &Field) -> TokenStream {
        let (door, schema, ident) = (&self.names.door, &self.ident, made_here(field.ident));
        let (constant, default) = (&field.constant, default_name(field.ident));
        let value = match (field.kind, field.side, field.has_default()) {
            (Kind::Nested, ..) => {
                let snapshot = self.as_nested(field, "snapshot");
                quote!(#snapshot(view))
            }
            (_, Side::Server, false) => quote!(#door::view(view, &#schema::#constant)),
            (_, Side::Server, true) => quote!(#door::view_or(view, &#schema::#constant, #schema::#default)),
            (_, Side::Client, false) => quote!(#door::client_view(view, &#schema::#constant)),
            (_, Side::Client, true) => quote!(#door::client_view_or(view, &#schema::#constant, #schema::#default)),
        };
        quote!(#ident: #value?,)
    }

    fn serialize(&self) -> TokenStream {
        let (door, snapshot, format) = (&self.names.door, &self.names.snapshot, &self.names.result);
        let name = self.ident.unraw().to_string();
        let params = self.snapshot_params();
        let each = self.nested_in_it().map(|field| self.param(field));
        let clause = params.is_some().then(|| quote!(where #(#each: #door::Serialize),*));
        let (count, writes) = (self.shown().count(), self.shown().map(|field| self.write_field(field)));
        quote! {
            #[automatically_derived]
            impl #params #door::Serialize for #snapshot #params #clause {
                fn serialize<#format: #door::Serializer>(
                    &self,
                    serializer: #format,
                ) -> ::core::result::Result<#format::Ok, #format::Error> {
                    let mut fields = #door::Serializer::serialize_struct(serializer, #name, #count)?;
                    #(#writes)*
                    #door::SerializeStruct::end(fields)
                }
            }
        }
    }

    fn write_field(&self, field: &Field) -> TokenStream {
        let (door, ident) = (&self.names.door, made_here(field.ident));
        let name = field.ident.unraw().to_string();
        match self.codec_name(field) {
            Some(codec) if field.has_default() => quote_spanned! {generated(field.ident)=>
                #door::SnapshotField(&#door::WithCodec::<#codec>(&self.#ident)).field(#name, &mut fields)?;
            },
            Some(codec) => quote_spanned! {generated(field.ident)=>
                #door::serialize_with_codec::<#codec, _>(&self.#ident, #name, &mut fields)?;
            },
            None => quote_spanned! {generated(field.ident)=>
                #door::SnapshotField(&self.#ident).field(#name, &mut fields)?;
            },
        }
    }
}
