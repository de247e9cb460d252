//! The target of `fuzz::signature_input`.

#![cfg_attr(fuzzing, no_main)]

fuzz::target!(fuzz::signature_input);
