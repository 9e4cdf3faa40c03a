//! A frame in which nothing changed is not drawn: the picture stays on the screen as it is.
//!
//! The program wakes now and then to look after its tasks. Drawing a large network
//! anew each time would cost what the whole picture costs.

use std::hash::{DefaultHasher, Hasher};

use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowEvent};
use bevy_egui::EguiRenderOutput;
use bevy_egui::egui::epaint::Primitive;
use canvas::drawing::{Scene, StageCamera, StageReadiness, Stamp};

pub(super) fn plugin(app: &mut App) {
    app.add_message::<RequestRedraw>();
    app.add_systems(Last, rest_the_camera);
}

/// Frames drawn after the last change: what is shown passes through several hands
/// on its way to the screen.
const AFTERWARDS: u8 = 3;

/// What was drawn last, and how many more frames are drawn.
#[derive(Default)]
struct Drawn {
    scene: Option<Stamp>,
    panels: u64,
    frames_left: u8,
}

fn rest_the_camera(
    mut drawn: Local<Drawn>,
    mut events: MessageReader<WindowEvent>,
    mut redraws: MessageReader<RequestRedraw>,
    scene: Scene,
    readiness: Res<StageReadiness>,
    panels: Query<&EguiRenderOutput>,
    mut cameras: Query<(&mut Camera, Ref<Transform>, Ref<Projection>), With<StageCamera>>,
) {
    let is_touched = !events.is_empty() || !redraws.is_empty();
    events.clear();
    redraws.clear();
    let stamp = scene.stamp();
    // Where there was a reason to draw anyway, the panels need not be read.
    let is_reading = !is_touched && drawn.frames_left == 0;
    let panels_now = if is_reading { print_of(&panels) } else { 0 };
    let has_moved = cameras
        .iter()
        .any(|(_, place, lens)| place.is_changed() || lens.is_changed());
    let is_other = is_touched
        || has_moved
        || !readiness.is_ready()
        || drawn.scene != Some(stamp)
        || (is_reading && drawn.panels != panels_now);
    drawn.scene = Some(stamp);
    if is_other {
        drawn.frames_left = AFTERWARDS;
    } else {
        drawn.frames_left = drawn.frames_left.saturating_sub(1);
        if drawn.frames_left == 0 {
            drawn.panels = if is_reading {
                panels_now
            } else {
                print_of(&panels)
            };
        }
    }
    let is_drawn = drawn.frames_left > 0;
    for (mut camera, ..) in &mut cameras {
        if camera.is_active != is_drawn {
            camera.is_active = is_drawn;
        }
    }
}

/// A number that is another when the panels look otherwise.
fn print_of(panels: &Query<&EguiRenderOutput>) -> u64 {
    let mut print = DefaultHasher::new();
    for output in panels {
        print.write_usize(output.textures_delta.set.len());
        for job in &output.paint_jobs {
            let Primitive::Mesh(mesh) = &job.primitive else {
                continue;
            };
            for corner in [job.clip_rect.min, job.clip_rect.max] {
                print.write_u32(corner.x.to_bits());
                print.write_u32(corner.y.to_bits());
            }
            for vertex in &mesh.vertices {
                print.write_u32(vertex.pos.x.to_bits());
                print.write_u32(vertex.pos.y.to_bits());
                print.write_u32(vertex.uv.x.to_bits());
                print.write_u32(vertex.uv.y.to_bits());
                print.write(&vertex.color.to_array());
            }
        }
    }
    print.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use canvas::drawing::{DrawingPlugin, WireValues};

    fn create_test_app() -> App {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, DrawingPlugin, plugin));
        app.add_message::<WindowEvent>();
        app.world_mut().spawn(StageCamera);
        app.world().resource::<StageReadiness>().pretend();
        app
    }

    fn is_drawn(app: &mut App) -> bool {
        app.update();
        let mut cameras = app.world_mut().query::<&Camera>();
        cameras.iter(app.world()).all(|camera| camera.is_active)
    }

    fn settle(app: &mut App) {
        for _ in 0..10 {
            app.update();
        }
        assert!(!is_drawn(app), "nothing changes");
    }

    #[test]
    fn a_picture_that_stays_the_same_is_not_drawn_again() {
        let mut app = create_test_app();
        assert!(is_drawn(&mut app), "at first it is drawn");
        settle(&mut app);
    }

    #[test]
    fn whatever_changes_is_drawn_at_once_and_then_it_rests_again() {
        let changes: [fn(&mut World); 3] = [
            |world| {
                world.resource_mut::<WireValues>().weights.push(1.0);
            },
            |world| {
                world.write_message(RequestRedraw);
            },
            |world| {
                let mut places = world.query::<&mut Transform>();
                for mut place in places.iter_mut(world) {
                    place.translation.x += 1.0;
                }
            },
        ];
        let mut app = create_test_app();
        for change in changes {
            settle(&mut app);
            change(app.world_mut());
            assert!(is_drawn(&mut app));
        }
        settle(&mut app);
    }

    #[test]
    fn panels_that_look_otherwise_are_drawn() {
        let mut app = create_test_app();
        let panel = app.world_mut().spawn(EguiRenderOutput::default()).id();
        settle(&mut app);
        let mesh = bevy_egui::egui::Mesh {
            vertices: vec![bevy_egui::egui::epaint::Vertex::default()],
            ..default()
        };
        let job = bevy_egui::egui::ClippedPrimitive {
            clip_rect: bevy_egui::egui::Rect::EVERYTHING,
            primitive: Primitive::Mesh(mesh),
        };
        app.world_mut().entity_mut(panel).insert(EguiRenderOutput {
            paint_jobs: vec![job],
            ..default()
        });
        assert!(is_drawn(&mut app));
        settle(&mut app);
    }
}
