//! Rows that are parts of others: the lines of settlements.
//!
//! A month's lines are those of its settlements. To read all lines in order and keep those
//! of the month would take sixty times as long after five years. So the settlements are read
//! first, by the same conditions, and of each its lines from the place on.

use catalogue::{Audience, Column, View, relation};

use super::keyset;
use super::select::Plan;
use super::{Ask, Values, all_of};
use crate::{Condition, Query};

/// The view of the few whose parts are asked for, and the conditions that choose among them.
pub(super) struct Few {
    relation: String,
    conditions: Vec<String>,
    /// Their key, and the column that tells the parts of one apart.
    one: &'static str,
    part: &'static Column,
}

impl Few {
    /// If a query chooses among them, and wants the parts in the order of the key.
    /// `conditions`: those of the query, as SQL.
    pub(super) fn of(
        query: &Query,
        ask: &Ask<'_>,
        plan: &Plan,
        conditions: &[String],
    ) -> Option<Self> {
        let within = ask.view.within?;
        let few: &View = catalogue::view(within.view)?;
        let [one, part] = ask.view.key else {
            return None;
        };
        // Of what a member sees there is little.
        if ask.audience == Audience::Own || plan.aggregated || !query.order.is_empty() {
            return None;
        }
        let mut chosen = Vec::new();
        for (condition, sql) in query.conditions.iter().zip(conditions) {
            // One part is found at once.
            if names(condition, &|name| name == *part) {
                return None;
            }
            if !names(condition, &|name| !within.columns.contains(&name)) {
                chosen.push(sql.clone());
            }
        }
        (!chosen.is_empty()).then_some(())?;
        Some(Self {
            relation: relation(few, ask.audience, false),
            conditions: chosen,
            one,
            part: ask.view.column(part, ask.audience)?,
        })
    }

    /// The rows of a page of the parts: `columns` of `parts`, of which `conditions` hold.
    pub(super) fn rows(
        &self,
        plan: &Plan,
        after: Option<&[Option<String>]>,
        [columns, parts, limit]: [&str; 3],
        conditions: &[String],
        values: &mut Values,
    ) -> String {
        let (one, part) = (self.one, self.part.name);
        let mut of_few = self.conditions.clone();
        let mut of_parts = vec![format!("v.{one} = f.one")];
        of_parts.extend_from_slice(conditions);
        if let Some(place @ [Some(first), Some(last)]) = after {
            let (first, last) = (values.add(first), values.add(last));
            let sql = self.part.kind.sql();
            of_few.push(format!("v.{one} >= {first}::uuid"));
            // Where an index begins; which rows are after the place says the next.
            of_parts.push(format!(
                "v.{part} >= case when f.one = {first}::uuid then {last} else '{LEAST}' end::{sql}"
            ));
            of_parts.push(keyset::after(&plan.keys, place, values));
        }
        // By their number: of an array's elements the planner knows that they are in order, so
        // that it stops at the one that fills the page.
        format!(
            "select v.* from unnest(array(select v.{one} from {} v{} order by v.{one})) \
             with ordinality as f (one, n) cross join lateral (\
             select {columns} from {parts} v{} order by v.{part} limit {limit}) v \
             order by f.n, v.{part} limit {limit}",
            self.relation,
            all_of(&of_few),
            all_of(&of_parts),
        )
    }
}

/// Before every id.
const LEAST: &str = "00000000000000000000000000000000";

/// Whether a condition names such a column.
fn names(condition: &Condition, such: &dyn Fn(&str) -> bool) -> bool {
    match condition {
        Condition::Compare(comparison) => such(&comparison.column),
        Condition::Group { parts, .. } => parts.iter().any(|part| names(part, such)),
    }
}
