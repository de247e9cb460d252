//! What the journal calls a kind of cash transaction.

use ledger::EntryKind;

/// Ends the name of the kind that takes a transaction back. Its amount has the
/// opposite sign, so that it belongs to the same line of the statement.
const CANCELLATION: &str = "_CANCELLATION";

/// The entry kind of Upvest's cash transaction type, `None` if it is not known:
/// money must not move under a guess.
pub(crate) fn entry_kind(transaction_type: &str) -> Option<EntryKind> {
    let original = transaction_type
        .strip_suffix(CANCELLATION)
        .unwrap_or(transaction_type);
    Some(match original {
        "TOPUP" | "SEPA_DIRECT_DEBIT" | "SEPA_DIRECT_DEBIT_CHARGE_BACK" => EntryKind::Contribution,
        "WITHDRAWAL" => EntryKind::Payout,
        "FEE_COLLECTION" | "DD_REFUND_REJECT_FEE" => EntryKind::Fee,
        "ORDER_EXECUTION" => EntryKind::Trade,
        "CALL_ON_INTERMEDIATE_SECURITIES"
        | "CASH_DIVIDEND"
        | "DECREASE_IN_VALUE"
        | "DIVIDEND_OPTION"
        | "DIVIDEND_REINVESTMENT"
        | "DUTCH_AUCTION"
        | "INCREASE_IN_VALUE"
        | "LIQUIDATION_PAYMENT"
        | "MERGER"
        | "NON_OFFICIAL_OFFER"
        | "ODD_LOT_SALE"
        | "OTHER_EVENT"
        | "PRIORITY_ISSUE"
        | "REPURCHASE_OFFER"
        | "REVERSE_STOCK_SPLIT"
        | "SPIN_OFF"
        | "STOCK_SPLIT"
        | "TENDER" => EntryKind::Income,
        _ => return None,
    })
}
