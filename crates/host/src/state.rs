//! What a store holds for one request.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker, ResourceTable};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use crate::allowed_hosts::AllowedHosts;
use crate::bindings::Spin;
use crate::bindings::fermyon::spin::variables;
use crate::engine::Limits;
use crate::postgres::Pools;
use crate::usage::{Memory, Meter};

/// The most octets of log that one request may write.
const MAX_LOG_LEN: usize = 64 << 10;

/// What components share.
pub(crate) struct Shared {
    pub pools: Pools,
    pub limits: Limits,
    pub meter: Arc<Meter>,
}

/// What all requests of a component share.
pub(crate) struct ComponentConfig {
    pub allowed_hosts: AllowedHosts,
    pub variables: BTreeMap<String, String>,
}

/// One request's state.
pub(crate) struct State {
    pub table: ResourceTable,
    pub shared: Arc<Shared>,
    pub config: Arc<ComponentConfig>,
    pub memory: Memory,
    pub stdout: MemoryOutputPipe,
    pub stderr: MemoryOutputPipe,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoOutbound,
}

impl State {
    pub(crate) fn new(shared: Arc<Shared>, config: Arc<ComponentConfig>) -> Self {
        let (stdout, stderr) = (
            MemoryOutputPipe::new(MAX_LOG_LEN),
            MemoryOutputPipe::new(MAX_LOG_LEN),
        );
        let wasi = WasiCtx::builder()
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .build();
        Self {
            table: ResourceTable::new(),
            memory: Memory::new(shared.limits.memory_bytes, Arc::clone(&shared.meter)),
            hooks: NoOutbound,
            shared,
            config,
            stdout,
            stderr,
            wasi,
            http: WasiHttpCtx::new(),
        }
    }
}

/// Links everything that a component of Spin 3.6 may import and this host offers.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Spin::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    Ok(linker)
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

/// No component makes outgoing requests; a manifest that would allow one is
/// refused when it is loaded.
struct NoOutbound;

type Sent = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for NoOutbound {
    fn send_request(
        &mut self,
        _: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Sent,
    ) -> Box<dyn Future<Output = Result<(http::Response<WasiBody>, Sent), Error>> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

impl variables::Host for State {
    async fn get(&mut self, name: String) -> wasmtime::Result<Result<String, variables::Error>> {
        Ok(self
            .config
            .variables
            .get(&name)
            .cloned()
            .ok_or_else(|| variables::Error::Undefined(format!("no variable for {name:?}"))))
    }
}
