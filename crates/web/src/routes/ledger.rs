//! The operations of `credit-accrual`.

use super::{AUDIT, AUDIT_OR_MEMBER, FIGURES, OPERATOR, Query, Route, batch, command, read};

/// The operations of `credit-accrual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Open a pool.
    OpenPool,
    /// Read a pool.
    GetPool,
    /// Change the rules of a pool.
    SetRules,
    /// Read all versions of a pool's rules.
    ListRules,
    /// Enrol a member.
    EnrolMember,
    /// End a membership.
    CloseMember,
    /// Name a member's beneficiaries.
    SetBeneficiaries,
    /// Remove who a member was.
    EraseMember,
    /// Read a member's beneficiaries.
    GetBeneficiaries,
    /// Report a death.
    ReportDeath,
    /// Confirm a death.
    ConfirmDeath,
    /// Withdraw the report of a death.
    WithdrawDeath,
    /// List the reports of deaths.
    ListDeaths,
    /// Book contributions.
    BookContributions,
    /// Book fees.
    BookFees,
    /// Take a booking back.
    ReverseEntry,
    /// Set money aside for a payout.
    RequestPayout,
    /// Confirm a payout.
    ConfirmPayout,
    /// Void a payout.
    VoidPayout,
    /// List payouts.
    ListPayouts,
    /// Record what positions are worth.
    RecordValuations,
    /// Read balances.
    ListBalances,
    /// Read the journal.
    ListJournal,
    /// Compare the ledger with the broker.
    Reconcile,
    /// What keeps a period from being settled.
    ListExceptions,
    /// Settle a period.
    SettlePeriod,
    /// Read a settlement.
    GetSettlement,
    /// Read all lines of a settlement with its seal.
    GetDocument,
    /// Prove a member's line.
    GetProof,
    /// Export a pool.
    ExportPool,
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
        Ledger::SetRules,
        "/v1/pools/{pool}/rules",
        "Change the rules, from a period on",
    ),
    read(
        Ledger::ListRules,
        "/v1/pools/{pool}/rules",
        FIGURES,
        &[],
        "Read all versions of the rules",
    ),
    command(
        Ledger::EnrolMember,
        "/v1/pools/{pool}/members",
        "Enrol a user of the broker as a member",
    ),
    command(
        Ledger::CloseMember,
        "/v1/pools/{pool}/members/{member}/closure",
        "End a membership whose account is empty",
    ),
    command(
        Ledger::SetBeneficiaries,
        "/v1/pools/{pool}/members/{member}/beneficiaries",
        "Name to whom a member's estate goes, all anew",
    ),
    command(
        Ledger::EraseMember,
        "/v1/pools/{pool}/members/{member}/erasure",
        "Remove who a member was; the books stay under the pseudonym",
    ),
    read(
        Ledger::GetBeneficiaries,
        "/v1/pools/{pool}/members/{member}/beneficiaries",
        OPERATOR,
        &[],
        "Read to whom a member's estate goes",
    ),
    command(
        Ledger::ReportDeath,
        "/v1/pools/{pool}/deaths",
        "Report that a member died",
    ),
    read(
        Ledger::ListDeaths,
        "/v1/pools/{pool}/deaths",
        AUDIT,
        &[Query::After, Query::Limit],
        "List the reports of deaths",
    ),
    command(
        Ledger::ConfirmDeath,
        "/v1/pools/{pool}/deaths/{death}/confirmation",
        "Confirm a death: from now on it counts",
    ),
    command(
        Ledger::WithdrawDeath,
        "/v1/pools/{pool}/deaths/{death}/withdrawal",
        "Withdraw the report of a death",
    ),
    batch(
        Ledger::BookContributions,
        "/v1/pools/{pool}/contributions",
        "Book contributions: all of them, or none",
    ),
    batch(
        Ledger::BookFees,
        "/v1/pools/{pool}/fees",
        "Book fees: all of them, or none",
    ),
    command(
        Ledger::ReverseEntry,
        "/v1/pools/{pool}/reversals",
        "Take a contribution or a fee back, once",
    ),
    command(
        Ledger::RequestPayout,
        "/v1/pools/{pool}/payouts",
        "Set money aside for a payout",
    ),
    read(
        Ledger::ListPayouts,
        "/v1/pools/{pool}/payouts",
        AUDIT,
        &[Query::After, Query::Limit],
        "List payouts",
    ),
    command(
        Ledger::ConfirmPayout,
        "/v1/pools/{pool}/payouts/{payout}/confirmation",
        "Confirm that the broker paid",
    ),
    command(
        Ledger::VoidPayout,
        "/v1/pools/{pool}/payouts/{payout}/void",
        "Void a payout: the money goes back",
    ),
    batch(
        Ledger::RecordValuations,
        "/v1/pools/{pool}/valuations",
        "Record what positions are worth, where the broker does not",
    ),
    read(
        Ledger::ListBalances,
        "/v1/pools/{pool}/balances",
        AUDIT,
        &[Query::AsOf, Query::KnownAt, Query::After, Query::Limit],
        "Read the members' balances on a day, as they were known at a time",
    ),
    read(
        Ledger::ListJournal,
        "/v1/pools/{pool}/journal",
        AUDIT,
        &[Query::AfterEntry, Query::Limit],
        "Read the journal",
    ),
    read(
        Ledger::Reconcile,
        "/v1/pools/{pool}/reconciliation",
        AUDIT,
        &[Query::After, Query::Limit],
        "Compare the ledger with what the broker last reported",
    ),
    read(
        Ledger::ListExceptions,
        "/v1/pools/{pool}/exceptions",
        AUDIT,
        &[Query::Period],
        "What keeps a period from being settled",
    ),
    command(
        Ledger::SettlePeriod,
        "/v1/pools/{pool}/settlements",
        "Settle a period: once, whoever asks how often",
    ),
    read(
        Ledger::GetSettlement,
        "/v1/pools/{pool}/settlements/{period}",
        FIGURES,
        &[],
        "Read the settlement of a period, or how far it is",
    ),
    read(
        Ledger::GetDocument,
        "/v1/pools/{pool}/settlements/{period}/document",
        AUDIT,
        &[Query::Revision],
        "Read the seal and all lines: everything to compute the settlement again",
    ),
    read(
        Ledger::GetProof,
        "/v1/pools/{pool}/settlements/{period}/proof",
        AUDIT_OR_MEMBER,
        &[Query::Member],
        "Prove a member's line of a settlement",
    ),
    read(
        Ledger::ExportPool,
        "/v1/pools/{pool}/export",
        AUDIT,
        &[],
        "Export a pool: what an auditor verifies, and an empty database imports",
    ),
];
