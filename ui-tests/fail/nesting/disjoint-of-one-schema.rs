use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

session::assert_disjoint!(Visitor);

fn main() {}
