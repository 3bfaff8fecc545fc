//! Messages and values for the next page.

/// The page to which a visitor returns after the login.
mod return_to {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_visitor_returns_once_to_the_page_before_the_login);

    // schema: return_to
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        user_id: String,
        #[session(flash)]
        return_to: String,
    }
    // end

    async fn a_visitor_returns_once_to_the_page_before_the_login(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: return_to
                login.set_return_to("/trips/7".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "returnTo": "/trips/7" }));

        let mut visit = Visit::ported(kind, &json!({ "returnTo": "/trips/7" })).await;
        let target = visit
            .request(async |login: &mut Typed<Login>| {
                // count: return_to
                let target = login.take_return_to().await?;
                login.log_in(Login::USER_ID, "u7".to_owned()).await?;
                // end
                Ok(target)
            })
            .await;
        assert_eq!(target.as_deref(), Some("/trips/7"));
        assert_eq!(visit.stored().await, json!({ "userId": "u7" }));
    }
}

/// A message for the next page, a path after the login, and the user id.
mod message_and_path {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_login_uses_the_path_and_a_logout_leaves_a_message);

    // schema: message_and_path
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        #[session(key = "authenticatedUserID")]
        user_id: u64,
        #[session(flash)]
        flash: String,
        #[session(flash)]
        redirect_path_after_login: String,
    }
    // end

    async fn a_login_uses_the_path_and_a_logout_leaves_a_message(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "redirectPathAfterLogin": "/snippet/create" })).await;
        let path = visit
            .request(async |login: &mut Typed<Login>| {
                // count: message_and_path
                login.log_in(Login::USER_ID, 7).await?;
                let path = login.take_redirect_path_after_login().await?;
                // end
                Ok(path)
            })
            .await;
        assert_eq!(path.as_deref(), Some("/snippet/create"));
        assert_eq!(visit.stored().await, json!({ "authenticatedUserID": 7 }));

        visit
            .request(async |login: &mut Typed<Login>| {
                // count: message_and_path
                login.cycle_id();
                login.unset_user_id()?;
                login.set_flash("You are logged out.".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "flash": "You are logged out." }));

        for expected in [Some("You are logged out."), None] {
            let message = visit
                .request(async |login: &mut Typed<Login>| {
                    // count: message_and_path
                    let message = login.take_flash().await?;
                    // end
                    Ok(message)
                })
                .await;
            assert_eq!(message.as_deref(), expected);
        }
    }
}

/// A list of messages with a level, to which several handlers add.
mod message_list {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_messages_of_several_requests_are_shown_together_and_once);

    // schema: message_list
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Message {
        level: String,
        text: String,
    }

    #[derive(SessionSchema)]
    struct Messages {
        #[session(flash)]
        flash_messages: Vec<Message>,
    }
    // end

    fn message(level: &str, text: &str) -> Message {
        Message { level: level.to_owned(), text: text.to_owned() }
    }

    async fn the_messages_of_several_requests_are_shown_together_and_once(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "flash_messages": [{ "level": "info", "text": "Hello" }] })).await;
        for (level, text) in [("danger", "No invites left."), ("success", "Invites updated.")] {
            visit
                .request(async |messages: &mut Typed<Messages>| {
                    // count: message_list
                    messages
                        .update_flash_messages(|list| list.get_or_insert_default().push(message(level, text)))
                        .await?;
                    // end
                    Ok(())
                })
                .await;
        }
        let stored = json!({ "flash_messages": [
            { "level": "info", "text": "Hello" },
            { "level": "danger", "text": "No invites left." },
            { "level": "success", "text": "Invites updated." },
        ] });
        assert_eq!(visit.stored().await, stored);

        let messages = visit
            .request(async |messages: &mut Typed<Messages>| {
                // count: message_list
                let messages = messages.take_flash_messages().await?.unwrap_or_default();
                // end
                Ok(messages)
            })
            .await;
        assert_eq!(messages.len(), 3);
        assert_eq!(messages[1], message("danger", "No invites left."));
        assert_eq!(visit.stored().await, json!({}));
    }
}

/// One message for each of four kinds.
mod message_per_kind {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(each_kind_of_message_has_its_own_key);

    // schema: message_per_kind
    #[derive(SessionSchema)]
    #[session(prefix = "flash_")]
    struct Messages {
        #[session(flash)]
        success: String,
        #[session(flash)]
        error: String,
        #[session(flash)]
        warning: String,
        #[session(flash)]
        info: String,
    }
    // end

    async fn each_kind_of_message_has_its_own_key(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "flash_info": "Maintenance tonight" })).await;
        visit
            .request(async |messages: &mut Typed<Messages>| {
                // count: message_per_kind
                messages.set_success("Saved".to_owned())?;
                messages.set_warning("Quota is low".to_owned())?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({
            "flash_info": "Maintenance tonight", "flash_success": "Saved", "flash_warning": "Quota is low",
        });
        assert_eq!(visit.stored().await, stored);

        let shown = visit
            .request(async |messages: &mut Typed<Messages>| {
                // count: message_per_kind
                let success = messages.take_success().await?;
                let error = messages.take_error().await?;
                let warning = messages.take_warning().await?;
                let info = messages.take_info().await?;
                // end
                Ok([success, error, warning, info])
            })
            .await;
        let texts = shown.each_ref().map(|text| text.as_deref());
        assert_eq!(texts, [Some("Saved"), None, Some("Quota is low"), Some("Maintenance tonight")]);
        assert_eq!(visit.stored().await, json!({}));
    }
}
