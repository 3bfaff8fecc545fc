//! Servers of the applications, on a free port of the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};

use app::cases::Cases;
use app::state::Store;
use pavex::server::{IncomingStream, Server, ServerConfiguration, ServerHandle};

/// A running server. It runs until its process ends.
pub struct RunningServer {
    pub address: SocketAddr,
    pub handle: ServerHandle,
}

/// Starts the complete application on `port`, or on a free port if it is 0.
pub async fn start(store: Store, port: u16) -> std::io::Result<RunningServer> {
    let (server, address) = listen(port).await?;
    let state = server_sdk::ApplicationState::new(server_sdk::ApplicationConfig {}, store).await;
    let handle = server_sdk::run(server, state.expect("the constructors cannot fail"));
    Ok(RunningServer { address, handle })
}

/// Starts the application that forgot the middleware of session_pavex.
pub async fn start_uncommitted(store: Store) -> std::io::Result<RunningServer> {
    let (server, address) = listen(0).await?;
    let state = uncommitted_sdk::ApplicationState::new(uncommitted_sdk::ApplicationConfig {}, store).await;
    let handle = uncommitted_sdk::run(server, state.expect("the constructors cannot fail"));
    Ok(RunningServer { address, handle })
}

/// Starts the application of all frameworks.
pub async fn start_cases(cases: Cases) -> std::io::Result<RunningServer> {
    let (server, address) = listen(0).await?;
    let state = cases_sdk::ApplicationState::new(cases_sdk::ApplicationConfig {}, cases).await;
    let handle = cases_sdk::run(server, state.expect("the constructors cannot fail"));
    Ok(RunningServer { address, handle })
}

async fn listen(port: u16) -> std::io::Result<(Server, SocketAddr)> {
    let stream = IncomingStream::bind((Ipv4Addr::LOCALHOST, port).into()).await?;
    let address = stream.local_addr()?;
    let configuration = ServerConfiguration::new().set_n_workers(2);
    Ok((Server::new().set_config(configuration).listen(stream), address))
}
