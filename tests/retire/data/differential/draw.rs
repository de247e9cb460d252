//! A query at random: as the URL has it, and in plain SQL beside it.

mod condition;
mod order;

use catalogue::{Audience, Column, Kind, Rows, View};
use postgres::Client;

use super::has_moments;
use crate::ledger::dice::Dice;

/// A query in both languages.
pub(super) struct Drawn {
    /// The parameters of the URL, without `limit`.
    pub(super) text: String,
    pub(super) document: String,
    pub(super) condition: String,
    pub(super) grouping: String,
    pub(super) order: String,
    pub(super) as_of: String,
    pub(super) known_at: String,
    /// Whether it is read page by page.
    pub(super) pages: bool,
}

pub(super) struct Draw<'a> {
    dice: &'a mut Dice,
    view: &'static View,
    audience: Audience,
    columns: Vec<&'static Column>,
    /// Values of each column, as they occur.
    samples: Vec<Vec<String>>,
}

/// An item of `select`.
struct Item {
    text: String,
    name: String,
    sql: String,
    kind: Kind,
    aggregate: bool,
}

impl<'a> Draw<'a> {
    pub(super) fn new(dice: &'a mut Dice, view: &'static View, audience: Audience) -> Self {
        Self {
            dice,
            view,
            audience,
            columns: view.columns_for(audience).collect(),
            samples: Vec::new(),
        }
    }

    pub(super) fn query(&mut self, admin: &mut Client, rows_of: &str) -> Drawn {
        self.sample(admin, rows_of);
        let mut text = Vec::new();
        let items = self.items();
        if !items.is_empty() {
            let items: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            text.push(format!("select={}", items.join(",")));
        }
        let mut conditions = vec!["true".to_owned()];
        for _ in 0..self.dice.below(4) {
            let (parameter, sql) = self.parameter();
            text.push(parameter);
            conditions.push(sql);
        }
        let (mut as_of, mut known_at) = (
            "'infinity'::date".to_owned(),
            "'infinity'::timestamptz".to_owned(),
        );
        if has_moments(self.view) && self.dice.chance(40) {
            let day = [
                "2025-06-02",
                "2025-06-04",
                "2025-06-07",
                "2025-06-30",
                "2030-01-01",
            ];
            let day = self.dice.pick(&day).expect("some");
            text.push(format!("as_of={day}"));
            as_of = format!("'{day}'::date");
        }
        if has_moments(self.view) && self.dice.chance(20) {
            let time = ["2025-01-01T00:00:00Z", "2040-01-01T00:00:00.5Z"];
            let time = self.dice.pick(&time).expect("some");
            text.push(format!("known_at={time}"));
            known_at = format!("'{time}'::timestamptz");
        }
        let aggregated = items.iter().any(|item| item.aggregate);
        let order = if aggregated {
            self.order_of_groups(&items, &mut text)
        } else {
            self.order_of_rows(&mut text)
        };
        Drawn {
            text: text.join("&"),
            document: self.document(&items),
            condition: conditions.join(" and "),
            grouping: if aggregated {
                self.grouping(&items)
            } else {
                String::new()
            },
            order,
            as_of,
            known_at,
            pages: self.dice.chance(25),
        }
    }

    fn sample(&mut self, admin: &mut Client, rows_of: &str) {
        let rows_of = rows_of
            .replace("$as_of", "'infinity'::date")
            .replace("$known_at", "'infinity'::timestamptz");
        let values: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let name = column.name;
                let value = match column.kind {
                    Kind::Time => format!("to_char(v.{name}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
                    _ => format!("v.{name}::text"),
                };
                format!("coalesce({value}, '')")
            })
            .collect();
        let statement = format!(
            "with v as ({rows_of}) select array[{}] from v order by 1 limit 30",
            values.join(", ")
        );
        let rows = admin.query(&statement, &[]).expect("samples");
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.get(0)).collect();
        self.samples = (0..self.columns.len())
            .map(|i| {
                rows.iter()
                    .map(|row| row[i].clone())
                    .filter(|v| !v.is_empty())
                    .collect()
            })
            .collect();
    }

    fn column(&mut self) -> (usize, &'static Column) {
        loop {
            let i = self.dice.below(self.columns.len());
            if self.columns[i].kind != Kind::Json {
                return (i, self.columns[i]);
            }
        }
    }

    fn items(&mut self) -> Vec<Item> {
        if self.dice.chance(20) {
            return Vec::new();
        }
        let aggregated = self.dice.chance(40);
        let mut items: Vec<Item> = Vec::new();
        for n in 0..=self.dice.below(5) {
            let (_, column) = self.column();
            let name = column.name;
            let alias = self.dice.chance(40).then(|| format!("Alias_{n}"));
            let number = matches!(column.kind, Kind::Integer | Kind::Ratio);
            let ordered = !matches!(column.kind, Kind::Uuid | Kind::Boolean);
            let (source, sql, kind, aggregate, plain) = match self.dice.below(6) {
                0 if aggregated => (
                    "count()".to_owned(),
                    "count(*)".to_owned(),
                    Kind::Integer,
                    true,
                    "count",
                ),
                1 if aggregated => (
                    format!("{name}.count()"),
                    format!("count(v.{name})"),
                    Kind::Integer,
                    true,
                    "count",
                ),
                2 if aggregated && number => (
                    format!("{name}.sum()"),
                    format!("sum(v.{name})"),
                    column.kind,
                    true,
                    "sum",
                ),
                3 if aggregated && number => (
                    format!("{name}.avg()"),
                    format!("trim_scale(avg(v.{name}))"),
                    Kind::Ratio,
                    true,
                    "avg",
                ),
                4 if aggregated && ordered => (
                    format!("{name}.max()"),
                    format!("max(v.{name})"),
                    column.kind,
                    true,
                    "max",
                ),
                5 if aggregated && ordered => (
                    format!("{name}.min()"),
                    format!("min(v.{name})"),
                    column.kind,
                    true,
                    "min",
                ),
                _ => (
                    name.to_owned(),
                    format!("v.{name}"),
                    column.kind,
                    false,
                    name,
                ),
            };
            let shown = alias.clone().unwrap_or_else(|| plain.to_owned());
            if items.iter().all(|item| item.name != shown) {
                items.push(Item {
                    text: alias.map_or(source.clone(), |alias| format!("{alias}:{source}")),
                    name: shown,
                    sql,
                    kind,
                    aggregate,
                });
            }
        }
        items
    }

    fn document(&self, items: &[Item]) -> String {
        let pair = |name: &str, kind: Kind, sql: &str| {
            let value = match kind {
                Kind::Time => format!("to_char({sql}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
                Kind::Ratio => format!("({sql})::text"),
                _ => sql.to_owned(),
            };
            format!("'{name}', {value}")
        };
        let pairs: Vec<String> = if items.is_empty() {
            self.columns
                .iter()
                .map(|column| pair(column.name, column.kind, &format!("v.{}", column.name)))
                .collect()
        } else {
            items
                .iter()
                .map(|item| pair(&item.name, item.kind, &item.sql))
                .collect()
        };
        format!("json_build_object({})", pairs.join(", "))
    }

    fn grouping(&self, items: &[Item]) -> String {
        let plain: Vec<&str> = items
            .iter()
            .filter(|item| !item.aggregate)
            .map(|item| item.sql.as_str())
            .collect();
        let group_by = if plain.is_empty() {
            "()".to_owned()
        } else {
            plain.join(", ")
        };
        let few = match (self.audience, self.view.rows) {
            (Audience::Analyst, Rows::OfMembers) => " having count(distinct v.member_id) > 19",
            (Audience::Analyst, Rows::OfMembersAndPools) => {
                " having count(distinct v.member_id) > 19 or bool_and(v.member_id is null)"
            }
            _ => "",
        };
        format!(" group by {group_by}{few}")
    }
}
