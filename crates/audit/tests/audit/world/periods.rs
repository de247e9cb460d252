//! Worlds that have lived for a while.

use mortality::{Sex, TableDocument, UploadedTable};
use time::Date;
use time::macros::date;

use super::{Death, Member, Rules, World, member};

/// Shares by `sharing_rule` every period of `cadence`.
fn rules(from: Date, table: &str, cadence: &str, caps: &str, sharing_rule: &str) -> Rules {
    let text = format!(
        concat!(
            r#"{{"basis":{{"mortality":{{"table":{{"id":"{}","closing":"last_rate"}}}},"#,
            r#""blend":"by_sex","improvement":"none","fractional_age":"constant_force"}},"#,
            r#""cadence":"{}","caps":{},"sharing_rule":{}}}"#
        ),
        table, cadence, caps, sharing_rule
    );
    Rules { from, text }
}

fn world(members: u128, first_period: Date) -> World {
    let monthly = rules(
        first_period,
        "destatis-2022-2024",
        "month",
        "{}",
        r#""nominal_gain""#,
    );
    World {
        pool_id: uuid::Uuid::from_u128(0xb001),
        first_period,
        tables: Vec::new(),
        rules: vec![monthly],
        members: (1..=members)
            .map(|number| Member {
                id: member(number),
                sex: if number % 2 == 0 {
                    Sex::Male
                } else {
                    Sex::Female
                },
                birth_date: date!(1950 - 03 - 14) + time::Duration::days(number as i64 * 400),
                enrolled_on: first_period,
            })
            .collect(),
        deaths: Vec::new(),
        payouts: Vec::new(),
        entries: Vec::new(),
        settlements: Vec::new(),
        reversals: Vec::new(),
        minutes: 0,
    }
}

impl World {
    /// Says that a member died. It counts from now on.
    pub fn die(&mut self, number: u128, died_on: Date) {
        self.minutes += 1;
        let confirmed = self.minutes;
        self.deaths.push(Death {
            member: member(number),
            died_on,
            confirmed,
        });
    }
}

/// Three months of four members, the second of which is settled twice.
pub fn small() -> World {
    let mut world = world(4, date!(2025 - 01 - 01));
    for number in 1..=4 {
        world.contribute(
            member(number),
            date!(2025 - 01 - 02),
            100_000 * number as i64,
        );
    }
    world.buy(member(3), date!(2025 - 01 - 05), 2_000, 90_000);
    world.die(1, date!(2025 - 01 - 20));
    world.settle("2025-01");
    world.settle("2025-02");
    world.contribute(member(3), date!(2025 - 03 - 02), 500);
    world.die(3, date!(2025 - 02 - 03));
    world.settle("2025-02");
    world.settle("2025-03");
    world
}

/// A month of so many members that their entries are three.
pub fn large() -> World {
    let mut world = world(2_100, date!(2025 - 01 - 01));
    for number in 1..=2_100 {
        let born = date!(1940 - 01 - 01) + time::Duration::days(number as i64);
        world.members[number - 1].birth_date = born;
        world.contribute(member(number as u128), date!(2025 - 01 - 02), 100_000);
    }
    for number in [7, 1_000, 2_050] {
        world.die(number, date!(2025 - 01 - 20));
    }
    world.settle("2025-01");
    world
}

/// A table of an operator's own.
fn table() -> (String, String) {
    let q = |age: u32| format!("0.{:04}", 20 + age * age / 8);
    let unisex = (40..=110).map(q).collect();
    let head = |text: &str| text.to_owned();
    let document = TableDocument {
        name: head("Own"),
        source: head("Experience"),
        licence: head("None"),
        period: head("2020"),
        first_age: 40,
        qx: mortality::RatesDocument {
            female: None,
            male: None,
            unisex: Some(unisex),
        },
    };
    let table = UploadedTable::from_document(document).expect("a table");
    let row = format!(
        concat!(
            r#"{{"table_id":"{}","name":"Own","version":1,"document":{},"#,
            r#""recorded_at":"x","recorded_by":"x"}}"#
        ),
        table.id(),
        table.canonical()
    );
    (table.id().to_owned(), row)
}

/// Two years: the first by month, the second by quarter with an uploaded table, estates
/// that are paid too, and a cap on the stake. Deaths come late, twice.
pub fn two_years() -> World {
    let mut world = world(12, date!(2024 - 01 - 01));
    let (id, row) = table();
    world.tables.push(row);
    let caps = r#"{"max_stake_cents":150000}"#;
    world.rules.push(rules(
        date!(2025 - 01 - 01),
        &id,
        "quarter",
        caps,
        r#""overlay_fund""#,
    ));
    world.members[11].enrolled_on = date!(2024 - 05 - 10);
    for number in 1..=11 {
        world.contribute(
            member(number),
            date!(2024 - 01 - 03),
            70_000 + 9_000 * number as i64,
        );
    }
    let mistake = world.contribute(member(5), date!(2024 - 01 - 04), 1);
    world.reverse(mistake, date!(2024 - 01 - 30));
    world.buy(member(7), date!(2024 - 02 - 05), 3_000, 20_000);
    for month in 1..=12 {
        match month {
            3 => world.die(2, date!(2024 - 03 - 09)),
            5 => {
                world.contribute(member(12), date!(2024 - 05 - 10), 33_333);
                world.die(12, date!(2024 - 05 - 20));
            }
            7 => world.pay_out("member", member(4), date!(2024 - 07 - 15), 1_234),
            8 => {
                // Everybody saw the settlement of June before this death was known.
                world.die(7, date!(2024 - 06 - 11));
                world.contribute(member(7), date!(2024 - 08 - 01), 777);
                world.settle("2024-06");
                world.settle("2024-07");
            }
            _ => {}
        }
        let last = Date::from_calendar_date(2024, (month as u8).try_into().expect("a month"), 28);
        world.charge(member(6), last.expect("a day"), 99);
        world.settle(&format!("2024-{month:02}"));
    }
    world.settle("2025-01");
    world.die(8, date!(2025 - 04 - 01));
    world.settle("2025-04");
    world.distribute("pool", member(8), date!(2025 - 07 - 05), 432);
    world.pay_out("estate", member(12), date!(2025 - 07 - 02), 10_000);
    world.settle("2025-07");
    world.die(9, date!(2025 - 02 - 14));
    for quarter in ["2025-01", "2025-04", "2025-07", "2025-10"] {
        world.settle(quarter);
    }
    world
}
