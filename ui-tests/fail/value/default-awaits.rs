use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = load_size().await)]
    size: u8,
}

async fn load_size() -> u8 {
    20
}

fn main() {}
