//! `group`: how a struct is read from its keys and written to them, and the accessors of a field that has this type.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::context::{Expansion, attributes_with_docs, unreachable_body};
use super::docs::group_docs;
use super::handles::session_argument;
use super::names::Names;
use crate::accessor_names::Accessor;
use crate::parse::model::{Field, FieldKind, Side};
use crate::parse::spans::{generated_ident, generated_span};

impl Expansion<'_> {
    /// The only place where a schema is a value.
    pub(super) fn group_impl(&self) -> Option<TokenStream> {
        if !self.schema.is_group() || self.is_generic() {
            return None;
        }
        let (private_mod, ident) = (&self.names.private_mod, &self.ident);
        let (read, write) = if self.is_invalid_group() {
            (unreachable_body(), unreachable_body())
        } else {
            (self.read_group(), self.write_group())
        };
        Some(quote! {
            #[automatically_derived]
            impl #private_mod::Group for #ident {
                fn read(view: &#private_mod::View<'_>) -> #private_mod::Result<::core::option::Option<Self>> {
                    #read
                }
                fn write(&self, values: &mut #private_mod::GroupValues<'_>) {
                    #write
                }
            }
        })
    }

    /// Returns true if an error was reported for a field, so that the struct cannot be read or written.
    fn is_invalid_group(&self) -> bool {
        let is_plain = |field: &Field| field.kind == FieldKind::Value && field.side == Side::Server;
        self.schema
            .fields
            .iter()
            .any(|field| self.is_placeholder(field) || !is_plain(field) || field.has_default() || field.is_keyed())
    }

    fn read_group(&self) -> TokenStream {
        let (private_mod, schema) = (&self.names.private_mod, &self.ident);
        let fields = self.values().enumerate();
        let (locals, reads): (Vec<_>, Vec<_>) = fields
            .map(|(index, field)| {
                let (local, constant) = (format_ident!("value{index}"), &field.constant);
                (
                    local,
                    quote_spanned!(generated_span(field.ident)=> #private_mod::group_value(view, &#schema::#constant)?),
                )
            })
            .unzip();
        let idents = self.values().map(|field| generated_ident(field.ident));
        quote! {
            #(let #locals = #reads;)*
            ::core::result::Result::Ok(match (#(#locals,)*) {
                (#(::core::option::Option::Some(#locals),)*) => ::core::option::Option::Some(Self { #(#idents: #locals),* }),
                _ => ::core::option::Option::None,
            })
        }
    }

    fn write_group(&self) -> TokenStream {
        let (private_mod, schema) = (&self.names.private_mod, &self.ident);
        let writes = self.values().map(|field| {
            let (ident, constant) = (generated_ident(field.ident), &field.constant);
            quote_spanned!(generated_span(field.ident)=>
                #private_mod::GroupValues::add(values, &#schema::#constant, &self.#ident);
            )
        });
        quote!(#(#writes)*)
    }

    /// The snapshot of a group is complete, or `None`.
    pub(super) fn group_snapshot_type(&self) -> TokenStream {
        let snapshot = &self.names.snapshot;
        quote!(type Snapshot = ::core::option::Option<#snapshot>;)
    }

    pub(super) fn read_group_snapshot(&self) -> TokenStream {
        let (private_mod, snapshot) = (&self.names.private_mod, &self.names.snapshot);
        let body = if self.is_generic() || self.is_invalid_group() {
            unreachable_body()
        } else {
            let idents: Vec<_> = self.snapshot_fields().map(|field| generated_ident(field.ident)).collect();
            quote! {
                ::core::result::Result::Ok(match <Self as #private_mod::Group>::read(view)? {
                    ::core::option::Option::Some(_group) => {
                        ::core::option::Option::Some(#snapshot { #(#idents: _group.#idents),* })
                    }
                    ::core::option::Option::None => ::core::option::Option::None,
                })
            }
        };
        quote! {
            fn snapshot(
                view: &#private_mod::View<'_>,
            ) -> #private_mod::Result<::core::option::Option<#snapshot>> {
                #body
            }
        }
    }

    pub(super) fn group_accessor(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let span = generated_span(field.ident);
        let (vis, attributes) = (&field.source.vis, attributes_with_docs(field, &group_docs(field, accessor)));
        let (name, ty) = (accessor.ident(field.ident), &field.ty);
        let Names { private_mod, session, result_type, .. } = &self.names;
        let [read, set, unset, schema] = ["read", "set", "unset", "SCHEMA"].map(|item| self.nested_item(field, item));
        let handle = session_argument(accessor, Span::call_site());
        let (parameters, call) = match accessor {
            Accessor::Set => (quote!(&mut self, value: #ty), quote!(#set(#handle, &value))),
            Accessor::Unset => (quote!(&mut self), quote!(#unset(#handle))),
            Accessor::Remove => (quote!(&mut self), quote!(#private_mod::group_remove(#handle, #read, #schema).await)),
            _ => (quote!(&self), quote!(#private_mod::group_get(#handle, #read).await)),
        };
        let loads = accessor.is_future(field);
        let asyncness = loads.then(|| quote!(async));
        let result = if loads { self.optional(field) } else { quote!(()) };
        let body = if self.is_placeholder(field) { unreachable_body() } else { call };
        quote_spanned! {span=>
            #attributes
            #[inline]
            #vis #asyncness fn #name(#parameters) -> #result_type<#result, #session::Error> {
                #body
            }
        }
    }
}
