const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `reserve_id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn reserve_id(&self) -> Result<Option<u64>, session::Error>`\n- `fn set_reserve_id(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_reserve_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_reserve_id(&mut self) -> Result<Option<u64>, session::Error>`\n- `async fn update_reserve_id(&mut self, f: impl FnMut(&mut Option<u64>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_reserve_id(&mut self, f: impl FnMut(&mut Option<u64>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const RESERVE_ID: __private::Key<u64> = {
            use __private::Key;
            Key::declare("reserve_id")
        }
            .null_is_absent();
        /// The key `hint` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn peek_hint(&self) -> Result<Option<String>, session::Error>`\n- `fn set_hint(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_hint(&mut self) -> Result<(), session::Error>`\n- `fn take_hint(&mut self) -> Result<Option<String>, session::Error>`\n- `fn update_hint(&mut self, f: impl FnOnce(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `fn try_update_hint(&mut self, f: impl FnOnce(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const HINT: __private::ClientKey<String> = {
            use __private::ClientKey;
            ClientKey::declare("hint")
        }
            .null_is_absent();
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
                        "reserve_id",
                        "reserve_id",
                        __private::Side::Server,
                        "u64",
                        "",
                    )
                    .null(),
                __private::FieldInfo::declare(
                        "hint",
                        "hint",
                        __private::Side::Client,
                        "String",
                        "",
                    )
                    .flash()
                    .null(),
            ],
            &[],
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
                reserve_id: fields.read(&Visitor::RESERVE_ID),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::RESERVE_ID.trace_shape(shapes);
            Visitor::HINT.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `reserve_id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_reserve_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn reserve_id(
            &self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::RESERVE_ID)
        }
        /** Returns the message `hint` from the client state and keeps it. It is a copy: change the stored value with `update_hint`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn peek_hint(&self) -> Result<Option<String>, session::Error> {
            __private::client_get(&self.zz_internal, &Visitor::HINT)
        }
    }
    impl VisitorWriter {
        /** Sets `reserve_id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_reserve_id(&mut self, value: u64) -> Result<(), session::Error> {
            __private::set(
                &mut self.zz_internal.zz_internal,
                &Visitor::RESERVE_ID,
                value,
            )
        }
        /** Removes `reserve_id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_reserve_id(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::RESERVE_ID)
        }
        /** Removes `reserve_id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_reserve_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<u64>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::RESERVE_ID)
        }
        /** Changes `reserve_id` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "reserve_id_mut")]
        #[inline]
        fn update_reserve_id<R, F: FnMut(&mut Option<u64>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u64, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::RESERVE_ID, f)
        }
        /** Changes `reserve_id` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_reserve_id<R, E, F: FnMut(&mut Option<u64>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u64, R, E, F> {
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::RESERVE_ID,
                f,
            )
        }
        /** Sets `hint` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_hint(&mut self, value: String) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::HINT,
                value,
            )
        }
        /** Removes `hint` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_hint(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::HINT)
        }
        /** Removes the message `hint` from the client state and returns it. A `HEAD` request keeps it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn take_hint(&mut self) -> Result<Option<String>, session::Error> {
            __private::client_take(&mut self.zz_internal.zz_internal, &Visitor::HINT)
        }
        /** Changes `hint` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "hint_mut")]
        #[inline]
        fn update_hint<R, F: FnOnce(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::HINT,
                f,
            )
        }
        /** Changes `hint` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_hint<R, E, F: FnOnce(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::HINT,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        reserve_id: Option<u64>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.reserve_id).visit("reserve_id", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for VisitorSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Visitor")
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn zz_internal<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let Visitor { reserve_id: _f0, hint: _f1 } = schema;
        }
    }
};
