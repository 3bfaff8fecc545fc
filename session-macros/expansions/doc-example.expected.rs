const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 The key `cart` in the server state.*/
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn cart(&self) -> Result<Vec<u64>, session::Error>`\n- `fn set_cart(&mut self, value: Vec<u64>) -> Result<(), session::Error>`\n- `fn unset_cart(&mut self) -> Result<(), session::Error>`\n- `async fn remove_cart(&mut self) -> Result<Option<Vec<u64>>, session::Error>`\n- `async fn update_cart(&mut self, f: impl FnMut(&mut Vec<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_cart(&mut self, f: impl FnMut(&mut Vec<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CART: __private::Key<Vec<u64>> = {
            use __private::Key;
            Key::declare("cart")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_cart() -> Vec<u64> {
            <Vec<u64> as ::core::default::Default>::default()
        }
    }
    #[doc(hidden)]
    pub struct VisitorReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct VisitorWriter {
        zz_internal: VisitorReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorWriter {
        type Target = VisitorReader;
        #[inline]
        fn deref(&self) -> &VisitorReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut VisitorReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Visitor {}
    #[automatically_derived]
    impl __private::DerivedSchema for Visitor {
        type Reader = VisitorReader;
        type Writer = VisitorWriter;
        type Snapshot = VisitorSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Visitor",
            &[
                __private::FieldInfo::declare(
                        "cart",
                        "cart",
                        __private::Side::Server,
                        "Vec<u64>",
                        "The articles in the cart.\n\n```\nassert_eq!(1 + 1, 2);\n```",
                    )
                    .default(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            VisitorWriter {
                zz_internal: VisitorReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<VisitorSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = VisitorSnapshot {
                cart: fields.read_or(&Visitor::CART, Visitor::__default_cart),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::CART.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Returns `cart` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_cart`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<u64>`.*/
        #[inline]
        fn cart(&self) -> impl Future<Output = Result<Vec<u64>, session::Error>> {
            __private::get_or(&self.zz_internal, &Visitor::CART, Visitor::__default_cart)
        }
    }
    impl VisitorWriter {
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Sets `cart` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_cart(&mut self, value: Vec<u64>) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::CART, value)
        }
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Removes `cart` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_cart(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Removes `cart` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<u64>`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_cart(
            &mut self,
        ) -> impl Future<Output = Result<Option<Vec<u64>>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Changes `cart` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<u64>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "cart_mut")]
        #[inline]
        fn update_cart<R, F: FnMut(&mut Vec<u64>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, Vec<u64>, R, F> {
            __private::update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        /**
 Changes `cart` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<u64>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_cart<R, E, F: FnMut(&mut Vec<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, Vec<u64>, R, E, F> {
            __private::try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        #[cfg_attr(not(doctest), doc = " The articles in the cart.")]
        #[cfg_attr(not(doctest), doc = "")]
        #[cfg_attr(not(doctest), doc = " ```")]
        #[cfg_attr(not(doctest), doc = " assert_eq!(1 + 1, 2);")]
        #[cfg_attr(not(doctest), doc = " ```")]
        cart: Vec<u64>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.cart).visit("cart", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for VisitorSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Visitor")
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn zz_internal<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let Visitor { cart: _f0 } = schema;
        }
    }
};
