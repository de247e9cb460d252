//! Conditions, with the types of their columns.

use catalogue::{Column, Kind};

use super::{Ask, Values};
use crate::refused::Refused;
use crate::{Comparison, Condition, Operand, Operator, State, value};

/// Reads conditions, and remembers the columns that they are about.
pub(super) struct Conditions<'a> {
    ask: &'a Ask<'a>,
    values: &'a mut Values,
    columns: Vec<&'static Column>,
}

impl<'a> Conditions<'a> {
    pub(super) const fn new(ask: &'a Ask<'a>, values: &'a mut Values) -> Self {
        Self {
            ask,
            values,
            columns: Vec::new(),
        }
    }

    pub(super) fn into_columns(self) -> Vec<&'static Column> {
        self.columns
    }

    pub(super) fn condition(
        &mut self,
        condition: &Condition,
        parameter: &str,
    ) -> Result<String, Refused> {
        match condition {
            Condition::Compare(comparison) => self.compare(comparison, parameter),
            Condition::Group {
                negated,
                any,
                parts,
            } => {
                let parts = parts
                    .iter()
                    .map(|part| self.condition(part, parameter))
                    .collect::<Result<Vec<String>, Refused>>()?;
                let parts = parts.join(if *any { " or " } else { " and " });
                Ok(negate(*negated, &format!("({parts})")))
            }
        }
    }

    fn compare(&mut self, comparison: &Comparison, parameter: &str) -> Result<String, Refused> {
        let name = comparison.column.as_str();
        let (view, audience) = (self.ask.view, self.ask.audience);
        let Some(column) = view.column(name, audience) else {
            let known = view.columns_for(audience).map(|column| column.name);
            // What is no column may be meant for a word of the grammar.
            let words = crate::grammar::WORDS.iter().copied();
            let words = words.filter(|_| parameter == name);
            return Err(Refused::unknown(
                parameter,
                "column",
                name,
                known.chain(words),
            ));
        };
        if !self.columns.iter().any(|known| known.name == name) {
            self.columns.push(column);
        }
        let refused = |detail: String| Refused::new(parameter, format!("`{name}` {detail}"));
        let checked = |text: &str| {
            value::check(column.kind, text)
                .map_err(|why| refused(format!("is compared with a value that {why}")))
        };
        let kind = column.kind.sql();
        let sql = match &comparison.operand {
            Operand::One(operator @ (Operator::Like | Operator::Ilike), pattern) => {
                if column.kind != Kind::Text {
                    let detail = format!("is of type {}, which has no `like`", column.kind.name());
                    return Err(refused(detail));
                }
                checked(pattern)?;
                let pattern = pattern.replace('*', "%");
                if !value::is_pattern(&pattern) {
                    return Err(refused("is compared with an unfinished pattern".to_owned()));
                }
                format!("v.{name} {} {}", operator.sql(), self.values.add(pattern))
            }
            Operand::One(operator, text) => {
                checked(text)?;
                let value = self.values.add(text);
                format!("v.{name} {} {value}::{kind}", operator.sql())
            }
            Operand::In(texts) => {
                for text in texts {
                    checked(text)?;
                }
                if texts.is_empty() {
                    "false".to_owned()
                } else {
                    format!("v.{name} = any({}::{kind}[])", self.values.add_all(texts))
                }
            }
            Operand::Is(State::Null) => format!("v.{name} is null"),
            Operand::Is(State::NotNull) => format!("v.{name} is not null"),
            Operand::Is(state) if column.kind == Kind::Boolean => {
                format!("v.{name} is {}", state.name())
            }
            Operand::Is(_) => {
                let detail = format!("is of type {}, which is never so", column.kind.name());
                return Err(refused(detail));
            }
        };
        let sql = if column.by_cases {
            // Taken to hold for half of the rows, and not for hardly any: a page of the first
            // of them is then read in order, and not all of them sorted.
            format!("(case {sql} when true then true when false then false end)")
        } else {
            format!("({sql})")
        };
        Ok(negate(comparison.negated, &sql))
    }
}

fn negate(negated: bool, sql: &str) -> String {
    if negated {
        format!("(not {sql})")
    } else {
        sql.to_owned()
    }
}
