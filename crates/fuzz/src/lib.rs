//! What must hold of whatever a sender of webhooks or an asker of questions writes.
//!
//! Each function takes any bytes and panics where something does not hold. A binary per
//! function is the target of libFuzzer if it is compiled with `--cfg fuzzing` and the
//! instrumentation of `cargo xtask soak`; otherwise it reads the files that it is given.
//! `corpus/` has the bytes from which a campaign starts, and those that broke something
//! once.

mod package;
mod question;
mod signature_base;
mod signature_input;

pub use package::package;
pub use question::question;
pub use signature_base::signature_base;
pub use signature_input::signature_input;

/// The `main` of a target.
#[macro_export]
macro_rules! target {
    ($check:path) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $check(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $check(&std::fs::read(path)?);
            }
            Ok(())
        }
    };
}
