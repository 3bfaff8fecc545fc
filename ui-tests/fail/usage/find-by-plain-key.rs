use session::{SessionManager, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    user_id: u64,
    #[session(client)]
    theme: u64,
}

async fn sessions(manager: SessionManager) {
    manager.find(Visitor::USER_ID, &7).await.unwrap();
    manager.find(Visitor::THEME, &7).await.unwrap();
}

fn main() {}
