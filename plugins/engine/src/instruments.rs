//! Instruments: what nodes make of a row, of a plane of rows, and of the rows just learned.

use network::NodeId;

use crate::blocks::Flow;
use crate::compile::{Head, Place};
use crate::data::{CHUNK_ROWS, Data};
use crate::loss::LossPlan;
use crate::model::{Model, PassError, stride};
use crate::{Activations, MapRequest, ProbeRequest, ResponseMaps};

/// The values of all nodes after a pass, with outputs as answers.
struct Readout<'a> {
    flows: &'a [Flow],
    answers: Vec<f32>,
    outputs: &'a [Place],
    rows: usize,
}

impl<'a> Readout<'a> {
    fn new(model: &'a Model, plan: &LossPlan, flows: &'a [Flow], rows: usize) -> Self {
        Self {
            flows,
            answers: plan.answers(flows, rows, stride(rows)),
            outputs: &model.program.outputs,
            rows,
        }
    }

    /// The values of one element of a node.
    fn element(&self, place: &Place, element: usize) -> &[f32] {
        let stride = stride(self.rows);
        let (numbers, row) = match (place.head, self.answer_row(place.node)) {
            (Head::Sigmoid | Head::Softmax, Some(row)) => (self.answers.as_slice(), row),
            _ => (
                self.flows[place.first.value].numbers.as_slice(),
                place.first.row,
            ),
        };
        let first = (row + element) * stride;
        &numbers[first..first + self.rows]
    }

    fn answer_row(&self, node: NodeId) -> Option<usize> {
        let index = self.outputs.iter().position(|place| place.node == node)?;
        Some(self.outputs[..index].iter().map(|place| place.size).sum())
    }
}

/// Mean |activation| of each node, by number.
pub(crate) fn signals(model: &Model, plan: &LossPlan, flows: &[Flow], rows: usize) -> Vec<f32> {
    let readout = Readout::new(model, plan, flows, rows);
    let mean = |place: &Place| {
        let sum: f32 = (0..place.size)
            .flat_map(|element| readout.element(place, element))
            .map(|value| value.abs())
            .sum();
        sum / (place.size * rows).max(1) as f32
    };
    model.program.places.iter().map(mean).collect()
}

/// Answers a probe; gives the signals along with it.
pub(crate) fn probe(
    model: &Model,
    plan: &LossPlan,
    data: &Data,
    request: &ProbeRequest,
    epochs: u32,
) -> Result<(Activations, Vec<f32>), PassError> {
    let chunk = data.chunk_by_hand([request.inputs.clone()].into_iter());
    let flows = model.pass(&chunk)?;
    let readout = Readout::new(model, plan, &flows, 1);
    let nodes = model
        .program
        .places
        .iter()
        .map(|place| {
            let values = (0..place.size).map(|element| readout.element(place, element)[0]);
            (place.node, values.collect())
        })
        .collect();
    let answer = Activations {
        id: request.id,
        epochs,
        nodes,
    };
    Ok((answer, signals(model, plan, &flows, 1)))
}

/// Maps under way, chunk by chunk.
pub(crate) struct MapJob {
    request: MapRequest,
    done: usize,
    places: Vec<Place>,
    cells: Vec<f32>,
}

impl MapJob {
    pub(crate) fn new(request: &MapRequest, model: &Model) -> Self {
        let resolution = request.resolution.clamp(2, MapRequest::MAX_RESOLUTION);
        let request = MapRequest {
            resolution,
            ..request.clone()
        };
        let places = if request.nodes {
            model.program.places.clone()
        } else {
            model.program.outputs.clone()
        };
        Self {
            cells: vec![0.0; places.len() * (resolution * resolution) as usize],
            done: 0,
            request,
            places,
        }
    }

    /// Computes the next chunk of cells; gives how many, and the maps when all are
    /// done.
    pub(crate) fn advance(
        &mut self,
        model: &Model,
        plan: &LossPlan,
        data: &Data,
        epochs: u32,
    ) -> Result<(usize, Option<ResponseMaps>), PassError> {
        let side = self.request.resolution as usize;
        let end = (side * side).min(self.done + CHUNK_ROWS);
        let count = end - self.done;
        let chunk = data.chunk_by_hand((self.done..end).map(|cell| self.request.at(cell)));
        let flows = model.pass(&chunk)?;
        let readout = Readout::new(model, plan, &flows, count);
        for (place, cells) in self
            .places
            .iter()
            .zip(self.cells.chunks_exact_mut(side * side))
        {
            if place.size > 0 {
                cells[self.done..end].copy_from_slice(readout.element(place, 0));
            }
        }
        self.done = end;
        let maps = (end == side * side).then(|| ResponseMaps {
            request: self.request.clone(),
            epochs,
            nodes: self.places.iter().map(|place| place.node).collect(),
            cells: std::mem::take(&mut self.cells),
        });
        Ok((count, maps))
    }
}

impl MapRequest {
    /// The inputs of a cell.
    fn at(&self, cell: usize) -> Vec<(NodeId, f32)> {
        let side = self.resolution as usize;
        let between = |[low, high]: [f32; 2], index: usize| {
            let part = index as f32 / (side - 1) as f32;
            low * (1.0 - part) + high * part
        };
        let mut inputs = self.fixed.clone();
        inputs.push((self.x, between(self.x_range, cell % side)));
        inputs.push((self.y, between(self.y_range, cell / side)));
        inputs
    }
}
