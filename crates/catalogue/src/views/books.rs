//! The journal and what is read from it.

use crate::Kind::{Boolean, Date, Integer, Month, Text, Time, Uuid};
use crate::{Column, Moments, Rows, View};

/// By day and by time of recording.
const BOOKED: Moments = Moments::Columns {
    effective: "effective_on",
    recorded: "recorded_at",
    replaced: None,
};

/// The balances.
pub(super) const BALANCES: View = View {
    name: "balances",
    meaning: "What an account holds in an asset: today, on a day, as known at a time.",
    rows: Rows::OfMembersAndPools,
    key: &["account_id"],
    within: None,
    moments: Moments::Computed,
    columns: &[
        Column::new("account_id", Integer, "The account.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new(
            "account",
            Text,
            "`member`, `estate`, `payout`, `pool`, `pot`, `fee` or `broker`.",
        ),
        Column::new("member_id", Uuid, "The member, where the account is one's.")
            .pseudonym()
            .nullable(),
        Column::new("asset_id", Text, "`EUR`, or an ISIN."),
        Column::new("amount_minor", Integer, "The balance.")
            .unit("cents, or 10^-9 of a security")
            .member(),
    ],
};

/// The postings.
pub(super) const JOURNAL: View = View {
    name: "journal",
    meaning: "A posting of the journal with its entry. The postings of an entry sum to zero for each asset.",
    rows: Rows::OfMembersAndPools,
    key: &["entry_id", "account_id"],
    within: None,
    moments: BOOKED,
    columns: &[
        Column::new(
            "entry_id",
            Integer,
            "The entry: numbers rise in the order of recording.",
        ),
        Column::new("account_id", Integer, "The account.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new(
            "kind",
            Text,
            "`contribution`, `payout`, `fee`, `trade`, `income`, `units`, `forfeiture` or `longevity_credit`.",
        ),
        Column::new("effective_on", Date, "The day from which it counts."),
        Column::new("month", Month, "The month of that day."),
        Column::new("recorded_at", Time, "When it was recorded."),
        Column::new(
            "account",
            Text,
            "`member`, `estate`, `payout`, `pool`, `pot`, `fee` or `broker`.",
        ),
        Column::new("member_id", Uuid, "The member, where the account is one's.")
            .pseudonym()
            .nullable(),
        Column::new("asset_id", Text, "`EUR`, or an ISIN."),
        Column::new(
            "amount_minor",
            Integer,
            "What was posted; positive: the account gained.",
        )
        .unit("cents, or 10^-9 of a security")
        .member(),
        Column::new(
            "balance_after_minor",
            Integer,
            "The balance after it, in the order of recording.",
        )
        .unit("cents, or 10^-9 of a security")
        .member(),
        Column::new("settlement_id", Uuid, "The settlement that made the entry.").nullable(),
        Column::new("reverses", Integer, "The entry that it takes back.").nullable(),
        Column::new(
            "source",
            Text,
            "What the entry stands for, such as `upvest:<transaction>`.",
        )
        .internal(),
        Column::new("actor", Text, "Who recorded it.").internal(),
        Column::new("reason", Text, "Why it takes another back.")
            .internal()
            .nullable(),
    ],
};

/// The contributions.
pub(super) const CONTRIBUTIONS: View = View {
    name: "contributions",
    meaning: "A contribution of a member, or what took one back (negative).",
    rows: Rows::OfMembers,
    key: &["entry_id", "member_id"],
    within: None,
    moments: BOOKED,
    columns: &[
        Column::new("entry_id", Integer, "The entry of the journal."),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "Who paid in.").pseudonym(),
        Column::new("amount_cents", Integer, "How much.")
            .cents()
            .member(),
        Column::new("effective_on", Date, "The day from which it counts."),
        Column::new("month", Month, "The month of that day."),
        Column::new("recorded_at", Time, "When it was recorded."),
        Column::new(
            "channel",
            Text,
            "`upvest`: the broker reported it; `operator`: it was booked.",
        ),
        Column::new("reverses", Integer, "The entry that it takes back.").nullable(),
        Column::new("reversed", Boolean, "Whether a later entry takes it back."),
    ],
};

/// The payouts.
pub(super) const PAYOUTS: View = View {
    name: "payouts",
    meaning: "A payout to a member or an estate.",
    rows: Rows::OfMembers,
    key: &["payout_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("payout_id", Uuid, "The payout.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "Whose money.").pseudonym(),
        Column::new("account", Text, "`member` or `estate`: from where.").member(),
        Column::new("amount_cents", Integer, "How much.")
            .cents()
            .member(),
        Column::new("state", Text, "`requested`, `confirmed` or `voided`.").member(),
        Column::new(
            "requested_on",
            Date,
            "The day on which it left the account.",
        )
        .member(),
        Column::new("paid_on", Date, "The day on which the broker paid.")
            .member()
            .nullable(),
        Column::new("upvest_transaction_id", Uuid, "The broker's transaction.")
            .member()
            .not_for_analysts()
            .nullable(),
        Column::new("requested_at", Time, "When it was requested.").member(),
        Column::new("confirmed_at", Time, "When it was confirmed.")
            .member()
            .nullable(),
        Column::new("voided_at", Time, "When it was voided.")
            .member()
            .nullable(),
        Column::new("voided_because", Text, "Why it was voided.")
            .internal()
            .nullable(),
    ],
};
