//! The runtime as a component sees it.

use std::cell::RefCell;
use std::time::{Instant, SystemTime};

use spin_sdk::http::IncomingRequest;
use spin_sdk::variables;
use spin_sdk::wit::wasi::http0_2_0::types::IncomingBody;
use store::{Database, DatabaseError};
use time::UtcDateTime;
use uuid::Uuid;
use wasi::io::streams::{InputStream, StreamError};
use web::{BodyError, BodyStream, Host};

use crate::database::SpinDatabase;

/// The octets that are asked for at a time.
const PIECE_LEN: u64 = 64 * 1024;

/// A body as WASI gives it. The stream is a child of the body and goes first.
struct SpinBody {
    stream: InputStream,
    _incoming: IncomingBody,
}

impl BodyStream for SpinBody {
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, BodyError> {
        match self.stream.blocking_read(PIECE_LEN) {
            Ok(piece) => Ok(Some(piece)),
            Err(StreamError::Closed) => Ok(None),
            Err(StreamError::LastOperationFailed(_)) => Err(BodyError::Truncated),
        }
    }
}

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

    fn body(&self) -> Result<Box<dyn BodyStream>, BodyError> {
        let request = self
            .request
            .borrow_mut()
            .take()
            .ok_or(BodyError::Truncated)?;
        let incoming = request.consume().map_err(|()| BodyError::Truncated)?;
        let stream = incoming.stream().map_err(|()| BodyError::Truncated)?;
        Ok(Box::new(SpinBody {
            stream,
            _incoming: incoming,
        }))
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
