const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `name` in the server state.
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        };
        /// The key `notice` in the server state.
        const NOTICE: __private::Key<String> = {
            use __private::Key;
            Key::declare("notice")
        };
        #[doc(hidden)]
        fn __default_name() -> String {
            <String as ::core::default::Default>::default()
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
                    )
                    .default(),
                __private::FieldInfo::declare(
                        "notice",
                        "notice",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .flash(),
            ],
            &[],
            &[
                (__private::Side::Server, "referrer"),
                (__private::Side::Server, "cart"),
                (__private::Side::Client, "theme"),
            ],
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
                name: __private::view_or(view, &Visitor::NAME, Visitor::__default_name)?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// Returns `name` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_name`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn name(&self) -> __private::Result<String> {
            __private::get_or(&self.0, &Visitor::NAME, Visitor::__default_name).await
        }
        /// Returns the message `notice` from the server state and keeps it. It is a copy: change the stored value with `update_notice`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn peek_notice(
            &self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Visitor::NOTICE).await
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
            f: impl ::core::ops::FnMut(&mut String) -> R,
        ) -> __private::Result<R> {
            __private::update_or(
                    &mut self.0.0,
                    &Visitor::NAME,
                    Visitor::__default_name,
                    f,
                )
                .await
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
            f: impl ::core::ops::FnMut(&mut String) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update_or(
                    &mut self.0.0,
                    &Visitor::NAME,
                    Visitor::__default_name,
                    f,
                )
                .await
        }
        /// Sets `notice` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_notice(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::NOTICE, value)
        }
        /// Removes `notice` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_notice(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::NOTICE)
        }
        /// Removes the message `notice` from the server state and returns it. A `HEAD` request keeps it.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn take_notice(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::take(&mut self.0.0, &Visitor::NOTICE).await
        }
        /// Changes `notice` in the server state in place and returns the result of `f`.
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
        #[doc(alias = "notice_mut")]
        #[inline]
        async fn update_notice<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::NOTICE, f).await
        }
        /// Changes `notice` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        async fn try_update_notice<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::NOTICE, f).await
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        name: String,
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
                1usize,
            )?;
            __private::SnapshotField(&self.name).field("name", &mut fields)?;
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
            let _ = &schema.notice;
            let _ = VisitorReader::peek_notice;
            let _ = VisitorWriter::set_notice;
            let _ = VisitorWriter::unset_notice;
            let _ = VisitorWriter::take_notice;
            let _ = VisitorWriter::update_notice(self, |_| ());
            let _ = VisitorWriter::try_update_notice(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
