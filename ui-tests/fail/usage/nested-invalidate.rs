use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    login: Login,
}

#[derive(SessionSchema)]
struct Login {
    user_id: u64,
}

fn log_out(mut visitor: Typed<Visitor>) {
    visitor.login_mut().invalidate();
}

fn main() {}
