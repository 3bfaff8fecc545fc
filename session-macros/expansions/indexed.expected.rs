const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The indexed key `user.id` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn user_id(&self) -> Result<Option<UserId>, session::Error>`\n- `fn set_user_id(&mut self, value: UserId) -> Result<(), session::Error>`\n- `fn unset_user_id(&mut self) -> Result<(), session::Error>`\n- `async fn remove_user_id(&mut self) -> Result<Option<UserId>, session::Error>`\n- `async fn update_user_id(&mut self, f: impl FnMut(&mut Option<UserId>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_user_id(&mut self, f: impl FnMut(&mut Option<UserId>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const USER_ID: __private::IndexKey<UserId> = {
            use __private::IndexKey;
            IndexKey::declare("user.id")
        };
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
                        "user.id",
                        __private::Side::Server,
                        "UserId",
                        "",
                    )
                    .index(),
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
                user_id: fields.index_read(&Visitor::USER_ID),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::USER_ID.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `user.id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `UserId`.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        fn user_id(
            &self,
        ) -> impl Future<Output = Result<Option<UserId>, session::Error>> {
            __private::index_get(&self.zz_internal, &Visitor::USER_ID)
        }
    }
    impl VisitorWriter {
        /** Sets `user.id` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        fn set_user_id(&mut self, value: UserId) -> Result<(), session::Error> {
            __private::index_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::USER_ID,
                value,
            )
        }
        /** Removes `user.id` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        fn unset_user_id(&mut self) -> Result<(), session::Error> {
            __private::index_unset(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Removes `user.id` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `UserId`.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        fn remove_user_id(
            &mut self,
        ) -> impl Future<Output = Result<Option<UserId>, session::Error>> {
            __private::index_remove(&mut self.zz_internal.zz_internal, &Visitor::USER_ID)
        }
        /** Changes `user.id` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `UserId`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[doc(alias = "user_id_mut")]
        #[inline]
        fn update_user_id<R, F: FnMut(&mut Option<UserId>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, UserId, R, F> {
            __private::index_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::USER_ID,
                f,
            )
        }
        /** Changes `user.id` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `UserId`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.*/
        #[inline]
        fn try_update_user_id<R, E, F: FnMut(&mut Option<UserId>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, UserId, R, E, F> {
            __private::index_try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::USER_ID,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        user_id: Option<UserId>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.user_id).visit("user_id", fields);
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
    const _: () = {
        use __private::AnyIndexType as _;
        __private::assert_indexable(__private::IndexProbe::<UserId>::REFUSAL)
    };
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn zz_internal<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let Visitor { user_id: _f0 } = schema;
        }
    }
};
