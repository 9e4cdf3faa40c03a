//! A network, ready to be computed: what its blocks are, and where its numbers lie.

mod compiler;

use std::sync::Arc;

use network::{Network, Node, NodeId, PortSpec, shape_size};
use project::TrainingProblem;

use crate::blocks::kinds::KindNode;
use crate::blocks::level::Level;
use crate::blocks::region::{Region, RowOf};

/// Why a network cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// It is none that can be trained: told before, by the same sentence.
    #[error(transparent)]
    Refused(#[from] TrainingProblem),
    /// A kind computes something else than it says.
    #[error("“{name}” cannot be computed: {cause}.")]
    Kind {
        /// The node.
        name: String,
        /// What its kind does wrong.
        cause: String,
    },
    /// More numbers than can be counted.
    #[error("The network is too large for this machine.")]
    TooLarge,
}

/// How plain neurons are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Many at a time, by operations made for it.
    #[default]
    Fused,
    /// A level at a time, by dfdx's own product of matrices, broadcast and activations,
    /// as one writes networks with dfdx: the plain way, which the fast one is measured
    /// beside. The numbers live in the same parameters, and the same optimisers change
    /// them.
    Levels,
    /// Each by itself, as its kind says, on dfdx's own operations: slow, and what
    /// the fast way is tested and measured against.
    PerNode,
}

/// What an output still needs to become an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Nothing.
    Done,
    /// The logistic function; the loss takes it from the sum directly.
    Sigmoid,
    /// Softmax over all outputs with it.
    Softmax,
}

/// Where the value of a node is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) node: NodeId,
    pub(crate) first: RowOf,
    pub(crate) size: usize,
    pub(crate) head: Head,
}

/// One entry on the tape.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Region(Arc<Region>),
    Level(Level),
    Kind(Arc<KindNode>),
}

/// A network, ready to be computed. Value 0 is the data; each step gives one more.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    /// Numbers of one data row.
    pub(crate) input_size: usize,
    /// Parameters in the engine's order, with those that only fill matrices.
    pub(crate) parameters: usize,
    /// For each learnable number in the canonical order, its place here.
    pub(crate) slots: Vec<u32>,
    /// Places that belong to no parameter: always zero.
    pub(crate) fillers: Vec<u32>,
    /// All nodes by number.
    pub(crate) places: Vec<Place>,
    /// The outputs, in the order asked for.
    pub(crate) outputs: Vec<Place>,
    /// Multiply-adds of one row forward.
    pub(crate) work: u64,
    /// Whether values are left out while training.
    pub(crate) has_dropout: bool,
}

/// The numbers a node gives, all its ports side by side.
pub(crate) fn answer_size(network: &Network, node: &Node) -> usize {
    network
        .kind(node)
        .map_or(0, |kind| sizes(&kind.outputs(node)).sum())
}

fn sizes(ports: &[PortSpec]) -> impl Iterator<Item = usize> {
    ports.iter().map(|port| shape_size(&port.shape))
}
