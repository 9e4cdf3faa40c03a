//! The window and the page: all plugins together, and the glue between them.

mod accessible;
#[cfg(not(target_family = "wasm"))]
mod background;
mod film;
mod narration;
mod overlay;
#[cfg(target_family = "wasm")]
mod page;
mod photograph;
#[cfg(not(target_family = "wasm"))]
mod picture;
mod power;
#[cfg(not(target_family = "wasm"))]
mod rehearsal;
mod stillness;
mod unsaved;
#[cfg(not(target_family = "wasm"))]
mod window;
mod wiring;

use bevy::app::{PanicHandlerPlugin, PluginGroupBuilder};
use bevy::ecs::schedule::SingleThreadedExecutor;
use bevy::gilrs::GilrsPlugin;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
#[cfg(not(target_family = "wasm"))]
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::{ExitCondition, PresentMode, WindowResolution};
use bevy::winit::WinitPlugin;
use bevy_egui::{EguiPlugin, EguiPrimaryContextPass};
use canvas::CanvasPlugin;
use controls::ControlsPlugin;
use graph::GraphPlugin;
use panels::PanelsPlugin;
use storage::StoragePlugin;
use training::TrainingPlugin;

pub use accessible::{AccessiblePlugin, AccessibleSystems, Control, Controls};
pub use narration::Narration;
#[cfg(target_family = "wasm")]
pub use page::open_page;
#[cfg(not(target_family = "wasm"))]
pub use picture::draw_picture;
#[cfg(not(target_family = "wasm"))]
pub use window::{CONTROLS_FILE, open_window};

/// Where the program appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// In a window on the desktop.
    Window,
    /// On the canvas of a web page, which it fills.
    Page,
    /// Nowhere: all but the drawing runs, on a window of this size in logical
    /// pixels that no screen shows.
    Headless {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Nowhere, but drawn: by a device that computes nothing, on a window of this
    /// size in logical pixels that no screen shows. To measure and to test what
    /// drawing asks of the program itself.
    #[cfg(not(target_family = "wasm"))]
    Rehearsal {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// In a picture: drawn, but without a window.
    #[cfg(not(target_family = "wasm"))]
    Picture,
}

impl Surface {
    fn resolution(self) -> WindowResolution {
        match self {
            Self::Headless { width, height } => WindowResolution::new(width, height),
            #[cfg(not(target_family = "wasm"))]
            Self::Rehearsal { width, height } => WindowResolution::new(width, height),
            _ => WindowResolution::new(1280, 800),
        }
    }
}

/// The whole program on a surface, ready to run.
pub fn assemble(surface: Surface, storage: StoragePlugin) -> App {
    let mut app = App::new();
    // A system that fails says so in the log; the program goes on.
    app.set_error_handler(bevy::ecs::error::error);
    app.add_plugins(base(surface));
    app.add_plugins(EguiPlugin::default());
    app.add_plugins((
        GraphPlugin,
        TrainingPlugin,
        CanvasPlugin,
        ControlsPlugin,
        storage,
        PanelsPlugin,
    ));
    app.add_plugins((
        narration::plugin,
        photograph::plugin,
        wiring::plugin,
        overlay::names,
        overlay::numbers,
        overlay::gestures,
        overlay::minimap,
        overlay::tip,
        power::plugin,
        stillness::plugin,
        unsaved::plugin,
    ));
    run_on_one_thread(&mut app);
    app
}

/// The systems of a frame are many and short: handing each to another thread costs
/// more than it saves, most of all where training keeps the other cores busy.
/// (1,000 neurons, 20,000 wires, two cores, while training: `frame_times`
/// measured a 99th percentile of 7.2 ms with Bevy's parallel executor.)
fn run_on_one_thread(app: &mut App) {
    app.edit_schedule(First, one_thread)
        .edit_schedule(PreUpdate, one_thread)
        .edit_schedule(Update, one_thread)
        .edit_schedule(PostUpdate, one_thread)
        .edit_schedule(Last, one_thread)
        .edit_schedule(EguiPrimaryContextPass, one_thread);
}

fn one_thread(schedule: &mut Schedule) {
    schedule.set_executor(SingleThreadedExecutor::new());
}

/// Bevy's own plugins, as this surface needs them.
fn base(surface: Surface) -> PluginGroupBuilder {
    let window = Window {
        title: "Neurarium".to_owned(),
        resolution: surface.resolution(),
        // Frames are never torn, and never made faster than they can be seen.
        present_mode: PresentMode::AutoVsync,
        // A page takes what the browser gives it.
        canvas: (surface == Surface::Page).then(|| "#stage".to_owned()),
        fit_canvas_to_parent: surface == Surface::Page,
        // The page decides what the browser may still do: without its own handling there
        // would be no clipboard.
        prevent_default_event_handling: false,
        ..Window::default()
    };
    let plugins = DefaultPlugins
        .set(WindowPlugin {
            primary_window: Some(window),
            // Closing asks first where there is unsaved work.
            close_when_requested: false,
            exit_condition: ExitCondition::DontExit,
            ..WindowPlugin::default()
        })
        // No gamepad is read, and looking for one costs the browser a thread that never rests.
        .disable::<GilrsPlugin>();
    #[cfg(not(target_family = "wasm"))]
    let plugins = plugins.set(background::task_pools());
    match surface {
        Surface::Window => plugins,
        // The page has its own way to tell of a panic.
        Surface::Page => plugins.disable::<PanicHandlerPlugin>(),
        #[cfg(not(target_family = "wasm"))]
        Surface::Picture => plugins
            .set(WindowPlugin {
                primary_window: None,
                exit_condition: ExitCondition::DontExit,
                ..WindowPlugin::default()
            })
            .disable::<WinitPlugin>()
            .disable::<LogPlugin>()
            // A picture is drawn frame by frame, each whole before the next.
            .disable::<PipelinedRenderingPlugin>(),
        #[cfg(not(target_family = "wasm"))]
        Surface::Rehearsal { .. } => plugins
            .disable::<WinitPlugin>()
            .disable::<LogPlugin>()
            .disable::<PipelinedRenderingPlugin>()
            .set(RenderPlugin {
                render_creation: rehearsal::device(),
                ..RenderPlugin::default()
            }),
        Surface::Headless { .. } => {
            plugins
                .disable::<WinitPlugin>()
                .disable::<LogPlugin>()
                .set(RenderPlugin {
                    render_creation: RenderCreation::Automatic(Box::new(WgpuSettings {
                        backends: None,
                        ..WgpuSettings::default()
                    })),
                    ..RenderPlugin::default()
                })
        }
    }
}
