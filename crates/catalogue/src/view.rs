//! Views.

use crate::{Column, Shown};

/// For whom a view is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Operators and auditors: everything.
    Staff,
    /// Analysts: everybody, but nobody by name.
    Analyst,
    /// A member: their own rows, and their pool's figures.
    Own,
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Staff, Self::Analyst, Self::Own];

    /// The name: what the SQL views begin with.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Analyst => "analyst",
            Self::Own => "own",
        }
    }
}

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// A member's each.
    OfMembers,
    /// A member's, or of no member but their pool.
    OfMembersAndPools,
    /// A pool's each: a figure that its members stand behind.
    OfPools,
    /// Of the operation, and nobody else's to see.
    OfOperation,
}

/// Which moments can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moments {
    /// Now alone.
    Now,
    /// Rows have a day from which they count and a time at which they were recorded.
    Columns {
        /// The column for `as_of`.
        effective: &'static str,
        /// The column for `known_at`.
        recorded: &'static str,
        /// The column with the time at which a row was replaced, if rows are.
        replaced: Option<&'static str>,
    },
    /// Another view, with `_then` at the end of its name, computes them.
    Computed,
}

/// A view of which each row has many of another's: a settlement has lines.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// The view of the few. The first column of the key of the many is its key.
    pub view: &'static str,
    /// What each of the many says of its one, under the same name.
    pub columns: &'static [&'static str],
}

/// A view.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub meaning: &'static str,
    /// Whose rows.
    pub rows: Rows,
    /// The columns that no two rows share, none of them null: the order of pages.
    pub key: &'static [&'static str],
    /// Of what its rows are the parts, if they are.
    pub within: Option<Within>,
    /// Which moments can be asked for.
    pub moments: Moments,
    /// Its columns.
    pub columns: &'static [Column],
}

impl View {
    /// The columns that an audience sees; none if it does not see the view.
    pub fn columns_for(&self, audience: Audience) -> impl Iterator<Item = &'static Column> + use<> {
        let sees = self.is_for(audience);
        self.columns
            .iter()
            .filter(move |column| sees && column.shown_to(audience) != Shown::Hidden)
    }

    /// Whether an audience sees the view.
    #[must_use]
    pub fn is_for(&self, audience: Audience) -> bool {
        audience == Audience::Staff || self.rows != Rows::OfOperation
    }

    /// The column of this name, if the audience sees it.
    #[must_use]
    pub fn column(&self, name: &str, audience: Audience) -> Option<&'static Column> {
        self.columns_for(audience)
            .find(|column| column.name == name)
    }

    /// The column with the member of a row, if rows are of members.
    #[must_use]
    pub const fn member(&self) -> Option<&'static str> {
        match self.rows {
            Rows::OfMembers | Rows::OfMembersAndPools => Some("member_id"),
            Rows::OfPools | Rows::OfOperation => None,
        }
    }
}
