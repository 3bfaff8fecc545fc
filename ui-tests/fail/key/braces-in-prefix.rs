use session::SessionSchema;

#[derive(SessionSchema)]
#[session(prefix = "tenant.{id}.")]
struct Tenant {
    cart: Vec<u64>,
}

fn main() {}
