//! What readers get to see, and what commands answer.

mod booking;
mod erasure;
mod event;
mod journal;
mod member;
mod own;
mod page;
mod pool;
mod settlement;

pub use booking::{Booked, Payout, PayoutState, Valued};
pub use erasure::{Erased, ErasedData, KeptData};
pub use event::{BrokerObject, Gap, InspectedEvent, Purged, QuarantinedEvent, WebhookEvent};
pub use journal::{Balance, JournalEntry, Posting, TrialBalanceLine};
pub use member::{Account, Beneficiaries, Death, DeathState, Member, MemberState};
pub use own::{
    ExplainedCredit, Holdings, MemberDocument, OwnPosting, Position, Transaction, ValuedBy,
};
pub use page::{EventCount, Page, StatementPage};
pub use pool::{Pool, RulesVersion};
pub use settlement::{
    MemberSettlement, OpenExceptions, Proof, RunState, Settlement, SettlementProgress,
    SettlementState,
};
