const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Login {
        /// The key `otp` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn peek_otp(&self) -> Result<Option<String>, session::Error>`\n- `fn set_otp(&mut self, value: String) -> Result<(), session::Error>`\n- `fn set_otp_for(&mut self, value: String, duration: Duration) -> Result<(), session::Error>`\n- `fn unset_otp(&mut self) -> Result<(), session::Error>`\n- `async fn take_otp(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_otp(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_otp(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const OTP: __private::Key<String> = {
            use __private::Key;
            Key::declare("otp")
        }
            .expires_in(600000u64)
            .check(|value: &String| __private::CheckReturn::into_check_result(
                is_code(__private::CheckParameter::<String>::of_value(value)),
            ));
        /// The key `attempts` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn attempts(&self) -> Result<u32, session::Error>`\n- `fn set_attempts(&mut self, value: u32) -> Result<(), session::Error>`\n- `fn set_attempts_for(&mut self, value: u32, duration: Duration) -> Result<(), session::Error>`\n- `fn unset_attempts(&mut self) -> Result<(), session::Error>`\n- `fn remove_attempts(&mut self) -> Result<Option<u32>, session::Error>`\n- `fn update_attempts(&mut self, f: impl FnOnce(&mut u32) -> R) -> Result<R, session::Error>`\n- `fn try_update_attempts(&mut self, f: impl FnOnce(&mut u32) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const ATTEMPTS: __private::ClientKey<u32> = {
            use __private::ClientKey;
            ClientKey::declare("attempts")
        }
            .expires_in(5400000u64);
        /// The secret sealed key `verifier` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn verifier(&self) -> Result<Option<String>, session::Error>`\n- `fn set_verifier(&mut self, value: String) -> Result<(), session::Error>`\n- `fn set_verifier_for(&mut self, value: String, duration: Duration) -> Result<(), session::Error>`\n- `fn unset_verifier(&mut self) -> Result<(), session::Error>`\n- `async fn remove_verifier(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_verifier(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_verifier(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const VERIFIER: __private::Key<String> = {
            use __private::Key;
            Key::declare("verifier")
        }
            .alias(&["old"])
            .migrate({
                fn __migrate(
                    value: &__private::Value,
                ) -> ::core::option::Option<String> {
                    __private::MigrateReturn::<
                        String,
                    >::into_migrated(
                        from_word(__private::MigrateParameter::of_value(value)),
                    )
                }
                __migrate
            })
            .expires_in(172800000u64)
            .sealed();
        #[doc(hidden)]
        #[inline]
        fn __default_attempts() -> u32 {
            <u32 as ::core::default::Default>::default()
        }
    }
    #[doc(hidden)]
    pub struct LoginReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct LoginWriter {
        zz_internal: LoginReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for LoginReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoginReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for LoginWriter {
        type Target = LoginReader;
        #[inline]
        fn deref(&self) -> &LoginReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoginWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut LoginReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Login {}
    #[automatically_derived]
    impl __private::DerivedSchema for Login {
        type Reader = LoginReader;
        type Writer = LoginWriter;
        type Snapshot = LoginSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
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
        fn writer(session: __private::Session) -> Self::Writer {
            LoginWriter {
                zz_internal: LoginReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<LoginSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = LoginSnapshot {
                attempts: fields
                    .client_read_or(&Login::ATTEMPTS, Login::__default_attempts),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Login::OTP.trace_shape(shapes);
            Login::ATTEMPTS.trace_shape(shapes);
            Login::VERIFIER.trace_shape(shapes);
        }
    }
    impl LoginReader {
        /** Returns the message `otp` from the server state and keeps it. It is a copy: change the stored value with `update_otp`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn peek_otp(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Login::OTP)
        }
        /** Returns `attempts` from the client state, or the default if the key is absent or its value expired. It is a copy: change the stored value with `update_attempts`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u32`.*/
        #[inline]
        fn attempts(&self) -> Result<u32, session::Error> {
            __private::client_get_or(
                &self.zz_internal,
                &Login::ATTEMPTS,
                Login::__default_attempts,
            )
        }
        /** Returns `verifier` from the server state, or `None` if the key is absent or its value expired. It is a copy: change the stored value with `update_verifier`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.*/
        #[inline]
        fn verifier(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Login::VERIFIER)
        }
    }
    impl LoginWriter {
        /** Sets `otp` in the server state. The value expires after the time that the field declares.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON, or `is_code` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_otp(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Login::OTP, value)
        }
        /** Sets `otp` in the server state. The value expires after `duration`.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON, or `is_code` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_otp_for(
            &mut self,
            value: String,
            duration: ::core::time::Duration,
        ) -> Result<(), session::Error> {
            __private::set_for(
                &mut self.zz_internal.zz_internal,
                &Login::OTP,
                value,
                duration,
            )
        }
        /** Removes `otp` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_otp(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Login::OTP)
        }
        /** Removes the message `otp` from the server state and returns it. A `HEAD` request keeps it.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn take_otp(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::take(&mut self.zz_internal.zz_internal, &Login::OTP)
        }
        /** Changes `otp` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_code` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "otp_mut")]
        #[inline]
        fn update_otp<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Login::OTP, f)
        }
        /** Changes `otp` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_code` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_otp<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Login::OTP, f)
        }
        /** Sets `attempts` in the client state. The value expires after the time that the field declares.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_attempts(&mut self, value: u32) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Login::ATTEMPTS,
                value,
            )
        }
        /** Sets `attempts` in the client state. The value expires after `duration`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_attempts_for(
            &mut self,
            value: u32,
            duration: ::core::time::Duration,
        ) -> Result<(), session::Error> {
            __private::client_set_for(
                &mut self.zz_internal.zz_internal,
                &Login::ATTEMPTS,
                value,
                duration,
            )
        }
        /** Removes `attempts` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_attempts(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Login::ATTEMPTS)
        }
        /** Removes `attempts` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_attempts(&mut self) -> Result<Option<u32>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Login::ATTEMPTS)
        }
        /** Changes `attempts` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "attempts_mut")]
        #[inline]
        fn update_attempts<R, F: FnOnce(&mut u32) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update_or(
                &mut self.zz_internal.zz_internal,
                &Login::ATTEMPTS,
                Login::__default_attempts,
                f,
            )
        }
        /** Changes `attempts` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_attempts<R, E, F: FnOnce(&mut u32) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update_or(
                &mut self.zz_internal.zz_internal,
                &Login::ATTEMPTS,
                Login::__default_attempts,
                f,
            )
        }
        /** Sets `verifier` in the server state. The value expires after the time that the field declares.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_verifier(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Login::VERIFIER, value)
        }
        /** Sets `verifier` in the server state. The value expires after `duration`.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_verifier_for(
            &mut self,
            value: String,
            duration: ::core::time::Duration,
        ) -> Result<(), session::Error> {
            __private::set_for(
                &mut self.zz_internal.zz_internal,
                &Login::VERIFIER,
                value,
                duration,
            )
        }
        /** Removes `verifier` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_verifier(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Login::VERIFIER)
        }
        /** Removes `verifier` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_verifier(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Login::VERIFIER)
        }
        /** Changes `verifier` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "verifier_mut")]
        #[inline]
        fn update_verifier<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Login::VERIFIER, f)
        }
        /** Changes `verifier` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_verifier<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Login::VERIFIER, f)
        }
    }
    #[doc(hidden)]
    pub struct LoginSnapshot {
        attempts: u32,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for LoginSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.attempts).visit("attempts", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for LoginSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Login", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for LoginSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Login")
        }
    }
    #[automatically_derived]
    impl __private::Used<Login> for LoginWriter {
        fn zz_internal<_Z>(&mut self, schema: &Login, _: _Z) {
            let Login { otp: _f0, attempts: _f1, verifier: _f2 } = schema;
        }
    }
};
