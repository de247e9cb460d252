//! The target of `fuzz::signature_base`.

#![cfg_attr(fuzzing, no_main)]

fuzz::target!(fuzz::signature_base);
