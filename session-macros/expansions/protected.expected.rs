const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Account {
        /// The secret key `pin_code` in the server state.
        const PIN_CODE: __private::Key<String> = {
            use __private::Key;
            Key::declare("pin_code")
        };
        /// The secret sealed key `refresh_token` in the server state.
        const REFRESH_TOKEN: __private::Key<String> = {
            use __private::Key;
            Key::declare("refresh_token")
        }
            .alias(&["old_token"])
            .migrate({
                const MIGRATE: fn(&__private::Value) -> ::core::option::Option<String> = from_plain;
                MIGRATE
            })
            .sealed();
        /// The sealed key `email` in the server state.
        const EMAIL: __private::Key<String> = {
            use __private::Key;
            Key::declare("email")
        }
            .sealed();
        /// The secret key `device_key` in the client state.
        const DEVICE_KEY: __private::ClientKey<u64> = {
            use __private::ClientKey;
            ClientKey::declare("device_key")
        };
    }
    #[doc(hidden)]
    pub struct AccountReader(__private::Session);
    #[doc(hidden)]
    pub struct AccountWriter(AccountReader);
    #[automatically_derived]
    impl ::core::ops::Deref for AccountReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AccountReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AccountWriter {
        type Target = AccountReader;
        fn deref(&self) -> &AccountReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AccountWriter {
        fn deref_mut(&mut self) -> &mut AccountReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Account {
        type Reader = AccountReader;
        type Writer = AccountWriter;
        type Snapshot = AccountSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Account",
            &[
                __private::FieldInfo::declare(
                        "pin_code",
                        "pin_code",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .secret(),
                __private::FieldInfo::declare(
                        "refresh_token",
                        "refresh_token",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .alias(&["old_token"])
                    .migrate()
                    .secret()
                    .sealed(),
                __private::FieldInfo::declare(
                        "email",
                        "email",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .sealed(),
                __private::FieldInfo::declare(
                        "device_key",
                        "device_key",
                        __private::Side::Client,
                        "u64",
                        "",
                    )
                    .secret(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn reader(session: __private::Session) -> Self::Reader {
            AccountReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            AccountWriter(AccountReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<AccountSnapshot> {
            ::core::result::Result::Ok(AccountSnapshot {
                email: __private::view(view, &Account::EMAIL)?,
            })
        }
    }
    #[automatically_derived]
    impl AccountReader {
        /// Returns `pin_code` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_pin_code`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn pin_code(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Account::PIN_CODE).await
        }
        /// Returns `refresh_token` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_refresh_token`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        #[inline]
        async fn refresh_token(
            &self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Account::REFRESH_TOKEN).await
        }
        /// Returns `email` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_email`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        #[inline]
        async fn email(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Account::EMAIL).await
        }
        /// Returns `device_key` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_device_key`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`.
        #[inline]
        fn device_key(&self) -> __private::Result<::core::option::Option<u64>> {
            __private::client_get(&self.0, &Account::DEVICE_KEY)
        }
    }
    #[automatically_derived]
    impl AccountWriter {
        /// Sets `pin_code` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_pin_code(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Account::PIN_CODE, value)
        }
        /// Removes `pin_code` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_pin_code(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Account::PIN_CODE)
        }
        /// Removes `pin_code` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_pin_code(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Account::PIN_CODE).await
        }
        /// Changes `pin_code` in the server state in place and returns the result of `f`.
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
        #[doc(alias = "pin_code_mut")]
        #[inline]
        async fn update_pin_code<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Account::PIN_CODE, f).await
        }
        /// Changes `pin_code` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        async fn try_update_pin_code<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Account::PIN_CODE, f).await
        }
        /// Sets `refresh_token` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_refresh_token(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Account::REFRESH_TOKEN, value)
        }
        /// Removes `refresh_token` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_refresh_token(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Account::REFRESH_TOKEN)
        }
        /// Removes `refresh_token` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_refresh_token(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Account::REFRESH_TOKEN).await
        }
        /// Changes `refresh_token` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "refresh_token_mut")]
        #[inline]
        async fn update_refresh_token<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Account::REFRESH_TOKEN, f).await
        }
        /// Changes `refresh_token` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_refresh_token<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Account::REFRESH_TOKEN, f).await
        }
        /// Sets `email` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_email(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Account::EMAIL, value)
        }
        /// Removes `email` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_email(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Account::EMAIL)
        }
        /// Removes `email` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_email(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Account::EMAIL).await
        }
        /// Changes `email` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "email_mut")]
        #[inline]
        async fn update_email<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Account::EMAIL, f).await
        }
        /// Changes `email` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_email<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Account::EMAIL, f).await
        }
        /// Sets `device_key` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_device_key(&mut self, value: u64) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Account::DEVICE_KEY, value)
        }
        /// Removes `device_key` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_device_key(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Account::DEVICE_KEY)
        }
        /// Removes `device_key` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_device_key(
            &mut self,
        ) -> __private::Result<::core::option::Option<u64>> {
            __private::client_remove(&mut self.0.0, &Account::DEVICE_KEY)
        }
        /// Changes `device_key` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "device_key_mut")]
        #[inline]
        fn update_device_key<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut ::core::option::Option<u64>) -> R,
        ) -> __private::Result<R> {
            __private::client_update(&mut self.0.0, &Account::DEVICE_KEY, f)
        }
        /// Changes `device_key` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_device_key<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut ::core::option::Option<u64>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update(&mut self.0.0, &Account::DEVICE_KEY, f)
        }
    }
    #[doc(hidden)]
    pub struct AccountSnapshot {
        email: ::core::option::Option<String>,
    }
    #[automatically_derived]
    impl __private::Serialize for AccountSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Account",
                1usize,
            )?;
            __private::SnapshotField(&self.email).field("email", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Account> for AccountWriter {
        fn used<_Z>(&mut self, schema: &Account, _: _Z) {
            let _ = &schema.pin_code;
            let _ = AccountReader::pin_code;
            let _ = AccountWriter::set_pin_code;
            let _ = AccountWriter::unset_pin_code;
            let _ = AccountWriter::remove_pin_code;
            let _ = AccountWriter::update_pin_code(self, |_| ());
            let _ = AccountWriter::try_update_pin_code(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.refresh_token;
            let _ = AccountReader::refresh_token;
            let _ = AccountWriter::set_refresh_token;
            let _ = AccountWriter::unset_refresh_token;
            let _ = AccountWriter::remove_refresh_token;
            let _ = AccountWriter::update_refresh_token(self, |_| ());
            let _ = AccountWriter::try_update_refresh_token(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.email;
            let _ = AccountReader::email;
            let _ = AccountWriter::set_email;
            let _ = AccountWriter::unset_email;
            let _ = AccountWriter::remove_email;
            let _ = AccountWriter::update_email(self, |_| ());
            let _ = AccountWriter::try_update_email(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.device_key;
            let _ = AccountReader::device_key;
            let _ = AccountWriter::set_device_key;
            let _ = AccountWriter::unset_device_key;
            let _ = AccountWriter::remove_device_key;
            let _ = AccountWriter::update_device_key(self, |_| ());
            let _ = AccountWriter::try_update_device_key(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
