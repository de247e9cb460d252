//! Bases for the tests.
#![allow(dead_code, reason = "each test file uses a part")]

use mortality::{
    Basis, Blend, Closing, ExactAge, FractionalAge, Gompertz, GompertzMakeham, Improvement, Law,
    Mortality, Parameter, Rates, Sex, Share,
};

pub const SEXES: [Sex; 2] = [Sex::Female, Sex::Male];
pub const ASSUMPTIONS: [FractionalAge; 3] = [
    FractionalAge::Uniform,
    FractionalAge::ConstantForce,
    FractionalAge::Balducci,
];

pub fn parameter(text: &str) -> Parameter {
    text.parse().expect("a parameter")
}

pub fn share(text: &str) -> Share {
    parameter(text).try_into().expect("a share")
}

pub fn age(years: u32, months: u8) -> ExactAge {
    ExactAge::new(years, months).expect("an age")
}

pub fn destatis() -> Basis {
    Basis {
        mortality: Mortality::Table {
            id: "destatis-2022-2024".to_owned(),
            closing: Closing::LastAge,
        },
        blend: Blend::BySex,
        improvement: Improvement::None,
        fractional_age: FractionalAge::Uniform,
    }
}

pub fn gompertz(modal_age: &str, dispersion: &str) -> Gompertz {
    Gompertz::new(parameter(modal_age), parameter(dispersion)).expect("a law")
}

pub fn makeham(constant: &str, gompertz: Gompertz) -> Law {
    Law::GompertzMakeham(GompertzMakeham::new(parameter(constant), gompertz).expect("a law"))
}

pub fn by_law(law: Law) -> Basis {
    Basis {
        mortality: Mortality::Law {
            female: law,
            male: law,
        },
        ..destatis()
    }
}

pub fn rates(basis: &Basis) -> Rates {
    basis.rates().expect("rates")
}

pub fn yearly(rates: &Rates, sex: Sex, age: u32) -> String {
    rates.yearly(sex, age, 2025).expect("a rate").to_string()
}
