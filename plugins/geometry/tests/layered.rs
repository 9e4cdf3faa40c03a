//! The layered layout: who stands where, how close, and how few wires cross.

use std::collections::{BTreeMap, BTreeSet};

use geometry::{LayoutNode, Rank, Spacing, WireCurve, layered};
use proptest::collection::vec;
use proptest::prelude::*;

const SIZE: f32 = 52.0;

fn node(id: u32, rank: Rank, position: [f32; 2]) -> LayoutNode {
    LayoutNode {
        id,
        rank,
        height: SIZE,
        position,
    }
}

/// A dense layered network as it is drawn by hand, first neurons on top; ids count up.
fn dense(layers: &[u32]) -> (Vec<LayoutNode>, Vec<(u32, u32)>) {
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    let mut previous = 0..0;
    for (column, &count) in layers.iter().enumerate() {
        let rank = match column {
            0 => Rank::Input,
            _ if column + 1 == layers.len() => Rank::Output,
            _ => Rank::Hidden,
        };
        let first = nodes.len() as u32;
        for row in 0..count {
            let position = [column as f32 * 220.0, row as f32 * -70.0];
            nodes.push(node(first + row, rank, position));
        }
        for from in previous {
            edges.extend((first..first + count).map(|to| (from, to)));
        }
        previous = first..first + count;
    }
    (nodes, edges)
}

/// Places by id.
fn placed(nodes: &[LayoutNode], edges: &[(u32, u32)], spacing: Spacing) -> BTreeMap<u32, [f32; 2]> {
    layered(nodes, edges, spacing).into_iter().collect()
}

/// How many pairs of edges cross that run between the same two columns.
fn crossings(places: &BTreeMap<u32, [f32; 2]>, edges: &[(u32, u32)]) -> usize {
    let lines: Vec<_> = edges.iter().map(|(a, b)| (places[a], places[b])).collect();
    let is_crossing = |(a, b): ([f32; 2], [f32; 2]), (c, d): ([f32; 2], [f32; 2])| {
        a[0] == c[0] && b[0] == d[0] && a[1] < c[1] && b[1] > d[1]
    };
    let crossed_by = |&one| {
        lines
            .iter()
            .filter(|&&other| is_crossing(one, other))
            .count()
    };
    lines.iter().map(crossed_by).sum()
}

fn current(nodes: &[LayoutNode]) -> BTreeMap<u32, [f32; 2]> {
    nodes.iter().map(|node| (node.id, node.position)).collect()
}

fn network() -> impl Strategy<Value = (Vec<LayoutNode>, Vec<(u32, u32)>)> {
    let rank = prop_oneof![
        2 => Just(Rank::Input),
        6 => Just(Rank::Hidden),
        2 => Just(Rank::Output),
    ];
    let place = [-5i8..5, -5i8..5].prop_map(|[x, y]| [f32::from(x) * 90.0, f32::from(y) * 70.0]);
    let nodes = vec((rank, place, 0.0f32..200.0), 0..30).prop_map(|parts| {
        let node = |(id, (rank, position, height))| LayoutNode {
            id,
            rank,
            height,
            position,
        };
        (0..).map(|i| i * 3).zip(parts).map(node).collect()
    });
    (nodes, vec((0u32..90, 0u32..90), 0..120))
}

fn spacing() -> impl Strategy<Value = Spacing> {
    (
        20.0f32..300.0,
        5.0f32..60.0,
        prop_oneof![Just(None), (0usize..12).prop_map(Some)],
    )
        .prop_map(|(layer_gap, row_gap, max_column)| Spacing {
            layer_gap,
            row_gap,
            max_column,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_two_neurons_are_closer_than_the_spacing(
        (nodes, edges) in network(), spacing in spacing(),
    ) {
        let places = layered(&nodes, &edges, spacing);
        prop_assert!(places.iter().map(|place| place.0).eq(nodes.iter().map(|node| node.id)));
        for (i, one) in nodes.iter().enumerate() {
            for (j, other) in nodes.iter().enumerate().skip(i + 1) {
                let room = 0.5 * (one.height + other.height);
                let apart = |axis: usize| (places[i].1[axis] - places[j].1[axis]).abs() - room;
                let free = apart(0).max(apart(1));
                let gap = spacing.row_gap.min(spacing.layer_gap);
                prop_assert!(free > gap - 0.01, "{free} between {one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn inputs_stand_first_outputs_last_and_edges_run_to_the_right_unless_delayed(
        (nodes, edges) in network(),
    ) {
        let spacing = Spacing { max_column: None, ..Spacing::default() };
        let places = placed(&nodes, &edges, spacing);
        let rank_of: BTreeMap<_, _> = nodes.iter().map(|node| (node.id, node.rank)).collect();
        let edges: Vec<_> = edges
            .into_iter()
            .filter(|(from, to)| {
                let (from, to) = (rank_of.get(from), rank_of.get(to));
                from.is_some_and(|&rank| rank != Rank::Output)
                    && to.is_some_and(|&rank| rank != Rank::Input)
            })
            .collect();
        // Brute force: whether one neuron feeds the other by any way.
        let reaches = |from: u32, to: u32| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(at) = open.pop() {
                for edge in edges.iter().filter(|edge| edge.0 == at) {
                    if seen.insert(edge.1) {
                        open.push(edge.1);
                    }
                }
            }
            seen.contains(&to)
        };
        for &(from, to) in &edges {
            let is_delayed = reaches(to, from);
            prop_assert!(is_delayed || places[&from][0] < places[&to][0], "{from} to {to}");
        }
        for one in &nodes {
            for other in &nodes {
                let (x, other_x) = (places[&one.id][0], places[&other.id][0]);
                match (one.rank, other.rank) {
                    (Rank::Input, Rank::Hidden | Rank::Output) | (Rank::Hidden, Rank::Output) => {
                        prop_assert!(x < other_x, "{one:?} and {other:?}");
                    }
                    (Rank::Input, Rank::Input) | (Rank::Output, Rank::Output) => {
                        // Columns are centred on their largest neuron.
                        prop_assert_eq!(x, other_x);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_edges_does_not_matter(
        ((nodes, edges), shuffled) in network().prop_flat_map(|(nodes, edges)| {
            let shuffled = Just(edges.clone()).prop_shuffle();
            (Just((nodes, edges)), shuffled)
        }),
    ) {
        let twice: Vec<_> = shuffled.iter().chain(&edges).copied().collect();
        let spacing = Spacing::default();
        let places = layered(&nodes, &edges, spacing);
        prop_assert_eq!(&places, &layered(&nodes, &shuffled, spacing));
        prop_assert_eq!(&places, &layered(&nodes, &twice, spacing));
    }

    #[test]
    fn a_layered_network_crosses_no_more_than_it_did(
        sizes in vec(1u32..7, 2..5), kept in vec(any::<bool>(), 200), rows in vec(0i8..20, 40),
    ) {
        let (mut nodes, mut edges) = dense(&sizes);
        let mut kept = kept.iter().cycle();
        edges.retain(|_| kept.next() == Some(&true));
        // Whoever lost all its edges would leave its column.
        let mut fed: BTreeSet<u32> = edges.iter().map(|edge| edge.1).collect();
        fed.extend(nodes.iter().filter(|node| node.rank != Rank::Hidden).map(|node| node.id));
        nodes.retain(|node| fed.contains(&node.id));
        edges.retain(|edge| fed.contains(&edge.0) && fed.contains(&edge.1));
        for (node, row) in nodes.iter_mut().zip(&rows) {
            node.position[1] = f32::from(*row) * 70.0 + node.id as f32;
        }
        let before = crossings(&current(&nodes), &edges);
        let after = crossings(&placed(&nodes, &edges, Spacing::default()), &edges);
        prop_assert!(after <= before, "{after} but it was {before}");
    }

    #[test]
    fn no_number_whatever_makes_anything_panic(
        position in [any::<f32>(), any::<f32>()], height in any::<f32>(),
        layer_gap in any::<f32>(), row_gap in any::<f32>(), max_column in any::<Option<usize>>(),
        edges in vec((0u32..4, 0u32..4), 0..12),
    ) {
        let rank = |id| [Rank::Input, Rank::Hidden, Rank::Hidden, Rank::Output][id as usize];
        // Ids twice, too.
        let nodes: Vec<_> = (0..4)
            .chain(1..3)
            .map(|id| LayoutNode { id, rank: rank(id), height, position })
            .collect();
        let spacing = Spacing { layer_gap, row_gap, max_column };
        prop_assert_eq!(layered(&nodes, &edges, spacing).len(), nodes.len());
    }
}

#[test]
fn a_dense_network_keeps_its_order_and_is_centred() {
    let (nodes, edges) = dense(&[2, 8, 8, 1]);
    let spacing = Spacing {
        layer_gap: 168.0,
        row_gap: 18.0,
        max_column: None,
    };
    let places = placed(&nodes, &edges, spacing);
    let now = current(&nodes);
    for (id, [x, y]) in &places {
        assert_eq!(*x, now[id][0] - 330.0);
        let (column, first) = match id {
            0..2 => (2, 0),
            2..10 => (8, 2),
            10..18 => (8, 10),
            _ => (1, 18),
        };
        let row = (id - first) as f32 - (column as f32 - 1.0) / 2.0;
        assert_eq!(*y, -70.0 * row, "{id}");
    }
    // What is tidy stays as it is.
    let tidy: Vec<_> = nodes
        .iter()
        .map(|&node| LayoutNode {
            position: places[&node.id],
            ..node
        })
        .collect();
    assert_eq!(placed(&tidy, &edges, spacing), places);
}

#[test]
fn tangled_pairs_are_untangled() {
    let nodes: Vec<_> = (0..20)
        .map(|id| {
            let rank = if id < 10 { Rank::Input } else { Rank::Output };
            node(id, rank, [0.0, (id * 7 % 20) as f32])
        })
        .collect();
    let edges: Vec<_> = (0..10).map(|id| (id, 10 + (id * 3) % 10)).collect();
    assert_eq!(
        crossings(&placed(&nodes, &edges, Spacing::default()), &edges),
        0
    );
}

#[test]
fn a_picture_of_784_inputs_is_a_block_in_reading_order() {
    let (nodes, edges) = dense(&[784, 3]);
    let spacing = Spacing {
        max_column: Some(28),
        ..Spacing::default()
    };
    let places = placed(&nodes, &edges, spacing);
    let pitch = SIZE + spacing.row_gap;
    let [left, top] = places[&0];
    for pixel in 0..784 {
        let (row, column) = (pixel / 28, pixel % 28);
        let [x, y] = places[&pixel];
        assert!((x - left - column as f32 * pitch).abs() < 0.01, "{pixel}");
        assert!((top - y - row as f32 * pitch).abs() < 0.01, "{pixel}");
    }
    assert!(places[&784][0] - places[&783][0] > spacing.layer_gap);
}

#[test]
fn nothing_loops_and_lone_neurons_have_places() {
    assert!(layered(&[], &[(1, 2)], Spacing::default()).is_empty());
    let nodes = [
        node(1, Rank::Hidden, [0.0, 0.0]),
        node(2, Rank::Hidden, [100.0, 0.0]),
        node(3, Rank::Hidden, [200.0, 0.0]),
        node(4, Rank::Hidden, [0.0, 300.0]),
    ];
    let edges = [(1, 1), (1, 2), (2, 3), (3, 1), (1, 2)];
    let places = placed(&nodes, &edges, Spacing::default());
    // The edge back is the one that runs to the left now.
    assert!(places[&1][0] < places[&2][0] && places[&2][0] < places[&3][0]);
    assert_eq!(places[&4][0], places[&1][0]);
}

/// Neurons of these numbers, all in one place: the first is an input, the last an output.
fn heap(count: u32) -> Vec<LayoutNode> {
    let rank = |id| match id {
        0 => Rank::Input,
        _ if id + 1 == count => Rank::Output,
        _ => Rank::Hidden,
    };
    (0..count).map(|id| node(id, rank(id), [0.0; 2])).collect()
}

#[test]
fn a_wire_that_skips_part_of_a_chain_is_not_drawn_upon_the_neurons_that_it_skips() {
    for (from, to) in [(0, 2), (0, 4), (1, 3), (1, 5), (0, 6)] {
        let nodes = heap(7);
        let edges: Vec<_> = (1..7).map(|to| (to - 1, to)).chain([(from, to)]).collect();
        let spacing = Spacing::default();
        let places = placed(&nodes, &edges, spacing);
        let wire = WireCurve::between(places[&from], places[&to]);
        for id in from + 1..to {
            let free = wire.distance_to(places[&id]) - 0.5 * SIZE;
            assert!(free > 1.0, "{free} from {id} to the wire {from} to {to}");
        }
    }
}

#[test]
fn a_tree_is_drawn_without_crossings_and_each_parent_between_its_children() {
    // Every neuron but the last leaves feeds two.
    let nodes: Vec<_> = (0..15)
        .map(|id| {
            let rank = if id == 0 { Rank::Input } else { Rank::Hidden };
            node(id, rank, [0.0, (id * 11 % 15) as f32])
        })
        .collect();
    let edges: Vec<_> = (1..15).map(|id| ((id - 1) / 2, id)).collect();
    let places = placed(&nodes, &edges, Spacing::default());
    assert_eq!(crossings(&places, &edges), 0);
    for parent in 0..7 {
        let children = [2 * parent + 1, 2 * parent + 2].map(|child| places[&child][1]);
        let (low, high) = (children[0].min(children[1]), children[0].max(children[1]));
        let height = places[&parent][1];
        assert!(
            low < height && height < high,
            "{parent} at {height}: {low} to {high}"
        );
    }
}

#[test]
fn networks_that_are_not_joined_do_not_cross_each_other() {
    // Forty networks of seven neurons, their neurons in turns; in each, neurons two to six are fed
    // by one or two before them.
    let count = 40;
    let edges: Vec<_> = (0..count)
        .flat_map(|which| {
            let feeds = move |to: u32| [which * to % to, (which / 3 + 2 * to / 3) % to];
            (2..7).flat_map(move |to| {
                feeds(to).map(|from| (from * count + which, to * count + which))
            })
        })
        .collect();
    let nodes: Vec<_> = (0..7 * count)
        .map(|id| {
            let rank = if id < 2 * count {
                Rank::Input
            } else {
                Rank::Hidden
            };
            node(id, rank, [0.0, -((id * 37 % 280) as f32)])
        })
        .collect();
    let places = placed(&nodes, &edges, Spacing::default());
    let apart: usize = (0..count)
        .map(|which| {
            let own: Vec<_> = edges
                .iter()
                .filter(|edge| edge.0 % count == which)
                .copied()
                .collect();
            crossings(&places, &own)
        })
        .sum();
    assert_eq!(crossings(&places, &edges), apart);
}

#[test]
fn very_long_chains_fans_and_bundles_of_long_wires_have_places() {
    let count = 6_000;
    let chain: Vec<_> = (1..count).map(|to| (to - 1, to)).collect();
    let fan: Vec<_> = (1..count).map(|to| (0, to)).collect();
    // Each wire passes a thousand columns; together they need far more bends than there may be.
    let skips = (0..count - 1_000)
        .step_by(7)
        .map(|from| (from, from + 1_000));
    let long: Vec<_> = chain.iter().copied().chain(skips).collect();
    for edges in [chain, fan, long] {
        let places = placed(&heap(count), &edges, Spacing::default());
        assert_eq!(places.len(), count as usize);
        assert!(
            edges
                .iter()
                .all(|(from, to)| places[from][0] < places[to][0])
        );
        assert!(places.values().flatten().all(|value| value.is_finite()));
    }
}
