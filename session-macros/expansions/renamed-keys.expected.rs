const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Auth {
        /// The key `auth.user_id` in the server state.
        const USER_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("auth.user_id")
        }
            .alias(&["user", "uid"]);
        /// The key `auth.email` in the client state.
        const EMAIL: __private::ClientKey<String> = {
            use __private::ClientKey;
            ClientKey::declare("auth.email")
        }
            .kept_alias("mail");
    }
    #[doc(hidden)]
    pub struct AuthReader(__private::Session);
    #[doc(hidden)]
    pub struct AuthWriter(AuthReader);
    #[automatically_derived]
    impl ::core::ops::Deref for AuthReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AuthReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AuthWriter {
        type Target = AuthReader;
        fn deref(&self) -> &AuthReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AuthWriter {
        fn deref_mut(&mut self) -> &mut AuthReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Auth {
        type Reader = AuthReader;
        type Writer = AuthWriter;
        type Snapshot = AuthSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Auth",
            &[
                __private::FieldInfo::declare(
                        "user_id",
                        "auth.user_id",
                        __private::Side::Server,
                        "u64",
                        "",
                    )
                    .alias(&["user", "uid"]),
                __private::FieldInfo::declare(
                        "email",
                        "auth.email",
                        __private::Side::Client,
                        "String",
                        "",
                    )
                    .with_kept_alias("mail"),
            ],
            &[],
            &[],
        );
        #[inline]
        fn reader(session: __private::Session) -> Self::Reader {
            AuthReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            AuthWriter(AuthReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<AuthSnapshot> {
            ::core::result::Result::Ok(AuthSnapshot {
                user_id: __private::view(view, &Auth::USER_ID)?,
                email: __private::client_view(view, &Auth::EMAIL)?,
            })
        }
    }
    #[automatically_derived]
    impl AuthReader {
        /// Returns `auth.user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `u64`.
        #[inline]
        async fn user_id(&self) -> __private::Result<::core::option::Option<u64>> {
            __private::get(&self.0, &Auth::USER_ID).await
        }
        /// Returns `auth.email` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_email`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        fn email(&self) -> __private::Result<::core::option::Option<String>> {
            __private::client_get(&self.0, &Auth::EMAIL)
        }
    }
    #[automatically_derived]
    impl AuthWriter {
        /// Sets `auth.user_id` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_user_id(&mut self, value: u64) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Auth::USER_ID, value)
        }
        /// Removes `auth.user_id` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_user_id(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Auth::USER_ID)
        }
        /// Removes `auth.user_id` from the server state and returns the old value.
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
            __private::remove(&mut self.0.0, &Auth::USER_ID).await
        }
        /// Changes `auth.user_id` in the server state in place and returns the result of `f`.
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
            __private::update(&mut self.0.0, &Auth::USER_ID, f).await
        }
        /// Changes `auth.user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
            __private::try_update(&mut self.0.0, &Auth::USER_ID, f).await
        }
        /// Sets `auth.email` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_email(&mut self, value: String) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Auth::EMAIL, value)
        }
        /// Removes `auth.email` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_email(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Auth::EMAIL)
        }
        /// Removes `auth.email` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_email(&mut self) -> __private::Result<::core::option::Option<String>> {
            __private::client_remove(&mut self.0.0, &Auth::EMAIL)
        }
        /// Changes `auth.email` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "email_mut")]
        #[inline]
        fn update_email<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::client_update(&mut self.0.0, &Auth::EMAIL, f)
        }
        /// Changes `auth.email` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_email<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update(&mut self.0.0, &Auth::EMAIL, f)
        }
    }
    #[doc(hidden)]
    pub struct AuthSnapshot {
        user_id: ::core::option::Option<u64>,
        email: ::core::option::Option<String>,
    }
    #[automatically_derived]
    impl __private::Serialize for AuthSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Auth",
                2usize,
            )?;
            __private::SnapshotField(&self.user_id).field("user_id", &mut fields)?;
            __private::SnapshotField(&self.email).field("email", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Auth> for AuthWriter {
        fn used<_Z>(&mut self, schema: &Auth, _: _Z) {
            let _ = &schema.user_id;
            let _ = AuthReader::user_id;
            let _ = AuthWriter::set_user_id;
            let _ = AuthWriter::unset_user_id;
            let _ = AuthWriter::remove_user_id;
            let _ = AuthWriter::update_user_id(self, |_| ());
            let _ = AuthWriter::try_update_user_id(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.email;
            let _ = AuthReader::email;
            let _ = AuthWriter::set_email;
            let _ = AuthWriter::unset_email;
            let _ = AuthWriter::remove_email;
            let _ = AuthWriter::update_email(self, |_| ());
            let _ = AuthWriter::try_update_email(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
