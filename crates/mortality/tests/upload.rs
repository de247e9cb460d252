//! Tables of an operator's own.

use mortality::{
    Basis, BasisError, Blend, Closing, ExactAge, FractionalAge, Improvement, MAX_AGE,
    MAX_CSV_BYTES, Mortality, Period, Place, RatesDocument, Sex, Table, TableDocument, TableHead,
    UploadError, UploadProblem, UploadedTable,
};
use proptest::prelude::*;

fn head() -> TableHead {
    TableHead {
        name: "Our own".to_owned(),
        source: "Actuarial department".to_owned(),
        licence: "internal".to_owned(),
        period: "2021/2023".to_owned(),
    }
}

fn document(first_age: u32, qx: RatesDocument) -> TableDocument {
    let TableHead {
        name,
        source,
        licence,
        period,
    } = head();
    TableDocument {
        name,
        source,
        licence,
        period,
        first_age,
        qx,
    }
}

fn texts(rates: &[&str]) -> Option<Vec<String>> {
    Some(rates.iter().map(|rate| (*rate).to_owned()).collect())
}

fn unisex(rates: &[&str]) -> RatesDocument {
    RatesDocument {
        female: None,
        male: None,
        unisex: texts(rates),
    }
}

fn apart(female: &[&str], male: &[&str]) -> RatesDocument {
    RatesDocument {
        female: texts(female),
        male: texts(male),
        unisex: None,
    }
}

fn basis(id: &str) -> Basis {
    Basis {
        mortality: Mortality::Table {
            id: id.to_owned(),
            closing: Closing::LastRate,
        },
        blend: Blend::BySex,
        improvement: Improvement::None,
        fractional_age: FractionalAge::Uniform,
    }
}

#[test]
fn a_shipped_file_uploaded_again_has_the_same_rates() {
    for shipped in Table::all() {
        let path = format!("{}/tables/{}.csv", env!("CARGO_MANIFEST_DIR"), shipped.id);
        let file = std::fs::read(path).expect("readable");
        let table = UploadedTable::from_csv(head(), &file).expect("a table");
        let rates = basis(table.id()).rates_of(&table).expect("rates");
        for age in 0..=MAX_AGE {
            for sex in [Sex::Female, Sex::Male] {
                let expected = shipped.yearly(sex, age, Closing::LastRate);
                assert_eq!(table.yearly(sex, age, Closing::LastRate), Some(expected));
                assert_eq!(rates.yearly(sex, age, 2025), Ok(expected));
            }
        }
    }
}

#[test]
fn csv_and_json_of_the_same_table_are_one() {
    let csv = "age,qx_male,note,qx_female\r\n65,0.0150,x,0.008\r\n66,1.000,y,0.009\r\n";
    let from_csv = UploadedTable::from_csv(head(), csv.as_bytes()).expect("a table");
    let rates = apart(&["0.0080", "0.009"], &["0.015", "1"]);
    let from_json = UploadedTable::from_document(document(65, rates)).expect("a table");
    assert_eq!(from_csv, from_json);
    assert_eq!(
        from_csv.canonical(),
        r#"{"name":"Our own","source":"Actuarial department","licence":"internal","period":"2021/2023","first_age":65,"qx":{"female":["0.008","0.009"],"male":["0.015","1"]}}"#
    );
    assert_eq!(
        from_csv.id(),
        "4323d9fd3be108b0e73f7063d9f5bc31bbea38a1ad7a2f898dc3d5da36dad726"
    );
}

#[test]
fn another_rate_or_head_is_another_table() {
    let table = |rate, name: &str| {
        let mut document = document(65, unisex(&[rate]));
        document.name = name.to_owned();
        UploadedTable::from_document(document)
            .expect("a table")
            .id()
            .to_owned()
    };
    assert_eq!(table("0.1", "a"), table("0.10", "a"));
    assert_ne!(
        table("0.1", "a"),
        table("0.1000000000000000000000000001", "a")
    );
    assert_ne!(table("0.1", "a"), table("0.1", "b"));
}

#[test]
fn a_table_of_the_old_has_no_rates_for_the_young() {
    let table = UploadedTable::from_document(document(60, unisex(&["0.01", "0.02"])));
    let table = table.expect("a table");
    assert_eq!((table.first_age(), table.last_age()), (60, 61));
    let rates = basis(table.id()).rates_of(&table).expect("rates");
    assert!(rates.yearly(Sex::Male, 59, 2025).is_err());
    let age = ExactAge::new(59, 11).expect("an age");
    assert!(rates.dying(Sex::Male, age, Period::Quarter, 2025).is_err());
    assert!(rates.life(Sex::Male, age, 2025).is_err());
    assert_eq!(table.yearly(Sex::Male, 59, Closing::LastRate), None);
    let q = rates.yearly(Sex::Male, 100, 2025).expect("a rate");
    assert_eq!(q.to_string(), "0.02");
}

#[test]
fn a_basis_takes_only_the_table_that_it_names() {
    let table = UploadedTable::from_document(document(0, unisex(&["0.5"]))).expect("a table");
    let other = basis("destatis-2022-2024").rates_of(&table).err();
    assert_eq!(other, Some(BasisError::UnknownTable));
    assert_eq!(
        basis(table.id()).rates().err(),
        Some(BasisError::UnknownTable)
    );
}

#[test]
fn the_pointer_leads_to_what_is_wrong_in_a_document() {
    let many = vec!["0.1"; 131];
    let mut without_name = document(0, unisex(&["0.1"]));
    without_name.name = String::new();
    let mut control = document(0, unisex(&["0.1"]));
    control.licence = "a\nb".to_owned();
    let mut long = document(0, unisex(&["0.1"]));
    long.source = "x".repeat(201);
    let none = RatesDocument {
        female: None,
        male: None,
        unisex: None,
    };
    for (document, pointer, problem) in [
        (without_name, "/name", UploadProblem::Text),
        (control, "/licence", UploadProblem::Text),
        (long, "/source", UploadProblem::Text),
        (document(0, none), "/qx", UploadProblem::Sexes),
        (
            document(0, apart(&["0.1"], &["0.1", "0.2"])),
            "/qx",
            UploadProblem::Sexes,
        ),
        (document(0, unisex(&[])), "/qx/unisex", UploadProblem::Ages),
        (
            document(1, unisex(&many)),
            "/qx/unisex",
            UploadProblem::Ages,
        ),
        (
            document(u32::MAX, unisex(&["0.1"])),
            "/qx/unisex",
            UploadProblem::Ages,
        ),
        (
            document(0, unisex(&["1", "0.1"])),
            "/qx/unisex/0",
            UploadProblem::Rate,
        ),
        (
            document(0, apart(&["0.1"], &["1.1"])),
            "/qx/male/0",
            UploadProblem::Rate,
        ),
        (
            document(0, unisex(&["0.1", "-0.1"])),
            "/qx/unisex/1",
            UploadProblem::Rate,
        ),
        (
            document(0, unisex(&["NaN"])),
            "/qx/unisex/0",
            UploadProblem::Rate,
        ),
        (
            document(0, unisex(&["1e-3"])),
            "/qx/unisex/0",
            UploadProblem::Rate,
        ),
        (
            document(0, unisex(&[""])),
            "/qx/unisex/0",
            UploadProblem::Rate,
        ),
        (
            document(0, unisex(&["0.00000000000000000000000000001"])),
            "/qx/unisex/0",
            UploadProblem::Rate,
        ),
    ] {
        let place = Place::Pointer(pointer.to_owned());
        let refused = UploadedTable::from_document(document).expect_err(pointer);
        assert_eq!(refused, UploadError { place, problem });
    }
    assert!(UploadedTable::from_document(document(0, unisex(&many))).is_ok());
}

#[test]
fn line_and_column_lead_to_what_is_wrong_in_a_file() {
    let long = format!("age,qx\n{}", "0".repeat(MAX_CSV_BYTES));
    let many: String = (0..=131).map(|age| format!("{age},0.1\n")).collect();
    let many = format!("age,qx\n{many}");
    for (csv, line, column, problem) in [
        ("", 1, "age", UploadProblem::Columns),
        ("age,qx\n", 1, "age", UploadProblem::Ages),
        ("qx\n0.1\n", 1, "age", UploadProblem::Columns),
        ("age,age,qx\n0,0,0.1\n", 1, "age", UploadProblem::Columns),
        ("age,lx\n0,1\n", 1, "qx", UploadProblem::Columns),
        (
            "age,qx_male\n0,0.1\n",
            1,
            "qx_female",
            UploadProblem::Columns,
        ),
        (
            "age,qx_female,qx\n0,0.1,0.1\n",
            1,
            "qx_male",
            UploadProblem::Columns,
        ),
        ("age,qx\n0,0.1\n2,0.1\n", 3, "age", UploadProblem::Gap),
        ("age,qx\n-1,0.1\n", 2, "age", UploadProblem::Gap),
        ("age,qx\n65.5,0.1\n", 2, "age", UploadProblem::Gap),
        ("age,qx\n,0.1\n", 2, "age", UploadProblem::Gap),
        ("age,qx\n200,0.1\n", 2, "age", UploadProblem::Ages),
        ("age,qx\n65,0.1\n66,1\n67,1\n", 3, "qx", UploadProblem::Rate),
        ("age,qx\n65,0.1\n66\n", 3, "age", UploadProblem::NotCsv),
        ("age,qx\n65,\"0,1\"\n", 2, "qx", UploadProblem::Rate),
        (&long, 1, "age", UploadProblem::TooLarge),
        (&many, 133, "age", UploadProblem::Ages),
    ] {
        let place = Place::Cell { line, column };
        let refused = UploadedTable::from_csv(head(), csv.as_bytes()).expect_err(csv);
        assert_eq!(refused, UploadError { place, problem }, "{csv:.40}");
    }
    let not_utf8 = UploadedTable::from_csv(head(), b"age,qx\n65,\xff\n");
    assert_eq!(
        not_utf8.expect_err("refused").problem,
        UploadProblem::NotCsv
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_table_or_refused(file in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = UploadedTable::from_csv(head(), &file);
    }

    #[test]
    fn any_cells_are_a_table_or_refused(cells in "age,qx\n([0-9.,]{0,6}\n){0,5}") {
        let _ = UploadedTable::from_csv(head(), cells.as_bytes());
    }

    #[test]
    fn the_canonical_form_reads_back_as_itself(
        first_age in 0_u32..60,
        rates in prop::collection::vec(0_u64..100_000_000, 1..70),
        name in "[^\\p{C}]{1,50}",
    ) {
        let texts: Vec<String> = rates.iter().map(|rate| format!("0.{rate:08}")).collect();
        let mut document = document(first_age, RatesDocument {
            female: Some(texts.clone()),
            male: Some(texts),
            unisex: None,
        });
        document.name = name;
        let table = UploadedTable::from_document(document).expect("a table");
        let again = serde_json::from_str(&table.canonical()).expect("a document");
        prop_assert_eq!(UploadedTable::from_document(again).expect("a table"), table);
    }
}
