//! Lives for the tests.
#![allow(dead_code, reason = "each test file uses a part")]

use mortality::{
    Basis, Blend, Closing, ExactAge, FractionalAge, Gompertz, Improvement, Law, Life, Mortality,
    Parameter, Sex,
};
use payout::Interest;

pub fn parameter(text: &str) -> Parameter {
    text.parse().expect("a parameter")
}

pub fn effective(rate: &str) -> Interest {
    Interest::effective(parameter(rate)).expect("a rate")
}

pub fn age(years: u32) -> ExactAge {
    ExactAge::new(years, 0).expect("an age")
}

pub fn life_of(table: &str, closing: Closing, sex: Sex, age: ExactAge) -> Life {
    let basis = Basis {
        mortality: Mortality::Table {
            id: table.to_owned(),
            closing,
        },
        blend: Blend::BySex,
        improvement: Improvement::None,
        fractional_age: FractionalAge::Uniform,
    };
    let rates = basis.rates().expect("rates");
    rates.life(sex, age, 2025).expect("a life")
}

/// Destatis 2022/2024, closed at 100.
pub fn destatis(sex: Sex, years: u32) -> Life {
    life_of("destatis-2022-2024", Closing::LastAge, sex, age(years))
}

/// The lives of Milevsky & Salisbury 2015: Gompertz, m = 88.72, b = 10, age 65.
pub fn gompertz() -> Life {
    let law = Gompertz::new(parameter("88.72"), parameter("10")).expect("a law");
    let law = Law::Gompertz(law);
    let basis = Basis {
        mortality: Mortality::Law {
            female: law,
            male: law,
        },
        blend: Blend::BySex,
        improvement: Improvement::None,
        fractional_age: FractionalAge::Uniform,
    };
    let rates = basis.rates().expect("rates");
    rates.life(Sex::Female, age(65), 2025).expect("a life")
}
