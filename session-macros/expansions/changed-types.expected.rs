const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `cart` in the server state.
        const CART: __private::Key<Vec<Line>> = {
            use __private::Key;
            Key::declare("cart")
        }
            .migrate({
                const MIGRATE: fn(
                    &__private::Value,
                ) -> ::core::option::Option<Vec<Line>> = release::lines_of_pairs;
                MIGRATE
            });
        /// The key `size` in the server state.
        const SIZE: __private::Key<u32> = {
            use __private::Key;
            Key::declare("size")
        }
            .on_invalid(__private::OnInvalid::Absent);
        /// The key `page` in the client state.
        const PAGE: __private::ClientKey<u8> = {
            use __private::ClientKey;
            ClientKey::declare("page")
        }
            .on_invalid(__private::OnInvalid::Absent);
        #[doc(hidden)]
        fn __default_page() -> u8 {
            7
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
                cart: __private::view(view, &Visitor::CART)?,
                size: __private::view(view, &Visitor::SIZE)?,
                page: __private::client_view_or(
                    view,
                    &Visitor::PAGE,
                    Visitor::__default_page,
                )?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// Returns `cart` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_cart`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Vec<Line>`.
        #[inline]
        async fn cart(&self) -> __private::Result<::core::option::Option<Vec<Line>>> {
            __private::get(&self.0, &Visitor::CART).await
        }
        /// Returns `size` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_size`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        #[inline]
        async fn size(&self) -> __private::Result<::core::option::Option<u32>> {
            __private::get(&self.0, &Visitor::SIZE).await
        }
        /// Returns `page` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_page`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// None: an invalid stored value is ignored.
        #[inline]
        fn page(&self) -> __private::Result<u8> {
            __private::client_get_or(&self.0, &Visitor::PAGE, Visitor::__default_page)
        }
    }
    #[automatically_derived]
    impl VisitorWriter {
        /// Sets `cart` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_cart(&mut self, value: Vec<Line>) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::CART, value)
        }
        /// Removes `cart` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_cart(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::CART)
        }
        /// Removes `cart` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `Vec<Line>`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_cart(
            &mut self,
        ) -> __private::Result<::core::option::Option<Vec<Line>>> {
            __private::remove(&mut self.0.0, &Visitor::CART).await
        }
        /// Changes `cart` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value is not a valid `Vec<Line>`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "cart_mut")]
        #[inline]
        async fn update_cart<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<Vec<Line>>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::CART, f).await
        }
        /// Changes `cart` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value is not a valid `Vec<Line>`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_cart<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<Vec<Line>>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::CART, f).await
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
        /// - `Value`: the new value cannot be encoded as JSON.
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
        /// - `Value`: the new value cannot be encoded as JSON.
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
        /// Sets `page` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_page(&mut self, value: u8) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Visitor::PAGE, value)
        }
        /// Removes `page` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_page(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Visitor::PAGE)
        }
        /// Removes `page` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_page(&mut self) -> __private::Result<::core::option::Option<u8>> {
            __private::client_remove(&mut self.0.0, &Visitor::PAGE)
        }
        /// Changes `page` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "page_mut")]
        #[inline]
        fn update_page<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut u8) -> R,
        ) -> __private::Result<R> {
            __private::client_update_or(
                &mut self.0.0,
                &Visitor::PAGE,
                Visitor::__default_page,
                f,
            )
        }
        /// Changes `page` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_page<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut u8) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update_or(
                &mut self.0.0,
                &Visitor::PAGE,
                Visitor::__default_page,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        cart: ::core::option::Option<Vec<Line>>,
        size: ::core::option::Option<u32>,
        page: u8,
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
                3usize,
            )?;
            __private::SnapshotField(&self.cart).field("cart", &mut fields)?;
            __private::SnapshotField(&self.size).field("size", &mut fields)?;
            __private::SnapshotField(&self.page).field("page", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
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
            let _ = &schema.page;
            let _ = VisitorReader::page;
            let _ = VisitorWriter::set_page;
            let _ = VisitorWriter::unset_page;
            let _ = VisitorWriter::remove_page;
            let _ = VisitorWriter::update_page(self, |_| ());
            let _ = VisitorWriter::try_update_page(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
