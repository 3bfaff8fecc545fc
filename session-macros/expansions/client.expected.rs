const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {
        /// The key `seen` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn seen(&self) -> Result<Option<u32>, session::Error>`\n- `fn set_seen(&mut self, value: u32) -> Result<(), session::Error>`\n- `fn unset_seen(&mut self) -> Result<(), session::Error>`\n- `fn remove_seen(&mut self) -> Result<Option<u32>, session::Error>`\n- `fn update_seen(&mut self, f: impl FnOnce(&mut Option<u32>) -> R) -> Result<R, session::Error>`\n- `fn try_update_seen(&mut self, f: impl FnOnce(&mut Option<u32>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const SEEN: __private::ClientKey<u32> = {
            use __private::ClientKey;
            ClientKey::declare("seen")
        };
        /// The key `theme` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn theme(&self) -> Result<Theme, session::Error>`\n- `fn set_theme(&mut self, value: Theme) -> Result<(), session::Error>`\n- `fn unset_theme(&mut self) -> Result<(), session::Error>`\n- `fn remove_theme(&mut self) -> Result<Option<Theme>, session::Error>`\n- `fn update_theme(&mut self, f: impl FnOnce(&mut Theme) -> R) -> Result<R, session::Error>`\n- `fn try_update_theme(&mut self, f: impl FnOnce(&mut Theme) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const THEME: __private::ClientKey<Theme> = {
            use __private::ClientKey;
            ClientKey::declare("theme")
        };
        #[doc(hidden)]
        #[inline]
        fn __default_theme() -> Theme {
            Theme::Light
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
                    "seen",
                    "seen",
                    __private::Side::Client,
                    "u32",
                    "",
                ),
                __private::FieldInfo::declare(
                        "theme",
                        "theme",
                        __private::Side::Client,
                        "Theme",
                        "",
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
                seen: fields.client_read(&Visitor::SEEN),
                theme: fields.client_read_or(&Visitor::THEME, Visitor::__default_theme),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::SEEN.trace_shape(shapes);
            Visitor::THEME.trace_shape(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `seen` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_seen`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u32`.*/
        #[inline]
        fn seen(&self) -> Result<Option<u32>, session::Error> {
            __private::client_get(&self.zz_internal, &Visitor::SEEN)
        }
        /** Returns `theme` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_theme`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `Theme`.*/
        #[inline]
        fn theme(&self) -> Result<Theme, session::Error> {
            __private::client_get_or(
                &self.zz_internal,
                &Visitor::THEME,
                Visitor::__default_theme,
            )
        }
    }
    impl VisitorWriter {
        /** Sets `seen` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_seen(&mut self, value: u32) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::SEEN,
                value,
            )
        }
        /** Removes `seen` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_seen(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::SEEN)
        }
        /** Removes `seen` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_seen(&mut self) -> Result<Option<u32>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Visitor::SEEN)
        }
        /** Changes `seen` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "seen_mut")]
        #[inline]
        fn update_seen<R, F: FnOnce(&mut Option<u32>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::SEEN,
                f,
            )
        }
        /** Changes `seen` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_seen<R, E, F: FnOnce(&mut Option<u32>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::SEEN,
                f,
            )
        }
        /** Sets `theme` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_theme(&mut self, value: Theme) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::THEME,
                value,
            )
        }
        /** Removes `theme` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_theme(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::THEME)
        }
        /** Removes `theme` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Theme`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_theme(&mut self) -> Result<Option<Theme>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Visitor::THEME)
        }
        /** Changes `theme` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "theme_mut")]
        #[inline]
        fn update_theme<R, F: FnOnce(&mut Theme) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::THEME,
                Visitor::__default_theme,
                f,
            )
        }
        /** Changes `theme` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_theme<R, E, F: FnOnce(&mut Theme) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update_or(
                &mut self.zz_internal.zz_internal,
                &Visitor::THEME,
                Visitor::__default_theme,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        seen: Option<u32>,
        theme: Theme,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(&self.seen).visit("seen", fields);
            __private::snapshot_field(&self.theme).visit("theme", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 2usize)
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
            let Visitor { seen: _f0, theme: _f1 } = schema;
        }
    }
};
