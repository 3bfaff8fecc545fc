use session::SessionSchema;

#[derive(SessionSchema)]
#[session(retired = "cart", retired = "cart")]
struct Visitor {
    user_id: u64,
}

fn main() {}
