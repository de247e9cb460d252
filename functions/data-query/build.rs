//! Compresses the contract, the page that shows it and the page's viewer.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

/// Name, file below this package, media type, and what it may load.
const DOCUMENTS: [(&str, &str, &str, &str); 3] = [
    (
        "CONTRACT",
        "../../docs/openapi.json",
        "application/json",
        "None",
    ),
    (
        "PAGE",
        "viewer/page.html",
        "text/html; charset=utf-8",
        "Some(POLICY)",
    ),
    (
        "VIEWER",
        "viewer/openapi-explorer.min.js",
        "text/javascript; charset=utf-8",
        "None",
    ),
];

fn main() -> io::Result<()> {
    let missing = |error| io::Error::new(io::ErrorKind::NotFound, error);
    let package = env::var("CARGO_MANIFEST_DIR").map_err(missing)?;
    let out = env::var("OUT_DIR").map_err(missing)?;
    let mut source = String::new();
    for (name, file, media_type, policy) in DOCUMENTS {
        println!("cargo::rerun-if-changed={file}");
        let text = fs::read(Path::new(&package).join(file))?;
        let packed = Path::new(&out).join(format!("{name}.gz"));
        let mut encoder = GzBuilder::new().write(fs::File::create(&packed)?, Compression::best());
        encoder.write_all(&text)?;
        encoder.finish()?;
        let digest = Sha256::digest(&text);
        let tag: String = digest
            .iter()
            .take(8)
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let len = text.len();
        let written = writeln!(
            source,
            "pub(crate) static {name}: Document = Document {{ content_type: {media_type:?}, \
             gzip: include_bytes!({packed:?}), len: {len}, etag: r#\"W/\"{tag}\"\"#, \
             policy: {policy} }};"
        );
        written.map_err(io::Error::other)?;
    }
    fs::write(Path::new(&out).join("documents.rs"), source)
}
