const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Messages {
        /// The key `notice` in the server state.
        const NOTICE: __private::Key<String> = {
            use __private::Key;
            Key::declare("notice")
        };
        /// The key `hint` in the client state.
        const HINT: __private::ClientKey<u8> = {
            use __private::ClientKey;
            ClientKey::declare("hint")
        };
    }
    #[doc(hidden)]
    pub struct MessagesReader(__private::Session);
    #[doc(hidden)]
    pub struct MessagesWriter(MessagesReader);
    #[automatically_derived]
    impl ::core::ops::Deref for MessagesReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for MessagesReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for MessagesWriter {
        type Target = MessagesReader;
        fn deref(&self) -> &MessagesReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for MessagesWriter {
        fn deref_mut(&mut self) -> &mut MessagesReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Messages {
        type Reader = MessagesReader;
        type Writer = MessagesWriter;
        type Snapshot = MessagesSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Messages",
            &[
                __private::FieldInfo::declare(
                        "notice",
                        "notice",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .flash(),
                __private::FieldInfo::declare(
                        "hint",
                        "hint",
                        __private::Side::Client,
                        "u8",
                        "",
                    )
                    .flash(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn reader(session: __private::Session) -> Self::Reader {
            MessagesReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            MessagesWriter(MessagesReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<MessagesSnapshot> {
            ::core::result::Result::Ok(MessagesSnapshot {})
        }
    }
    #[automatically_derived]
    impl MessagesReader {
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
            __private::get(&self.0, &Messages::NOTICE).await
        }
        /// Returns the message `hint` from the client state and keeps it. It is a copy: change the stored value with `update_hint`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u8`.
        #[inline]
        fn peek_hint(&self) -> __private::Result<::core::option::Option<u8>> {
            __private::client_get(&self.0, &Messages::HINT)
        }
    }
    #[automatically_derived]
    impl MessagesWriter {
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
            __private::set(&mut self.0.0, &Messages::NOTICE, value)
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
            __private::unset(&mut self.0.0, &Messages::NOTICE)
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
            __private::take(&mut self.0.0, &Messages::NOTICE).await
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
            __private::update(&mut self.0.0, &Messages::NOTICE, f).await
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
            __private::try_update(&mut self.0.0, &Messages::NOTICE, f).await
        }
        /// Sets `hint` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_hint(&mut self, value: u8) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Messages::HINT, value)
        }
        /// Removes `hint` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_hint(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Messages::HINT)
        }
        /// Removes the message `hint` from the client state and returns it. A `HEAD` request keeps it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u8`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn take_hint(&mut self) -> __private::Result<::core::option::Option<u8>> {
            __private::client_take(&mut self.0.0, &Messages::HINT)
        }
        /// Changes `hint` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "hint_mut")]
        #[inline]
        fn update_hint<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut ::core::option::Option<u8>) -> R,
        ) -> __private::Result<R> {
            __private::client_update(&mut self.0.0, &Messages::HINT, f)
        }
        /// Changes `hint` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_hint<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut ::core::option::Option<u8>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update(&mut self.0.0, &Messages::HINT, f)
        }
    }
    #[doc(hidden)]
    pub struct MessagesSnapshot {}
    #[automatically_derived]
    impl __private::Serialize for MessagesSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Messages",
                0usize,
            )?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Messages> for MessagesWriter {
        fn used<_Z>(&mut self, schema: &Messages, _: _Z) {
            let _ = &schema.notice;
            let _ = MessagesReader::peek_notice;
            let _ = MessagesWriter::set_notice;
            let _ = MessagesWriter::unset_notice;
            let _ = MessagesWriter::take_notice;
            let _ = MessagesWriter::update_notice(self, |_| ());
            let _ = MessagesWriter::try_update_notice(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.hint;
            let _ = MessagesReader::peek_hint;
            let _ = MessagesWriter::set_hint;
            let _ = MessagesWriter::unset_hint;
            let _ = MessagesWriter::take_hint;
            let _ = MessagesWriter::update_hint(self, |_| ());
            let _ = MessagesWriter::try_update_hint(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
