//! `tontine-calc`: the mathematics of a tontine over HTTP and WIT.
//!
//! Stateless: a pool comes in the body, or as arguments, and its sharing goes out.

pub mod credits;
#[cfg(target_arch = "wasm32")]
mod engine;

use web::routes::{TONTINE, Tontine};
use web::{Call, Head, Host, Problem, Reply, bearer, serve as serve_routes};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("tontine-calc", TONTINE, bearer, host, head, |call| {
        handle(call)
    })
}

fn handle(call: &Call<Tontine>) -> Result<Reply, Problem> {
    match call.operation {
        Tontine::ShareCredits => Reply::json(&credits::share(&call.body)?),
    }
}
