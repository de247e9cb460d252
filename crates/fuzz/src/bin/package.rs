//! The target of `fuzz::package`.

#![cfg_attr(fuzzing, no_main)]

fuzz::target!(fuzz::package);
