//! Generates the code from the model: accessors, keys, the snapshot type, and the declaration.
//!
//! ```text
//! const _: () = {
//!     use ::session::__private;
//!     impl Visitor { pub const CART: __private::Key<Cart> = ...; }
//!     pub struct VisitorReader { zz_internal: __private::Session } // getters; derefs to the session
//!     pub struct VisitorWriter { zz_internal: VisitorReader }      // setters; derefs to the getters
//!     pub struct VisitorSnapshot { pub cart: Cart }     // all fields, for templates
//!     impl __private::SessionSchema for Visitor { ... } // connects the three types, and declares the fields
//! };
//! ```
//!
//! Only the key constants check the bounds of the values. Bounds on each accessor would report a missing derive once
//! for each accessor.

mod accessors;
mod context;
mod declaration;
mod docs;
mod generics;
mod group;
mod handles;
mod keyed;
mod keys;
mod names;
mod snapshot;

use proc_macro2::TokenStream;
use quote::quote;

use self::context::Expansion;
use crate::parse::model::Schema;

pub(crate) fn expand(schema: &Schema) -> TokenStream {
    let expansion = Expansion::new(schema);
    let allow_attributes = schema.input.attrs.iter().filter(|attribute| attribute.path().is_ident("allow"));
    let parts = [
        expansion.keys(),
        expansion.handles(),
        expansion.schema_impl(),
        expansion.getters(),
        expansion.setters(),
        expansion.snapshot(),
        expansion.nested_assertions(),
        expansion.index_assertions(),
    ];
    let (imports, group, use_of_fields) = (expansion.imports(), expansion.group_impl(), expansion.use_of_fields());
    quote! {
        #(#allow_attributes)*
        const _: () = {
            #imports
            #(#parts)*
            #group
            #use_of_fields
        };
    }
}
