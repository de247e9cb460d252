//! `tontine-calc`: the mathematics of a tontine over HTTP and WIT.
//!
//! Stateless, unless a pool of the ledger is named or a life table that an operator
//! uploaded: what is asked comes in the body, or as arguments.

pub mod credits;
#[cfg(target_arch = "wasm32")]
mod engine;
pub mod fairness;
pub mod forecasts;
mod lines;
pub mod payouts;
pub mod pool;
pub mod tables;

use web::routes::{TONTINE, Tontine};
use web::{Call, Head, Host, Problem, Reply, bearer, serve as serve_routes};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("tontine-calc", TONTINE, bearer, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &mut Call<Tontine>) -> Result<Reply, Problem> {
    match call.operation {
        Tontine::ShareCredits => credits::handle(host, call),
        Tontine::StateFairness => fairness::handle(host, call),
        Tontine::ComputePayouts => payouts::handle(host, call),
        Tontine::Forecast => forecasts::handle(host, call),
        Tontine::ListTables => tables::list(host),
        Tontine::GetTable => tables::get(host, call),
        Tontine::UploadTable => tables::upload(host, call),
    }
}
