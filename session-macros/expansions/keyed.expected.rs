const _: () = {
    use ::session::__private as __private;
    use __private::session as session;
    use ::core::{
        future::Future as Future, option::Option as Option, result::Result as Result,
    };
    use ::core::ops::{FnMut as FnMut, FnOnce as FnOnce};
    struct ShopCodec_HINT;
    #[automatically_derived]
    impl __private::Codec for ShopCodec_HINT {
        type Value = Color;
        fn serialize<R: __private::Serializer>(
            value: &Color,
            serializer: R,
        ) -> ::core::result::Result<R::Ok, R::Error> {
            color::serialize(value, serializer)
        }
        fn deserialize<'de, R: __private::Deserializer<'de>>(
            deserializer: R,
        ) -> ::core::result::Result<Color, R::Error> {
            color::deserialize(deserializer)
        }
    }
    impl Shop {
        /// The items of a tenant.
        /**
 The prefix of the keys `cart:<part>` in the server state, one for each entry.*/
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn cart(&self, part: &TenantId) -> Result<Vec<Item>, session::Error>`\n- `async fn cart_entries(&self) -> Result<BTreeMap<TenantId, Vec<Item>>, session::Error>`\n- `fn set_cart(&mut self, part: &TenantId, value: Vec<Item>) -> Result<(), session::Error>`\n- `fn unset_cart(&mut self, part: &TenantId) -> Result<(), session::Error>`\n- `async fn unset_all_cart(&mut self) -> Result<(), session::Error>`\n- `async fn remove_cart(&mut self, part: &TenantId) -> Result<Option<Vec<Item>>, session::Error>`\n- `async fn update_cart(&mut self, part: &TenantId, f: impl FnMut(&mut Vec<Item>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_cart(&mut self, part: &TenantId, f: impl FnMut(&mut Vec<Item>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const CART: __private::keyed::KeyPrefix<TenantId, Vec<Item>> = {
            use __private::keyed::{EntryValues, KeyParts, KeyPrefix};
            KeyPrefix::new("cart", KeyParts::declare(), EntryValues::declare())
        }
            .alias(&["basket"])
            .on_invalid(__private::OnInvalid::Absent);
        /// The prefix of the keys `hint:<part>` in the client state, one for each entry.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `fn peek_hint(&self, part: &String) -> Result<Option<Color>, session::Error>`\n- `fn hint_entries(&self) -> Result<BTreeMap<String, Color>, session::Error>`\n- `fn set_hint(&mut self, part: &String, value: Color) -> Result<(), session::Error>`\n- `fn unset_hint(&mut self, part: &String) -> Result<(), session::Error>`\n- `fn unset_all_hint(&mut self) -> Result<(), session::Error>`\n- `fn take_hint(&mut self, part: &String) -> Result<Option<Color>, session::Error>`\n- `fn update_hint(&mut self, part: &String, f: impl FnOnce(&mut Option<Color>) -> R) -> Result<R, session::Error>`\n- `fn try_update_hint(&mut self, part: &String, f: impl FnOnce(&mut Option<Color>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const HINT: __private::keyed::ClientKeyPrefix<String, Color> = {
            use __private::keyed::{EntryValues, KeyParts, ClientKeyPrefix};
            ClientKeyPrefix::new(
                "hint",
                KeyParts::declare(),
                EntryValues::with_codec::<ShopCodec_HINT>(),
            )
        };
        /// The prefix of the secret sealed keys `tokens.by_provider:<part>` in the server state, one for each entry.
        #[cfg_attr(
            doc,
            doc = "\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n- `async fn tokens(&self, part: &String) -> Result<Option<String>, session::Error>`\n- `async fn tokens_entries(&self) -> Result<BTreeMap<String, String>, session::Error>`\n- `fn set_tokens(&mut self, part: &String, value: String) -> Result<(), session::Error>`\n- `fn unset_tokens(&mut self, part: &String) -> Result<(), session::Error>`\n- `async fn unset_all_tokens(&mut self) -> Result<(), session::Error>`\n- `async fn remove_tokens(&mut self, part: &String) -> Result<Option<String>, session::Error>`\n- `async fn update_tokens(&mut self, part: &String, f: impl FnMut(&mut Option<String>) -> R) -> Result<R, session::Error>`\n- `async fn try_update_tokens(&mut self, part: &String, f: impl FnMut(&mut Option<String>) -> Result<R, E>) -> Result<Result<R, E>, session::Error>`"
        )]
        const TOKENS: __private::keyed::KeyPrefix<String, String> = {
            use __private::keyed::{EntryValues, KeyParts, KeyPrefix};
            KeyPrefix::new(
                "tokens.by_provider",
                KeyParts::declare(),
                EntryValues::declare(),
            )
        }
            .migrate({
                fn __migrate(
                    value: &__private::Value,
                ) -> ::core::option::Option<String> {
                    __private::MigrateReturn::<
                        String,
                    >::into_migrated(
                        from_plain(__private::MigrateParameter::of_value(value)),
                    )
                }
                __migrate
            })
            .sealed();
        #[doc(hidden)]
        #[inline]
        fn __default_cart() -> Vec<Item> {
            <Vec<Item> as ::core::default::Default>::default()
        }
    }
    #[doc(hidden)]
    pub struct ShopReader {
        zz_internal: __private::Session,
    }
    #[doc(hidden)]
    pub struct ShopWriter {
        zz_internal: ShopReader,
    }
    #[automatically_derived]
    impl ::core::ops::Deref for ShopReader {
        type Target = __private::Session;
        #[inline]
        fn deref(&self) -> &__private::Session {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for ShopReader {
        #[inline]
        fn deref_mut(&mut self) -> &mut __private::Session {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for ShopWriter {
        type Target = ShopReader;
        #[inline]
        fn deref(&self) -> &ShopReader {
            &self.zz_internal
        }
    }
    #[automatically_derived]
    impl ::core::ops::DerefMut for ShopWriter {
        #[inline]
        fn deref_mut(&mut self) -> &mut ShopReader {
            &mut self.zz_internal
        }
    }
    #[automatically_derived]
    impl __private::SessionSchema for Shop {}
    #[automatically_derived]
    impl __private::DerivedSchema for Shop {
        type Reader = ShopReader;
        type Writer = ShopWriter;
        type Snapshot = ShopSnapshot;
        const DECLARATION: &'static __private::SchemaInfo = &__private::SchemaInfo::declare(
            "Shop",
            &[
                __private::FieldInfo::declare(
                        "cart",
                        "cart",
                        __private::Side::Server,
                        "BTreeMap<TenantId, Vec<Item>>",
                        "The items of a tenant.",
                    )
                    .alias(&["basket"])
                    .default()
                    .keyed()
                    .on_invalid(),
                __private::FieldInfo::declare(
                        "hint",
                        "hint",
                        __private::Side::Client,
                        "std::collections::HashMap<String, Color>",
                        "",
                    )
                    .with("color")
                    .flash()
                    .keyed(),
                __private::FieldInfo::declare(
                        "tokens",
                        "tokens.by_provider",
                        __private::Side::Server,
                        "BTreeMap<String, String>",
                        "",
                    )
                    .keyed()
                    .migrate()
                    .secret()
                    .sealed(),
            ],
            &[],
            &[],
        );
        #[inline]
        fn writer(session: __private::Session) -> Self::Writer {
            ShopWriter {
                zz_internal: ShopReader { zz_internal: session },
            }
        }
        #[inline]
        fn snapshot(view: &__private::View<'_>) -> __private::Result<ShopSnapshot> {
            let mut fields = __private::SnapshotReader::new(view);
            let snapshot = ShopSnapshot {
                cart: __private::keyed::view_or(view, &Shop::CART, Shop::__default_cart)?,
            };
            fields.finish(snapshot)
        }
        #[inline]
        fn shapes(shapes: &mut __private::Shapes) {
            use __private::NoShape as _;
            Shop::CART.trace_shape(shapes);
            Shop::HINT.trace_shape_with::<ShopCodec_HINT>(shapes);
            Shop::TOKENS.trace_shape(shapes);
        }
    }
    impl ShopReader {
        /// The items of a tenant.
        /**
 Returns `cart:<part>` from the server state, or the default if the key is absent. It is a copy: change the stored value with `update_cart`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.*/
        #[inline]
        async fn cart(&self, part: &TenantId) -> Result<Vec<Item>, session::Error> {
            __private::keyed::get_or(
                    &self.zz_internal,
                    Shop::CART.entry(part),
                    Shop::__default_cart,
                )
                .await
        }
        /// The items of a tenant.
        /**
 Returns all entries `cart:<part>` of the server state. It is a copy: change the stored value with `update_cart`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.*/
        #[inline]
        async fn cart_entries(
            &self,
        ) -> Result<__private::keyed::BTreeMap<TenantId, Vec<Item>>, session::Error> {
            __private::keyed::entries_or(
                    &self.zz_internal,
                    &Shop::CART,
                    Shop::__default_cart,
                )
                .await
        }
        /** Returns the message `hint:<part>` from the client state and keeps it. It is a copy: change the stored value with `update_hint`.

 Cost: no I/O.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value is not a valid `Color`.*/
        #[inline]
        fn peek_hint(
            &self,
            part: &::core::primitive::str,
        ) -> Result<Option<Color>, session::Error> {
            __private::keyed::client_get(
                &self.zz_internal,
                Shop::HINT.entry_of_text(part),
            )
        }
        /** Returns all entries `hint:<part>` of the client state. It is a copy: change the stored value with `update_hint`.

 Cost: no I/O.

 # Errors

 - `Value`: the stored value is not a valid `Color`, or the part of a key is not a valid `String`.*/
        #[inline]
        fn hint_entries(
            &self,
        ) -> Result<__private::keyed::BTreeMap<String, Color>, session::Error> {
            __private::keyed::client_entries(&self.zz_internal, &Shop::HINT)
        }
        /** Returns `tokens.by_provider:<part>` from the server state, or `None` if the key is absent. It is a copy: change the stored value with `update_tokens`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.*/
        #[inline]
        async fn tokens(
            &self,
            part: &::core::primitive::str,
        ) -> Result<Option<String>, session::Error> {
            __private::keyed::get(&self.zz_internal, Shop::TOKENS.entry_of_text(part))
                .await
        }
        /** Returns all entries `tokens.by_provider:<part>` of the server state. It is a copy: change the stored value with `update_tokens`.

 Cost: one store load, unless the session is already loaded.

 # Errors

 - `Store`: the store could not be reached.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the part of a key is not a valid `String`.*/
        #[inline]
        async fn tokens_entries(
            &self,
        ) -> Result<__private::keyed::BTreeMap<String, String>, session::Error> {
            __private::keyed::entries(&self.zz_internal, &Shop::TOKENS).await
        }
    }
    impl ShopWriter {
        /// The items of a tenant.
        /**
 Sets `cart:<part>` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_cart(
            &mut self,
            part: &TenantId,
            value: Vec<Item>,
        ) -> Result<(), session::Error> {
            __private::keyed::set(
                &mut self.zz_internal.zz_internal,
                Shop::CART.entry(part),
                value,
            )
        }
        /// The items of a tenant.
        /**
 Removes `cart:<part>` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_cart(&mut self, part: &TenantId) -> Result<(), session::Error> {
            __private::keyed::unset(
                &mut self.zz_internal.zz_internal,
                Shop::CART.entry(part),
            )
        }
        /// The items of a tenant.
        /**
 Removes all entries `cart:<part>` that the server state has now. An entry that another request adds later stays.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn unset_all_cart(&mut self) -> Result<(), session::Error> {
            __private::keyed::unset_all(&mut self.zz_internal.zz_internal, &Shop::CART)
                .await
        }
        /// The items of a tenant.
        /**
 Removes `cart:<part>` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn remove_cart(
            &mut self,
            part: &TenantId,
        ) -> Result<Option<Vec<Item>>, session::Error> {
            __private::keyed::remove(
                    &mut self.zz_internal.zz_internal,
                    Shop::CART.entry(part),
                )
                .await
        }
        /// The items of a tenant.
        /**
 Changes `cart:<part>` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "cart_mut")]
        #[inline]
        async fn update_cart<R>(
            &mut self,
            part: &TenantId,
            f: impl FnMut(&mut Vec<Item>) -> R,
        ) -> Result<R, session::Error> {
            __private::keyed::update_or(
                    &mut self.zz_internal.zz_internal,
                    Shop::CART.entry(part),
                    Shop::__default_cart,
                    f,
                )
                .await
        }
        /// The items of a tenant.
        /**
 Changes `cart:<part>` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn try_update_cart<R, E>(
            &mut self,
            part: &TenantId,
            f: impl FnMut(&mut Vec<Item>) -> Result<R, E>,
        ) -> Result<Result<R, E>, session::Error> {
            __private::keyed::try_update_or(
                    &mut self.zz_internal.zz_internal,
                    Shop::CART.entry(part),
                    Shop::__default_cart,
                    f,
                )
                .await
        }
        /** Sets `hint:<part>` in the client state.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn set_hint(
            &mut self,
            part: &::core::primitive::str,
            value: Color,
        ) -> Result<(), session::Error> {
            __private::keyed::set(
                &mut self.zz_internal.zz_internal,
                Shop::HINT.entry_of_text(part),
                value,
            )
        }
        /** Removes `hint:<part>` from the client state without reading it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_hint(
            &mut self,
            part: &::core::primitive::str,
        ) -> Result<(), session::Error> {
            __private::keyed::unset(
                &mut self.zz_internal.zz_internal,
                Shop::HINT.entry_of_text(part),
            )
        }
        /** Removes all entries `hint:<part>` that the client state has now. An entry that another request adds later stays.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn unset_all_hint(&mut self) -> Result<(), session::Error> {
            __private::keyed::client_unset_all(
                &mut self.zz_internal.zz_internal,
                &Shop::HINT,
            )
        }
        /** Removes the message `hint:<part>` from the client state and returns it. A `HEAD` request keeps it.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value is not a valid `Color`.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn take_hint(
            &mut self,
            part: &::core::primitive::str,
        ) -> Result<Option<Color>, session::Error> {
            __private::keyed::client_take(
                &mut self.zz_internal.zz_internal,
                Shop::HINT.entry_of_text(part),
            )
        }
        /** Changes `hint:<part>` in the client state in place and returns the result of `f`.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value is not a valid `Color`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[doc(alias = "hint_mut")]
        #[inline]
        fn update_hint<R>(
            &mut self,
            part: &::core::primitive::str,
            f: impl FnOnce(&mut Option<Color>) -> R,
        ) -> Result<R, session::Error> {
            __private::keyed::client_update(
                &mut self.zz_internal.zz_internal,
                Shop::HINT.entry_of_text(part),
                f,
            )
        }
        /** Changes `hint:<part>` in the client state in place. If `f` returns an `Err`, nothing is stored.

 Cost: no I/O. The change is sent with the response.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value is not a valid `Color`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.
 - `NoBrowser`: the session was opened by its id, or the request uses the header transport.*/
        #[inline]
        fn try_update_hint<R, E>(
            &mut self,
            part: &::core::primitive::str,
            f: impl FnOnce(&mut Option<Color>) -> Result<R, E>,
        ) -> Result<Result<R, E>, session::Error> {
            __private::keyed::client_try_update(
                &mut self.zz_internal.zz_internal,
                Shop::HINT.entry_of_text(part),
                f,
            )
        }
        /** Sets `tokens.by_provider:<part>` in the server state.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn set_tokens(
            &mut self,
            part: &::core::primitive::str,
            value: String,
        ) -> Result<(), session::Error> {
            __private::keyed::set(
                &mut self.zz_internal.zz_internal,
                Shop::TOKENS.entry_of_text(part),
                value,
            )
        }
        /** Removes `tokens.by_provider:<part>` from the server state without reading it.

 Cost: no I/O. The change is stored by the request's commit.

 # Errors

 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        fn unset_tokens(
            &mut self,
            part: &::core::primitive::str,
        ) -> Result<(), session::Error> {
            __private::keyed::unset(
                &mut self.zz_internal.zz_internal,
                Shop::TOKENS.entry_of_text(part),
            )
        }
        /** Removes all entries `tokens.by_provider:<part>` that the server state has now. An entry that another request adds later stays.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn unset_all_tokens(&mut self) -> Result<(), session::Error> {
            __private::keyed::unset_all(&mut self.zz_internal.zz_internal, &Shop::TOKENS)
                .await
        }
        /** Removes `tokens.by_provider:<part>` from the server state and returns the old value.

 Cost: one store load, unless the session is already loaded. The change is stored by the request's commit.

 # Errors

 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn remove_tokens(
            &mut self,
            part: &::core::primitive::str,
        ) -> Result<Option<String>, session::Error> {
            __private::keyed::remove(
                    &mut self.zz_internal.zz_internal,
                    Shop::TOKENS.entry_of_text(part),
                )
                .await
        }
        /** Changes `tokens.by_provider:<part>` in the server state in place and returns the result of `f`.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[doc(alias = "tokens_mut")]
        #[inline]
        async fn update_tokens<R>(
            &mut self,
            part: &::core::primitive::str,
            f: impl FnMut(&mut Option<String>) -> R,
        ) -> Result<R, session::Error> {
            __private::keyed::update(
                    &mut self.zz_internal.zz_internal,
                    Shop::TOKENS.entry_of_text(part),
                    f,
                )
                .await
        }
        /** Changes `tokens.by_provider:<part>` in the server state in place. If `f` returns an `Err`, nothing is stored.

 Cost: one store load, unless the session is already loaded, and one commit before the accessor returns.

 The update is atomic, also across servers. `f` may run several times.

 # Errors

 - `Ended`: the session ended.
 - `Replaced`: another request rotated the token.
 - `Conflict`: other requests changed the session in every attempt.
 - `Store`: the store could not be reached.
 - `TooLarge`: the key with this part has more than 1,024 bytes.
 - `Value`: the stored value cannot be decrypted, or is not a valid `String`, or the new value cannot be encoded as JSON.
 - `Finalized`: the response was already finalized.*/
        #[inline]
        async fn try_update_tokens<R, E>(
            &mut self,
            part: &::core::primitive::str,
            f: impl FnMut(&mut Option<String>) -> Result<R, E>,
        ) -> Result<Result<R, E>, session::Error> {
            __private::keyed::try_update(
                    &mut self.zz_internal.zz_internal,
                    Shop::TOKENS.entry_of_text(part),
                    f,
                )
                .await
        }
    }
    #[doc(hidden)]
    pub struct ShopSnapshot {
        /// The items of a tenant.
        cart: __private::keyed::BTreeMap<TenantId, Vec<Item>>,
    }
    #[automatically_derived]
    impl __private::SnapshotFields for ShopSnapshot {
        fn visit<R: __private::FieldVisitor>(&self, fields: &mut R) {
            __private::snapshot_field(
                    &__private::keyed::Entries::new(&self.cart, &Shop::CART),
                )
                .visit("cart", fields);
        }
    }
    #[automatically_derived]
    impl __private::Serialize for ShopSnapshot {
        fn serialize<R: __private::Serializer>(
            &self,
            serializer: R,
        ) -> Result<R::Ok, R::Error> {
            __private::serialize_snapshot(self, serializer, "Shop", 1usize)
        }
    }
    #[automatically_derived]
    impl __private::Debug for ShopSnapshot {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __private::debug_snapshot(self, f, "Shop")
        }
    }
    #[automatically_derived]
    impl __private::Used<Shop> for ShopWriter {
        fn zz_internal<_Z>(&mut self, schema: &Shop, _: _Z) {
            let Shop { cart: _f0, hint: _f1, tokens: _f2 } = schema;
        }
    }
};
