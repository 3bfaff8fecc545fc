const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as _Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl<T> Visitor<'static, T>
    where
        T: 'static,
    {
        /// The key `user` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn name(&self) -> Result<Option<&'static str>, session::Error>`\n- `fn set_name(&mut self, value: &'static str) -> Result<(), session::Error>`\n- `fn unset_name(&mut self) -> Result<(), session::Error>`\n- `async fn remove_name(&mut self) -> Result<Option<&'static str>, session::Error>`\n- `async fn update_name(&mut self, f: impl FnMut(&mut Option<&'static str>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_name(&mut self, f: impl FnMut(&mut Option<&'static str>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NAME: __private::Key<&'static str> = ::core::unreachable!();
        /// The key `A` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn A(&self) -> Result<u8, session::Error>`\n- `fn set_A(&mut self, value: u8) -> Result<(), session::Error>`\n- `fn unset_A(&mut self) -> Result<(), session::Error>`\n- `async fn remove_A(&mut self) -> Result<Option<u8>, session::Error>`\n- `async fn update_A(&mut self, f: impl FnMut(&mut u8) -> R) -> Result<R, session::Error>`\n- `async fn try_update_A(&mut self, f: impl FnMut(&mut u8) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const A: __private::Key<u8> = ::core::unreachable!();
        #[doc(hidden)]
        #[inline]
        fn __default_A() -> u8 {
            ::core::unreachable!()
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
    impl<T> __private::SessionSchema for Visitor<'static, T>
    where
        T: 'static,
    {}
    #[automatically_derived]
    impl<T> __private::DerivedSchema for Visitor<'static, T>
    where
        T: 'static,
    {
        type Reader = VisitorReader;
        type Writer = VisitorWriter;
        type Snapshot = VisitorSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Visitor",
            &[
                __private::FieldInfo::declare(
                    "name",
                    "user",
                    __private::Side::Server,
                    "Option<&'a str>",
                    "",
                ),
                __private::FieldInfo::declare(
                        "A",
                        "A",
                        __private::Side::Server,
                        "u8",
                        "",
                    )
                    .default(),
                __private::FieldInfo::declare(
                    "a",
                    "a",
                    __private::Side::Server,
                    "u8",
                    "",
                ),
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
            ::core::unreachable!()
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
        }
    }
    impl VisitorReader {
        /** Returns `user` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_name`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `&'static str`.*/
        #[inline]
        fn name(
            &self,
        ) -> impl Future<Output = Result<_Option<&'static str>, session::Error>> {
            async { ::core::unreachable!() }
        }
        /** Returns `A` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_A`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`.*/
        #[inline]
        fn A(&self) -> impl Future<Output = Result<u8, session::Error>> {
            async { ::core::unreachable!() }
        }
        /** Returns `a` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_a`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`.*/
        #[inline]
        fn a(&self) -> impl Future<Output = Result<_Option<u8>, session::Error>> {
            async { ::core::unreachable!() }
        }
    }
    impl VisitorWriter {
        /** Sets `user` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_name(&mut self, value: &'static str) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `user` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_name(&mut self) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `user` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `&'static str`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_name(
            &mut self,
        ) -> impl Future<Output = Result<_Option<&'static str>, session::Error>> {
            async { ::core::unreachable!() }
        }
        /** Changes `user` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `&'static str`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "name_mut")]
        #[inline]
        fn update_name<R, F: FnMut(&mut _Option<&'static str>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, &'static str, R, F> {
            ::core::unreachable!()
        }
        /** Changes `user` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `&'static str`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_name<R, E, F: FnMut(&mut _Option<&'static str>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, &'static str, R, E, F> {
            ::core::unreachable!()
        }
        /** Sets `A` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_A(&mut self, value: u8) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `A` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_A(&mut self) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `A` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_A(
            &mut self,
        ) -> impl Future<Output = Result<_Option<u8>, session::Error>> {
            async { ::core::unreachable!() }
        }
        /** Changes `A` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "A_mut")]
        #[inline]
        fn update_A<R, F: FnMut(&mut u8) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::UpdateOr<'_, u8, R, F> {
            ::core::unreachable!()
        }
        /** Changes `A` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_A<R, E, F: FnMut(&mut u8) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdateOr<'_, u8, R, E, F> {
            ::core::unreachable!()
        }
        /** Sets `a` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_a(&mut self, value: u8) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `a` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_a(&mut self) -> Result<(), session::Error> {
            ::core::unreachable!()
        }
        /** Removes `a` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_a(
            &mut self,
        ) -> impl Future<Output = Result<_Option<u8>, session::Error>> {
            async { ::core::unreachable!() }
        }
        /** Changes `a` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "a_mut")]
        #[inline]
        fn update_a<R, F: FnMut(&mut _Option<u8>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, u8, R, F> {
            ::core::unreachable!()
        }
        /** Changes `a` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_a<R, E, F: FnMut(&mut _Option<u8>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, u8, R, E, F> {
            ::core::unreachable!()
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        name: _Option<&'static str>,
        A: u8,
        a: _Option<u8>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.name).visit("name", fields);
            __private::snapshot_field(&self.A).visit("A", fields);
            __private::snapshot_field(&self.a).visit("a", fields);
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
};
::core::compile_error! {
    "unknown session field attribute `kee`; did you mean `key`?"
}
::core::compile_error! {
    "`#[derive(SessionSchema)]` does not support lifetimes: session values own their data; remove the lifetime"
}
::core::compile_error! {
    "`#[derive(SessionSchema)]` does not support generic parameters: a session key has one type; write that type"
}
::core::compile_error! {
    "session fields are already optional: an absent key reads as `None`; write `String`"
}
::core::compile_error! {
    "session values own their data: a `&'a str` cannot be loaded from the store; write `String`"
}
::core::compile_error! {
    "`default` takes an expression, not a string: to call a function, write `default = path::to()`"
}
::core::compile_error! {
    "field `a` and field `A` both generate the key constant `A`; rename one of them and keep its key with `key = \"...\"`"
}
