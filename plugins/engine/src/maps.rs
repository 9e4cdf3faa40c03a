//! Response maps: what nodes make of a plane of two inputs, chunk by chunk.

use std::collections::BTreeSet;

use datasets::Scaling;
use network::NodeId;

use crate::blocks::Weights;
use crate::compile::Place;
use crate::data::{CHUNK_ROWS, Data};
use crate::instruments::Readout;
use crate::loss::LossPlan;
use crate::model::{Chunk, Model, PassError, stride};
use crate::{MapRequest, Mapped, ResponseMaps};

/// An input that varies.
#[derive(Clone, Copy, Debug)]
struct Axis {
    /// Its place in a row, and how it is scaled; `None` without a column.
    place: Option<(usize, Scaling)>,
    range: [f32; 2],
}

/// Maps under way. All cells are of the numbers there were at the beginning,
/// however long training goes on meanwhile.
pub(crate) struct MapJob {
    request: MapRequest,
    done: usize,
    places: Vec<Place>,
    cells: Vec<f32>,
    weights: Weights,
    epochs: u32,
    /// The version of the numbers.
    pub(crate) version: u64,
    /// A row with everything that does not vary.
    still: Vec<f32>,
    axes: [Axis; 2],
}

impl MapJob {
    pub(crate) fn new(
        request: &MapRequest,
        model: &Model,
        data: &Data,
        epochs: u32,
        version: u64,
    ) -> Self {
        let mut places = places(&request.nodes, model);
        places.truncate(MapRequest::MAX_CELLS / 4);
        let fitting = (MapRequest::MAX_CELLS / places.len().max(1)).isqrt() as u32;
        let most = MapRequest::MAX_RESOLUTION.min(fitting).max(2);
        let resolution = request.resolution.clamp(2, most);
        let axis = |node, range| Axis {
            place: data.place_of(node),
            range,
        };
        Self {
            cells: vec![0.0; places.len() * (resolution * resolution) as usize],
            done: 0,
            places,
            weights: model.weights().clone(),
            epochs,
            version,
            still: data.by_hand(&request.fixed),
            axes: [
                axis(request.x, request.x_range),
                axis(request.y, request.y_range),
            ],
            request: MapRequest {
                resolution,
                ..request.clone()
            },
        }
    }

    /// How much work the next chunk is, compared with that of training.
    pub(crate) fn cost(&self, model: &Model) -> u64 {
        self.cost_of(CHUNK_ROWS.min(self.total() - self.done), model)
    }

    /// How much work all maps are, likewise.
    pub(crate) fn whole_cost(&self, model: &Model) -> u64 {
        self.cost_of(self.total(), model)
    }

    fn cost_of(&self, cells: usize, model: &Model) -> u64 {
        // Forward is a little more than a third of training: a quarter more brings
        // the measured share under a tenth (`benches/instruments.rs`).
        let forward = model.program.work + model.program.work / 4;
        let of_cell = forward + (model.program.input_size + self.places.len()) as u64;
        (cells as u64).saturating_mul(of_cell)
    }

    fn total(&self) -> usize {
        let side = self.request.resolution as usize;
        side * side
    }

    /// Computes the next chunk of cells; gives how many, and the maps when all are
    /// done.
    pub(crate) fn advance(
        &mut self,
        model: &Model,
        plan: &LossPlan,
    ) -> Result<(usize, Option<ResponseMaps>), PassError> {
        let total = self.total();
        let end = total.min(self.done + CHUNK_ROWS);
        let count = end - self.done;
        let flows = model.pass_with(&self.weights, &self.chunk(self.done, count))?;
        let readout = Readout::new(model, plan, &flows, count);
        for (place, cells) in self.places.iter().zip(self.cells.chunks_exact_mut(total)) {
            if place.size > 0 {
                cells[self.done..end].copy_from_slice(readout.element(place, 0));
            }
        }
        self.done = end;
        let maps = (end == total).then(|| ResponseMaps {
            request: self.request.clone(),
            epochs: self.epochs,
            nodes: self.places.iter().map(|place| place.node).collect(),
            cells: std::mem::take(&mut self.cells),
        });
        Ok((count, maps))
    }

    fn chunk(&self, first: usize, rows: usize) -> Chunk {
        let stride = stride(rows);
        let mut inputs = Vec::with_capacity(self.still.len() * stride);
        for &value in &self.still {
            inputs.extend(std::iter::repeat_n(value, stride));
        }
        let side = self.request.resolution as usize;
        let [x, y] = self.axes;
        x.fill(
            &mut inputs,
            side,
            stride,
            (first..first + rows).map(|cell| cell % side),
        );
        y.fill(
            &mut inputs,
            side,
            stride,
            (first..first + rows).map(|cell| cell / side),
        );
        Chunk {
            inputs,
            targets: Vec::new(),
            rows,
            noise: None,
        }
    }
}

impl Axis {
    /// Puts the values at these steps along a side in their place.
    fn fill(
        &self,
        inputs: &mut [f32],
        side: usize,
        stride: usize,
        steps: impl Iterator<Item = usize>,
    ) {
        let Some((element, scaling)) = self.place else {
            return;
        };
        let [low, high] = self.range;
        let targets = &mut inputs[element * stride..(element + 1) * stride];
        for (target, step) in targets.iter_mut().zip(steps) {
            let part = step as f32 / (side - 1) as f32;
            *target = scaling.standardise(low * (1.0 - part) + high * part);
        }
    }
}

/// The nodes whose maps are wanted.
fn places(mapped: &Mapped, model: &Model) -> Vec<Place> {
    let all = &model.program.places;
    match mapped {
        Mapped::Outputs => model.program.outputs.clone(),
        Mapped::All => all.clone(),
        Mapped::These(nodes) => {
            let mut met = BTreeSet::new();
            let place_of = |node: &NodeId| {
                let index = all.binary_search_by_key(node, |place| place.node).ok()?;
                met.insert(*node).then_some(all[index])
            };
            nodes.iter().filter_map(place_of).collect()
        }
    }
}
