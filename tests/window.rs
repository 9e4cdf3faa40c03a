//! The built program in a real window on a real X server, driven by a real pointer;
//! what it draws is read back from the screen. `cargo xtask test --only window`
//! brings the X server and the software Vulkan it needs.

#[path = "support/story.rs"]
mod story;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::{Rgba, RgbaImage};
use neurarium::app::{CONTROLS_FILE, Control};
use story::{HIDDEN, Hands, INPUTS, OUTPUT, Point};
use theme::{Rgba8, Theme};

/// A person at the screen.
struct Screen {
    program: Child,
    controls: PathBuf,
    pictures: PathBuf,
}

impl Screen {
    /// Starts the program and waits until it shows itself.
    fn with_the_program() -> Self {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "there is no screen: run `cargo xtask test --only window`, which brings one"
        );
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
        std::fs::create_dir_all(&pictures).expect("the target directory can be written");
        let controls = pictures.join("controls.json");
        let _ = std::fs::remove_file(&controls);
        // Nothing a person keeps on this machine is seen or touched.
        let data = pictures.join("data");
        let _ = std::fs::remove_dir_all(&data);
        let program = Command::new(env!("CARGO_BIN_EXE_neurarium"))
            .env(CONTROLS_FILE, &controls)
            .env("XDG_DATA_HOME", &data)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .spawn()
            .expect("the built program starts");
        let mut screen = Self {
            program,
            controls,
            pictures,
        };
        let start = Instant::now();
        while screen.find("Train").is_none() {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "the window did not appear within two minutes"
            );
            screen.wait();
        }
        // There is no window manager that would give the window the keyboard.
        run(
            "xdotool",
            &["search", "--name", "^Neurarium$", "windowfocus"],
        );
        // Software Vulkan compiles its pipelines now.
        std::thread::sleep(Duration::from_secs(3));
        screen
    }

    /// Takes a picture of the screen, kept under the target directory.
    fn picture(&self, name: &str) -> RgbaImage {
        let file = self.pictures.join(format!("{name}.png"));
        run("import", &["-window", "root", &file.display().to_string()]);
        image::open(&file)
            .expect("the picture was taken")
            .to_rgba8()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Hands for Screen {
    fn find(&mut self, name: &str) -> Option<Control> {
        self.all().into_iter().find(|control| control.name == name)
    }

    fn all(&mut self) -> Vec<Control> {
        if let Ok(Some(status)) = self.program.try_wait() {
            panic!("the program ended: {status}");
        }
        std::fs::read(&self.controls)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn wait(&mut self) {
        std::thread::sleep(Duration::from_millis(50));
    }

    fn click(&mut self, at: Point) {
        move_to(at);
        settle();
        run("xdotool", &["mousedown", "1"]);
        settle();
        run("xdotool", &["mouseup", "1"]);
        settle();
        settle();
    }

    fn drag(&mut self, from: Point, to: Point) {
        move_to(from);
        settle();
        run("xdotool", &["mousedown", "1"]);
        settle();
        for step in 1..=6 {
            let share = f64::from(step) / 6.0;
            move_to([0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis])));
            settle();
        }
        run("xdotool", &["mouseup", "1"]);
        settle();
        settle();
    }

    fn enter(&mut self, text: &str) {
        run("xdotool", &["type", text]);
        settle();
        run("xdotool", &["key", "Return"]);
        settle();
        settle();
    }

    fn undo(&mut self) {
        run("xdotool", &["key", "ctrl+z"]);
        settle();
        settle();
    }

    fn redo(&mut self) {
        run("xdotool", &["key", "ctrl+shift+z"]);
        settle();
        settle();
    }
}

fn move_to([x, y]: Point) {
    let [x, y] = [x, y].map(|pixel| pixel.round().to_string());
    run("xdotool", &["mousemove", &x, &y]);
}

/// A hand is slower than software Vulkan draws.
fn settle() {
    std::thread::sleep(Duration::from_millis(180));
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .status()
        .unwrap_or_else(|error| {
            panic!("{program} does not start ({error}): run `cargo xtask setup`")
        });
    assert!(status.success(), "{program} {arguments:?}: {status}");
}

/// How many pixels within `reach` of a point have nearly this colour.
fn pixels_like(picture: &RgbaImage, [x, y]: Point, reach: i64, colour: Rgba8) -> usize {
    let (x, y) = (x as i64, y as i64);
    (-reach..=reach)
        .flat_map(|dx| (-reach..=reach).map(move |dy| (x + dx, y + dy)))
        .filter_map(|(x, y)| {
            let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
            picture.get_pixel_checked(x, y)
        })
        .filter(|pixel| is_like(pixel, colour))
        .count()
}

/// Whether a pixel has the hue of a colour: near it, whatever its brightness.
fn is_like(Rgba([r, g, b, _]): &Rgba<u8>, colour: Rgba8) -> bool {
    let found = [*r, *g, *b].map(f32::from);
    let wanted = [colour.r, colour.g, colour.b].map(f32::from);
    let length = |v: [f32; 3]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
    let (a, b) = (length(found), length(wanted));
    let dot: f32 = found.iter().zip(wanted).map(|(x, y)| x * y).sum();
    a > 90.0 && dot / (a * b) > 0.985
}

/// The middle of a wire between two neurons.
fn half_way(from: Point, to: Point) -> Point {
    [0, 1].map(|axis| from[axis].midpoint(to[axis]))
}

#[test]
fn a_person_builds_trains_and_tests_xor_in_the_window() {
    let palette = Theme::dark().palette;
    let mut screen = Screen::with_the_program();

    // From the first second: a ready XOR and its decision boundary, in two tones.
    let first = screen.picture("1-first-sight");
    let boundary = screen.see("Decision boundary");
    let [left, top, right, bottom] = boundary.bounds;
    let reach = ((right - left).min(bottom - top) / 2.0) as i64 - 4;
    let warm = pixels_like(&first, boundary.centre(), reach, palette.positive);
    let cold = pixels_like(&first, boundary.centre(), reach, palette.negative);
    assert!(
        warm + cold > 500,
        "no decision boundary: {warm} warm, {cold} cold pixels"
    );

    story::build(&mut screen);
    move_to([640.0, 680.0]);
    settle();
    let built = screen.picture("2-built");
    let neurons = INPUTS
        .iter()
        .map(|&at| (at, palette.input))
        .chain(HIDDEN.iter().map(|&at| (at, palette.hidden)))
        .chain([(OUTPUT, palette.output)]);
    for (at, colour) in neurons {
        let found = pixels_like(&built, at, 32, colour);
        assert!(
            found > 40,
            "no neuron at {at:?}: {found} pixels of its colour"
        );
    }
    for hidden in HIDDEN {
        for (from, to) in [(INPUTS[0], hidden), (INPUTS[1], hidden), (hidden, OUTPUT)] {
            let middle = half_way(from, to);
            let found = pixels_like(&built, middle, 9, palette.positive)
                + pixels_like(&built, middle, 9, palette.negative);
            assert!(
                found > 4,
                "no wire from {from:?} to {to:?} at {middle:?}: {found} pixels"
            );
        }
    }

    story::feed(&mut screen);
    let loss = story::train(&mut screen);
    screen.picture("3-trained");
    assert!(loss < 0.05, "the loss shown after training is {loss}");
    story::assert_xor(story::answers(&mut screen));
    screen.picture("4-tested");

    let undone = story::undo_all(&mut screen);
    assert_eq!(undone, 7 + 12 + 1, "neurons, wires, and the table");
    settle();
    let empty = screen.picture("5-undone");
    for at in INPUTS {
        let left = pixels_like(&empty, at, 32, palette.input);
        assert!(
            left < 10,
            "a neuron is still drawn at {at:?}: {left} pixels"
        );
    }
    assert_eq!(story::redo_all(&mut screen), undone);
    settle();
    let redone = screen.picture("6-redone");
    let found = pixels_like(&redone, OUTPUT, 32, palette.output);
    assert!(found > 40, "the output did not come back: {found} pixels");
}

#[test]
fn a_picture_of_a_project_is_drawn_without_a_window() {
    let palette = Theme::dark().palette;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("picture.png");
    let _ = std::fs::remove_file(&file);
    // Cargo says where the project is when the test runs.
    let project = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"))
        .join("assets/examples/xor-table.ron");
    let status = Command::new(env!("CARGO_BIN_EXE_neurarium"))
        .arg("screenshot")
        .arg(&project)
        .arg(&file)
        .args(["--size", "800x600", "--after-epochs", "300"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .status()
        .expect("the built program starts");
    assert!(status.success(), "{status}");
    let picture = image::open(&file)
        .expect("the picture was drawn")
        .to_rgba8();
    assert_eq!(picture.dimensions(), (800, 600));
    for colour in [palette.input, palette.hidden, palette.output] {
        let found = pixels_like(&picture, [400.0, 300.0], 400, colour);
        assert!(found > 300, "only {found} pixels of {colour:?}");
    }
    // Half-way between inputs and hidden neurons there is nothing but wires.
    let strip = image::imageops::crop_imm(&picture, 250, 0, 30, 600).to_image();
    for colour in [palette.positive, palette.negative] {
        let found = pixels_like(&strip, [15.0, 300.0], 300, colour);
        assert!(found > 100, "only {found} pixels of wires in {colour:?}");
    }
}
