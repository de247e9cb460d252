//! The target of `fuzz::question`.

#![cfg_attr(fuzzing, no_main)]

fuzz::target!(fuzz::question);
