//! A tidy drawing of any network: columns from left to right, with few crossings in between.

use std::collections::BTreeMap;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

/// How often the columns are gone through in search of fewer crossings, each time the other way.
const SWEEPS_MAX: usize = 24;

/// Large networks are gone through less often: about so many edges are looked at in all.
const EDGES_LOOKED_AT: usize = 4_000_000;

/// In which columns a neuron may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rank {
    /// In the first.
    Input,
    /// In between.
    Hidden,
    /// In the last.
    Output,
}

/// What is to be placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutNode {
    /// Its id, by which edges name it.
    pub id: u32,
    /// In which columns it may stand.
    pub rank: Rank,
    /// How much room it takes, up and down as well as to the sides, in scene units; less than 0 and
    /// what is not finite counts as 0.
    pub height: f32,
    /// Where it stands now: from top to bottom the order is kept, unless another one crosses less.
    pub position: [f32; 2],
}

/// The distances of a layered layout, in scene units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    /// Free space between neighbouring columns; about the wires' room.
    pub layer_gap: f32,
    /// Free space between neighbours in a column, and between the columns of a block.
    pub row_gap: f32,
    /// A layer with more neurons than this becomes a block of columns, filled row by row from the
    /// top; none, and 0, never wrap.
    pub max_column: Option<usize>,
}

impl Default for Spacing {
    fn default() -> Self {
        Self {
            layer_gap: 168.0,
            row_gap: 18.0,
            max_column: Some(40),
        }
    }
}

/// A place for every neuron, in the order given: the inputs in the first column, the outputs in
/// the last, each hidden neuron right of all that feed it, every column centred on y = 0, the
/// whole centred on x = 0.
///
/// An edge runs to the right, except one that enters an input, leaves an output, or points to the
/// left in a cycle as it stands now. Edges of unknown neurons count for nothing, repeated ones once.
pub fn layered(
    nodes: &[LayoutNode],
    edges: &[(u32, u32)],
    spacing: Spacing,
) -> Vec<(u32, [f32; 2])> {
    let links = without_cycles(nodes, links(nodes, edges));
    let layers = with_few_crossings(layers(nodes, &links), &links, nodes.len());
    let places = places(nodes, &layers, spacing);
    nodes.iter().map(|node| node.id).zip(places).collect()
}

/// The edges that may run to the right, by the numbers of their neurons, in order.
fn links(nodes: &[LayoutNode], edges: &[(u32, u32)]) -> Vec<(usize, usize)> {
    let numbers: BTreeMap<u32, usize> = nodes.iter().map(|node| node.id).zip(0..).collect();
    let mut links: Vec<_> = edges
        .iter()
        .filter_map(|(from, to)| Some((*numbers.get(from)?, *numbers.get(to)?)))
        .filter(|&(from, to)| {
            from != to && nodes[from].rank != Rank::Output && nodes[to].rank != Rank::Input
        })
        .collect();
    links.sort_unstable();
    links.dedup();
    links
}

/// Without those links of cycles that point to the left as the neurons stand.
fn without_cycles(nodes: &[LayoutNode], mut links: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut cycle_of = vec![0; nodes.len()];
    for (cycle, members) in kosaraju_scc(&graph(nodes.len(), &links)).iter().enumerate() {
        for &member in members {
            cycle_of[member.index()] = cycle;
        }
    }
    // One order of all neurons: links that follow it close no cycle.
    let is_left_of = |one: usize, other: usize| {
        let [[x, y], [other_x, other_y]] = [one, other].map(|number| nodes[number].position);
        let order = x.total_cmp(&other_x).then(other_y.total_cmp(&y));
        order.then(one.cmp(&other)).is_lt()
    };
    links.retain(|&(from, to)| cycle_of[from] != cycle_of[to] || is_left_of(from, to));
    links
}

fn graph(len: usize, links: &[(usize, usize)]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(len, links.len());
    for _ in 0..len {
        graph.add_node(());
    }
    for &(from, to) in links {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    graph
}

/// The columns with their neurons from top to bottom as they stand; none is empty.
fn layers(nodes: &[LayoutNode], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let order = toposort(&graph(nodes.len(), links), None)
        .expect("a link either leads to another cycle or follows one order of all");
    let (before, after) = neighbours(nodes.len(), links);
    let mut columns = vec![0; nodes.len()];
    for number in order.iter().map(|number| number.index()) {
        if nodes[number].rank != Rank::Input {
            let fed_by = before[number].iter().map(|&other| columns[other]);
            columns[number] = 1 + fed_by.max().unwrap_or(0);
        }
    }
    // What nothing feeds stands close to what it feeds.
    for number in order.iter().rev().map(|number| number.index()) {
        if nodes[number].rank == Rank::Hidden && before[number].is_empty() {
            let feeds = after[number].iter().map(|&other| columns[other] - 1);
            columns[number] = feeds.min().unwrap_or(1).max(1);
        }
    }
    let hidden = (0..nodes.len()).filter(|&number| nodes[number].rank == Rank::Hidden);
    let last = 1 + hidden.map(|number| columns[number]).max().unwrap_or(0);
    let mut layers = vec![Vec::new(); last + 1];
    for (number, node) in nodes.iter().enumerate() {
        let is_output = node.rank == Rank::Output;
        layers[if is_output { last } else { columns[number] }].push(number);
    }
    layers.retain(|layer| !layer.is_empty());
    for layer in &mut layers {
        layer.sort_by(|&one, &other| {
            let [[x, y], [other_x, other_y]] = [one, other].map(|number| nodes[number].position);
            other_y.total_cmp(&y).then(x.total_cmp(&other_x))
        });
    }
    layers
}

/// For each neuron those that feed it, and those that it feeds.
fn neighbours(len: usize, links: &[(usize, usize)]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let (mut before, mut after) = (vec![Vec::new(); len], vec![Vec::new(); len]);
    for &(from, to) in links {
        before[to].push(from);
        after[from].push(to);
    }
    (before, after)
}

/// The same layers in an order that crosses less, or as they were if none is found: every neuron
/// goes to the barycentre of its neighbours on one side, again and again (Sugiyama, Tagawa and
/// Toda 1981, without the dummies in long edges).
fn with_few_crossings(
    mut layers: Vec<Vec<usize>>,
    links: &[(usize, usize)],
    len: usize,
) -> Vec<Vec<usize>> {
    let (before, after) = neighbours(len, links);
    let mut rows = vec![0.0; len];
    for layer in &layers {
        number_rows(layer, &mut rows);
    }
    let sweeps = (EDGES_LOOKED_AT / links.len().max(1)).clamp(2, SWEEPS_MAX);
    let mut best = layers.clone();
    let mut fewest = crossings(&layers, links, len);
    let mut unchanged = 0;
    for sweep in 0..sweeps {
        if fewest == 0 || unchanged == 2 {
            break;
        }
        unchanged += 1;
        let is_rightward = sweep % 2 == 0;
        let sources = if is_rightward { &before } else { &after };
        let count = layers.len();
        for step in 0..count {
            let layer = &mut layers[if is_rightward { step } else { count - 1 - step }];
            let wanted = |number: usize| match &sources[number][..] {
                [] => rows[number],
                some => some.iter().map(|&n| rows[n]).sum::<f64>() / some.len() as f64,
            };
            let mut keyed: Vec<_> = layer.iter().map(|&n| (wanted(n), n)).collect();
            keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
            let sorted: Vec<_> = keyed.into_iter().map(|(_, number)| number).collect();
            if sorted != *layer {
                *layer = sorted;
                number_rows(layer, &mut rows);
                unchanged = 0;
            }
        }
        if unchanged == 0 {
            let count = crossings(&layers, links, len);
            if count < fewest {
                fewest = count;
                best.clone_from(&layers);
            }
        }
    }
    best
}

/// Rows are counted from the middle of a layer.
fn number_rows(layer: &[usize], rows: &mut [f64]) {
    for (row, &number) in layer.iter().enumerate() {
        rows[number] = row as f64 - (layer.len() as f64 - 1.0) / 2.0;
    }
}

/// How many pairs of links between the same two layers cross.
fn crossings(layers: &[Vec<usize>], links: &[(usize, usize)], len: usize) -> u64 {
    let mut places = vec![(0, 0); len];
    for (column, layer) in layers.iter().enumerate() {
        for (row, &number) in layer.iter().enumerate() {
            places[number] = (column as u32, row as u32);
        }
    }
    let mut lines: Vec<[u32; 4]> = links
        .iter()
        .map(|&(from, to)| {
            let ((start, from), (end, to)) = (places[from], places[to]);
            [start, end, from, to]
        })
        .collect();
    lines.sort_unstable();
    let mut count = 0;
    for bundle in lines.chunk_by(|one, other| one[..2] == other[..2]) {
        // A Fenwick tree of how many of the lines so far end in the rows from the bottom up to one.
        let rows = layers[bundle[0][1] as usize].len();
        let mut ends = vec![0u64; rows + 1];
        for line in bundle {
            let from_bottom = rows - line[3] as usize;
            let mut place = from_bottom - 1;
            while place > 0 {
                count += ends[place];
                place &= place - 1;
            }
            place = from_bottom;
            while place <= rows {
                ends[place] += 1;
                place += place & place.wrapping_neg();
            }
        }
    }
    count
}

fn places(nodes: &[LayoutNode], layers: &[Vec<usize>], spacing: Spacing) -> Vec<[f32; 2]> {
    let height = |number: usize| {
        let height = nodes[number].height;
        if height.is_finite() {
            f64::from(height.max(0.0))
        } else {
            0.0
        }
    };
    let largest = |some: &[usize]| some.iter().map(|&n| height(n)).fold(0.0, f64::max);
    let (layer_gap, row_gap) = (f64::from(spacing.layer_gap), f64::from(spacing.row_gap));
    let mut places = vec![[0.0; 2]; nodes.len()];
    let mut left = 0.0;
    for layer in layers {
        let max_rows = spacing
            .max_column
            .filter(|&rows| rows > 0)
            .unwrap_or(usize::MAX);
        let columns = layer.len().div_ceil(max_rows);
        let pitch = largest(layer) + row_gap;
        let rows: Vec<&[usize]> = layer.chunks(columns).collect();
        let gaps = row_gap * (rows.len() as f64 - 1.0);
        let mut top = 0.5 * (rows.iter().map(|row| largest(row)).sum::<f64>() + gaps);
        for row in rows {
            let size = largest(row);
            for (column, &number) in row.iter().enumerate() {
                let x = left + 0.5 * (pitch - row_gap) + column as f64 * pitch;
                places[number] = [x, top - 0.5 * size];
            }
            top -= size + row_gap;
        }
        left += columns as f64 * pitch - row_gap + layer_gap;
    }
    let middle = 0.5 * (left - layer_gap);
    // Adding zero turns -0 into 0.
    let placed = places
        .into_iter()
        .map(|[x, y]| [(x - middle + 0.0) as f32, (y + 0.0) as f32]);
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_those_of_all_pairs() {
        let layers = [vec![0, 1, 2], vec![3, 4, 5], vec![6]];
        let links = [
            (0, 4),
            (0, 5),
            (1, 3),
            (1, 5),
            (2, 3),
            (2, 4),
            (0, 6),
            (3, 6),
            (5, 6),
        ];
        let row = |number: usize| number % 3;
        let mut expected = 0;
        for one in &links[..6] {
            for other in &links[..6] {
                expected += u64::from(row(one.0) < row(other.0) && row(one.1) > row(other.1));
            }
        }
        assert_eq!(crossings(&layers, &links, 7), expected);
    }
}
