//! Members, drawn from a life table.

use mortality::{Closing, ExactAge, FractionalAge, Sex, Table};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use time::{Date, Duration};
use uuid::Uuid;

/// A person who becomes a member.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number in the population, from 0.
    pub number: usize,
    /// The id at the broker.
    pub user_id: Uuid,
    /// The broker's account group: the cash.
    pub account_group_id: Uuid,
    /// The broker's account: the securities.
    pub account_id: Uuid,
    /// The sex.
    pub sex: Sex,
    /// The date of birth.
    pub birth_date: Date,
    /// What is paid in at the beginning.
    pub savings_cents: i64,
}

/// The youngest and the oldest age.
const AGES: std::ops::RangeInclusive<u32> = 60..=95;

impl Person {
    /// Draws a person who is 60 to 95 on `today`: sex and age as frequent as the
    /// table's survivors, savings between 10,000 and 500,000 euro.
    pub(crate) fn draw(
        number: usize,
        today: Date,
        table: &Table,
        seed: u64,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let (sex, age) = draw_sex_and_age(table, rng);
        let days = i64::from(age) * 365 + i64::from(age) / 4 + rng.random_range(1..365);
        let id = |kind: &str| {
            Uuid::new_v5(
                &Uuid::NAMESPACE_OID,
                format!("{seed}/{number}/{kind}").as_bytes(),
            )
        };
        // Most save little, few save much.
        let spread: i64 = rng.random_range(0..=700) * rng.random_range(0..=700);
        Self {
            number,
            user_id: id("user"),
            account_group_id: id("account_group"),
            account_id: id("account"),
            sex,
            birth_date: today - Duration::days(days),
            savings_cents: 1_000_000 + spread * 100,
        }
    }

    /// Draws whether this person dies in the month that begins on `first_day`, with
    /// the table's rate for the exact age.
    pub(crate) fn dies(
        &self,
        first_day: Date,
        table: &Table,
        assumption: FractionalAge,
        rng: &mut ChaCha8Rng,
    ) -> bool {
        let Ok(age) = ExactAge::on(first_day, self.birth_date) else {
            return false;
        };
        let yearly = table.yearly(self.sex, age.years(), Closing::LastRate);
        let monthly = assumption.monthly(yearly, age.months());
        rng.random::<f64>() < monthly.to_float()
    }
}

#[allow(clippy::float_arithmetic, reason = "weights of a draw")]
fn draw_sex_and_age(table: &Table, rng: &mut ChaCha8Rng) -> (Sex, u32) {
    let mut weights = Vec::new();
    for sex in [Sex::Female, Sex::Male] {
        let mut alive = 1.0;
        for age in 0..=*AGES.end() {
            if AGES.contains(&age) {
                weights.push((alive, sex, age));
            }
            alive *= 1.0 - table.yearly(sex, age, Closing::LastRate).to_float();
        }
    }
    let total: f64 = weights.iter().map(|(weight, ..)| weight).sum();
    let mut rest = rng.random::<f64>() * total;
    for (weight, sex, age) in &weights {
        if rest < *weight {
            return (*sex, *age);
        }
        rest -= weight;
    }
    (Sex::Female, *AGES.start())
}
