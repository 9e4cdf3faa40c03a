//! A screen of its own for the window test: an X server without a monitor, and a GPU in software.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Width × height × bits per pixel.
const SCREEN: &str = "1280x720x24";

/// Where Linux keeps one JSON file for each Vulkan driver.
const VULKAN_DRIVERS_DIR: &str = "/usr/share/vulkan/icd.d";

/// How long the server may take to say good-bye before it is killed.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running X server; dropping it ends it.
pub struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// Starts a server under a display number that is free.
    pub fn start() -> anyhow::Result<Self> {
        let mut server = Command::new("Xvfb")
            // The server chooses the number and writes it to its standard output.
            .args(["-displayfd", "1", "-screen", "0", SCREEN])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // On its way to a free number it complains about each that is taken.
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb could not be started")?;
        let mut number = String::new();
        let said = match server.stdout.take() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut number),
            None => Ok(0),
        };
        let screen = Self {
            server,
            display: format!(":{}", number.trim()),
        };
        said.context("Xvfb's display number could not be read")?;
        if number.trim().is_empty() {
            bail!("Xvfb ended before it had a display: `Xvfb -displayfd 1` says why");
        }
        Ok(screen)
    }

    /// The display's name, such as `:1`.
    #[cfg(test)]
    fn display(&self) -> &str {
        &self.display
    }

    /// Lets `command` open its windows here and draw them in software.
    pub fn show(&self, command: &mut Command) -> anyhow::Result<()> {
        let drivers = software_drivers(Path::new(VULKAN_DRIVERS_DIR))?;
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env("VK_DRIVER_FILES", &drivers)
            // The older name of the same variable.
            .env("VK_ICD_FILENAMES", &drivers);
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Asked politely, the server removes its lock and its socket.
        let pid = self.server.id();
        let asked = Command::new("sh")
            .args(["-c", &format!("kill {pid}")])
            .status();
        let deadline = Instant::now() + PATIENCE;
        while asked.is_ok() && Instant::now() < deadline {
            if matches!(self.server.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // An error here means that it has ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The files of the software driver among `folder`'s, joined as the Vulkan loader wants them; there
/// are several where libraries of several architectures are installed.
fn software_drivers(folder: &Path) -> anyhow::Result<String> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("no Vulkan driver: {} cannot be read", folder.display()))?;
    let mut drivers: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_software_driver)
        })
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    drivers.sort();
    if drivers.is_empty() {
        bail!(
            "no software Vulkan driver (lvp_icd*.json) in {}",
            folder.display()
        );
    }
    Ok(drivers.join(":"))
}

/// Whether a driver's file of this name belongs to lavapipe.
fn is_software_driver(file_name: &str) -> bool {
    file_name.starts_with("lvp_icd") && file_name.ends_with(".json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lavapipe_counts_as_a_software_driver() {
        assert!(is_software_driver("lvp_icd.x86_64.json"));
        assert!(is_software_driver("lvp_icd.json"));
        assert!(!is_software_driver("intel_icd.x86_64.json"));
        assert!(!is_software_driver("lvp_icd.x86_64.json.orig"));
    }

    #[test]
    fn a_folder_without_drivers_is_named_in_the_error() {
        let error = software_drivers(Path::new("/nowhere/icd.d"));
        assert!(error.is_err_and(|error| error.to_string().contains("/nowhere/icd.d")));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn two_screens_have_two_displays_and_leave_nothing_behind() -> anyhow::Result<()> {
        let socket = |screen: &Screen| {
            let number = screen.display().trim_start_matches(':').to_owned();
            Path::new("/tmp/.X11-unix").join(format!("X{number}"))
        };
        let (one, two) = (Screen::start()?, Screen::start()?);
        let sockets = [socket(&one), socket(&two)];
        assert_ne!(one.display(), two.display());
        assert!(sockets.iter().all(|socket| socket.exists()));
        drop((one, two));
        assert!(!sockets.iter().any(|socket| socket.exists()));
        Ok(())
    }
}
