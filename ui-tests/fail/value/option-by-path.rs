use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: std::option::Option<Vec<(String, u32)>>,
}

fn main() {}
