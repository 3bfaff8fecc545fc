use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Profile {
    #[session(key = "address")]
    home: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    checkout: Checkout,
    #[session(nested)]
    profile: Profile,
}

fn main() {}
