use session::SessionSchema;

#[derive(SessionSchema)]
#[session(retired = "cart")]
struct Visitor {
    cart: Vec<u64>,
}

fn main() {}
