//! What a network of 100,000 and of 1,000,000 edges costs: time and memory, as a table.
//!
//! `cargo bench -p network --bench scale`; with `-- 100000` only that size.

#![allow(unsafe_code, reason = "an allocator that counts can only be unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use network::{
    Draw, Edge, EdgeId, Element, ElementId, Endpoint, Initializer, KindId, Kinds, Network, Node,
    NodeId, Parameter, ParameterLayout, computation_order, find_cycle, initial_values, warnings,
};

/// The system's allocator, counting the bytes that are taken.
struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to `System` unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LAYERS: u32 = 10;
/// The neuron with 1,000 wires: 500 in, 500 out.
const DRAW: Draw = Draw {
    seed: 7,
    initializer: Initializer::Automatic,
};

const HUB: NodeId = NodeId(1_000_000);

fn wire(id: u32, from: NodeId, to: NodeId) -> Edge {
    let weight = Parameter::scalar(id as f32 * 1e-6);
    Edge::new(EdgeId(id), Endpoint::of(from), Endpoint::of(to), weight)
}

/// Ten layers of `width`, each neuron wired to all of the next layer, and the hub.
fn parts(width: u32) -> (Vec<Node>, Vec<Edge>) {
    let kind = |layer| match layer {
        0 => KindId::INPUT,
        layer if layer == LAYERS - 1 => KindId::OUTPUT,
        _ => KindId::HIDDEN,
    };
    let mut nodes: Vec<Node> = (0..LAYERS * width)
        .map(|id| Node::new(NodeId(id), kind(id / width), format!("n{id}")))
        .collect();
    nodes.push(Node::new(HUB, KindId::HIDDEN, "hub"));
    let mut edges = Vec::new();
    for from in 0..(LAYERS - 1) * width {
        let layer = from / width;
        for to in 0..width {
            let to = NodeId((layer + 1) * width + to);
            edges.push(wire(edges.len() as u32, NodeId(from), to));
        }
    }
    for k in 0..500 {
        let into = NodeId(5 * width - 1 - k);
        edges.push(wire(edges.len() as u32, into, HUB));
        let out = NodeId(5 * width + k);
        edges.push(wire(edges.len() as u32, HUB, out));
    }
    (nodes, edges)
}

/// The median of several runs; what `prepare` makes is not timed.
fn median<T, R>(
    runs: usize,
    mut prepare: impl FnMut() -> T,
    mut run: impl FnMut(T) -> R,
) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let given = prepare();
            let start = Instant::now();
            let result = black_box(run(black_box(given)));
            let time = start.elapsed();
            drop(result);
            time
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(what: &str, time: Duration) {
    println!("| {what} | {:.4} ms |", time.as_secs_f64() * 1e3);
}

fn row_each(what: &str, time: Duration, count: usize) {
    println!(
        "| {what} | {:.0} ns |",
        time.as_secs_f64() * 1e9 / count as f64
    );
}

fn row_bytes(what: &str, bytes: usize) {
    println!("| {what} | {:.1} MB |", bytes as f64 / 1e6);
}

fn taken_by<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let before = TAKEN.load(Ordering::Relaxed);
    let made = make();
    (made, TAKEN.load(Ordering::Relaxed).saturating_sub(before))
}

fn measure(width: u32) {
    let (nodes, edges) = parts(width);
    let count = edges.len();
    println!("\n| {count} edges | |\n|---|---|");

    let (mut network, bytes) = taken_by(|| {
        let network = Network::from_parts(Kinds::default(), nodes.clone(), edges.clone());
        network.expect("the parts fit together")
    });
    row_bytes("memory", bytes);
    let time = median(
        3,
        || (nodes.clone(), edges.clone()),
        |(nodes, edges)| Network::from_parts(Kinds::default(), nodes, edges),
    );
    row("from_parts", time);
    let time = median(
        3,
        || {
            let mut edges = edges.clone();
            edges.reverse();
            (nodes.clone(), edges)
        },
        |(nodes, edges)| Network::from_parts(Kinds::default(), nodes, edges),
    );
    row("from_parts, edges in reverse", time);

    let (copy, bytes) = taken_by(|| network.clone());
    row_bytes("memory of a clone", bytes);
    row("clone", median(5, || (), |()| network.clone()));
    row("drop of a clone", median(5, || network.clone(), drop));
    row(
        "equality with a clone",
        median(5, || (), |()| network == copy),
    );
    drop(copy);

    let time = median(
        5,
        || (),
        |()| network.edges().map(|edge| edge.weight.first()).sum::<f32>(),
    );
    row("iteration over all edges", time);
    let ids: Vec<EdgeId> = (0..1_000_000u64)
        .map(|k| EdgeId((k * 7_368_787 % count as u64) as u32))
        .collect();
    let time = median(
        3,
        || (),
        |()| {
            ids.iter()
                .filter_map(|&id| network.edge(id))
                .map(|edge| edge.weight.first())
                .sum::<f32>()
        },
    );
    row_each("edge(id), random", time, ids.len());

    let values = network.snapshot().values;
    let time = median(5, || (), |()| network.set_values(&values));
    row("set_values", time);
    let time = median(
        5,
        || network.clone(),
        |mut copy| {
            copy.set_values(&values).expect("the values fit");
            copy
        },
    );
    row("set_values, a clone being held", time);
    row("snapshot", median(5, || (), |()| network.snapshot()));
    let snapshot = network.snapshot();
    row("restore", median(5, || (), |()| network.restore(&snapshot)));
    row(
        "parameter_count",
        median(5, || (), |()| network.parameter_count()),
    );

    edits(&mut network, width);
    hub(&mut network);
    layout(&network, &ids);

    row(
        "computation_order",
        median(5, || (), |()| computation_order(&network)),
    );
    row("find_cycle", median(5, || (), |()| find_cycle(&network)));
    row("warnings", median(5, || (), |()| warnings(&network)));
    row(
        "initial_values",
        median(3, || (), |()| initial_values(&network, DRAW)),
    );
}

fn edits(network: &mut Network, width: u32) {
    let free = network.free_edge_id().0;
    let last = NodeId(9 * width - 1);
    let checks = [
        ("first hidden layer → last", NodeId(width), last),
        ("last hidden layer → first: a loop", last, NodeId(width)),
        (
            "within a layer, forwards",
            NodeId(5 * width),
            NodeId(6 * width - 1),
        ),
        (
            "within a layer, backwards",
            NodeId(6 * width - 1),
            NodeId(5 * width),
        ),
    ];
    for (what, from, to) in checks {
        let (from, to) = (Endpoint::of(from), Endpoint::of(to));
        let time = median(5, || (), |()| network.check_edge(from, to, 0));
        row(&format!("check_edge, {what}"), time);
    }
    for is_held in [false, true] {
        let suffix = if is_held { ", a clone being held" } else { "" };
        for (what, from, to) in checks.into_iter().filter(|c| !c.0.contains("loop")) {
            let held = is_held.then(|| network.clone());
            let time = median(1, || (), |()| network.add_edge(wire(free, from, to)));
            row(&format!("add_edge, {what}{suffix}"), time);
            drop(held);
            let held = is_held.then(|| network.clone());
            let time = median(1, || (), |()| network.remove_edge(EdgeId(free)));
            row(&format!("remove_edge{suffix}"), time);
            drop(held);
        }
        let held = is_held.then(|| network.clone());
        let middle = EdgeId(free / 2);
        let time = median(1, || (), |()| network.remove_edge(middle));
        row(&format!("remove_edge in the middle{suffix}"), time);
        drop(held);
        let (from, to) = (4 * width + width / 2, 5 * width + width / 3);
        let (from, to) = (NodeId(from), NodeId(to));
        let joined = network
            .outgoing(from)
            .iter()
            .find(|&&id| network.edge(id).is_some_and(|edge| edge.to.node() == to))
            .copied()
            .expect("the layers are dense");
        let edge = network.remove_edge(joined).expect("it was found");
        let time = median(1, || edge.clone(), |edge| network.add_edge(edge));
        row(&format!("add_edge, undo of a removal{suffix}"), time);
        let held = is_held.then(|| network.clone());
        let time = median(
            1,
            || (),
            |()| network.set_element(ElementId::weight(joined), Element::new(0.25)),
        );
        row(&format!("set_element{suffix}"), time);
        drop(held);
    }
    // A neuron that was just placed is wired to the first layer.
    let new = NodeId(HUB.0 + 1);
    let node = Node::new(new, KindId::HIDDEN, "new");
    row(
        "add_node",
        median(1, || (), |()| network.add_node(node.clone())),
    );
    let ends = (Endpoint::of(new), Endpoint::of(NodeId(width)));
    let time = median(5, || (), |()| network.check_edge(ends.0, ends.1, 0));
    row("check_edge, a new neuron → first hidden layer", time);
    let edge = wire(free, new, NodeId(width));
    let time = median(1, || (), |()| network.add_edge(edge.clone()));
    row("add_edge, a new neuron → first hidden layer", time);
    let time = median(1, || (), |()| network.remove_node(new));
    row("remove_node of it", time);
}

fn hub(network: &mut Network) {
    for is_held in [false, true] {
        let suffix = if is_held { ", a clone being held" } else { "" };
        let held = is_held.then(|| network.clone());
        let start = Instant::now();
        let (node, edges) = network.remove_node(HUB).expect("the hub is there");
        row(
            &format!("remove_node, {} wires{suffix}", edges.len()),
            start.elapsed(),
        );
        drop(held);
        let held = is_held.then(|| network.clone());
        let start = Instant::now();
        network.add_node(node).expect("its number is free");
        for edge in edges {
            network.add_edge(edge).expect("it was there before");
        }
        row(&format!("adding it back{suffix}"), start.elapsed());
        drop(held);
    }
}

fn layout(network: &Network, ids: &[EdgeId]) {
    let (_, bytes) = taken_by(|| ParameterLayout::of(network));
    let time = median(5, || (), |()| ParameterLayout::of(network));
    row("ParameterLayout::of", time);
    row_bytes("memory of it", bytes);
    let layout = ParameterLayout::of(network);
    let time = median(
        3,
        || (),
        |()| {
            ids.iter()
                .filter_map(|&id| layout.position(ElementId::weight(id)))
                .sum::<usize>()
        },
    );
    row_each("position(weight), random", time, ids.len());
    row(
        "walk over layout.edges()",
        median(
            5,
            || (),
            |()| layout.edges().map(|(_, at)| at).sum::<usize>(),
        ),
    );
    row("clone of the layout", median(5, || (), |()| layout.clone()));
    let middle = EdgeId(ids.len() as u32 / 20);
    let time = median(
        5,
        || layout.clone(),
        |mut copy| {
            copy.remove_edge(middle);
            copy
        },
    );
    row("layout.remove_edge, a clone being held", time);
    let mut shorter = layout.clone();
    shorter.remove_edge(middle);
    let time = median(
        5,
        || shorter.clone(),
        |mut copy| {
            copy.insert_edge(middle, 1);
            copy
        },
    );
    row("layout.insert_edge, a clone being held", time);
}

/// Two nets side by side, as deep and wide as each other, that a wire is to join
/// against the order they stand in: the search has to read one of them whole.
fn two_blocks(width: u32) {
    let (nodes, edges) = parts(width);
    let count = LAYERS * width;
    let second = |id: NodeId| NodeId(id.0 + count);
    let hidden = |id| Node::new(id, KindId::HIDDEN, format!("n{}", id.0));
    let is_plain = |edge: &Edge| edge.from.node() != HUB && edge.to.node() != HUB;
    let first: Vec<Edge> = edges.into_iter().filter(is_plain).collect();
    let mut all = first.clone();
    all.extend((0..).zip(&first).map(|(k, edge)| {
        let (from, to) = (second(edge.from.node()), second(edge.to.node()));
        wire(first.len() as u32 + k, from, to)
    }));
    let nodes = nodes
        .iter()
        .filter(|node| node.id != HUB)
        .flat_map(|node| [hidden(node.id), hidden(second(node.id))])
        .collect();
    let mut network =
        Network::from_parts(Kinds::default(), nodes, all).expect("the parts fit together");
    let free = network.free_edge_id().0;
    println!("\n| two blocks of {} edges | |\n|---|---|", first.len());
    let (a, b) = (NodeId(count - 1), NodeId(count));
    for (what, from, to) in [
        ("first → second", a, b),
        ("second → first", second(a), NodeId(0)),
    ] {
        let time = median(
            5,
            || (),
            |()| network.check_edge(Endpoint::of(from), Endpoint::of(to), 0),
        );
        row(&format!("check_edge, {what}"), time);
    }
    let (from, to) = (second(a), NodeId(0));
    let time = median(1, || (), |()| network.add_edge(wire(free, from, to)));
    row("add_edge, second → first", time);
}

fn main() {
    println!(
        "size_of: Edge {}, Node {}",
        size_of::<Edge>(),
        size_of::<Node>()
    );
    let only: Option<usize> = std::env::args().find_map(|argument| argument.parse().ok());
    for (edges, width) in [(100_000, 106), (1_000_000, 334)] {
        if only.is_none_or(|only| only == edges) {
            measure(width);
            two_blocks(width * 7 / 10);
        }
    }
}
