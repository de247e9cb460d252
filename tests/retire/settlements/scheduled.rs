//! Settlements on a schedule: `retire settle`.

use operator::settle::{self, Arguments};
use tempfile::TempDir;
use time::macros::date;
use uuid::Uuid;

use super::assert_balanced;
use crate::harness::{App, KEYS};

/// What a schedule runs, with a token in a file.
fn scheduled(app: &App, scope: &str, pools: &[Uuid], folder: &TempDir) -> Arguments {
    let token_file = folder.path().join(scope);
    let token = KEYS.token("schedule", scope, 1).expect("keys");
    std::fs::write(&token_file, format!("{token}\n")).expect("a token");
    Arguments {
        url: format!("http://{}/", app.address),
        pools: pools.to_vec(),
        period: None,
        token_file,
    }
}

/// What is over is settled in order and once, however often the schedule runs; a pool that
/// cannot be settled keeps no other from it.
#[test]
fn a_schedule_settles_what_is_over_once() {
    let app = App::start();
    let (pool, stuck) = (app.open_pool(), app.open_pool());
    let members = [pool.member(1, 100_00), pool.member(2, 50_00)];
    pool.death(members[0], "2025-06-10");
    let unconfirmed = stuck.member(3, 10_00);
    assert_eq!(stuck.report_death(unconfirmed, "2025-06-11").status, 201);
    let folder = TempDir::new().expect("a folder");
    let both = [stuck.pool_id, pool.pool_id];
    let arguments = scheduled(&app, "operator", &both, &folder);
    let rows = || ["settlement", "journal_entry", "posting"].map(|t| app.database.count(t));

    let before = rows();
    let only = |pools: &[Uuid]| scheduled(&app, "operator", pools, &folder);
    settle::run(&only(&[pool.pool_id]), date!(2025 - 06 - 30)).expect("June is not over");
    assert_eq!(rows(), before);

    let refused = settle::run(&arguments, date!(2025 - 08 - 01)).expect_err("one is stuck");
    assert_eq!(refused.to_string(), "1 pools are not settled");
    let after = rows();
    assert_eq!(after[0], before[0] + 2, "June and July of the other");
    assert_balanced(&app, pool.pool_id);

    settle::run(&only(&[pool.pool_id]), date!(2025 - 08 - 31)).expect("nothing more is over");
    let june = Arguments {
        period: Some("2025-06".parse().expect("a month")),
        ..only(&[pool.pool_id])
    };
    settle::run(&june, date!(2025 - 08 - 02)).expect("it was settled before");
    assert_eq!(rows(), after);

    let analyst = scheduled(&app, "analyst", &[pool.pool_id], &folder);
    settle::run(&analyst, date!(2025 - 10 - 01)).expect_err("not with this token");
    assert_eq!(rows(), after);
}
