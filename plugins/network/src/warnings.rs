//! What is allowed but probably not meant: neurons that take no part.

use std::collections::BTreeSet;

use crate::{EdgeId, Network, NodeId, Role};

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
            .map(|node| node.id)
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
    let reached = closure(
        inputs,
        |id| network.outgoing(id),
        |id| network.edge(id).map(|edge| edge.to.node()),
    );
    let useful = closure(
        outputs,
        |id| network.incoming(id),
        |id| network.edge(id).map(|edge| edge.from.node()),
    );
    for node in network.nodes() {
        if !reached.contains(&node.id) {
            found.push(Warning::Unreachable(node.id));
        }
        if !useful.contains(&node.id) {
            found.push(Warning::NoPathToOutput(node.id));
        }
    }
    found
}

/// All nodes that can be reached from the roots.
fn closure<'a>(
    roots: Vec<NodeId>,
    edges: impl Fn(NodeId) -> &'a [EdgeId],
    other_end: impl Fn(EdgeId) -> Option<NodeId>,
) -> BTreeSet<NodeId> {
    let mut reached: BTreeSet<NodeId> = roots.iter().copied().collect();
    let mut open = roots;
    while let Some(id) = open.pop() {
        for next in edges(id).iter().filter_map(|&edge| other_end(edge)) {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    reached
}
