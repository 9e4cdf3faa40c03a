//! A picture of the whole network from the running program: drawn beside the window, as
//! the canvas shows it and without panels.

use std::path::PathBuf;
use std::time::Duration;

use bevy::camera::{ImageRenderTarget, RenderTarget};
use bevy::ecs::schedule::ScheduleLabel;
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy::window::RequestRedraw;
use bevy_egui::{EguiContext, EguiSchedule};
use canvas::drawing::{StageCamera, StageReadiness, StageTheme};
use graph::{Document, Notice};
use storage::{FileRequest, FileSystems, NamedFile, PicturePlace};

use super::film::{develop, ending, sheet};
use super::overlay;
use crate::vector;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Darkroom>().add_systems(
        Update,
        (
            begin.run_if(on_message::<PicturePlace>),
            expose.run_if(is_at_work),
        )
            .chain()
            .before(FileSystems),
    );
    overlay::on_picture::<PictureCamera>(app, PicturePass);
}

/// The camera that takes the picture.
#[derive(Component)]
struct PictureCamera;

/// When it is written on.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct PicturePass;

/// The longer side of a picture, in pixels.
const LONG_SIDE: f32 = 3840.0;

/// The longer side in logical pixels at most: as a large window shows the network.
const LONGEST_VIEW: f32 = 1920.0;

/// The most pixels a logical one becomes: a lone neuron needs no wall.
const SHARPEST: f32 = 6.0;

/// The longer side is at most so many times the shorter one: the rest is left free.
const STEEPEST: f32 = 4.0;

/// Frames after all is ready until all of it is on the picture.
const CALM_FRAMES: u8 = 5;

/// Longest wait for a picture.
const PATIENCE: Duration = Duration::from_secs(60);

/// A picture on its way.
#[derive(Resource, Default)]
struct Darkroom(Option<Exposure>);

struct Exposure {
    path: PathBuf,
    camera: Entity,
    target: RenderTarget,
    began: Duration,
    calm_frames: u8,
    is_asked: bool,
    developing: Option<Task<Result<Vec<u8>, String>>>,
}

fn is_at_work(darkroom: Res<Darkroom>) -> bool {
    darkroom.0.is_some()
}

fn begin(
    mut places: MessageReader<PicturePlace>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    device: Option<Res<RenderDevice>>,
    time: Res<Time<Real>>,
    mut images: ResMut<Assets<Image>>,
    mut darkroom: ResMut<Darkroom>,
    mut commands: Commands,
    mut notices: MessageWriter<Notice>,
) {
    for PicturePlace(path) in places.read() {
        match ending(path).as_str() {
            // That one is drawn in lines.
            "svg" => continue,
            "png" => {}
            _ => {
                notices.write(Notice::refused(format!(
                    "{}: expected a picture that ends in .png or .svg.",
                    path.display()
                )));
                continue;
            }
        }
        // A second press while the first is still being drawn is the same wish.
        if darkroom.0.is_some() {
            continue;
        }
        let Some(device) = &device else {
            notices.write(Notice::failed(
                "Not saved: there is no graphics device to draw a picture with.",
            ));
            continue;
        };
        let bounds = vector::bounds(document.project(), &theme);
        let most = device.limits().max_texture_dimension_2d as f32;
        let frame = Frame::around(bounds.size(), most);
        let target = RenderTarget::Image(ImageRenderTarget {
            handle: images.add(sheet(frame.pixels[0], frame.pixels[1])),
            scale_factor: frame.scale,
        });
        let [x, y] = bounds.centre();
        let camera = commands.spawn((
            PictureCamera,
            StageCamera,
            EguiContext::default(),
            EguiSchedule::new(PicturePass),
            // Before the window's.
            Camera {
                order: -1,
                ..default()
            },
            target.clone(),
            Transform::from_xyz(x, y, 0.0),
            Projection::Orthographic(OrthographicProjection {
                scale: frame.zoom.recip(),
                ..OrthographicProjection::default_2d()
            }),
        ));
        darkroom.0 = Some(Exposure {
            path: path.clone(),
            camera: camera.id(),
            target,
            began: time.elapsed(),
            calm_frames: 0,
            is_asked: false,
            developing: None,
        });
    }
}

/// How large a picture is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    /// Logical pixels per scene unit.
    zoom: f32,
    /// Pixels per logical pixel.
    scale: f32,
    /// Width and height.
    pixels: [u32; 2],
}

impl Frame {
    /// The frame around something of this size in scene units, with at most so many
    /// pixels to a side.
    fn around(size: [f32; 2], most: f32) -> Self {
        let longer = size[0].max(size[1]).max(1.0);
        let sides = size.map(|side| side.max(longer / STEEPEST));
        let zoom = (LONGEST_VIEW / longer).min(1.0);
        let scale = (LONG_SIDE.min(most) / (longer * zoom)).min(SHARPEST);
        let pixels = sides.map(|side| (side * zoom * scale).round().clamp(1.0, most) as u32);
        Self {
            zoom,
            scale,
            pixels,
        }
    }
}

fn expose(
    mut darkroom: ResMut<Darkroom>,
    readiness: Res<StageReadiness>,
    time: Res<Time<Real>>,
    mut commands: Commands,
    mut requests: MessageWriter<FileRequest>,
    mut notices: MessageWriter<Notice>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    redraws.write(RequestRedraw);
    let Some(exposure) = &mut darkroom.0 else {
        return;
    };
    let developed = exposure.developing.as_mut().and_then(check_ready);
    let is_late = time.elapsed() > exposure.began + PATIENCE;
    if developed.is_none() && !is_late {
        let calm = exposure.calm_frames.saturating_add(1);
        exposure.calm_frames = if readiness.is_ready() { calm } else { 0 };
        if exposure.calm_frames > CALM_FRAMES && !exposure.is_asked {
            exposure.is_asked = true;
            // The very target of the camera: its scale is part of what it is.
            commands
                .spawn(Screenshot(exposure.target.clone()))
                .observe(take_out);
        }
        return;
    }
    commands.entity(exposure.camera).despawn();
    match developed {
        Some(Ok(bytes)) => {
            let file = NamedFile::with_bytes(exposure.path.clone(), bytes);
            requests.write(FileRequest::SavePicture(file));
        }
        Some(Err(sentence)) => {
            notices.write(Notice::failed(format!("Not saved. {sentence}")));
        }
        None => {
            notices.write(Notice::failed(format!(
                "Not saved: the picture was not drawn within {} seconds.",
                PATIENCE.as_secs()
            )));
        }
    }
    // The last handle of the image goes with it.
    darkroom.0 = None;
}

fn take_out(captured: On<ScreenshotCaptured>, mut darkroom: ResMut<Darkroom>) {
    let Some(exposure) = &mut darkroom.0 else {
        return;
    };
    let image = captured.image.clone();
    let task = AsyncComputeTaskPool::get().spawn(async move { develop(&image) });
    exposure.developing = Some(task);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_4k_on_its_longer_side_whatever_the_size_of_the_network() {
        for size in [[700.0, 400.0], [1_900.0, 700.0], [1_200.0, 70_000.0]] {
            let frame = Frame::around(size, 8_192.0);
            let [width, height] = frame.pixels;
            assert_eq!(width.max(height), 3_840, "{size:?}");
            assert!(width.min(height) >= 3_840 / 4, "{size:?}");
            let shown = frame
                .pixels
                .map(|side| side as f32 / frame.scale / frame.zoom);
            assert!(shown[0] >= size[0] - 1.0 && shown[1] >= size[1] - 1.0);
        }
    }

    #[test]
    fn a_small_network_is_not_blown_up_and_a_weak_device_is_not_asked_for_too_much() {
        let frame = Frame::around([184.0, 184.0], 8_192.0);
        assert_eq!((frame.zoom, frame.pixels), (1.0, [1_104, 1_104]));
        let frame = Frame::around([4_000.0, 2_000.0], 2_048.0);
        assert_eq!(frame.pixels, [2_048, 1_024]);
    }
}
