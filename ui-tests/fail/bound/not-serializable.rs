use session::SessionSchema;

struct Socket;

#[derive(SessionSchema)]
struct Visitor {
    socket: Socket,
}

fn main() {}
