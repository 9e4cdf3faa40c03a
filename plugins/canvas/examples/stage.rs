//! Every face of the canvas at once: `stage [light] [reduced] [still] [stress] [zoom=1.5] [image=out.png]`.

use std::f32::consts::TAU;

use bevy::app::ScheduleRunnerPlugin;
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::render_resource::{TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, save_to_disk};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use canvas::drawing::{DrawingPlugin, Flow, StageCamera, StageReadiness, StageTheme, WireValues};
use theme::Theme;
use vocabulary::{crowd, fill};

#[path = "../tests/vocabulary/mod.rs"]
mod vocabulary;

/// Frames from the first complete one to the picture, and from there to the end:
/// the picture comes back from the GPU some frames later.
const FRAMES_AROUND_PICTURE: u32 = 30;

#[derive(Resource, Default)]
struct Options {
    is_light: bool,
    is_motion_reduced: bool,
    is_still: bool,
    is_stress: bool,
    zoom: f32,
    image: Option<String>,
}

impl Options {
    fn from_args() -> Self {
        let mut options = Self {
            zoom: 1.0,
            ..default()
        };
        for arg in std::env::args().skip(1) {
            match arg.split_once('=') {
                Some(("zoom", zoom)) => options.zoom = zoom.parse().unwrap_or(1.0),
                Some(("image", path)) => options.image = Some(path.to_owned()),
                _ => match arg.as_str() {
                    "light" => options.is_light = true,
                    "reduced" => options.is_motion_reduced = true,
                    "still" => options.is_still = true,
                    "stress" => options.is_stress = true,
                    _ => eprintln!("`{arg}` is no option of the stage"),
                },
            }
        }
        options
    }
}

fn main() {
    let options = Options::from_args();
    let mut app = App::new();
    if options.image.is_some() {
        let no_window = WindowPlugin {
            primary_window: None,
            exit_condition: ExitCondition::DontExit,
            ..default()
        };
        app.add_plugins(DefaultPlugins.set(no_window).disable::<WinitPlugin>())
            .add_plugins(ScheduleRunnerPlugin::run_loop(
                std::time::Duration::from_millis(16),
            ))
            .add_systems(Update, take_picture);
    } else {
        let window = Window {
            title: "canvas stage".into(),
            resolution: (1280, 720).into(),
            ..default()
        };
        app.add_plugins(DefaultPlugins.set(WindowPlugin {
            primary_window: Some(window),
            ..default()
        }));
    }
    let mut theme = if options.is_light {
        Theme::light()
    } else {
        Theme::dark()
    };
    theme.motion.is_reduced = options.is_motion_reduced;
    app.insert_resource(StageTheme(theme))
        .insert_resource(Flow {
            is_running: !options.is_still,
            gradient_gain: 4.0,
            ..default()
        })
        .add_plugins(DrawingPlugin);
    if options.is_stress {
        app.add_systems(Startup, crowd)
            .add_systems(Update, swap_all_values);
    } else {
        app.add_systems(Startup, fill);
    }
    app.insert_resource(options)
        .add_systems(Startup, spawn_camera)
        .run();
}

#[derive(Resource)]
struct Picture(Handle<Image>);

fn spawn_camera(mut commands: Commands, options: Res<Options>, mut images: ResMut<Assets<Image>>) {
    let projection = Projection::Orthographic(OrthographicProjection {
        scale: 1.0 / options.zoom,
        ..OrthographicProjection::default_2d()
    });
    let mut camera = commands.spawn((StageCamera, projection));
    if options.image.is_some() {
        let mut image = Image::new_target_texture(1000, 640, TextureFormat::Rgba8UnormSrgb, None);
        image.asset_usage = RenderAssetUsages::default();
        image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
        let picture = images.add(image);
        camera.insert(RenderTarget::Image(picture.clone().into()));
        commands.insert_resource(Picture(picture));
    }
}

fn take_picture(
    mut commands: Commands,
    mut frame: Local<u32>,
    readiness: Res<StageReadiness>,
    options: Res<Options>,
    picture: Res<Picture>,
    mut exit: MessageWriter<AppExit>,
) {
    *frame += u32::from(readiness.is_ready());
    if let Some(path) = &options.image
        && *frame == FRAMES_AROUND_PICTURE
    {
        commands
            .spawn(Screenshot::image(picture.0.clone()))
            .observe(save_to_disk(path.clone()));
    }
    if *frame == 2 * FRAMES_AROUND_PICTURE {
        exit.write(AppExit::Success);
    }
}

/// 1,000 neurons in ten layers and 20,000 wires between neighbours.
/// Swaps in new values every half second, as training would.
fn swap_all_values(
    time: Res<Time>,
    mut next_secs: Local<f32>,
    mut spare: Local<Vec<f32>>,
    mut wire_values: ResMut<WireValues>,
) {
    if time.elapsed_secs() < *next_secs {
        return;
    }
    *next_secs = time.elapsed_secs() + 0.5;
    let shift = time.elapsed_secs() * TAU / 8.0;
    let mut weights = std::mem::take(&mut *spare);
    weights.clear();
    let count = wire_values.weights.len();
    weights.extend((0..count).map(|index| (index as f32 + shift).sin() * 1.5));
    *spare = wire_values.weights.replace(weights);
}
