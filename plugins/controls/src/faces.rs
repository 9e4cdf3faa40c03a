//! Faces of groups: where a folded one is, and the frame, label and fold button of an open one.

use bevy::math::Vec2;
use geometry::{Rect, folded_group};
use graph::{Group, GroupId};
use network::Network;
use theme::Sizes;

use crate::gesture::Under;

/// Around the neurons of an open group, in scene units: their names have room.
const FRAME_MARGIN: f32 = 26.0;

/// The height of a label, and the side of its button, in logical pixels.
const LABEL_PX: f32 = 24.0;

/// About the width of a letter in a label, in logical pixels.
const LETTER_PX: f32 = 7.5;

/// The widest label, in logical pixels.
const LABEL_MAX_PX: f32 = 240.0;

/// A group as eyes and hands meet it, where the last edit left it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupFace {
    /// Which.
    pub id: GroupId,
    /// Whether it is one thing.
    pub is_folded: bool,
    /// The folded thing, or the frame around the members; in scene units.
    pub rect: Rect,
    letters: usize,
}

impl GroupFace {
    /// `None` when none of its members is in the network.
    pub(crate) fn of(group: &Group, network: &Network) -> Option<Self> {
        let members = || {
            let nodes = group.members.iter().filter_map(|&id| network.node(id));
            nodes.map(|node| node.position)
        };
        let rect = if group.is_folded {
            folded_group(members(), group.picture_size())?
        } else {
            frame(members())?
        };
        Some(Self {
            id: group.id,
            is_folded: group.is_folded,
            rect,
            letters: group.name.chars().count(),
        })
    }

    /// The same with its frame around neurons that are elsewhere just now.
    #[must_use]
    pub fn around(self, members: impl IntoIterator<Item = [f32; 2]>) -> Self {
        match frame(members) {
            Some(rect) if !self.is_folded => Self { rect, ..self },
            _ => self,
        }
    }

    /// Where the label of an open group is at this zoom, in scene units: on the
    /// frame, at its upper left corner.
    #[must_use]
    pub fn label(&self, zoom: f32) -> Rect {
        let width = 2.0 * LABEL_PX + LETTER_PX * self.letters as f32;
        let size = [width.min(LABEL_MAX_PX) / zoom, LABEL_PX / zoom];
        let corner = [self.rect.min[0], self.rect.max[1]];
        Rect::from_corners(corner, [corner[0] + size[0], corner[1] + size[1]])
    }

    /// Where the button that folds it is at this zoom, in scene units: at the
    /// beginning of its label.
    #[must_use]
    pub fn fold_button(&self, zoom: f32) -> Rect {
        let label = self.label(zoom);
        let side = LABEL_PX / zoom;
        Rect::from_corners(label.min, [label.min[0] + side, label.max[1]])
    }

    /// What of it lies at or near a point, if anything.
    pub(crate) fn under(&self, point: Vec2, slop: f32, zoom: f32) -> Option<Under> {
        let is_near = |rect: Rect| rect.distance_to(point.into()) <= slop;
        if self.is_folded {
            is_near(self.rect).then_some(Under::Group(self.id))
        } else if is_near(self.fold_button(zoom)) {
            Some(Under::FoldButton(self.id))
        } else {
            is_near(self.label(zoom)).then_some(Under::Label(self.id))
        }
    }
}

fn frame(members: impl IntoIterator<Item = [f32; 2]>) -> Option<Rect> {
    let reach = Sizes::STANDARD.neuron_radius + FRAME_MARGIN;
    Rect::enclosing(members.into_iter().map(|at| Rect::around(at, reach)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(is_folded: bool) -> GroupFace {
        GroupFace {
            id: GroupId(1),
            is_folded,
            rect: Rect::around([0.0, 0.0], 80.0),
            letters: 7,
        }
    }

    #[test]
    fn a_folded_group_is_hit_anywhere_and_an_open_one_only_at_its_label() {
        for zoom in [0.1, 0.5, 1.0, 4.0] {
            let under = |is_folded, x, y| face(is_folded).under(Vec2::new(x, y), 0.0, zoom);
            assert_eq!(under(true, 0.0, 0.0), Some(Under::Group(GroupId(1))));
            assert_eq!(under(true, 79.0, -79.0), Some(Under::Group(GroupId(1))));
            assert_eq!(under(true, 81.0, 0.0), None);
            assert_eq!(under(false, 0.0, 0.0), None);
            let (label, button) = (face(false).label(zoom), face(false).fold_button(zoom));
            let [x, y] = button.centre();
            assert_eq!(under(false, x, y), Some(Under::FoldButton(GroupId(1))));
            let [x, y] = [label.max[0] - 1.0 / zoom, y];
            assert_eq!(under(false, x, y), Some(Under::Label(GroupId(1))));
            let [_, height] = label.size();
            assert!(
                (height * zoom - LABEL_PX).abs() < 1e-3,
                "as large at every zoom"
            );
        }
    }
}
