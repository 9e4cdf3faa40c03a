//! Response maps: what nodes make of a plane of two inputs, chunk by chunk.

use std::collections::BTreeSet;

use datasets::Scaling;
use network::NodeId;

use crate::blocks::Weights;
use crate::classes::ClassRule;
use crate::compile::Place;
use crate::data::{CHUNK_ROWS, Data};
use crate::instruments::Readout;
use crate::loss::LossPlan;
use crate::model::{Chunk, Model, PassError, stride};
use crate::{CloseMaps, CloseUp, MapRequest, Mapped, ResponseMaps};

/// An input that varies.
#[derive(Clone, Copy, Debug)]
struct Axis {
    /// Its place in a row, and how it is scaled; `None` without a column.
    place: Option<(usize, Scaling)>,
    range: [f32; 2],
}

/// What the rows of a stage are.
enum Rows {
    /// The cells of a grid with so many along a side; of a line only the lowest row,
    /// which all others are like.
    Grid { side: usize, is_line: bool },
    /// These rows of the table.
    Table(Vec<u32>),
}

/// A part of the job: some nodes at some rows.
struct Stage {
    rows: Rows,
    done: usize,
    places: Vec<Place>,
    /// Node after node, each in the order of the rows.
    numbers: Vec<f32>,
}

impl Stage {
    fn new(rows: Rows, places: Vec<Place>) -> Self {
        let mut stage = Self {
            rows,
            done: 0,
            places,
            numbers: Vec::new(),
        };
        stage.numbers = vec![0.0; stage.places.len() * stage.total()];
        stage
    }

    fn total(&self) -> usize {
        match &self.rows {
            _ if self.places.is_empty() => 0,
            Rows::Grid { side, is_line } => side * if *is_line { 1 } else { *side },
            Rows::Table(rows) => rows.len(),
        }
    }

    fn nodes(&self) -> Vec<NodeId> {
        self.places.iter().map(|place| place.node).collect()
    }

    /// The numbers of all cells: a line is laid out over its plane.
    fn take(&mut self) -> Vec<f32> {
        let numbers = std::mem::take(&mut self.numbers);
        match self.rows {
            Rows::Grid {
                side,
                is_line: true,
            } => {
                // Without a close-up its side is 0.
                let lines = numbers.chunks_exact(side.max(1));
                let plane = lines.flat_map(|line| std::iter::repeat_n(line, side).flatten());
                plane.copied().collect()
            }
            _ => numbers,
        }
    }
}

/// Maps under way. All numbers are of the values there were at the beginning,
/// however long training goes on meanwhile.
pub(crate) struct MapJob {
    request: MapRequest,
    /// The maps; those looked at closely; the rows these are looked at.
    stages: [Stage; 3],
    is_right: Vec<bool>,
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
        let mut request = MapRequest {
            resolution: request.resolution.clamp(2, most),
            ..request.clone()
        };
        let mut close = Vec::new();
        if let Some(wanted) = &mut request.close {
            close = these(&wanted.nodes, model);
            close.truncate(CloseUp::MAX_NODES);
            wanted.nodes = close.iter().map(|place| place.node).collect();
            wanted.resolution = wanted.resolution.clamp(2, MapRequest::MAX_RESOLUTION);
            wanted.rows.retain(|&row| data.has(row));
            wanted.rows.truncate(CloseUp::MAX_ROWS);
        }
        let wanted = request.close.clone().unwrap_or_default();
        let is_line = request.x == request.y;
        let grid = |resolution: u32| Rows::Grid {
            side: resolution as usize,
            is_line,
        };
        let axis = |node, range| Axis {
            place: data.place_of(node),
            range,
        };
        Self {
            stages: [
                Stage::new(grid(request.resolution), places),
                Stage::new(grid(wanted.resolution), close.clone()),
                Stage::new(Rows::Table(wanted.rows), close),
            ],
            is_right: Vec::new(),
            weights: model.weights().clone(),
            epochs,
            version,
            still: data.by_hand(&request.fixed),
            axes: [
                axis(request.x, request.x_range),
                axis(request.y, request.y_range),
            ],
            request,
        }
    }

    /// How much work the next chunk is, compared with that of training.
    pub(crate) fn cost(&self, model: &Model) -> u64 {
        let now = self.stages.iter().find(|stage| stage.done < stage.total());
        now.map_or(0, |stage| {
            cost_of(CHUNK_ROWS.min(stage.total() - stage.done), stage, model)
        })
    }

    /// How much work all maps are, likewise.
    pub(crate) fn whole_cost(&self, model: &Model) -> u64 {
        let costs = self.stages.iter();
        costs.fold(0_u64, |sum, stage| {
            sum.saturating_add(cost_of(stage.total(), stage, model))
        })
    }

    /// Computes the next chunk of cells or rows; gives how many, and the maps when all
    /// are done.
    pub(crate) fn advance(
        &mut self,
        model: &Model,
        plan: &LossPlan,
        data: &Data,
        rule: ClassRule,
    ) -> Result<(usize, Option<ResponseMaps>), PassError> {
        let mut count = 0;
        if let Some(now) = self
            .stages
            .iter()
            .position(|stage| stage.done < stage.total())
        {
            let Self {
                stages,
                is_right,
                weights,
                still,
                axes,
                ..
            } = self;
            let stage = &mut stages[now];
            let (total, first) = (stage.total(), stage.done);
            let end = total.min(first + CHUNK_ROWS);
            count = end - first;
            let chunk = match &stage.rows {
                Rows::Grid { side, .. } => grid_chunk(still, axes, *side, first, count),
                Rows::Table(rows) => data.chunk(&rows[first..end]),
            };
            let flows = model.pass_with(weights, &chunk)?;
            let readout = Readout::new(model, plan, &flows, count);
            for (place, numbers) in stage
                .places
                .iter()
                .zip(stage.numbers.chunks_exact_mut(total))
            {
                if place.size > 0 {
                    numbers[first..end].copy_from_slice(readout.element(place, 0));
                }
            }
            if matches!(stage.rows, Rows::Table(_)) {
                let right =
                    (0..count).filter_map(|row| readout.is_right(rule, &chunk.targets, row));
                is_right.extend(right);
            }
            stage.done = end;
        }
        let is_done = self.stages.iter().all(|stage| stage.done == stage.total());
        Ok((count, is_done.then(|| self.finish())))
    }

    fn finish(&mut self) -> ResponseMaps {
        let [all, close, rows] = &mut self.stages;
        ResponseMaps {
            request: self.request.clone(),
            epochs: self.epochs,
            nodes: all.nodes(),
            cells: all.take(),
            close: CloseMaps {
                nodes: close.nodes(),
                cells: close.take(),
                values: rows.take(),
                is_right: std::mem::take(&mut self.is_right),
            },
        }
    }
}

/// How much work so many rows of a stage are, compared with that of training.
fn cost_of(rows: usize, stage: &Stage, model: &Model) -> u64 {
    // Forward is a little more than a third of training: a quarter more brings
    // the measured share under a tenth (`benches/instruments.rs`).
    let forward = model.program.work + model.program.work / 4;
    let of_row = forward + (model.program.input_size + stage.places.len()) as u64;
    (rows as u64).saturating_mul(of_row)
}

/// These cells of a grid as rows.
fn grid_chunk(still: &[f32], axes: &[Axis; 2], side: usize, first: usize, rows: usize) -> Chunk {
    let stride = stride(rows);
    let mut inputs = Vec::with_capacity(still.len() * stride);
    for &value in still {
        inputs.extend(std::iter::repeat_n(value, stride));
    }
    let cells = first..first + rows;
    let [x, y] = axes;
    // Of a line the one input goes from left to right, so x has the last word.
    y.fill(
        &mut inputs,
        side,
        stride,
        cells.clone().map(|cell| cell / side),
    );
    x.fill(&mut inputs, side, stride, cells.map(|cell| cell % side));
    Chunk {
        inputs,
        targets: Vec::new(),
        rows,
        noise: None,
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
        Mapped::These(nodes) => these(nodes, model),
    }
}

/// Those of these nodes that exist, each once.
fn these(nodes: &[NodeId], model: &Model) -> Vec<Place> {
    let all = &model.program.places;
    let mut met = BTreeSet::new();
    let place_of = |node: &NodeId| {
        let index = all.binary_search_by_key(node, |place| place.node).ok()?;
        met.insert(*node).then_some(all[index])
    };
    nodes.iter().filter_map(place_of).collect()
}
