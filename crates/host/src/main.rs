//! `retire-host`: runs an application until it is told to stop.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use host::{Limits, Log, Options};

/// Runs the application of a spin.toml on the local host, for development.
/// Production is Spin.
#[derive(Parser)]
struct Arguments {
    /// The manifest.
    #[arg(long, default_value = "spin.toml")]
    from: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// A variable, as NAME=VALUE; otherwise SPIN_VARIABLE_NAME is used.
    #[arg(long = "variable", value_parser = pair)]
    variables: Vec<(String, String)>,
    /// Run nothing: ask the application at this address whether it is healthy.
    #[arg(long, value_name = "ADDRESS")]
    healthy: Option<SocketAddr>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(address) = arguments.healthy {
        return ask_health(address);
    }
    let running = host::start(Options {
        manifest: arguments.from,
        variables: arguments.variables.into_iter().collect(),
        listen: arguments.listen,
        limits: Limits::default(),
        log: Log::stderr(),
    })
    .await?;
    eprintln!(
        "Serving http://{} (local host for development)",
        running.address
    );
    stop_signal().await?;
    running.stop().await;
    Ok(())
}

/// Fails unless the application answers its health route: for images without a shell.
fn ask_health(address: SocketAddr) -> Result<()> {
    let limit = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    write!(
        stream,
        "GET /.well-known/spin/health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    ensure!(
        &status == b"HTTP/1.1 200",
        "{}",
        String::from_utf8_lossy(&status)
    );
    Ok(())
}

/// Waits for an interrupt or a request to terminate.
async fn stop_signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
