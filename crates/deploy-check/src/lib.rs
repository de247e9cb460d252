//! Checks deploy/.
