const _: () = {
    use ::my::session::__private as __private;
    use __private::session as _session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Auth {
        /// The key `auth.userId` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn user_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_user_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `fn remove_user_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `fn update_user_id(&mut self, f: impl FnOnce(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `fn try_update_user_id(&mut self, f: impl FnOnce(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        pub const USER_ID: __private::ClientKey<u64> = {
            use __private::ClientKey;
            ClientKey::declare("auth.userId")
        };
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
        fn writer(session: __private::Session) -> Self::Writer {
            AuthWriter {
                zz_internal: AuthReader { zz_internal: session },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<AuthSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = AuthSnapshot {
                user_id: fields.client_read(&Auth::USER_ID),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Auth::USER_ID.trace_shape(shapes);
        }
    }
    impl AuthReader {
        /** Returns `auth.userId` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        pub fn user_id(&self) -> Result<Option<u64>, _session::Error> {
            __private::client_get(&self.zz_internal, &Auth::USER_ID)
        }
    }
    impl AuthWriter {
        /** Sets `auth.userId` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        pub fn set_user_id(&mut self, value: u64) -> Result<(), _session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Auth::USER_ID,
                value,
            )
        }
        /** Removes `auth.userId` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        pub fn unset_user_id(&mut self) -> Result<(), _session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Auth::USER_ID)
        }
        /** Removes `auth.userId` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        pub fn remove_user_id(&mut self) -> Result<Option<u64>, _session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Auth::USER_ID)
        }
        /** Changes `auth.userId` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "user_id_mut")]
        #[inline]
        pub fn update_user_id<R, F: FnOnce(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, _session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Auth::USER_ID,
                f,
            )
        }
        /** Changes `auth.userId` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        pub fn try_update_user_id<R, E, F: FnOnce(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, _session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Auth::USER_ID,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct AuthSnapshot {
        pub user_id: Option<u64>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for AuthSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for AuthSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Auth", 1usize)
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
            let Auth { user_id: _f0 } = schema;
        }
    }
};
