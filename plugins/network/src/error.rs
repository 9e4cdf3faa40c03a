//! What can be wrong with a network, in sentences that name the neuron.

use crate::{EdgeId, NodeId};

/// Why a change to a network was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// No node has this number.
    #[error("there is no neuron number {}", .0.0)]
    UnknownNode(NodeId),
    /// No edge has this number.
    #[error("there is no connection number {}", .0.0)]
    UnknownEdge(EdgeId),
    /// The number is taken.
    #[error("“{name}” and “{taken_by}” have the same number {}", .id.0)]
    DuplicateNode {
        /// The number.
        id: NodeId,
        /// The newcomer.
        name: String,
        /// Who has it.
        taken_by: String,
    },
    /// The number is taken.
    #[error("two connections have the same number {}", .0.0)]
    DuplicateEdge(EdgeId),
    /// The kind is not registered.
    #[error("“{name}” is of the unknown kind “{kind}”; expected one of {known}")]
    UnknownKind {
        /// The node.
        name: String,
        /// What was found.
        kind: String,
        /// The known ones, comma-separated.
        known: String,
    },
    /// The two ports are joined already, with the same delay.
    #[error("“{from}” is already connected to “{to}”")]
    AlreadyConnected {
        /// Source.
        from: String,
        /// Target.
        to: String,
    },
    /// Data cannot flow into an input.
    #[error(
        "“{0}” is an input: it takes its values from the data, so nothing can be connected into it"
    )]
    IntoInput(String),
    /// Data does not flow out of an output.
    #[error("“{0}” is an output: its value is the answer, so nothing can be connected out of it")]
    OutOfOutput(String),
    /// A node cannot feed itself at once.
    #[error("“{0}” cannot be connected to itself without a delay")]
    ToItself(String),
    /// A loop without delay has no order of computation.
    #[error("{} would be a loop without a delay", .0.join(" → "))]
    Cycle(
        /// The names around the loop; the first is repeated at the end.
        Vec<String>,
    ),
    /// The node has no such port.
    #[error("“{name}” has no {side} port {port}; it has {count}")]
    UnknownPort {
        /// The node.
        name: String,
        /// "input" or "output".
        side: &'static str,
        /// What was asked for.
        port: u16,
        /// How many there are.
        count: usize,
    },
    /// The shapes of the two ports do not fit.
    #[error("“{from}” gives values of shape {found:?}, but “{to}” takes shape {expected:?}")]
    ShapeMismatch {
        /// Source.
        from: String,
        /// Target.
        to: String,
        /// The source's shape.
        found: Vec<u32>,
        /// The target's shape.
        expected: Vec<u32>,
    },
    /// A parameter has not the shape its place asks for.
    #[error("the {what} of “{name}” has the shape {found:?}; expected {expected:?}")]
    ParameterShape {
        /// Whose.
        name: String,
        /// Which parameter.
        what: String,
        /// What was found.
        found: Vec<u32>,
        /// What was expected.
        expected: Vec<u32>,
    },
    /// A node has too many or too few parameters.
    #[error("“{name}” has {found} parameters; expected {expected}")]
    ParameterCount {
        /// Whose.
        name: String,
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
    /// There is no such number in the node or edge.
    #[error("“{0}” has no such parameter")]
    UnknownParameter(
        /// Whose.
        String,
    ),
    /// The kind does not allow the activation.
    #[error("“{name}” cannot use {activation}; expected one of {allowed}")]
    ActivationNotAllowed {
        /// The node.
        name: String,
        /// What was asked for.
        activation: &'static str,
        /// What its kind allows, comma-separated.
        allowed: String,
    },
    /// A pruned number is to be something else than 0.
    #[error("“{0}” is pruned: give it back before you set its value")]
    Pruned(String),
    /// A learning rate factor or a dropout out of its range.
    #[error("the {what} of “{name}” is {found}; expected {expected}")]
    Learning {
        /// Whose.
        name: String,
        /// Which number.
        what: &'static str,
        /// What was found.
        found: f32,
        /// Its range.
        expected: &'static str,
    },
    /// A number is infinite or not a number.
    #[error("the {what} of “{name}” is {found}; expected a finite number")]
    NotFinite {
        /// Whose.
        name: String,
        /// Which number.
        what: String,
        /// What was found.
        found: f32,
    },
    /// A name is empty, too long or has control characters.
    #[error("“{0}” is no name for a neuron; expected 1 to 40 characters on one line")]
    BadName(
        /// What was found.
        String,
    ),
    /// A delay other than none or one step.
    #[error("the connection from “{from}” to “{to}” has a delay of {delay}; expected 0 or 1")]
    BadDelay {
        /// Source.
        from: String,
        /// Target.
        to: String,
        /// What was found.
        delay: u8,
    },
    /// A snapshot of other parameters than the network's.
    #[error("the values are of another network: found {found} numbers, expected {expected}")]
    SnapshotSize {
        /// What was found.
        found: usize,
        /// What was expected.
        expected: usize,
    },
}

/// A part of a network, by its place in the lists it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The node at this index.
    Node(usize),
    /// The edge at this index.
    Edge(usize),
}

/// Why lists of nodes and edges do not make a network, and which part is at
/// fault.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct PartError {
    /// The part.
    pub part: Part,
    /// The reason.
    pub error: NetworkError,
}
