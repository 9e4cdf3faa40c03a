//! Notes: which one is selected or written on, and how one is carried and made wider.

use std::collections::BTreeMap;

use bevy::math::Vec2;
use bevy::prelude::*;
use geometry::Rect;
use graph::{Document, EditSystems, Edited, Request};
use project::{Edit, Note, NoteId, Project};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Notes>();
    app.add_systems(
        Update,
        forget_what_is_gone
            .in_set(EditSystems::Follow)
            .run_if(on_message::<Edited>),
    );
}

/// How near its right edge a selected note is made wider, in logical pixels.
const EDGE_PX: f32 = 8.0;

/// The least height of a note, in scene units: an empty one can be found.
const MIN_HEIGHT: f32 = 28.0;

/// What is going on with notes: no part of the project.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// The note that was clicked last, if nothing else was since.
    pub selected: Option<NoteId>,
    /// The note that is being written on.
    pub written: Option<NoteId>,
    /// How high each is, in scene units, as whoever writes them out says.
    pub heights: BTreeMap<NoteId, f32>,
    /// The note under a hand, whether it is its edge, and how far it has come.
    pub carried: Option<(NoteId, bool, Vec2)>,
}

impl Notes {
    /// A note where the hand has it just now.
    #[must_use]
    pub fn shown(&self, note: &Note) -> Note {
        match self.carried {
            Some((id, is_edge, by)) if id == note.id => moved(note, is_edge, by),
            _ => note.clone(),
        }
    }

    /// Where it is, in scene units.
    #[must_use]
    pub fn rect(&self, note: &Note) -> Rect {
        let [x, y] = note.position;
        let height = self.heights.get(&note.id).copied().unwrap_or_default();
        Rect::from_corners([x, y - height.max(MIN_HEIGHT)], [x + note.width, y])
    }

    /// The note at a point, and whether it is the edge by which it is made wider;
    /// of several the last, which is on top.
    pub(crate) fn under(
        &self,
        project: &Project,
        point: Vec2,
        zoom: f32,
    ) -> Option<(NoteId, bool)> {
        project.notes().rev().find_map(|note| {
            let rect = self.rect(note);
            let near = EDGE_PX / zoom;
            let is_inside = rect.contains(point.into());
            let is_edge = self.selected == Some(note.id)
                && rect.distance_to(point.into()) <= near
                && (point.x - rect.max[0]).abs() <= near;
            (is_inside || is_edge).then_some((note.id, is_edge))
        })
    }

    /// It is put down: the edit that makes it so.
    pub(crate) fn put_down(&mut self, project: &Project, by: Vec2) -> Option<Request> {
        let (id, is_edge, _) = self.carried.take()?;
        let note = project.note(id)?;
        let label = if is_edge { "note width" } else { "move note" };
        let after = moved(note, is_edge, by);
        (after != *note).then(|| Request::edit(label, Edit::SetNote(after)))
    }
}

fn moved(note: &Note, is_edge: bool, by: Vec2) -> Note {
    let [x, y] = note.position;
    if is_edge {
        let width = (note.width + by.x).clamp(Note::MIN_WIDTH, Note::MAX_WIDTH);
        Note {
            width,
            ..note.clone()
        }
    } else {
        let position = [x + by.x, y + by.y];
        Note {
            position,
            ..note.clone()
        }
    }
}

fn forget_what_is_gone(document: Res<Document>, mut notes: ResMut<Notes>) {
    let is_gone = |id: NoteId| document.project().note(id).is_none();
    let before = notes.bypass_change_detection();
    let kept = Notes {
        selected: before.selected.filter(|&id| !is_gone(id)),
        written: before.written.filter(|&id| !is_gone(id)),
        heights: before.heights.clone(),
        carried: before.carried.filter(|&(id, ..)| !is_gone(id)),
    };
    notes.set_if_neq(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_never_narrower_or_wider_than_it_may_be() {
        let note = Note::new(NoteId(0), "hello", [10.0, 20.0]);
        let narrow = moved(&note, true, Vec2::new(-1e9, 5.0));
        assert_eq!(
            (narrow.width, narrow.position),
            (Note::MIN_WIDTH, note.position)
        );
        assert_eq!(
            moved(&note, true, Vec2::new(1e9, 0.0)).width,
            Note::MAX_WIDTH
        );
        let moved = moved(&note, false, Vec2::new(5.0, -5.0));
        assert_eq!((moved.position, moved.width), ([15.0, 15.0], note.width));
    }

    #[test]
    fn only_the_edge_of_a_selected_note_makes_it_wider() {
        let mut project = Project::default();
        let edit = project::gesture::add_note(&project, [0.0, 0.0]);
        project::apply(&mut project, &edit).expect("a note can be added");
        let mut notes = Notes::default();
        let edge = Vec2::new(Note::WIDTH - 1.0, -5.0);
        let id = NoteId(0);
        assert_eq!(notes.under(&project, edge, 1.0), Some((id, false)));
        notes.selected = Some(id);
        assert_eq!(notes.under(&project, edge, 1.0), Some((id, true)));
        assert_eq!(
            notes.under(&project, Vec2::new(5.0, -5.0), 1.0),
            Some((id, false))
        );
        assert_eq!(notes.under(&project, Vec2::new(5.0, 5.0), 1.0), None);
    }
}
