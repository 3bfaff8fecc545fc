#[allow(non_snake_case)]
const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// The key `type` in the server state.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        pub(in crate::shop) const TYPE: __private::Key<R> = {
            use __private::Key;
            Key::declare("type")
        };
        #[doc(hidden)]
        fn __default_type() -> R {
            <R as ::core::default::Default>::default()
        }
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
                        "type",
                        "type",
                        __private::Side::Server,
                        "R",
                        "The kind of visit.\n\nOf two lines.",
                    )
                    .default(),
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
                r#type: __private::view_or(
                    view,
                    &Visitor::TYPE,
                    Visitor::__default_type,
                )?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Returns `type` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_type`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `R`.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) async fn r#type(&self) -> __private::Result<R> {
            __private::get_or(&self.0, &Visitor::TYPE, Visitor::__default_type).await
        }
    }
    #[automatically_derived]
    impl VisitorWriter {
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Sets `type` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn set_type(&mut self, value: R) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::TYPE, value)
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Removes `type` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn unset_type(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::TYPE)
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Removes `type` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `R`.
        /// - `Finalized`: the response was already finalized.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) async fn remove_type(
            &mut self,
        ) -> __private::Result<::core::option::Option<R>> {
            __private::remove(&mut self.0.0, &Visitor::TYPE).await
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Changes `type` in the server state in place and returns the result of `f`.
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
        /// - `Value`: the stored value is not a valid `R`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[doc(alias = "type_mut")]
        #[inline]
        pub(in crate::shop) async fn update_type<_R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut R) -> _R,
        ) -> __private::Result<_R> {
            __private::update_or(
                    &mut self.0.0,
                    &Visitor::TYPE,
                    Visitor::__default_type,
                    f,
                )
                .await
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        ///
        /// Changes `type` in the server state in place. If `f` returns an `Err`, nothing is stored.
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
        /// - `Value`: the stored value is not a valid `R`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) async fn try_update_type<_R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut R) -> ::core::result::Result<_R, E>,
        ) -> __private::Result<::core::result::Result<_R, E>> {
            __private::try_update_or(
                    &mut self.0.0,
                    &Visitor::TYPE,
                    Visitor::__default_type,
                    f,
                )
                .await
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        /// The kind of visit.
        ///
        /// Of two lines.
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        pub(in crate::shop) r#type: R,
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<_R: __private::Serializer>(
            &self,
            serializer: _R,
        ) -> ::core::result::Result<_R::Ok, _R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Visitor",
                1usize,
            )?;
            __private::SnapshotField(&self.r#type).field("type", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let _ = &schema.r#type;
            let _ = VisitorReader::r#type;
            let _ = VisitorWriter::set_type;
            let _ = VisitorWriter::unset_type;
            let _ = VisitorWriter::remove_type;
            let _ = VisitorWriter::update_type(self, |_| ());
            let _ = VisitorWriter::try_update_type(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
::core::compile_error! {
    "`#[serde(default)]` has no effect on a session schema; write `#[session(default)]`"
}
