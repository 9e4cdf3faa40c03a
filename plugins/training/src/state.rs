//! What training has to show.

use std::collections::BTreeMap;

use bevy::prelude::*;
use engine::{Activations, EarlyStop, Evaluation, MapRequest, Part, ResponseMaps, Status};
use network::NodeId;

use crate::Losses;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Progress>();
    app.init_resource::<Probe>();
    app.init_resource::<Maps>();
}

/// How training goes.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What the engine is doing.
    pub status: Status,
    /// Whole epochs behind the values.
    pub epochs: u32,
    /// The epoch count at which training will stop.
    pub target_epochs: u32,
    /// Batches done in this epoch.
    pub batch: u32,
    /// Batches in an epoch.
    pub batches: u32,
    /// Rows in training, validation and test.
    pub rows: [u32; 3],
    /// The learning rate of the epoch under way, by warm-up and schedule.
    pub rate: f32,
    /// How training ended by itself, until it goes on.
    pub early_stop: Option<EarlyStop>,
    /// The loss of each epoch since the last reset, undone reset, or opened
    /// project.
    pub losses: Losses,
    /// The last evaluation of each part that was asked for. An edit that makes it
    /// stale clears it; training on does not: compare its `epochs`.
    pub evaluations: Vec<Evaluation>,
    /// What stopped training, until it goes on.
    pub fault: Option<String>,
}

impl Progress {
    /// The last evaluation of a part.
    #[must_use]
    pub fn evaluation(&self, part: Part) -> Option<&Evaluation> {
        self.evaluations.iter().rev().find(|one| one.part == part)
    }
}

/// Values put in by hand, and what every node makes of them.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Probe {
    /// What the person has set, in the data's own units; inputs left out count
    /// as 0. Changing it asks the engine; while it is empty nothing is asked.
    /// Emptied when another project is opened.
    pub inputs: BTreeMap<NodeId, f32>,
    /// The newest answer; asked again when the numbers of the network change.
    pub answer: Option<Activations>,
}

impl Probe {
    /// What a node made of the values.
    #[must_use]
    pub fn value(&self, node: NodeId) -> Option<f32> {
        let answer = self.answer.as_ref()?;
        let place = answer
            .nodes
            .binary_search_by_key(&node, |(id, _)| *id)
            .ok()?;
        answer.nodes[place].1.first().copied()
    }
}

/// The responses of nodes over a plane of two inputs.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Maps {
    /// What is asked: the [`Slice`](crate::Slice) over the range of the data and a fifth
    /// more on each side.
    pub request: Option<MapRequest>,
    /// The newest answer.
    pub maps: Option<ResponseMaps>,
    /// Rises with each answer.
    pub revision: u64,
}

/// A node looked at closely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloseView<'a> {
    /// Cells along each side.
    pub resolution: usize,
    /// Its map, row by row from low to high y.
    pub cells: &'a [f32],
    /// Rows of the table, from 0.
    pub rows: &'a [u32],
    /// What it gives for each of these.
    pub values: &'a [f32],
    /// Of each, whether the outputs name the right class; empty where they are no
    /// classes.
    pub is_right: &'a [bool],
}

impl Maps {
    /// The cells of one node's map, row by row from low to high y.
    #[must_use]
    pub fn cells(&self, node: NodeId) -> Option<&[f32]> {
        let maps = self.maps.as_ref()?;
        let size = (maps.request.resolution * maps.request.resolution) as usize;
        of_node(&maps.nodes, node, &maps.cells, size)
    }

    /// A node that is looked at closely.
    #[must_use]
    pub fn close(&self, node: NodeId) -> Option<CloseView<'_>> {
        let maps = self.maps.as_ref()?;
        let asked = maps.request.close.as_ref()?;
        let nodes = &maps.close.nodes;
        let size = (asked.resolution * asked.resolution) as usize;
        Some(CloseView {
            resolution: asked.resolution as usize,
            cells: of_node(nodes, node, &maps.close.cells, size)?,
            rows: &asked.rows,
            values: of_node(nodes, node, &maps.close.values, asked.rows.len())?,
            is_right: &maps.close.is_right,
        })
    }
}

/// The numbers of one node, of which each has so many.
fn of_node<'a>(
    nodes: &[NodeId],
    node: NodeId,
    numbers: &'a [f32],
    size: usize,
) -> Option<&'a [f32]> {
    let place = nodes.iter().position(|&id| id == node)?;
    numbers.get(place * size..(place + 1) * size)
}
