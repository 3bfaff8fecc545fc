const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    impl Visitor {}
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
            &[],
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
            let snapshot = VisitorSnapshot { zz_internal: () };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
        }
    }
    impl VisitorReader {}
    impl VisitorWriter {}
    #[doc(hidden)]
    pub struct VisitorSnapshot {
        zz_internal: (),
    }
    #[automatically_derived]
    impl __private::SnapshotFields for VisitorSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {}
    }
    #[automatically_derived]
    impl __private::Serialize for VisitorSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Visitor", 0usize)
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
    "`#[derive(SessionSchema)]` needs a struct with named fields, not an enum: each field declares a session key"
}
