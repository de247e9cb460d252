//! From a query to one statement over the views of the catalogue.

mod conditions;
mod keyset;
mod render;
mod select;
mod within;

use catalogue::{Audience, Column, Kind, Moments, Rows, SMALLEST_CELL, View, relation};

use self::conditions::Conditions;
use self::keyset::Key;
use self::select::{Plan, Selected};
use self::within::Few;
use crate::refused::Refused;
use crate::{Condition, Query, value};

/// What a query is asked of, and which part of the answer is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The view.
    pub view: &'static View,
    /// Who asks.
    pub audience: Audience,
    /// The form of the rows.
    pub form: Form,
    /// The most rows of the page.
    pub limit: u32,
    /// Whether the page is a piece of the whole answer: a full one is followed by another,
    /// which may be empty. To know better takes a sixth of the time.
    pub piece: bool,
    /// The place after which the page begins.
    pub after: Option<&'a [Option<String>]>,
}

/// The form of the rows of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON objects, with commas between them.
    Json,
    /// JSON objects, one on a line.
    Lines,
    /// RFC 4180.
    Csv,
}

/// What a row has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The name.
    pub name: String,
    /// The type.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A statement, and what is known of it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Gives one row: the page as text, the place of its last row if more rows follow,
    /// and how many rows the page has.
    pub text: String,
    /// Gives all rows that the query is about, to be counted.
    pub count_text: String,
    /// The elements of the statements' parameter `$1`, an array of text.
    pub values: Vec<String>,
    /// What a row has, in order.
    pub outputs: Vec<Output>,
    /// The columns of the view that are read.
    pub columns: Vec<&'static Column>,
}

/// Values on their way to the statement's parameter.
#[derive(Default)]
struct Values(Vec<String>);

impl Values {
    /// The expression of a value, of type text.
    fn add(&mut self, value: impl Into<String>) -> String {
        self.0.push(value.into());
        format!("($1)[{}]", self.0.len())
    }

    /// The expression of values, of type text[].
    fn add_all(&mut self, values: &[String]) -> String {
        let first = self.0.len() + 1;
        self.0.extend_from_slice(values);
        format!("($1)[{first}:{}]", self.0.len())
    }
}

/// Makes a statement of a query.
///
/// # Errors
/// [`Refused`]: an unknown column, an operator that the column's type does not have, a
/// value that is not of it.
pub fn compile(query: &Query, ask: &Ask<'_>) -> Result<Compiled, Refused> {
    let mut values = Values::default();
    let plan = Plan::of(query, ask)?;
    if ask
        .after
        .is_some_and(|after| after.len() != plan.keys.len())
    {
        return Err(Refused::new("cursor", "is of another query"));
    }
    let mut read = Conditions::new(ask, &mut values);
    let mut conditions = Vec::new();
    for condition in &query.conditions {
        let parameter = match condition {
            Condition::Compare(comparison) => comparison.column.as_str(),
            Condition::Group { negated, any, .. } => match (negated, any) {
                (false, false) => "and",
                (false, true) => "or",
                (true, false) => "not.and",
                (true, true) => "not.or",
            },
        };
        conditions.push(read.condition(condition, parameter)?);
    }
    let mut columns = read.into_columns();
    let few = Few::of(query, ask, &plan, &conditions);
    conditions.extend(moments(query, ask.view, &mut values)?);
    let computed = ask.view.moments == Moments::Computed;
    let then = computed && (query.as_of.is_some() || query.known_at.is_some());
    let relation = relation(ask.view, ask.audience, then);

    for column in &plan.columns {
        if !columns.iter().any(|known| known.name == column.name) {
            columns.push(column);
        }
    }
    let (rows, count_text) = if plan.aggregated {
        let groups = groups(&plan, ask, &relation, &conditions);
        let from = format!("({groups})");
        (page_of(&plan, ask, &from, &[], None, &mut values), groups)
    } else {
        let count = format!("select from {relation} v{}", all_of(&conditions));
        let page = page_of(&plan, ask, &relation, &conditions, few, &mut values);
        (page, count)
    };
    Ok(Compiled {
        text: finish(&plan, ask, &rows, &mut values),
        count_text,
        values: values.0,
        outputs: plan.selected.iter().map(Selected::output).collect(),
        columns,
    })
}

/// The conditions of `as_of` and `known_at`.
fn moments(query: &Query, view: &View, values: &mut Values) -> Result<Vec<String>, Refused> {
    let mut conditions = Vec::new();
    for (parameter, value, is_valid, expected) in [
        (
            "as_of",
            &query.as_of,
            value::is_day as fn(&str) -> bool,
            "is not a day such as 2025-06-30",
        ),
        (
            "known_at",
            &query.known_at,
            value::is_time,
            "is not a time such as 2025-06-30T20:00:00Z",
        ),
    ] {
        let Some(value) = value else { continue };
        if view.moments == Moments::Now {
            let detail = format!("`{}` has no history", view.name);
            return Err(Refused::new(parameter, detail));
        }
        if value.len() > 40 || !is_valid(value) {
            return Err(Refused::new(parameter, expected));
        }
        let Moments::Columns {
            effective,
            recorded,
            replaced,
        } = view.moments
        else {
            continue;
        };
        let value = values.add(value);
        if parameter == "as_of" {
            conditions.push(format!("v.{effective} <= {value}::date"));
        } else {
            conditions.push(format!("v.{recorded} <= {value}::timestamptz"));
            conditions.extend(replaced.map(|replaced| {
                format!("(v.{replaced} is null or v.{replaced} > {value}::timestamptz)")
            }));
        }
    }
    Ok(conditions)
}

fn all_of(conditions: &[String]) -> String {
    if conditions.is_empty() {
        String::new()
    } else {
        format!(" where {}", conditions.join(" and "))
    }
}

/// The groups of a query with aggregates: a column for each item, `o1`, `o2`, ….
fn groups(plan: &Plan, ask: &Ask<'_>, relation: &str, conditions: &[String]) -> String {
    let items: Vec<String> = plan
        .selected
        .iter()
        .map(|selected| format!("{} as {}", selected.of_rows, selected.name_inside))
        .collect();
    let grouped: Vec<&str> = plan
        .selected
        .iter()
        .filter(|selected| !selected.aggregate)
        .map(|selected| selected.of_rows.as_str())
        .collect();
    let group_by = if grouped.is_empty() {
        String::new()
    } else {
        format!(" group by {}", grouped.join(", "))
    };
    format!(
        "select {} from {relation} v{}{group_by}{}",
        items.join(", "),
        all_of(conditions),
        large_cells(ask),
    )
}

/// A figure tells of twenty members at least, or of their pool as a whole.
fn large_cells(ask: &Ask<'_>) -> String {
    let Some(member) = ask
        .view
        .member()
        .filter(|_| ask.audience == Audience::Analyst)
    else {
        return String::new();
    };
    let of_pools = match ask.view.rows {
        Rows::OfMembersAndPools => format!(" or (count(v.{member}) = 0 and count(*) > 0)"),
        _ => String::new(),
    };
    format!(" having count(distinct v.{member}) >= {SMALLEST_CELL}{of_pools}")
}

/// The rows of a page, in order, and one more unless it is a piece.
fn page_of(
    plan: &Plan,
    ask: &Ask<'_>,
    from: &str,
    conditions: &[String],
    few: Option<Few>,
    values: &mut Values,
) -> String {
    let mut names: Vec<&str> = Vec::new();
    let of_items = plan.selected.iter().map(|s| s.name_inside.as_str());
    for name in of_items.chain(plan.keys.iter().map(|key| key.name.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let columns: Vec<String> = names.iter().map(|name| format!("v.{name}")).collect();
    let columns = columns.join(", ");
    // One more tells whether more follow.
    let limit = ask.limit + u32::from(!ask.piece);
    let limit = format!("{}::bigint", values.add(limit.to_string()));
    if let Some(few) = few {
        return few.rows(
            plan,
            ask.after,
            [&columns, from, &limit],
            conditions,
            values,
        );
    }
    let mut conditions = conditions.to_vec();
    if let Some(after) = ask.after {
        conditions.push(keyset::after(&plan.keys, after, values));
    }
    let order: Vec<String> = plan.keys.iter().map(Key::order).collect();
    let order_by = if order.is_empty() {
        String::new()
    } else {
        format!(" order by {}", order.join(", "))
    };
    format!(
        "select {columns} from {from} v{}{order_by} limit {limit}",
        all_of(&conditions),
    )
}

/// The page as one row.
fn finish(plan: &Plan, ask: &Ask<'_>, rows: &str, values: &mut Values) -> String {
    let item = render::item(&plan.selected, ask.form, values);
    let limit = format!("{}::bigint", values.add(ask.limit.to_string()));
    let separator = match ask.form {
        Form::Json => "','",
        Form::Lines => "E'\\n'",
        Form::Csv => "E'\\r\\n'",
    };
    let place = |of: &dyn Fn(&str) -> String| {
        let values: Vec<String> = plan.keys.iter().map(|key| of(&key.name)).collect();
        format!("jsonb_build_array({})::text", values.join(", "))
    };
    if ask.piece {
        let last = place(&|name| format!("(array_agg(v.{name}))[{limit}]::text"));
        return format!(
            "select string_agg({item}, {separator}), case when count(*) = {limit} then {last} end, \
             count(*) from ({rows}) v"
        );
    }
    let last = place(&|name| format!("v.{name}::text"));
    format!(
        "select string_agg(p.item, {separator}) filter (where p.n <= {limit}), \
         case when count(*) > {limit} then max(p.place) end, least(count(*), {limit}) \
         from (select {item} as item, case when v.n = {limit} then {last} end as place, v.n \
             from (select row_number() over () as n, v.* from ({rows}) v) v) p",
    )
}
