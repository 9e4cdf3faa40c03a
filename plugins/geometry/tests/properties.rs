//! Properties of curves and of the index, checked against dense sampling and brute force.

use std::collections::BTreeMap;

use geometry::{Item, Rect, SpatialIndex, WireCurve, hit_neuron};
use proptest::collection::vec;
use proptest::num::f32::ANY;
use proptest::prelude::*;

fn point() -> impl Strategy<Value = [f32; 2]> {
    [-600.0f32..600.0, -600.0f32..600.0]
}

/// Every number there is, NaN and the infinities too.
fn anywhere() -> impl Strategy<Value = [f32; 2]> {
    [ANY, ANY]
}

fn curve() -> impl Strategy<Value = WireCurve> {
    (point(), point()).prop_map(|(from, to)| WireCurve::between(from, to))
}

fn distance(one: [f32; 2], other: [f32; 2]) -> f32 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

fn index(nodes: &[([f32; 2], f32)], wires: &[WireCurve]) -> SpatialIndex {
    let mut index = SpatialIndex::default();
    for (id, &(centre, radius)) in (0..).zip(nodes) {
        index
            .insert_node(id, centre, radius)
            .expect("the point is near the origin");
    }
    for (id, &curve) in (0..).zip(wires) {
        index
            .insert_wire(id, curve)
            .expect("the curve is near the origin");
    }
    index
}

/// What `pick` promises, by looking at everything.
fn brute_force_pick(
    nodes: &[([f32; 2], f32)],
    wires: &[WireCurve],
    point: [f32; 2],
    slop: f32,
) -> Option<Item> {
    let node = (0..)
        .zip(nodes)
        .filter(|(_, (centre, radius))| hit_neuron(*centre, *radius, point, slop).is_some())
        .min_by(|(_, one), (_, other)| distance(one.0, point).total_cmp(&distance(other.0, point)))
        .map(|(id, _)| Item::Node(id));
    let wire = (0..)
        .zip(wires)
        .map(|(id, wire)| (id, wire.distance_to(point)))
        .filter(|(_, distance)| *distance <= slop)
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(id, _)| Item::Wire(id));
    node.or(wire)
}

/// A change of a scene.
#[derive(Clone, Debug)]
enum Change {
    Node(u32, [f32; 2], f32),
    Wire(u32, [f32; 2], [f32; 2]),
    Remove(Item),
    Rebuild,
}

/// Few ids and a coarse grid: things move often, lie on each other, and tie.
fn change() -> impl Strategy<Value = Change> {
    let cell = || [-6i8..6, -40i8..40].prop_map(|[x, y]| [f32::from(x) * 70.0, f32::from(y) * 9.0]);
    prop_oneof![
        3 => (0u32..12, cell(), 0.0f32..40.0).prop_map(|(id, at, radius)| Change::Node(id, at, radius)),
        24 => (0u32..120, cell(), cell()).prop_map(|(id, from, to)| Change::Wire(id, from, to)),
        1 => (0u32..12).prop_map(|id| Change::Remove(Item::Node(id))),
        6 => (0u32..120).prop_map(|id| Change::Remove(Item::Wire(id))),
        1 => Just(Change::Rebuild),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_wire_leaves_and_enters_horizontally_at_its_ends(from in point(), to in point()) {
        prop_assume!(distance(from, to) > 1e-3);
        let curve = WireCurve::between(from, to);
        prop_assert_eq!(curve.point(0.0), from);
        prop_assert_eq!(curve.point(1.0), to);
        for t in [0.0, 1.0] {
            let [x, y] = curve.tangent(t);
            prop_assert!((x - 1.0).abs() < 1e-6 && y.abs() < 1e-6, "{x} {y} at {t}");
        }
    }

    #[test]
    fn a_wire_to_the_right_never_turns_back_when_it_has_room(
        from in point(), dx in 128.0f32..2000.0, dy in -600.0f32..600.0,
    ) {
        let curve = WireCurve::between(from, [from[0] + dx, from[1] + dy]);
        let points: Vec<_> = curve.polyline(64).collect();
        prop_assert!(points.windows(2).all(|pair| pair[1][0] >= pair[0][0]));
    }

    #[test]
    fn bounds_contain_every_sample_and_touch_the_curve(curve in curve()) {
        let bounds = curve.bounds();
        let samples: Vec<_> = curve.polyline(400).collect();
        for &sample in &samples {
            prop_assert!(bounds.contains(sample), "{sample:?} outside {bounds:?}");
        }
        for axis in 0..2 {
            let low = samples.iter().map(|s| s[axis]).fold(f32::INFINITY, f32::min);
            let high = samples.iter().map(|s| s[axis]).fold(f32::NEG_INFINITY, f32::max);
            prop_assert!(low - bounds.min[axis] < 0.1 && bounds.max[axis] - high < 0.1);
        }
    }

    #[test]
    fn the_distance_is_that_of_dense_samples(curve in curve(), at in point()) {
        let samples: Vec<_> = curve.polyline(4000).collect();
        let sampled = samples.iter().map(|&s| distance(s, at)).fold(f32::INFINITY, f32::min);
        let gap = samples.windows(2).map(|w| distance(w[0], w[1])).fold(0.0, f32::max);
        let exact = curve.distance_to(at);
        prop_assert!(exact <= sampled + 1e-3, "{exact} but a sample is {sampled} away");
        prop_assert!(sampled <= exact + gap, "{exact} but samples are {sampled} away");
        let nearest = curve.nearest(at);
        let reached = distance(curve.point(nearest.t), at);
        prop_assert!((reached - nearest.distance).abs() < 1e-2, "{reached} at {nearest:?}");
    }

    #[test]
    fn the_length_is_that_of_a_fine_polyline(curve in curve()) {
        let points: Vec<_> = curve.polyline(2000).collect();
        let walked: f32 = points.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
        let length = curve.length();
        prop_assert!((length - walked).abs() <= 0.002 * walked + 0.01, "{length} is not {walked}");
    }

    #[test]
    fn picking_equals_looking_at_everything(
        nodes in vec((point(), 0.0f32..40.0), 0..20),
        wires in vec(curve(), 0..40),
        at in vec(point(), 16),
        slop in 0.0f32..60.0,
    ) {
        let index = index(&nodes, &wires);
        for at in at {
            let picked = index.pick(at, slop).map(|hit| hit.item());
            prop_assert_eq!(picked, brute_force_pick(&nodes, &wires, at, slop));
        }
    }

    #[test]
    fn after_any_changes_every_answer_is_that_of_looking_at_everything(
        changes in vec(change(), 0..400),
        at in vec(point(), 4),
        slop in prop_oneof![0.0f32..60.0, 60.0f32..3000.0, Just(f32::INFINITY)],
    ) {
        let (mut nodes, mut wires) = (BTreeMap::new(), BTreeMap::new());
        let mut index = SpatialIndex::default();
        for change in changes {
            match change {
                Change::Node(id, at, radius) => {
                    index.insert_node(id, at, radius).expect("the point is near the origin");
                    nodes.insert(id, (at, radius));
                }
                Change::Wire(id, from, to) => {
                    let curve = WireCurve::between(from, to);
                    index.insert_wire(id, curve).expect("the curve is near the origin");
                    wires.insert(id, curve);
                }
                Change::Remove(item) => {
                    let was_there = match item {
                        Item::Node(id) => nodes.remove(&id).is_some(),
                        Item::Wire(id) => wires.remove(&id).is_some(),
                    };
                    prop_assert_eq!(index.remove(item), was_there);
                }
                Change::Rebuild => {
                    index = SpatialIndex::from_scene(
                        nodes.iter().map(|(&id, &(at, radius))| (id, at, radius)),
                        wires.iter().map(|(&id, &curve)| (id, curve)),
                    ).expect("the scene is near the origin");
                }
            }
            prop_assert_eq!(index.len(), nodes.len() + wires.len());
        }
        for at in at {
            let node = nodes
                .iter()
                .filter(|(_, (centre, radius))| hit_neuron(*centre, *radius, at, slop).is_some())
                .min_by(|(_, one), (_, other)| distance(one.0, at).total_cmp(&distance(other.0, at)))
                .map(|(&id, _)| Item::Node(id));
            let wire = wires
                .iter()
                .map(|(&id, wire)| (id, wire.distance_to(at)))
                .filter(|(_, distance)| *distance <= slop)
                .min_by(|one, other| one.1.total_cmp(&other.1))
                .map(|(id, _)| Item::Wire(id));
            prop_assert_eq!(index.pick(at, slop).map(|hit| hit.item()), node.or(wire));
            for &id in nodes.keys() {
                index.remove(Item::Node(id));
            }
            prop_assert_eq!(index.pick(at, slop).map(|hit| hit.item()), wire);
            for (&id, &(centre, radius)) in &nodes {
                index.insert_node(id, centre, radius).expect("it was there before");
            }
            let rect = Rect::around(at, slop.min(200.0));
            let touching_nodes = nodes
                .iter()
                .filter(|(_, (centre, radius))| rect.distance_to(*centre) <= *radius)
                .map(|(&id, _)| Item::Node(id));
            let touching_wires = wires
                .iter()
                .filter(|(_, wire)| wire.touches(rect))
                .map(|(&id, _)| Item::Wire(id));
            let touching: Vec<_> = touching_nodes.chain(touching_wires).collect();
            prop_assert_eq!(index.within(rect), touching);
        }
        let discs = nodes.values().map(|&(centre, radius)| Rect::around(centre, radius));
        let curves = wires.values().map(WireCurve::bounds);
        prop_assert_eq!(index.bounds(), Rect::enclosing(discs.chain(curves)));
    }

    #[test]
    fn a_rectangle_finds_what_has_a_sample_in_it_and_nothing_that_is_clear_of_it(
        nodes in vec((point(), 0.0f32..40.0), 0..20),
        wires in vec(curve(), 0..20),
        one in point(),
        other in point(),
    ) {
        let rect = Rect::from_corners(one, other);
        let found = index(&nodes, &wires).within(rect);
        for (id, &(centre, radius)) in (0..).zip(&nodes) {
            let expected = rect.distance_to(centre) <= radius;
            prop_assert_eq!(found.contains(&Item::Node(id)), expected);
        }
        for (id, wire) in (0..).zip(&wires) {
            let nearest = wire.polyline(2000).map(|s| rect.distance_to(s)).fold(f32::MAX, f32::min);
            let is_found = found.contains(&Item::Wire(id));
            prop_assert!(is_found || nearest > 0.0, "wire {id} was missed");
            prop_assert!(!is_found || nearest < 2.0, "wire {id} is {nearest} away");
        }
        prop_assert!(found.is_sorted());
    }

    #[test]
    fn loading_a_whole_scene_answers_like_inserting_in_any_order(
        nodes in vec((point(), 0.0f32..40.0), 1..10),
        wires in vec(curve(), 1..20),
        at in point(),
    ) {
        let inserted = index(&nodes, &wires);
        let loaded = SpatialIndex::from_scene(
            (0..).zip(&nodes).map(|(id, node)| (id, node.0, node.1)).collect::<Vec<_>>().into_iter().rev(),
            (0..).zip(wires.iter().copied()),
        ).expect("the scene is near the origin");
        prop_assert_eq!(inserted.pick(at, 80.0), loaded.pick(at, 80.0));
        let rect = Rect::around(at, 150.0);
        prop_assert_eq!(inserted.within(rect), loaded.within(rect));
        prop_assert_eq!(inserted.bounds(), loaded.bounds());
    }

    #[test]
    fn no_number_whatever_makes_anything_panic(
        from in anywhere(), to in anywhere(), at in anywhere(),
        slop in ANY, radius in ANY,
    ) {
        let curve = WireCurve::between(from, to);
        let nearest = curve.nearest(at);
        prop_assert!((0.0..=1.0).contains(&nearest.t));
        let [x, y] = curve.tangent(nearest.t);
        prop_assert!((x.hypot(y) - 1.0).abs() < 1e-3);
        let length = curve.length();
        prop_assert!(length.is_nan() || length >= 0.0);
        let rect = Rect::from_corners(at, to);
        let is_touched = curve.touches(rect);
        prop_assert!(curve.is_finite() || !is_touched);
        let framing = geometry::fit(curve.bounds(), at, slop);
        prop_assert!((geometry::FIT_SCALE_MIN..=geometry::FIT_SCALE_MAX).contains(&framing.scale));
        let mut index = SpatialIndex::default();
        let added = usize::from(index.insert_node(1, from, radius).is_ok())
            + usize::from(index.insert_wire(1, curve).is_ok());
        prop_assert_eq!(index.len(), added);
        prop_assert!(index.within(rect).len() <= added);
        prop_assert!(added > 0 || index.pick(at, slop).is_none());
    }
}

#[test]
fn a_wire_between_equal_points_is_that_point() {
    let curve = WireCurve::between([3.0, 4.0], [3.0, 4.0]);
    assert_eq!(curve.point(0.5), [3.0, 4.0]);
    assert_eq!(curve.distance_to([0.0, 0.0]), 5.0);
    assert_eq!(curve.tangent(0.5), [1.0, 0.0]);
    assert_eq!(curve.length(), 0.0);
}

#[test]
fn a_wire_to_the_left_swings_out_on_both_sides() {
    let curve = WireCurve::between([100.0, 0.0], [-100.0, 150.0]);
    let bounds = curve.bounds();
    assert!(
        bounds.max[0] > 110.0 && bounds.min[0] < -110.0,
        "{bounds:?}"
    );
    assert_eq!(curve.point(0.5), [0.0, 75.0]);
}

#[test]
fn handles_follow_the_documented_formula() {
    let handle = |to| {
        let [from, leave, enter, end] = WireCurve::between([0.0, 0.0], to).control_points();
        assert_eq!((from, end), ([0.0, 0.0], to));
        assert_eq!((leave[1], enter[1]), (0.0, to[1]));
        assert_eq!(leave[0], to[0] - enter[0]);
        leave[0]
    };
    assert_eq!(handle([400.0, 30.0]), 200.0);
    assert_eq!(handle([-400.0, 30.0]), 200.0);
    assert_eq!(handle([0.0, 300.0]), 64.0);
    assert_eq!(handle([6.0, 8.0]), 5.0);
}
