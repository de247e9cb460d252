//! What a query says, before anybody knows whether its names exist.

/// A query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is asked for; everything if empty.
    pub select: Vec<Item>,
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// The order, first what counts first.
    pub order: Vec<Term>,
    /// The most rows of a page.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// The day, as it was written.
    pub as_of: Option<String>,
    /// The time until which records count, as it was written.
    pub known_at: Option<String>,
    /// Whether rows are counted.
    pub count: Option<Counted>,
}

/// An item of `select`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name that it gets.
    pub alias: Option<String>,
    /// What it is.
    pub source: Source,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `*`
    All,
    /// `column`
    Column(String),
    /// `column.sum()`
    Aggregate(String, Aggregate),
    /// `count()`
    Count,
}

/// What is made of the values of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// `sum`
    Sum,
    /// `avg`
    Avg,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `count`
    Count,
}

impl Aggregate {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sum, Self::Avg, Self::Min, Self::Max, Self::Count];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
        }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Of a column.
    Compare(Comparison),
    /// `and(…)`, `or(…)`.
    Group {
        /// `not.`
        negated: bool,
        /// Whether one of them is enough.
        any: bool,
        /// The parts: one at least.
        parts: Vec<Self>,
    },
}

/// A condition of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The column.
    pub column: String,
    /// `not.`
    pub negated: bool,
    /// With what it is compared, and how.
    pub operand: Operand,
}

/// With what a column is compared, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `eq.value`
    One(Operator, String),
    /// `in.(a,b)`
    In(Vec<String>),
    /// `is.null`
    Is(State),
}

/// A comparison with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Eq,
    /// `neq`
    Neq,
    /// `gt`
    Gt,
    /// `gte`
    Gte,
    /// `lt`
    Lt,
    /// `lte`
    Lte,
    /// `like`; `*` stands for `%`.
    Like,
    /// `ilike`; `*` stands for `%`.
    Ilike,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Eq,
        Self::Neq,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::Like,
        Self::Ilike,
    ];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Like => "like",
            Self::Ilike => "ilike",
        }
    }

    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Neq => "<>",
            Self::Gt => ">",
            Self::Gte => ">=",
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Like => "like",
            Self::Ilike => "ilike",
        }
    }
}

/// What a value is, rather than its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// `null`
    Null,
    /// `not_null`
    NotNull,
    /// `true`
    True,
    /// `false`
    False,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Null, Self::NotNull, Self::True, Self::False];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::NotNull => "not_null",
            Self::True => "true",
            Self::False => "false",
        }
    }
}

/// A term of `order`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The column; of a query with aggregates, the name of an item.
    pub name: String,
    /// `desc`
    pub descending: bool,
    /// `nullsfirst` (true) or `nullslast`; if absent, null is the largest.
    pub nulls_first: Option<bool>,
}

/// How rows are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// One by one.
    Exact,
    /// By what the planner expects.
    Estimated,
}

impl Counted {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Estimated => "estimated",
        }
    }
}
