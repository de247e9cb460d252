//! One future of the pool.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::classes::Classes;
use crate::terms::ForecastTerms;

/// Room for one path, used again for the next.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// 1 + R by year.
    growth: Vec<f64>,
    /// The first balances of those who die, by year and class.
    dying: Vec<f64>,
    /// The first balances of those who are alive, by class.
    alive: Vec<f64>,
    /// What one cent of a first balance has become, by class.
    worth: Vec<f64>,
}

impl Run {
    pub(crate) fn new(classes: &Classes, years: u32) -> Self {
        let (years, classes) = (years as usize, classes.classes.len());
        Self {
            growth: vec![0.0; years],
            dying: vec![0.0; years * classes],
            alive: vec![0.0; classes],
            worth: vec![0.0; classes],
        }
    }

    /// Draws the path number `path` and gives, year by year, the watched member's
    /// income of the year per cent of the first balance.
    ///
    /// Each path has two streams of the generator of its own, one for returns and
    /// one for deaths: a path does not depend on those before it, nor the first
    /// years on how many follow.
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub(crate) fn path(
        &mut self,
        classes: &Classes,
        terms: &ForecastTerms,
        path: u32,
        mut income: impl FnMut(f64),
    ) {
        let mut rng = stream(terms.seed, u64::from(path) * 2);
        terms.returns.draw(&mut rng, &mut self.growth);
        self.draw_deaths(classes, &mut stream(terms.seed, u64::from(path) * 2 + 1));
        for (alive, class) in self.alive.iter_mut().zip(&classes.classes) {
            *alive = class.total;
        }
        self.worth.fill(1.0);
        let mut carried = 0.0;
        for year in 0..self.growth.len() {
            let paid = classes.classes[classes.watched].years[year].paid;
            income(self.worth[classes.watched] * paid);
            carried = self.settle(classes, year, carried);
        }
    }

    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    fn draw_deaths(&mut self, classes: &Classes, rng: &mut ChaCha8Rng) {
        self.dying.fill(0.0);
        let stride = classes.classes.len();
        for (position, class) in classes.classes.iter().enumerate() {
            for balance in &class.balances {
                let index = class.deaths.year(rng.next_u32()) * stride + position;
                if let Some(dying) = self.dying.get_mut(index) {
                    *dying += balance;
                }
            }
        }
    }

    /// Pays, adds the return and shares what the dead leave, with the pot that
    /// nobody could take before. The pot that nobody can take now is given back.
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    fn settle(&mut self, classes: &Classes, year: usize, carried: f64) -> f64 {
        let growth = self.growth[year];
        let count = classes.classes.len();
        let dying = &self.dying[year * count..(year + 1) * count];
        let (mut pot, mut weights) = (carried * growth, 0.0);
        for (position, class) in classes.classes.iter().enumerate() {
            let of_year = class.years[year];
            self.worth[position] *= (1.0 - of_year.paid) * growth;
            pot += dying[position] * self.worth[position];
            self.alive[position] -= dying[position];
            weights += self.alive[position] * self.worth[position] * of_year.odds;
        }
        if weights <= 0.0 {
            return pot;
        }
        let group_gain = pot / weights;
        for (worth, class) in self.worth.iter_mut().zip(&classes.classes) {
            *worth *= 1.0 + group_gain * class.years[year].odds;
        }
        0.0
    }
}

/// A stream of ChaCha with eight rounds, whose key is the seed.
fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(stream);
    rng
}

#[cfg(test)]
#[allow(
    clippy::float_arithmetic,
    reason = "a simulation, once more and plainly"
)]
mod tests {
    use money::Cents;
    use mortality::{Basis, Blend, Closing, FractionalAge, Improvement, Mortality, Rates, Sex};
    use payout::Interest;

    use super::*;
    use crate::{Pool, PoolMember, Returns};

    fn rates() -> Rates {
        let basis = Basis {
            mortality: Mortality::Table {
                id: "destatis-2022-2024".to_owned(),
                closing: Closing::LastAge,
            },
            blend: Blend::BySex,
            improvement: Improvement::None,
            fractional_age: FractionalAge::Uniform,
        };
        basis.rates().expect("rates")
    }

    fn terms(years: u32) -> ForecastTerms {
        let parameter = |text: &str| text.parse().expect("a parameter");
        ForecastTerms {
            seed: 5,
            paths: 100,
            years,
            first_year: 2025,
            interest: Interest::effective(parameter("0.02")).expect("a rate"),
            returns: Returns::new(parameter("0.03"), parameter("0.1")).expect("returns"),
        }
    }

    fn member(sex: Sex, age_years: u32, balance: i64) -> PoolMember {
        PoolMember {
            sex,
            age_years,
            balance_cents: Cents::new(balance).expect("in range"),
        }
    }

    /// Nine members of four classes, in an order that mixes them.
    fn nine() -> Pool {
        let members = vec![
            member(Sex::Male, 80, 500_000),
            member(Sex::Female, 70, 900_000),
            member(Sex::Male, 80, 0),
            member(Sex::Female, 95, 100_001),
            member(Sex::Female, 70, 1_234_567),
            member(Sex::Male, 70, 800_000),
            member(Sex::Male, 80, 2_500_000),
            member(Sex::Female, 95, 3_000),
            member(Sex::Male, 70, 700_000),
        ];
        Pool::listed(members, 1).expect("a pool")
    }

    /// Every member's balance by itself, year by year, with the same draws.
    fn one_by_one(classes: &Classes, terms: &ForecastTerms, path: u32) -> Vec<f64> {
        let mut growth = vec![0.0; terms.years as usize];
        let mut rng = stream(terms.seed, u64::from(path) * 2);
        terms.returns.draw(&mut rng, &mut growth);
        let mut rng = stream(terms.seed, u64::from(path) * 2 + 1);
        let mut members = Vec::new();
        for (position, class) in classes.classes.iter().enumerate() {
            for balance in &class.balances {
                members.push((position, *balance, class.deaths.year(rng.next_u32())));
            }
            if position == classes.watched {
                let others: f64 = class.balances.iter().sum();
                members.push((position, class.total - others, usize::MAX));
            }
        }
        let watched = |members: &[(usize, f64, usize)]| {
            *members
                .iter()
                .find(|m| m.2 == usize::MAX)
                .expect("always alive")
        };
        let first = watched(&members).1;
        let (mut incomes, mut carried) = (Vec::new(), 0.0);
        for (year, growth) in growth.iter().enumerate() {
            let of = |position: usize| classes.classes[position].years[year];
            let (position, balance, _) = watched(&members);
            incomes.push(balance * of(position).paid / first);
            for member in &mut members {
                member.1 *= (1.0 - of(member.0).paid) * growth;
            }
            let dead = members.iter().filter(|m| m.2 == year);
            let pot = carried * growth + dead.map(|m| m.1).sum::<f64>();
            members.retain(|m| m.2 > year);
            let weights: f64 = members.iter().map(|m| m.1 * of(m.0).odds).sum();
            carried = if weights > 0.0 { 0.0 } else { pot };
            for member in members.iter_mut().filter(|_| weights > 0.0) {
                member.1 *= 1.0 + pot / weights * of(member.0).odds;
            }
        }
        incomes
    }

    #[test]
    fn classes_give_what_members_one_by_one_give() {
        let (rates, terms) = (rates(), terms(20));
        let classes = Classes::new(&nine(), &rates, &rates, &terms).expect("classes");
        let mut run = Run::new(&classes, terms.years);
        for path in 0..100 {
            let mut incomes = Vec::new();
            run.path(&classes, &terms, path, |income| incomes.push(income));
            let expected = one_by_one(&classes, &terms, path);
            for (got, expected) in incomes.iter().zip(&expected) {
                assert!(
                    (got / expected - 1.0).abs() < 1e-9,
                    "{path}: {got} {expected}"
                );
            }
        }
    }

    /// Nothing is lost or made: after each year there is what was there, less what
    /// was paid, with its return.
    #[test]
    fn balances_and_the_carried_pot_are_conserved() {
        let (rates, terms) = (rates(), terms(20));
        let classes = Classes::new(&nine(), &rates, &rates, &terms).expect("classes");
        let mut run = Run::new(&classes, terms.years);
        for path in 0..100 {
            run.path(&classes, &terms, path, |_| {});
            // Once more, year by year, on the draws of the path.
            for (alive, class) in run.alive.iter_mut().zip(&classes.classes) {
                *alive = class.total;
            }
            run.worth.fill(1.0);
            let mut carried = 0.0;
            for year in 0..20 {
                let mut expected = carried * run.growth[year];
                for (position, class) in classes.classes.iter().enumerate() {
                    let kept = 1.0 - class.years[year].paid;
                    expected += run.alive[position] * run.worth[position] * kept * run.growth[year];
                }
                carried = run.settle(&classes, year, carried);
                let worth = run.alive.iter().zip(&run.worth).map(|(a, w)| a * w);
                let got = worth.sum::<f64>() + carried;
                assert!(
                    (got - expected).abs() < 1e-9 * (1.0 + expected),
                    "{path} {year}"
                );
            }
        }
    }
}
