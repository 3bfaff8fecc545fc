//! Every sample of Pavex's guide to session data, unchanged except for its `use` lines and its route.
//!
//! At `// [...]`, a sample returns the value that it read, so that a test can check it.

pub mod storing_data {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/insert", id = "GUIDE_INSERT")]
    pub async fn handler(session: &mut Session<'_> /* (1)! */) -> Result<Response, Error> {
        session.insert("user.id", "my-user-identifier").await?;
        // [...]
        Ok(Response::ok())
    }
}

#[rustfmt::skip]
pub mod storing_complex_objects {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[derive(serde::Serialize, serde::Deserialize)] // (1)!
    struct AuthInfo {
        user_id: String,
        email: String,
    }

    #[pavex::post(path = "/guide/insert-object", id = "GUIDE_INSERT_OBJECT")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let info = AuthInfo {
            user_id: "my-user-identifier".into(),
            email: "[email protected]".into(),
        };
        session.insert("user", info).await?; // (2)!
        // [...]
        Ok(Response::ok())
    }
}

pub mod retrieving_data {
    use anyhow::Error;
    use pavex::Response;
    use pavex::response::body::Json;
    use session_pavex::Session;

    #[pavex::get(path = "/guide/get", id = "GUIDE_GET")]
    pub async fn handler(session: &Session<'_> /* (1)! */) -> Result<Response, Error> {
        let user_id: Option<String> /* (2)! */ = session.get("user.id").await?; // (3)!
        // [...]
        Ok(Response::ok().set_typed_body(Json::new(user_id)?))
    }
}

pub mod retrieving_complex_objects {
    use anyhow::Error;
    use pavex::Response;
    use pavex::response::body::Json;
    use session_pavex::Session;

    #[derive(serde::Serialize, serde::Deserialize)] // (1)!
    struct AuthInfo {
        user_id: String,
        email: String,
    }

    #[pavex::get(path = "/guide/get-object", id = "GUIDE_GET_OBJECT")]
    pub async fn handler(session: &Session<'_>) -> Result<Response, Error> {
        let auth_info: Option<AuthInfo> /* (2)! */ = session.get("user").await?;
        // [...]
        Ok(Response::ok().set_typed_body(Json::new(auth_info)?))
    }
}

pub mod removing_data {
    use anyhow::Error;
    use pavex::Response;
    use pavex::response::body::Json;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/remove", id = "GUIDE_REMOVE")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let user_id: Option<String> /* (1)! */ = session.remove("user.id").await?;
        // [...]
        Ok(Response::ok().set_typed_body(Json::new(user_id)?))
    }
}

pub mod removing_without_a_type {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/remove-raw", id = "GUIDE_REMOVE_RAW")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.remove_raw("user.id").await?;
        // [...]
        Ok(Response::ok())
    }
}

pub mod regenerating_the_id {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/cycle-id", id = "GUIDE_CYCLE_ID")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.cycle_id();
        // [...]
        Ok(Response::ok())
    }
}

pub mod invalidation {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/invalidate", id = "GUIDE_INVALIDATE")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.invalidate();
        // [...]
        Ok(Response::ok())
    }
}

pub mod clearing {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/clear", id = "GUIDE_CLEAR")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.clear().await?;
        // [...]
        Ok(Response::ok())
    }
}

pub mod deletion {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/delete", id = "GUIDE_DELETE")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.delete();
        // [...]
        Ok(Response::ok())
    }
}

pub mod client_side_state {
    use anyhow::Error;
    use pavex::Response;
    use session_pavex::Session;

    #[pavex::post(path = "/guide/client", id = "GUIDE_CLIENT")]
    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let key = "user.id";
        let value = "my-user-identifier";

        // Insertion
        session.client_mut().insert(key, value)?;

        // Retrieval
        let stored: Option<String> = session.client().get(key)?;
        assert_eq!(stored.as_deref(), Some(value));

        // Removal
        session.client_mut().remove_raw(key);
        assert_eq!(session.client().get_raw(key), None);
        // [...]
        Ok(Response::ok())
    }
}
