//! The types behind `ReadOnly<S>` and `Typed<S>`, and the implementations of `SessionSchema` and `DerivedSchema`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::context::Expansion;
use super::names::Names;
use crate::accessor_names::Accessor;

impl Expansion<'_> {
    /// The types have no parameters for the nested schemas: as an argument of an associated type, a private schema would
    /// be an error in a public one.
    ///
    /// The fields are private, but an editor completes them in the module of the schema. Their name is last in its list.
    pub(super) fn handles(&self) -> TokenStream {
        let Names { private_mod, reader, writer, .. } = &self.names;
        let derefs = [deref(reader, &quote!(#private_mod::Session)), deref(writer, &quote!(#reader))];
        quote! {
            #[doc(hidden)]
            pub struct #reader {
                zz_internal: #private_mod::Session,
            }
            #[doc(hidden)]
            pub struct #writer {
                zz_internal: #reader,
            }
            #(#derefs)*
        }
    }

    pub(super) fn schema_impl(&self) -> TokenStream {
        let Names { private_mod, reader, writer, .. } = &self.names;
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let (declaration, shapes, read_snapshot) = (self.declaration(), self.shapes(), self.read_snapshot());
        let snapshot_type = self.snapshot_type();
        quote! {
            #[automatically_derived]
            impl #impl_generics #private_mod::SessionSchema for #self_ty #clause {}
            #[automatically_derived]
            impl #impl_generics #private_mod::DerivedSchema for #self_ty #clause {
                type Reader = #reader;
                type Writer = #writer;
                #snapshot_type
                const DECLARATION: &'static #private_mod::SchemaInfo = &#declaration;
                #[inline]
                fn writer(session: #private_mod::Session) -> Self::Writer {
                    #writer { zz_internal: #reader { zz_internal: session } }
                }
                #read_snapshot
                #shapes
            }
        }
    }
}

/// Returns the session of the handle: the getters are methods of the reader, the others are methods of the writer.
pub(super) fn session_argument(accessor: Accessor, span: Span) -> TokenStream {
    if accessor.is_getter() {
        quote_spanned!(span=> &self.zz_internal)
    } else {
        quote_spanned!(span=> &mut self.zz_internal.zz_internal)
    }
}

fn deref(outer: &Ident, inner: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::ops::Deref for #outer {
            type Target = #inner;
            #[inline]
            fn deref(&self) -> &#inner {
                &self.zz_internal
            }
        }
        #[automatically_derived]
        impl ::core::ops::DerefMut for #outer {
            #[inline]
            fn deref_mut(&mut self) -> &mut #inner {
                &mut self.zz_internal
            }
        }
    }
}
