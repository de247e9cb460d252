//! The integration tests are in `retire/`, one binary.
