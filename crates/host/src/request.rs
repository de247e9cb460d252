//! One request, one fresh instance.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Body;
use tokio::sync::oneshot;
use wasmtime::{AsContextMut, Store, component};
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{Error as WasiHttpError, WasiHttpView as _};

use crate::app::{App, Component};
use crate::log::Log;
use crate::state::State;

/// An instance outside of HTTP, for callers of a component's other exports.
pub struct Instance {
    /// The store; it holds the state of the host.
    store: Store<State>,
    instance: component::Instance,
}

impl Instance {
    /// The store and the instance in it, for bindings of its exports.
    pub fn parts(&mut self) -> (impl AsContextMut<Data: Send>, &component::Instance) {
        (&mut self.store, &self.instance)
    }
}

/// Makes a fresh instance of a component.
///
/// # Errors
/// Those of wasmtime, such as too many instances.
pub async fn instantiate(app: &App, component: &Component) -> Result<Instance> {
    let mut store = store(app, component);
    let instance = component
        .proxy
        .instance_pre()
        .instantiate_async(&mut store)
        .await?;
    Ok(Instance { store, instance })
}

fn store(app: &App, component: &Component) -> Store<State> {
    let state = State::new(Arc::clone(&app.shared), Arc::clone(&component.config));
    let mut store = Store::new(&app.engine, state);
    store.limiter(|state| &mut state.memory);
    store.set_epoch_deadline(1);
    // A busy guest gives way at each tick, so that a time limit can end it.
    store.epoch_deadline_async_yield_and_update(1);
    store
}

/// Answers a request with a component. The instance may go on after its response
/// has begun; it ends with the time limit at the latest.
pub(crate) async fn answer<B>(
    app: &App,
    component: &Component,
    log: &Log,
    request: Request<B>,
) -> Result<Response<HyperOutgoingBody>>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<WasiHttpError>,
{
    let mut store = store(app, component);
    let (sender, receiver) = oneshot::channel::<Result<_, ErrorCode>>();
    let incoming = store
        .data_mut()
        .http()
        .new_incoming_request(Scheme::Http, request)?;
    let out = store.data_mut().http().new_response_outparam(sender)?;
    let (proxy, log) = (component.proxy.clone(), log.clone());
    let timeout = app.shared.limits.request_timeout;

    let task = tokio::spawn(async move {
        let run = async {
            let instance = proxy.instantiate_async(&mut store).await?;
            instance
                .wasi_http_incoming_handler()
                .call_handle(&mut store, incoming, out)
                .await
        };
        let result = tokio::time::timeout(timeout, run).await;
        let state = store.data();
        for output in [state.stdout.contents(), state.stderr.contents()] {
            String::from_utf8_lossy(&output)
                .lines()
                .for_each(|line| log.line(line));
        }
        match result {
            Ok(result) => result.map_err(anyhow::Error::from),
            Err(_) => Err(anyhow!("the request took longer than {timeout:?}")),
        }
    });

    match receiver.await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(code)) => Err(anyhow!("the component answered with an error: {code:?}")),
        Err(_) => {
            // The store is gone without an answer: the task says why.
            task.await.context("the request's task")??;
            Err(anyhow!("the component gave no answer"))
        }
    }
}
