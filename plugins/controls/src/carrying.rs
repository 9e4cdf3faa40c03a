//! Carrying: neurons follow the pointer softly and are put down exactly, as one edit.

use std::collections::{BTreeMap, BTreeSet};

use bevy::prelude::*;
use graph::{EditSystems, Edited, Request, Step};
use network::{Network, NodeId};
use project::Edit;
use theme::Motion;

use crate::pointers::{end_with_project, notice_rest};
use crate::shortcuts::read_keys;
use crate::tidying::Glide;
use crate::{ControlSystems, ControlTheme};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<DragPreview>();
    app.init_resource::<Carried>();
    app.add_systems(
        Update,
        (
            follow_softly
                .in_set(ControlSystems::Read)
                .after(notice_rest)
                .after(read_keys)
                .run_if(is_moving),
            drop_everything
                .in_set(EditSystems::Follow)
                .after(end_with_project)
                .run_if(on_message::<Edited>),
        ),
    );
}

/// How far neurons are shown from where the project has them, in scene units: not
/// project state, and empty while nothing is carried and nothing swings back.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct DragPreview {
    /// By neuron; what is missing is shown where it is.
    pub offsets: BTreeMap<NodeId, [f32; 2]>,
}

/// What is carried now, and how far the pointer has come with it.
#[derive(Resource, Clone, Debug, Default)]
pub(crate) struct Carried {
    nodes: BTreeSet<NodeId>,
    by: Vec2,
}

impl Carried {
    /// The pointer has come this far with the selected neurons.
    pub fn carry(&mut self, selected: &BTreeSet<NodeId>, by: Vec2) {
        if self.nodes.is_empty() {
            self.nodes.clone_from(selected);
        }
        self.by = by;
    }

    /// The neurons are put down: one edit, and on the canvas they swing the rest
    /// of the way.
    pub fn put_down(
        &mut self,
        network: &Network,
        preview: &mut DragPreview,
        by: Vec2,
    ) -> Option<Request> {
        let nodes = std::mem::take(self).nodes;
        for id in &nodes {
            let offset = preview.offsets.entry(*id).or_default();
            *offset = (Vec2::from(*offset) - by).into();
        }
        move_request(network, &nodes, by, false)
    }

    /// The neurons swing back to where they were.
    pub fn put_back(&mut self) {
        *self = Self::default();
    }
}

/// The edit that moves neurons, if there is anything to move.
pub(crate) fn move_request(
    network: &Network,
    nodes: &BTreeSet<NodeId>,
    by: Vec2,
    is_continued: bool,
) -> Option<Request> {
    if by == Vec2::ZERO {
        return None;
    }
    let moves: Vec<_> = nodes
        .iter()
        .filter_map(|&id| network.node(id))
        .map(|node| (node.id, (Vec2::from(node.position) + by).into()))
        .collect();
    let label = match moves.len() {
        0 => return None,
        1 => "move neuron",
        _ => "move neurons",
    };
    Some(Request::Edit {
        label,
        edit: Box::new(Edit::Move(moves)),
        is_continued,
    })
}

/// Whether anything is shown elsewhere than it is.
pub(crate) fn is_moving(carried: Res<Carried>, preview: Res<DragPreview>) -> bool {
    !carried.nodes.is_empty() || !preview.offsets.is_empty()
}

pub(crate) fn follow_softly(
    carried: Res<Carried>,
    mut preview: ResMut<DragPreview>,
    mut glide: ResMut<Glide>,
    theme: Res<ControlTheme>,
    time: Res<Time<Real>>,
) {
    let share = follow_share(&theme.0.motion, time.delta_secs());
    if carried.nodes.is_empty() {
        glide.advance(&mut preview, &theme.0.motion, time.delta_secs());
    } else {
        // Whoever takes one of them has the others arrive.
        glide.stop(&mut preview);
    }
    for &id in &carried.nodes {
        preview.offsets.entry(id).or_default();
    }
    preview.offsets.retain(|id, offset| {
        if glide.holds(*id) {
            return true;
        }
        let is_carried = carried.nodes.contains(id);
        let goal = if is_carried { carried.by } else { Vec2::ZERO };
        let next = follow(Vec2::from(*offset), goal, share);
        *offset = next.into();
        is_carried || next != goal
    });
}

/// The share of its distance that a dragged thing comes closer in one frame.
fn follow_share(motion: &Motion, delta_secs: f32) -> f32 {
    if motion.is_reduced {
        return 1.0;
    }
    1.0 - (-motion.drag_decay_rate * delta_secs).exp()
}

/// Comes closer to the goal, and arrives once no eye could tell.
fn follow(from: Vec2, goal: Vec2, share: f32) -> Vec2 {
    /// In scene units: less than a pixel up to the greatest zoom.
    const ARRIVED: f32 = 0.2;
    let next = from.lerp(goal, share);
    // Written so that what is not finite arrives as well.
    if next.distance(goal) > ARRIVED {
        next
    } else {
        goal
    }
}

/// Nothing of another project is shown elsewhere than it is, and what glides to a
/// place arrives when its step is undone.
fn drop_everything(
    mut edited: MessageReader<Edited>,
    mut carried: ResMut<Carried>,
    mut preview: ResMut<DragPreview>,
    mut glide: ResMut<Glide>,
) {
    let edited: Vec<&Edited> = edited.read().collect();
    if edited
        .iter()
        .any(|edited| matches!(edited.step, Step::Undone(_)))
    {
        glide.stop(&mut preview);
    }
    if edited.iter().any(|edited| edited.edit.is_none()) {
        *glide = Glide::default();
        *carried = Carried::default();
        preview.offsets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dragged_thing_comes_closer_every_frame_and_arrives() {
        let goal = Vec2::new(100.0, -40.0);
        let share = follow_share(&Motion::STANDARD, 1.0 / 60.0);
        let mut place = Vec2::ZERO;
        let mut frames = 0;
        while place != goal {
            let next = follow(place, goal, share);
            assert!(next.distance(goal) < place.distance(goal));
            place = next;
            frames += 1;
        }
        assert!((5..40).contains(&frames), "{frames}");
    }

    #[test]
    fn with_reduced_motion_it_is_there_at_once() {
        let motion = Motion {
            is_reduced: true,
            ..Motion::STANDARD
        };
        let share = follow_share(&motion, 0.001);
        let goal = Vec2::new(100.0, -40.0);
        assert_eq!(follow(Vec2::ZERO, goal, share), goal);
    }

    #[test]
    fn what_is_nowhere_arrives_instead_of_moving_for_ever() {
        assert_eq!(follow(Vec2::NAN, Vec2::ZERO, 0.3), Vec2::ZERO);
    }
}
