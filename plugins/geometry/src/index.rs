//! The spatial index: what is under the pointer, and what lies in a rectangle.

use std::collections::BTreeMap;

use rstar::{AABB, PointDistance, RTree, RTreeObject};
use thiserror::Error;

use crate::wire_tree::{Wire, WireTree};
use crate::{NeuronHit, Rect, WireCurve, hit_neuron};

/// The largest coordinate, either way: beyond it an `f32` no longer resolves one scene unit.
pub const MAX_COORDINATE: f32 = 1e7;

/// How near a wire is first sought, in scene units, and by how much farther each time that none
/// was found: where wires are many, one is near, and the others need not be looked at.
const FIRST_REACH: f32 = 0.25;
const REACH_GROWTH: f32 = 2.0;

/// Squares of distances are rounded: how much farther an equally near disc may seem.
const ROUNDING: f32 = 1.0 + 1e-5;

/// A thing in the scene. Nodes and wires are numbered independently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A node, by its id.
    Node(u32),
    /// A wire, by its id.
    Wire(u32),
}

/// What a point hits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hit {
    /// A node.
    Node {
        /// Its id.
        id: u32,
        /// Its body or its rim.
        part: NeuronHit,
        /// From its centre, in scene units.
        distance: f32,
    },
    /// A wire.
    Wire {
        /// Its id.
        id: u32,
        /// Where on the curve the nearest point lies, in 0..=1.
        t: f32,
        /// From that point, in scene units.
        distance: f32,
    },
}

/// Something does not fit into the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "{item:?} does not fit into the scene: its coordinates must be finite and within ±{MAX_COORDINATE:e}"
)]
pub struct OutOfScene {
    /// What does not fit.
    pub item: Item,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Disc {
    centre: [f32; 2],
    radius: f32,
}

/// A node in its tree.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    id: u32,
    disc: Disc,
}

impl RTreeObject for Part {
    type Envelope = AABB<[f32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        let Rect { min, max } = Rect::around(self.disc.centre, self.disc.radius);
        AABB::from_corners(min, max)
    }
}

impl PointDistance for Part {
    /// To the centre, which lies in the envelope.
    fn distance_2(&self, point: &[f32; 2]) -> f32 {
        let [x, y] = [0, 1].map(|axis| point[axis] - self.disc.centre[axis]);
        x * x + y * y
    }
}

/// Where all nodes and wires are. What a question costs grows with what is near, not with the scene.
///
/// Every answer is the same whatever the order of insertion was.
#[derive(Clone, Debug, Default)]
pub struct SpatialIndex {
    nodes: BTreeMap<u32, Disc>,
    node_tree: RTree<Part>,
    /// At least the largest radius of a node.
    radius_max: f32,
    /// Where each wire begins and ends: x0, y0, x1, y1.
    wires: BTreeMap<u32, [f32; 4]>,
    wire_tree: WireTree,
}

impl SpatialIndex {
    /// An index of a whole scene: several times faster than inserting one by one. Nodes are
    /// (id, centre, radius). Of an id given twice the last counts.
    pub fn from_scene(
        nodes: impl IntoIterator<Item = (u32, [f32; 2], f32)>,
        wires: impl IntoIterator<Item = (u32, WireCurve)>,
    ) -> Result<Self, OutOfScene> {
        let nodes = nodes
            .into_iter()
            .map(|(id, centre, radius)| Ok((id, checked_disc(id, centre, radius)?)))
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        let wires = wires
            .into_iter()
            .map(|(id, curve)| Ok((id, checked_wire(id, &curve)?.ends)))
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        let parts = nodes.iter().map(|(&id, &disc)| Part { id, disc });
        let node_tree = RTree::bulk_load(parts.collect());
        let wire_tree = WireTree::new(wires.iter().map(|(&id, &ends)| Wire { id, ends }).collect());
        Ok(Self {
            radius_max: nodes.values().map(|disc| disc.radius).fold(0.0, f32::max),
            nodes,
            node_tree,
            wires,
            wire_tree,
        })
    }

    /// Adds a node, or moves the one with this id. Refused, the scene stays as it was.
    pub fn insert_node(
        &mut self,
        id: u32,
        centre: [f32; 2],
        radius: f32,
    ) -> Result<(), OutOfScene> {
        let disc = checked_disc(id, centre, radius)?;
        if let Some(disc) = self.nodes.insert(id, disc) {
            self.node_tree.remove(&Part { id, disc });
        }
        self.node_tree.insert(Part { id, disc });
        self.radius_max = self.radius_max.max(radius);
        Ok(())
    }

    /// Adds a wire, or moves the one with this id. Refused, the scene stays as it was.
    pub fn insert_wire(&mut self, id: u32, curve: WireCurve) -> Result<(), OutOfScene> {
        let wire = checked_wire(id, &curve)?;
        if let Some(ends) = self.wires.insert(id, wire.ends) {
            self.wire_tree.remove(&Wire { id, ends });
        }
        self.wire_tree.insert(wire);
        Ok(())
    }

    /// Removes an item; false if it was not there.
    pub fn remove(&mut self, item: Item) -> bool {
        match item {
            Item::Node(id) => self
                .nodes
                .remove(&id)
                .is_some_and(|disc| self.node_tree.remove(&Part { id, disc }).is_some()),
            Item::Wire(id) => self
                .wires
                .remove(&id)
                .is_some_and(|ends| self.wire_tree.remove(&Wire { id, ends })),
        }
    }

    /// How many nodes and wires there are.
    pub fn len(&self) -> usize {
        self.nodes.len() + self.wires.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The smallest rectangle around everything; none around nothing.
    pub fn bounds(&self) -> Option<Rect> {
        let envelope = self.node_tree.root().envelope();
        let discs = (!self.nodes.is_empty()).then(|| Rect {
            min: envelope.lower(),
            max: envelope.upper(),
        });
        Rect::enclosing(discs.into_iter().chain(self.wire_tree.bounds()))
    }

    /// What the point hits: a node before any wire, the nearest of each, and of equally near ones
    /// the one with the smallest id. For nodes, near is the distance to the centre.
    ///
    /// `slop` is how far beside a thing still counts, in scene units: divide a pointer's slop in
    /// pixels by the zoom, and add half a wire's width where wires are thick. Less than 0 or NaN
    /// counts as 0.
    pub fn pick(&self, point: [f32; 2], slop: f32) -> Option<Hit> {
        if !point.iter().all(|c| c.is_finite()) {
            return None;
        }
        let slop = slop.max(0.0);
        self.pick_node(point, slop)
            .or_else(|| self.pick_wire(point, slop))
    }

    /// Everything that the rectangle touches: nodes by their disc, wires by their curve (both
    /// without their width); nodes first, each by id.
    pub fn within(&self, rect: Rect) -> Vec<Item> {
        let coordinates = [rect.min, rect.max];
        if coordinates.as_flattened().iter().any(|c| c.is_nan()) {
            return Vec::new();
        }
        let envelope = AABB::from_corners(rect.min, rect.max);
        let parts = self.node_tree.locate_in_envelope_intersecting(envelope);
        let mut items: Vec<Item> = parts
            .filter(|Part { disc, .. }| rect.distance_to(disc.centre) <= disc.radius)
            .map(|part| Item::Node(part.id))
            .collect();
        let area = Rect::from_corners(rect.min, rect.max);
        self.wire_tree.visit(area, &mut |wire| {
            if wire.curve().touches(rect) {
                items.push(Item::Wire(wire.id));
            }
            area
        });
        items.sort_unstable();
        items
    }

    fn pick_node(&self, point: [f32; 2], slop: f32) -> Option<Hit> {
        let mut nearest: Option<Hit> = None;
        for (part, distance_2) in self.node_tree.nearest_neighbor_iter_with_distance_2(point) {
            let reach = nearest.map_or(self.radius_max + slop, |hit| hit.distance());
            if distance_2.sqrt() > reach * ROUNDING {
                break;
            }
            let Part { id, disc } = *part;
            if let Some(part) = hit_neuron(disc.centre, disc.radius, point, slop) {
                let distance = (point[0] - disc.centre[0]).hypot(point[1] - disc.centre[1]);
                nearest = Some(Hit::Node { id, part, distance }.or_nearer(nearest));
            }
        }
        nearest
    }

    fn pick_wire(&self, point: [f32; 2], slop: f32) -> Option<Hit> {
        let mut nearest: Option<Hit> = None;
        let mut reach = slop.min(FIRST_REACH);
        loop {
            self.wire_tree
                .visit(Rect::around(point, reach), &mut |wire| {
                    let place = wire.curve().nearest(point);
                    if place.distance <= slop {
                        let hit = Hit::Wire {
                            id: wire.id,
                            t: place.t,
                            distance: place.distance,
                        };
                        nearest = Some(hit.or_nearer(nearest));
                    }
                    let reach = nearest.map_or(reach, |hit| hit.distance().min(reach));
                    Rect::around(point, reach)
                });
            match nearest {
                // One beyond the reach may have been met by chance, before nearer ones.
                Some(hit) if hit.distance() > reach => reach = hit.distance(),
                None if reach < slop && !self.wires.is_empty() => {
                    reach = (reach * REACH_GROWTH).min(slop);
                }
                _ => return nearest,
            }
        }
    }
}

impl Hit {
    /// The distance by which hits of one sort are compared, in scene units.
    pub fn distance(&self) -> f32 {
        match *self {
            Self::Node { distance, .. } | Self::Wire { distance, .. } => distance,
        }
    }

    /// This hit or the other: the nearer one, of equally near ones that with the smaller id.
    fn or_nearer(self, other: Option<Self>) -> Self {
        match other {
            Some(other) => {
                let order = self.distance().total_cmp(&other.distance());
                let is_nearer = order.then(self.item().cmp(&other.item())).is_lt();
                if is_nearer { self } else { other }
            }
            None => self,
        }
    }

    /// What was hit.
    pub fn item(&self) -> Item {
        match *self {
            Self::Node { id, .. } => Item::Node(id),
            Self::Wire { id, .. } => Item::Wire(id),
        }
    }
}

fn checked_disc(id: u32, centre: [f32; 2], radius: f32) -> Result<Disc, OutOfScene> {
    if is_in_scene(&[centre[0], centre[1], radius]) && radius >= 0.0 {
        Ok(Disc { centre, radius })
    } else {
        Err(OutOfScene {
            item: Item::Node(id),
        })
    }
}

fn checked_wire(id: u32, curve: &WireCurve) -> Result<Wire, OutOfScene> {
    let wire = Wire::new(id, curve);
    if is_in_scene(&wire.ends) {
        Ok(wire)
    } else {
        Err(OutOfScene {
            item: Item::Wire(id),
        })
    }
}

fn is_in_scene(coordinates: &[f32]) -> bool {
    coordinates.iter().all(|c| c.abs() <= MAX_COORDINATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 101 columns of 100 nodes, every node wired to the four nearest of the next column.
    fn large_scene() -> SpatialIndex {
        let place = |column: u32, row: u32| [column as f32 * 180.0, row as f32 * 80.0];
        let nodes = (0..101 * 100).map(|n| (n, place(n / 100, n % 100), 26.0));
        let wires = (0..100 * 100 * 4).map(|w| {
            let (column, row, next) = (w / 400, w / 4 % 100, (w / 4 + w % 4) % 100);
            (
                w,
                WireCurve::between(place(column, row), place(column + 1, next)),
            )
        });
        SpatialIndex::from_scene(nodes, wires).expect("the scene is small")
    }

    /// How many wires are looked at closely in a rectangle.
    fn looked_at(scene: &SpatialIndex, rect: Rect) -> usize {
        let mut count = 0;
        scene.wire_tree.visit(rect, &mut |_| {
            count += 1;
            rect
        });
        count
    }

    #[test]
    fn in_a_large_scene_only_what_is_near_is_looked_at() {
        let scene = large_scene();
        assert_eq!(scene.len(), 101 * 100 + 40_000);
        let near = looked_at(&scene, Rect::around([9_090.0, 4_030.0], 6.0));
        assert!((1..=16).contains(&near), "{near}");
    }

    #[test]
    fn a_long_diagonal_wire_is_not_found_from_the_corner_of_its_bounds() {
        let mut scene = SpatialIndex::default();
        let curve = WireCurve::between([0.0, 0.0], [2_000.0, 2_000.0]);
        scene.insert_wire(1, curve).expect("within the scene");
        assert_eq!(looked_at(&scene, Rect::around([1_900.0, 100.0], 6.0)), 0);
    }

    #[test]
    fn moving_and_removing_leaves_nothing_behind() {
        let mut scene = SpatialIndex::default();
        for step in 0..20 {
            let x = step as f32 * 37.0;
            scene
                .insert_node(1, [x, 0.0], 26.0)
                .expect("within the scene");
            let curve = WireCurve::between([x, 0.0], [900.0, 300.0]);
            scene.insert_wire(1, curve).expect("within the scene");
        }
        assert_eq!(scene.len(), 2);
        assert!(scene.remove(Item::Node(1)) && scene.remove(Item::Wire(1)));
        assert!(!scene.remove(Item::Wire(1)));
        assert_eq!((scene.node_tree.size(), scene.wire_tree.len()), (0, 0));
        assert_eq!(scene.bounds(), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_named_and_changes_nothing() {
        let mut scene = SpatialIndex::default();
        scene
            .insert_node(3, [1.0, 2.0], 26.0)
            .expect("within the scene");
        let error = scene
            .insert_node(3, [f32::NAN, 0.0], 26.0)
            .expect_err("NaN is nowhere");
        assert_eq!(error.item, Item::Node(3));
        assert!(
            error.to_string().starts_with("Node(3) does not fit"),
            "{error}"
        );
        assert!(scene.insert_node(4, [0.0; 2], -1.0).is_err());
        assert!(scene.insert_node(4, [2e7, 0.0], 1.0).is_err());
        let endless = WireCurve::between([0.0; 2], [f32::INFINITY, 0.0]);
        assert!(scene.insert_wire(5, endless).is_err());
        assert_eq!(
            scene.pick([1.0, 2.0], 0.0).map(|hit| hit.item()),
            Some(Item::Node(3))
        );
        assert_eq!(scene.len(), 1);
    }

    #[test]
    fn a_pointer_that_is_nowhere_picks_nothing_and_an_endless_slop_finds_the_nearest() {
        let mut scene = SpatialIndex::default();
        scene
            .insert_node(1, [0.0, 0.0], 26.0)
            .expect("within the scene");
        scene
            .insert_node(2, [500.0, 0.0], 26.0)
            .expect("within the scene");
        assert_eq!(scene.pick([f32::NAN, 0.0], 6.0), None);
        assert_eq!(scene.pick([f32::INFINITY, 0.0], f32::INFINITY), None);
        let hit = scene.pick([300.0, 0.0], f32::INFINITY);
        assert_eq!(hit.map(|hit| hit.item()), Some(Item::Node(2)));
        assert_eq!(scene.pick([30.0, 0.0], f32::NAN), None);
    }
}
