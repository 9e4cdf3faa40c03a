//! The spatial index: what is under the pointer, and what lies in a rectangle.

use std::collections::BTreeMap;

use rstar::{AABB, RTree, RTreeObject};
use thiserror::Error;

use crate::{NeuronHit, Rect, WireCurve, hit_neuron};

/// The largest coordinate, either way: beyond it an `f32` no longer resolves one scene unit.
pub const MAX_COORDINATE: f32 = 1e7;

/// A wire is indexed in parts of about this size, so that a point near its bounds but far from
/// the wire does not find it; in scene units.
const PART_SIZE: f32 = 96.0;

/// The most parts of one wire, which bounds the memory of very long ones.
const PARTS_MAX: u16 = 16;

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

/// An item's box in the tree: one for a node, one or more for a wire.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    item: Item,
    bounds: AABB<[f32; 2]>,
}

impl Part {
    fn new(item: Item, bounds: Rect) -> Self {
        Self {
            item,
            bounds: AABB::from_corners(bounds.min, bounds.max),
        }
    }

    fn of_node(id: u32, disc: Disc) -> impl Iterator<Item = Self> {
        std::iter::once(Self::new(
            Item::Node(id),
            Rect::around(disc.centre, disc.radius),
        ))
    }

    fn of_wire(id: u32, curve: WireCurve) -> impl Iterator<Item = Self> {
        let [width, height] = curve.bounds().size();
        // `as` saturates.
        let parts = ((width + height) / PART_SIZE).ceil() as u16;
        curve
            .part_bounds(parts.clamp(1, PARTS_MAX))
            .map(move |bounds| Self::new(Item::Wire(id), bounds))
    }
}

impl RTreeObject for Part {
    type Envelope = AABB<[f32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.bounds
    }
}

/// Where all nodes and wires are. What a question costs grows with what is near, not with the scene.
///
/// Every answer is the same whatever the order of insertion was.
#[derive(Clone, Debug, Default)]
pub struct SpatialIndex {
    tree: RTree<Part>,
    nodes: BTreeMap<u32, Disc>,
    wires: BTreeMap<u32, WireCurve>,
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
            .map(|(id, curve)| Ok((id, checked_curve(id, curve)?)))
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        let node_parts = nodes
            .iter()
            .flat_map(|(&id, &disc)| Part::of_node(id, disc));
        let wire_parts = wires
            .iter()
            .flat_map(|(&id, &curve)| Part::of_wire(id, curve));
        let tree = RTree::bulk_load(node_parts.chain(wire_parts).collect());
        Ok(Self { tree, nodes, wires })
    }

    /// Adds a node, or moves the one with this id. Refused, the scene stays as it was.
    pub fn insert_node(
        &mut self,
        id: u32,
        centre: [f32; 2],
        radius: f32,
    ) -> Result<(), OutOfScene> {
        let disc = checked_disc(id, centre, radius)?;
        self.remove(Item::Node(id));
        self.nodes.insert(id, disc);
        for part in Part::of_node(id, disc) {
            self.tree.insert(part);
        }
        Ok(())
    }

    /// Adds a wire, or moves the one with this id. Refused, the scene stays as it was.
    pub fn insert_wire(&mut self, id: u32, curve: WireCurve) -> Result<(), OutOfScene> {
        let curve = checked_curve(id, curve)?;
        self.remove(Item::Wire(id));
        self.wires.insert(id, curve);
        for part in Part::of_wire(id, curve) {
            self.tree.insert(part);
        }
        Ok(())
    }

    /// Removes an item; false if it was not there.
    pub fn remove(&mut self, item: Item) -> bool {
        match item {
            Item::Node(id) => {
                let Some(disc) = self.nodes.remove(&id) else {
                    return false;
                };
                for part in Part::of_node(id, disc) {
                    self.tree.remove(&part);
                }
            }
            Item::Wire(id) => {
                let Some(curve) = self.wires.remove(&id) else {
                    return false;
                };
                for part in Part::of_wire(id, curve) {
                    self.tree.remove(&part);
                }
            }
        }
        true
    }

    /// How many nodes and wires there are.
    pub fn len(&self) -> usize {
        self.nodes.len() + self.wires.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The smallest rectangle around everything; none around nothing. Costs the size of the scene.
    pub fn bounds(&self) -> Option<Rect> {
        let discs = self
            .nodes
            .values()
            .map(|disc| Rect::around(disc.centre, disc.radius));
        let curves = self.wires.values().map(WireCurve::bounds);
        Rect::enclosing(discs.chain(curves))
    }

    /// What the point hits: a node before any wire, the nearest of each, and of equally near ones
    /// the one with the smallest id. For nodes, near is the distance to the centre.
    ///
    /// `slop` is how far beside a thing still counts, in scene units: divide a pointer's slop in
    /// pixels by the zoom, and add half a wire's width where wires are thick. Less than 0 or NaN
    /// counts as 0.
    pub fn pick(&self, point: [f32; 2], slop: f32) -> Option<Hit> {
        let slop = slop.max(0.0);
        let near = self.items_around(Rect::around(point, slop));
        let nodes = near
            .iter()
            .filter_map(|&item| self.hit_node(item, point, slop));
        let nearest_node = nodes.min_by(|one, other| one.distance().total_cmp(&other.distance()));
        nearest_node.or_else(|| {
            let wires = near
                .iter()
                .filter_map(|&item| self.hit_wire(item, point, slop));
            wires.min_by(|one, other| one.distance().total_cmp(&other.distance()))
        })
    }

    /// Everything that the rectangle touches: nodes by their disc, wires by their curve (both
    /// without their width); nodes first, each by id.
    pub fn within(&self, rect: Rect) -> Vec<Item> {
        let mut items = self.items_around(rect);
        items.retain(|item| match item {
            Item::Node(id) => self
                .nodes
                .get(id)
                .is_some_and(|disc| rect.distance_to(disc.centre) <= disc.radius),
            Item::Wire(id) => self.wires.get(id).is_some_and(|curve| curve.touches(rect)),
        });
        items
    }

    /// The items with a part whose box meets the rectangle: nodes first, each once, by id.
    fn items_around(&self, rect: Rect) -> Vec<Item> {
        let coordinates = [rect.min, rect.max];
        if coordinates.as_flattened().iter().any(|c| c.is_nan()) {
            return Vec::new();
        }
        let envelope = AABB::from_corners(rect.min, rect.max);
        let mut items: Vec<Item> = self
            .tree
            .locate_in_envelope_intersecting(envelope)
            .map(|part| part.item)
            .collect();
        items.sort_unstable();
        items.dedup();
        items
    }

    fn hit_node(&self, item: Item, point: [f32; 2], slop: f32) -> Option<Hit> {
        let Item::Node(id) = item else { return None };
        let Disc { centre, radius } = *self.nodes.get(&id)?;
        let part = hit_neuron(centre, radius, point, slop)?;
        let distance = (point[0] - centre[0]).hypot(point[1] - centre[1]);
        Some(Hit::Node { id, part, distance })
    }

    fn hit_wire(&self, item: Item, point: [f32; 2], slop: f32) -> Option<Hit> {
        let Item::Wire(id) = item else { return None };
        let nearest = self.wires.get(&id)?.nearest(point);
        (nearest.distance <= slop).then_some(Hit::Wire {
            id,
            t: nearest.t,
            distance: nearest.distance,
        })
    }
}

impl Hit {
    /// The distance by which hits of one sort are compared, in scene units.
    pub fn distance(&self) -> f32 {
        match *self {
            Self::Node { distance, .. } | Self::Wire { distance, .. } => distance,
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

fn checked_curve(id: u32, curve: WireCurve) -> Result<WireCurve, OutOfScene> {
    let [from, _, _, to] = curve.control_points();
    if is_in_scene(&from) && is_in_scene(&to) {
        Ok(curve)
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

    #[test]
    fn in_a_large_scene_only_what_is_near_is_looked_at() {
        let scene = large_scene();
        assert_eq!(scene.len(), 101 * 100 + 40_000);
        let near = scene.items_around(Rect::around([9_090.0, 4_030.0], 6.0));
        assert!((1..=16).contains(&near.len()), "{near:?}");
    }

    #[test]
    fn a_long_diagonal_wire_is_not_found_from_the_corner_of_its_bounds() {
        let mut scene = SpatialIndex::default();
        let curve = WireCurve::between([0.0, 0.0], [2_000.0, 2_000.0]);
        scene.insert_wire(1, curve).expect("within the scene");
        assert!(
            scene
                .items_around(Rect::around([1_900.0, 100.0], 6.0))
                .is_empty()
        );
    }

    #[test]
    fn moving_and_removing_leaves_no_part_behind() {
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
        assert_eq!(scene.tree.size(), 0);
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
