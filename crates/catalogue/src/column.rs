//! Columns.

use crate::Audience;

/// The type of a column, which decides its operators and its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id.
    Uuid,
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal number, written as text.
    Ratio,
    /// A day, `2025-06-30`.
    Date,
    /// A month, `2025-06`.
    Month,
    /// A time in UTC with microseconds, `2025-06-30T20:00:00.123456Z`.
    Time,
    /// True or false.
    Boolean,
    /// A JSON document.
    Json,
}

impl Kind {
    /// The name in PostgreSQL, as `format_type` gives it.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text | Self::Month => "text",
            Self::Integer => "bigint",
            Self::Ratio => "numeric",
            Self::Date => "date",
            Self::Time => "timestamp with time zone",
            Self::Boolean => "boolean",
            Self::Json => "jsonb",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uuid => "id",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Ratio => "decimal",
            Self::Date => "day",
            Self::Month => "month",
            Self::Time => "time",
            Self::Boolean => "boolean",
            Self::Json => "document",
        }
    }
}

/// How much a column tells about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Nothing.
    Public,
    /// A figure of a pool.
    PoolFigure,
    /// Something about a member, who is an id.
    Member,
    /// Who the member is: reading it needs a purpose.
    Personal,
}

impl Sensitivity {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::PoolFigure => "pool_figure",
            Self::Member => "member",
            Self::Personal => "personal",
        }
    }
}

/// How somebody sees a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Plain,
    /// An id of no other use, the same for the same member.
    Pseudonym,
    /// The first day of its month.
    MonthOnly,
    /// Not at all.
    Hidden,
}

impl Shown {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Pseudonym => "pseudonym",
            Self::MonthOnly => "first day of the month",
            Self::Hidden => "hidden",
        }
    }
}

/// A column of a view.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its unit, if it has one.
    pub unit: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
    /// Whether it may be null.
    pub nullable: bool,
    /// How much it tells about a person.
    pub sensitivity: Sensitivity,
    /// Whether it is one of a few names for how things stand, which no table holds: of how
    /// many rows have which, the database knows nothing.
    pub by_cases: bool,
    own: Shown,
    analyst: Shown,
}

impl Column {
    /// A column that everybody sees as it is.
    pub(crate) const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self {
            name,
            kind,
            unit: None,
            meaning,
            nullable: false,
            sensitivity: Sensitivity::Public,
            by_cases: false,
            own: Shown::Plain,
            analyst: Shown::Plain,
        }
    }

    /// In cents.
    pub(crate) const fn cents(self) -> Self {
        self.unit("cents")
    }

    pub(crate) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// One of a few names that no table holds.
    pub(crate) const fn by_cases(mut self) -> Self {
        self.by_cases = true;
        self
    }

    /// A figure of a pool.
    pub(crate) const fn figure(mut self) -> Self {
        self.sensitivity = Sensitivity::PoolFigure;
        self
    }

    /// Something about a member.
    pub(crate) const fn member(mut self) -> Self {
        self.sensitivity = Sensitivity::Member;
        self
    }

    /// An id of a member's: a pseudonym for analysts.
    pub(crate) const fn pseudonym(mut self) -> Self {
        self.sensitivity = Sensitivity::Member;
        self.analyst = Shown::Pseudonym;
        self
    }

    /// Who the member is: not for analysts.
    pub(crate) const fn personal(mut self) -> Self {
        self.sensitivity = Sensitivity::Personal;
        self.analyst = Shown::Hidden;
        self
    }

    /// A day of a member's life: its month for analysts.
    pub(crate) const fn month_only(mut self) -> Self {
        self.sensitivity = Sensitivity::Member;
        self.analyst = Shown::MonthOnly;
        self
    }

    /// How the operation is run: neither for members nor for analysts.
    pub(crate) const fn internal(mut self) -> Self {
        self.own = Shown::Hidden;
        self.analyst = Shown::Hidden;
        self
    }

    /// Not for analysts.
    pub(crate) const fn not_for_analysts(mut self) -> Self {
        self.analyst = Shown::Hidden;
        self
    }

    /// How an audience sees it.
    #[must_use]
    pub const fn shown_to(&self, audience: Audience) -> Shown {
        match audience {
            Audience::Staff => Shown::Plain,
            Audience::Analyst => self.analyst,
            Audience::Own => self.own,
        }
    }
}
