struct Visitor {
    #[session(client)]
    user_id: u64,
}

fn main() {}
