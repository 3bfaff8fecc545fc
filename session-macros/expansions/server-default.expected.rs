const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `cart` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn cart(&self) -> Result<Vec<LineItem>, session::Error>`\n- `fn set_cart(&mut self, value: Vec<LineItem>) -> Result<(), session::Error>`\n- `fn unset_cart(&mut self) -> Result<(), session::Error>`\n- `async fn remove_cart(&mut self) -> Result<Option<Vec<LineItem>>, session::Error>`\n- `async fn update_cart(&mut self, f: impl FnMut(&mut Vec<LineItem>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_cart(&mut self, f: impl FnMut(&mut Vec<LineItem>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CART: __private::Key<Vec<LineItem>> = {
            use __private::Key;
            Key::declare("cart")
        };
        /// The key `currency` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn currency(&self) -> Result<Currency, session::Error>`\n- `fn set_currency(&mut self, value: Currency) -> Result<(), session::Error>`\n- `fn unset_currency(&mut self) -> Result<(), session::Error>`\n- `async fn remove_currency(&mut self) -> Result<Option<Currency>, session::Error>`\n- `async fn update_currency(&mut self, f: impl FnMut(&mut Currency) -> R) -> Result<R, session::Error>`\n- `async fn try_update_currency(&mut self, f: impl FnMut(&mut Currency) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CURRENCY: __private::Key<Currency> = {
            use __private::Key;
            Key::declare("currency")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_cart() -> Vec<LineItem> {
            <Vec<LineItem> as ::core::default::Default>::default()
        }
        #[doc(hidden)]
        #[inline]
        fn __default_currency() -> Currency {
            Currency::of("CHF")
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
                        "Vec<LineItem>",
                        "",
                    )
                    .default(),
                __private::FieldInfo::declare(
                        "currency",
                        "currency",
                        __private::Side::Server,
                        "Currency",
                        "",
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
                currency: fields.read_or(&Visitor::CURRENCY, Visitor::__default_currency),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::CART.trace_shape(shapes);
            Visitor::CURRENCY.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `cart` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_cart`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<LineItem>`.*/
        #[inline]
        fn cart(&self) -> impl Future<Output = Result<Vec<LineItem>, session::Error>> {
            __private::get_or(&self.zz_internal, &Visitor::CART, Visitor::__default_cart)
        }
        /** Returns `currency` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_currency`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Currency`.*/
        #[inline]
        fn currency(&self) -> impl Future<Output = Result<Currency, session::Error>> {
            __private::get_or(
                &self.zz_internal,
                &Visitor::CURRENCY,
                Visitor::__default_currency,
            )
        }
    }
    impl VisitorWriter {
        /** Sets `cart` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_cart(&mut self, value: Vec<LineItem>) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::CART, value)
        }
        /** Removes `cart` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_cart(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        /** Removes `cart` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<LineItem>`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_cart(
            &mut self,
        ) -> impl Future<Output = Result<Option<Vec<LineItem>>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        /** Changes `cart` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "cart_mut")]
        #[inline]
        fn update_cart<R, F: FnMut(&mut Vec<LineItem>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, Vec<LineItem>, R, F> {
            __private::update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /** Changes `cart` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_cart<R, E, F: FnMut(&mut Vec<LineItem>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, Vec<LineItem>, R, E, F> {
            __private::try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /** Sets `currency` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_currency(&mut self, value: Currency) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::CURRENCY, value)
        }
        /** Removes `currency` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_currency(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::CURRENCY)
        }
        /** Removes `currency` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Currency`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_currency(
            &mut self,
        ) -> impl Future<Output = Result<Option<Currency>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::CURRENCY)
        }
        /** Changes `currency` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Currency`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "currency_mut")]
        #[inline]
        fn update_currency<R, F: FnMut(&mut Currency) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, Currency, R, F> {
            __private::update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CURRENCY,
                Visitor::__default_currency,
                f,
            )
        }
        /** Changes `currency` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Currency`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_currency<R, E, F: FnMut(&mut Currency) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, Currency, R, E, F> {
            __private::try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CURRENCY,
                Visitor::__default_currency,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        cart: Vec<LineItem>,
        currency: Currency,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.cart).visit("cart", fields);
            __private::snapshot_field(&self.currency).visit("currency", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 2usize)
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
            let Visitor { cart: _f0, currency: _f1 } = schema;
        }
    }
};
