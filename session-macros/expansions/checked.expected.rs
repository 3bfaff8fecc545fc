const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Profile {
        /// The key `name` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn name(&self) -> Result<Option<String>, session::Error>`\n- `fn set_name(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_name(&mut self) -> Result<(), session::Error>`\n- `async fn remove_name(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_name(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_name(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        }
            .check(|value: &String| __private::CheckReturn::into_check_result(
                is_short(__private::CheckParameter::<String>::of_value(value)),
            ));
        /// The key `page` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn page(&self) -> Result<u64, session::Error>`\n- `fn set_page(&mut self, value: u64) -> Result<(), session::Error>`\n- `fn unset_page(&mut self) -> Result<(), session::Error>`\n- `fn remove_page(&mut self) -> Result<Option<u64>, session::Error>`\n- `fn update_page(&mut self, f: impl FnOnce(&mut u64) -> R) -> Result<R, session::Error>`\n- `fn try_update_page(&mut self, f: impl FnOnce(&mut u64) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const PAGE: __private::ClientKey<u64> = {
            use __private::ClientKey;
            ClientKey::declare("page")
        }
            .check(|value: &u64| __private::CheckReturn::into_check_result(
                rules::is_even(__private::CheckParameter::<u64>::of_value(value)),
            ));
        #[doc(hidden)]
        #[inline]
        fn __default_page() -> u64 {
            2
        }
    }
    #[doc(hidden)]
    pub struct ProfileReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct ProfileWriter {
        zz_internal: ProfileReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for ProfileReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for ProfileReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for ProfileWriter {
        type Target = ProfileReader;
        #[inline]
        fn deref(&self) -> &ProfileReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for ProfileWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut ProfileReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Profile {}
    #[automatically_derived]
    impl __private::DerivedSchema for Profile {
        type Reader = ProfileReader;
        type Writer = ProfileWriter;
        type Snapshot = ProfileSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Profile",
            &[
                __private::FieldInfo::declare(
                        "name",
                        "name",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .check(),
                __private::FieldInfo::declare(
                        "page",
                        "page",
                        __private::Side::Client,
                        "u64",
                        "",
                    )
                    .default()
                    .check(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            ProfileWriter {
                zz_internal: ProfileReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<ProfileSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = ProfileSnapshot {
                name: fields.read(&Profile::NAME),
                page: fields.client_read_or(&Profile::PAGE, Profile::__default_page),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Profile::NAME.trace_shape(shapes);
            Profile::PAGE.trace_shape(shapes);
        }
    }
    impl ProfileReader {
        /** Returns `name` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_name`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn name(&self) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Profile::NAME)
        }
        /** Returns `page` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_page`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u64`.*/
        #[inline]
        fn page(&self) -> Result<u64, session::Error> {
            __private::client_get_or(
                &self.zz_internal,
                &Profile::PAGE,
                Profile::__default_page,
            )
        }
    }
    impl ProfileWriter {
        /** Sets `name` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON, or `is_short` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_name(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Profile::NAME, value)
        }
        /** Removes `name` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_name(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Profile::NAME)
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
            __private::remove(&mut self.zz_internal.zz_internal, &Profile::NAME)
        }
        /** Changes `name` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_short` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "name_mut")]
        #[inline]
        fn update_name<R, F: FnMut(&mut Option<String>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, String, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Profile::NAME, f)
        }
        /** Changes `name` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON, or `is_short` refuses it.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_name<R, E, F: FnMut(&mut Option<String>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, String, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Profile::NAME, f)
        }
        /** Sets `page` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON, or `rules::is_even` refuses it.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_page(&mut self, value: u64) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Profile::PAGE,
                value,
            )
        }
        /** Removes `page` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_page(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Profile::PAGE)
        }
        /** Removes `page` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_page(&mut self) -> Result<Option<u64>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Profile::PAGE)
        }
        /** Changes `page` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON, or `rules::is_even` refuses it.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "page_mut")]
        #[inline]
        fn update_page<R, F: FnOnce(&mut u64) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update_or(
                &mut self.zz_internal.zz_internal,
                &Profile::PAGE,
                Profile::__default_page,
                f,
            )
        }
        /** Changes `page` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u64`, or the new value cannot be encoded as JSON, or `rules::is_even` refuses it.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_page<R, E, F: FnOnce(&mut u64) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update_or(
                &mut self.zz_internal.zz_internal,
                &Profile::PAGE,
                Profile::__default_page,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct ProfileSnapshot {
        name: Option<String>,
        page: u64,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for ProfileSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.name).visit("name", fields);
            __private::snapshot_field(&self.page).visit("page", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for ProfileSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Profile", 2usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for ProfileSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Profile")
        }
    }
    #[automatically_derived]
    impl __private::Used<Profile> for ProfileWriter {
        fn zz_internal<_Z>(&mut self, schema: &Profile, _: _Z) {
            let Profile { name: _f0, page: _f1 } = schema;
        }
    }
};
