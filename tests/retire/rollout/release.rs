//! Two releases: the one that was built, and a next one.

use std::path::{Path, PathBuf};

use migrate::SqlFile;
use postgres::Client;
use sha2::{Digest, Sha256};

use crate::harness::workspace;

/// Where the sources of a next release were built, if that was done.
const NEXT_SOURCES: &str = "RETIRE_REHEARSE_NEXT";
/// How the name of an API schema begins.
const PREFIX: &str = "retire_api_";

/// What a next release adds: an expansion, which the older one does not see.
const EXPANSION: SqlFile = SqlFile {
    name: "9999_next_release",
    text: "create table next_release (id bigint primary key);
           alter table webhook_event add column next_release_note text;",
};

/// A release: components, and the SQL that they call.
pub struct Release {
    pub manifest: PathBuf,
    pub api_schema: String,
    migrations: Vec<SqlFile>,
    api_files: Vec<SqlFile>,
}

impl Release {
    /// The release that the tests are of.
    pub fn this() -> Self {
        Self {
            manifest: workspace().join("spin.toml"),
            api_schema: store::API_SCHEMA.to_owned(),
            migrations: store::MIGRATIONS.to_vec(),
            api_files: store::API_FILES.to_vec(),
        }
    }

    /// The next one: built from sources of its own if there are any, or else this one's
    /// components under the name of another API schema, with a migration more.
    pub fn next() -> Self {
        match std::env::var_os(NEXT_SOURCES) {
            Some(sources) => Self::built(Path::new(&sources)),
            None => Self::renamed(),
        }
    }

    /// Brings the database to it.
    pub fn install(&self, admin: &mut Client) {
        let release = migrate::Release {
            api_schema: &self.api_schema,
            api_files: &self.api_files,
            migrations: &self.migrations,
        };
        let report = migrate::migrate_to(admin, release).expect("migrated");
        assert!(
            report.api_installed && !report.applied.is_empty(),
            "{report:?}"
        );
    }

    fn built(sources: &Path) -> Self {
        let api_files = sql(&sources.join("crates/store/sql/api"));
        // As the build script of `store` names it.
        let digest = api_files
            .iter()
            .fold(Sha256::new(), |digest, file| digest.chain_update(file.text));
        let api_schema = format!("{PREFIX}{}", short(&digest.finalize()));
        assert_ne!(api_schema, store::API_SCHEMA, "it is the same release");
        Self {
            manifest: sources.join("spin.toml"),
            api_schema,
            migrations: sql(&sources.join("crates/store/sql/migrations")),
            api_files,
        }
    }

    /// A name of the same length takes the place of the old one in the components' data.
    fn renamed() -> Self {
        let digest = Sha256::digest(format!("after {}", store::API_SCHEMA));
        let api_schema = format!("{PREFIX}{}", short(&digest));
        let folder = workspace().join("target/retire/next").join(&api_schema);
        let here = workspace().join("spin.toml");
        let manifest = host::Manifest::read(&here).expect("a manifest");
        for component in manifest.component.values() {
            let wasm = std::fs::read(workspace().join(&component.source)).expect("built");
            let wasm = replaced(&wasm, store::API_SCHEMA.as_bytes(), api_schema.as_bytes());
            put(&folder.join(&component.source), &wasm);
        }
        put(
            &folder.join("spin.toml"),
            &std::fs::read(here).expect("a manifest"),
        );
        Self {
            manifest: folder.join("spin.toml"),
            api_schema,
            migrations: [store::MIGRATIONS, &[EXPANSION]].concat(),
            api_files: store::API_FILES.to_vec(),
        }
    }
}

/// The name that the build script makes of a digest.
fn short(digest: &[u8]) -> String {
    digest.iter().take(6).map(|b| format!("{b:02x}")).collect()
}

/// Puts one text in place of another of the same length, wherever it is.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut replaced = bytes.to_vec();
    let mut found = 0;
    let places = bytes.windows(from.len()).enumerate();
    for (at, _) in places.filter(|(_, window)| *window == from) {
        replaced[at..at + to.len()].copy_from_slice(to);
        found += 1;
    }
    let text = String::from_utf8_lossy(from);
    assert!(found > 0, "the component does not name its schema {text}");
    replaced
}

/// Writes a file whole, unless it is there: other test processes do the same.
fn put(path: &Path, bytes: &[u8]) {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return;
    }
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let partial = path.with_extension(format!("partial-{}", uuid::Uuid::new_v4()));
    std::fs::write(&partial, bytes).expect("written");
    std::fs::rename(&partial, path).expect("in place");
}

/// The SQL files of a folder in their order. They are kept: there are few, and the tests
/// end.
fn sql(folder: &Path) -> Vec<SqlFile> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    files
        .iter()
        .map(|path| SqlFile {
            name: leak(
                path.file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
            ),
            text: leak(std::fs::read_to_string(path).expect("SQL")),
        })
        .collect()
}
