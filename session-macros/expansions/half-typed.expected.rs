const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `name` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn name(&self) -> Result<Option<String>, session::Error>`\n- `fn set_name(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_name(&mut self) -> Result<(), session::Error>`\n- `async fn remove_name(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_name(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_name(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        };
        /// The key `user_id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn user_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_user_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_user_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `async fn update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const USER_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("user_id")
        };
        /// The key `cart` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn cart(&self) -> Result<Vec<LineItem>, session::Error>`\n- `fn set_cart(&mut self, value: Vec<LineItem>) -> Result<(), session::Error>`\n- `fn unset_cart(&mut self) -> Result<(), session::Error>`\n- `fn remove_cart(&mut self) -> Result<Option<Vec<LineItem>>, session::Error>`\n- `fn update_cart(&mut self, f: impl FnOnce(&mut Vec<LineItem>) -> R) -> Result<R, session::Error>`\n- `fn try_update_cart(&mut self, f: impl FnOnce(&mut Vec<LineItem>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CART: __private::ClientKey<Vec<LineItem>> = {
            use __private::ClientKey;
            ClientKey::declare("cart")
        };
        /// The key `theme` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn theme(&self) -> Result<Option<Theme>, session::Error>`\n- `fn set_theme(&mut self, value: Theme) -> Result<(), session::Error>`\n- `fn unset_theme(&mut self) -> Result<(), session::Error>`\n- `async fn remove_theme(&mut self) -> Result<Option<Theme>, session::Error>`\n- `async fn update_theme(&mut self, f: impl FnMut(&mut Option<Theme>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_theme(&mut self, f: impl FnMut(&mut Option<Theme>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const THEME: __private::Key<Theme> = {
            use __private::Key;
            Key::declare("theme")
        };
        /// The key `size` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn size(&self) -> Result<Option<u32>, session::Error>`\n- `fn set_size(&mut self, value: u32) -> Result<(), session::Error>`\n- `fn unset_size(&mut self) -> Result<(), session::Error>`\n- `async fn remove_size(&mut self) -> Result<Option<u32>, session::Error>`\n- `async fn update_size(&mut self, f: impl FnMut(&mut Option<u32>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_size(&mut self, f: impl FnMut(&mut Option<u32>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const SIZE: __private::Key<u32> = {
            use __private::Key;
            Key::declare("size")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_cart() -> Vec<LineItem> {
            ::core::unreachable!()
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
                    "name",
                    "name",
                    __private::Side::Server,
                    "String",
                    "",
                ),
                __private::FieldInfo::declare(
                    "user_id",
                    "user_id",
                    __private::Side::Server,
                    "u64",
                    "",
                ),
                __private::FieldInfo::declare(
                        "cart",
                        "cart",
                        __private::Side::Client,
                        "Vec<LineItem>",
                        "",
                    )
                    .default(),
                __private::FieldInfo::declare(
                    "theme",
                    "theme",
                    __private::Side::Server,
                    "Theme",
                    "",
                ),
                __private::FieldInfo::declare(
                    "size",
                    "size",
                    __private::Side::Server,
                    "u32",
                    "",
                ),
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
                name: fields.read(&Visitor::NAME),
                user_id: fields.read(&Visitor::USER_ID),
                cart: fields.client_read_or(&Visitor::CART, Visitor::__default_cart),
                theme: fields.read(&Visitor::THEME),
                size: fields.read(&Visitor::SIZE),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::NAME.trace_shape(shapes);
            Visitor::USER_ID.trace_shape(shapes);
            Visitor::CART.trace_shape(shapes);
            Visitor::THEME.trace_shape(shapes);
            Visitor::SIZE.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `name` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_name`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn name(&self) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::NAME)
        }
        /** Returns `user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn user_id(&self) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::USER_ID)
        }
        /** Returns `cart` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_cart`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `Vec<LineItem>`.*/
        #[inline]
        fn cart(&self) -> Result<Vec<LineItem>, session::Error> {
            __private::client_get_or(
                &self.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
            )
        }
        /** Returns `theme` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_theme`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Theme`.*/
        #[inline]
        fn theme(&self) -> impl Future<Output = Result<Option<Theme>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::THEME)
        }
        /** Returns `size` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_size`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u32`.*/
        #[inline]
        fn size(&self) -> impl Future<Output = Result<Option<u32>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::SIZE)
        }
    }
    impl VisitorWriter {
        /** Sets `name` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_name(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::NAME, value)
        }
        /** Removes `name` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_name(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::NAME)
        }
        /** Removes `name` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_name(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::NAME)
        }
        /** Changes `name` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "name_mut")]
        #[inline]
        fn update_name<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::NAME, f)
        }
        /** Changes `name` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_name<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::NAME, f)
        }
        /** Sets `user_id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_user_id(&mut self, value: u64) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::USER_ID, value)
        }
        /** Removes `user_id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_user_id(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Removes `user_id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_user_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Changes `user_id` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "user_id_mut")]
        #[inline]
        fn update_user_id<R, F: FnMut(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u64, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::USER_ID, f)
        }
        /** Changes `user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_user_id<R, E, F: FnMut(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u64, R, E, F> {
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::USER_ID,
                f,
            )
        }
        /** Sets `cart` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_cart(&mut self, value: Vec<LineItem>) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                value,
            )
        }
        /** Removes `cart` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_cart(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        /** Removes `cart` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Vec<LineItem>`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_cart(&mut self) -> Result<Option<Vec<LineItem>>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Visitor::CART)
        }
        /** Changes `cart` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "cart_mut")]
        #[inline]
        fn update_cart<R, F: FnOnce(&mut Vec<LineItem>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /** Changes `cart` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_cart<R, E, F: FnOnce(&mut Vec<LineItem>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /** Sets `theme` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_theme(&mut self, value: Theme) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::THEME, value)
        }
        /** Removes `theme` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_theme(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::THEME)
        }
        /** Removes `theme` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Theme`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_theme(
            &mut self,
        ) -> impl Future<Output = Result<Option<Theme>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::THEME)
        }
        /** Changes `theme` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "theme_mut")]
        #[inline]
        fn update_theme<R, F: FnMut(&mut Option<Theme>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, Theme, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::THEME, f)
        }
        /** Changes `theme` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_theme<R, E, F: FnMut(&mut Option<Theme>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, Theme, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::THEME, f)
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
 - `Value`: the stored value is not a valid `u32`.
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
 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
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
 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_size<R, E, F: FnMut(&mut Option<u32>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u32, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::SIZE, f)
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        name: Option<String>,
        user_id: Option<u64>,
        cart: Vec<LineItem>,
        theme: Option<Theme>,
        size: Option<u32>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.name).visit("name", fields);
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
            __private::snapshot_field(&self.cart).visit("cart", fields);
            __private::snapshot_field(&self.theme).visit("theme", fields);
            __private::snapshot_field(&self.size).visit("size", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 5usize)
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
            let Visitor { name: _f0, user_id: _f1, cart: _f2, theme: _f3, size: _f4 } = schema;
        }
    }
};
::core::compile_error! {
    "unknown session field attribute `ke`; did you mean `key`?"
}
::core::compile_error! {
    "`key` needs a value: write `key = \"...\"`"
}
::core::compile_error! {
    "`default =` needs an expression; for `T::default()`, write `default`"
}
::core::compile_error! {
    "unknown session field attribute `clie`; did you mean `client`?"
}
::core::compile_error! {
    "expected arguments in parentheses: write `#[session(...)]`"
}
::core::compile_error! {
    "`on_invalid` needs a value: write `on_invalid = \"discard\"`"
}
