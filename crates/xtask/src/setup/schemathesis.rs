//! schemathesis, which asks the application from its own contract.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::packages::Packages;
use crate::process::{execute, find, output};
use crate::workspace;

/// The version that is installed: another one makes other requests.
const REQUIREMENTS: &str = "tests/contract/requirements.txt";

const PACKAGES: Packages = Packages {
    apt: "python3-venv",
    dnf: "python3",
    apk: "python3",
    brew: "python3",
};

/// Installs it below `target`, where it is missing or another version; gives the program.
pub(crate) fn prepare() -> Result<PathBuf> {
    let venv = workspace::state()?.join("schemathesis");
    let program = venv.join("bin/schemathesis");
    let marker = venv.join("requirements.txt");
    let wanted = std::fs::read_to_string(workspace::root().join(REQUIREMENTS))?;
    if std::fs::read_to_string(&marker).is_ok_and(|is| is == wanted) && starts(&program) {
        return Ok(program);
    }
    let has_venv = find("python3").is_some()
        && output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok();
    if !has_venv {
        println!("Installing python3-venv");
        PACKAGES.install().context("install python3 with venv")?;
    }
    println!("Installing schemathesis");
    execute(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    execute(
        Command::new(venv.join("bin/pip"))
            .args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(workspace::root().join(REQUIREMENTS)),
    )?;
    std::fs::write(marker, wanted)?;
    Ok(program)
}

/// Whether the program starts here. Its first line names the interpreter by an absolute
/// path: in a `target` that was kept and is mounted elsewhere, there is none any more.
fn starts(program: &Path) -> bool {
    output(Command::new(program).arg("--version")).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_whose_interpreter_has_moved_does_not_start() -> Result<()> {
        assert!(starts(Path::new(env!("CARGO"))));
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("program");
        write(&program, "#!/nowhere/bin/python3\n")?;
        set_permissions(&program, Permissions::from_mode(0o755))?;
        assert!(!starts(&program));
        Ok(())
    }
}
