//! What is allowed but probably not meant: neurons that take no part.

use crate::network::reach::{Way, reached};
use crate::{Network, NodeId, Role};

/// Something a person may want to look at. Training works all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// There is no input neuron.
    NoInput,
    /// There is no output neuron: nothing to train.
    NoOutput,
    /// No input reaches this neuron: it can only learn a constant.
    Unreachable(NodeId),
    /// Nothing this neuron computes reaches an output: it cannot learn.
    NoPathToOutput(NodeId),
}

impl Warning {
    /// The sentence a person reads.
    #[must_use]
    pub fn sentence(&self, network: &Network) -> String {
        match self {
            Self::NoInput => "There is no input neuron yet.".to_owned(),
            Self::NoOutput => "There is no output neuron yet.".to_owned(),
            Self::Unreachable(id) => {
                format!("No input reaches “{}”.", network.name(*id))
            }
            Self::NoPathToOutput(id) => {
                format!(
                    "“{}” reaches no output, so it cannot learn.",
                    network.name(*id)
                )
            }
        }
    }
}

/// All warnings, in a stable order. Costs O(nodes + edges).
#[must_use]
pub fn warnings(network: &Network) -> Vec<Warning> {
    let roots = |role| {
        network
            .nodes_of(role)
            .filter_map(|node| network.slot(node.id))
            .collect::<Vec<_>>()
    };
    let (inputs, outputs) = (roots(Role::Input), roots(Role::Output));
    let mut found = Vec::new();
    if inputs.is_empty() {
        found.push(Warning::NoInput);
    }
    if outputs.is_empty() {
        found.push(Warning::NoOutput);
    }
    let wiring = network.wiring();
    let is_reached = reached(wiring, &inputs, Way::Down);
    let is_useful = reached(wiring, &outputs, Way::Up);
    for node in network.nodes() {
        let has = |marks: &[bool]| {
            network
                .slot(node.id)
                .is_some_and(|slot| marks[slot as usize])
        };
        if !has(&is_reached) {
            found.push(Warning::Unreachable(node.id));
        }
        if !has(&is_useful) {
            found.push(Warning::NoPathToOutput(node.id));
        }
    }
    found
}
