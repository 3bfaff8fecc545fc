//! Runs the complete application on port 8000, with the sessions in memory.

use std::sync::Arc;

use app::state::Store;
use session::store::MemoryStore;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let server = server::start(Store(Arc::new(MemoryStore::new())), 8000).await?;
    println!("listening on http://{}", server.address);
    server.handle.await;
    Ok(())
}
