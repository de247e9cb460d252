//! A life through WIT.

use mortality::{
    Basis, BasisError, Blend, Closing, ExactAge, FractionalAge, Gompertz, GompertzMakeham,
    Improvement, ImprovementBand, InvalidParameter, Law, Life, Mortality, Parameter, Period, Sex,
    YearlyImprovement,
};
use payout::Interest;

use super::wit;
use super::wit::PayoutError;

/// A field that is not in its range.
pub(super) fn invalid<E>(field: &'static str) -> impl Fn(E) -> PayoutError {
    move |_| PayoutError::InvalidField(field.to_owned())
}

pub(super) fn life(given: &wit::Life) -> Result<Life, PayoutError> {
    let basis = basis(&given.basis)?;
    let rates = basis.rates().map_err(|error| match error {
        BasisError::UnknownTable => PayoutError::UnknownTable,
        BasisError::StartAge => PayoutError::InvalidField("start-age".to_owned()),
    })?;
    let age = ExactAge::new(given.age_years, given.age_months).map_err(invalid("age"))?;
    let sex = match given.sex {
        wit::Sex::Female => Sex::Female,
        wit::Sex::Male => Sex::Male,
    };
    rates
        .life(sex, age, given.calendar_year)
        .map_err(|_| PayoutError::AgeOutsideTable)
}

fn basis(given: &wit::Basis) -> Result<Basis, PayoutError> {
    Ok(Basis {
        mortality: mortality(&given.mortality)?,
        blend: blend(&given.blend)?,
        improvement: match &given.improvement {
            None => Improvement::None,
            Some(yearly) => Improvement::Yearly(improvement(yearly)?),
        },
        fractional_age: match given.fractional_age {
            wit::FractionalAge::Uniform => FractionalAge::Uniform,
            wit::FractionalAge::ConstantForce => FractionalAge::ConstantForce,
            wit::FractionalAge::Balducci => FractionalAge::Balducci,
        },
    })
}

fn mortality(given: &wit::Mortality) -> Result<Mortality, PayoutError> {
    Ok(match given {
        wit::Mortality::Table(table) => Mortality::Table {
            id: table.id.clone(),
            closing: match table.closing {
                wit::Closing::LastRate => Closing::LastRate,
                wit::Closing::LastAge => Closing::LastAge,
                wit::Closing::LogQuadratic(age) => Closing::LogQuadratic {
                    closed_at_age: age.try_into().map_err(invalid("log-quadratic"))?,
                },
            },
        },
        wit::Mortality::Law(laws) => Mortality::Law {
            female: law(&laws.female)?,
            male: law(&laws.male)?,
        },
    })
}

fn law(given: &wit::Law) -> Result<Law, PayoutError> {
    Ok(match given {
        wit::Law::Gompertz(law) => Law::Gompertz(gompertz(law)?),
        wit::Law::GompertzMakeham(law) => {
            let constant = parameter(&law.constant, "constant")?;
            let law = GompertzMakeham::new(constant, gompertz(&law.gompertz)?);
            Law::GompertzMakeham(law.map_err(invalid("constant"))?)
        }
    })
}

fn gompertz(given: &wit::Gompertz) -> Result<Gompertz, PayoutError> {
    Gompertz::new(
        parameter(&given.modal_age, "modal-age")?,
        parameter(&given.dispersion, "dispersion")?,
    )
    .map_err(invalid("gompertz"))
}

fn blend(given: &wit::Blend) -> Result<Blend, PayoutError> {
    let share = |text: &str| {
        parameter(text, "male-share")?
            .try_into()
            .map_err(invalid::<InvalidParameter>("male-share"))
    };
    Ok(match given {
        wit::Blend::BySex => Blend::BySex,
        wit::Blend::ByLx(by_lx) => Blend::ByLx {
            start_age: by_lx.start_age,
            male_share: share(&by_lx.male_share)?,
        },
        wit::Blend::ByShare(male_share) => Blend::ByShare {
            male_share: share(male_share)?,
        },
    })
}

fn improvement(given: &wit::YearlyImprovement) -> Result<YearlyImprovement, PayoutError> {
    let bands = given.bands.iter().map(|band| {
        Ok(ImprovementBand {
            from_age: band.from_age,
            yearly_factor: parameter(&band.yearly_factor, "yearly-factor")?,
        })
    });
    let bands: Vec<ImprovementBand> = bands.collect::<Result<_, PayoutError>>()?;
    YearlyImprovement::new(given.base_year, bands).map_err(invalid("improvement"))
}

pub(super) fn interest(
    given: &wit::Interest,
    field: &'static str,
) -> Result<Interest, PayoutError> {
    match given {
        wit::Interest::Effective(rate) => Interest::effective(parameter(rate, field)?),
        wit::Interest::Force(rate) => Interest::force(parameter(rate, field)?),
    }
    .map_err(invalid(field))
}

pub(super) fn parameter(text: &str, field: &'static str) -> Result<Parameter, PayoutError> {
    text.parse().map_err(invalid::<InvalidParameter>(field))
}

pub(super) const fn period(period: wit::Period) -> Period {
    match period {
        wit::Period::Month => Period::Month,
        wit::Period::Quarter => Period::Quarter,
        wit::Period::Year => Period::Year,
    }
}
