//! Spin's interfaces, generated from `wit/spin.wit`.

#![allow(missing_docs, reason = "generated")]

wasmtime::component::bindgen!({
    world: "spin",
    path: "wit",
    imports: { default: async | trappable },
    with: {
        "spin:postgres/postgres.connection": crate::postgres::Connection,
    },
});
