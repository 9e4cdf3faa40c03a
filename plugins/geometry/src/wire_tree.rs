//! A tree of wires by where they begin and end, which bounds a whole bundle of curves at once.
//!
//! Every curve is `x = lerp(x0, x1, s) + d·w(s)`, `y = lerp(y0, y1, s)` where `s = 3t² − 2t³` runs
//! from 0 to 1 and `w(s) = 3t(1 − t)(1 − 2t)`. So a box in the four dimensions x0, y0, x1, y1
//! stands for a band of curves whose reach is known at each height, however long and steep they
//! are, and each wire lies in the tree once. Boxes around the curves themselves, or around parts
//! of them, overlap by the thousand where dense layers cross.

mod span;
mod swing;

use self::span::{Area, Span};
use crate::{Rect, WireCurve};

/// The most wires of a leaf, unless all of them have the same ends.
const LEAF_MAX: usize = 16;

/// A fork with more of its wires on one side, as a share, is built anew when the tree gets too
/// deep below it (the scapegoat tree of Galperin and Rivest, 1993).
const LEAN_MAX: f64 = 0.75;

/// A wire by its id, with both ends: x0, y0, x1, y1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wire {
    pub id: u32,
    pub ends: [f32; 4],
}

impl Wire {
    pub fn new(id: u32, curve: &WireCurve) -> Self {
        let [[x0, y0], _, _, [x1, y1]] = curve.control_points();
        Self {
            id,
            ends: [x0, y0, x1, y1],
        }
    }

    pub fn curve(&self) -> WireCurve {
        let [x0, y0, x1, y1] = self.ends;
        WireCurve::between([x0, y0], [x1, y1])
    }
}

/// A part of the tree, or all of it.
#[derive(Clone, Debug)]
pub(crate) struct WireTree {
    span: Span,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Leaf(Vec<Wire>),
    Fork {
        /// Which of the four coordinates decides.
        axis: u8,
        /// Below it a wire lies in the first child, otherwise in the second.
        split: f32,
        len: u32,
        /// Since this fork was built.
        changes: u32,
        children: Box<[WireTree; 2]>,
    },
}

impl Default for WireTree {
    fn default() -> Self {
        Self {
            span: Span::EMPTY,
            kind: Kind::Leaf(Vec::new()),
        }
    }
}

impl WireTree {
    pub fn new(mut wires: Vec<Wire>) -> Self {
        Self::built(&mut wires)
    }

    fn built(wires: &mut [Wire]) -> Self {
        let span = wires.iter().fold(Span::EMPTY, |span, wire| span.with(wire));
        let Some(cut) = Cut::of(wires, &span).filter(|_| wires.len() > LEAF_MAX) else {
            let kind = Kind::Leaf(wires.to_vec());
            return Self { span, kind };
        };
        let len = wires.len() as u32;
        let (below, above) = wires.split_at_mut(cut.below);
        let kind = Kind::Fork {
            axis: cut.axis,
            split: cut.split,
            len,
            changes: 0,
            children: Box::new([Self::built(below), Self::built(above)]),
        };
        Self { span, kind }
    }

    pub fn len(&self) -> usize {
        match &self.kind {
            Kind::Leaf(wires) => wires.len(),
            Kind::Fork { len, .. } => *len as usize,
        }
    }

    pub fn insert(&mut self, wire: Wire) {
        // As deep as forks that lean as much as they may would be, and some.
        let depth_max = 3 * (self.len() as u32 + 1).ilog2() + 8;
        self.insert_within(wire, depth_max);
    }

    /// Whether the tree became too deep, and no fork on the way was built anew for it.
    fn insert_within(&mut self, wire: Wire, depth_max: u32) -> bool {
        self.span = self.span.with(&wire);
        match &mut self.kind {
            Kind::Leaf(wires) => {
                wires.push(wire);
                if wires.len() > LEAF_MAX && self.span.low != self.span.high {
                    *self = Self::built(&mut std::mem::take(wires));
                    return depth_max == 0;
                }
                false
            }
            Kind::Fork {
                axis,
                split,
                len,
                changes,
                children,
            } => {
                (*len, *changes) = (*len + 1, *changes + 1);
                let child = &mut children[side(&wire, *axis, *split)];
                let is_too_deep = child.insert_within(wire, depth_max.saturating_sub(1));
                let is_leaning = child.len() as f64 > f64::from(*len) * LEAN_MAX;
                // Counting the changes bounds the work where equal ends forbid an even split.
                if is_too_deep && is_leaning && *changes > *len / 4 {
                    *self = Self::built(&mut self.take());
                    return false;
                }
                is_too_deep
            }
        }
    }

    /// Removes a wire by its id and ends; false if it was not there.
    pub fn remove(&mut self, wire: &Wire) -> bool {
        match &mut self.kind {
            Kind::Leaf(wires) => {
                let Some(place) = wires.iter().position(|other| other.id == wire.id) else {
                    return false;
                };
                wires.swap_remove(place);
                self.span = wires.iter().fold(Span::EMPTY, |span, wire| span.with(wire));
            }
            Kind::Fork {
                axis,
                split,
                len,
                changes,
                children,
            } => {
                if !children[side(wire, *axis, *split)].remove(wire) {
                    return false;
                }
                (*len, *changes) = (*len - 1, *changes + 1);
                self.span = children[0].span.union(&children[1].span);
                if *len as usize <= LEAF_MAX / 2 {
                    *self = Self::built(&mut self.take());
                }
            }
        }
        true
    }

    /// Shows every wire that may come into the rectangle to the visitor, who says how the
    /// rectangle goes on: it may only shrink.
    pub fn visit(&self, rect: Rect, visitor: &mut impl FnMut(&Wire) -> Rect) {
        let mut area = Area::new(rect);
        let mut open = vec![self];
        while let Some(part) = open.pop() {
            if !area.may_meet(&part.span) {
                continue;
            }
            match &part.kind {
                Kind::Leaf(wires) => {
                    for wire in wires {
                        if area.may_meet(&Span::of(wire)) {
                            area = Area::new(visitor(wire));
                        }
                    }
                }
                Kind::Fork { children, .. } => open.extend(children.iter().rev()),
            }
        }
    }

    /// The smallest rectangle around all curves; none around none.
    pub fn bounds(&self) -> Option<Rect> {
        let mut bounds: Option<Rect> = None;
        // One side after the other, the farthest first: then nearly nothing is left to look at.
        for side in 0..4 {
            let mut open = vec![self];
            while let Some(part) = open.pop() {
                let outer = part.span.outer();
                if bounds.is_some_and(|bounds| reach(outer, side) <= reach(bounds, side)) {
                    continue;
                }
                match &part.kind {
                    Kind::Leaf(wires) => {
                        for wire in wires {
                            let outer = reach(Span::of(wire).outer(), side);
                            if bounds.is_none_or(|bounds| outer > reach(bounds, side)) {
                                let curve = wire.curve().bounds();
                                bounds = Rect::enclosing(bounds.into_iter().chain([curve]));
                            }
                        }
                    }
                    Kind::Fork { children, .. } => {
                        let [one, other] = &**children;
                        let is_other_farther =
                            reach(one.span.outer(), side) < reach(other.span.outer(), side);
                        open.extend(if is_other_farther {
                            [one, other]
                        } else {
                            [other, one]
                        });
                    }
                }
            }
        }
        bounds
    }

    fn take(&mut self) -> Vec<Wire> {
        let mut wires = Vec::with_capacity(self.len());
        let mut open = vec![std::mem::take(self)];
        while let Some(part) = open.pop() {
            match part.kind {
                Kind::Leaf(some) => wires.extend(some),
                Kind::Fork { children, .. } => open.extend(*children),
            }
        }
        wires
    }
}

fn side(wire: &Wire, axis: u8, split: f32) -> usize {
    usize::from(wire.ends[usize::from(axis)] >= split)
}

/// How far the rectangle goes to the left, down, right or up.
fn reach(rect: Rect, side: usize) -> f32 {
    match side {
        0 | 1 => -rect.min[side],
        _ => rect.max[side - 2],
    }
}

/// How a fork divides its wires.
struct Cut {
    axis: u8,
    split: f32,
    /// How many of the wires, now in order, lie in the first child.
    below: usize,
}

impl Cut {
    /// Orders the wires by the cut that narrows their band most; none if all ends are equal.
    fn of(wires: &mut [Wire], span: &Span) -> Option<Self> {
        let Span { low, high } = span;
        let size = |one: usize, other: usize| {
            f64::from(high[one].max(high[other])) - f64::from(low[one].min(low[other]))
        };
        // Ends that differ in x widen the band by that all along its height, and the other way round.
        let [width, height] = [size(0, 2), size(1, 3)];
        let gain = |axis: usize| {
            let extent = f64::from(high[axis]) - f64::from(low[axis]);
            extent * [height, width][axis % 2].max(1.0)
        };
        let axis = (0..4).max_by(|&one, &other| gain(one).total_cmp(&gain(other)))?;
        // Not by the gain, which is 0 where it underflows.
        if wires.len() < 2 || low[axis] >= high[axis] {
            return None;
        }
        let at = |wire: &Wire| wire.ends[axis];
        let middle = wires.len() / 2;
        let (_, median, above) =
            wires.select_nth_unstable_by(middle, |one, other| at(one).total_cmp(&at(other)));
        let median = at(median);
        let next = above.iter().map(at).filter(|&c| c > median);
        let next = next.reduce(f32::min);
        let below_median = partition(wires, |wire| at(wire) < median);
        let (split, below) = match next {
            // Many share the median: whichever of its two borders is nearer to the middle.
            Some(next) if below_median < middle / 2 => {
                (next, partition(wires, |wire| at(wire) < next))
            }
            _ => (median, below_median),
        };
        let is_cut = 0 < below && below < wires.len();
        is_cut.then_some(Self {
            axis: axis as u8,
            split,
            below,
        })
    }
}

/// Puts the wires that are first to the front; how many they are.
fn partition(wires: &mut [Wire], is_first: impl Fn(&Wire) -> bool) -> usize {
    let mut count = 0;
    for place in 0..wires.len() {
        if is_first(&wires[place]) {
            wires.swap(place, count);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wires_added_in_order_leave_a_shallow_tree_and_removed_ones_nothing() {
        fn depth(tree: &WireTree) -> usize {
            match &tree.kind {
                Kind::Leaf(_) => 1,
                Kind::Fork { children, .. } => 1 + children.iter().map(depth).max().unwrap_or(0),
            }
        }
        let wire = |id: u32| Wire {
            id,
            ends: [id as f32, 0.0, id as f32 + 200.0, 50.0],
        };
        let mut tree = WireTree::default();
        for id in 0..20_000 {
            tree.insert(wire(id));
        }
        assert!(depth(&tree) <= 55, "{}", depth(&tree));
        for id in 0..20_000 {
            assert!(tree.remove(&wire(id)), "{id}");
        }
        assert!(!tree.remove(&wire(7)));
        assert_eq!((tree.len(), depth(&tree), tree.bounds()), (0, 1, None));
    }

    #[test]
    fn thousands_of_equal_wires_and_one_other_are_kept() {
        let ends = [0.0, 0.0, 300.0, 40.0];
        let mut tree = WireTree::new((0..5_000).map(|id| Wire { id, ends }).collect());
        let other = Wire {
            id: 5_000,
            ends: [0.0, 0.0, 300.0, 41.0],
        };
        tree.insert(other);
        assert_eq!(tree.len(), 5_001);
        assert!(tree.remove(&Wire { id: 17, ends }) && tree.remove(&other));
        assert_eq!(tree.len(), 4_999);
    }
}
