//! What a layered layout costs: sparse networks of many columns, and dense layers.
//!
//! `cargo bench -p geometry --bench layout`

use std::hint::black_box;
use std::time::Instant;

use geometry::{LayoutNode, Rank, Spacing, layered};

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
        nodes.extend((0..count).map(|row| node(first + row, rank)));
        for from in previous {
            edges.extend((first..first + count).map(|to| (from, to)));
        }
        previous = first..first + count;
    }
    (nodes, edges)
}

/// Each neuron is fed by a few of the 40 before it.
fn sparse(count: u32, edge_count: usize) -> (Vec<LayoutNode>, Vec<(u32, u32)>) {
    let mut state = 1u64;
    let mut random = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        (state >> 33) as u32 % below
    };
    let rank = |id| match id {
        0..10 => Rank::Input,
        _ if id + 10 >= count => Rank::Output,
        _ => Rank::Hidden,
    };
    let nodes = (0..count).map(|id| node(id, rank(id))).collect();
    let mut edges = Vec::new();
    while edges.len() < edge_count {
        let to = 1 + random(count - 1);
        edges.push((to - 1 - random(to.min(40)), to));
    }
    (nodes, edges)
}

fn node(id: u32, rank: Rank) -> LayoutNode {
    LayoutNode {
        id,
        rank,
        height: 52.0,
        position: [0.0, -(id as f32)],
    }
}

fn main() {
    let cases = [
        ("2-8-8-1", dense(&[2, 8, 8, 1])),
        ("784-32-10", dense(&[784, 32, 10])),
        ("784-128-10", dense(&[784, 128, 10])),
        ("100-1000-500-800", dense(&[100, 1_000, 500, 800])),
        ("sparse", sparse(100, 200)),
        ("sparse", sparse(300, 600)),
        ("sparse", sparse(300, 3_000)),
        ("sparse", sparse(1_000, 2_000)),
        ("sparse", sparse(10_000, 20_000)),
        ("sparse", sparse(10_000, 100_000)),
    ];
    for (name, (nodes, edges)) in cases {
        let quickest = (0..3).map(|_| {
            let start = Instant::now();
            black_box(layered(&nodes, &edges, Spacing::default()));
            start.elapsed()
        });
        println!(
            "{name:<18} {:>6} neurons {:>8} edges {:>9.2} ms",
            nodes.len(),
            edges.len(),
            quickest.min().unwrap_or_default().as_secs_f64() * 1e3
        );
    }
}
