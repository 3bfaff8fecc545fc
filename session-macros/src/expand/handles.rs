//! The types behind `ReadOnly<S>` and `Typed<S>`, and the implementations of `SessionSchema` and `DerivedSchema`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::Expansion;
use super::names::Names;

impl Expansion<'_> {
    /// The types are generic over the nested schemas. If one of those is no schema, the compiler reports it only where
    /// the type argument is given, and not for each use.
    pub(super) fn handles(&self) -> TokenStream {
        let Names { private_mod, reader, writer, .. } = &self.names;
        let params = self.nested_params();
        let derefs = [
            deref(reader, params.as_ref(), &quote!(#private_mod::Session)),
            deref(writer, params.as_ref(), &quote!(#reader #params)),
        ];
        let phantom = self.phantom();
        quote! {
            #[doc(hidden)]
            pub struct #reader #params(#private_mod::Session #phantom);
            #[doc(hidden)]
            pub struct #writer #params(#reader #params);
            #(#derefs)*
        }
    }

    pub(super) fn schema_impl(&self) -> TokenStream {
        let Names { private_mod, reader, writer, .. } = &self.names;
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let (declaration, shapes, read_snapshot) = (self.declaration(), self.shapes(), self.read_snapshot());
        let (nested_types, snapshot_type) = (self.nested_types(), self.snapshot_type());
        let phantom = self.nested_params().map(|_| quote!(, ::core::marker::PhantomData));
        quote! {
            #[automatically_derived]
            impl #impl_generics #private_mod::SessionSchema for #self_ty #clause {}
            #[automatically_derived]
            impl #impl_generics #private_mod::DerivedSchema for #self_ty #clause {
                type Reader = #reader #nested_types;
                type Writer = #writer #nested_types;
                #snapshot_type
                const DECLARATION: &'static #private_mod::SchemaInfo = &#declaration;
                #[inline]
                fn writer(session: #private_mod::Session) -> Self::Writer {
                    #writer(#reader(session #phantom))
                }
                #read_snapshot
                #shapes
            }
        }
    }

    fn phantom(&self) -> Option<TokenStream> {
        let params = self.nested().map(|field| self.nested_param(field));
        let has_nested = self.nested().next().is_some();
        has_nested.then(|| quote!(, ::core::marker::PhantomData<fn() -> (#(#params,)*)>))
    }

    /// Returns `<Checkout, Profile>`, the type arguments for the parameters of the nested schemas.
    fn nested_types(&self) -> Option<TokenStream> {
        let mut types = self.nested().map(|field| &field.ty).peekable();
        types.peek().is_some().then(|| quote!(<#(#types),*>))
    }
}

fn deref(outer: &Ident, params: Option<&TokenStream>, inner: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #params ::core::ops::Deref for #outer #params {
            type Target = #inner;
            #[inline]
            fn deref(&self) -> &#inner {
                &self.0
            }
        }
        #[automatically_derived]
        impl #params ::core::ops::DerefMut for #outer #params {
            #[inline]
            fn deref_mut(&mut self) -> &mut #inner {
                &mut self.0
            }
        }
    }
}
