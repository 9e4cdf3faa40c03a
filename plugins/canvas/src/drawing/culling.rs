//! What is in sight: runs of wires that may cross the view, found without looking at each wire.

use std::ops::Range;

use geometry::{MIN_HANDLE, Rect};

use super::neurons::NeuronInstance;
use super::wires::WireInstance;

/// Wires that come or go together.
const WIRES: usize = 2048;

/// Neurons whose bounds are kept together.
const NEURONS: usize = 64;

/// Runs of wires with fewer chunks between them are drawn as one: a draw call
/// costs more than a few unseen wires.
const MERGE_GAP: usize = 3;

/// Bounds of neurons and wires by the piece: those of the neurons follow each
/// move, those of the wires are put together from them when they are asked for.
#[derive(Default)]
pub(super) struct Culling {
    /// The bounds of each block of neurons.
    blocks: Vec<Option<Rect>>,
    /// For each chunk of wires, the blocks its ends lie in.
    chunks: Vec<Vec<u32>>,
    wires: usize,
    /// Rises with each change.
    revision: u64,
}

impl Culling {
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes over the neurons that moved.
    pub(super) fn follow_neurons(&mut self, neurons: &[NeuronInstance], moved: &[Range<usize>]) {
        let blocks = neurons.len().div_ceil(NEURONS);
        if blocks != self.blocks.len() {
            self.blocks.resize(blocks, None);
            self.revision += 1;
        }
        for block in pieces(moved, NEURONS, blocks) {
            let members = &neurons[block * NEURONS..neurons.len().min((block + 1) * NEURONS)];
            let discs = members
                .iter()
                .filter(|neuron| neuron.is_there())
                .map(|neuron| Rect::around(neuron.position, neuron.radius));
            self.blocks[block] = Rect::enclosing(discs);
            self.revision += 1;
        }
    }

    /// Takes over the wires that came or went.
    pub(super) fn follow_wires(&mut self, wires: &[WireInstance], changed: &[Range<usize>]) {
        let chunks = wires.len().div_ceil(WIRES);
        if wires.len() != self.wires {
            self.wires = wires.len();
            self.chunks.resize(chunks, Vec::new());
            self.revision += 1;
        }
        for chunk in pieces(changed, WIRES, chunks) {
            let members = &wires[chunk * WIRES..wires.len().min((chunk + 1) * WIRES)];
            let blocks = &mut self.chunks[chunk];
            blocks.clear();
            for [source, target] in members.iter().filter_map(WireInstance::anchors) {
                for anchor in [source, target] {
                    let block =
                        anchor.saturating_sub(super::anchors::anchor_of(0)) / NEURONS as u32;
                    // Neighbours mostly share an end.
                    if blocks.last() != Some(&block) {
                        blocks.push(block);
                    }
                }
            }
            blocks.sort_unstable();
            blocks.dedup();
            self.revision += 1;
        }
    }

    /// Runs of wires that may touch the rectangle, in ascending order. Costs the
    /// number of chunks, not of wires.
    pub(super) fn in_sight(&self, view: Rect) -> Vec<Range<u32>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (index, blocks) in self.chunks.iter().enumerate() {
            let ends = blocks
                .iter()
                .filter_map(|&block| *self.blocks.get(block as usize)?);
            if !Rect::enclosing(ends).is_some_and(|ends| may_touch(ends, view)) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if index <= run.end + MERGE_GAP => run.end = index + 1,
                _ => runs.push(index..index + 1),
            }
        }
        runs.into_iter()
            .map(|run| (run.start * WIRES) as u32..(run.end * WIRES).min(self.wires) as u32)
            .collect()
    }
}

/// Whether a wire with both ends in `ends` may touch `view`. Its curve stays
/// among its control points, which reach beyond its ends by the handles.
fn may_touch(ends: Rect, view: Rect) -> bool {
    let [width, _] = ends.size();
    let reach = (0.5 * width).max(MIN_HANDLE);
    ends.min[0] - reach <= view.max[0]
        && ends.max[0] + reach >= view.min[0]
        && ends.min[1] <= view.max[1]
        && ends.max[1] >= view.min[1]
}

/// The pieces of this size that the ranges touch, each once, ascending.
fn pieces(ranges: &[Range<usize>], size: usize, count: usize) -> impl Iterator<Item = usize> {
    let mut next = 0;
    ranges
        .iter()
        .flat_map(move |range| {
            let first = (range.start / size).max(next);
            let end = range.end.div_ceil(size).min(count);
            next = next.max(end);
            first..end
        })
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::{Glyph, NeuronKind};

    fn neuron(x: f32, y: f32) -> NeuronInstance {
        NeuronInstance::new(
            [x, y],
            26.0,
            NeuronKind::Hidden,
            Glyph::of(network::Activation::Tanh),
        )
    }

    /// Layers of 256 neurons far apart, each joined to the next by 4096 wires.
    fn layers(count: usize) -> (Vec<NeuronInstance>, Vec<WireInstance>) {
        let neurons = (0..count * 256)
            .map(|index| neuron((index / 256) as f32 * 1e4, (index % 256) as f32 * 70.0))
            .collect();
        let wires = (0..(count - 1) * 4096)
            .map(|index| {
                let first = index / 4096 * 256;
                WireInstance::between(first + index % 256, first + 256 + (index / 16) % 256)
            })
            .collect();
        (neurons, wires)
    }

    /// One range, as a list.
    fn one<T>(range: Range<T>) -> [Range<T>; 1] {
        [range]
    }

    fn culling(neurons: &[NeuronInstance], wires: &[WireInstance]) -> Culling {
        let mut culling = Culling::default();
        culling.follow_neurons(neurons, &one(0..neurons.len()));
        culling.follow_wires(wires, &one(0..wires.len()));
        culling
    }

    #[test]
    fn only_wires_near_the_view_are_drawn() {
        let (neurons, wires) = layers(9);
        let culling = culling(&neurons, &wires);
        let everywhere = Rect::enclosing([Rect::around([0.0, 0.0], 1e6)]).unwrap();
        assert_eq!(culling.in_sight(everywhere), one(0..8 * 4096));
        // In the middle of the wires between the third layer and the fourth.
        let view = Rect::around([2.5e4, 9_000.0], 600.0);
        let runs = culling.in_sight(view);
        let drawn: u32 = runs.iter().map(|run| run.end - run.start).sum();
        assert!(runs.iter().any(|run| run.contains(&(2 * 4096 + 2000))));
        assert!(drawn <= 3 * 4096, "{drawn} wires of {}", wires.len());
        assert!(culling.in_sight(Rect::around([0.0, 1e6], 10.0)).is_empty());
    }

    #[test]
    fn a_wire_follows_its_neuron_into_the_view_and_out_of_it() {
        let mut neurons = vec![neuron(0.0, 0.0), neuron(200.0, 0.0)];
        let wires = [WireInstance::between(0, 1)];
        let mut culling = culling(&neurons, &wires);
        let far = Rect::around([0.0, 5_000.0], 100.0);
        assert!(culling.in_sight(far).is_empty());
        let before = culling.revision();
        neurons[1].position = [0.0, 6_000.0];
        culling.follow_neurons(&neurons, &one(1..2));
        assert_eq!(culling.in_sight(far), one(0..1));
        assert!(culling.revision() > before);
    }

    #[test]
    fn a_wire_that_runs_back_is_drawn_where_only_its_bow_is_in_sight() {
        let neurons = [neuron(400.0, 0.0), neuron(0.0, 300.0)];
        let culling = culling(&neurons, &[WireInstance::between(0, 1)]);
        assert_eq!(
            culling.in_sight(Rect::around([540.0, 60.0], 20.0)),
            one(0..1)
        );
    }

    #[test]
    fn wires_that_are_gone_hold_nothing_in_sight() {
        let neurons = [neuron(0.0, 0.0), neuron(100.0, 0.0)];
        let mut wires = [WireInstance::between(0, 1)];
        let mut culling = culling(&neurons, &wires);
        wires[0] = WireInstance::GONE;
        culling.follow_wires(&wires, &one(0..1));
        assert!(culling.in_sight(Rect::around([0.0, 0.0], 500.0)).is_empty());
    }

    #[test]
    fn every_piece_is_named_once() {
        let named: Vec<_> = pieces(&[0..10, 12..70, 130..131], 64, 3).collect();
        assert_eq!(named, [0, 1, 2]);
        assert!(pieces(&one(500..600), 64, 3).next().is_none());
    }
}
