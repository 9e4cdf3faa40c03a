//! The page: builds its bundles and puts them beside the files of `web/`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::shell;
use crate::toolchain::{TARGET, Toolchain};
use crate::tools;

/// What a bundle of the program draws with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpu {
    /// For all browsers.
    WebGl2,
    /// For those that give a device.
    WebGpu,
}

impl Gpu {
    /// Both, the one that runs everywhere first.
    pub const ALL: [Self; 2] = [Self::WebGl2, Self::WebGpu];

    /// Its name: of the feature, of the folder in the page, in the page's address.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebGl2 => "webgl2",
            Self::WebGpu => "webgpu",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gpu| gpu.name() == name)
    }
}

/// How much work goes into making the page small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// None: for trying out and testing.
    Quick,
    /// All there is: for handing out.
    Release,
}

impl Finish {
    /// The profile of cargo.
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "web",
            Self::Release => "page",
        }
    }

    /// The page's folder, beside those of other finishes.
    fn folder(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }
}

/// A program that becomes a folder of the page.
struct Bundle {
    package: &'static str,
    /// The arguments of cargo that choose it.
    selection: &'static [&'static str],
    /// The folder.
    folder: &'static str,
}

const WORKER: Bundle = Bundle {
    package: "worker",
    selection: &["--package=worker"],
    folder: "worker",
};

const fn program(gpu: Gpu) -> Bundle {
    Bundle {
        package: "neurarium",
        selection: match gpu {
            Gpu::WebGl2 => &[
                "--package=neurarium",
                "--bin=neurarium",
                "--features=webgl2",
            ],
            Gpu::WebGpu => &[
                "--package=neurarium",
                "--bin=neurarium",
                "--features=webgpu",
            ],
        },
        folder: match gpu {
            Gpu::WebGl2 => "webgl2",
            Gpu::WebGpu => "webgpu",
        },
    }
}

/// The features of WebAssembly that every browser with SIMD and the program's builds have.
/// (All that `wasm-opt` knows are too many: Chromium refuses such a module.)
const WASM_OPT: [&str; 12] = [
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// The folder of all that is built for the browser, beside what is built for this machine.
fn web_dir() -> anyhow::Result<PathBuf> {
    Ok(shell::target_dir()?.join("web"))
}

/// The folder of the page.
fn page_dir(finish: Finish) -> anyhow::Result<PathBuf> {
    Ok(web_dir()?.join("pages").join(finish.folder()))
}

/// Builds the page with a bundle for each of `gpus`, and those alone; gives its folder.
pub fn build(gpus: &[Gpu], finish: Finish) -> anyhow::Result<PathBuf> {
    let Some(toolchain) = Toolchain::find() else {
        bail!("There is no toolchain for browsers: run `cargo xtask setup`");
    };
    let wasm_bindgen = tools::wasm_bindgen()?;
    if finish == Finish::Release {
        // Rather now than after the build.
        tools::PACKAGING.folder()?;
    }
    let page = page_dir(finish)?;
    fs::create_dir_all(&page).with_context(|| format!("{} cannot be made", page.display()))?;

    // What is not built now would be of other sources.
    for gpu in Gpu::ALL.iter().filter(|gpu| !gpus.contains(gpu)) {
        let _ = fs::remove_dir_all(page.join(gpu.name()));
    }
    for bundle in std::iter::once(WORKER).chain(gpus.iter().map(|gpu| program(*gpu))) {
        let wasm = compile(&toolchain, &bundle, finish)?;
        pack(&wasm_bindgen, &wasm, &bundle, &page, finish)?;
    }
    add_files(finish)?;
    Ok(page)
}

/// Builds the Web Worker's program as it is handed out, without a page that draws; gives the folder that
/// holds it beside the script that starts it.
pub fn build_worker() -> anyhow::Result<PathBuf> {
    let Some(toolchain) = Toolchain::find() else {
        bail!("There is no toolchain for browsers: run `cargo xtask setup`");
    };
    let wasm_bindgen = tools::wasm_bindgen()?;
    let wasm = compile(&toolchain, &WORKER, Finish::Release)?;
    let folder = web_dir()?.join("pages/worker-alone");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    pack(&wasm_bindgen, &wasm, &WORKER, &folder, Finish::Release)?;
    let script = "worker.js";
    fs::copy(shell::root().join("web").join(script), folder.join(script))
        .with_context(|| format!("{script} cannot be copied"))?;
    Ok(folder)
}

/// Compiles a bundle's program and gives its file.
fn compile(toolchain: &Toolchain, bundle: &Bundle, finish: Finish) -> anyhow::Result<PathBuf> {
    let target_dir = web_dir()?;
    let profile = finish.profile();
    let mut cargo = toolchain.build(&target_dir);
    cargo.args(["--profile", profile]).args(bundle.selection);
    println!("$ {}", shell::line_of(&cargo));
    if !shell::status(&mut cargo)?.success() {
        bail!("`{}` was not built for the browser", bundle.package);
    }
    let wasm = target_dir.join(TARGET).join(profile);
    Ok(wasm.join(format!("{}.wasm", bundle.package)))
}

/// Makes a folder of the page from a compiled program, unless it is there already.
fn pack(
    wasm_bindgen: &Path,
    wasm: &Path,
    bundle: &Bundle,
    page: &Path,
    finish: Finish,
) -> anyhow::Result<()> {
    let folder = page.join(bundle.folder);
    let packed = |folder: &Path| folder.join(format!("{}_bg.wasm", bundle.package));
    let is_there = packed(&folder);
    if is_newer(&is_there, wasm) && is_newer(&is_there, wasm_bindgen) {
        return Ok(());
    }
    // The folder is there only when it is whole.
    let part = page.with_extension(format!("{}.part", bundle.folder));
    for folder in [&folder, &part] {
        let _ = fs::remove_dir_all(folder);
    }
    let mut command = Command::new(wasm_bindgen);
    command
        .args([
            "--target=web",
            "--no-typescript",
            "--out-name",
            bundle.package,
        ])
        .arg("--out-dir")
        .arg(&part)
        .arg(wasm);
    if !shell::status(&mut command)?.success() {
        bail!("wasm-bindgen failed on {}", wasm.display());
    }
    if finish == Finish::Release {
        shrink(&packed(&part))?;
    }
    fs::rename(&part, &folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// Whether `file` was written after `other`; a program that is found on the `PATH` is old.
fn is_newer(file: &Path, other: &Path) -> bool {
    let written = |path: &Path| -> Option<SystemTime> { path.metadata().ok()?.modified().ok() };
    written(file).is_some_and(|file| written(other).is_none_or(|other| other < file))
}

/// Makes a module as small as `wasm-opt` can.
fn shrink(wasm: &Path) -> anyhow::Result<()> {
    println!("Shrinking {}, which takes minutes", wasm.display());
    let packages = tools::PACKAGING.folder()?;
    let small = wasm.with_extension("small");
    let mut command = Command::new("node");
    command
        .arg(packages.join("node_modules/binaryen/bin/wasm-opt"))
        .args(WASM_OPT)
        .arg(wasm)
        .arg("-o")
        .arg(&small);
    if !shell::status(&mut command)?.success() {
        bail!("wasm-opt failed on {}", wasm.display());
    }
    fs::rename(&small, wasm).with_context(|| format!("{} cannot be replaced", wasm.display()))
}

/// Brings the files of `web/` into the page as they are now, and tells them its bundles.
pub fn add_files(finish: Finish) -> anyhow::Result<PathBuf> {
    let page = page_dir(finish)?;
    fs::create_dir_all(&page).with_context(|| format!("{} cannot be made", page.display()))?;
    let web = shell::root().join("web");
    let files = |folder: &Path| -> anyhow::Result<Vec<PathBuf>> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let paths: Result<Vec<_>, _> = entries.map(|it| it.map(|it| it.path())).collect();
        Ok(paths?.into_iter().filter(|path| path.is_file()).collect())
    };
    for left_over in files(&page)? {
        fs::remove_file(left_over)?;
    }
    for file in files(&web)? {
        let name = file.file_name().unwrap_or_default();
        if name == "README.md" {
            continue;
        }
        fs::copy(&file, page.join(name))
            .with_context(|| format!("{} cannot be copied", file.display()))?;
    }
    let bundles = bundles(&page)?;
    fs::write(page.join("bundles.js"), bundles)?;
    Ok(page)
}

/// The bundles of the page as a module: their names, sizes in bytes, and what tells one build from
/// another.
fn bundles(page: &Path) -> anyhow::Result<String> {
    let mut text = String::from(
        "// The bundles of this page: their sizes in bytes, and what tells one build from another.\n\n\
         export const BUNDLES = {\n",
    );
    for gpu in Gpu::ALL {
        let folder = page.join(gpu.name());
        if !folder.is_dir() {
            continue;
        }
        let [script, program] =
            ["neurarium.js", "neurarium_bg.wasm"].map(|name| read(&folder.join(name)));
        let (script, program) = (script?, program?);
        text += &format!(
            "  {}: {{ version: \"{}\", script: {}, program: {} }},\n",
            gpu.name(),
            version(&[&script, &program]),
            script.len(),
            program.len()
        );
    }
    text += "};\n\n";
    let files = ["worker.js", "worker/worker.js", "worker/worker_bg.wasm"];
    let files: Vec<Vec<u8>> = files
        .iter()
        .map(|name| page.join(name))
        // The page's files alone may be brought before anything is built.
        .filter(|file| file.is_file())
        .map(|file| read(&file))
        .collect::<Result<_, _>>()?;
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    text += &format!(
        "export const WORKER = {{ version: \"{}\" }};\n",
        version(&files)
    );
    Ok(text)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// What tells files of one build from those of another.
fn version(files: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Prints the size of each module of the page: raw, by gzip and by brotli.
pub fn print_sizes(page: &Path) -> anyhow::Result<()> {
    let mut node = Command::new("node");
    node.arg(shell::root().join("web/packaging/sizes.js"))
        .arg(page);
    if !shell::status(&mut node)?.success() {
        bail!("the sizes of {} could not be told", page.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gpu_is_found_by_its_name() {
        for gpu in Gpu::ALL {
            assert_eq!(Gpu::from_name(gpu.name()), Some(gpu));
            assert_eq!(program(gpu).folder, gpu.name());
            let feature = format!("--features={}", gpu.name());
            assert!(program(gpu).selection.contains(&feature.as_str()));
        }
        assert_eq!(Gpu::from_name("metal"), None);
    }

    #[test]
    fn the_page_is_told_the_sizes_of_the_bundles_it_has() -> anyhow::Result<()> {
        let page = shell::target_dir()?.join("tmp/xtask-bundles");
        let _ = fs::remove_dir_all(&page);
        let folder = page.join("webgl2");
        fs::create_dir_all(&page)?;
        assert!(!bundles(&page)?.contains("webgl2"));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("neurarium.js"), "four")?;
        fs::write(folder.join("neurarium_bg.wasm"), "seven..")?;
        let first = bundles(&page)?;
        assert!(first.contains("webgl2: { version: \""), "{first}");
        assert!(first.contains("script: 4, program: 7 }"), "{first}");
        assert!(!first.contains("webgpu"), "{first}");
        fs::write(folder.join("neurarium_bg.wasm"), "eleven.....")?;
        let versions = |text: &str| {
            let mut quoted = text.split('"').skip(1).step_by(2).map(str::to_owned);
            (quoted.next(), quoted.next())
        };
        let (program, worker) = versions(&first);
        let second = versions(&bundles(&page)?);
        assert_ne!(program, second.0, "another program");
        assert!(worker.is_some() && worker == second.1, "the same worker");
        fs::write(page.join("worker.js"), "a worker")?;
        let third = versions(&bundles(&page)?);
        assert_eq!(second.0, third.0, "the same program");
        assert_ne!(second.1, third.1, "another worker");
        Ok(())
    }

    #[test]
    fn a_mark_is_newer_only_than_what_was_written_before_it() -> anyhow::Result<()> {
        let folder = shell::target_dir()?.join("tmp/xtask-newer");
        fs::create_dir_all(&folder)?;
        let (old, new) = (folder.join("old"), folder.join("new"));
        fs::write(&old, "")?;
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&new, "")?;
        assert!(is_newer(&new, &old));
        assert!(!is_newer(&old, &new));
        assert!(!is_newer(&folder.join("nowhere"), &old));
        Ok(())
    }
}
