//! What instruments are asked and what they answer: probes, traces, maps.

use network::NodeId;
use serde::{Deserialize, Serialize};

/// Values put in by hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeRequest {
    /// Comes back with the answer.
    pub id: u64,
    /// The first element of an input in the data's own units; inputs left out are
    /// 0. Values that are not finite count as 0.
    pub inputs: Vec<(NodeId, f32)>,
}

/// Whose maps are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mapped {
    /// Those of the outputs, in the order of their columns.
    #[default]
    Outputs,
    /// Those of all nodes, by number.
    All,
    /// Those of these nodes, in this order, each once; others are left out.
    These(Vec<NodeId>),
}

/// A plane of two inputs; of one, when `x` and `y` are the same: then all rows of a map
/// are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapRequest {
    /// The input that varies from left to right.
    pub x: NodeId,
    /// The input that varies from bottom to top.
    pub y: NodeId,
    /// The values of `x` at the centres of the first and last column, in the
    /// data's own units.
    pub x_range: [f32; 2],
    /// The values of `y` at the centres of the lowest and highest row.
    pub y_range: [f32; 2],
    /// Cells along each side: 2 to [`MapRequest::MAX_RESOLUTION`]; others are
    /// brought into this range, and below it as far as [`MapRequest::MAX_CELLS`]
    /// demands.
    pub resolution: u32,
    /// The other inputs; those left out are 0.
    pub fixed: Vec<(NodeId, f32)>,
    /// Whose maps.
    pub nodes: Mapped,
    /// Nodes to be looked at closely besides.
    pub close: Option<CloseUp>,
}

/// Nodes that are looked at closely: over the plane of the maps in more cells, and at
/// rows of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseUp {
    /// The nodes in this order, each once; others, and those beyond
    /// [`CloseUp::MAX_NODES`], are left out.
    pub nodes: Vec<NodeId>,
    /// Cells along each side: 2 to [`MapRequest::MAX_RESOLUTION`]; others are brought
    /// into this range.
    pub resolution: u32,
    /// Rows of the table, from 0, of whatever part; those that do not exist, and those
    /// beyond [`CloseUp::MAX_ROWS`], are left out.
    pub rows: Vec<u32>,
}

impl CloseUp {
    /// The most nodes looked at closely.
    pub const MAX_NODES: usize = 16;

    /// The most rows at which they are looked at.
    pub const MAX_ROWS: usize = 1 << 14;
}

impl MapRequest {
    /// The most cells along a side.
    pub const MAX_RESOLUTION: u32 = 128;

    /// The most cells of all maps together (32 MB): with more nodes, maps get
    /// coarser, and with more than a quarter as many nodes the last ones get none.
    pub const MAX_CELLS: usize = 1 << 23;
}

/// What every node makes of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activations {
    /// The probe's id.
    pub id: u64,
    /// The epochs behind the values that answered.
    pub epochs: u32,
    /// The values of each node, by number: one for a neuron, row-major for a node
    /// of another shape. Inputs are what the network saw, after scaling.
    pub nodes: Vec<(NodeId, Vec<f32>)>,
}

/// How nodes respond over a plane of two inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseMaps {
    /// What was asked, with the resolution that was used.
    pub request: MapRequest,
    /// The epochs behind the values.
    pub epochs: u32,
    /// Whose maps follow.
    pub nodes: Vec<NodeId>,
    /// Activations: node after node, each row by row from low to high `y`, each
    /// from low to high `x`. A node that is no scalar shows its first element.
    pub cells: Vec<f32>,
    /// The nodes looked at closely, of the same numbers; empty without any.
    pub close: CloseMaps,
}

/// What nodes looked at closely are like. What was left out of the request is left out
/// of [`ResponseMaps::request`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CloseMaps {
    /// The nodes.
    pub nodes: Vec<NodeId>,
    /// Their maps, as in [`ResponseMaps::cells`].
    pub cells: Vec<f32>,
    /// Activations at the rows: node after node, each in the order of the rows.
    pub values: Vec<f32>,
    /// Of each row, whether the outputs name the class of its targets; empty where
    /// outputs are no classes.
    pub is_right: Vec<bool>,
}

/// One row that is looked at by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TraceRow {
    /// A row of the table, from 0, of whatever part.
    Table(u32),
    /// A row put in by hand, in the data's own units.
    ByHand {
        /// The first element of an input; inputs left out are 0. Values that are
        /// not finite count as 0.
        inputs: Vec<(NodeId, f32)>,
        /// The first element of an output's target, likewise. When no output is
        /// named there is no target: then there is no loss and no gradient.
        targets: Vec<(NodeId, f32)>,
    },
}

/// One row, to be followed forward, to the loss, back, and to the step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceRequest {
    /// Comes back with the answer.
    pub id: u64,
    /// The row.
    pub row: TraceRow,
    /// Whether [`Trace::gradients`] are wanted: as many numbers as the network has.
    pub with_gradients: bool,
    /// Whether [`Trace::updates`] are wanted: as many again.
    pub with_update: bool,
}

/// What one row does, with the numbers as they are; nothing is learned from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The request's id.
    pub id: u64,
    /// The epochs behind the values.
    pub epochs: u32,
    /// All nodes, by number.
    pub nodes: Vec<NodeTrace>,
    /// The loss of this row; `None` without targets.
    pub loss: Option<f32>,
    /// ∂L/∂w of this row alone, for each learnable number in the canonical order:
    /// the true derivative, for frozen numbers too. (In [`Report::gradients`] those
    /// are zero.) Empty when not asked for, or without targets.
    ///
    /// [`Report::gradients`]: crate::Report::gradients
    pub gradients: Vec<f32>,
    /// What a step of training on this row alone would add to each number, in the
    /// canonical order: new − old, rounded to `f32`, with the optimiser's present
    /// memory and learning rate; zero for frozen numbers. `Request::LearnRow` makes
    /// this very step. Empty when not asked for, or without targets.
    pub updates: Vec<f32>,
}

/// What one row does in one node; of a node that is no scalar, in its first element.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeTrace {
    /// The node.
    pub node: NodeId,
    /// z, the weighted sum with the bias, before the activation function; `None`
    /// for an input, and for a node of a kind that has no one such sum.
    pub input: Option<f32>,
    /// a, what the node gives. Inputs give what the network sees, after scaling.
    pub output: f32,
    /// ∂L/∂z; `None` for an input and without targets. Of a node without z, ∂L/∂a
    /// (for softmax: by what enters it).
    pub delta: Option<f32>,
}
