//! Members and what they paid, without a million requests.

use std::time::Instant;

use anyhow::Result;
use store::API_SCHEMA;

use super::scene::Scene;

/// The contributions of a batch.
const BATCH: u32 = 10_000;
/// One of so many members has died: 3 %.
const DEAD_OF: u32 = 33;

/// Enrols the members, and books a contribution for each.
pub(crate) fn enrol(scene: &Scene) -> Result<()> {
    let start = Instant::now();
    let (pool, members) = (scene.pool_id, scene.members);
    let mut admin = scene.database.admin()?;
    admin.batch_execute(&format!(
        "insert into retire.member (member_id, pool_id, upvest_user_id, sex, birth_date,
             enrolled_on, recorded_at, recorded_by)
         select md5('member ' || n)::uuid, '{pool}', md5('user ' || n)::uuid,
             case n % 2 when 0 then 'female' else 'male' end,
             date '1933-01-01' + (n % 9000)::integer, '2025-05-01', now(), 'bench'
         from generate_series(0, {members} - 1) n;
         analyze retire.member;"
    ))?;
    let book = format!(
        "select {API_SCHEMA}.book_items('bench', $1::text, repeat('0', 64), now(), '{pool}',
             'contribution', gen_random_uuid(), (
                 select json_agg(json_build_object(
                     'member_id', md5('member ' || n)::uuid, 'amount_cents', 1000000 + n,
                     'currency', 'EUR', 'effective_on', '2025-06-02'))::text
                 from generate_series($2::bigint, $3::bigint) n))::text"
    );
    let book = admin.prepare(&book)?;
    for first in (0..members).step_by(BATCH as usize) {
        let last = members.min(first + BATCH) - 1;
        let parameters: [&(dyn postgres::types::ToSql + Sync); 3] = [
            &format!("fill {first}"),
            &i64::from(first),
            &i64::from(last),
        ];
        admin.query_one(&book, &parameters)?;
        if first == 0 {
            // The first plans saw empty tables.
            admin.batch_execute("analyze retire.account; analyze retire.balance")?;
        }
    }
    // What the filling left to write is not the measurement's.
    admin.batch_execute("analyze; checkpoint")?;
    println!("filled: {members} members in {:.1?}", start.elapsed());
    Ok(())
}

/// Reports and confirms that members died within the period.
pub(crate) fn report_deaths(scene: &Scene) -> Result<()> {
    report(scene, 0)
}

/// As many again, when the period is settled.
pub(crate) fn report_late_deaths(scene: &Scene) -> Result<()> {
    report(scene, 1)
}

fn report(scene: &Scene, first: u32) -> Result<()> {
    let members = scene.members;
    scene.database.admin()?.batch_execute(&format!(
        "insert into retire.death (death_id, member_id, died_on, recorded_at, recorded_by,
             confirmed_at, confirmed_by)
         select gen_random_uuid(), md5('member ' || n)::uuid, date '2025-06-05' + n % 20, now(),
             'bench', now(), 'bench'
         from generate_series({first}, {members} - 1, {DEAD_OF}) n;
         analyze retire.death;"
    ))?;
    Ok(())
}
