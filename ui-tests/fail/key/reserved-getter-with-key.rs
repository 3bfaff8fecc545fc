use session::SessionSchema;

#[derive(SessionSchema)]
struct ShopVisitor {
    #[session(key = "client.name")]
    client: String,
}

fn main() {}
