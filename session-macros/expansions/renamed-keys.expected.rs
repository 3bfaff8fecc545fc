const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Auth {
        /// The key `auth.user_id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn user_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_user_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_user_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `async fn update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const USER_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("auth.user_id")
        }
            .alias(&["user", "uid"]);
        /// The key `auth.email` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn email(&self) -> Result<Option<String>, session::Error>`\n- `fn set_email(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_email(&mut self) -> Result<(), session::Error>`\n- `fn remove_email(&mut self) -> Result<Option<String>, session::Error>`\n- `fn update_email(&mut self, f: impl FnOnce(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `fn try_update_email(&mut self, f: impl FnOnce(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const EMAIL: __private::ClientKey<String> = {
            use __private::ClientKey;
            ClientKey::declare("auth.email")
        }
            .kept_alias("mail");
    }
    #[doc(hidden)]
    pub struct AuthReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct AuthWriter {
        zz_internal: AuthReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AuthReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AuthReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AuthWriter {
        type Target = AuthReader;
        #[inline]
        fn deref(&self) -> &AuthReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for AuthWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut AuthReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Auth {}
    #[automatically_derived]
    impl __private::DerivedSchema for Auth {
        type Reader = AuthReader;
        type Writer = AuthWriter;
        type Snapshot = AuthSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
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
        fn writer(session: __private::Session) -> Self::Writer {
            AuthWriter {
                zz_internal: AuthReader { zz_internal: session },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<AuthSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = AuthSnapshot {
                user_id: fields.read(&Auth::USER_ID),
                email: fields.client_read(&Auth::EMAIL),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Auth::USER_ID.trace_shape(shapes);
            Auth::EMAIL.trace_shape(shapes);
        }
    }
    impl AuthReader {
        /** Returns `auth.user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn user_id(&self) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::get(&self.zz_internal, &Auth::USER_ID)
        }
        /** Returns `auth.email` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_email`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn email(&self) -> Result<Option<String>, session::Error> {
            __private::client_get(&self.zz_internal, &Auth::EMAIL)
        }
    }
    impl AuthWriter {
        /** Sets `auth.user_id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_user_id(&mut self, value: u64) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Auth::USER_ID, value)
        }
        /** Removes `auth.user_id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_user_id(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Auth::USER_ID)
        }
        /** Removes `auth.user_id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_user_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Auth::USER_ID)
        }
        /** Changes `auth.user_id` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "user_id_mut")]
        #[inline]
        fn update_user_id<R, F: FnMut(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u64, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Auth::USER_ID, f)
        }
        /** Changes `auth.user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_user_id<R, E, F: FnMut(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u64, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Auth::USER_ID, f)
        }
        /** Sets `auth.email` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_email(&mut self, value: String) -> Result<(), session::Error> {
            __private::client_set(&mut self.zz_internal.zz_internal, &Auth::EMAIL, value)
        }
        /** Removes `auth.email` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_email(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Auth::EMAIL)
        }
        /** Removes `auth.email` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_email(&mut self) -> Result<Option<String>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Auth::EMAIL)
        }
        /** Changes `auth.email` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "email_mut")]
        #[inline]
        fn update_email<R, F: FnOnce(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(&mut self.zz_internal.zz_internal, &Auth::EMAIL, f)
        }
        /** Changes `auth.email` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_email<R, E, F: FnOnce(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Auth::EMAIL,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct AuthSnapshot {
        user_id: Option<u64>,
        email: Option<String>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for AuthSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
            __private::snapshot_field(&self.email).visit("email", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for AuthSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Auth", 2usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for AuthSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Auth")
        }
    }
    #[automatically_derived]
    impl __private::Used<Auth> for AuthWriter {
        fn zz_internal<_Z>(&mut self, schema: &Auth, _: _Z) {
            let Auth { user_id: _f0, email: _f1 } = schema;
        }
    }
};
