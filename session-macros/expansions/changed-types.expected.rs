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
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn cart(&self) -> Result<Option<Vec<Line>>, session::Error>`\n- `fn set_cart(&mut self, value: Vec<Line>) -> Result<(), session::Error>`\n- `fn unset_cart(&mut self) -> Result<(), session::Error>`\n- `async fn remove_cart(&mut self) -> Result<Option<Vec<Line>>, session::Error>`\n- `async fn update_cart(&mut self, f: impl FnMut(&mut Option<Vec<Line>>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_cart(&mut self, f: impl FnMut(&mut Option<Vec<Line>>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CART: __private::Key<Vec<Line>> = {
            use __private::Key;
            Key::declare("cart")
        }
            .migrate({
                fn __migrate(
                    value: &__private::Value,
                ) -> ::core::option::Option<Vec<Line>> {
                    __private::MigrateReturn::<
                        Vec<Line>,
                    >::into_migrated(
                        release::lines_of_pairs(
                            __private::MigrateParameter::of_value(value),
                        ),
                    )
                }
                __migrate
            });
        /// The key `size` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn size(&self) -> Result<Option<u32>, session::Error>`\n- `fn set_size(&mut self, value: u32) -> Result<(), session::Error>`\n- `fn unset_size(&mut self) -> Result<(), session::Error>`\n- `async fn remove_size(&mut self) -> Result<Option<u32>, session::Error>`\n- `async fn update_size(&mut self, f: impl FnMut(&mut Option<u32>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_size(&mut self, f: impl FnMut(&mut Option<u32>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const SIZE: __private::Key<u32> = {
            use __private::Key;
            Key::declare("size")
        }
            .on_invalid(__private::OnInvalid::Absent);
        /// The key `page` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn page(&self) -> Result<u8, session::Error>`\n- `fn set_page(&mut self, value: u8) -> Result<(), session::Error>`\n- `fn unset_page(&mut self) -> Result<(), session::Error>`\n- `fn remove_page(&mut self) -> Result<Option<u8>, session::Error>`\n- `fn update_page(&mut self, f: impl FnOnce(&mut u8) -> R) -> Result<R, session::Error>`\n- `fn try_update_page(&mut self, f: impl FnOnce(&mut u8) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const PAGE: __private::ClientKey<u8> = {
            use __private::ClientKey;
            ClientKey::declare("page")
        }
            .on_invalid(__private::OnInvalid::Absent);
        #[doc(hidden)]
        #[inline]
        fn __default_page() -> u8 {
            7
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
                        "Vec<Line>",
                        "",
                    )
                    .migrate(),
                __private::FieldInfo::declare(
                        "size",
                        "size",
                        __private::Side::Server,
                        "u32",
                        "",
                    )
                    .on_invalid(),
                __private::FieldInfo::declare(
                        "page",
                        "page",
                        __private::Side::Client,
                        "u8",
                        "",
                    )
                    .default()
                    .on_invalid(),
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
                cart: fields.read(&Visitor::CART),
                size: fields.read(&Visitor::SIZE),
                page: fields.client_read_or(&Visitor::PAGE, Visitor::__default_page),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::CART.trace_shape(shapes);
            Visitor::SIZE.trace_shape(shapes);
            Visitor::PAGE.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `cart` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_cart`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<Line>`.*/
        #[inline]
        fn cart(
            &self,
        ) -> impl Future<Output = Result<Option<Vec<Line>>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::CART)
        }
        /** Returns `size` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_size`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.*/
        #[inline]
        fn size(&self) -> impl Future<Output = Result<Option<u32>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::SIZE)
        }
        /** Returns `page` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_page`.

 Cost: no I/O.

 # Errors

 None: an invalid stored value is ignored.*/
        #[inline]
        fn page(&self) -> Result<u8, session::Error> {
            __private::client_get_or(
                &self.zz_internal,
                &Visitor::PAGE,
                Visitor::__default_page,
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
        fn set_cart(&mut self, value: Vec<Line>) -> Result<(), session::Error> {
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
 - `Value`: the stored value is not a valid `Vec<Line>`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_cart(
            &mut self,
        ) -> impl Future<Output = Result<Option<Vec<Line>>, session::Error>> {
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
 - `Value`: the stored value is not a valid `Vec<Line>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "cart_mut")]
        #[inline]
        fn update_cart<R, F: FnMut(&mut Option<Vec<Line>>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, Vec<Line>, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::CART, f)
        }
        /** Changes `cart` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Vec<Line>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_cart<R, E, F: FnMut(&mut Option<Vec<Line>>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, Vec<Line>, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::CART, f)
        }
        /** Sets `size` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_size(&mut self, value: u32) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::SIZE, value)
        }
        /** Removes `size` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_size(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::SIZE)
        }
        /** Removes `size` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_size(
            &mut self,
        ) -> impl Future<Output = Result<Option<u32>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::SIZE)
        }
        /** Changes `size` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "size_mut")]
        #[inline]
        fn update_size<R, F: FnMut(&mut Option<u32>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u32, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::SIZE, f)
        }
        /** Changes `size` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_size<R, E, F: FnMut(&mut Option<u32>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u32, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::SIZE, f)
        }
        /** Sets `page` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_page(&mut self, value: u8) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAGE,
                value,
            )
        }
        /** Removes `page` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_page(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::PAGE)
        }
        /** Removes `page` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_page(&mut self) -> Result<Option<u8>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Visitor::PAGE)
        }
        /** Changes `page` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "page_mut")]
        #[inline]
        fn update_page<R, F: FnOnce(&mut u8) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAGE,
                Visitor::__default_page,
                f,
            )
        }
        /** Changes `page` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_page<R, E, F: FnOnce(&mut u8) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAGE,
                Visitor::__default_page,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        cart: Option<Vec<Line>>,
        size: Option<u32>,
        page: u8,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.cart).visit("cart", fields);
            __private::snapshot_field(&self.size).visit("size", fields);
            __private::snapshot_field(&self.page).visit("page", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 3usize)
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
            let Visitor { cart: _f0, size: _f1, page: _f2 } = schema;
        }
    }
};
