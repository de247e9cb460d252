//! Conditions of columns, and of several together.

use catalogue::Kind;

use super::Draw;

impl Draw<'_> {
    /// A parameter with a condition.
    pub(super) fn parameter(&mut self) -> (String, String) {
        if self.dice.chance(30) {
            let (negated, any) = (self.dice.chance(30), self.dice.chance(60));
            let (parts, sql) = self.parts(2);
            let name = if any { "or" } else { "and" };
            let not = if negated { "not." } else { "" };
            let sql = sql.join(if any { " or " } else { " and " });
            let sql = if negated {
                format!("not ({sql})")
            } else {
                format!("({sql})")
            };
            return (
                format!("{not}{name}={}", encoded(&format!("({})", parts.join(",")))),
                sql,
            );
        }
        let (column, operand, sql) = self.comparison(false);
        (format!("{column}={}", encoded(&operand)), sql)
    }

    fn parts(&mut self, depth: usize) -> (Vec<String>, Vec<String>) {
        (0..=self.dice.below(3))
            .map(|_| {
                if depth > 0 && self.dice.chance(30) {
                    let (parts, sql) = self.parts(depth - 1);
                    return (
                        format!("not.or({})", parts.join(",")),
                        format!("not ({})", sql.join(" or ")),
                    );
                }
                let (column, operand, sql) = self.comparison(true);
                (format!("{column}.{operand}"), sql)
            })
            .unzip()
    }

    /// A condition of a column: its name, the operand as the grammar has it, SQL.
    fn comparison(&mut self, among: bool) -> (&'static str, String, String) {
        let (i, column) = self.column();
        let name = column.name;
        let kind = column.kind.sql();
        let quoted = |value: &str| {
            if among {
                format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
            } else {
                value.to_owned()
            }
        };
        let (operand, sql) = match self.dice.below(10) {
            0 => ("is.null".to_owned(), format!("v.{name} is null")),
            1 => ("is.not_null".to_owned(), format!("v.{name} is not null")),
            2 if column.kind == Kind::Boolean => {
                ("is.true".to_owned(), format!("v.{name} is true"))
            }
            3 | 4 => {
                let values: Vec<String> = (0..self.dice.below(4)).map(|_| self.value(i)).collect();
                let texts: Vec<String> = values
                    .iter()
                    .map(|v| format!("\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\"")))
                    .collect();
                let literals: Vec<String> = values.iter().map(|v| literal(v, kind)).collect();
                let sql = if literals.is_empty() {
                    "false".to_owned()
                } else {
                    format!("v.{name} in ({})", literals.join(", "))
                };
                (format!("in.({})", texts.join(",")), sql)
            }
            5 | 6 if column.kind == Kind::Text => {
                let value = self.value(i);
                let part: String = value
                    .chars()
                    .skip(1)
                    .take(3)
                    .filter(|c| *c != '\\')
                    .collect();
                let (operator, sql) = if self.dice.chance(50) {
                    ("like", "like")
                } else {
                    ("ilike", "ilike")
                };
                let pattern = format!("*{part}*");
                let sql = format!(
                    "v.{name} {sql} {}",
                    literal(&pattern.replace('*', "%"), "text")
                );
                (format!("{operator}.{}", quoted(&pattern)), sql)
            }
            _ => {
                let operators = [
                    ("eq", "="),
                    ("neq", "<>"),
                    ("gt", ">"),
                    ("gte", ">="),
                    ("lt", "<"),
                    ("lte", "<="),
                ];
                let (operator, symbol) = self.dice.pick(&operators).expect("some");
                let value = self.value(i);
                (
                    format!("{operator}.{}", quoted(&value)),
                    format!("v.{name} {symbol} {}", literal(&value, kind)),
                )
            }
        };
        if self.dice.chance(20) {
            (name, format!("not.{operand}"), format!("not ({sql})"))
        } else {
            (name, operand, format!("({sql})"))
        }
    }

    /// A value of a column: one that occurs, or another.
    fn value(&mut self, i: usize) -> String {
        let samples = &self.samples[i];
        if !samples.is_empty() && self.dice.chance(80) {
            return samples[self.dice.below(samples.len())].clone();
        }
        let other = match self.columns[i].kind {
            Kind::Uuid => [
                "00000000-0000-0000-0000-000000000000",
                "FFFFFFFF-ffff-ffff-ffff-ffffffffffff",
            ],
            Kind::Text | Kind::Json => ["it's, (\"odd\") \\ 100% _ €", ""],
            Kind::Integer => ["-9223372036854775808", "0"],
            Kind::Ratio => ["-0.5", "1000000000000000000000"],
            Kind::Date => ["0001-01-01", "9999-12-31"],
            Kind::Month => ["2025-06", "1999-01"],
            Kind::Time => ["2025-06-30T20:00:00+02:00", "1970-01-01T00:00:00Z"],
            Kind::Boolean => ["true", "false"],
        };
        self.dice.pick(&other).expect("some").to_owned()
    }
}

fn literal(value: &str, kind: &str) -> String {
    format!("'{}'::{kind}", value.replace('\'', "''"))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}
