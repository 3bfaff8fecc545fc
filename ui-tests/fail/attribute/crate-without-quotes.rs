use session::SessionSchema;

#[derive(SessionSchema)]
#[session(crate = my::session)]
struct Visitor {
    user_id: u64,
}

fn main() {}
