//! Turns the life tables of `tables/` into constants: a component starts with
//! them in its memory and parses nothing.

use std::fmt::Write as _;
use std::path::Path;

const TABLES: [&str; 5] = [
    "destatis-2020-2022",
    "destatis-2022-2024",
    "destatis-2023-2025",
    "ssa-2022",
    "ssa-2023",
];

fn main() {
    let manifest_dir = std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let out_dir = std::env::var("OUT_DIR").expect("set by cargo");
    let mut code = String::new();
    for id in TABLES {
        let path = Path::new(&manifest_dir).join(format!("tables/{id}.csv"));
        println!("cargo::rerun-if-changed={}", path.display());
        let constant = id.to_uppercase().replace('-', "_");
        for sex in ["male", "female"] {
            let rates = column(&path, &format!("qx_{sex}"));
            writeln!(
                code,
                "pub(super) const {constant}_{}: [u32; {}] = {rates:?};",
                sex.to_uppercase(),
                rates.len()
            )
            .expect("a string takes all");
        }
    }
    std::fs::write(Path::new(&out_dir).join("rates.rs"), code).expect("OUT_DIR is writable");
}

/// The yearly rates of a column, in 10^-8, for ages 0, 1, 2, ….
fn column(path: &Path, name: &str) -> Vec<u32> {
    let mut reader = csv::Reader::from_path(path).expect("the table is a CSV file");
    let headers = reader.headers().expect("the table has headers").clone();
    let position = |wanted: &str| {
        headers
            .iter()
            .position(|h| h == wanted)
            .unwrap_or_else(|| panic!("{}: no column {wanted}", path.display()))
    };
    let (age, rate) = (position("age"), position(name));
    reader
        .records()
        .enumerate()
        .map(|(row, record)| {
            let record = record.expect("a CSV record");
            assert_eq!(
                record[age].parse(),
                Ok(row),
                "ages run from 0 without a gap"
            );
            let (whole, decimals) = record[rate].split_once('.').expect("a decimal number");
            assert!(decimals.len() <= 8, "at most eight decimals");
            // The Social Security Administration prints six decimals, and 1 at
            // the last age.
            let rate: u32 = format!("{whole}{decimals:0<8}").parse().expect("digits");
            assert!(rate <= 100_000_000, "a rate of at most 1");
            rate
        })
        .collect()
}
