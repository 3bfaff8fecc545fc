use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Profile {
    address: String,
}

session::assert_disjoint!(Checkout, Profile);

fn main() {}
