const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Login {
        /// The key `otp` in the server state.
        const OTP: __private::Key<String> = {
            use __private::Key;
            Key::declare("otp")
        }
            .expires_in(600000u64)
            .check({
                fn __check(value: &String) -> __private::CheckResult {
                    __private::check_result(is_code(value))
                }
                __check
            });
        /// The key `attempts` in the client state.
        const ATTEMPTS: __private::ClientKey<u32> = {
            use __private::ClientKey;
            ClientKey::declare("attempts")
        }
            .expires_in(5400000u64);
        /// The secret sealed key `verifier` in the server state.
        const VERIFIER: __private::Key<String> = {
            use __private::Key;
            Key::declare("verifier")
        }
            .alias(&["old"])
            .migrate({
                const MIGRATE: fn(&__private::Value) -> ::core::option::Option<String> = from_word;
                MIGRATE
            })
            .expires_in(172800000u64)
            .sealed();
        #[doc(hidden)]
        fn __default_attempts() -> u32 {
            <u32 as ::core::default::Default>::default()
        }
    }
    #[doc(hidden)]
    pub struct LoginReader(__private::Session);
    #[doc(hidden)]
    pub struct LoginWriter(LoginReader);
    #[automatically_derived]
    impl ::core::ops::Deref for LoginReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoginReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for LoginWriter {
        type Target = LoginReader;
        fn deref(&self) -> &LoginReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoginWriter {
        fn deref_mut(&mut self) -> &mut LoginReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Login {
        type Reader = LoginReader;
        type Writer = LoginWriter;
        type Snapshot = LoginSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Login",
            &[
                __private::FieldInfo::declare(
                        "otp",
                        "otp",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .with_expiry(600000u64)
                    .flash()
                    .check(),
                __private::FieldInfo::declare(
                        "attempts",
                        "attempts",
                        __private::Side::Client,
                        "u32",
                        "",
                    )
                    .with_expiry(5400000u64)
                    .default(),
                __private::FieldInfo::declare(
                        "verifier",
                        "verifier",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .alias(&["old"])
                    .with_expiry(172800000u64)
                    .migrate()
                    .secret()
                    .sealed(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn reader(session: __private::Session) -> Self::Reader {
            LoginReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            LoginWriter(LoginReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<LoginSnapshot> {
            ::core::result::Result::Ok(LoginSnapshot {
                attempts: __private::client_view_or(
                    view,
                    &Login::ATTEMPTS,
                    Login::__default_attempts,
                )?,
            })
        }
    }
    #[automatically_derived]
    impl LoginReader {
        /// Returns the message `otp` from the server state and keeps it. It is a copy: change the stored value with `update_otp`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn peek_otp(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Login::OTP).await
        }
        /// Returns `attempts` from the client state, or the default if the key is absent or its value expired. It is a copy: change the stored value with `update_attempts`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`.
        #[inline]
        fn attempts(&self) -> __private::Result<u32> {
            __private::client_get_or(
                &self.0,
                &Login::ATTEMPTS,
                Login::__default_attempts,
            )
        }
        /// Returns `verifier` from the server state, or `None` if the key is absent or its value expired. It is a copy: change the stored value with `update_verifier`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        #[inline]
        async fn verifier(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Login::VERIFIER).await
        }
    }
    #[automatically_derived]
    impl LoginWriter {
        /// Sets `otp` in the server state. The value expires after the time that the field declares.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON, or `is_code` refuses it.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_otp(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Login::OTP, value)
        }
        /// Sets `otp` in the server state. The value expires after `duration`.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON, or `is_code` refuses it.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_otp_for(
            &mut self,
            value: String,
            duration: ::core::time::Duration,
        ) -> __private::Result<()> {
            __private::set_for(&mut self.0.0, &Login::OTP, value, duration)
        }
        /// Removes `otp` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_otp(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Login::OTP)
        }
        /// Removes the message `otp` from the server state and returns it. A `HEAD` request keeps it.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn take_otp(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::take(&mut self.0.0, &Login::OTP).await
        }
        /// Changes `otp` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_code` refuses it.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "otp_mut")]
        #[inline]
        async fn update_otp<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Login::OTP, f).await
        }
        /// Changes `otp` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_code` refuses it.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn try_update_otp<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Login::OTP, f).await
        }
        /// Sets `attempts` in the client state. The value expires after the time that the field declares.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_attempts(&mut self, value: u32) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Login::ATTEMPTS, value)
        }
        /// Sets `attempts` in the client state. The value expires after `duration`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_attempts_for(
            &mut self,
            value: u32,
            duration: ::core::time::Duration,
        ) -> __private::Result<()> {
            __private::client_set_for(&mut self.0.0, &Login::ATTEMPTS, value, duration)
        }
        /// Removes `attempts` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_attempts(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Login::ATTEMPTS)
        }
        /// Removes `attempts` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_attempts(&mut self) -> __private::Result<::core::option::Option<u32>> {
            __private::client_remove(&mut self.0.0, &Login::ATTEMPTS)
        }
        /// Changes `attempts` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "attempts_mut")]
        #[inline]
        fn update_attempts<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut u32) -> R,
        ) -> __private::Result<R> {
            __private::client_update_or(
                &mut self.0.0,
                &Login::ATTEMPTS,
                Login::__default_attempts,
                f,
            )
        }
        /// Changes `attempts` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_attempts<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut u32) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update_or(
                &mut self.0.0,
                &Login::ATTEMPTS,
                Login::__default_attempts,
                f,
            )
        }
        /// Sets `verifier` in the server state. The value expires after the time that the field declares.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_verifier(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Login::VERIFIER, value)
        }
        /// Sets `verifier` in the server state. The value expires after `duration`.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_verifier_for(
            &mut self,
            value: String,
            duration: ::core::time::Duration,
        ) -> __private::Result<()> {
            __private::set_for(&mut self.0.0, &Login::VERIFIER, value, duration)
        }
        /// Removes `verifier` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_verifier(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Login::VERIFIER)
        }
        /// Removes `verifier` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_verifier(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Login::VERIFIER).await
        }
        /// Changes `verifier` in the server state in place and returns the result of `f`.
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
        #[doc(alias = "verifier_mut")]
        #[inline]
        async fn update_verifier<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Login::VERIFIER, f).await
        }
        /// Changes `verifier` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        async fn try_update_verifier<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Login::VERIFIER, f).await
        }
    }
    #[doc(hidden)]
    pub struct LoginSnapshot {
        attempts: u32,
    }
    #[automatically_derived]
    impl __private::Serialize for LoginSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Login",
                1usize,
            )?;
            __private::SnapshotField(&self.attempts).field("attempts", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Login> for LoginWriter {
        fn used<_Z>(&mut self, schema: &Login, _: _Z) {
            let _ = &schema.otp;
            let _ = LoginReader::peek_otp;
            let _ = LoginWriter::set_otp;
            let _ = LoginWriter::set_otp_for;
            let _ = LoginWriter::unset_otp;
            let _ = LoginWriter::take_otp;
            let _ = LoginWriter::update_otp(self, |_| ());
            let _ = LoginWriter::try_update_otp(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.attempts;
            let _ = LoginReader::attempts;
            let _ = LoginWriter::set_attempts;
            let _ = LoginWriter::set_attempts_for;
            let _ = LoginWriter::unset_attempts;
            let _ = LoginWriter::remove_attempts;
            let _ = LoginWriter::update_attempts(self, |_| ());
            let _ = LoginWriter::try_update_attempts(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.verifier;
            let _ = LoginReader::verifier;
            let _ = LoginWriter::set_verifier;
            let _ = LoginWriter::set_verifier_for;
            let _ = LoginWriter::unset_verifier;
            let _ = LoginWriter::remove_verifier;
            let _ = LoginWriter::update_verifier(self, |_| ());
            let _ = LoginWriter::try_update_verifier(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
