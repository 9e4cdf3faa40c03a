//! A kind that mixes two numbers into three: tanh of a 2×3 matrix.

use network::{
    Activation, Face, Initial, Kind, KindId, Node, Ops, ParameterSpec, PortSpec, Role, Value,
};

/// The name it is saved under.
pub const MIXER: KindId = KindId::new("mixer");

/// Two scalar ports in, one of shape [3] out.
pub struct Mixer;

impl Kind for Mixer {
    fn id(&self) -> KindId {
        MIXER
    }

    fn role(&self) -> Role {
        Role::Hidden
    }

    fn title(&self) -> &'static str {
        "mixer"
    }

    fn explanation(&self) -> &'static str {
        "Mixes two numbers into three."
    }

    fn face(&self) -> Face {
        Face {
            letters: "M",
            is_left_flat: false,
            is_right_flat: false,
        }
    }

    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        ["first", "second"]
            .map(|name| PortSpec {
                name,
                shape: Vec::new(),
            })
            .to_vec()
    }

    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        vec![PortSpec {
            name: "mixed",
            shape: vec![3],
        }]
    }

    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        vec![ParameterSpec {
            name: "matrix",
            shape: vec![2, 3],
            initial: Initial::Weights {
                fan_in: 2,
                fan_out: 3,
            },
        }]
    }

    fn activations(&self) -> &'static [Activation] {
        &[Activation::Tanh]
    }

    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value {
        let both = ops.concat(inputs);
        let mixed = ops.matmul(both, parameters[0], 3);
        ops.activate(mixed, node.activation)
    }
}
