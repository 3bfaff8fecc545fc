use session::SessionSchema;

#[derive(SessionSchema)]
#[session(snapshot)]
struct WithoutTraits {
    user_id: u64,
}

#[derive(SessionSchema)]
#[session(snapshot = "Clone")]
struct WithoutParentheses {
    user_id: u64,
}

#[derive(SessionSchema)]
#[session(snapshot("Clone"))]
struct InQuotes {
    user_id: u64,
}

#[derive(SessionSchema)]
#[session(snapshot(Debug, Clone))]
struct WithDebug {
    user_id: u64,
}

#[derive(SessionSchema)]
struct OnField {
    #[session(snapshot(Clone))]
    user_id: u64,
}

fn main() {}
