//! The stable codes of problems.

use http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $status:literal $name:literal $title:literal,)+) => {
        /// What a caller can tell problems apart by. The names are stable; the
        /// status and the title belong to the name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// All codes, in the order of their status.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name, such as `invalid-field`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// A short, fixed summary.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            const fn status_number(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// What it means, for the documentation.
            #[must_use]
            pub fn meaning(self) -> String {
                let lines: &[&str] = match self { $(Self::$variant => &[$($doc,)+],)+ };
                lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
            }
        }
    };
}

codes! {
    /// The body is not well-formed JSON. `pointer` leads to where reading stopped;
    /// of JSON lines, `line` counts those that are not empty.
    MalformedJson = 400 "malformed-json" "The body is not JSON",
    /// The body could not be read to its end.
    TruncatedBody = 400 "truncated-body" "The body ended early",
    /// A query parameter is unknown or has a wrong value; `parameter` names it.
    InvalidParameter = 400 "invalid-parameter" "A query parameter is not valid",
    /// A page was asked for with a cursor that is of another token, another question, or
    /// too old.
    CursorRefused = 400 "cursor-refused" "The cursor is not valid here",
    /// Reading personal data needs the header `purpose`: 1 to 64 characters of `a-z`,
    /// `0-9` and `-`. It is logged with who read what.
    PurposeMissing = 400 "purpose-missing" "A purpose is needed",
    /// A command needs the header `Idempotency-Key`: 1 to 100 visible ASCII
    /// characters.
    IdempotencyKeyMissing = 400 "idempotency-key-missing" "An idempotency key is needed",
    /// There is no token, or it is malformed, forged, expired or for somebody else.
    Unauthenticated = 401 "unauthenticated" "A valid token is needed",
    /// The signature of a webhook was not accepted. The reason is in the log.
    SignatureRejected = 401 "signature-rejected" "The signature was not accepted",
    /// A webhook did not come from one of the broker's addresses. The reason is in the
    /// log.
    SourceRefused = 403 "source-refused" "The sender's address is not the broker's",
    /// The token is valid and its scopes do not allow this operation.
    InsufficientScope = 403 "insufficient-scope" "The token's scope does not allow this",
    /// There is no such route or resource, or it is not the caller's to see.
    NotFound = 404 "not-found" "There is nothing here",
    /// There is no such pool.
    UnknownPool = 404 "unknown-pool" "There is no such pool",
    /// The route exists for other methods; the header `Allow` names them.
    MethodNotAllowed = 405 "method-not-allowed" "The method is not allowed here",
    /// None of the media types that the header `Accept` names is offered.
    NotAcceptable = 406 "not-acceptable" "The answer has none of these types",
    /// The broker's user is a member already.
    AlreadyEnrolled = 409 "already-enrolled" "The user is enrolled already",
    /// A death of the member was reported before.
    DeathAlreadyReported = 409 "death-already-reported" "A death was reported already",
    /// The death was confirmed before.
    DeathAlreadyConfirmed = 409 "death-already-confirmed" "The death was confirmed already",
    /// The report was withdrawn.
    DeathWithdrawn = 409 "death-withdrawn" "The report of the death was withdrawn",
    /// The membership has ended.
    MemberClosed = 409 "member-closed" "The membership has ended",
    /// The membership has not ended: who takes part is not erased.
    MemberActive = 409 "member-active" "The membership has not ended",
    /// The member was erased before.
    MemberErased = 409 "member-erased" "The member was erased already",
    /// The law wants the books kept; `detail` names it, and the day from which it does not.
    RetentionPeriod = 409 "retention-period" "The data must be kept for some time yet",
    /// The member does not take part any more, or something that a forecast needs is not
    /// known: the date of birth, the value of a position, a rate for the age.
    NotForecastable = 409 "not-forecastable" "There is nothing to forecast",
    /// The member died.
    MemberDeceased = 409 "member-deceased" "The member died",
    /// The member still holds money or securities.
    AccountNotEmpty = 409 "account-not-empty" "The account is not empty",
    /// The payout was confirmed or voided before.
    PayoutNotPending = 409 "payout-not-pending" "The payout waits for nothing",
    /// The broker's transaction confirmed another payout.
    TransactionUsed = 409 "transaction-used" "The transaction was used before",
    /// The entry was reversed before.
    EntryReversed = 409 "entry-reversed" "The entry was reversed already",
    /// The entry is itself a reversal.
    EntryIsReversal = 409 "entry-is-reversal" "A reversal is not reversed",
    /// The entry is the broker's, a payout's or a settlement's.
    EntryNotReversible = 409 "entry-not-reversible" "The entry is taken back elsewhere",
    /// The date lies in a period that is settled or being settled.
    PeriodSettled = 409 "period-settled" "The period is settled already",
    /// The period has not ended yet.
    PeriodNotOver = 409 "period-not-over" "The period is not over",
    /// Periods are settled in order; `detail` names the next.
    PeriodOutOfOrder = 409 "period-out-of-order" "Another period is to be settled first",
    /// Members or balances changed while the period was being settled: try again.
    InputsChanged = 409 "inputs-changed" "The inputs changed meanwhile",
    /// Something is missing for some members; `exceptions` lists them.
    OpenExceptions = 409 "open-exceptions" "The period cannot be settled yet",
    /// The event was applied, or dismissed before.
    EventNotQuarantined = 409 "event-not-quarantined" "The event is not in quarantine",
    /// The text of the event was removed, so that it cannot be read again.
    EventPurged = 409 "event-purged" "The text of the event was removed",
    /// The body is larger than this operation takes.
    BodyTooLarge = 413 "body-too-large" "The body is too large",
    /// The content type is not `application/json`.
    UnsupportedMediaType = 415 "unsupported-media-type" "The content type is not supported",
    /// A field is missing, unknown, of a wrong type or without sense; `pointer`
    /// leads to it.
    InvalidField = 422 "invalid-field" "A field is not valid",
    /// The sharing rule does not apply to the pool; `detail` has the reason.
    RuleNotApplicable = 422 "rule-not-applicable" "The rule does not apply to the pool",
    /// The pool has no such member.
    UnknownMember = 422 "unknown-member" "The pool has no such member",
    /// The pool's journal has no such entry.
    UnknownEntry = 422 "unknown-entry" "The journal has no such entry",
    /// The amount has more decimals than its asset.
    TooManyDecimals = 422 "too-many-decimals" "The amount has too many decimals",
    /// The amount is beyond the range of its asset.
    AmountOutOfRange = 422 "amount-out-of-range" "The amount is out of range",
    /// The pool has another currency.
    CurrencyMismatch = 422 "currency-mismatch" "The currency is not the pool's",
    /// An account would fall below zero.
    InsufficientBalance = 422 "insufficient-balance" "The balance is not enough",
    /// The broker's transaction moved another amount or another account.
    TransactionDiffers = 422 "transaction-differs" "The transaction is another",
    /// The day has not come yet.
    DateInFuture = 422 "date-in-future" "The date is in the future",
    /// A member cannot have died before being born.
    DeathBeforeBirth = 422 "death-before-birth" "The death is before the birth",
    /// The death is before the first period that the pool settles.
    DeathBeforeFirstPeriod = 422 "death-before-first-period" "The death is before the first period",
    /// A member cannot have died before being enrolled.
    DeathBeforeEnrolment = 422 "death-before-enrolment" "The death is before the enrolment",
    /// The key was used for another request.
    IdempotencyKeyReused = 422 "idempotency-key-reused" "The idempotency key was used before",
    /// The answer would take too long; `detail` says what it would cost.
    QueryTooCostly = 422 "query-too-costly" "The query is too costly",
    /// Too many queries of the same subject run at the same time: try again.
    TooManyQueries = 429 "too-many-queries" "Too many queries run at a time",
    /// A fault of ours. The log has what happened, under the request's id.
    Internal = 500 "internal" "Something went wrong",
    /// The database cannot be reached; try again after `Retry-After` seconds.
    DatabaseUnavailable = 503 "database-unavailable" "The database is unavailable",
    /// The database was not migrated for this version.
    SchemaMissing = 503 "schema-missing" "The database is not ready for this version",
}

impl Code {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.status_number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_statuses_are_errors() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert_eq!(Code::by_name(code.name()), Some(*code));
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(
                Code::ALL[..i].iter().all(|c| c.status() <= code.status()),
                "in order"
            );
        }
    }

    /// Every `refuse(status, 'code', …)` of the SQL is a code of this table, with
    /// the same status; 500 is for faults, which are not told.
    #[test]
    fn the_sql_refuses_with_these_codes() {
        let mut refusals = 0;
        for file in store::API_FILES {
            for call in file.text.split("refuse(").skip(1) {
                let Some((status, rest)) = call.split_once(", '") else {
                    continue;
                };
                let Ok(status) = status.trim().parse::<u16>() else {
                    continue;
                };
                let name = rest.split('\'').next().unwrap_or_default();
                refusals += 1;
                if status != 500 {
                    let code = Code::by_name(name).unwrap_or_else(|| panic!("{name} is unknown"));
                    assert_eq!(code.status().as_u16(), status, "{name}");
                }
            }
        }
        assert!(refusals > 8, "the SQL was searched");
    }
}
