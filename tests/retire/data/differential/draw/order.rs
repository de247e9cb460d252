//! The order of the answer.

use super::{Draw, Item};

impl Draw<'_> {
    fn direction(&mut self) -> (String, String) {
        let (mut text, mut sql) = (String::new(), String::new());
        match self.dice.below(4) {
            0 => {
                text += ".desc";
                sql += " desc";
            }
            1 => text += ".asc",
            _ => {}
        }
        match self.dice.below(4) {
            0 => {
                text += ".nullsfirst";
                sql += " nulls first";
            }
            1 => {
                text += ".nullslast";
                sql += " nulls last";
            }
            _ => {}
        }
        (text, sql)
    }

    pub(super) fn order_of_rows(&mut self, text: &mut Vec<String>) -> String {
        let (mut terms, mut sql) = (Vec::new(), Vec::new());
        let mut last = String::new();
        for _ in 0..self.dice.below(3) {
            let (_, column) = self.column();
            let (direction_text, direction) = self.direction();
            terms.push(format!("{}{direction_text}", column.name));
            sql.push(format!("v.{}{direction}", column.name));
            last = if direction.contains("desc") {
                " desc".to_owned()
            } else {
                String::new()
            };
        }
        if !terms.is_empty() {
            text.push(format!("order={}", terms.join(",")));
        }
        // Rows that are the same in all this are in the order of the key.
        sql.extend(self.view.key.iter().map(|key| format!("v.{key}{last}")));
        sql.join(", ")
    }

    pub(super) fn order_of_groups(&mut self, items: &[Item], text: &mut Vec<String>) -> String {
        let (mut terms, mut sql) = (Vec::new(), Vec::new());
        for _ in 0..self.dice.below(3) {
            let item = &items[self.dice.below(items.len())];
            let (direction_text, direction) = self.direction();
            terms.push(format!("{}{direction_text}", item.name));
            sql.push(format!("{}{direction}", item.sql));
        }
        if !terms.is_empty() {
            text.push(format!("order={}", terms.join(",")));
        }
        let plain = items.iter().filter(|item| !item.aggregate);
        sql.extend(plain.map(|item| item.sql.clone()));
        if sql.is_empty() {
            "1".to_owned()
        } else {
            sql.join(", ")
        }
    }
}
