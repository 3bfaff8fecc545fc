const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {}
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
        fn reader(session: __private::Session) -> VisitorReader {
            VisitorReader(session)
        }
        fn writer(session: __private::Session) -> VisitorWriter {
            VisitorWriter(VisitorReader(session))
        }
    }
    #[automatically_derived]
    impl VisitorReader {}
    #[automatically_derived]
    impl VisitorWriter {}
};
::core::compile_error! {
    "`#[derive(SessionSchema)]` needs a struct with named fields, not an enum: each field names a session key"
}
