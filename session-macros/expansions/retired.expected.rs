const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `name` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn name(&self) -> Result<String, session::Error>`\n- `fn set_name(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_name(&mut self) -> Result<(), session::Error>`\n- `async fn remove_name(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_name(&mut self, f: impl FnMut(&mut String) -> R) -> Result<R, session::Error>`\n- `async fn try_update_name(&mut self, f: impl FnMut(&mut String) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        };
        /// The key `notice` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn peek_notice(&self) -> Result<Option<String>, session::Error>`\n- `fn set_notice(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_notice(&mut self) -> Result<(), session::Error>`\n- `async fn take_notice(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_notice(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_notice(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NOTICE: __private::Key<String> = {
            use __private::Key;
            Key::declare("notice")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_name() -> String {
            <String as ::core::default::Default>::default()
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
                        "name",
                        "name",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .default(),
                __private::FieldInfo::declare(
                        "notice",
                        "notice",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .flash(),
            ],
            &[],
            &[
                (__private::Side::Server, "referrer"),
                (__private::Side::Server, "cart"),
                (__private::Side::Client, "theme"),
            ],
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
                name: fields.read_or(&Visitor::NAME, Visitor::__default_name),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::NAME.trace_shape(shapes);
            Visitor::NOTICE.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `name` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_name`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn name(&self) -> impl Future<Output = Result<String, session::Error>> {
            __private::get_or(&self.zz_internal, &Visitor::NAME, Visitor::__default_name)
        }
        /** Returns the message `notice` from the server state and keeps it. It is a copy: change the stored value with `update_notice`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn peek_notice(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::NOTICE)
        }
    }
    impl VisitorWriter {
        /** Sets `name` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_name(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::NAME, value)
        }
        /** Removes `name` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_name(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::NAME)
        }
        /** Removes `name` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_name(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::NAME)
        }
        /** Changes `name` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "name_mut")]
        #[inline]
        fn update_name<R, F: FnMut(&mut String) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, String, R, F> {
            __private::update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::NAME,
                Visitor::__default_name,
                f,
            )
        }
        /** Changes `name` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_name<R, E, F: FnMut(&mut String) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, String, R, E, F> {
            __private::try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::NAME,
                Visitor::__default_name,
                f,
            )
        }
        /** Sets `notice` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_notice(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::NOTICE, value)
        }
        /** Removes `notice` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_notice(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::NOTICE)
        }
        /** Removes the message `notice` from the server state and returns it. A `HEAD` request keeps it.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn take_notice(
            &mut self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::take(&mut self.zz_internal.zz_internal, &Visitor::NOTICE)
        }
        /** Changes `notice` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "notice_mut")]
        #[inline]
        fn update_notice<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::NOTICE, f)
        }
        /** Changes `notice` in the server state in place. If `f` returns an `Err`, nothing is stored.

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
        fn try_update_notice<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::NOTICE, f)
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        name: String,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.name).visit("name", fields);
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
            let Visitor { name: _f0, notice: _f1 } = schema;
        }
    }
};
