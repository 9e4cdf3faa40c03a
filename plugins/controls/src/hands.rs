//! The hands: carry out what a gesture means.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use graph::{Document, Notice, Request, Selection, Subject};
use network::NodeId;

use crate::carrying::Carried;
use crate::gesture::{Effect, Spot, Under};
use crate::lens::{Lens, Stage};
use crate::reach::Reach;
use crate::selecting::{boxed, clicked, grabbed, scene_rect};
use crate::wiring::join;
use crate::{ConnectMode, ControlTheme, DragPreview, RubberBand, Scene, SelectionBox};

/// All that gestures change, and what they need to know for it.
#[derive(SystemParam)]
pub(crate) struct Hands<'w, 's> {
    pub document: Res<'w, Document>,
    pub scene: Res<'w, Scene>,
    pub theme: Res<'w, ControlTheme>,
    pub connect_mode: ResMut<'w, ConnectMode>,
    pub selection: ResMut<'w, Selection>,
    pub carried: ResMut<'w, Carried>,
    pub preview: ResMut<'w, DragPreview>,
    pub band: ResMut<'w, RubberBand>,
    pub rectangle: ResMut<'w, SelectionBox>,
    pub stage: Stage<'w, 's>,
    pub requests: MessageWriter<'w, Request>,
    pub notices: MessageWriter<'w, Notice>,
}

impl Hands<'_, '_> {
    /// What a pointer can hit now.
    pub fn reach(&self, lens: &Lens, is_finger: bool) -> Reach {
        let sizes = &self.theme.0.sizes;
        if is_finger {
            Reach::of_finger(lens.zoom(), sizes)
        } else {
            Reach::of_mouse(lens.zoom(), sizes)
        }
    }

    /// What lies under a pointer.
    pub fn under(&self, lens: &Lens, spot: Spot, is_finger: bool) -> Under {
        self.reach(lens, is_finger).under(
            self.scene.index(),
            spot.scene,
            lens.zoom(),
            &self.theme.0.sizes,
        )
    }

    /// Carries one effect out.
    pub fn carry_out(&mut self, effect: Effect, is_finger: bool) {
        match effect {
            Effect::Grab { node, is_adding } => {
                let selection = grabbed(&self.selection, node, is_adding);
                self.selection.set_if_neq(selection);
            }
            Effect::Click {
                under,
                is_adding,
                was_selected,
            } => self.click(under, is_adding, was_selected),
            Effect::Carry { by } => self.carried.carry(&self.selection.nodes, by),
            Effect::PutDown { by } => {
                // The pointer may have gone straight from the press to here.
                self.carried.carry(&self.selection.nodes, by);
                let network = self.document.project().network();
                let request = self.carried.put_down(network, &mut self.preview, by);
                if let Some(request) = request {
                    self.requests.write(request);
                    self.requests.write(Request::CloseStep);
                }
            }
            Effect::Pull { from, to } => {
                let over = self.neuron_at(to, is_finger);
                let network = self.document.project().network();
                self.band.pull(network, from, to.scene, over);
            }
            Effect::LetGo { from, to } => {
                self.band.set_if_neq(RubberBand::default());
                if let Some(target) = self.neuron_at(to, is_finger).filter(|&id| id != from) {
                    self.join(from, target);
                }
            }
            Effect::Box(rect) => self.rectangle.0 = Some(scene_rect(rect)),
            Effect::TakeBox { rect, is_adding } => {
                self.rectangle.set_if_neq(SelectionBox::default());
                let selection = boxed(&self.selection, self.scene.index(), rect, is_adding);
                self.selection.set_if_neq(selection);
            }
            Effect::Pan { by_px } => self.look(|lens| lens.panned(by_px)),
            Effect::Zoom { about_px, factor } => self.look(|lens| lens.zoomed(about_px, factor)),
            Effect::PutBack => {
                self.carried.put_back();
                self.band.set_if_neq(RubberBand::default());
                self.rectangle.set_if_neq(SelectionBox::default());
            }
        }
    }

    fn click(&mut self, under: Under, is_adding: bool, was_selected: bool) {
        if self.connect_mode.0
            && !is_adding
            && let Some(Subject::Node(to)) = under.subject()
            && let Some(Subject::Node(from)) = self.selection.single()
            && from != to
        {
            self.join(from, to);
            return;
        }
        let selection = clicked(&self.selection, under, is_adding, was_selected);
        self.selection.set_if_neq(selection);
    }

    fn join(&mut self, from: NodeId, to: NodeId) {
        match join(self.document.project(), from, to) {
            Ok(request) => {
                self.requests.write(request);
            }
            Err(notice) => {
                self.notices.write(notice);
            }
        }
    }

    fn neuron_at(&self, spot: Spot, is_finger: bool) -> Option<NodeId> {
        let lens = self.stage.lens()?;
        match self.under(&lens, spot, is_finger).subject()? {
            Subject::Node(id) => Some(id),
            Subject::Edge(_) => None,
        }
    }

    fn look(&mut self, change: impl FnOnce(Lens) -> Lens) {
        if let Some(lens) = self.stage.lens() {
            self.stage.look(change(lens));
        }
    }
}
