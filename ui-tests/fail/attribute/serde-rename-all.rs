use session::SessionSchema;

#[derive(SessionSchema)]
#[serde(rename_all = "camelCase")]
struct Visitor {
    user_id: u64,
}

fn main() {}
