//! A fresh instance and one call of its WIT interface.

use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use host::instantiate;
use tontine_engine::{NO_CAPS, Participant, Rule, TontineCalc};

use crate::application::Application;
use crate::report::Report;
use crate::stats::{Times, us};

const RUNS: usize = 20_000;

pub(crate) async fn measure(report: &mut Report, application: &Application) -> Result<()> {
    let app = &application.running.app;
    let component = app.component("tontine-calc").context("loaded")?;
    let mut rows = Vec::new();
    for members in [0, 1, 100] {
        let pool = pool(members);
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let start = Instant::now();
            let mut instance = instantiate(app, component).await?;
            if members > 0 {
                let (mut store, instance) = instance.parts();
                let engine = TontineCalc::new(&mut store, instance)?;
                let shared = engine
                    .retire_tontine_engine()
                    .call_share_credits(&mut store, Rule::NominalGain, NO_CAPS, &pool, 1_000)
                    .await?;
                shared.map_err(|error| anyhow!("refused: {error:?}"))?;
            }
            drop(instance);
            times.push(start.elapsed());
        }
        let times = Times::new(times);
        let name = match members {
            0 => "instantiate alone".to_owned(),
            n => format!("and share a pot among {n}"),
        };
        rows.push(vec![
            name,
            us(times.percentile(50)),
            us(times.percentile(99)),
        ]);
    }
    let method = format!(
        "{RUNS} times one after the other: a fresh instance of the shipped tontine-calc from \
         the pooling allocator, one call through WIT, and its end. Target: p50 below 100 µs \
         for an instance and a call."
    );
    report.table("Instantiate and call", &method, &["", "p50", "p99"], rows);
    Ok(())
}

fn pool(members: usize) -> Vec<Participant> {
    (0..members)
        .map(|i| Participant {
            id: format!("member-{i}"),
            q: format!("0.00{}", 100 + i % 900),
            at_risk_cents: 1_000_000 + i64::try_from(i).unwrap_or(0),
            died: false,
        })
        .collect()
}
