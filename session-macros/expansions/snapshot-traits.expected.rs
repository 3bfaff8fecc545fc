const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `user_id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn user_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_user_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_user_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `async fn update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_user_id(&mut self, f: impl FnMut(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const USER_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("user_id")
        };
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
    }
    #[doc(hidden)]
    pub struct VisitorReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct VisitorWriter {
        zz_internal: VisitorReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorWriter {
        type Target = VisitorReader;
        #[inline]
        fn deref(&self) -> &VisitorReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut VisitorReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Visitor {}
    #[automatically_derived]
    impl __private::DerivedSchema for Visitor {
        type Reader = VisitorReader;
        type Writer = VisitorWriter;
        type Snapshot = VisitorSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Visitor",
            &[
                __private::FieldInfo::declare(
                    "user_id",
                    "user_id",
                    __private::Side::Server,
                    "u64",
                    "",
                ),
                __private::FieldInfo::declare(
                        "email",
                        "email",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .sealed(),
            ],
            &[("checkout", <Checkout as __private::Nested>::SCHEMA)],
            &[],
        );
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            VisitorWriter {
                zz_internal: VisitorReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<VisitorSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = VisitorSnapshot {
                user_id: fields.read(&Visitor::USER_ID),
                email: fields.read(&Visitor::EMAIL),
                checkout: <Checkout as __private::Nested>::snapshot(view)?,
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::USER_ID.trace_shape(shapes);
            Visitor::EMAIL.trace_shape(shapes);
            <Checkout as __private::Nested>::shapes(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `user_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn user_id(&self) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::USER_ID)
        }
        /** Returns `email` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_email`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.*/
        #[inline]
        fn email(&self) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::EMAIL)
        }
        /** Returns the getters of the nested schema [`Checkout`].

 Cost: no I/O.*/
        #[inline]
        fn checkout(&self) -> <Checkout as __private::Nested>::ReadOnly {
            <Checkout as __private::Nested>::read_only(&self.zz_internal)
        }
    }
    impl VisitorWriter {
        /** Sets `user_id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_user_id(&mut self, value: u64) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::USER_ID, value)
        }
        /** Removes `user_id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_user_id(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Removes `user_id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_user_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Changes `user_id` in the server state in place and returns the result of `f`.

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
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::USER_ID, f)
        }
        /** Changes `user_id` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::USER_ID,
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
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::EMAIL, value)
        }
        /** Removes `email` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_email(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::EMAIL)
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
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::EMAIL)
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
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::EMAIL, f)
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
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::EMAIL, f)
        }
        /** Returns the getters and setters of the nested schema [`Checkout`].

 Cost: no I/O.*/
        #[inline]
        fn checkout_mut(&mut self) -> <Checkout as __private::Nested>::Mut {
            <Checkout as __private::Nested>::nested_mut(
                &mut self.zz_internal.zz_internal,
            )
        }
    }
    #[derive(Clone, PartialEq, schemars::JsonSchema)]
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        checkout: <Checkout as __private::Nested>::Snapshot,
        user_id: Option<u64>,
        email: Option<String>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
            __private::sealed_field(&self.email).visit("email", fields);
            let this = self;
            __private::snapshot_field(&this.checkout).visit("checkout", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 3usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for VisitorSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Visitor")
        }
    }
    const _: () = __private::assert_nested(
        <Visitor as __private::SessionSchema>::SCHEMA,
        0usize,
    );
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn zz_internal<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let Visitor { user_id: _f0, email: _f1, checkout: _f2 } = schema;
        }
    }
};
