//! What a node can be: the `Kind` trait and the register of kinds.

mod neurons;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Activation, Initial, Node, Shape};

/// The name under which a kind is registered and saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KindId(Cow<'static, str>);

impl KindId {
    /// A neuron that takes its value from a column of the data.
    pub const INPUT: Self = Self::new("input");
    /// A neuron between inputs and outputs.
    pub const HIDDEN: Self = Self::new("hidden");
    /// A neuron whose value is an answer of the network.
    pub const OUTPUT: Self = Self::new("output");

    /// The id of a kind of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What part a node plays; it decides its colour everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Takes values from the data.
    Input,
    /// Computes between.
    Hidden,
    /// Gives an answer.
    Output,
}

/// A port of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSpec {
    /// What flows through it, in a word.
    pub name: &'static str,
    /// The shape of one value.
    pub shape: Shape,
}

/// A parameter of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSpec {
    /// Its name in the field: "bias".
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// What it starts from.
    pub initial: Initial,
}

/// How a kind looks on the canvas, as plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    /// One or two letters shown where there is no room for more.
    pub letters: &'static str,
    /// A flat left side: nothing enters here.
    pub is_left_flat: bool,
    /// A flat right side: nothing leaves here.
    pub is_right_flat: bool,
}

/// A value inside a computation: a matrix of batch rows × the size of the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value(pub usize);

/// The operations from which a kind's forward computation is made. The engine
/// implements them with gradients; every value is `[batch, size]`.
pub trait Ops {
    /// `[batch, n] · [n, m] → [batch, m]`, with `matrix` a parameter of n·m
    /// numbers, row-major.
    fn matmul(&mut self, value: Value, matrix: Value, columns: usize) -> Value;
    /// Adds a parameter of `size` numbers to each row.
    fn add_bias(&mut self, value: Value, bias: Value) -> Value;
    /// Puts values side by side: sizes add up.
    fn concat(&mut self, values: &[Value]) -> Value;
    /// Applies an activation to each element. Softmax passes through: it is
    /// taken over all outputs together, when all are known.
    fn activate(&mut self, value: Value, activation: Activation) -> Value;
}

/// All there is to know of a kind of node.
///
/// Kinds are stateless; what differs between two nodes of a kind is in the
/// [`Node`].
pub trait Kind: Send + Sync {
    /// The name it is registered and saved under.
    fn id(&self) -> KindId;
    /// Its part, and so its colour.
    fn role(&self) -> Role;
    /// What a person calls it: "hidden neuron".
    fn title(&self) -> &'static str;
    /// One sentence on what it does.
    fn explanation(&self) -> &'static str;
    /// How it looks.
    fn face(&self) -> Face;
    /// The ports data enters by. What enters a port is summed.
    fn inputs(&self, node: &Node) -> Vec<PortSpec>;
    /// The ports data leaves by.
    fn outputs(&self, node: &Node) -> Vec<PortSpec>;
    /// Its parameters.
    fn parameters(&self, node: &Node) -> Vec<ParameterSpec>;
    /// The activations it allows; the first is what a new node gets.
    fn activations(&self) -> &'static [Activation];
    /// Its output, from the sums that entered its input ports and its
    /// parameters. Not called for inputs.
    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value;
    /// Whether `forward` is activation(sum + bias) on scalars, which the engine
    /// computes many at a time.
    fn is_plain_neuron(&self) -> bool {
        false
    }
}

/// The kinds a network knows. Cheap to clone.
#[derive(Clone)]
pub struct Kinds(Arc<BTreeMap<KindId, Arc<dyn Kind>>>);

impl Kinds {
    /// These kinds and one more; it replaces one of the same id.
    #[must_use]
    pub fn with(self, kind: impl Kind + 'static) -> Self {
        let mut kinds = (*self.0).clone();
        kinds.insert(kind.id(), Arc::new(kind));
        Self(Arc::new(kinds))
    }

    /// The kind of this id.
    #[must_use]
    pub fn get(&self, id: &KindId) -> Option<&dyn Kind> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// All kinds by id.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Kind> {
        self.0.values().map(AsRef::as_ref)
    }

    /// The ids as a sentence shows them.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.0.keys().map(KindId::as_str).collect();
        names.join(", ")
    }
}

impl Default for Kinds {
    /// The kinds Neurarium ships.
    fn default() -> Self {
        Self(Arc::default())
            .with(neurons::INPUT)
            .with(neurons::HIDDEN)
            .with(neurons::OUTPUT)
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
