const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `name` in the server state.
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        };
        /// The key `user_id` in the server state.
        const USER_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("user_id")
        };
        /// The key `cart` in the client state.
        const CART: __private::ClientKey<Vec<LineItem>> = {
            use __private::ClientKey;
            ClientKey::declare("cart")
        };
        /// The key `theme` in the server state.
        const THEME: __private::Key<Theme> = {
            use __private::Key;
            Key::declare("theme")
        };
        /// The key `size` in the server state.
        const SIZE: __private::Key<u32> = {
            use __private::Key;
            Key::declare("size")
        };
        #[doc(hidden)]
        fn __default_cart() -> Vec<LineItem> {
            ::core::unreachable!()
        }
    }
    #[doc(hidden)]
    pub struct VisitorReader(__private::Session);
    #[doc(hidden)]
    pub struct VisitorWriter(VisitorReader);
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorWriter {
        type Target = VisitorReader;
        fn deref(&self) -> &VisitorReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorWriter {
        fn deref_mut(&mut self) -> &mut VisitorReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Visitor {
        type Reader = VisitorReader;
        type Writer = VisitorWriter;
        type Snapshot = VisitorSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
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
        fn reader(session: __private::Session) -> Self::Reader {
            VisitorReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            VisitorWriter(VisitorReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<VisitorSnapshot> {
            ::core::result::Result::Ok(VisitorSnapshot {
                name: __private::view(view, &Visitor::NAME)?,
                user_id: __private::view(view, &Visitor::USER_ID)?,
                cart: __private::client_view_or(
                    view,
                    &Visitor::CART,
                    Visitor::__default_cart,
                )?,
                theme: __private::view(view, &Visitor::THEME)?,
                size: __private::view(view, &Visitor::SIZE)?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// Returns `name` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_name`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn name(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Visitor::NAME).await
        }
        /// Returns `user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u64`.
        #[inline]
        async fn user_id(&self) -> __private::Result<::core::option::Option<u64>> {
            __private::get(&self.0, &Visitor::USER_ID).await
        }
        /// Returns `cart` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_cart`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Vec<LineItem>`.
        #[inline]
        fn cart(&self) -> __private::Result<Vec<LineItem>> {
            __private::client_get_or(&self.0, &Visitor::CART, Visitor::__default_cart)
        }
        /// Returns `theme` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_theme`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Theme`.
        #[inline]
        async fn theme(&self) -> __private::Result<::core::option::Option<Theme>> {
            __private::get(&self.0, &Visitor::THEME).await
        }
        /// Returns `size` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_size`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u32`.
        #[inline]
        async fn size(&self) -> __private::Result<::core::option::Option<u32>> {
            __private::get(&self.0, &Visitor::SIZE).await
        }
    }
    #[automatically_derived]
    impl VisitorWriter {
        /// Sets `name` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_name(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::NAME, value)
        }
        /// Removes `name` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_name(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::NAME)
        }
        /// Removes `name` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_name(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Visitor::NAME).await
        }
        /// Changes `name` in the server state in place and returns the result of `f`.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "name_mut")]
        #[inline]
        async fn update_name<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::NAME, f).await
        }
        /// Changes `name` in the server state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_name<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::NAME, f).await
        }
        /// Sets `user_id` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_user_id(&mut self, value: u64) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::USER_ID, value)
        }
        /// Removes `user_id` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_user_id(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::USER_ID)
        }
        /// Removes `user_id` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u64`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_user_id(
            &mut self,
        ) -> __private::Result<::core::option::Option<u64>> {
            __private::remove(&mut self.0.0, &Visitor::USER_ID).await
        }
        /// Changes `user_id` in the server state in place and returns the result of `f`.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "user_id_mut")]
        #[inline]
        async fn update_user_id<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<u64>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::USER_ID, f).await
        }
        /// Changes `user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_user_id<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<u64>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::USER_ID, f).await
        }
        /// Sets `cart` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_cart(&mut self, value: Vec<LineItem>) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Visitor::CART, value)
        }
        /// Removes `cart` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_cart(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Visitor::CART)
        }
        /// Removes `cart` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Vec<LineItem>`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_cart(
            &mut self,
        ) -> __private::Result<::core::option::Option<Vec<LineItem>>> {
            __private::client_remove(&mut self.0.0, &Visitor::CART)
        }
        /// Changes `cart` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "cart_mut")]
        #[inline]
        fn update_cart<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut Vec<LineItem>) -> R,
        ) -> __private::Result<R> {
            __private::client_update_or(
                &mut self.0.0,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /// Changes `cart` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Vec<LineItem>`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_cart<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut Vec<LineItem>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update_or(
                &mut self.0.0,
                &Visitor::CART,
                Visitor::__default_cart,
                f,
            )
        }
        /// Sets `theme` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_theme(&mut self, value: Theme) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::THEME, value)
        }
        /// Removes `theme` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_theme(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::THEME)
        }
        /// Removes `theme` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Theme`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_theme(
            &mut self,
        ) -> __private::Result<::core::option::Option<Theme>> {
            __private::remove(&mut self.0.0, &Visitor::THEME).await
        }
        /// Changes `theme` in the server state in place and returns the result of `f`.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "theme_mut")]
        #[inline]
        async fn update_theme<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<Theme>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::THEME, f).await
        }
        /// Changes `theme` in the server state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_theme<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<Theme>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::THEME, f).await
        }
        /// Sets `size` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_size(&mut self, value: u32) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::SIZE, value)
        }
        /// Removes `size` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_size(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::SIZE)
        }
        /// Removes `size` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u32`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_size(
            &mut self,
        ) -> __private::Result<::core::option::Option<u32>> {
            __private::remove(&mut self.0.0, &Visitor::SIZE).await
        }
        /// Changes `size` in the server state in place and returns the result of `f`.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "size_mut")]
        #[inline]
        async fn update_size<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<u32>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::SIZE, f).await
        }
        /// Changes `size` in the server state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_size<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<u32>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::SIZE, f).await
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        name: ::core::option::Option<String>,
        user_id: ::core::option::Option<u64>,
        cart: Vec<LineItem>,
        theme: ::core::option::Option<Theme>,
        size: ::core::option::Option<u32>,
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Visitor",
                5usize,
            )?;
            __private::SnapshotField(&self.name).field("name", &mut fields)?;
            __private::SnapshotField(&self.user_id).field("user_id", &mut fields)?;
            __private::SnapshotField(&self.cart).field("cart", &mut fields)?;
            __private::SnapshotField(&self.theme).field("theme", &mut fields)?;
            __private::SnapshotField(&self.size).field("size", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let _ = &schema.name;
            let _ = VisitorReader::name;
            let _ = VisitorWriter::set_name;
            let _ = VisitorWriter::unset_name;
            let _ = VisitorWriter::remove_name;
            let _ = VisitorWriter::update_name(self, |_| ());
            let _ = VisitorWriter::try_update_name(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.user_id;
            let _ = VisitorReader::user_id;
            let _ = VisitorWriter::set_user_id;
            let _ = VisitorWriter::unset_user_id;
            let _ = VisitorWriter::remove_user_id;
            let _ = VisitorWriter::update_user_id(self, |_| ());
            let _ = VisitorWriter::try_update_user_id(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.cart;
            let _ = VisitorReader::cart;
            let _ = VisitorWriter::set_cart;
            let _ = VisitorWriter::unset_cart;
            let _ = VisitorWriter::remove_cart;
            let _ = VisitorWriter::update_cart(self, |_| ());
            let _ = VisitorWriter::try_update_cart(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.theme;
            let _ = VisitorReader::theme;
            let _ = VisitorWriter::set_theme;
            let _ = VisitorWriter::unset_theme;
            let _ = VisitorWriter::remove_theme;
            let _ = VisitorWriter::update_theme(self, |_| ());
            let _ = VisitorWriter::try_update_theme(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.size;
            let _ = VisitorReader::size;
            let _ = VisitorWriter::set_size;
            let _ = VisitorWriter::unset_size;
            let _ = VisitorWriter::remove_size;
            let _ = VisitorWriter::update_size(self, |_| ());
            let _ = VisitorWriter::try_update_size(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
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
