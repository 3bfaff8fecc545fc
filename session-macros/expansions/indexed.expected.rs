const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The indexed key `user.id` in the server state.
        const USER_ID: __private::IndexKey<UserId> = {
            use __private::IndexKey;
            IndexKey::declare("user.id")
        };
    }
    #[doc(hidden)]
    pub struct VisitorReader(__private::Session);
    #[doc(hidden)]
    pub struct VisitorWriter(VisitorReader);
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorReader {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorReader {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for VisitorWriter {
        type Target = VisitorReader;
        fn deref(&self) -> &VisitorReader {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for VisitorWriter {
        fn deref_mut(&mut self) -> &mut VisitorReader {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Visitor {
        type Reader = VisitorReader;
        type Writer = VisitorWriter;
        type Snapshot = VisitorSnapshot;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
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
        fn reader(session: __private::Session) -> Self::Reader {
            VisitorReader(session)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            VisitorWriter(VisitorReader(session))
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<VisitorSnapshot> {
            ::core::result::Result::Ok(VisitorSnapshot {
                user_id: __private::view(view, &Visitor::USER_ID)?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// Returns `user.id` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_user_id`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `UserId`.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[inline]
        async fn user_id(&self) -> __private::Result<::core::option::Option<UserId>> {
            __private::get(&self.0, &Visitor::USER_ID).await
        }
    }
    #[automatically_derived]
    impl VisitorWriter {
        /// Sets `user.id` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[inline]
        fn set_user_id(&mut self, value: UserId) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::USER_ID, value)
        }
        /// Removes `user.id` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[inline]
        fn unset_user_id(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::USER_ID)
        }
        /// Removes `user.id` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `UserId`.
        /// - `Finalized`: the response was already finalized.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[inline]
        async fn remove_user_id(
            &mut self,
        ) -> __private::Result<::core::option::Option<UserId>> {
            __private::remove(&mut self.0.0, &Visitor::USER_ID).await
        }
        /// Changes `user.id` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value is not a valid `UserId`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[doc(alias = "user_id_mut")]
        #[inline]
        async fn update_user_id<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<UserId>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::USER_ID, f).await
        }
        /// Changes `user.id` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value is not a valid `UserId`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `Config`: neither `SessionConfig::index` nor `SessionConfig::schema` names the key.
        #[inline]
        async fn try_update_user_id<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<UserId>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::USER_ID, f).await
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        user_id: ::core::option::Option<UserId>,
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Visitor",
                1usize,
            )?;
            __private::SnapshotField(&self.user_id).field("user_id", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let _ = &schema.user_id;
            let _ = VisitorReader::user_id;
            let _ = VisitorWriter::set_user_id;
            let _ = VisitorWriter::unset_user_id;
            let _ = VisitorWriter::remove_user_id;
            let _ = VisitorWriter::update_user_id(self, |_| ());
            let _ = VisitorWriter::try_update_user_id(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
