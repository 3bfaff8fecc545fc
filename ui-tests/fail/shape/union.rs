use session::SessionSchema;

#[derive(SessionSchema)]
union Visitor {
    user: u64,
    guest: u64,
}

fn main() {}
