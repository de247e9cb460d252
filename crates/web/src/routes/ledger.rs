//! The operations of `credit-accrual`.

use super::{FIGURES, Route, command, read};

/// The operations of `credit-accrual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Open a pool.
    OpenPool,
    /// Read a pool.
    GetPool,
    /// Enrol a member.
    EnrolMember,
    /// Report a death.
    ReportDeath,
    /// Settle a month.
    SettlePeriod,
    /// Read a settlement.
    GetSettlement,
}

/// The routes of `credit-accrual`.
pub const LEDGER: &[Route<Ledger>] = &[
    command(Ledger::OpenPool, "/v1/pools", "Open a pool"),
    read(
        Ledger::GetPool,
        "/v1/pools/{pool}",
        FIGURES,
        &[],
        "Read a pool and its rules",
    ),
    command(
        Ledger::EnrolMember,
        "/v1/pools/{pool}/members",
        "Enrol a user of the broker as a member",
    ),
    command(
        Ledger::ReportDeath,
        "/v1/pools/{pool}/deaths",
        "Report that a member died",
    ),
    command(
        Ledger::SettlePeriod,
        "/v1/pools/{pool}/settlements",
        "Settle a month: once, whoever asks how often",
    ),
    read(
        Ledger::GetSettlement,
        "/v1/pools/{pool}/settlements/{period}",
        FIGURES,
        &[],
        "Read the settlement of a month",
    ),
];
