use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    device_id: [u8; 16],
}

fn main() {}
