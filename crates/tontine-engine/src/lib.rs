//! The WIT interface `retire:tontine/engine`, bound for hosts on wasmtime.
//!
//! The types and the calls are generated from `wit/tontine.wit`; a component that
//! exports the interface is called through [`TontineCalc`].

#![allow(missing_docs, reason = "generated; documented in wit/tontine.wit")]

wasmtime::component::bindgen!({
    world: "tontine-calc",
    path: "../../wit",
    exports: { default: async },
    additional_derives: [PartialEq],
});

pub use exports::retire::tontine::engine::*;

/// Nothing is capped.
pub const NO_CAPS: Caps = Caps {
    max_share_ppm: None,
    max_gain_ppm: None,
    max_stake_cents: None,
};
