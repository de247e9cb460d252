//! Variables of the application, and the templates over them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use crate::manifest::Variable;

/// The values of the application's variables: given ones, then `SPIN_VARIABLE_*`
/// of the environment, then defaults.
pub(crate) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Resolves all variables.
    ///
    /// # Errors
    /// A required variable without a value, a given one that does not exist.
    pub(crate) fn resolve(
        declared: &BTreeMap<String, Variable>,
        given: &BTreeMap<String, String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        if let Some(name) = given.keys().find(|name| !declared.contains_key(*name)) {
            bail!("the application has no variable {name}");
        }
        let mut values = BTreeMap::new();
        for (name, variable) in declared {
            let value = given
                .get(name)
                .cloned()
                .or_else(|| environment(&format!("SPIN_VARIABLE_{}", name.to_uppercase())))
                .or_else(|| variable.default.clone());
            match value {
                Some(value) => {
                    values.insert(name.clone(), value);
                }
                None if variable.required => bail!(
                    "the variable {name} has no value: set SPIN_VARIABLE_{}",
                    name.to_uppercase()
                ),
                None => {}
            }
        }
        Ok(Self(values))
    }

    /// Fills a template: `{{ name }}` stands for a variable.
    ///
    /// # Errors
    /// An unclosed placeholder or a variable without a value.
    pub(crate) fn fill(&self, template: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((literal, tail)) = rest.split_once("{{") {
            let (name, tail) = tail
                .split_once("}}")
                .with_context(|| format!("{template}: a placeholder is not closed"))?;
            let name = name.trim();
            let value = self
                .0
                .get(name)
                .with_context(|| format!("{template}: the variable {name} has no value"))?;
            filled.push_str(literal);
            filled.push_str(value);
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> BTreeMap<String, Variable> {
        let variable = |required, default: Option<&str>| Variable {
            required,
            secret: false,
            default: default.map(str::to_owned),
        };
        BTreeMap::from([
            ("needed".to_owned(), variable(true, None)),
            ("host".to_owned(), variable(false, Some("localhost"))),
        ])
    }

    fn resolve(given: &[(&str, &str)], environment: &[(&str, &str)]) -> Result<Variables> {
        let given = given
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Variables::resolve(&declared(), &given.collect(), |wanted| {
            let found = environment.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn given_before_environment_before_default() {
        let variables = resolve(&[("needed", "a")], &[("SPIN_VARIABLE_HOST", "b")]).expect("all");
        assert_eq!(
            variables
                .fill("{{needed}}@{{ host }}:5432")
                .expect("filled"),
            "a@b:5432"
        );
        let variables = resolve(
            &[("host", "c")],
            &[("SPIN_VARIABLE_NEEDED", "n"), ("SPIN_VARIABLE_HOST", "b")],
        )
        .expect("all");
        assert_eq!(variables.fill("{{ host }}").expect("filled"), "c");
        assert_eq!(variables.fill("plain").expect("filled"), "plain");
        assert!(variables.fill("{{ other }}").is_err());
        assert!(variables.fill("{{ host").is_err());
    }

    #[test]
    fn what_is_required_must_be_given_and_what_is_given_must_exist() {
        assert!(resolve(&[], &[]).is_err());
        assert!(resolve(&[("needed", "a"), ("typo", "b")], &[]).is_err());
    }
}
