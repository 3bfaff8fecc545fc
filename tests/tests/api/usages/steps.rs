//! Forms and flows of several steps.

/// The steps of a deployment. JavaScript stored the step as the number of an enum.
mod deployment {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_deployment_continues_at_the_step_of_the_ported_session);

    // schema: deployment
    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(try_from = "u8", into = "u8")]
    enum Progress {
        Questions,
        Deployment,
        Completed,
    }

    impl TryFrom<u8> for Progress {
        type Error = String;

        fn try_from(number: u8) -> Result<Self, String> {
            match number {
                0 => Ok(Self::Questions),
                1 => Ok(Self::Deployment),
                2 => Ok(Self::Completed),
                _ => Err(format!("no step has the number {number}")),
            }
        }
    }

    impl From<Progress> for u8 {
        fn from(progress: Progress) -> Self {
            progress as Self
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Stack {
        api_key: String,
        delivery_token: String,
        environment: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Project {
        project_uid: String,
        environment_uid: String,
        deployment_uid: String,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Launch {
        access_token: String,
        refresh_token: String,
        organization_uid: String,
        progress: Progress,
        stack_details: Stack,
        launch_project_details: Project,
        #[session(flash, key = "__flash_error__")]
        error: String,
    }
    // end

    fn project(number: u8) -> Project {
        let uid = |word| format!("{word}{number}");
        Project { project_uid: uid("p"), environment_uid: uid("e"), deployment_uid: uid("d") }
    }

    async fn a_deployment_continues_at_the_step_of_the_ported_session(kind: Kind) {
        let mut stored = json!({
            "accessToken": "a1", "refreshToken": "r1", "organizationUid": "o1", "progress": 0,
            "stackDetails": { "apiKey": "k1", "deliveryToken": "d1", "environment": "test" },
            "__flash_error__": "Try again",
        });
        let mut visit = Visit::ported(kind, &stored).await;
        let (progress, stack, error) = visit
            .request(async |launch: &mut Typed<Launch>| {
                // count: deployment
                let progress = launch.progress().await?;
                let stack = launch.stack_details().await?;
                let error = launch.take_error().await?;
                // end
                Ok((progress, stack.unwrap(), error))
            })
            .await;
        assert_eq!((progress, stack.api_key.as_str()), (Some(Progress::Questions), "k1"));
        assert_eq!(error.as_deref(), Some("Try again"));

        visit
            .request(async |launch: &mut Typed<Launch>| {
                // count: deployment
                launch.set_launch_project_details(project(7))?;
                launch.set_progress(Progress::Deployment)?;
                // end
                Ok(())
            })
            .await;
        stored.as_object_mut().unwrap().remove("__flash_error__");
        stored["progress"] = json!(1);
        stored["launchProjectDetails"] = json!({ "projectUid": "p7", "environmentUid": "e7", "deploymentUid": "d7" });
        assert_eq!(visit.stored().await, stored);
        let progress = visit.request(async |launch: &mut Typed<Launch>| launch.progress().await).await;
        assert_eq!(progress, Some(Progress::Deployment));
    }
}

/// A form that shows its errors and the rejected input once.
mod form_with_errors {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_rejected_form_shows_its_errors_and_its_input_once);

    // schema: form_with_errors
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct CaseErrors {
        case_number: String,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Case {
        case_number: String,
        #[session(default)]
        has_linked_case: bool,
        #[session(flash)]
        case_number_errors: CaseErrors,
        #[session(flash)]
        temp_case_number: String,
        user_id: String,
    }
    // end

    async fn a_rejected_form_shows_its_errors_and_its_input_once(kind: Kind) {
        let errors = || CaseErrors { case_number: "Enter case number".to_owned() };
        let mut visit = Visit::ported(kind, &json!({ "userId": "u7" })).await;
        visit
            .request(async |case: &mut Typed<Case>| {
                // count: form_with_errors
                case.set_case_number_errors(errors())?;
                case.set_temp_case_number("12".to_owned())?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({
            "userId": "u7", "caseNumberErrors": { "caseNumber": "Enter case number" }, "tempCaseNumber": "12",
        });
        assert_eq!(visit.stored().await, stored);

        for expected in [(Some(errors()), Some("12".to_owned())), (None, None)] {
            let shown = visit
                .request(async |case: &mut Typed<Case>| {
                    // count: form_with_errors
                    let errors = case.take_case_number_errors().await?;
                    let input = case.take_temp_case_number().await?;
                    // end
                    Ok((errors, input))
                })
                .await;
            assert_eq!(shown, expected);
        }
        visit
            .request(async |case: &mut Typed<Case>| {
                // count: form_with_errors
                case.set_case_number("1234-5678-9012-3456".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "userId": "u7", "caseNumber": "1234-5678-9012-3456" }));
    }
}

/// The state between the two requests of a passkey ceremony.
mod passkey {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_state_of_a_ceremony_is_used_once);

    // schema: passkey
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Ceremony {
        Registration(String),
        Authentication(String),
    }

    #[derive(SessionSchema)]
    struct Passkeys {
        #[session(flash)]
        auth_state: (u64, String, Ceremony),
        username: String,
    }
    // end

    async fn the_state_of_a_ceremony_is_used_once(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |passkeys: &mut Typed<Passkeys>| {
                // count: passkey
                passkeys.set_auth_state((7, "ada".to_owned(), Ceremony::Registration("c1".to_owned())))?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({ "auth_state": [7, "ada", { "Registration": "c1" }] });
        assert_eq!(visit.stored().await, stored);

        let mut visit = Visit::ported(kind, &stored).await;
        let finish = async |passkeys: &mut Typed<Passkeys>| {
            // count: passkey
            let state = passkeys.take_auth_state().await?;
            if let Some((_, username, _)) = &state {
                passkeys.set_username(username.clone())?;
            }
            // end
            Ok(state)
        };
        let state = visit.request(finish).await;
        assert_eq!(state, Some((7, "ada".to_owned(), Ceremony::Registration("c1".to_owned()))));
        assert_eq!(visit.request(finish).await, None, "an attacker cannot repeat the second request");
        assert_eq!(visit.stored().await, json!({ "username": "ada" }));
    }
}

/// An order that several pages of a form fill.
mod order_form {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(an_order_is_filled_by_several_pages_and_removed_at_the_end);

    // schema: order_form
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Order {
        name: String,
        street: String,
        tacos: Vec<String>,
    }

    #[derive(SessionSchema)]
    struct Shop {
        #[session(default)]
        order: Order,
    }
    // end

    async fn an_order_is_filled_by_several_pages_and_removed_at_the_end(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for taco in ["fish", "bean"] {
            visit
                .request(async |shop: &mut Typed<Shop>| {
                    // count: order_form
                    shop.update_order(|order| order.tacos.push(taco.to_owned())).await?;
                    // end
                    Ok(())
                })
                .await;
        }
        let stored = json!({ "order": { "name": "", "street": "", "tacos": ["fish", "bean"] } });
        assert_eq!(visit.stored().await, stored);

        let mut visit = Visit::ported(kind, &stored).await;
        let order = visit
            .request(async |shop: &mut Typed<Shop>| {
                // count: order_form
                let order = shop.remove_order().await?.unwrap_or_default();
                // end
                Ok(order)
            })
            .await;
        assert_eq!(order.tacos, ["fish", "bean"]);
        assert_eq!(visit.stored().await, json!({}));
    }
}

/// A registration whose values are removed at once when the account exists.
mod signup {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_values_of_a_registration_are_removed_at_once);

    // schema: signup
    #[derive(SessionSchema)]
    struct Signup {
        reg_name: String,
        reg_email: String,
        reg_dob: String,
        otp_timestamp: f64,
        #[session(default)]
        otp_attempts: u32,
    }
    // end

    async fn the_values_of_a_registration_are_removed_at_once(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "theme": "dark" })).await;
        visit
            .request(async |signup: &mut Typed<Signup>| {
                // count: signup
                signup.set_reg_name("Ada".to_owned())?;
                signup.set_reg_email("ada@example.org".to_owned())?;
                signup.set_reg_dob("1990-12-10".to_owned())?;
                signup.set_otp_timestamp(1_796_119_200.5)?;
                signup.unset_otp_attempts()?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({
            "theme": "dark", "reg_name": "Ada", "reg_email": "ada@example.org", "reg_dob": "1990-12-10",
            "otp_timestamp": 1_796_119_200.5,
        });
        assert_eq!(visit.stored().await, stored);

        let mut visit = Visit::ported(kind, &stored).await;
        let (attempts, name) = visit
            .request(async |signup: &mut Typed<Signup>| {
                // count: signup
                signup.update_otp_attempts(|attempts| *attempts += 1).await?;
                let attempts = signup.otp_attempts().await?;
                let name = signup.reg_name().await?;
                // end
                Ok((attempts, name))
            })
            .await;
        assert_eq!((attempts, name.as_deref()), (1, Some("Ada")));

        visit
            .request(async |signup: &mut Typed<Signup>| {
                // count: signup
                signup.unset_all().await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "theme": "dark" }));
    }
}

/// The values of a checkout, whose keys share a prefix.
mod checkout {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_values_of_a_checkout_are_read_together_and_removed_at_once);

    // schema: checkout
    #[derive(SessionSchema)]
    #[session(prefix = "checkout_")]
    struct Checkout {
        customer_id: u64,
        address_id: u64,
        #[session(default)]
        note: String,
    }
    // end

    async fn the_values_of_a_checkout_are_read_together_and_removed_at_once(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "cart": {} })).await;
        visit
            .request(async |checkout: &mut Typed<Checkout>| {
                // count: checkout
                checkout.set_customer_id(7)?;
                checkout.set_address_id(70)?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({ "cart": {}, "checkout_customer_id": 7, "checkout_address_id": 70 });
        assert_eq!(visit.stored().await, stored);

        let mut visit = Visit::ported(kind, &stored).await;
        let ids = visit
            .request(async |checkout: &mut Typed<Checkout>| {
                // count: checkout
                let values = checkout.snapshot().await?;
                let ids = values.customer_id.zip(values.address_id);
                // end
                assert_eq!(values.note, "");
                Ok(ids)
            })
            .await;
        assert_eq!(ids, Some((7, 70)));

        visit
            .request(async |checkout: &mut Typed<Checkout>| {
                // count: checkout
                checkout.unset_all().await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "cart": {} }));
    }
}
