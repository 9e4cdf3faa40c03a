//! A tidy drawing of any network: columns from left to right, with few crossings in between.

mod heights;
mod order;

use std::collections::BTreeMap;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use heights::heights;
use order::Arranged;

/// The columns, each from top to bottom, by number.
type Layers = Vec<Vec<usize>>;

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
/// the last, each hidden neuron right of all that feed it, as high as its neighbours and the room
/// that neurons and passing wires need let it be, the whole centred on the origin.
///
/// An edge runs to the right, except one that enters an input, leaves an output, or points to the
/// left in a cycle as it stands now. Edges of unknown neurons count for nothing, repeated ones once.
pub fn layered(
    nodes: &[LayoutNode],
    edges: &[(u32, u32)],
    spacing: Spacing,
) -> Vec<(u32, [f32; 2])> {
    let links = without_cycles(nodes, links(nodes, edges));
    let len = nodes.len();
    let layers = layers(nodes, &links);
    let arranged = Arranged::new(layers, &links, len, |number| nodes[number].position[1]);
    let places = places(nodes, &arranged.with_few_crossings(), spacing);
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

/// The neurons of a column, without the bends of wires that pass through it.
struct Column {
    /// From top to bottom; in a block row by row.
    neurons: Vec<usize>,
    /// How many stand side by side; more than one where it is a block.
    width: usize,
    /// The room of its largest neuron, with the free space to the next.
    pitch: f64,
}

/// Where each neuron stands.
fn places(nodes: &[LayoutNode], arranged: &Arranged, spacing: Spacing) -> Vec<[f32; 2]> {
    let size = |number: usize| {
        let height = nodes[number].height;
        if height.is_finite() {
            f64::from(height.max(0.0))
        } else {
            0.0
        }
    };
    let largest = |some: &[usize]| some.iter().map(|&n| size(n)).fold(0.0, f64::max);
    let (layer_gap, row_gap) = (f64::from(spacing.layer_gap), f64::from(spacing.row_gap));
    let max_rows = spacing.max_column.filter(|&rows| rows > 0);
    let mut columns = Vec::with_capacity(arranged.layers.len());
    let mut column_of = vec![0; arranged.len];
    for layer in &arranged.layers {
        let is_neuron = |number: &usize| *number < nodes.len();
        let neurons: Vec<usize> = layer.iter().copied().filter(is_neuron).collect();
        for &number in layer {
            column_of[number] = columns.len();
        }
        columns.push(Column {
            width: neurons.len().div_ceil(max_rows.unwrap_or(usize::MAX)),
            pitch: largest(&neurons) + row_gap,
            neurons,
        });
    }
    let heights = heights(arranged, |one, other| {
        let column = &columns[column_of[one]];
        let neurons = [one, other].map(|number| number < nodes.len());
        match (column.width, neurons) {
            (1, [true, true]) => 0.5 * (size(one) + size(other)) + row_gap,
            // So far that a wire is clear of a neuron when both give way alike.
            (1, [true, false]) => size(one) + 0.5 * row_gap,
            (1, [false, true]) => size(other) + 0.5 * row_gap,
            (1, [false, false]) => 0.25 * row_gap,
            // Wires that pass a block get no room of their own.
            (width, [one, other]) => {
                let shares = 0.5 * (f64::from(u8::from(one)) + f64::from(u8::from(other)));
                shares * column.pitch / width as f64
            }
        }
    });
    let mut places = vec![[0.0; 2]; nodes.len()];
    let mut left = 0.0;
    for Column {
        neurons,
        width,
        pitch,
    } in &columns
    {
        let middle = neurons.iter().map(|&n| heights[n]).sum::<f64>() / neurons.len() as f64;
        let rows: Vec<&[usize]> = neurons.chunks(*width).collect();
        let sum: f64 = rows.iter().map(|row| largest(row) + row_gap).sum();
        let mut top = middle - 0.5 * (sum - row_gap);
        for row in rows {
            for (column, &number) in row.iter().enumerate() {
                let x = left + 0.5 * (pitch - row_gap) + column as f64 * pitch;
                let y = match width {
                    1 => heights[number],
                    _ => top + 0.5 * largest(row),
                };
                places[number] = [x, y];
            }
            top += largest(row) + row_gap;
        }
        left += *width as f64 * pitch - row_gap + layer_gap;
    }
    let (mut highest, mut lowest) = (f64::INFINITY, f64::NEG_INFINITY);
    for (number, [_, y]) in places.iter().enumerate() {
        highest = highest.min(y - 0.5 * size(number));
        lowest = lowest.max(y + 0.5 * size(number));
    }
    let middle = [0.5 * (left - layer_gap), 0.5 * (highest + lowest)];
    // y points up. In steps of 1/1024, so that what is in line stands equally high to the bit;
    // adding zero turns -0 into 0.
    let placed = places.into_iter().map(|[x, y]| {
        [x - middle[0], middle[1] - y].map(|value| ((value * 1024.0).round() / 1024.0 + 0.0) as f32)
    });
    placed.collect()
}
