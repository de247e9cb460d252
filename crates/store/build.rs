//! Collects the SQL files and names the API schema after their content, so that a
//! component always calls the functions that it was built with.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    let sql = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("sql");
    let mut code = String::new();

    let api = sql_files(&sql.join("api"));
    let mut digest = Sha256::new();
    for file in &api {
        digest.update(fs::read(file).expect("readable"));
    }
    let hex: String = digest
        .finalize()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    writeln!(
        code,
        "/// The API schema of this build: `retire_api_` and a digest of its SQL.\n\
         pub const API_SCHEMA: &str = \"retire_api_{}\";",
        &hex[..12]
    )
    .expect("a string takes all");
    write_list(
        &mut code,
        "API_FILES",
        "The SQL that makes the API schema.",
        &api,
    );

    let migrations = sql_files(&sql.join("migrations"));
    write_list(
        &mut code,
        "MIGRATIONS",
        "The migrations in their order.",
        &migrations,
    );

    let out = PathBuf::from(std::env::var("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("sql.rs"), code).expect("OUT_DIR is writable");
}

fn write_list(code: &mut String, name: &str, docs: &str, files: &[PathBuf]) {
    writeln!(code, "/// {docs}\npub const {name}: &[SqlFile] = &[").expect("a string takes all");
    for file in files {
        let stem = file.file_stem().expect("a file").to_string_lossy();
        let path = file.display();
        writeln!(
            code,
            "    SqlFile {{ name: {stem:?}, text: include_str!(\"{path}\") }},"
        )
        .expect("a string takes all");
    }
    code.push_str("];\n");
}

fn sql_files(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    files
}
