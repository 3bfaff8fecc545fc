use std::sync::Arc;

use session::SessionSchema;

struct Profile;

#[derive(SessionSchema)]
struct Visitor {
    profile: Arc<Profile>,
}

fn main() {}
