use session::SessionSchema;

struct Socket;

#[derive(SessionSchema)]
struct Visitor {
    #[session(client)]
    sockets: Vec<Socket>,
}

fn main() {}
