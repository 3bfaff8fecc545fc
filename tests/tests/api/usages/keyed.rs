//! One value for each object: the key of the session contains the id of the object.

/// The votes of a visitor: at most one for each quote.
mod vote_per_quote {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(each_vote_is_stored_under_its_own_key);

    // schema: vote_per_quote
    #[derive(SessionSchema)]
    struct Votes {
        #[session(keyed, default)]
        voted: BTreeMap<u64, bool>,
    }
    // end

    async fn each_vote_is_stored_under_its_own_key(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for quote in [7, 9] {
            visit
                .request(async |votes: &mut Typed<Votes>| {
                    // count: vote_per_quote
                    votes.set_voted(&quote, true)?;
                    // end
                    Ok(())
                })
                .await;
        }
        for (quote, expected) in [(7, true), (8, false)] {
            let voted = visit
                .request(async |votes: &mut Typed<Votes>| {
                    // count: vote_per_quote
                    let voted = votes.voted(&quote).await?;
                    // end
                    Ok(voted)
                })
                .await;
            assert_eq!(voted, expected);
        }
        let all = visit.request(async |votes: &mut Typed<Votes>| votes.voted_entries().await).await;
        assert_eq!(all.into_keys().collect::<Vec<_>>(), [7, 9]);
        assert_eq!(visit.stored().await, json!({ "voted:7": true, "voted:9": true }));
    }
}

/// The preview of an import for each client, until it is confirmed.
mod import_per_client {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_import_of_one_client_is_confirmed_and_the_other_one_stays);

    // schema: import_per_client
    #[derive(SessionSchema)]
    struct Imports {
        #[session(keyed)]
        import_preview: BTreeMap<u64, Vec<String>>,
        #[session(keyed)]
        import_filename: BTreeMap<u64, String>,
    }
    // end

    async fn the_import_of_one_client_is_confirmed_and_the_other_one_stays(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for client in [7, 8] {
            visit
                .request(async |imports: &mut Typed<Imports>| {
                    let rows = vec![format!("row of {client}")];
                    // count: import_per_client
                    imports.set_import_preview(&client, rows)?;
                    imports.set_import_filename(&client, "list.csv".to_owned())?;
                    // end
                    Ok(())
                })
                .await;
        }
        let client = 7;
        let (rows, name) = visit
            .request(async |imports: &mut Typed<Imports>| {
                // count: import_per_client
                let rows = imports.remove_import_preview(&client).await?;
                let name = imports.remove_import_filename(&client).await?;
                // end
                Ok((rows, name))
            })
            .await;
        assert_eq!((rows.unwrap(), name.as_deref()), (vec!["row of 7".to_owned()], Some("list.csv")));
        assert_eq!(visit.stored().await, json!({ "import_preview:8": ["row of 8"], "import_filename:8": "list.csv" }));
    }
}

/// The time of the last visit, and the access to protected groups, for each group of a chat.
mod access_per_group {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_access_to_one_group_does_not_open_another);

    // schema: access_per_group
    #[derive(SessionSchema)]
    struct Groups {
        #[session(keyed)]
        chat_last_seen: BTreeMap<u64, String>,
        #[session(keyed, default)]
        group_access: BTreeMap<u64, bool>,
    }
    // end

    async fn the_access_to_one_group_does_not_open_another(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        let group = 7;
        visit
            .request(async |groups: &mut Typed<Groups>| {
                // count: access_per_group
                groups.set_chat_last_seen(&group, "2026-12-01T10:00:00Z".to_owned())?;
                groups.set_group_access(&group, true)?;
                // end
                Ok(())
            })
            .await;
        for (group, expected) in [(7, (Some("2026-12-01T10:00:00Z"), true)), (77, (None, false))] {
            let (last_seen, has_access) = visit
                .request(async |groups: &mut Typed<Groups>| {
                    // count: access_per_group
                    let last_seen = groups.chat_last_seen(&group).await?;
                    let has_access = groups.group_access(&group).await?;
                    // end
                    Ok((last_seen, has_access))
                })
                .await;
            assert_eq!((last_seen.as_deref(), has_access), expected);
        }
        let stored = json!({ "chat_last_seen:7": "2026-12-01T10:00:00Z", "group_access:7": true });
        assert_eq!(visit.stored().await, stored);
        visit.request(async |groups: &mut Typed<Groups>| groups.unset_all_group_access().await).await;
        assert_eq!(visit.stored().await, json!({ "chat_last_seen:7": "2026-12-01T10:00:00Z" }));
    }
}

/// A message for the next page of one project.
mod message_per_project {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_message_is_shown_once_on_the_page_of_its_project);

    // schema: message_per_project
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Message {
        Info(String),
        Error(String),
    }

    #[derive(SessionSchema)]
    struct Messages {
        #[session(keyed, flash)]
        manage_message: BTreeMap<u64, Message>,
    }
    // end

    async fn a_message_is_shown_once_on_the_page_of_its_project(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for (project, message) in [(7, Message::Info("Saved".to_owned())), (8, Message::Error("Failed".to_owned()))] {
            visit
                .request(async |messages: &mut Typed<Messages>| {
                    // count: message_per_project
                    messages.set_manage_message(&project, message)?;
                    // end
                    Ok(())
                })
                .await;
        }
        for expected in [Some(Message::Info("Saved".to_owned())), None] {
            let project = 7;
            let message = visit
                .request(async |messages: &mut Typed<Messages>| {
                    // count: message_per_project
                    let message = messages.take_manage_message(&project).await?;
                    // end
                    Ok(message)
                })
                .await;
            assert_eq!(message, expected);
        }
        assert_eq!(visit.stored().await, json!({ "manage_message:8": { "Error": "Failed" } }));
    }
}

/// A new link for an order, which is shown once. The key is the one of the ported application.
mod link_per_order {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_link_of_a_ported_session_is_shown_once);

    // schema: link_per_order
    #[derive(SessionSchema)]
    struct Links {
        #[session(keyed, flash)]
        new_link: BTreeMap<u64, String>,
    }
    // end

    async fn a_link_of_a_ported_session_is_shown_once(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "new_link:7": "/l/7" })).await;
        let order = 8;
        visit
            .request(async |links: &mut Typed<Links>| {
                // count: link_per_order
                links.set_new_link(&order, "/l/8".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "new_link:7": "/l/7", "new_link:8": "/l/8" }));
        for (order, expected) in [(7, Some("/l/7")), (7, None), (8, Some("/l/8"))] {
            let link = visit
                .request(async |links: &mut Typed<Links>| {
                    // count: link_per_order
                    let link = links.take_new_link(&order).await?;
                    // end
                    Ok(link)
                })
                .await;
            assert_eq!(link.as_deref(), expected);
        }
        assert_eq!(visit.stored().await, json!({}));
    }
}

/// The search and the order of each table, as the visitor left them. The ids are texts of the application.
mod view_per_table {
    use std::collections::BTreeMap;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(each_table_has_its_own_view_whatever_its_id);

    // schema: view_per_table
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct View {
        search: String,
        sort_id: String,
        sort_direction: String,
    }

    #[derive(SessionSchema)]
    struct Tables {
        #[session(keyed, default)]
        view: BTreeMap<String, View>,
    }
    // end

    async fn each_table_has_its_own_view_whatever_its_id(kind: Kind) {
        let view = |search: &str| View {
            search: search.to_owned(),
            sort_id: "name".to_owned(),
            sort_direction: "asc".to_owned(),
        };
        let mut visit = Visit::new(kind).await;
        for (table, search) in [("crm-orders-all", "tea"), ("crm:orders%", "cup")] {
            visit
                .request(async |tables: &mut Typed<Tables>| {
                    // count: view_per_table
                    tables.set_view(table, view(search))?;
                    // end
                    Ok(())
                })
                .await;
        }
        let expected = [("crm-orders-all", view("tea")), ("crm:orders%", view("cup")), ("crm", View::default())];
        for (table, expected) in expected {
            let view = visit
                .request(async |tables: &mut Typed<Tables>| {
                    // count: view_per_table
                    let view = tables.view(table).await?;
                    // end
                    Ok(view)
                })
                .await;
            assert_eq!(view, expected);
        }
        let stored = json!({ "view:crm-orders-all": view("tea"), "view:crm%3Aorders%25": view("cup") });
        assert_eq!(visit.stored().await, stored);
    }
}
