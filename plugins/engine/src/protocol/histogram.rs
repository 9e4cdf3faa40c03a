//! How numbers are spread: what a histogram is asked and what it answers.

use network::NodeId;
use serde::{Deserialize, Serialize};

use crate::Part;

/// The numbers whose spread is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// The weights of connections; of a node: of those that lead into it. Pruned ones
    /// do not count.
    #[default]
    Weights,
    /// The learnable numbers of nodes: of a neuron its bias.
    Biases,
    /// ∂L/∂w of the last whole batch for all of these, zero for frozen ones.
    Gradients,
    /// What nodes gave for the last rows trained on, up to 64: of all nodes but inputs,
    /// or of one node.
    LastActivations,
    /// What they give for all rows of a part of the data, without dropout.
    Activations(Part),
}

/// Asks how numbers are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistogramRequest {
    /// Comes back with the answer.
    pub id: u64,
    /// What is counted.
    pub of: Measured,
    /// Of which node; `None`: of the whole network.
    pub node: Option<NodeId>,
    /// 1 to [`HistogramRequest::MAX_BINS`]; others are brought into this range.
    pub bins: u32,
}

impl HistogramRequest {
    /// The most bins.
    pub const MAX_BINS: u32 = 256;
}

/// How often numbers fall into bins of equal width.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// What was asked, with the bins that were used.
    pub request: HistogramRequest,
    /// The epochs behind the values.
    pub epochs: u32,
    /// The least and the largest number: where the first bin begins and the last one
    /// ends. When all are equal, half before and half behind (as numpy does); 0 to 1
    /// without numbers.
    pub range: [f32; 2],
    /// How many numbers are in each bin. A bin begins with its lower end; the upper end
    /// belongs to the last one only.
    pub counts: Vec<u64>,
    /// Their mean; 0 without numbers.
    pub mean: f32,
    /// Their standard deviation, √mean (x − mean)².
    pub deviation: f32,
    /// Numbers that are not finite, in no bin.
    pub not_finite: u64,
}
