use session::Session;

struct Visitor {
    user_id: u64,
}

fn handler(session: &mut Session) {
    let _ = session.typed_mut::<Visitor>();
}

fn main() {}
