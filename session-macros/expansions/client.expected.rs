const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `seen` in the client state.
        const SEEN: __private::ClientKey<u32> = {
            use __private::ClientKey;
            ClientKey::declare("seen")
        };
        /// The key `theme` in the client state.
        const THEME: __private::ClientKey<Theme> = {
            use __private::ClientKey;
            ClientKey::declare("theme")
        };
        #[doc(hidden)]
        fn __default_theme() -> Theme {
            Theme::Light
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
                seen: __private::client_view(view, &Visitor::SEEN)?,
                theme: __private::client_view_or(
                    view,
                    &Visitor::THEME,
                    Visitor::__default_theme,
                )?,
            })
        }
    }
    #[automatically_derived]
    impl VisitorReader {
        /// Returns `seen` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_seen`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`.
        #[inline]
        fn seen(&self) -> __private::Result<::core::option::Option<u32>> {
            __private::client_get(&self.0, &Visitor::SEEN)
        }
        /// Returns `theme` from the client state, or the default if the key is absent. It is a copy: change the stored value with `update_theme`.
        ///
        /// Cost: no I/O.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Theme`.
        #[inline]
        fn theme(&self) -> __private::Result<Theme> {
            __private::client_get_or(&self.0, &Visitor::THEME, Visitor::__default_theme)
        }
    }
    #[automatically_derived]
    impl VisitorWriter {
        /// Sets `seen` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_seen(&mut self, value: u32) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Visitor::SEEN, value)
        }
        /// Removes `seen` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_seen(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Visitor::SEEN)
        }
        /// Removes `seen` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_seen(&mut self) -> __private::Result<::core::option::Option<u32>> {
            __private::client_remove(&mut self.0.0, &Visitor::SEEN)
        }
        /// Changes `seen` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "seen_mut")]
        #[inline]
        fn update_seen<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut ::core::option::Option<u32>) -> R,
        ) -> __private::Result<R> {
            __private::client_update(&mut self.0.0, &Visitor::SEEN, f)
        }
        /// Changes `seen` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `u32`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_seen<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(
                &mut ::core::option::Option<u32>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update(&mut self.0.0, &Visitor::SEEN, f)
        }
        /// Sets `theme` in the client state.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn set_theme(&mut self, value: Theme) -> __private::Result<()> {
            __private::client_set(&mut self.0.0, &Visitor::THEME, value)
        }
        /// Removes `theme` from the client state without reading it.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn unset_theme(&mut self) -> __private::Result<()> {
            __private::client_unset(&mut self.0.0, &Visitor::THEME)
        }
        /// Removes `theme` from the client state and returns the old value.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Theme`.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn remove_theme(&mut self) -> __private::Result<::core::option::Option<Theme>> {
            __private::client_remove(&mut self.0.0, &Visitor::THEME)
        }
        /// Changes `theme` in the client state in place and returns the result of `f`.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[doc(alias = "theme_mut")]
        #[inline]
        fn update_theme<R>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut Theme) -> R,
        ) -> __private::Result<R> {
            __private::client_update_or(
                &mut self.0.0,
                &Visitor::THEME,
                Visitor::__default_theme,
                f,
            )
        }
        /// Changes `theme` in the client state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: no I/O. The change is sent with the response.
        ///
        /// # Errors
        ///
        /// - `Value`: the stored value is not a valid `Theme`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        /// - `NoBrowser`: the session was opened by its id.
        #[inline]
        fn try_update_theme<R, E>(
            &mut self,
            f: impl ::core::ops::FnOnce(&mut Theme) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::client_try_update_or(
                &mut self.0.0,
                &Visitor::THEME,
                Visitor::__default_theme,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        seen: ::core::option::Option<u32>,
        theme: Theme,
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
                2usize,
            )?;
            __private::SnapshotField(&self.seen).field("seen", &mut fields)?;
            __private::SnapshotField(&self.theme).field("theme", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    #[automatically_derived]
    impl __private::Used<Visitor> for VisitorWriter {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let _ = &schema.seen;
            let _ = VisitorReader::seen;
            let _ = VisitorWriter::set_seen;
            let _ = VisitorWriter::unset_seen;
            let _ = VisitorWriter::remove_seen;
            let _ = VisitorWriter::update_seen(self, |_| ());
            let _ = VisitorWriter::try_update_seen(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
            let _ = &schema.theme;
            let _ = VisitorReader::theme;
            let _ = VisitorWriter::set_theme;
            let _ = VisitorWriter::unset_theme;
            let _ = VisitorWriter::remove_theme;
            let _ = VisitorWriter::update_theme(self, |_| ());
            let _ = VisitorWriter::try_update_theme(
                self,
                |_| ::core::result::Result::<(), ()>::Ok(()),
            );
        }
    }
};
