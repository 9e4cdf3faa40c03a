//! Pictures of everything the canvas can say, in each look, beside those that were looked at.
//!
//! A picture is compared in squares, by structure and colour
//! (`image_compare::rgb_hybrid_compare`: 1 is the same).
//! The worst square counts: in the whole picture a missing dash would drown. With
//! `NEURARIUM_WRITE_EXPECTED=1` the pictures are written anew, to be looked at.

mod vocabulary;

use std::path::PathBuf;
use std::time::Duration;

use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::ecs::system::ScheduleSystem;
use bevy::prelude::*;
use bevy::render::render_resource::{TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::time::TimeUpdateStrategy;
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use canvas::drawing::{
    DrawingPlugin, Flow, StageCamera, StageReadiness, StageTheme, Tells, WireStyle,
};
use image::RgbImage;
use theme::{Look, Theme};

const SIZE: [u32; 2] = [1000, 640];

/// The side of a square, in pixels.
const SQUARE: u32 = 80;

/// How alike the worst square must be. The same renderer comes to 1; wires without
/// their dashes came to 0.87 to 0.95, neurons without the badge of the ailing to 0.92
/// to 0.95.
const LEAST_LIKENESS: f64 = 0.97;

/// The same of a crowd and the crowd a third of a pixel on: 0.91 as it is, 0.82 with lines
/// that are not antialiased.
const LEAST_LIKENESS_MOVED: f64 = 0.88;

/// A moment at which motes are on their way.
const MOMENT_SECS: f32 = 1.3;

/// Frames until a change of look has arrived everywhere.
const SETTLING_FRAMES: u32 = 6;

#[derive(Resource)]
struct Target(Handle<Image>);

#[derive(Resource, Default)]
struct Taken(Option<RgbImage>);

fn stage<M>(fill: impl IntoScheduleConfigs<ScheduleSystem, M>) -> App {
    let mut app = App::new();
    let no_window = WindowPlugin {
        primary_window: None,
        exit_condition: ExitCondition::DontExit,
        ..default()
    };
    app.add_plugins(DefaultPlugins.set(no_window).disable::<WinitPlugin>())
        .add_plugins(DrawingPlugin)
        .init_resource::<Taken>()
        // Time stands still, at the moment that is set.
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::ZERO))
        .add_systems(Startup, (fill, spawn_camera));
    app.finish();
    app.cleanup();
    app
}

fn spawn_camera(mut commands: Commands, mut images: ResMut<Assets<Image>>) {
    let [width, height] = SIZE;
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_target_texture(width, height, format, None);
    image.asset_usage = RenderAssetUsages::default();
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let target = images.add(image);
    commands.spawn((
        StageCamera,
        RenderTarget::Image(target.clone().into()),
        // A little further away, so that everything is in the picture.
        Projection::Orthographic(OrthographicProjection {
            scale: 1.3,
            ..OrthographicProjection::default_2d()
        }),
    ));
    commands.insert_resource(Target(target));
}

/// The picture in this look, with motes held at a moment or none, and wires that tell
/// this.
fn picture(app: &mut App, theme: Theme, has_flow: bool, tells: Tells) -> RgbImage {
    app.insert_resource(StageTheme(theme));
    app.insert_resource(WireStyle { scale: 1.0, tells });
    app.insert_resource(Flow {
        is_running: has_flow,
        gradient_gain: 4.0,
        ..default()
    });
    let mut calm = 0;
    while calm < SETTLING_FRAMES {
        hold(app);
        let is_ready = app.world().resource::<StageReadiness>().is_ready();
        calm = if is_ready { calm + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(2));
    }
    let target = app.world().resource::<Target>().0.clone();
    app.world_mut().spawn(Screenshot::image(target)).observe(
        |captured: On<ScreenshotCaptured>, mut taken: ResMut<Taken>| {
            let image = captured.image.clone().try_into_dynamic();
            taken.0 = Some(image.expect("a picture of eight bits").to_rgb8());
        },
    );
    loop {
        hold(app);
        if let Some(taken) = app.world_mut().resource_mut::<Taken>().0.take() {
            return taken;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// One frame at the moment of the picture.
fn hold(app: &mut App) {
    app.world_mut().resource_mut::<Flow>().time_secs = MOMENT_SECS;
    app.update();
}

/// How alike the worst square is, and where it begins.
fn likeness(found: &RgbImage, expected: &RgbImage) -> (f64, [u32; 2]) {
    assert_eq!(found.dimensions(), expected.dimensions());
    let [width, height] = SIZE;
    let corners = (0..height)
        .step_by(SQUARE as usize)
        .flat_map(|y| (0..width).step_by(SQUARE as usize).map(move |x| [x, y]));
    corners
        .map(|[x, y]| {
            let size = (SQUARE.min(width - x), SQUARE.min(height - y));
            let cut = |whole: &RgbImage| {
                image::imageops::crop_imm(whole, x, y, size.0, size.1).to_image()
            };
            let alike = image_compare::rgb_hybrid_compare(&cut(found), &cut(expected));
            (alike.expect("the same size").score, [x, y])
        })
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .expect("a picture has squares")
}

fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    folder.join(format!("{name}.png"))
}

/// What is not as in the picture of this name that was looked at, if anything; where
/// pictures are written anew, nothing.
fn difference(name: &str, found: &RgbImage) -> Option<String> {
    let path = path(name);
    if std::env::var_os("NEURARIUM_WRITE_EXPECTED").is_some() {
        found.save(&path).expect("the folder of pictures");
        return None;
    }
    let expected = image::open(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .to_rgb8();
    let (score, [x, y]) = likeness(found, &expected);
    println!("{name}: the worst square is {score:.3} alike, at {x}, {y}");
    (score < LEAST_LIKENESS).then(|| {
        let kept = std::env::temp_dir().join(format!("neurarium_{name}.png"));
        found.save(&kept).expect("a temporary file");
        let kept = kept.display();
        format!("{name} is {score:.3} alike at {x}, {y}; see {kept}")
    })
}

/// Puts the camera here, at a zoom of one by this.
fn look_from(app: &mut App, x: f32, scale: f32) {
    let world = app.world_mut();
    let mut camera = world.query_filtered::<(&mut Transform, &mut Projection), With<StageCamera>>();
    for (mut place, mut projection) in camera.iter_mut(world) {
        place.translation.x = x;
        *projection = Projection::Orthographic(OrthographicProjection {
            scale,
            ..OrthographicProjection::default_2d()
        });
    }
}

fn file_name(look: Look) -> String {
    look.word().replace('-', "_")
}

#[test]
fn every_look_draws_everything_as_it_was_looked_at() {
    let mut app = stage(vocabulary::fill);
    let mut wrong = Vec::new();
    let looks = Look::ALL.into_iter().filter(|&look| look != Look::System);
    let of_weights = |name: String, theme, has_flow| (name, theme, has_flow, Tells::Weight);
    let of_gradients = Tells::Gradient { gain: 6.0 };
    let still = looks.flat_map(|look| {
        let (name, theme) = (file_name(look), look.theme(false));
        let gradients = format!("{name}_gradients");
        [
            of_weights(name, theme, false),
            (gradients, theme, false, of_gradients),
        ]
    });
    let dark = Theme::dark();
    let mut reduced = dark;
    reduced.motion.is_reduced = true;
    let moving = [
        of_weights("dark_flow".to_owned(), dark, true),
        of_weights("dark_flow_reduced".to_owned(), reduced, true),
    ];
    for (name, theme, has_flow, tells) in still.chain(moving) {
        let found = picture(&mut app, theme, has_flow, tells);
        wrong.extend(difference(&name, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn from_afar_a_crowd_of_wires_is_a_veil_that_does_not_flicker() {
    let scale = 11.5;
    let mut app = stage(vocabulary::crowd);
    // The camera comes with the first frame.
    hold(&mut app);
    look_from(&mut app, 0.0, scale);
    let found = picture(&mut app, Theme::dark(), false, Tells::Weight);
    assert_eq!(difference("dark_crowd", &found), None);
    look_from(&mut app, scale / 3.0, scale);
    let moved = picture(&mut app, Theme::dark(), false, Tells::Weight);
    let (score, at) = likeness(&moved, &found);
    println!("a third of a pixel on, the worst square is {score:.3} alike, at {at:?}");
    assert!(score > LEAST_LIKENESS_MOVED, "{score:.3} at {at:?}");
}
