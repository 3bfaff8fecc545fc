use session::{SessionManager, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    user_id: u64,
}

async fn sessions(manager: SessionManager) {
    manager.find(Visitor::USER_ID, "ada").await.unwrap();
}

fn main() {}
