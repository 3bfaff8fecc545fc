#[allow(non_snake_case)]
const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 The key `type` in the server state.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn type(&self) -> Result<R, session::Error>`\n- `fn set_type(&mut self, value: R) -> Result<(), session::Error>`\n- `fn unset_type(&mut self) -> Result<(), session::Error>`\n- `async fn remove_type(&mut self) -> Result<Option<R>, session::Error>`\n- `async fn update_type(&mut self, f: impl FnMut(&mut R) -> R) -> Result<R, session::Error>`\n- `async fn try_update_type(&mut self, f: impl FnMut(&mut R) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        pub(in crate::shop) const TYPE: __private::Key<R> = {
            use __private::Key;
            Key::declare("type")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_type() -> R {
            <R as ::core::default::Default>::default()
        }
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
                r#type: fields.read_or(&Visitor::TYPE, Visitor::__default_type),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::TYPE.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Returns `type` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_type`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `R`.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn r#type(
            &self,
        ) -> impl Future<Output = Result<R, session::Error>> {
            __private::get_or(&self.zz_internal, &Visitor::TYPE, Visitor::__default_type)
        }
    }
    impl VisitorWriter {
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Sets `type` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn set_type(
            &mut self,
            value: R,
        ) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::TYPE, value)
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Removes `type` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn unset_type(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::TYPE)
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Removes `type` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `R`.
 - `Finalized`: the response was already finalized.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn remove_type(
            &mut self,
        ) -> impl Future<Output = Result<Option<R>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::TYPE)
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Changes `type` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `R`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[doc(alias = "type_mut")]
        #[inline]
        pub(in crate::shop) fn update_type<_R, F: FnMut(&mut R) -> _R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, R, _R, F> {
            __private::update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::TYPE,
                Visitor::__default_type,
                f,
            )
        }
        /// The kind of visit.
        ///
        /// Of two lines.
        /**
 Changes `type` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `R`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[deprecated = "use `kinds`"]
        #[allow(clippy::all)]
        #[inline]
        pub(in crate::shop) fn try_update_type<_R, E, F: FnMut(&mut R) -> Result<_R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, R, _R, E, F> {
            __private::try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::TYPE,
                Visitor::__default_type,
                f,
            )
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
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<_R: __private::FieldVisitor>(&self, fields: &mut _R) {
            __private::snapshot_field(&self.r#type).visit("type", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<_R: __private::Serializer>(
            &self,
            serializer: _R,
        ) -> Result<_R::Ok, _R::Error> {
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
            let Visitor { r#type: _f0 } = schema;
        }
    }
};
::core::compile_error! {
    "`#[serde(default)]` has no effect on a session schema; write `#[session(default)]`"
}
