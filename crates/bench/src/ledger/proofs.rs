//! Proofs of members' lines.

use std::time::Instant;

use anyhow::Result;
use uuid::Uuid;

use super::scene::{PERIOD, Scene};
use crate::stats::Times;

/// How many are asked for.
const PROOFS: i64 = 300;

/// Asks for the proofs of random members, one after the other.
pub(crate) fn ask(scene: &Scene) -> Result<Times> {
    let chosen = scene.database.admin()?.query(
        "select member_id from retire.member order by md5(member_id::text || 'proof') limit $1",
        &[&PROOFS],
    )?;
    let mut connection = scene.connect()?;
    let mut times = Vec::with_capacity(chosen.len());
    for row in &chosen {
        let member: Uuid = row.get(0);
        let path = scene.path(&format!("settlements/{PERIOD}/proof?member={member}"));
        let start = Instant::now();
        let answer = scene.runtime.block_on(connection.get(&path))?;
        times.push(start.elapsed());
        answer.expect(&[200])?;
    }
    Ok(Times::new(times))
}
