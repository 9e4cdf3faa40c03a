//! Where the wishes of panels go: into messages, or what only panels remember.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::{PrimaryEguiContext, egui};
use graph::{Notice, Request, Selection};
use network::{NodeId, Position};
use project::{Project, gesture};
use theme::Sizes;
use training::{Order, WalkOrder};

use super::Sources;
use crate::{FileIntent, Intent, PlaceNote, ReduceMotion, SetLook, ViewIntent};

/// Where wishes go.
#[derive(SystemParam)]
pub(super) struct Outlets<'w, 's> {
    requests: MessageWriter<'w, Request>,
    orders: MessageWriter<'w, Order>,
    walks: MessageWriter<'w, WalkOrder>,
    files: MessageWriter<'w, FileIntent>,
    notices: MessageWriter<'w, Notice>,
    looks: MessageWriter<'w, SetLook>,
    motions: MessageWriter<'w, ReduceMotion>,
    views: MessageWriter<'w, ViewIntent>,
    notes: MessageWriter<'w, PlaceNote>,
    cameras: Query<'w, 's, (&'static Camera, &'static GlobalTransform), With<PrimaryEguiContext>>,
}

impl Outlets<'_, '_> {
    /// The place on the canvas behind a place on the screen.
    fn on_canvas(&self, at_screen: [f32; 2]) -> Option<Position> {
        let (camera, place) = self.cameras.single().ok()?;
        let at = camera.viewport_to_world_2d(place, at_screen.into()).ok()?;
        Some(at.into())
    }

    /// A neuron's place in the window.
    pub(super) fn in_window(&self, project: &Project, id: NodeId) -> Option<egui::Rect> {
        let [x, y] = project.network().node(id)?.position;
        let (camera, place) = self.cameras.single().ok()?;
        let radius = Sizes::STANDARD.neuron_radius;
        let on_screen = |x, y| camera.world_to_viewport(place, Vec3::new(x, y, 0.0)).ok();
        let corners = [
            on_screen(x - radius, y - radius)?,
            on_screen(x + radius, y + radius)?,
        ];
        let [one, other] = corners.map(|at| egui::pos2(at.x, at.y));
        Some(egui::Rect::from_two_pos(one, other))
    }

    /// Logical pixels per scene unit; 1 where nothing is seen.
    pub(super) fn zoom(&self) -> f32 {
        const APART: f32 = 100.0;
        let ends = [0.0, APART].map(|right| self.on_canvas([right, 0.0]));
        match ends {
            [Some(one), Some(other)] if one != other => APART / (other[0] - one[0]).abs(),
            _ => 1.0,
        }
    }

    pub(super) fn send(&mut self, wish: Intent, sources: &mut Sources) {
        let project = sources.document.project();
        match wish {
            Intent::Edit {
                label,
                edit,
                is_continued,
            } => {
                self.requests.write(Request::Edit {
                    label,
                    edit: Box::new(edit),
                    is_continued,
                });
            }
            Intent::CloseStep => {
                self.requests.write(Request::CloseStep);
            }
            Intent::Undo => {
                self.requests.write(Request::Undo);
            }
            Intent::Redo => {
                self.requests.write(Request::Redo);
            }
            Intent::Reset => {
                self.requests
                    .write(Request::edit("reset", gesture::reset(project)));
            }
            Intent::NewSeed => {
                let seed = project.training().seed.wrapping_add(1);
                let edit = gesture::new_seed(project, seed);
                self.requests.write(Request::edit("new seed", edit));
            }
            Intent::Order(order) => {
                self.orders.write(order);
            }
            Intent::SetPace(pace) => *sources.pace = pace,
            Intent::File(intent) => {
                self.files.write(intent);
            }
            Intent::PlaceNeuron { kind, at_screen } => {
                if let Some(at) = self.on_canvas(at_screen) {
                    let edit = gesture::add_neuron(project, kind, at);
                    self.requests.write(Request::edit("add neuron", edit));
                }
            }
            Intent::AddNeuron { kind, near_screen } => {
                if let Some(near) = self.on_canvas(near_screen) {
                    let at = gesture::clear_place(project, near, Sizes::STANDARD.neuron_spacing);
                    let edit = gesture::add_neuron(project, kind, at);
                    self.requests.write(Request::edit("add neuron", edit));
                }
            }
            Intent::PlaceNote { at_screen } => {
                self.notes.write(PlaceNote(at_screen));
            }
            Intent::SetWires(settings) => {
                sources.wires.set_if_neq(settings);
            }
            Intent::SetLook(look) => {
                self.looks.write(SetLook(look));
            }
            Intent::ReduceMotion(is_reduced) => {
                self.motions.write(ReduceMotion(is_reduced));
            }
            Intent::View(intent) => {
                self.views.write(intent);
            }
            Intent::Show(choice) => sources.shown.choice = choice,
            Intent::SetFlow(settings) => {
                sources.flow.set_if_neq(settings);
            }
            Intent::Walk(order) => {
                self.walks.write(order);
            }
            Intent::Probe(inputs) => sources.probe.inputs.extend(inputs),
            Intent::Pin(pinned) => {
                sources.pinned.set_if_neq(pinned);
            }
            Intent::SpanMap(axes) => sources.slice.axes = Some(axes),
            Intent::HoldInput(node, Some(value)) => {
                sources.slice.held.insert(node, value);
            }
            Intent::HoldInput(node, None) => {
                sources.slice.held.remove(&node);
            }
            Intent::Select(subject) => *sources.selection = Selection::only(subject),
            Intent::Refuse(sentence) => {
                self.notices.write(Notice::refused(sentence));
            }
        }
    }
}
