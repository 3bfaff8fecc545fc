const _: () = {
    use ::session::__private as __private;
    #[automatically_derived]
    impl Visitor {
        /// The key `name` in the server state.
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
        /// Returns `name` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_name`.
        ///
        /// Cost: one store load, unless the session is already loaded.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        #[inline]
        async fn name(&self) -> __private::Result<::core::option::Option<String>> {
            __private::get(&self.0, &Visitor::NAME).await
        }
        /// What is being bought.
        ///
        /// Returns the getters of the nested schema [`Checkout`].
        ///
        /// Cost: no I/O.
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
        /// Sets `name` in the server state.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Value`: the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn set_name(&mut self, value: String) -> __private::Result<()> {
            __private::set(&mut self.0.0, &Visitor::NAME, value)
        }
        /// Removes `name` from the server state without reading it.
        ///
        /// Cost: no I/O. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Finalized`: the response was already finalized.
        #[inline]
        fn unset_name(&mut self) -> __private::Result<()> {
            __private::unset(&mut self.0.0, &Visitor::NAME)
        }
        /// Removes `name` from the server state and returns the old value.
        ///
        /// Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.
        ///
        /// # Errors
        ///
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`.
        /// - `Finalized`: the response was already finalized.
        #[inline]
        async fn remove_name(
            &mut self,
        ) -> __private::Result<::core::option::Option<String>> {
            __private::remove(&mut self.0.0, &Visitor::NAME).await
        }
        /// Changes `name` in the server state in place and returns the result of `f`.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
        #[doc(alias = "name_mut")]
        #[inline]
        async fn update_name<R>(
            &mut self,
            f: impl ::core::ops::FnMut(&mut ::core::option::Option<String>) -> R,
        ) -> __private::Result<R> {
            __private::update(&mut self.0.0, &Visitor::NAME, f).await
        }
        /// Changes `name` in the server state in place. If `f` returns an `Err`, nothing is stored.
        ///
        /// Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.
        ///
        /// The update is atomic, also across servers. `f` may run several times.
        ///
        /// # Errors
        ///
        /// - `Ended`: the session ended.
        /// - `Replaced`: another request rotated the token.
        /// - `Conflict`: other requests changed the session in every attempt.
        /// - `Store`: the store could not be reached.
        /// - `Value`: the stored value is not a valid `String`, or the new value cannot be encoded as JSON.
        /// - `Finalized`: the response was already finalized.
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
        /// Returns the getters and setters of the nested schema [`Checkout`].
        ///
        /// Cost: no I/O.
        #[inline]
        pub fn checkout_mut(&mut self) -> __private::NestedMut<Nested0> {
            __private::nested_mut::<Nested0>(&mut self.0.0)
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
            __private::SnapshotField(&self.name).field("name", &mut fields)?;
            __private::SnapshotField(&self.checkout).field("checkout", &mut fields)?;
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
