//! A kept-alive HTTP connection.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use uuid::Uuid;

/// A connection with the token of an operator.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    authorization: String,
    accept: &'static str,
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

impl Answer {
    /// The body, if the status is one of these.
    pub(crate) fn expect(self, statuses: &[u16]) -> Result<Bytes> {
        ensure!(
            statuses.contains(&self.status.as_u16()),
            "answered {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        Ok(self.body)
    }

    /// The document, if the status is 201.
    pub(crate) fn created<T: DeserializeOwned>(self) -> Result<T> {
        Ok(serde_json::from_slice(&self.expect(&[201])?)?)
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            authorization: format!("Bearer {token}"),
            accept: "*/*",
        })
    }

    /// Asks for answers of a media type from now on.
    pub(crate) fn accept(&mut self, media_type: &'static str) {
        self.accept = media_type;
    }

    /// Sends a command under a key.
    pub(crate) async fn post(&mut self, path: &str, key: Uuid, body: Bytes) -> Result<Answer> {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("idempotency-key", key.to_string());
        let (status, body) = self.send(request, body).await?;
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status, body })
    }

    /// Reads.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        let request = Request::builder().method(Method::GET).uri(path);
        let (status, body) = self.send(request, Bytes::new()).await?;
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status, body })
    }

    /// Reads piece by piece.
    pub(crate) async fn get_pieces(
        &mut self,
        path: &str,
        mut each: impl FnMut(&[u8]),
    ) -> Result<()> {
        let request = Request::builder().method(Method::GET).uri(path);
        let (status, mut body) = self.send(request, Bytes::new()).await?;
        ensure!(status == StatusCode::OK, "{path}: answered {status}");
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame?.into_data() {
                each(&piece);
            }
        }
        Ok(())
    }

    async fn send(
        &mut self,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<(StatusCode, Incoming)> {
        self.sender.ready().await?;
        let request = request
            .header("host", "bench")
            .header("authorization", &self.authorization)
            .header("accept", self.accept)
            .header("purpose", "bench")
            .body(Full::new(body))?;
        let response = self.sender.send_request(request).await?;
        Ok((response.status(), response.into_body()))
    }
}
