//! The three kinds of neuron: input, hidden and output.

use crate::{Activation, Initial, Leak, Node};

use super::{Face, Kind, KindId, Ops, ParameterSpec, PortSpec, Role, Value};

/// A neuron: activation(Σ weight · value + bias); an input only passes on a value
/// of the data.
pub(super) struct Neuron {
    id: KindId,
    role: Role,
    title: &'static str,
    explanation: &'static str,
    letters: &'static str,
    /// What its value is called.
    gives: &'static str,
    activations: &'static [Activation],
}

/// Takes its value from a column of the data.
pub(super) const INPUT: Neuron = Neuron {
    id: KindId::INPUT,
    role: Role::Input,
    title: "input neuron",
    explanation: "Brings one column of the data into the network.",
    letters: "I",
    gives: "value",
    activations: &[Activation::Linear],
};

/// Computes between inputs and outputs.
pub(super) const HIDDEN: Neuron = Neuron {
    id: KindId::HIDDEN,
    role: Role::Hidden,
    title: "hidden neuron",
    explanation: "Adds up what comes in, each times its weight, adds its bias, and passes the result through its activation.",
    letters: "H",
    gives: "activation",
    activations: &[
        Activation::Tanh,
        Activation::Relu,
        Activation::LeakyRelu(Leak::STANDARD),
        Activation::Elu,
        Activation::Selu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Softplus,
        Activation::Sigmoid,
        Activation::HardTanh,
        Activation::Sine,
        Activation::Gaussian,
        Activation::Step,
        Activation::Linear,
    ],
};

/// Is compared with a column of the data.
pub(super) const OUTPUT: Neuron = Neuron {
    id: KindId::OUTPUT,
    role: Role::Output,
    title: "output neuron",
    explanation: "Gives one answer of the network, which training compares with one column of the data.",
    letters: "O",
    gives: "answer",
    activations: &[
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Linear,
        Activation::Softmax,
        Activation::Relu,
        Activation::LeakyRelu(Leak::STANDARD),
        Activation::Elu,
        Activation::Selu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Softplus,
        Activation::HardTanh,
        Activation::Sine,
        Activation::Gaussian,
        Activation::Step,
    ],
};

fn scalar(name: &'static str) -> Vec<PortSpec> {
    vec![PortSpec {
        name,
        shape: Vec::new(),
    }]
}

impl Kind for Neuron {
    fn id(&self) -> KindId {
        self.id.clone()
    }

    fn role(&self) -> Role {
        self.role
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn explanation(&self) -> &'static str {
        self.explanation
    }

    fn face(&self) -> Face {
        Face {
            letters: self.letters,
            is_left_flat: self.role == Role::Input,
            is_right_flat: self.role == Role::Output,
        }
    }

    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        match self.role {
            Role::Input => Vec::new(),
            Role::Hidden | Role::Output => scalar("sum"),
        }
    }

    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar(self.gives)
    }

    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        match self.role {
            Role::Input => Vec::new(),
            Role::Hidden | Role::Output => vec![ParameterSpec {
                name: "bias",
                shape: Vec::new(),
                initial: Initial::Bias,
            }],
        }
    }

    fn activations(&self) -> &'static [Activation] {
        self.activations
    }

    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value {
        match *parameters {
            [bias] => {
                let sum = ops.add_bias(inputs[0], bias);
                ops.activate(sum, node.activation)
            }
            _ => inputs[0],
        }
    }

    fn is_plain_neuron(&self) -> bool {
        self.role != Role::Input
    }
}
