//! What the journal calls a kind of transaction.

use ledger::EntryKind;

/// Ends the name of the kind that takes a transaction back.
const CANCELLATION: &str = "_CANCELLATION";

/// The kind that a transaction is of or takes back, and whether it takes it back.
pub(crate) fn original(transaction_type: &str) -> (&str, bool) {
    match transaction_type.strip_suffix(CANCELLATION) {
        Some(original) => (original, true),
        None => (transaction_type, false),
    }
}

/// The entry kind of Upvest's cash transaction type, `None` if it is not known:
/// money must not move under a guess.
pub(crate) fn of_cash(original: &str) -> Option<EntryKind> {
    Some(match original {
        "TOPUP" | "SEPA_DIRECT_DEBIT" | "SEPA_DIRECT_DEBIT_CHARGE_BACK" => EntryKind::Contribution,
        "WITHDRAWAL" => EntryKind::Payout,
        "FEE_COLLECTION" | "DD_REFUND_REJECT_FEE" => EntryKind::Fee,
        "ORDER_EXECUTION" => EntryKind::Trade,
        // A collected tax is what an income is short of.
        "TAX_COLLECTION"
        | "CALL_ON_INTERMEDIATE_SECURITIES"
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

/// Whether Upvest's security transaction type is known.
pub(crate) fn is_of_securities(original: &str) -> bool {
    matches!(
        original,
        "BONUS_ISSUE"
            | "CALL_ON_INTERMEDIATE_SECURITIES"
            | "CHANGE"
            | "DIVIDEND_OPTION"
            | "DIVIDEND_REINVESTMENT"
            | "DUST_CLEANUP"
            | "DUTCH_AUCTION"
            | "INTERMEDIATE_SECURITIES_DISTRIBUTION"
            | "MERGER"
            | "NON_OFFICIAL_OFFER"
            | "ODD_LOT_SALE"
            | "ORDER_EXECUTION"
            | "OTHER_EVENT"
            | "PRIORITY_ISSUE"
            | "REPURCHASE_OFFER"
            | "REVERSE_STOCK_SPLIT"
            | "RIGHTS_ISSUE"
            | "SPIN_OFF"
            | "STOCK_DIVIDEND"
            | "STOCK_SPLIT"
            | "TENDER"
            | "WORTHLESS"
    )
}
