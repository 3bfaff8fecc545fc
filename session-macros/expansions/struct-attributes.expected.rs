const _: () = {
    use ::my::session::__private as __private;
    #[automatically_derived]
    impl Auth {
        /// The key `auth.userId` in the client state.
        pub const USER_ID: __private::ClientKey<u64> = {
            use __private::ClientKey;
            ClientKey::declare("auth.userId")
        };
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
                    "auth.userId",
                    __private::Side::Client,
                    "u64",
                    "",
                ),
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
                user_id: __private::client_view(view, &Auth::USER_ID)?,
            })
        }
    }
    #[automatically_derived]
    impl AuthReader {
        /// Returns `auth.userId` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`.
        #[inline]
        pub fn user_id(&self) -> __private::Result<::core::option::Option<u64>> {
            __private::client_get(&self.0, &Auth::USER_ID)
        }
    }
    #[automatically_derived]
    impl AuthWriter {
        /// Sets `auth.userId` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        pub fn set_user_id(&mut self, value: u64) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Auth::USER_ID, value)
        }
        /// Removes `auth.userId` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        pub fn unset_user_id(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Auth::USER_ID)
        }
        /// Removes `auth.userId` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        pub fn remove_user_id(
            &mut self,
        ) -> __private::Result<::core::option::Option<u64>> {
            __private::client_remove(&mut self.0.0, &Auth::USER_ID)
        }
        /// Changes `auth.userId` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "user_id_mut")]
        #[inline]
        pub fn update_user_id<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut ::core::option::Option<u64>) -> R,
        ) -> __private::Result<R> {
            __private::client_update(&mut self.0.0, &Auth::USER_ID, f)
        }
        /// Changes `auth.userId` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        pub fn try_update_user_id<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut ::core::option::Option<u64>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update(&mut self.0.0, &Auth::USER_ID, f)
        }
    }
    #[doc(hidden)]
    pub struct AuthSnapshot {
        pub user_id: ::core::option::Option<u64>,
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
                1usize,
            )?;
            __private::SnapshotField(&self.user_id).field("user_id", &mut fields)?;
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
        }
    }
};
