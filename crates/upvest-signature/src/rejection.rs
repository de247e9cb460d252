//! Why a delivery is refused.

/// The reason for which a delivery is not believed. [`Rejection::code`] is stable
/// and free of anything that the sender wrote: it can be logged and counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A header that the signature needs is absent.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// A header that may occur once occurs more often.
    #[error("the header {0} occurs more than once")]
    RepeatedHeader(&'static str),
    /// `Signature-Input` is not one labelled inner list of strings.
    #[error("signature-input is malformed")]
    MalformedSignatureInput,
    /// `Signature` is not one labelled byte sequence in canonical base64.
    #[error("signature is malformed")]
    MalformedSignature,
    /// A label occurs twice in one header.
    #[error("a label occurs twice")]
    DuplicateLabel,
    /// There are several signatures; the sender makes one.
    #[error("there are several signatures")]
    SeveralSignatures,
    /// The labels of `Signature-Input` and `Signature` differ.
    #[error("signature and signature-input carry different labels")]
    LabelMismatch,
    /// A component is listed twice.
    #[error("a component is listed twice")]
    DuplicateComponent,
    /// A derived component other than `@method`, `@path` and `@query`, one with
    /// parameters, or one that names no header.
    #[error("an unknown component is listed")]
    UnknownComponent,
    /// A component that the policy requires is not covered.
    #[error("the component {0} is not covered")]
    UncoveredComponent(&'static str),
    /// A covered header is absent.
    #[error("a covered header is missing")]
    MissingCoveredHeader,
    /// A covered header occurs more than once.
    #[error("a covered header occurs more than once")]
    RepeatedCoveredHeader,
    /// The value of a covered component has a line break in it.
    #[error("a covered header is malformed")]
    MalformedCoveredHeader,
    /// The parameter is absent or of another type.
    #[error("the signature parameter {0} is missing or malformed")]
    MalformedParameter(&'static str),
    /// The signature names an algorithm; none is agreed by name.
    #[error("the algorithm is not the agreed one")]
    UnsupportedAlgorithm,
    /// No key of this id is known.
    #[error("the key is unknown")]
    UnknownKey,
    /// The key is known, and not valid now.
    #[error("the key is not valid at this time")]
    KeyNotValid,
    /// The digest's header does not state the digest that the profile asks for.
    #[error("digest is malformed")]
    MalformedDigest,
    /// The body is not the one that was signed.
    #[error("the digest does not match the body")]
    DigestMismatch,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
    /// Validly signed, but later than now and the tolerated skew.
    #[error("the signature was created in the future")]
    CreatedInFuture,
    /// Validly signed, but its expiry has passed.
    #[error("the signature has expired")]
    Expired,
    /// Validly signed, but longer ago than the policy allows.
    #[error("the signature is too old")]
    TooOld,
}

impl Rejection {
    /// A rejection of each kind.
    pub const ALL: &[Self] = &[
        Self::MissingHeader("signature"),
        Self::RepeatedHeader("signature"),
        Self::MalformedSignatureInput,
        Self::MalformedSignature,
        Self::DuplicateLabel,
        Self::SeveralSignatures,
        Self::LabelMismatch,
        Self::DuplicateComponent,
        Self::UnknownComponent,
        Self::UncoveredComponent("@path"),
        Self::MissingCoveredHeader,
        Self::RepeatedCoveredHeader,
        Self::MalformedCoveredHeader,
        Self::MalformedParameter("keyid"),
        Self::UnsupportedAlgorithm,
        Self::UnknownKey,
        Self::KeyNotValid,
        Self::MalformedDigest,
        Self::DigestMismatch,
        Self::BadSignature,
        Self::CreatedInFuture,
        Self::Expired,
        Self::TooOld,
    ];

    /// A stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader(_) => "missing-header",
            Self::RepeatedHeader(_) => "repeated-header",
            Self::MalformedSignatureInput => "malformed-signature-input",
            Self::MalformedSignature => "malformed-signature",
            Self::DuplicateLabel => "duplicate-label",
            Self::SeveralSignatures => "several-signatures",
            Self::LabelMismatch => "label-mismatch",
            Self::DuplicateComponent => "duplicate-component",
            Self::UnknownComponent => "unknown-component",
            Self::UncoveredComponent(_) => "uncovered-component",
            Self::MissingCoveredHeader => "missing-covered-header",
            Self::RepeatedCoveredHeader => "repeated-covered-header",
            Self::MalformedCoveredHeader => "malformed-covered-header",
            Self::MalformedParameter(_) => "malformed-parameter",
            Self::UnsupportedAlgorithm => "unsupported-algorithm",
            Self::UnknownKey => "unknown-key",
            Self::KeyNotValid => "key-not-valid",
            Self::MalformedDigest => "malformed-digest",
            Self::DigestMismatch => "digest-mismatch",
            Self::BadSignature => "bad-signature",
            Self::CreatedInFuture => "created-in-future",
            Self::Expired => "expired",
            Self::TooOld => "too-old",
        }
    }
}
