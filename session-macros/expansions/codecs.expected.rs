const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    struct VisitorCodec_COLOR;
    #[automatically_derived]
    impl __private::Codec for VisitorCodec_COLOR {
        type Value = Color;
        fn serialize<R: __private::Serializer>(
            value: &Color,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            hex::serialize(value, serializer)
        }
        fn deserialize<'de, R: __private::Deserializer<'de>>(
            deserializer: R,
        ) -> ::core::result::Result<Color, R::Error> {
            hex::deserialize(deserializer)
        }
    }
    struct VisitorCodec_PAUSE;
    #[automatically_derived]
    impl __private::Codec for VisitorCodec_PAUSE {
        type Value = Duration;
        fn serialize<R: __private::Serializer>(
            value: &Duration,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            seconds::write(value, serializer)
        }
        fn deserialize<'de, R: __private::Deserializer<'de>>(
            deserializer: R,
        ) -> ::core::result::Result<Duration, R::Error> {
            seconds::read(deserializer)
        }
    }
    impl Visitor {
        /// The key `color` in the server state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn color(&self) -> Result<Option<Color>, session::Error>`\n- `fn set_color(&mut self, value: Color) -> Result<(), session::Error>`\n- `fn unset_color(&mut self) -> Result<(), session::Error>`\n- `async fn remove_color(&mut self) -> Result<Option<Color>, session::Error>`\n- `async fn update_color(&mut self, f: impl FnMut(&mut Option<Color>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_color(&mut self, f: impl FnMut(&mut Option<Color>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const COLOR: __private::Key<Color> = __private::Key::with_codec::<
            VisitorCodec_COLOR,
        >("color");
        /// The key `pause` in the client state.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn pause(&self) -> Result<Option<Duration>, session::Error>`\n- `fn set_pause(&mut self, value: Duration) -> Result<(), session::Error>`\n- `fn unset_pause(&mut self) -> Result<(), session::Error>`\n- `fn remove_pause(&mut self) -> Result<Option<Duration>, session::Error>`\n- `fn update_pause(&mut self, f: impl FnOnce(&mut Option<Duration>) -> R) -> Result<R, session::Error>`\n- `fn try_update_pause(&mut self, f: impl FnOnce(&mut Option<Duration>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const PAUSE: __private::ClientKey<Duration> = __private::ClientKey::with_codec::<
            VisitorCodec_PAUSE,
        >("pause");
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
                        "color",
                        "color",
                        __private::Side::Server,
                        "Color",
                        "",
                    )
                    .with("hex"),
                __private::FieldInfo::declare(
                        "pause",
                        "pause",
                        __private::Side::Client,
                        "Duration",
                        "",
                    )
                    .with("seconds::read"),
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
                color: fields.read(&Visitor::COLOR),
                pause: fields.client_read(&Visitor::PAUSE),
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Visitor::COLOR.trace_shape_with::<VisitorCodec_COLOR>(shapes);
            Visitor::PAUSE.trace_shape_with::<VisitorCodec_PAUSE>(shapes);
        }
    }
    impl VisitorReader {
        /** Returns `color` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_color`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Color`.*/
        #[inline]
        fn color(&self) -> impl Future<Output = Result<Option<Color>, session::Error>> {
            __private::get(&self.zz_internal, &Visitor::COLOR)
        }
        /** Returns `pause` from the client state, or `None` if the key is absent. It is a copy: change the stored value with `update_pause`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `Duration`.*/
        #[inline]
        fn pause(&self) -> Result<Option<Duration>, session::Error> {
            __private::client_get(&self.zz_internal, &Visitor::PAUSE)
        }
    }
    impl VisitorWriter {
        /** Sets `color` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_color(&mut self, value: Color) -> Result<(), session::Error> {
            __private::set(&mut self.zz_internal.zz_internal, &Visitor::COLOR, value)
        }
        /** Removes `color` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_color(&mut self) -> Result<(), session::Error> {
            __private::unset(&mut self.zz_internal.zz_internal, &Visitor::COLOR)
        }
        /** Removes `color` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Color`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn remove_color(
            &mut self,
        ) -> impl Future<Output = Result<Option<Color>, session::Error>> {
            __private::remove(&mut self.zz_internal.zz_internal, &Visitor::COLOR)
        }
        /** Changes `color` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Color`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "color_mut")]
        #[inline]
        fn update_color<R, F: FnMut(&mut Option<Color>) -> R>(
            &mut self,
            f: F,
        ) -> __private::future::Update<'_, Color, R, F> {
            __private::update(&mut self.zz_internal.zz_internal, &Visitor::COLOR, f)
        }
        /** Changes `color` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `Value`: the stored value is not a valid `Color`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn try_update_color<R, E, F: FnMut(&mut Option<Color>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> __private::future::TryUpdate<'_, Color, R, E, F> {
            __private::try_update(&mut self.zz_internal.zz_internal, &Visitor::COLOR, f)
        }
        /** Sets `pause` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_pause(&mut self, value: Duration) -> Result<(), session::Error> {
            __private::client_set(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAUSE,
                value,
            )
        }
        /** Removes `pause` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_pause(&mut self) -> Result<(), session::Error> {
            __private::client_unset(&mut self.zz_internal.zz_internal, &Visitor::PAUSE)
        }
        /** Removes `pause` from the client state and returns the old value.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Duration`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn remove_pause(&mut self) -> Result<Option<Duration>, session::Error> {
            __private::client_remove(&mut self.zz_internal.zz_internal, &Visitor::PAUSE)
        }
        /** Changes `pause` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Duration`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "pause_mut")]
        #[inline]
        fn update_pause<R, F: FnOnce(&mut Option<Duration>) -> R>(
            &mut self,
            f: F,
        ) -> Result<R, session::Error> {
            __private::client_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAUSE,
                f,
            )
        }
        /** Changes `pause` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Value`: the stored value is not a valid `Duration`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_pause<R, E, F: FnOnce(&mut Option<Duration>) -> Result<R, E>>(
            &mut self,
            f: F,
        ) -> Result<Result<R, E>, session::Error> {
            __private::client_try_update(
                &mut self.zz_internal.zz_internal,
                &Visitor::PAUSE,
                f,
            )
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        color: Option<Color>,
        pause: Option<Duration>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(
                    &__private::OptionWithCodec::<VisitorCodec_COLOR>(&self.color),
                )
                .visit("color", fields);
            __private::snapshot_field(
                    &__private::OptionWithCodec::<VisitorCodec_PAUSE>(&self.pause),
                )
                .visit("pause", fields);
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
            let Visitor { color: _f0, pause: _f1 } = schema;
        }
    }
};
