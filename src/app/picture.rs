//! The canvas drawn into a picture file, without a window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use bevy::camera::RenderTarget;
use bevy::image::Image;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy_egui::{EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};
use canvas::CanvasPlugin;
use canvas::drawing::{StageCamera, StageReadiness};
use graph::{GraphPlugin, Request};
use project::Project;
use theme::Theme;
use training::{Maps, TrainingPlugin};

use super::{Surface, base, film, overlay, wiring};
use crate::vector;

/// Longest wait for a picture: software rendering compiles its shaders first.
const PATIENCE: Duration = Duration::from_secs(120);

/// Free space around the network, in pixels of the picture.
const MARGIN_PX: f32 = 24.0;

/// Draws a project's network, as large as it fits, into a PNG file.
///
/// # Errors
/// One sentence: no graphics, no memory for the size, or the file cannot be
/// written.
pub fn draw_picture(project: Project, size: [u32; 2], path: &Path) -> Result<(), String> {
    // wgpu panics where there is no graphics adapter at all.
    std::panic::set_hook(Box::new(|_| {}));
    let drawn = catch_unwind(AssertUnwindSafe(|| draw(project, size, path)));
    let _ = std::panic::take_hook();
    drawn.unwrap_or_else(|_| {
        Err(
            "The picture could not be drawn: no usable graphics adapter was found; \
             `cargo xtask setup` installs a software one on Debian and Ubuntu."
                .to_owned(),
        )
    })
}

/// What became of the picture.
#[derive(Resource, Default)]
struct Taken(Option<Result<(), String>>);

fn draw(project: Project, [width, height]: [u32; 2], path: &Path) -> Result<(), String> {
    let has_maps = training_shows_maps(&project);
    let mut app = App::new();
    app.add_plugins(base(Surface::Picture));
    app.add_plugins(EguiPlugin::default());
    app.add_plugins((GraphPlugin, TrainingPlugin, CanvasPlugin));
    app.add_plugins(wiring::instruments);
    overlay::on_picture::<PrimaryEguiContext>(&mut app, EguiPrimaryContextPass);
    app.init_resource::<Taken>();
    app.finish();
    app.cleanup();
    let image = film::sheet(width, height);
    let target = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    let view = framing(&project, [width as f32, height as f32]);
    app.world_mut().spawn((
        StageCamera,
        RenderTarget::Image(target.clone().into()),
        Transform::from_xyz(view.centre[0], view.centre[1], 0.0),
        Projection::Orthographic(OrthographicProjection {
            scale: view.scale.recip(),
            ..OrthographicProjection::default_2d()
        }),
    ));
    app.world_mut()
        .write_message(Request::Open(Box::new(project)));
    let start = Instant::now();
    let mut is_asked = false;
    let mut calm_frames = 0;
    loop {
        app.update();
        if let Some(result) = app.world_mut().resource_mut::<Taken>().0.take() {
            return result;
        }
        if start.elapsed() > PATIENCE {
            return Err(format!(
                "The picture was not drawn within {} seconds.",
                PATIENCE.as_secs()
            ));
        }
        let world = app.world();
        let is_ready = world.resource::<StageReadiness>().is_ready()
            && (!has_maps || world.resource::<Maps>().maps.is_some());
        // Once all is there it takes a few frames until it is all uploaded.
        calm_frames = if is_ready { calm_frames + 1 } else { 0 };
        if calm_frames > 5 && !is_asked {
            is_asked = true;
            let path = path.to_owned();
            app.world_mut()
                .spawn(Screenshot::image(target.clone()))
                .observe(
                    move |captured: On<ScreenshotCaptured>, mut taken: ResMut<Taken>| {
                        taken.0 = Some(save(&captured.image, &path));
                    },
                );
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether there is a plane of two inputs to show responses over.
fn training_shows_maps(project: &Project) -> bool {
    project.network().nodes_of(network::Role::Input).count() >= 2
        && project
            .network()
            .nodes_of(network::Role::Output)
            .next()
            .is_some()
        && project.table().rows() > 0
}

fn framing(project: &Project, size_px: [f32; 2]) -> geometry::Framing {
    let bounds = vector::bounds(project, &Theme::dark());
    geometry::fit(bounds, size_px, MARGIN_PX)
}

fn save(image: &Image, path: &Path) -> Result<(), String> {
    let bytes = film::develop(image)?;
    storage::disk::write(path, &bytes).map_err(|fault| format!("{fault}."))
}
