//! The Rust toolchain that builds for the browser: rustup's, or the one that Debian packs whole.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::{setup, shell};

/// What the page is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// SIMD, which all browsers of today have, and random numbers from the browser.
const FLAGS: &str = r#"-C target-feature=+simd128 --cfg getrandom_backend="wasm_js""#;

/// Where a person says what is told to rustc for the target, and what it links with.
const FLAGS_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
const LINKER_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// Debian's packages of a toolchain with the sources of the standard library, and their programs.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// Debian's package of a linker, and the linker's name.
const DEBIAN_LINKER: (&str, &str) = ("lld", "wasm-ld");

/// A way to build for the browser.
#[derive(Debug)]
pub enum Toolchain {
    /// The toolchain that runs this program has the standard library.
    Ready,
    /// Debian's, which builds the standard library along with the program.
    Debian {
        /// What it links with.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// The toolchain this machine has, if it has one.
    pub fn find() -> Option<Self> {
        if has_standard_library() {
            return Some(Self::Ready);
        }
        let has_debian = [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_STD]
            .iter()
            .all(|path| Path::new(path).is_file());
        has_debian
            .then(find_linker)
            .flatten()
            .map(|linker| Self::Debian { linker })
    }

    /// Brings a toolchain where there is none, and says what it does.
    pub fn set_up() -> anyhow::Result<()> {
        if Self::find().is_some() {
            return Ok(());
        }
        println!("Adding the standard library for browsers to the Rust toolchain");
        let added = shell::status(Command::new("rustup").args(["target", "add", TARGET]));
        if added.is_ok_and(|status| status.success()) && has_standard_library() {
            return Ok(());
        }
        if setup::has_apt() {
            println!("rustup could not bring it: taking Debian's toolchain, which has its sources");
            let mut packages = DEBIAN_PACKAGES.to_vec();
            if find_linker().is_none() {
                packages.push(DEBIAN_LINKER.0);
            }
            setup::install_debian_packages(&packages)?;
        }
        if Self::find().is_none() {
            bail!(
                "The Rust toolchain lacks the standard library for browsers: run `rustup target add {TARGET}`"
            );
        }
        Ok(())
    }

    /// `cargo build` for the browser into `target_dir`; what to build is to be added.
    pub fn build(&self, target_dir: &Path) -> Command {
        let mut command = match self {
            Self::Ready => shell::cargo(),
            Self::Debian { .. } => {
                let mut command = Command::new(DEBIAN_CARGO);
                command
                    .current_dir(shell::root())
                    .env("PATH", path_from("/usr/bin"))
                    .env("RUSTC", DEBIAN_RUSTC)
                    // Building the standard library is called unstable; the sources are rustc's own.
                    .env("RUSTC_BOOTSTRAP", "1")
                    // Cargo leads the programs it runs to the libraries of its own rustc.
                    .env_remove("LD_LIBRARY_PATH");
                command
            }
        };
        command
            .args(["build", "--target", TARGET])
            // Beside the native build: neither waits for the other, or throws its work away.
            .env("CARGO_TARGET_DIR", target_dir)
            // They would take the place of the flags for the target.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        if std::env::var_os(FLAGS_VARIABLE).is_none() {
            command.env(FLAGS_VARIABLE, FLAGS);
        }
        if let Self::Debian { linker } = self {
            command
                .arg("-Zbuild-std=std,panic_abort")
                .env(LINKER_VARIABLE, linker);
        }
        command
    }
}

/// Whether the toolchain that runs this program has the standard library of the target.
fn has_standard_library() -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(shell::root())
        .args(["--print", "target-libdir", "--target", TARGET]);
    shell::output(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// The linker Debian's toolchain is given: the person's choice, one of rustup's, or Debian's own.
fn find_linker() -> Option<PathBuf> {
    if let Some(linker) = std::env::var_os(LINKER_VARIABLE) {
        return Some(linker.into());
    }
    let rustup = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".rustup")))?;
    linker_of_rustup(&rustup.join("toolchains")).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .map(|folder| folder.join(DEBIAN_LINKER.1))
            .find(|program| program.is_file())
    })
}

/// The `rust-lld` of the first toolchain that has one, by name: the numbered ones come first and stay
/// when others are updated. (Another linker is a reason for cargo to build everything again.)
fn linker_of_rustup(toolchains: &Path) -> Option<PathBuf> {
    subfolders(toolchains).into_iter().find_map(|toolchain| {
        subfolders(&toolchain.join("lib/rustlib"))
            .into_iter()
            .map(|host| host.join("bin/rust-lld"))
            .find(|linker| linker.is_file())
    })
}

/// What lies in a folder, sorted; nothing when it cannot be read.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    paths.sort();
    paths
}

/// The `PATH` with `folder` before all others.
fn path_from(folder: &str) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from(folder)).chain(std::env::split_paths(&path));
    // A folder that came out of a `PATH` can be put into one.
    std::env::join_paths(folders).unwrap_or(path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_is_that_of_the_first_toolchain_by_name_that_has_one() -> anyhow::Result<()> {
        let folder = shell::target_dir()?.join("tmp/xtask-linkers");
        let linker = folder.join("stable-host/lib/rustlib/host/bin/rust-lld");
        std::fs::create_dir_all(linker.parent().unwrap())?;
        std::fs::create_dir_all(folder.join("1.95.0-host/lib"))?;
        std::fs::write(&linker, "")?;
        assert_eq!(linker_of_rustup(&folder), Some(linker));
        assert_eq!(linker_of_rustup(&folder.join("nowhere")), None);
        Ok(())
    }

    #[test]
    fn debian_builds_the_standard_library_and_links_with_the_linker_found() {
        let toolchain = Toolchain::Debian {
            linker: "/opt/rust-lld".into(),
        };
        let command = toolchain.build(Path::new("/target/web"));
        assert_eq!(command.get_program(), DEBIAN_CARGO);
        assert!(
            command
                .get_args()
                .any(|arg| arg == "-Zbuild-std=std,panic_abort")
        );
        let linker = command
            .get_envs()
            .find(|(name, _)| *name == LINKER_VARIABLE);
        assert_eq!(
            linker.and_then(|(_, value)| value),
            Some("/opt/rust-lld".as_ref())
        );
    }
}
