//! The mathematics alone.

use serde_json::json;

use super::Story;
use crate::harness::Caller;

pub(super) fn tell(story: &mut Story) {
    let basis = json!({
        "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
        "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
    });
    let shared = json!({
        "rule": {"equitable_weights": {"fallback": "overlay_fund"}},
        "members": [
            {"id": "A", "q": "0.01543007", "at_risk_cents": 5_000_000},
            {"id": "B", "q": "0.00829459", "at_risk_cents": 12_500_050},
            {"id": "C", "q": "0.02757002", "at_risk_cents": 7_530_025},
            {"id": "E", "q": "0.08951281", "at_risk_cents": 3_999_999, "died": true},
            {"id": "F", "q": "0.14687996", "at_risk_cents": 1_500_001},
        ],
    });
    story.ask(
        "shareCredits",
        Caller::Analyst,
        "/v1/tontine/credits",
        Some(shared.clone()),
    );
    story.ask(
        "stateFairness",
        Caller::Analyst,
        "/v1/tontine/fairness",
        Some(shared),
    );
    let payouts = json!({
        "basis": basis, "sex": "female", "birth_date": "1940-03-14", "starts_on": "2025-01-01",
        "terms": {
            "rule": {"account": {"earned": {"effective": "0.02"}}},
            "interest": {"effective": "0.02"}, "period": "year", "balance_cents": 10_000_000,
        },
    });
    story.ask(
        "computePayouts",
        Caller::Analyst,
        "/v1/tontine/payouts",
        Some(payouts),
    );
    let forecast = json!({
        "pool": {"described": {
            "members": 100, "youngest_age": 60, "oldest_age": 85, "male_share": "0.5",
            "balance_cents": 10_000_000,
            "watched": {"sex": "female", "age_years": 65, "balance_cents": 10_000_000},
        }},
        "deaths": basis,
        "terms": {
            "seed": 7, "paths": 100, "years": 3, "first_year": 2025,
            "interest": {"effective": "0.02"}, "returns": {"mean": "0.03", "volatility": "0.1"},
        },
        "question": {"fall": "0.2", "band": "0.1", "confidence": "0.9"},
        "snapshots": 2,
    });
    story.ask(
        "forecast",
        Caller::Analyst,
        "/v1/tontine/forecasts",
        Some(forecast),
    );
    let tables = "/v1/tontine/mortality-tables";
    let table = json!({
        "name": "Own experience", "source": "Own members", "licence": "internal",
        "period": "2015-2024", "first_age": 60,
        "qx": {"female": ["0.01", "0.02"], "male": ["0.02", "1"]},
    });
    let uploaded = story.ask(
        "uploadMortalityTable",
        Caller::Operator,
        tables,
        Some(table),
    );
    story.ask("listMortalityTables", Caller::Analyst, tables, None);
    let path = format!("{tables}/{}", uploaded["id"].as_str().expect("an id"));
    story.ask("getMortalityTable", Caller::Analyst, &path, None);
}
