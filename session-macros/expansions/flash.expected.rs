const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Messages {
        /// The key `notice` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn peek_notice(&self) -> Result<Option<String>, session::Error>`\n- `fn set_notice(&mut self, value: String) -> Result<(), session::Error>`\n- `fn unset_notice(&mut self) -> Result<(), session::Error>`\n- `async fn take_notice(&mut self) -> Result<Option<String>, session::Error>`\n- `async fn update_notice(&mut self, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_notice(&mut self, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const NOTICE: __private::Key<String> = {
            use __private::Key;
            Key::declare("notice")
        };
        /// The key `hint` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn peek_hint(&self) -> Result<Option<u8>, session::Error>`\n- `fn set_hint(&mut self, value: u8) -> Result<(), session::Error>`\n- `fn unset_hint(&mut self) -> Result<(), session::Error>`\n- `fn take_hint(&mut self) -> Result<Option<u8>, session::Error>`\n- `fn update_hint(&mut self, f: impl FnOnce(&mut Option<u8>) -> R) -> Result<R, session::Error>`\n- `fn try_update_hint(&mut self, f: impl FnOnce(&mut Option<u8>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const HINT: __private::ClientKey<u8> = {
            use __private::ClientKey;
            ClientKey::declare("hint")
        };
    }
    #[doc(hidden)]
    pub struct MessagesReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct MessagesWriter {
        zz_internal: MessagesReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for MessagesReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for MessagesReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for MessagesWriter {
        type Target = MessagesReader;
        #[inline]
        fn deref(&self) -> &MessagesReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for MessagesWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut MessagesReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Messages {}
    #[automatically_derived]
    impl __private::DerivedSchema for Messages {
        type Reader = MessagesReader;
        type Writer = MessagesWriter;
        type Snapshot = MessagesSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Messages",
            &[
                __private::FieldInfo::declare(
                        "notice",
                        "notice",
                        __private::Side::Server,
                        "String",
                        "",
                    )
                    .flash(),
                __private::FieldInfo::declare(
                        "hint",
                        "hint",
                        __private::Side::Client,
                        "u8",
                        "",
                    )
                    .flash(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            MessagesWriter {
                zz_internal: MessagesReader {
                    zz_internal: session,
                },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<MessagesSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = MessagesSnapshot {
                zz_internal: (),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Messages::NOTICE.trace_shape(shapes);
            Messages::HINT.trace_shape(shapes);
        }
    }
    impl MessagesReader {
        /** Returns the message `notice` from the server state and keeps it. It is a copy: change the stored value with `update_notice`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `String`.*/
        #[inline]
        fn peek_notice(
            &self,
        ) -> impl Future<Output = Result<Option<String>, session::Error>> {
            __private::get(&self.zz_internal, &Messages::NOTICE)
        }
        /** Returns the message `hint` from the client state and keeps it. It is a copy: change the stored value with `update_hint`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `u8`.*/
        #[inline]
        fn peek_hint(&self) -> Result<Option<u8>, session::Error> {
            __private::client_get(&self.zz_internal, &Messages::HINT)
        }
    }
    impl MessagesWriter {
        /** Sets `notice` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_notice(&mut self, value: String) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Messages::NOTICE, value)
        }
        /** Removes `notice` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_notice(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Messages::NOTICE)
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
            __private::take(&mut self.zz_internal.zz_internal, &Messages::NOTICE)
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
            __private::update(&mut self.zz_internal.zz_internal, &Messages::NOTICE, f)
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
            __private::try_update(
                &mut self.zz_internal.zz_internal,
                &Messages::NOTICE,
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
        fn set_hint(&mut self, value: u8) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Messages::HINT,
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
            __private::client_unset(&mut self.zz_internal.zz_internal, &Messages::HINT)
        }
        /** Removes the message `hint` from the client state and returns it. A `HEAD` request keeps it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u8`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn take_hint(&mut self) -> Result<Option<u8>, session::Error> {
            __private::client_take(&mut self.zz_internal.zz_internal, &Messages::HINT)
        }
        /** Changes `hint` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "hint_mut")]
        #[inline]
        fn update_hint<R, F: FnOnce(&mut Option<u8>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Messages::HINT,
                f,
            )
        }
        /** Changes `hint` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `u8`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_hint<R, E, F: FnOnce(&mut Option<u8>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Messages::HINT,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct MessagesSnapshot {
        zz_internal: (),
    }
    #[automatically_derived]
    impl __private::SnapshotFields for MessagesSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {}
    }
    #[automatically_derived]
    impl __private::Serialize for MessagesSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Messages", 0usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for MessagesSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Messages")
        }
    }
    #[automatically_derived]
    impl __private::Used<Messages> for MessagesWriter {
        fn zz_internal<_Z>(&mut self, schema: &Messages, _: _Z) {
            let Messages { notice: _f0, hint: _f1 } = schema;
        }
    }
};
