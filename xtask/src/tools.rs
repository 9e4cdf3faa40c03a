//! Tools that come from a registry, in the versions the workspace says, kept under the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::shell;

/// The folder of all tools.
fn folder() -> anyhow::Result<PathBuf> {
    Ok(shell::target_dir()?.join("tools"))
}

/// The `wasm-bindgen` of exactly the version that the program uses; installed where it is not yet.
pub fn wasm_bindgen() -> anyhow::Result<PathBuf> {
    let lock = shell::root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock)
        .with_context(|| format!("{} cannot be read", lock.display()))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock knows no wasm-bindgen: the program is not made for browsers")?;
    let folder = folder()?;
    let ours = folder
        .join("bin")
        .join(format!("wasm-bindgen{}", std::env::consts::EXE_SUFFIX));
    let is_right = |program: &Path| {
        shell::output(Command::new(program).arg("--version"))
            .is_ok_and(|told| told.split_whitespace().nth(1) == Some(version))
    };
    let on_path = PathBuf::from("wasm-bindgen");
    for program in [&ours, &on_path] {
        if is_right(program) {
            return Ok(program.clone());
        }
    }

    println!("Installing wasm-bindgen {version}, which takes minutes");
    let mut install = shell::cargo();
    install
        // Its own lock file names a version that was withdrawn: hence without `--locked`.
        .args([
            "install",
            "--quiet",
            "wasm-bindgen-cli",
            "--version",
            version,
        ])
        .arg("--root")
        .arg(&folder)
        // What it builds on the way is of no use later.
        .env_remove("CARGO_TARGET_DIR");
    if !shell::status(&mut install)?.success() || !is_right(&ours) {
        bail!(
            "wasm-bindgen could not be installed: run `cargo install wasm-bindgen-cli --version {version}`"
        );
    }
    Ok(ours)
}

/// The version of the package of this name in a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let head = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != head);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"')
}

/// A set of packages of npm, described by a `package.json` and its lock file in the checkout.
#[derive(Clone, Copy)]
pub struct NodePackages {
    /// What the set is called.
    name: &'static str,
    /// The folder of its `package.json`.
    described_in: &'static str,
}

/// What the tests in the browser need.
pub const BROWSER_TESTS: NodePackages = NodePackages {
    name: "browser-tests",
    described_in: "tests/browser",
};

/// What makes the page small.
pub const PACKAGING: NodePackages = NodePackages {
    name: "packaging",
    described_in: "web/packaging",
};

/// Those beside whom the engine is measured.
pub const PEERS: NodePackages = NodePackages {
    name: "peers",
    described_in: "tests/benches/peers",
};

impl NodePackages {
    /// The folder with the set's `node_modules`; installed where they are not yet as described.
    pub fn folder(self) -> anyhow::Result<PathBuf> {
        let described = shell::root().join(self.described_in);
        let folder = folder()?.join(self.name);
        // Written last: the packages are those of this description, all of them.
        let mark = folder.join("installed.json");
        let lock = described.join("package-lock.json");
        let wanted =
            std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
        if std::fs::read(&mark).is_ok_and(|found| found == wanted) {
            return Ok(folder);
        }

        println!("Installing the packages of {}", self.described_in);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        for file in ["package.json", "package-lock.json"] {
            let from = described.join(file);
            std::fs::copy(&from, folder.join(file))
                .with_context(|| format!("{} cannot be copied", from.display()))?;
        }
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&folder);
        if !shell::status(&mut npm)?.success() {
            let (line, place) = (shell::line_of(&npm), folder.display());
            bail!("`{line}` failed in {place}: is npm there, and the network?");
        }
        std::fs::write(&mark, wanted)
            .with_context(|| format!("{} cannot be written", mark.display()))?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_package_of_exactly_this_name() {
        let lock = "\
[[package]]
name = \"wasm-bindgen-futures\"
version = \"0.4.80\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn lock_files_of_npm_name_no_registry() -> anyhow::Result<()> {
        for packages in [BROWSER_TESTS, PACKAGING, PEERS] {
            let file = shell::root()
                .join(packages.described_in)
                .join("package-lock.json");
            assert!(!std::fs::read_to_string(file)?.contains("://"));
        }
        Ok(())
    }
}
