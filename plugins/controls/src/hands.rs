//! The hands: carry out what a gesture means.

use bevy::ecs::system::SystemParam;
use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use graph::{Document, Folding, GroupId, Notice, Request, Selection, Subject};
use network::NodeId;
use project::{NoteId, gesture};

use crate::carrying::Carried;
use crate::gesture::{Effect, Spot, Under};
use crate::grouping::{LastClick, toggle, with_group};
use crate::lens::{Lens, Stage};
use crate::notes::Notes;
use crate::reach::Reach;
use crate::selecting::{boxed, clicked, grabbed, scene_rect, with_wires};
use crate::wiring::join;
use crate::{ConnectMode, ControlTheme, DragPreview, RubberBand, Scene, SelectionBox};

/// All that gestures change, and what they need to know for it.
#[derive(SystemParam)]
pub(crate) struct Hands<'w, 's> {
    pub document: Res<'w, Document>,
    pub folding: Res<'w, Folding>,
    pub scene: Res<'w, Scene>,
    pub theme: Res<'w, ControlTheme>,
    pub connect_mode: ResMut<'w, ConnectMode>,
    pub selection: ResMut<'w, Selection>,
    pub carried: ResMut<'w, Carried>,
    pub preview: ResMut<'w, DragPreview>,
    pub band: ResMut<'w, RubberBand>,
    pub rectangle: ResMut<'w, SelectionBox>,
    pub notes: ResMut<'w, Notes>,
    pub last_click: ResMut<'w, LastClick>,
    pub time: Res<'w, Time<Real>>,
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
        let reach = self.reach(lens, is_finger);
        let (zoom, sizes) = (lens.zoom(), &self.theme.0.sizes);
        let under = reach.under(self.scene.index(), spot.scene, zoom, sizes);
        if matches!(under, Under::Body(_) | Under::Rim(_)) {
            return under;
        }
        let slop_px = if is_finger {
            sizes.pick_slop_touch
        } else {
            0.0
        };
        let group = self.scene.group_under(spot.scene, slop_px / zoom, zoom);
        let under = group.unwrap_or_else(|| self.wire_or_bundle(under, spot, reach, zoom));
        if under != Under::Nothing {
            return under;
        }
        match self.notes.under(self.document.project(), spot.scene, zoom) {
            Some((note, true)) => Under::NoteEdge(note),
            Some((note, false)) => Under::Note(note),
            None => under,
        }
    }

    /// Of a wire and a bundle the one whose middle is nearer.
    fn wire_or_bundle(&self, under: Under, spot: Spot, reach: Reach, zoom: f32) -> Under {
        let bundle = self.scene.bundle_near(spot.scene, reach.bundle_px / zoom);
        let Some((ends, distance)) = bundle else {
            return under;
        };
        let wire = match under {
            Under::Wire(_) => self
                .scene
                .index()
                .pick(spot.scene.into(), reach.wire_px / zoom),
            _ => None,
        };
        match wire {
            Some(wire) if wire.distance() <= distance => under,
            _ => Under::Bundle(ends),
        }
    }

    /// Carries one effect out.
    pub fn carry_out(&mut self, effect: Effect, is_finger: bool) {
        match effect {
            Effect::Grab { node, is_adding } => {
                let selection = grabbed(&self.selection, node, is_adding);
                self.selection.set_if_neq(selection);
            }
            Effect::GrabGroup { group, is_adding } => {
                let project = self.document.project();
                let selection = with_group(project, &self.selection, group, is_adding, false);
                self.selection.set_if_neq(selection);
            }
            Effect::Fold { group } => self.fold(group),
            Effect::CarryNote { note, is_edge, by } => {
                self.notes.selected = Some(note);
                self.notes.carried = Some((note, is_edge, by));
                self.selection.set_if_neq(Selection::default());
            }
            Effect::PutNoteDown { by } => {
                let request = self.notes.put_down(self.document.project(), by);
                self.requests.write_batch(request);
            }
            Effect::Write { note } => self.write(note),
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
                let selection = self.with_folded_groups(selection, rect);
                self.selection.set_if_neq(selection);
            }
            Effect::Pan { by_px } => self.look(|lens| lens.panned(by_px)),
            Effect::Zoom { about_px, factor } => self.look(|lens| lens.zoomed(about_px, factor)),
            Effect::PutBack => {
                self.carried.put_back();
                if self.notes.carried.is_some() {
                    self.notes.carried = None;
                }
                self.band.set_if_neq(RubberBand::default());
                self.rectangle.set_if_neq(SelectionBox::default());
            }
        }
    }

    /// The selection with the folded groups that a rectangle touches.
    fn with_folded_groups(&self, mut selection: Selection, rect: Rect) -> Selection {
        let rect = scene_rect(rect);
        for face in self.scene.groups().filter(|face| face.is_folded) {
            let is_apart = (0..2).any(|axis| {
                face.rect.max[axis] < rect.min[axis] || face.rect.min[axis] > rect.max[axis]
            });
            if !is_apart {
                let project = self.document.project();
                selection.edges.clear();
                selection = with_group(project, &selection, face.id, true, false);
            }
        }
        selection
    }

    fn fold(&mut self, group: GroupId) {
        if let Some(request) = toggle(self.document.project(), group) {
            self.requests.write(request);
        }
    }

    fn write(&mut self, note: NoteId) {
        self.notes.selected = Some(note);
        self.notes.written = Some(note);
        self.selection.set_if_neq(Selection::default());
    }

    /// Puts an empty note here, to be written on at once.
    pub fn drop_note(&mut self, at: Vec2) {
        let edit = gesture::add_note(self.document.project(), at.into());
        let id = self.document.project().free_note_id();
        self.requests.write(Request::edit("add note", edit));
        self.write(id);
    }

    fn click(&mut self, under: Under, is_adding: bool, was_selected: bool) {
        let note = match under {
            Under::Note(note) | Under::NoteEdge(note) => Some(note),
            _ => None,
        };
        if let Some(note) = note {
            // A click on the note that is selected writes on it.
            if self.notes.selected == Some(note) {
                self.write(note);
            } else {
                self.notes.selected = Some(note);
                self.selection.set_if_neq(Selection::default());
            }
            return;
        }
        if self.notes.selected.is_some() {
            self.notes.selected = None;
        }
        if let Under::FoldButton(group) = under {
            self.fold(group);
            return;
        }
        if let Under::Bundle(ends) = under {
            let is_out = is_adding && was_selected;
            let wires = self.folding.folded().bundle(ends[0], ends[1]);
            let selection = with_wires(&self.selection, wires, is_adding, is_out);
            self.selection.set_if_neq(selection);
            return;
        }
        if let Some(group) = under.group() {
            let is_out = is_adding && was_selected;
            let project = self.document.project();
            let selection = with_group(project, &self.selection, group, is_adding, is_out);
            self.selection.set_if_neq(selection);
            if !is_adding && self.last_click.doubles(group, self.time.elapsed()) {
                self.fold(group);
            }
            return;
        }
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
