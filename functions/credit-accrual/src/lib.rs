//! `credit-accrual`: the ledger and the settlement of deaths.

mod audit;
mod bookings;
mod deaths;
mod members;
mod pools;
mod reads;
mod settlement;

use web::routes::{LEDGER, Ledger};
use web::{Call, Head, Host, Problem, Reply, bearer, serve as serve_routes};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("credit-accrual", LEDGER, bearer, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    match call.operation {
        Ledger::OpenPool => pools::open(host, call),
        Ledger::SetRules => pools::set_rules(host, call),
        Ledger::EnrolMember => members::enrol(host, call),
        Ledger::CloseMember => members::close(host, call),
        Ledger::SetBeneficiaries => members::set_beneficiaries(host, call),
        Ledger::EraseMember => members::erase(host, call),
        Ledger::ReportDeath => deaths::report(host, call),
        Ledger::ConfirmDeath => deaths::confirm(host, call),
        Ledger::WithdrawDeath => deaths::withdraw(host, call),
        Ledger::BookContributions => bookings::contributions(host, call),
        Ledger::BookFees => bookings::fees(host, call),
        Ledger::ReverseEntry => bookings::reverse(host, call),
        Ledger::RequestPayout => bookings::request_payout(host, call),
        Ledger::ConfirmPayout => bookings::confirm_payout(host, call),
        Ledger::VoidPayout => bookings::void_payout(host, call),
        Ledger::RecordValuations => bookings::valuations(host, call),
        Ledger::GetPool
        | Ledger::ListRules
        | Ledger::GetBeneficiaries
        | Ledger::ListDeaths
        | Ledger::ListPayouts
        | Ledger::ListBalances
        | Ledger::ListJournal
        | Ledger::Reconcile => reads::read(host, call),
        Ledger::ListExceptions => settlement::exceptions(host, call),
        Ledger::SettlePeriod => settlement::settle(host, call),
        Ledger::GetSettlement => settlement::get(host, call),
        Ledger::GetDocument => audit::document(host, call),
        Ledger::GetProof => audit::proof(host, call),
        Ledger::ExportPool => audit::export(host, call),
    }
}
