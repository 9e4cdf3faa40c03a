//! What a person looks at: when the large map of a neuron pointed at appears and goes, and where it floats.

use bevy_egui::egui::{Align2, Pos2, Rect, Vec2};
use network::NodeId;

/// How long a map stays after the pointer has left its neuron, in seconds: long
/// enough to reach the map.
const GRACE_SECS: f64 = 0.7;

/// From the edge of the free area to the map.
const GAP: f32 = 8.0;

/// The corners; of equals the first is taken. Lower left is the minimap's.
const CORNERS: [Align2; 4] = [
    Align2::RIGHT_TOP,
    Align2::RIGHT_BOTTOM,
    Align2::LEFT_TOP,
    Align2::LEFT_BOTTOM,
];

/// What a pass knows of the pointer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pointing {
    /// Seconds since the program began.
    pub now: f64,
    /// How long a pointer rests before something appears, in seconds.
    pub rest_secs: f64,
    /// The neuron pointed at.
    pub node: Option<NodeId>,
    /// Whether the pointer is on the map, or on a menu.
    pub is_on_map: bool,
    /// Whether something is being dragged.
    pub is_dragging: bool,
}

/// The neuron that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Gaze {
    shown: Option<NodeId>,
    /// The neuron pointed at, and since when.
    resting: Option<(NodeId, f64)>,
    /// Since when the pointer is elsewhere.
    left: Option<f64>,
}

impl Gaze {
    /// The neuron whose large map is shown.
    pub(crate) fn shown(&self) -> Option<NodeId> {
        self.shown
    }

    /// Goes along with the pointer; gives the seconds after which it may change its
    /// mind without the pointer moving.
    pub(crate) fn follow(&mut self, pointing: &Pointing) -> Option<f64> {
        let now = pointing.now;
        if pointing.is_dragging {
            // The map itself may be dragged on: sliders.
            if !pointing.is_on_map {
                *self = Self::default();
            }
            return None;
        }
        if let Some(node) = pointing.node {
            self.left = None;
            if self.shown == Some(node) {
                self.resting = None;
                return None;
            }
            let since = match self.resting {
                Some((before, since)) if before == node => since,
                _ => now,
            };
            let wait = pointing.rest_secs - (now - since);
            if wait <= 0.0 {
                *self = Self {
                    shown: Some(node),
                    ..Self::default()
                };
                return None;
            }
            self.resting = Some((node, since));
            return Some(wait);
        }
        self.resting = None;
        if self.shown.is_none() || pointing.is_on_map {
            self.left = None;
            return None;
        }
        let left = *self.left.get_or_insert(now);
        let wait = GRACE_SECS - (now - left);
        if wait > 0.0 {
            return Some(wait);
        }
        *self = Self::default();
        None
    }
}

/// The corner of the free area in which a sheet covers nothing of the neuron pointed at
/// and as few others as may be; of equals the one it is in, so that it does not jump.
pub(crate) fn corner(
    free: Rect,
    size: Vec2,
    pointed: Option<Rect>,
    neurons: &[Rect],
    now: Align2,
) -> Option<Align2> {
    let is_clear = |corner: &Align2| {
        let place = place(free, size, *corner);
        !pointed.is_some_and(|neuron| place.intersects(neuron))
    };
    let covered = |corner: &Align2| {
        let place = place(free, size, *corner);
        let is_covered = |neuron: &&Rect| place.contains(neuron.center());
        neurons.iter().filter(is_covered).count()
    };
    let tried = std::iter::once(now).chain(CORNERS).filter(is_clear);
    tried.min_by_key(covered)
}

/// The point by which the sheet hangs in its corner.
pub(crate) fn anchor(free: Rect, corner: Align2) -> Pos2 {
    corner.pos_in_rect(&free.shrink(GAP))
}

fn place(free: Rect, size: Vec2, corner: Align2) -> Rect {
    corner.align_size_within_rect(size, free.shrink(GAP))
}

#[cfg(test)]
mod tests {
    use bevy_egui::egui::{pos2, vec2};

    use super::*;

    const H: NodeId = NodeId(2);
    const Y: NodeId = NodeId(3);

    fn at(now: f64, node: Option<NodeId>) -> Pointing {
        Pointing {
            now,
            rest_secs: 0.4,
            node,
            ..Pointing::default()
        }
    }

    #[test]
    fn a_map_appears_when_the_pointer_rests_and_not_while_it_roams() {
        let mut gaze = Gaze::default();
        assert_eq!(gaze.follow(&at(0.0, Some(H))), Some(0.4));
        gaze.follow(&at(0.3, Some(Y)));
        gaze.follow(&at(0.5, Some(H)));
        assert_eq!(gaze.shown(), None);
        gaze.follow(&at(0.8, Some(H)));
        assert_eq!(gaze.shown(), None);
        assert_eq!(gaze.follow(&at(0.91, Some(H))), None);
        assert_eq!(gaze.shown(), Some(H));
    }

    #[test]
    fn it_stays_while_the_pointer_goes_to_it_and_on_it_and_goes_a_little_later() {
        let mut gaze = Gaze::default();
        gaze.follow(&at(0.0, Some(H)));
        gaze.follow(&at(0.5, Some(H)));
        assert!(gaze.follow(&at(0.6, None)).is_some());
        // Over another neuron on the way.
        gaze.follow(&at(0.7, Some(Y)));
        gaze.follow(&at(0.8, None));
        assert_eq!(gaze.shown(), Some(H));
        let on_map = |now| Pointing {
            is_on_map: true,
            ..at(now, None)
        };
        assert_eq!(gaze.follow(&on_map(0.9)), None);
        gaze.follow(&on_map(60.0));
        assert_eq!(gaze.shown(), Some(H));
        gaze.follow(&at(60.1, None));
        gaze.follow(&at(60.7, None));
        assert_eq!(gaze.shown(), Some(H));
        gaze.follow(&at(60.81, None));
        assert_eq!(gaze.shown(), None);
    }

    #[test]
    fn it_is_out_of_the_way_at_once_when_something_is_dragged() {
        let mut gaze = Gaze::default();
        gaze.follow(&at(0.0, Some(H)));
        gaze.follow(&at(0.5, Some(H)));
        let dragging = Pointing {
            is_dragging: true,
            ..at(0.6, Some(H))
        };
        assert_eq!(gaze.follow(&dragging), None);
        gaze.follow(&Pointing {
            now: 9.0,
            ..dragging
        });
        assert_eq!(gaze.shown(), None);
    }

    #[test]
    fn the_map_covers_no_neuron_pointed_at_few_others_and_moves_only_for_that() {
        let free = Rect::from_min_max(pos2(112.0, 72.0), pos2(932.0, 656.0));
        let size = vec2(330.0, 400.0);
        let neuron = |x, y| Rect::from_center_size(pos2(x, y), vec2(60.0, 60.0));
        let mut now = Align2::RIGHT_TOP;
        for (x, y, expected) in [
            (300.0, 300.0, Align2::RIGHT_TOP),
            (800.0, 150.0, Align2::RIGHT_BOTTOM),
            (300.0, 300.0, Align2::RIGHT_BOTTOM),
            (800.0, 400.0, Align2::LEFT_TOP),
        ] {
            let found = corner(free, size, Some(neuron(x, y)), &[], now);
            assert_eq!(found, Some(expected), "{x}, {y}");
            now = expected;
        }
        let others = [neuron(300.0, 200.0), neuron(300.0, 600.0)];
        let aside = corner(free, size, Some(neuron(500.0, 400.0)), &others, now);
        assert_eq!(aside, Some(Align2::RIGHT_TOP));
        let tight = Rect::from_min_size(pos2(0.0, 0.0), vec2(360.0, 430.0));
        let pointed = neuron(10.0, 10.0);
        let nowhere = corner(tight, size, Some(pointed), &[], now);
        assert_eq!(nowhere, None);
        assert_eq!(corner(tight, size, None, &[], now), Some(now));
    }
}
