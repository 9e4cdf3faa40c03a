//! The three kinds of neuron: input, hidden and output.

use crate::{Activation, Initial, Node};

use super::{Face, Kind, KindId, Ops, ParameterSpec, PortSpec, Role, Value};

/// Takes its value from a column of the data.
pub(super) struct Input;

/// activation(Σ weight · value + bias).
pub(super) struct Hidden;

/// activation(Σ weight · value + bias), compared with a column of the data.
pub(super) struct Output;

fn scalar(name: &'static str) -> Vec<PortSpec> {
    vec![PortSpec {
        name,
        shape: Vec::new(),
    }]
}

fn bias() -> Vec<ParameterSpec> {
    vec![ParameterSpec {
        name: "bias",
        shape: Vec::new(),
        initial: Initial::Zero,
    }]
}

/// activation(sum + bias).
fn neuron(node: &Node, inputs: &[Value], parameters: &[Value], ops: &mut dyn Ops) -> Value {
    let sum = ops.add_bias(inputs[0], parameters[0]);
    ops.activate(sum, node.activation)
}

impl Kind for Input {
    fn id(&self) -> KindId {
        KindId::INPUT
    }

    fn role(&self) -> Role {
        Role::Input
    }

    fn title(&self) -> &'static str {
        "input neuron"
    }

    fn explanation(&self) -> &'static str {
        "Brings one column of the data into the network."
    }

    fn face(&self) -> Face {
        Face {
            letters: "I",
            is_left_flat: true,
            is_right_flat: false,
        }
    }

    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        Vec::new()
    }

    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar("value")
    }

    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        Vec::new()
    }

    fn activations(&self) -> &'static [Activation] {
        &[Activation::Linear]
    }

    fn forward(&self, _: &Node, inputs: &[Value], _: &[Value], _: &mut dyn Ops) -> Value {
        inputs[0]
    }
}

impl Kind for Hidden {
    fn id(&self) -> KindId {
        KindId::HIDDEN
    }

    fn role(&self) -> Role {
        Role::Hidden
    }

    fn title(&self) -> &'static str {
        "hidden neuron"
    }

    fn explanation(&self) -> &'static str {
        "Adds up what comes in, each times its weight, adds its bias, and passes the result through its activation."
    }

    fn face(&self) -> Face {
        Face {
            letters: "H",
            is_left_flat: false,
            is_right_flat: false,
        }
    }

    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar("sum")
    }

    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar("activation")
    }

    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        bias()
    }

    fn activations(&self) -> &'static [Activation] {
        &[
            Activation::Tanh,
            Activation::Relu,
            Activation::Sigmoid,
            Activation::Linear,
        ]
    }

    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value {
        neuron(node, inputs, parameters, ops)
    }

    fn is_plain_neuron(&self) -> bool {
        true
    }
}

impl Kind for Output {
    fn id(&self) -> KindId {
        KindId::OUTPUT
    }

    fn role(&self) -> Role {
        Role::Output
    }

    fn title(&self) -> &'static str {
        "output neuron"
    }

    fn explanation(&self) -> &'static str {
        "Gives one answer of the network, which training compares with one column of the data."
    }

    fn face(&self) -> Face {
        Face {
            letters: "O",
            is_left_flat: false,
            is_right_flat: true,
        }
    }

    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar("sum")
    }

    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        scalar("answer")
    }

    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        bias()
    }

    fn activations(&self) -> &'static [Activation] {
        &[
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::Linear,
            Activation::Relu,
            Activation::Softmax,
        ]
    }

    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value {
        neuron(node, inputs, parameters, ops)
    }

    fn is_plain_neuron(&self) -> bool {
        true
    }
}
