const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `name` of the server state.
        const NAME: __private::Key<String> = {
            use __private::Key;
            Key::declare("name")
        };
    }
    #[doc(hidden)]
    pub struct VisitorReader<Nested0>(
        __private::Session,
        ::core::marker::PhantomData<fn() -> (Nested0,)>,
    );
    #[doc(hidden)]
    pub struct VisitorWriter<Nested0>(VisitorReader<Nested0>);
    #[automatically_derived]
    impl<Nested0> ::core::ops::Deref for VisitorReader<Nested0> {
        type Target = __private::Session;
        fn deref(&self) -> &__private::Session {
            &self.0
        }
    }
    #[automatically_derived]
    impl<Nested0> ::core::ops::DerefMut for VisitorReader<Nested0> {
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl<Nested0> ::core::ops::Deref for VisitorWriter<Nested0> {
        type Target = VisitorReader<Nested0>;
        fn deref(&self) -> &VisitorReader<Nested0> {
            &self.0
        }
    }
    #[automatically_derived]
    impl<Nested0> ::core::ops::DerefMut for VisitorWriter<Nested0> {
        fn deref_mut(&mut self) -> &mut VisitorReader<Nested0> {
            &mut self.0
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Visitor {
        type Reader = VisitorReader<Checkout>;
        type Writer = VisitorWriter<Checkout>;
        type Snapshot = VisitorSnapshot<<Checkout as __private::Nested>::Snapshot>;
        const SCHEMA: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Visitor",
            &[
                __private::FieldInfo::declare(
                    "name",
                    "name",
                    __private::Side::Server,
                    "String",
                    "",
                ),
            ],
            &[("checkout", <Checkout as __private::Nested>::SCHEMA)],
            &[],
        );
        #[inline]
        fn reader(session: __private::Session) -> Self::Reader {
            VisitorReader(session, ::core::marker::PhantomData)
        }
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            VisitorWriter(VisitorReader(session, ::core::marker::PhantomData))
        }
        #[inline]
        fn snapshot(
            view: &__private::View<'_>,
        ) -> __private::Result<
            VisitorSnapshot<<Checkout as __private::Nested>::Snapshot>,
        > {
            ::core::result::Result::Ok(VisitorSnapshot {
                name: __private::view(view, &Visitor::NAME)?,
                checkout: <Checkout as __private::Nested>::snapshot(view)?,
            })
        }
    }
    #[automatically_derived]
    impl<Nested0> VisitorReader<Nested0>
    where
        Nested0: __private::SessionSchema,
    {
        /// Reads `name` from the server state, `None` if it is absent: one load, unless this request has loaded the session.
        ///
        /// # Errors
        ///
        /// The store fails, or the value is of another type.
        #[inline]
        async fn name(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Visitor::NAME).await
        }
        /// What is being bought.
        ///
        /// The getters of the nested [`Checkout`]: no I/O.
        #[inline]
        pub fn checkout(&self) -> __private::ReadOnly<Nested0> {
            __private::Session::typed::<Nested0>(&self.0)
        }
    }
    #[automatically_derived]
    impl<Nested0> VisitorWriter<Nested0>
    where
        Nested0: __private::SessionSchema,
    {
        /// Sets `name` in the server state: no I/O, the commit of this request stores it.
        ///
        /// # Errors
        ///
        /// The value is no JSON, or the session is already finalized.
        #[inline]
        fn set_name(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::NAME, value)
        }
        /// Removes `name` from the server state without reading it: no I/O, the commit of this request stores it.
        ///
        /// # Errors
        ///
        /// The session is already finalized.
        #[inline]
        fn unset_name(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::NAME)
        }
        /// Removes `name` from the server state and returns what it held: one load, unless this request has loaded the session; the commit of this request stores it.
        ///
        /// # Errors
        ///
        /// The store fails, or the value is of another type, and is kept.
        #[inline]
        async fn remove_name(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Visitor::NAME).await
        }
        /// Changes `name` of the server state in place: one load, unless this request has loaded the session, and one commit at once.
        /// It is atomic, also across servers; `f` may run several times.
        ///
        /// # Errors
        ///
        /// The store fails, the session has ended, the old value is of another type, or other requests win every race.
        #[inline]
        async fn update_name<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::NAME, f).await
        }
        /// Changes `name` of the server state in place, unless `f` returns an `Err`: one load, unless this request has loaded the session, and one commit at once.
        /// It is atomic, also across servers; `f` may run several times.
        ///
        /// # Errors
        ///
        /// The store fails, the session has ended, the old value is of another type, or other requests win every race.
        #[inline]
        async fn try_update_name<R, E>(
            &mut self,
            f: impl ::core::ops::FnMut(
                &mut ::core::option::Option<String>,
            ) -> ::core::result::Result<R, E>,
        ) -> __private::Result<::core::result::Result<R, E>> {
            __private::try_update(&mut self.0.0, &Visitor::NAME, f).await
        }
        /// What is being bought.
        ///
        /// The getters and setters of the nested [`Checkout`]: no I/O.
        #[inline]
        pub fn checkout_mut(&mut self) -> __private::Typed<Nested0> {
            __private::Session::typed_mut::<Nested0>(&mut self.0.0)
        }
    }
    #[doc(hidden)]
    pub struct VisitorSnapshot<Nested0> {
        name: ::core::option::Option<String>,
        /// What is being bought.
        pub checkout: Nested0,
    }
    #[automatically_derived]
    impl<Nested0> __private::Serialize for VisitorSnapshot<Nested0>
    where
        Nested0: __private::Serialize,
    {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            let mut fields = __private::Serializer::serialize_struct(
                serializer,
                "Visitor",
                2usize,
            )?;
            __private::Shown(&self.name).field("name", &mut fields)?;
            __private::Shown(&self.checkout).field("checkout", &mut fields)?;
            __private::SerializeStruct::end(fields)
        }
    }
    const _: () = __private::assert_nested(
        <Visitor as __private::SessionSchema>::SCHEMA,
        0usize,
    );
    #[automatically_derived]
    impl<Nested0> __private::Used<Visitor> for VisitorWriter<Nested0>
    where
        Nested0: __private::SessionSchema,
    {
        fn used<_Z>(&mut self, schema: &Visitor, _: _Z) {
            let _ = &schema.name;
            let _ = VisitorReader::<Nested0>::name;
            let _ = VisitorWriter::<Nested0>::set_name;
            let _ = VisitorWriter::<Nested0>::unset_name;
            let _ = VisitorWriter::<Nested0>::remove_name;
            let _ = VisitorWriter::<Nested0>::update_name(self, |_| ());
            let _ = VisitorWriter::<
                Nested0,
            >::try_update_name(self, |_| ::core::result::Result::<(), ()>::Ok(()));
            let _ = &schema.checkout;
            let _ = VisitorReader::<Nested0>::checkout;
            let _ = VisitorWriter::<Nested0>::checkout_mut;
        }
    }
};
