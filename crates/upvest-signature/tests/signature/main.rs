//! Signatures of others and our own, and everything that must not pass.

mod fixture;
mod hostile;
mod mutations;
mod openssl;
mod profiles;
mod reasons;
mod verification;
