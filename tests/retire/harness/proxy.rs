//! A wire to the database that can be cut.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::runtime;

/// Passes bytes on to the database until it is cut.
pub struct Proxy {
    /// Where it listens; always the same.
    pub address: SocketAddr,
    wire: Arc<Mutex<Wire>>,
}

#[derive(Default)]
struct Wire {
    cut: bool,
    connections: Vec<AbortHandle>,
}

impl Proxy {
    /// A wire to `target`, a `host:port`.
    pub fn start(target: &str) -> Self {
        let target = target.to_owned();
        let wire = Arc::new(Mutex::new(Wire::default()));
        let shared = Arc::clone(&wire);
        let listener = runtime()
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        runtime().spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let target = target.clone();
                let mut wire = shared.lock().expect("no panic");
                if wire.cut {
                    continue;
                }
                let connection = tokio::spawn(async move {
                    if let Ok(mut server) = TcpStream::connect(target).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
                wire.connections.push(connection.abort_handle());
            }
        });
        Self { address, wire }
    }

    /// Breaks all connections and refuses new ones.
    pub fn cut(&self) {
        let mut wire = self.wire.lock().expect("no panic");
        wire.cut = true;
        for connection in wire.connections.drain(..) {
            connection.abort();
        }
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.wire.lock().expect("no panic").cut = false;
    }
}
