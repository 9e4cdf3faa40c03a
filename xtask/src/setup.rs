//! What the machine must have, and how it gets what it lacks.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::shell;
use crate::toolchain::Toolchain;
use crate::tools;

/// What the machine is to be made ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Building and playing.
    Play,
    /// Building the page.
    Web,
    /// Both, and testing.
    Everything,
}

impl Purpose {
    /// Whether what `other` needs is needed for this purpose.
    fn includes(self, other: Self) -> bool {
        self == other || self == Everything
    }
}

/// A thing that comes as a package of the system.
struct Need {
    /// What needs it, besides testing.
    purposes: &'static [Purpose],
    /// Its name on Debian, Ubuntu and what derives from them.
    apt: &'static str,
    /// Its name on Fedora.
    dnf: &'static str,
    /// Its name on Arch.
    pacman: &'static str,
    /// How to see that it is there without asking for a package.
    trace: Trace,
}

/// What a package leaves on a machine.
enum Trace {
    /// A program on the `PATH`.
    Program(&'static str),
    /// One of several programs on the `PATH`, whichever way it came there.
    AnyProgram(&'static [&'static str]),
    /// A library to build with, known to `pkg-config`.
    Module(&'static str),
    /// A library to run with, known to the loader.
    Library(&'static str),
    /// A Vulkan driver.
    Driver,
}

const fn need(
    purposes: &'static [Purpose],
    [apt, dnf, pacman]: [&'static str; 3],
    trace: Trace,
) -> Need {
    Need {
        purposes,
        apt,
        dnf,
        pacman,
        trace,
    }
}

use Purpose::{Everything, Play, Web};
use Trace::{AnyProgram, Driver, Library, Module, Program};

const BUILD: &[Purpose] = &[Play, Web];
const PLAY: &[Purpose] = &[Play];
const TEST: &[Purpose] = &[];

/// All needs on Linux; macOS and Windows bring what Bevy needs along with their compilers.
#[rustfmt::skip]
const NEEDS: &[Need] = &[
    // To build.
    need(BUILD, ["build-essential", "gcc", "gcc"], Program("cc")),
    need(PLAY, ["pkg-config", "pkgconf-pkg-config", "pkgconf"], Program("pkg-config")),
    need(PLAY, ["libudev-dev", "systemd-devel", "systemd-libs"], Module("libudev")),
    need(PLAY, ["libwayland-dev", "wayland-devel", "wayland"], Module("wayland-client")),
    need(PLAY, ["libxkbcommon-dev", "libxkbcommon-devel", "libxkbcommon"], Module("xkbcommon")),
    // To run.
    need(PLAY, ["libvulkan1", "vulkan-loader", "vulkan-icd-loader"], Library("libvulkan.so.1")),
    need(PLAY, ["mesa-vulkan-drivers", "mesa-vulkan-drivers", "vulkan-swrast"], Driver),
    need(PLAY, ["libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"], Library("libxkbcommon-x11.so.0")),
    need(PLAY, ["libxcursor1", "libXcursor", "libxcursor"], Library("libXcursor.so.1")),
    need(PLAY, ["libxi6", "libXi", "libxi"], Library("libXi.so.6")),
    need(PLAY, ["libxrandr2", "libXrandr", "libxrandr"], Library("libXrandr.so.2")),
    need(PLAY, ["libx11-xcb1", "libX11-xcb", "libx11"], Library("libX11-xcb.so.1")),
    // To test the window.
    need(TEST, ["xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"], Program("Xvfb")),
    need(TEST, ["xdotool", "xdotool", "xdotool"], Program("xdotool")),
    need(TEST, ["imagemagick", "ImageMagick", "imagemagick"], Program("import")),
    // To test the page.
    need(TEST, ["chromium", "chromium", "chromium"], AnyProgram(&["chromium", "chromium-browser", "google-chrome"])),
    need(TEST, ["nodejs", "nodejs", "nodejs"], AnyProgram(&["node"])),
    need(TEST, ["npm", "nodejs-npm", "npm"], AnyProgram(&["npm"])),
];

/// Components of the Rust toolchain and the cargo command that each brings.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

/// Makes the machine ready for `purpose`; silent when it is.
pub fn run(purpose: Purpose) -> anyhow::Result<()> {
    if cfg!(target_os = "linux") {
        add_packages(purpose)?;
    }
    if purpose == Everything {
        add_components()?;
    }
    if purpose.includes(Web) {
        Toolchain::set_up()?;
        tools::wasm_bindgen()?;
    }
    if purpose == Everything {
        tools::BROWSER_TESTS.folder()?;
    }
    Ok(())
}

/// Whether packages come by apt here.
pub fn has_apt() -> bool {
    cfg!(target_os = "linux") && shell::is_on_path("apt-get") && shell::is_on_path("dpkg-query")
}

/// Adds the packages of the system that `purpose` needs.
fn add_packages(purpose: Purpose) -> anyhow::Result<()> {
    let needs = NEEDS.iter().filter(|need| {
        purpose == Everything || need.purposes.iter().any(|it| purpose.includes(*it))
    });
    if has_apt() {
        // A browser or a Node from elsewhere is as good as Debian's.
        let is_met =
            |need: &&Need| matches!(need.trace, AnyProgram(_)) && is_traced(&need.trace, "");
        let names: Vec<&str> = needs
            .filter(|need| !is_met(need))
            .map(|need| need.apt)
            .collect();
        let missing = missing_debian_packages(&names);
        if missing.is_empty() {
            return Ok(());
        }
        return install_debian_packages(&missing);
    }

    let libraries = libraries();
    let missing: Vec<&Need> = needs
        .filter(|need| !is_traced(&need.trace, &libraries))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = |name: fn(&Need) -> &'static str| {
        let names: Vec<_> = missing.iter().map(|need| name(need)).collect();
        names.join(" ")
    };
    let advice = if shell::is_on_path("dnf") {
        format!("run `sudo dnf install {}`", names(|need| need.dnf))
    } else if shell::is_on_path("pacman") {
        format!("run `sudo pacman -S {}`", names(|need| need.pacman))
    } else {
        format!("install what Debian calls {}", names(|need| need.apt))
    };
    bail!("This machine lacks packages: {advice}");
}

/// Those of `names` that are not installed.
fn missing_debian_packages<'a>(names: &[&'a str]) -> Vec<&'a str> {
    // It exits with failure when it does not know one of the names, and still lists the others.
    let listing = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${Status}\\n"])
        .args(names)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(names, &listing)
}

/// Those of `names` that `listing`, with lines such as `xvfb install ok installed`, does not call
/// installed.
fn not_installed<'a>(names: &[&'a str], listing: &str) -> Vec<&'a str> {
    let is_installed = |name: &str| {
        listing.lines().any(|line| {
            line.split_once(' ')
                .is_some_and(|(package, status)| package == name && status.ends_with(" installed"))
        })
    };
    let missing = names.iter().filter(|name| !is_installed(name));
    missing.copied().collect()
}

/// Installs packages with apt, as root or through a `sudo` that asks nothing.
pub fn install_debian_packages(names: &[&str]) -> anyhow::Result<()> {
    let names = names.join(" ");
    let by_hand = format!("sudo apt-get update && sudo apt-get install {names}");
    let is_root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let prefix = if is_root {
        ""
    } else if shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        "sudo -n "
    } else {
        bail!("This machine lacks packages: run `{by_hand}`");
    };
    println!("Installing {names}");
    let apt = format!(
        "{prefix}env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120"
    );
    // One broken source among several fails the update, and need not concern these packages.
    let script =
        format!("{apt} update; {apt} install --yes --no-install-recommends {names} >/dev/null");
    if !shell::status(Command::new("sh").args(["-c", &script]))?.success() {
        bail!("The packages could not be installed: see above, then run `{by_hand}`");
    }
    Ok(())
}

/// The list of libraries that the loader knows.
fn libraries() -> String {
    // An ordinary person's `PATH` need not hold `sbin`.
    let ldconfig = ["/sbin/ldconfig", "/usr/sbin/ldconfig", "ldconfig"];
    let mut listings = ldconfig
        .iter()
        .map(|it| shell::output(Command::new(it).arg("-p")));
    listings.find_map(Result::ok).unwrap_or_default()
}

/// Whether the machine shows `trace`.
fn is_traced(trace: &Trace, libraries: &str) -> bool {
    match trace {
        Program(name) => shell::is_on_path(name),
        AnyProgram(names) => names.iter().any(|name| shell::is_on_path(name)),
        Module(name) => shell::succeeds(Command::new("pkg-config").args(["--exists", name])),
        Library(name) => libraries
            .lines()
            .any(|line| line.trim_start().split(' ').next() == Some(name)),
        Driver => ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
            .iter()
            .any(|folder| {
                Path::new(folder)
                    .read_dir()
                    .is_ok_and(|mut drivers| drivers.next().is_some())
            }),
    }
}

/// Adds the components of the Rust toolchain.
fn add_components() -> anyhow::Result<()> {
    let missing: Vec<&str> = COMPONENTS
        .iter()
        .filter(|(_, command)| !shell::succeeds(shell::cargo().args([command, "--version"])))
        .map(|(component, _)| *component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    println!("Adding {names} to the Rust toolchain");
    let added = shell::status(
        Command::new("rustup")
            .args(["component", "add"])
            .args(&missing),
    );
    if !added.is_ok_and(|status| status.success()) {
        bail!("The Rust toolchain lacks {names}: run `rustup component add {names}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_were_removed_or_never_heard_of_are_missing() {
        let listing = "\
xvfb install ok installed
xdotool deinstall ok config-files
libxi6 install ok half-configured
";
        let names = ["xvfb", "xdotool", "libxi6", "libudev-dev"];
        assert_eq!(
            not_installed(&names, listing),
            ["xdotool", "libxi6", "libudev-dev"]
        );
    }

    #[test]
    fn a_package_is_not_taken_for_one_whose_name_it_starts() {
        let listing = "libxi6-dev install ok installed\n";
        assert_eq!(not_installed(&["libxi6"], listing), ["libxi6"]);
    }

    #[test]
    fn a_library_is_found_by_its_whole_name() {
        let libraries =
            "2 libs found in cache\n\tlibXi.so.6 (libc6,x86-64) => /usr/lib/libXi.so.6\n";
        assert!(is_traced(&Library("libXi.so.6"), libraries));
        assert!(!is_traced(&Library("libXi.so"), libraries));
        assert!(!is_traced(&Library("libXcursor.so.1"), libraries));
    }

    #[test]
    fn a_program_is_found_by_its_name() {
        assert!(is_traced(&Program("sh"), ""));
        assert!(!is_traced(&Program("no-such-program"), ""));
        assert!(is_traced(&AnyProgram(&["no-such-program", "sh"]), ""));
        assert!(!is_traced(&AnyProgram(&["no-such-program"]), ""));
    }
}
