//! What is selected, and in which order.

use catalogue::{Column, Kind};

use super::keyset::Key;
use super::{Ask, Output};
use crate::refused::Refused;
use crate::{Aggregate, Query, Source, Term};

/// An item of the answer.
#[derive(Clone, Debug)]
pub(super) struct Selected {
    /// The name in the answer.
    pub(super) name: String,
    /// Whether the caller gave it.
    pub(super) renamed: bool,
    /// The name inside the statement.
    pub(super) name_inside: String,
    /// The expression over rows `v` of the view.
    pub(super) of_rows: String,
    pub(super) aggregate: bool,
    pub(super) kind: Kind,
    /// The type in PostgreSQL.
    sql: &'static str,
    pub(super) nullable: bool,
}

impl Selected {
    pub(super) fn output(&self) -> Output {
        Output {
            name: self.name.clone(),
            kind: self.kind,
            nullable: self.nullable,
        }
    }

    fn column(column: &'static Column, alias: Option<&String>) -> Self {
        Self {
            name: alias.map_or(column.name, String::as_str).to_owned(),
            renamed: alias.is_some(),
            name_inside: column.name.to_owned(),
            of_rows: format!("v.{}", column.name),
            aggregate: false,
            kind: column.kind,
            sql: column.kind.sql(),
            nullable: column.nullable,
        }
    }

    /// All rows of a group.
    fn count(alias: Option<&String>) -> Self {
        Self {
            name: alias.map_or("count", String::as_str).to_owned(),
            renamed: alias.is_some(),
            name_inside: String::new(),
            of_rows: "count(*)".to_owned(),
            aggregate: true,
            kind: Kind::Integer,
            sql: "bigint",
            nullable: false,
        }
    }

    fn aggregate(
        column: &'static Column,
        aggregate: Aggregate,
        alias: Option<&String>,
    ) -> Result<Self, Refused> {
        let name = column.name;
        let number = matches!(column.kind, Kind::Integer | Kind::Ratio);
        let unordered = matches!(column.kind, Kind::Uuid | Kind::Boolean | Kind::Json);
        let (of_rows, kind, sql) = match aggregate {
            Aggregate::Count => (format!("count(v.{name})"), Kind::Integer, "bigint"),
            Aggregate::Sum if number => (format!("sum(v.{name})"), column.kind, "numeric"),
            Aggregate::Avg if number => {
                (format!("trim_scale(avg(v.{name}))"), Kind::Ratio, "numeric")
            }
            Aggregate::Min | Aggregate::Max if !unordered => {
                let of_rows = format!("{}(v.{name})", aggregate.name());
                (of_rows, column.kind, column.kind.sql())
            }
            _ => {
                let (what, kind) = (aggregate.name(), column.kind.name());
                let detail = format!("`{name}` is of type {kind}, which has no `{what}`");
                return Err(Refused::new("select", detail));
            }
        };
        Ok(Self {
            name: alias.map_or(aggregate.name(), String::as_str).to_owned(),
            renamed: alias.is_some(),
            name_inside: String::new(),
            of_rows,
            aggregate: true,
            kind,
            sql,
            nullable: aggregate != Aggregate::Count,
        })
    }
}

/// What is selected, and in which order.
pub(super) struct Plan {
    pub(super) selected: Vec<Selected>,
    pub(super) keys: Vec<Key>,
    pub(super) aggregated: bool,
    /// The columns of the view that are read for it.
    pub(super) columns: Vec<&'static Column>,
}

impl Plan {
    pub(super) fn of(query: &Query, ask: &Ask<'_>) -> Result<Self, Refused> {
        let (view, audience) = (ask.view, ask.audience);
        let column = |parameter: &str, name: &str| {
            view.column(name, audience).ok_or_else(|| {
                let known = view.columns_for(audience).map(|column| column.name);
                Refused::unknown(parameter, "column", name, known)
            })
        };
        let mut columns: Vec<&'static Column> = Vec::new();
        let mut selected = Vec::new();
        for item in &query.select {
            let alias = item.alias.as_ref();
            match &item.source {
                Source::All => {
                    columns.extend(view.columns_for(audience));
                    selected.extend(
                        view.columns_for(audience)
                            .map(|c| Selected::column(c, None)),
                    );
                }
                Source::Column(name) => {
                    let column = column("select", name)?;
                    columns.push(column);
                    selected.push(Selected::column(column, alias));
                }
                Source::Aggregate(name, aggregate) => {
                    let column = column("select", name)?;
                    columns.push(column);
                    selected.push(Selected::aggregate(column, *aggregate, alias)?);
                }
                Source::Count => selected.push(Selected::count(alias)),
            }
        }
        if selected.is_empty() {
            columns.extend(view.columns_for(audience));
            selected.extend(
                view.columns_for(audience)
                    .map(|c| Selected::column(c, None)),
            );
        }
        let mut plan = Self {
            aggregated: selected.iter().any(|selected| selected.aggregate),
            selected,
            keys: Vec::new(),
            columns,
        };
        plan.check_names()?;
        if plan.aggregated {
            plan.order_groups(&query.order)?;
        } else {
            for term in &query.order {
                let column = column("order", &term.name)?;
                plan.columns.push(column);
                plan.order_by(column, term)?;
            }
            for name in view.key {
                let term = Term {
                    name: (*name).to_owned(),
                    descending: query.order.last().is_some_and(|last| last.descending),
                    nulls_first: None,
                };
                plan.order_by(column("order", name)?, &term)?;
            }
        }
        Ok(plan)
    }

    fn check_names(&self) -> Result<(), Refused> {
        let documents = |selected: &&Selected| selected.kind == Kind::Json;
        if let Some(document) = self
            .selected
            .iter()
            .find(documents)
            .filter(|_| self.aggregated)
        {
            let detail = format!("documents such as `{}` make no groups", document.name);
            return Err(Refused::new("select", detail));
        }
        if self.selected.len() > crate::MAX_ITEMS {
            let detail = format!("has at most {} items", crate::MAX_ITEMS);
            return Err(Refused::new("select", detail));
        }
        for (i, selected) in self.selected.iter().enumerate() {
            if self.selected[..i]
                .iter()
                .any(|other| other.name == selected.name)
            {
                let detail = format!("two items are called `{}`: rename one", selected.name);
                return Err(Refused::new("select", detail));
            }
        }
        Ok(())
    }

    /// A term over a column of the view.
    fn order_by(&mut self, column: &'static Column, term: &Term) -> Result<(), Refused> {
        if column.kind == Kind::Json {
            let detail = format!("documents such as `{}` have no order", column.name);
            return Err(Refused::new("order", detail));
        }
        self.add_key(Key {
            name: column.name.to_owned(),
            sql: column.kind.sql(),
            descending: term.descending,
            nulls_first: term.nulls_first.unwrap_or(term.descending),
            nullable: column.nullable,
        });
        Ok(())
    }

    /// Groups are ordered by the names of the answer, and told apart by what they have
    /// in common.
    fn order_groups(&mut self, order: &[Term]) -> Result<(), Refused> {
        for (i, selected) in self.selected.iter_mut().enumerate() {
            selected.name_inside = format!("o{}", i + 1);
        }
        let key = |selected: &Selected, descending: bool, nulls_first: Option<bool>| Key {
            name: selected.name_inside.clone(),
            sql: selected.sql,
            descending,
            nulls_first: nulls_first.unwrap_or(descending),
            nullable: selected.nullable,
        };
        for term in order {
            let found = self
                .selected
                .iter()
                .find(|selected| selected.name == term.name);
            let Some(selected) = found else {
                let name: String = term.name.chars().take(64).collect();
                let detail = format!("`{name}` is no item of `select`");
                return Err(Refused::new("order", detail));
            };
            let key = key(selected, term.descending, term.nulls_first);
            self.add_key(key);
        }
        let rest: Vec<Key> = self
            .selected
            .iter()
            .filter(|selected| !selected.aggregate)
            .map(|selected| key(selected, false, None))
            .collect();
        for key in rest {
            self.add_key(key);
        }
        Ok(())
    }

    /// What is ordered already is not ordered by again.
    fn add_key(&mut self, key: Key) {
        if !self.keys.iter().any(|known| known.name == key.name) {
            self.keys.push(key);
        }
    }
}
