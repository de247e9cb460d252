//! The runtime as a component sees it.

use std::cell::RefCell;
use std::time::{Instant, SystemTime};

use spin_sdk::http::IncomingRequest;
use spin_sdk::variables;
use store::{Database, DatabaseError};
use time::UtcDateTime;
use uuid::Uuid;
use wasi::io::streams::StreamError;
use web::{BodyError, Host};

use crate::database::SpinDatabase;

/// One request's view of Spin.
pub(crate) struct SpinHost {
    request: RefCell<Option<IncomingRequest>>,
    start: Instant,
}

impl SpinHost {
    pub(crate) fn new(request: IncomingRequest) -> Self {
        Self {
            request: RefCell::new(Some(request)),
            start: Instant::now(),
        }
    }
}

impl Host for SpinHost {
    fn now(&self) -> UtcDateTime {
        UtcDateTime::from(SystemTime::now())
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn random_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn variable(&self, name: &str) -> Result<String, String> {
        variables::get(name).map_err(|error| format!("variable {name}: {error}"))
    }

    fn read_body(&self, max_len: usize) -> Result<Vec<u8>, BodyError> {
        let request = self
            .request
            .borrow_mut()
            .take()
            .ok_or(BodyError::Truncated)?;
        let incoming = request.consume().map_err(|()| BodyError::Truncated)?;
        let stream = incoming.stream().map_err(|()| BodyError::Truncated)?;
        let mut body = Vec::new();
        loop {
            match stream.blocking_read(64 * 1024) {
                Ok(piece) if body.len() + piece.len() > max_len => return Err(BodyError::TooLarge),
                Ok(piece) => body.extend_from_slice(&piece),
                Err(StreamError::Closed) => return Ok(body),
                Err(_) => return Err(BodyError::Truncated),
            }
        }
    }

    fn database(&self) -> Result<Box<dyn Database>, DatabaseError> {
        let address = self
            .variable("database_url")
            .map_err(DatabaseError::Failed)?;
        Ok(Box::new(SpinDatabase::open(&address)?))
    }

    #[allow(
        clippy::print_stdout,
        reason = "Spin takes the log from standard output"
    )]
    fn log(&self, line: &str) {
        println!("{line}");
    }
}
