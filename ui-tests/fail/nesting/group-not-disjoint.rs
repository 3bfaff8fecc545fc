use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(group)]
    login: LoggedIn,
}

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
}

#[derive(SessionSchema)]
struct Cart {
    user_id: u64,
}

session::assert_disjoint!(Visitor, Cart);

fn main() {}
