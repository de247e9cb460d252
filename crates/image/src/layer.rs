//! A layer of files: the same bytes whoever makes it, wherever and whenever.

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, EntryType, Header};

/// The most octets that a layer may unpack to.
const MAX_UNPACKED: u64 = 1 << 30;

/// A packed layer.
pub(crate) struct Layer {
    /// The archive, compressed.
    pub gzip: Vec<u8>,
    /// The archive as it is: its digest is the layer's name in the configuration.
    pub tar: Vec<u8>,
}

/// Packs files by their paths, folders first, all of them readable by everybody and
/// owned by root, without times.
pub(crate) fn pack(files: &BTreeMap<PathBuf, &[u8]>) -> Result<Layer> {
    let mut archive = Builder::new(Vec::new());
    let mut folders: Vec<&Path> = files.keys().flat_map(|path| above(path)).collect();
    folders.sort();
    folders.dedup();
    for folder in folders {
        let mut header = header(EntryType::Directory, 0o755, 0);
        archive.append_data(&mut header, folder, std::io::empty())?;
    }
    for (path, bytes) in files {
        let mut header = header(EntryType::Regular, 0o644, bytes.len() as u64);
        archive.append_data(&mut header, path, *bytes)?;
    }
    let tar = archive.into_inner()?;
    // Neither a name nor a time nor the system that packed it.
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    gzip.write_all(&tar)?;
    Ok(Layer {
        gzip: gzip.finish()?,
        tar,
    })
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// The folders above a path, without the root.
fn above(path: &Path) -> impl Iterator<Item = &Path> {
    path.ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty())
}

/// A layer, unpacked.
pub(crate) struct Unpacked {
    /// The archive without its compression.
    pub tar: Vec<u8>,
    /// Its files.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

/// Unpacks a layer into memory.
///
/// # Errors
/// It is none, unpacks to more than a gigabyte, or has what no layer of ours has: links,
/// devices, times, a path out of the image.
pub(crate) fn unpack(gzip: &[u8]) -> Result<Unpacked> {
    let mut tar = Vec::new();
    GzDecoder::new(gzip)
        .take(MAX_UNPACKED + 1)
        .read_to_end(&mut tar)
        .context("a layer is no gzip")?;
    ensure!(tar.len() as u64 <= MAX_UNPACKED, "a layer is too large");
    let mut files = BTreeMap::new();
    for entry in Archive::new(tar.as_slice()).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let kind = entry.header().entry_type();
        let shown = path.display();
        ensure!(entry.header().mtime()? == 0, "{shown} has a time");
        let inside = |part| matches!(part, std::path::Component::Normal(_));
        ensure!(path.components().all(inside), "{shown} leaves the image");
        if kind == EntryType::Regular {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            ensure!(files.insert(path, bytes).is_none(), "a path comes twice");
        } else {
            ensure!(
                kind == EntryType::Directory,
                "{shown} is neither a file nor a folder"
            );
        }
    }
    Ok(Unpacked { tar, files })
}
