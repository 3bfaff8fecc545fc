const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl LoggedIn {
        /// The indexed key `login.user_id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn user_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_user_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_user_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `async fn update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        pub const USER_ID: __private::IndexKey<u64> = {
            use __private::IndexKey;
            IndexKey::declare("login.user_id")
        };
        /// The secret key `login.token` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn token(&self) -> Result<Option<String>, session::Error>`\n- `fn set_token(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_token(&mut self) -> Result<(), session::Error>`\n- `async fn remove_token(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_token(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_token(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const TOKEN: __private::Key<String> = {
            use __private::Key;
            Key::declare("login.token")
        };
    }
    #[doc(hidden)]
    pub struct LoggedInReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct LoggedInWriter {
        zz_internal: LoggedInReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for LoggedInReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoggedInReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for LoggedInWriter {
        type Target = LoggedInReader;
        #[inline]
        fn deref(&self) -> &LoggedInReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for LoggedInWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut LoggedInReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for LoggedIn {}
    #[automatically_derived]
    impl __private::DerivedSchema for LoggedIn {
        type Reader = LoggedInReader;
        type Writer = LoggedInWriter;
        type Snapshot = ::core::option::Option<LoggedInSnapshot>;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
                "LoggedIn",
                &[
                    __private::FieldInfo::declare(
                            "user_id",
                            "login.user_id",
                            __private::Side::Server,
                            "u64",
                            "",
                        )
                        .index(),
                    __private::FieldInfo::declare(
                            "token",
                            "login.token",
                            __private::Side::Server,
                            "String",
                            "",
                        )
                        .secret(),
                ],
                &[],
                &[],
            )
            .group();
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            LoggedInWriter {
                zz_internal: LoggedInReader {
                    zz_internal: session,
                },
            }
        }
        fn snapshot(
            view: &__private::View<'_>,
        ) -> __private::Result<::core::option::Option<LoggedInSnapshot>> {
            ::core::result::Result::Ok(
                match <Self as __private::Group>::read(view)? {
                    ::core::option::Option::Some(_group) => {
                        ::core::option::Option::Some(LoggedInSnapshot {
                            user_id: _group.user_id,
                        })
                    }
                    ::core::option::Option::None => ::core::option::Option::None,
                },
            )
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            LoggedIn::USER_ID.trace_shape(shapes);
            LoggedIn::TOKEN.trace_shape(shapes);
        }
    }
    impl LoggedInReader {
        /** Returns `login.user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        pub fn user_id(
            &self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::index_get(&self.zz_internal, &LoggedIn::USER_ID)
        }
        /** Returns `login.token` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_token`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn token(&self) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &LoggedIn::TOKEN)
        }
    }
    impl LoggedInWriter {
        /** Sets `login.user_id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        pub fn set_user_id(&mut self, value: u64) -> Result<(), session::Error> {
            __private::index_set(
                &mut self.zz_internal.zz_internal,
                &LoggedIn::USER_ID,
                value,
            )
        }
        /** Removes `login.user_id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        pub fn unset_user_id(&mut self) -> Result<(), session::Error> {
            __private::index_unset(&mut self.zz_internal.zz_internal, &LoggedIn::USER_ID)
        }
        /** Removes `login.user_id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        pub fn remove_user_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::index_remove(
                &mut self.zz_internal.zz_internal,
                &LoggedIn::USER_ID,
            )
        }
        /** Changes `login.user_id` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[doc(alias = "user_id_mut")]
        #[inline]
        pub fn update_user_id<R, F: FnMut(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u64, R, F> {
            __private::index_update(
                &mut self.zz_internal.zz_internal,
                &LoggedIn::USER_ID,
                f,
            )
        }
        /** Changes `login.user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        pub fn try_update_user_id<R, E, F: FnMut(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u64, R, E, F> {
            __private::index_try_update(
                &mut self.zz_internal.zz_internal,
                &LoggedIn::USER_ID,
                f,
            )
        }
        /** Sets `login.token` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_token(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &LoggedIn::TOKEN, value)
        }
        /** Removes `login.token` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_token(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &LoggedIn::TOKEN)
        }
        /** Removes `login.token` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_token(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &LoggedIn::TOKEN)
        }
        /** Changes `login.token` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "token_mut")]
        #[inline]
        fn update_token<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &LoggedIn::TOKEN, f)
        }
        /** Changes `login.token` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_token<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &LoggedIn::TOKEN, f)
        }
    }
    #[doc(hidden)]
    pub struct LoggedInSnapshot {
        pub user_id: u64,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for LoggedInSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for LoggedInSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "LoggedIn", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for LoggedInSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "LoggedIn")
        }
    }
    const _: () = {
        use __private::AnyIndexType as _;
        __private::assert_indexable(__private::IndexProbe::<u64>::REFUSAL)
    };
    #[automatically_derived]
    impl __private::Group for LoggedIn {
        fn read(
            view: &__private::View<'_>,
        ) -> __private::Result<::core::option::Option<Self>> {
            let value0 = __private::group_value(view, &LoggedIn::USER_ID)?;
            let value1 = __private::group_value(view, &LoggedIn::TOKEN)?;
            ::core::result::Result::Ok(
                match (value0, value1) {
                    (
                        ::core::option::Option::Some(value0),
                        ::core::option::Option::Some(value1),
                    ) => {
                        ::core::option::Option::Some(Self {
                            user_id: value0,
                            token: value1,
                        })
                    }
                    _ => ::core::option::Option::None,
                },
            )
        }
        fn write(&self, values: &mut __private::GroupValues<'_>) {
            __private::GroupValues::add(values, &LoggedIn::USER_ID, &self.user_id);
            __private::GroupValues::add(values, &LoggedIn::TOKEN, &self.token);
        }
    }
    #[automatically_derived]
    impl __private::Used<LoggedIn> for LoggedInWriter {
        fn zz_internal<_Z>(&mut self, schema: &LoggedIn, _: _Z) {
            let LoggedIn { user_id: _f0, token: _f1 } = schema;
        }
    }
};
