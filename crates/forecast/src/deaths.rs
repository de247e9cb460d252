//! Times of death, one draw for each.

use mortality::Life;

/// The year of death of a life by one draw of 32 bits: the inverse of its life
/// table, looked up in constant time. A probability is off by less than 2^−32.
#[derive(Clone, Debug)]
pub(crate) struct DeathTable {
    /// For each year, the draws below which somebody has died by its end.
    dead_below: Vec<u32>,
    /// For the upper eight bits of a draw, the first year that is possible.
    first_year: [u8; 256],
}

impl DeathTable {
    /// For the first `years` (at most 255) of `life`.
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub(crate) fn new(life: &Life, years: u32) -> Self {
        let dead_below: Vec<u32> = (1..=years)
            .map(|year| {
                let dead = 1.0 - life.survival(f64::from(year));
                // From 0 to 2^32, where the last becomes one draw less.
                (dead * 4_294_967_296.0).min(4_294_967_295.0) as u32
            })
            .collect();
        let mut first_year = [0; 256];
        for (high, first) in (0_u32..).zip(&mut first_year) {
            let year = dead_below.iter().take_while(|below| **below <= high << 24);
            *first = u8::try_from(year.count()).unwrap_or(u8::MAX);
        }
        Self {
            dead_below,
            first_year,
        }
    }

    /// The year, from 0, in which `draw` dies; the number of years or more if it
    /// is later.
    pub(crate) fn year(&self, draw: u32) -> usize {
        let mut year = usize::from(self.first_year[(draw >> 24) as usize]);
        while self
            .dead_below
            .get(year)
            .is_some_and(|below| *below <= draw)
        {
            year += 1;
        }
        year
    }
}

#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "frequencies of a simulation")]
mod tests {
    use mortality::{Basis, Blend, Closing, ExactAge, FractionalAge, Improvement, Mortality, Sex};
    use proptest::prelude::*;

    use super::*;

    fn life(years: u32) -> Life {
        let basis = Basis {
            mortality: Mortality::Table {
                id: "destatis-2022-2024".to_owned(),
                closing: Closing::LastAge,
            },
            blend: Blend::BySex,
            improvement: Improvement::None,
            fractional_age: FractionalAge::Uniform,
        };
        let age = ExactAge::new(years, 0).expect("an age");
        let rates = basis.rates().expect("rates");
        rates.life(Sex::Male, age, 2025).expect("a life")
    }

    proptest! {
        /// The guide finds what a search from the start finds.
        #[test]
        fn the_lookup_is_the_inverse_of_the_life_table(
            draw in any::<u32>(),
            age in 0_u32..=100,
            years in 1_u32..=70,
        ) {
            let table = DeathTable::new(&life(age), years);
            let expected = table.dead_below.iter().take_while(|below| **below <= draw).count();
            prop_assert_eq!(table.year(draw), expected);
        }
    }

    /// Draws at equal distances give the table's frequencies.
    #[test]
    fn deaths_are_as_frequent_as_the_table_says() {
        let life = life(70);
        let table = DeathTable::new(&life, 31);
        let mut deaths = [0_u32; 32];
        for draw in (0..=u32::MAX).step_by(1 << 12) {
            deaths[table.year(draw)] += 1;
        }
        for (year, deaths) in (0_u32..).zip(&deaths[..31]) {
            let at = |year: u32| life.survival(f64::from(year));
            let expected = (at(year) - at(year + 1)) * f64::from(1_u32 << 20);
            assert!(
                (f64::from(*deaths) - expected).abs() < 1.01,
                "{year}: {deaths} {expected}"
            );
        }
        assert_eq!(deaths[31], 0);
    }
}
