//! wasmtime, set up for many short requests.

use std::hash::{Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// What a request may use, and how many may run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The linear memory of an instance.
    pub memory_bytes: usize,
    /// The time from the request's arrival to the end of its instance.
    pub request_timeout: Duration,
    /// Instances at a time. As in Spin, a request beyond them is answered 500.
    pub instances: u32,
    /// The body of a request.
    pub body_bytes: u64,
    /// The time that requests under way get when the host stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            request_timeout: Duration::from_secs(120),
            instances: 1_000,
            body_bytes: 256 << 20,
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// How often a running guest yields, so that its time can be limited.
pub(crate) const EPOCH: Duration = Duration::from_millis(10);

/// Makes an engine with the pooling allocator.
pub(crate) fn engine(limits: &Limits) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    // A component has its own module and two small ones that adapt it.
    pool.total_component_instances(limits.instances)
        .total_core_instances(limits.instances * 8)
        .total_memories(limits.instances * 2)
        .total_tables(limits.instances * 4)
        .total_stacks(limits.instances)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(128 << 10);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true);
    Ok(Engine::new(&config)?)
}

/// Reads a component, from compiled code beside it if that is of this engine and
/// this file, or else by compiling it and leaving the code there.
pub(crate) fn load_component(engine: &Engine, wasm: &Path) -> Result<Component> {
    let bytes = std::fs::read(wasm)
        .with_context(|| format!("{}: build the components first", wasm.display()))?;
    let cached = cache_path(engine, wasm, &bytes);
    if cached.is_file() {
        // A stale or foreign file cannot have this name; a broken one is refused
        // by wasmtime and made anew.
        if let Ok(component) = trusted_component(engine, &cached) {
            return Ok(component);
        }
    }
    let code = engine
        .precompile_component(&bytes)
        .map_err(anyhow::Error::from)
        .with_context(|| wasm.display().to_string())?;
    match store_whole(&cached, &code) {
        Ok(()) => trusted_component(engine, &cached),
        // A read-only folder: the code still runs.
        Err(_) => Ok(Component::new(engine, &bytes)?),
    }
}

/// Stores a file whole under its name, or not at all, whoever else is storing it.
fn store_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut partial = NamedTempFile::new_in(folder)?;
    partial.write_all(bytes)?;
    partial.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[allow(
    unsafe_code,
    reason = "the file is compiled code that this host wrote beside the component; who can \
              replace it can replace the component and the host as well"
)]
fn trusted_component(engine: &Engine, cached: &Path) -> Result<Component> {
    // SAFETY: see the reason above.
    Ok(unsafe { Component::deserialize_file(engine, cached) }?)
}

/// The name tells the component's bytes and the engine's settings.
fn cache_path(engine: &Engine, wasm: &Path, bytes: &[u8]) -> PathBuf {
    struct Settings(Sha256);
    impl std::hash::Hasher for Settings {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            let digest = self.0.clone().finalize();
            digest.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
        }
    }
    let mut settings = Settings(Sha256::new());
    settings.write(bytes);
    engine.precompile_compatibility_hash().hash(&mut settings);
    wasm.with_extension(format!("{:016x}.cwasm", settings.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applications that start together store the same code at the same time.
    #[test]
    fn a_file_is_never_seen_in_part() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("code");
        let code = vec![7; 4 << 20];
        store_whole(&path, &code).expect("stored");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..8 {
                        store_whole(&path, &code).expect("stored");
                        let len = std::fs::metadata(&path).expect("a file").len();
                        assert_eq!(len, 4 << 20);
                    }
                });
            }
        });
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 1, "partial files are left");
    }
}
