use session::{SessionSchema, Snapshot};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

fn copy(snapshot: &Snapshot<Visitor>) -> Snapshot<Visitor> {
    Clone::clone(snapshot)
}

fn main() {
    let _ = copy;
}
