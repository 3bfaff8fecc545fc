//! The snapshot type: a struct of all fields except flash messages and secrets, how it is read, its `Serialize` and `Debug`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

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

    pub(super) fn snapshot(&self) -> TokenStream {
        let snapshot = &self.names.snapshot;
        let (nested, values): (Vec<_>, Vec<_>) = self.snapshot_fields().partition(|field| field.has_schema());
        let last = self.last_field();
        let fields = nested.into_iter().chain(values).map(|field| self.snapshot_field(field));
        let formats = self.formats();
        let derive = self.schema.attributes.snapshot.get().map(|traits| quote!(#[derive(#(#traits),*)]));
        quote! {
            #derive
            #[doc(hidden)]
            pub struct #snapshot {
                #(#fields)*
                #last
            }
            #formats
        }
    }

    /// Returns a field of type `()`, both as a declaration and as a value, if no other field can be the last one.
    ///
    /// Only the last field decides whether the struct is `Sized`. If its type were the one of a nested schema, and this
    /// were no schema, the compiler would report it for each use of the struct.
    fn last_field(&self) -> Option<TokenStream> {
        self.snapshot_fields().all(Field::has_schema).then(|| quote!(zz_internal: (),))
    }

    fn snapshot_field(&self, field: &Field) -> TokenStream {
        let (vis, ident, ty) = (&field.source.vis, field.ident, &field.ty);
        let (docs, attributes) = inherited_attributes(field);
        let ty = match field.kind {
            FieldKind::Nested | FieldKind::Group => self.nested_item(field, "Snapshot"),
            _ if field.is_keyed() => self.map_type(field),
            _ if field.has_default() || self.schema.is_group() => quote!(#ty),
            _ => self.optional(field),
        };
        quote_spanned!(generated_span(field.ident)=> #(#docs)* #(#attributes)* #vis #ident: #ty,)
    }

    pub(super) fn snapshot_type(&self) -> TokenStream {
        if self.schema.is_group() {
            return self.group_snapshot_type();
        }
        let snapshot = &self.names.snapshot;
        quote!(type Snapshot = #snapshot;)
    }

    pub(super) fn read_snapshot(&self) -> TokenStream {
        if self.schema.is_group() {
            return self.read_group_snapshot();
        }
        let (private_mod, snapshot) = (&self.names.private_mod, &self.names.snapshot);
        let fields = self.snapshot_fields().map(|field| self.read_field(field));
        let last = self.last_field();
        let body = if self.snapshot_fields().any(|field| self.is_placeholder(field)) || self.is_generic() {
            unreachable_body()
        } else {
            quote! {
                let mut fields = #private_mod::SnapshotReader::new(view);
                let snapshot = #snapshot { #(#fields)* #last };
                fields.finish(snapshot)
            }
        };
        quote! {
            #[inline]
            fn snapshot(view: &#private_mod::View<'_>) -> #private_mod::Result<#snapshot> {
                #body
            }
        }
    }

    fn read_field(&self, field: &Field) -> TokenStream {
        let (schema, ident) = (&self.ident, generated_ident(field.ident));
        if field.has_schema() {
            let (snapshot, view) = (self.nested_item(field, "snapshot"), quote!(view));
            let (first, last) = schema_spans(field);
            let ident = with_span(&ident, first);
            return quote_spanned!(last=> #ident: #snapshot(#view)?,);
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
        let count = self.snapshot_fields().count();
        let fields = self.snapshot_fields().map(|field| self.visit_field(field));
        quote! {
            #[automatically_derived]
            impl #private_mod::SnapshotFields for #snapshot {
                fn visit<#r: #private_mod::FieldVisitor>(&self, fields: &mut #r) {
                    #(#fields)*
                }
            }
            #[automatically_derived]
            impl #private_mod::Serialize for #snapshot {
                fn serialize<#r: #private_mod::Serializer>(&self, serializer: #r) -> #result_type<#r::Ok, #r::Error> {
                    #private_mod::serialize_snapshot(self, serializer, #name, #count)
                }
            }
            #[automatically_derived]
            impl #private_mod::Debug for #snapshot {
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
        if field.has_schema() {
            let (first, last) = schema_spans(field);
            let (this, ident) = (Ident::new("this", first), with_span(&ident, last));
            let (private_mod, arguments) = (with_span(private_mod, first), quote!(#name, fields));
            let visit = quote_spanned!(last=> snapshot_field(&#this.#ident).visit(#arguments););
            return quote!(let #this = self; #private_mod::#visit);
        }
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

/// Returns the first and the last span of an expression that uses the field of a nested schema. They are those of the type,
/// so that the compiler reports a type that is no schema only once.
fn schema_spans(field: &Field) -> (Span, Span) {
    // Code that counts as the user's would be a use of the deprecated field.
    let is_deprecated = field.inherited_attributes().any(|attribute| attribute.path().is_ident("deprecated"));
    let generated = generated_span(field.ident);
    if is_deprecated { (generated, generated) } else { first_and_last_span(&field.ty) }
}
