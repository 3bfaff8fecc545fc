//! Carts, lists, preferences and defaults.

/// A cart that exists for every visitor.
mod cart {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(an_absent_cart_is_empty_and_an_item_is_added);

    // schema: cart
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Item {
        sku: String,
        quantity: u32,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Cart {
        items: Vec<Item>,
    }

    #[derive(SessionSchema)]
    struct Shop {
        #[session(default)]
        cart: Cart,
    }
    // end

    async fn an_absent_cart_is_empty_and_an_item_is_added(kind: Kind) {
        let item = |sku: &str| Item { sku: sku.to_owned(), quantity: 1 };
        let mut visit = Visit::new(kind).await;
        let cart = visit.request(async |shop: &mut Typed<Shop>| shop.cart().await).await;
        assert_eq!(cart, Cart::default());
        assert!(visit.browser.cookie_names().is_empty(), "a read creates no session");

        let mut visit = Visit::ported(kind, &json!({ "cart": { "items": [{ "sku": "tea", "quantity": 1 }] } })).await;
        visit
            .request(async |shop: &mut Typed<Shop>| {
                // count: cart
                shop.update_cart(|cart| cart.items.push(item("cup"))).await?;
                // end
                Ok(())
            })
            .await;
        let cart = visit
            .request(async |shop: &mut Typed<Shop>| {
                // count: cart
                let cart = shop.cart().await?;
                // end
                Ok(cart)
            })
            .await;
        assert_eq!(cart.items, [item("tea"), item("cup")]);
        let items = json!([{ "sku": "tea", "quantity": 1 }, { "sku": "cup", "quantity": 1 }]);
        assert_eq!(visit.stored().await, json!({ "cart": { "items": items } }));
    }
}

/// A shopping list of words.
mod word_list {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_word_is_appended_to_a_ported_list);

    // schema: word_list
    #[derive(SessionSchema)]
    struct Market {
        #[session(default)]
        mercado: Vec<String>,
    }
    // end

    async fn a_word_is_appended_to_a_ported_list(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "mercado": ["leite"] })).await;
        let product = "pão".to_owned();
        visit
            .request(async |market: &mut Typed<Market>| {
                // count: word_list
                market.update_mercado(|list| list.push(product.clone())).await?;
                // end
                Ok(())
            })
            .await;
        let list = visit
            .request(async |market: &mut Typed<Market>| {
                // count: word_list
                let list = market.mercado().await?;
                // end
                Ok(list)
            })
            .await;
        assert_eq!(list, ["leite", "pão"]);
        assert_eq!(visit.stored().await, json!({ "mercado": ["leite", "pão"] }));
    }
}

/// The products that a visitor viewed last, at most ten.
mod recently_viewed {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_ten_products_viewed_last_are_kept_without_duplicates);

    // schema: recently_viewed
    #[derive(SessionSchema)]
    struct Shop {
        #[session(default)]
        recently_viewed: Vec<u64>,
    }
    // end

    async fn the_ten_products_viewed_last_are_kept_without_duplicates(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "recently_viewed": [3, 2, 1] })).await;
        for product in [2, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
            visit
                .request(async |shop: &mut Typed<Shop>| {
                    // count: recently_viewed
                    shop.update_recently_viewed(|viewed| {
                        viewed.retain(|id| *id != product);
                        viewed.insert(0, product);
                        viewed.truncate(10);
                    })
                    .await?;
                    // end
                    Ok(())
                })
                .await;
        }
        let viewed = visit
            .request(async |shop: &mut Typed<Shop>| {
                // count: recently_viewed
                let viewed = shop.recently_viewed().await?;
                // end
                Ok(viewed)
            })
            .await;
        assert_eq!(viewed, [12, 11, 10, 9, 8, 7, 6, 5, 4, 2]);
        assert_eq!(visit.stored().await, json!({ "recently_viewed": viewed }));
    }
}

/// A game with a chat history for each level.
mod chat_game {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_message_is_added_deep_inside_a_ported_game);

    // schema: chat_game
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct ChatMessage {
        message: String,
        #[serde(rename = "chatMessageType")]
        kind: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Defence {
        id: String,
        is_active: bool,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Email {
        address: String,
        subject: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Level {
        level: u8,
        chat_history: Vec<ChatMessage>,
        #[serde(skip_serializing_if = "Option::is_none")]
        defences: Option<Vec<Defence>>,
        sent_emails: Vec<Email>,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase", default)]
    struct Game {
        initialised: bool,
        chat_model: String,
        level_state: Vec<Level>,
    }
    // end

    async fn a_message_is_added_deep_inside_a_ported_game(kind: Kind) {
        let message = || ChatMessage { message: "Hi".to_owned(), kind: "USER".to_owned() };
        let mut game = json!({
            "initialised": true, "chatModel": "m1",
            "levelState": [
                { "level": 0, "chatHistory": [], "sentEmails": [{ "address": "bob@example.org", "subject": "Hello" }] },
                { "level": 1, "chatHistory": [], "defences": [{ "id": "F", "isActive": false }], "sentEmails": [] },
            ],
        });
        let mut visit = Visit::ported(kind, &game).await;
        visit
            .request(async |game: &mut Typed<Game>| {
                // count: chat_game
                game.update_level_state(|levels| levels[0].chat_history.push(message())).await?;
                // end
                Ok(())
            })
            .await;
        game["levelState"][0]["chatHistory"] = json!([{ "message": "Hi", "chatMessageType": "USER" }]);
        assert_eq!(visit.stored().await, game);

        let (initialised, levels) = visit
            .request(async |game: &mut Typed<Game>| {
                // count: chat_game
                let initialised = game.initialised().await?;
                let levels = game.level_state().await?;
                // end
                Ok((initialised, levels))
            })
            .await;
        assert!(initialised);
        assert_eq!((levels[0].chat_history.as_slice(), levels[0].sent_emails.len()), ([message()].as_slice(), 1));
        assert_eq!(levels[1].defences.as_ref().map(|defences| defences[0].is_active), Some(false));
    }
}

/// Preferences of a visitor in a cookie, for years and without a session in the store.
mod preferences {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(preferences_are_in_the_cookie_and_need_no_store);

    // schema: preferences
    #[derive(SessionSchema)]
    #[session(client, rename_all = "camelCase")]
    struct Preferences {
        #[session(default)]
        javascript_enabled: bool,
        #[session(default)]
        css_enabled: bool,
        #[session(default)]
        analytics_enabled: bool,
        #[session(flash)]
        message: String,
        #[session(flash)]
        r#type: String,
    }
    // end

    async fn preferences_are_in_the_cookie_and_need_no_store(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |preferences: &mut Typed<Preferences>| {
                // count: preferences
                preferences.set_css_enabled(true)?;
                preferences.set_message("Saved".to_owned())?;
                preferences.set_type("success".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.client_state().await, json!({ "cssEnabled": true, "message": "Saved", "type": "success" }));
        for expected in [(true, Some("Saved"), Some("success")), (true, None, None)] {
            let (css, message, kind) = visit
                .request(async |preferences: &mut Typed<Preferences>| {
                    // count: preferences
                    let css = preferences.css_enabled()?;
                    let message = preferences.take_message()?;
                    let kind = preferences.take_type()?;
                    // end
                    Ok((css, message, kind))
                })
                .await;
            assert_eq!((css, message.as_deref(), kind.as_deref()), expected);
        }
        assert_eq!(visit.client_state().await, json!({ "cssEnabled": true }));
        assert_eq!(visit.app.spy.take_operations(), "");
    }
}

/// Options whose default is in the application's configuration.
mod options_with_defaults {
    use std::sync::OnceLock;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(options_read_as_the_configured_ones_until_they_are_set);

    static CONFIGURED: OnceLock<Options> = OnceLock::new();

    // schema: options_with_defaults
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        access_cookie_max_age: u64,
        refresh_cookie_max_age: u64,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct User {
        id: u64,
        name: String,
    }

    #[derive(SessionSchema)]
    struct Login {
        user: User,
        #[session(default = CONFIGURED.wait().clone())]
        options: Options,
    }
    // end

    async fn options_read_as_the_configured_ones_until_they_are_set(kind: Kind) {
        let configured = Options { access_cookie_max_age: 300, refresh_cookie_max_age: 86_400 };
        CONFIGURED.get_or_init(|| configured.clone());
        let mut visit = Visit::ported(kind, &json!({ "user": { "id": 7, "name": "Ada" } })).await;
        let read = async |login: &mut Typed<Login>| {
            // count: options_with_defaults
            let user = login.user().await?;
            let options = login.options().await?;
            // end
            Ok((user.map(|user| user.id), options))
        };
        assert_eq!(visit.request(read).await, (Some(7), configured.clone()));
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: options_with_defaults
                login.update_options(|options| options.access_cookie_max_age = 60).await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.request(read).await, (Some(7), Options { access_cookie_max_age: 60, ..configured }));
        let options = json!({ "accessCookieMaxAge": 60, "refreshCookieMaxAge": 86_400 });
        assert_eq!(visit.stored().await, json!({ "user": { "id": 7, "name": "Ada" }, "options": options }));
    }
}

/// A page that shows only the size of a large list.
mod size_of_list {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_size_of_a_large_list_is_read);

    // schema: size_of_list
    #[derive(SessionSchema)]
    struct Search {
        #[session(default)]
        results: Vec<String>,
    }
    // end

    async fn the_size_of_a_large_list_is_read(kind: Kind) {
        let results: Vec<String> = (0..1000).map(|number| format!("result {number}")).collect();
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |search: &mut Typed<Search>| {
                let results = results.clone();
                // count: size_of_list
                search.set_results(results)?;
                // end
                Ok(())
            })
            .await;
        let size = visit
            .request(async |search: &mut Typed<Search>| {
                // count: size_of_list
                let size = search.results().await?.len();
                // end
                Ok(size)
            })
            .await;
        assert_eq!(size, 1000);
        assert_eq!(visit.stored().await, json!({ "results": results }));
    }
}
