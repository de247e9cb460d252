//! What a database has, to the byte.

use std::collections::BTreeMap;

use postgres::Client;

/// A digest of each table.
pub type Contents = BTreeMap<String, String>;

/// Digests all rows of all tables: what a refused command must not change. Unlike a
/// count it tells a row that was updated.
pub fn contents(admin: &mut Client) -> Contents {
    let tables = admin
        .query(
            "select tablename from pg_tables where schemaname = 'retire'",
            &[],
        )
        .expect("listing the tables");
    let digests: Vec<String> = tables
        .iter()
        .map(|row| {
            let table: String = row.get(0);
            format!(
                "select '{table}', md5(coalesce(string_agg(t::text, '' order by t::text), '')) \
                 from retire.{table} t"
            )
        })
        .collect();
    let rows = admin
        .query(&digests.join(" union all "), &[])
        .expect("digesting the tables");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
