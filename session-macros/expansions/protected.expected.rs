const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Account {
        /// The secret key `pin_code` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn pin_code(&self) -> Result<Option<String>, session::Error>`\n- `fn set_pin_code(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_pin_code(&mut self) -> Result<(), session::Error>`\n- `async fn remove_pin_code(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_pin_code(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_pin_code(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const PIN_CODE: __private::Key<String> = {
            use __private::Key;
            Key::declare("pin_code")
        };
        /// The secret sealed key `refresh_token` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn refresh_token(&self) -> Result<Option<String>, session::Error>`\n- `fn set_refresh_token(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_refresh_token(&mut self) -> Result<(), session::Error>`\n- `async fn remove_refresh_token(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_refresh_token(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_refresh_token(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const REFRESH_TOKEN: __private::Key<String> = {
            use __private::Key;
            Key::declare("refresh_token")
        }
            .alias(&["old_token"])
            .migrate({
                fn __migrate(
                    value: &__private::Value,
                ) -> ::core::option::Option<String> {
                    __private::MigrateReturn::<
                        String,
                    >::into_migrated(
                        from_plain(__private::MigrateParameter::of_value(value)),
                    )
                }
                __migrate
            })
            .sealed();
        /// The sealed key `email` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn email(&self) -> Result<Option<String>, session::Error>`\n- `fn set_email(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_email(&mut self) -> Result<(), session::Error>`\n- `async fn remove_email(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_email(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_email(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const EMAIL: __private::Key<String> = {
            use __private::Key;
            Key::declare("email")
        }
            .sealed();
        /// The secret key `device_key` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn device_key(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_device_key(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_device_key(&mut self) -> Result<(), session::Error>`\n- `fn remove_device_key(&mut self) -> Result<Option<u64>, session::Error>`\n- `fn update_device_key(&mut self, f: impl FnOnce(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `fn try_update_device_key(&mut self, f: impl FnOnce(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const DEVICE_KEY: __private::ClientKey<u64> = {
            use __private::ClientKey;
            ClientKey::declare("device_key")
        };
    }
    #[doc(hidden)]
    pub struct AccountReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct AccountWriter {
        zz_internal: AccountReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AccountReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AccountReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AccountWriter {
        type Target = AccountReader;
        #[inline]
        fn deref(&self) -> &AccountReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AccountWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut AccountReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Account {}
    #[automatically_derived]
    impl __private::DerivedSchema for Account {
        type Reader = AccountReader;
        type Writer = AccountWriter;
        type Snapshot = AccountSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
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
        fn writer(session: __private::Session) -> Self::Writer {
            AccountWriter {
                zz_internal: AccountReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<AccountSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = AccountSnapshot {
                email: fields.read(&Account::EMAIL),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Account::PIN_CODE.trace_shape(shapes);
            Account::REFRESH_TOKEN.trace_shape(shapes);
            Account::EMAIL.trace_shape(shapes);
            Account::DEVICE_KEY.trace_shape(shapes);
        }
    }
    impl AccountReader {
        /** Returns `pin_code` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_pin_code`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn pin_code(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Account::PIN_CODE)
        }
        /** Returns `refresh_token` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_refresh_token`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.*/
        #[inline]
        fn refresh_token(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Account::REFRESH_TOKEN)
        }
        /** Returns `email` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_email`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.*/
        #[inline]
        fn email(&self) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Account::EMAIL)
        }
        /** Returns `device_key` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_device_key`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn device_key(&self) -> Result<Option<u64>, session::Error> {
            __private::client_get(&self.zz_internal, &Account::DEVICE_KEY)
        }
    }
    impl AccountWriter {
        /** Sets `pin_code` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_pin_code(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Account::PIN_CODE, value)
        }
        /** Removes `pin_code` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_pin_code(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Account::PIN_CODE)
        }
        /** Removes `pin_code` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_pin_code(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Account::PIN_CODE)
        }
        /** Changes `pin_code` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "pin_code_mut")]
        #[inline]
        fn update_pin_code<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Account::PIN_CODE, f)
        }
        /** Changes `pin_code` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_pin_code<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Account::PIN_CODE,
                f,
            )
        }
        /** Sets `refresh_token` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_refresh_token(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(
                &mut self.zz_internal.zz_internal,
                &Account::REFRESH_TOKEN,
                value,
            )
        }
        /** Removes `refresh_token` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_refresh_token(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Account::REFRESH_TOKEN)
        }
        /** Removes `refresh_token` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_refresh_token(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Account::REFRESH_TOKEN)
        }
        /** Changes `refresh_token` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "refresh_token_mut")]
        #[inline]
        fn update_refresh_token<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(
                &mut self.zz_internal.zz_internal,
                &Account::REFRESH_TOKEN,
                f,
            )
        }
        /** Changes `refresh_token` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_refresh_token<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Account::REFRESH_TOKEN,
                f,
            )
        }
        /** Sets `email` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_email(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Account::EMAIL, value)
        }
        /** Removes `email` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_email(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Account::EMAIL)
        }
        /** Removes `email` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_email(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Account::EMAIL)
        }
        /** Changes `email` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "email_mut")]
        #[inline]
        fn update_email<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Account::EMAIL, f)
        }
        /** Changes `email` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_email<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Account::EMAIL, f)
        }
        /** Sets `device_key` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_device_key(&mut self, value: u64) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Account::DEVICE_KEY,
                value,
            )
        }
        /** Removes `device_key` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_device_key(&mut self) -> Result<(), session::Error> {
            __private::client_unset(
                &mut self.zz_internal.zz_internal,
                &Account::DEVICE_KEY,
            )
        }
        /** Removes `device_key` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_device_key(&mut self) -> Result<Option<u64>, session::Error> {
            __private::client_remove(
                &mut self.zz_internal.zz_internal,
                &Account::DEVICE_KEY,
            )
        }
        /** Changes `device_key` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "device_key_mut")]
        #[inline]
        fn update_device_key<R, F: FnOnce(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Account::DEVICE_KEY,
                f,
            )
        }
        /** Changes `device_key` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_device_key<R, E, F: FnOnce(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Account::DEVICE_KEY,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct AccountSnapshot {
        email: Option<String>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for AccountSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::sealed_field(&self.email).visit("email", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for AccountSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Account", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for AccountSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Account")
        }
    }
    #[automatically_derived]
    impl __private::Used<Account> for AccountWriter {
        fn zz_internal<_Z>(&mut self, schema: &Account, _: _Z) {
            let Account {
                pin_code: _f0,
                refresh_token: _f1,
                email: _f2,
                device_key: _f3,
            } = schema;
        }
    }
};
