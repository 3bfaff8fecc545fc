//! A framework, and its running server.

use super::scope::Scope;

/// A web framework that is tested.
pub(crate) trait Framework {
    const NAME: &str;

    /// Starts a server on a free port of the loopback interface.
    async fn serve(scope: Scope) -> Server;
}

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    /// The host and the port.
    pub(crate) address: String,
    stop: Option<Box<dyn FnOnce() + Send>>,
}

impl Server {
    pub(crate) fn new(address: String, stop: impl FnOnce() + Send + 'static) -> Self {
        Self { address, stop: Some(Box::new(stop)) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}
