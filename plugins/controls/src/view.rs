//! The view: where the camera looks, how it gets there, and that it is remembered.

use bevy::input::gestures::PinchGesture;
use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowResized};
use graph::{Document, Edited, Selection};
use network::Network;
use project::View;
use theme::Sizes;

use crate::lens::{Lens, Stage};
use crate::resizing::keep_in_sight;
use crate::third_party::pancam::pan_cam;
use crate::{ControlSystems, ControlTheme, Scene, StageCamera, carrying, pointers};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<FreeArea>();
    app.init_resource::<StageView>();
    app.init_resource::<Flight>();
    app.init_resource::<AutoFrame>();
    app.add_message::<CameraOrder>();
    app.add_message::<RequestRedraw>();
    app.add_message::<WindowResized>();
    app.add_message::<PinchGesture>();
    app.add_systems(Startup, spawn_camera);
    app.add_systems(
        Update,
        (
            obey.run_if(on_message::<CameraOrder>),
            fly.run_if(is_flying),
            open_view.run_if(on_message::<Edited>),
            keep_framed.run_if(resource_changed::<FreeArea>.or_eager(on_message::<WindowResized>)),
            keep_in_sight,
            remember_view,
            request_frames.run_if(
                is_flying
                    .or_eager(carrying::is_moving)
                    .or_eager(pointers::may_rest),
            ),
        )
            .chain()
            .in_set(ControlSystems::View),
    );
}

/// The part of the window that no panel covers, in logical pixels; `None` is all of
/// it. The network is framed into it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct FreeArea(pub Option<Rect>);

/// What the person sees now: what a saved project remembers.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct StageView(pub View);

/// What the camera is to do.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub enum CameraOrder {
    /// Show everything.
    FrameAll,
    /// Show what is selected, or everything when nothing is.
    FrameSelection,
    /// Have this scene point in the middle of the free area, at once.
    Centre([f32; 2]),
    /// Make things larger by this factor, about the middle of the free area.
    ZoomBy(f32),
}

/// The camera on its way.
#[derive(Resource, Clone, Copy, Debug, Default)]
struct Flight(Option<Course>);

#[derive(Clone, Copy, Debug)]
struct Course {
    from: Lens,
    to: Lens,
    /// Where it was put last: if it is elsewhere now, someone else took it.
    last: Lens,
    elapsed_secs: f32,
}

/// The view that was framed on opening, until the person edits or looks elsewhere.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct AutoFrame(Option<Framed>);

#[derive(Clone, Copy, Debug)]
struct Framed {
    revision: u64,
    lens: Lens,
}

fn spawn_camera(mut commands: Commands) {
    commands.spawn((
        Name::new("Stage camera"),
        StageCamera,
        Camera2d,
        Msaa::Off,
        pan_cam(),
    ));
}

fn obey(
    mut orders: MessageReader<CameraOrder>,
    mut stage: Stage,
    document: Res<Document>,
    selection: Res<Selection>,
    scene: Res<Scene>,
    free: Res<FreeArea>,
    theme: Res<ControlTheme>,
    mut flight: ResMut<Flight>,
) {
    let Some(lens) = stage.lens() else {
        return;
    };
    for order in orders.read() {
        let goal = flight.0.map_or(lens, |course| course.to);
        let area = free.in_window(&lens);
        let to = match *order {
            CameraOrder::FrameAll => framed(goal, &scene, &free, &theme),
            CameraOrder::FrameSelection => {
                let bounds = selected_bounds(document.project().network(), &selection);
                bounds
                    .or_else(|| scene.index().bounds())
                    .map(|bounds| goal.framing(bounds, area, theme.margin_px()))
            }
            CameraOrder::Centre(point) => {
                flight.0 = None;
                stage.look(lens.aimed(point.into(), area.center()));
                None
            }
            CameraOrder::ZoomBy(factor) => Some(goal.zoomed(area.center(), factor)),
        };
        if let Some(to) = to {
            flight.0 = Some(Course {
                from: lens,
                to,
                last: lens,
                elapsed_secs: 0.0,
            });
        }
    }
}

fn is_flying(flight: Res<Flight>) -> bool {
    flight.0.is_some()
}

fn fly(
    mut stage: Stage,
    mut flight: ResMut<Flight>,
    theme: Res<ControlTheme>,
    time: Res<Time<Real>>,
) {
    let (Some(course), Some(lens)) = (&mut flight.0, stage.lens()) else {
        return;
    };
    if lens != course.last {
        flight.0 = None;
        return;
    }
    course.elapsed_secs += time.delta_secs();
    let motion = &theme.0.motion;
    let progress = motion.progress(course.elapsed_secs, motion.travel_ms);
    stage.look(course.from.towards(course.to, progress));
    match stage.lens() {
        Some(lens) if progress < 1.0 => course.last = lens,
        _ => flight.0 = None,
    }
}

/// Another project: the camera looks where it was left, or at everything.
fn open_view(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    scene: Res<Scene>,
    free: Res<FreeArea>,
    theme: Res<ControlTheme>,
    mut stage: Stage,
    mut flight: ResMut<Flight>,
    mut auto: ResMut<AutoFrame>,
) {
    if !edited.read().any(|edited| edited.edit.is_none()) {
        return;
    }
    let Some(lens) = stage.lens() else {
        return;
    };
    flight.0 = None;
    auto.0 = None;
    let view = document.project().view();
    let remembered = Lens {
        centre: view.centre.into(),
        ..lens.with_zoom(view.zoom)
    };
    if view != View::default() {
        stage.look(remembered);
        return;
    }
    let framed = framed(lens, &scene, &free, &theme);
    stage.look(framed.unwrap_or(remembered));
    auto.0 = stage.lens().map(|lens| Framed {
        revision: document.revision(),
        lens,
    });
}

/// Panels and the window find their sizes some frames after a project is opened:
/// until the person does something, everything stays in view.
fn keep_framed(
    document: Res<Document>,
    scene: Res<Scene>,
    free: Res<FreeArea>,
    theme: Res<ControlTheme>,
    mut stage: Stage,
    mut auto: ResMut<AutoFrame>,
) {
    let (Some(before), Some(lens)) = (auto.0, stage.lens()) else {
        return;
    };
    let is_untouched = document.revision() == before.revision
        && lens.centre == before.lens.centre
        && lens.units_per_px == before.lens.units_per_px;
    if !is_untouched {
        auto.0 = None;
        return;
    }
    if let Some(framed) = framed(lens, &scene, &free, &theme) {
        stage.look(framed);
    }
    auto.0 = stage.lens().map(|lens| Framed { lens, ..before });
}

/// A few numbers a frame: cheaper than finding out who moved the camera.
fn remember_view(stage: Stage, mut view: ResMut<StageView>) {
    if let Some(lens) = stage.lens() {
        view.set_if_neq(StageView(View {
            centre: lens.centre.into(),
            zoom: lens.zoom(),
        }));
    }
}

/// Asks for the next frame: the loop sleeps otherwise.
fn request_frames(mut redraws: MessageWriter<RequestRedraw>) {
    redraws.write(RequestRedraw);
}

impl AutoFrame {
    /// Whether what there is is framed of itself.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

impl FreeArea {
    pub(crate) fn in_window(&self, lens: &Lens) -> Rect {
        self.0
            .unwrap_or(Rect::from_corners(Vec2::ZERO, lens.window_px))
    }
}

/// The selected neurons, and the ends of selected wires; `None` when nothing is selected.
fn selected_bounds(network: &Network, selection: &Selection) -> Option<geometry::Rect> {
    let wires = selection.edges.iter().filter_map(|&id| network.edge(id));
    let ends = wires.flat_map(|edge| [edge.from.node(), edge.to.node()]);
    let nodes = selection.nodes.iter().copied().chain(ends);
    let radius = Sizes::STANDARD.neuron_radius;
    geometry::Rect::enclosing(
        nodes
            .filter_map(|id| network.node(id))
            .map(|node| geometry::Rect::around(node.position, radius)),
    )
}

/// `None` when there is nothing to frame.
fn framed(lens: Lens, scene: &Scene, free: &FreeArea, theme: &ControlTheme) -> Option<Lens> {
    let bounds = scene.bounds()?;
    Some(lens.framing(bounds, free.in_window(&lens), theme.margin_px()))
}
