//! What a check found.

use std::fmt;

use crate::object::Object;

/// A fault: its name, where it is, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable name in kebab case.
    pub name: &'static str,
    /// Kind and name of the object, or a file.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.name, self.place, self.what)
    }
}

/// Where findings are gathered.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds one about an object.
    pub fn add(&mut self, name: &'static str, object: &Object, what: impl Into<String>) {
        self.add_at(name, object.title(), what);
    }

    /// Adds one about a place.
    pub fn add_at(
        &mut self,
        name: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
    ) {
        let (place, what) = (place.into(), what.into());
        self.0.push(Finding { name, place, what });
    }
}
