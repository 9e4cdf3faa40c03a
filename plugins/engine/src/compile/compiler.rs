//! The translation of a network into blocks that are computed one after another.

use std::collections::BTreeMap;
use std::sync::Arc;

use network::{
    Activation, EdgeId, ElementId, Kind, Network, Node, NodeId, ParameterId, ParameterLayout, Role,
    computation_order,
};
use project::Project;

use super::{CompileError, Head, Place, Program, Route, Step, answer_size, sizes};
use crate::blocks::kinds::{KindNode, Port, PortEdge, Span};
use crate::blocks::region::RowOf;
use crate::layers::{Incoming, Neuron, build_region};
use crate::levels::build_levels;

impl Program {
    /// Compiles a network whose data rows hold these inputs in this order, and
    /// whose outputs are wanted in this order.
    pub(crate) fn compile(
        network: &Network,
        inputs: &[NodeId],
        outputs: &[NodeId],
        route: Route,
    ) -> Result<Self, CompileError> {
        Project::check_network(network)?;
        let layout = ParameterLayout::of(network);
        let mut compiler = Compiler {
            network,
            layout,
            route,
            places: BTreeMap::new(),
            slots: vec![u32::MAX; network.parameter_count()],
            parameters: 0,
            steps: Vec::new(),
        };
        let mut input_size = 0;
        let of_role = network.nodes_of(Role::Input).map(|node| node.id);
        // Inputs without a column come last, so that every node has a place.
        let rest: Vec<NodeId> = of_role.filter(|id| !inputs.contains(id)).collect();
        for node in inputs
            .iter()
            .chain(&rest)
            .filter_map(|&id| network.node(id))
        {
            let size = answer_size(network, node);
            let first = RowOf {
                value: 0,
                row: input_size,
            };
            compiler.place(node, first, size, Head::Done);
            input_size += size;
        }
        compiler.compile_stages()?;
        let outputs = outputs
            .iter()
            .filter_map(|id| compiler.places.get(id).copied())
            .collect();
        compiler.finish(input_size, outputs)
    }
}

struct Compiler<'a> {
    network: &'a Network,
    layout: ParameterLayout,
    route: Route,
    places: BTreeMap<NodeId, Place>,
    slots: Vec<u32>,
    parameters: usize,
    steps: Vec<Step>,
}

/// The plain neurons and the general nodes between two regions.
#[derive(Default)]
struct Stage {
    plain: Vec<NodeId>,
    general: Vec<NodeId>,
}

impl Compiler<'_> {
    /// Sorts nodes into stages: the plain neurons of a stage need no general node
    /// of it, the general nodes may need both.
    fn compile_stages(&mut self) -> Result<(), CompileError> {
        let mut stage_of: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut stages: Vec<Stage> = Vec::new();
        for id in computation_order(self.network) {
            let Some(node) = self.network.node(id) else {
                continue;
            };
            if self.network.role(node) == Role::Input {
                continue;
            }
            let is_plain = self.is_plain(node);
            let stage = self
                .sources(id)
                .filter_map(|source| {
                    let stage = *stage_of.get(&source)?;
                    let is_general = !self.network.node(source).is_some_and(|n| self.is_plain(n));
                    Some(stage + usize::from(is_plain && is_general))
                })
                .max()
                .unwrap_or(0);
            stage_of.insert(id, stage);
            if stages.len() <= stage {
                stages.resize_with(stage + 1, Stage::default);
            }
            if is_plain {
                stages[stage].plain.push(id);
            } else {
                stages[stage].general.push(id);
            }
        }
        for stage in stages {
            if !stage.plain.is_empty() {
                self.compile_region(&stage.plain)?;
            }
            for id in stage.general {
                self.compile_general(id)?;
            }
        }
        Ok(())
    }

    fn is_plain(&self, node: &Node) -> bool {
        self.route != Route::PerNode && self.network.kind(node).is_some_and(Kind::is_plain_neuron)
    }

    fn sources(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.network
            .incoming(id)
            .iter()
            .filter_map(|&edge| self.network.edge(edge))
            .map(|edge| edge.from.node())
    }

    fn compile_region(&mut self, ids: &[NodeId]) -> Result<(), CompileError> {
        let value = self.steps.len() + 1;
        // Neurons are told apart from what came before by having no place yet.
        let local: BTreeMap<NodeId, usize> = ids.iter().copied().zip(0..).collect();
        let mut neurons = Vec::with_capacity(ids.len());
        for node in ids.iter().filter_map(|&id| self.network.node(id)) {
            let mut incoming = Vec::new();
            for &edge in self.network.incoming(node.id) {
                self.add_incoming(edge, &local, &mut incoming);
            }
            neurons.push(Neuron {
                bias: self.layout.position(ElementId::bias(node.id)),
                activation: kernel_activation(self.network, node),
                dropout: dropout(node),
                incoming,
            });
        }
        let (rows, slots) = if self.route == Route::Levels {
            let built = build_levels(&neurons, value, self.parameters);
            let built = built.ok_or(CompileError::TooLarge)?;
            self.parameters = built.parameters;
            self.steps.extend(built.levels.into_iter().map(Step::Level));
            (built.rows_of_neurons, built.slots)
        } else {
            let built = build_region(&neurons, self.parameters);
            let built = built.ok_or(CompileError::TooLarge)?;
            self.parameters = built.parameters;
            self.steps.push(Step::Region(Arc::new(built.region)));
            let rows = built.rows_of_neurons.into_iter();
            (rows.map(|row| RowOf { value, row }).collect(), built.slots)
        };
        for (canonical, slot) in slots {
            self.slots[canonical] = slot;
        }
        let nodes = ids.iter().filter_map(|&id| self.network.node(id));
        for (node, row) in nodes.zip(rows) {
            self.place(node, row, 1, head(self.network, node, true));
        }
        Ok(())
    }

    /// The scalar connections an edge into a plain neuron consists of.
    fn add_incoming(
        &self,
        edge: EdgeId,
        local: &BTreeMap<NodeId, usize>,
        incoming: &mut Vec<(Incoming, usize)>,
    ) {
        let Some(edge) = self.network.edge(edge) else {
            return;
        };
        let Some(first_weight) = self.layout.offset(ParameterId::Edge(edge.id)) else {
            return;
        };
        if let Some(&neuron) = local.get(&edge.from.node()) {
            incoming.push((Incoming::Neuron(neuron), first_weight));
        } else if let Some(first) = self.source(edge.from) {
            for element in 0..edge.weight.elements().len() {
                let row = RowOf {
                    row: first.row + element,
                    ..first
                };
                incoming.push((Incoming::Import(row), first_weight + element));
            }
        }
    }

    /// Where the value of an output port begins.
    fn source(&self, from: network::Endpoint) -> Option<RowOf> {
        let place = self.places.get(&from.node())?;
        let node = self.network.node(from.node())?;
        let ports = self.network.kind(node)?.outputs(node);
        let before: usize = sizes(&ports).take(usize::from(from.port().0)).sum();
        Some(RowOf {
            row: place.first.row + before,
            ..place.first
        })
    }

    fn compile_general(&mut self, id: NodeId) -> Result<(), CompileError> {
        let (Some(node), value) = (self.network.node(id), self.steps.len() + 1) else {
            return Ok(());
        };
        let Some(kind) = self.network.kind(node) else {
            return Ok(());
        };
        let mut ports: Vec<Port> = sizes(&kind.inputs(node))
            .map(|size| Port {
                size,
                edges: Vec::new(),
            })
            .collect();
        for &edge in self.network.incoming(id) {
            let Some(edge) = self.network.edge(edge) else {
                continue;
            };
            let Some(source) = self.source(edge.from) else {
                continue;
            };
            let weights = edge.weight.elements().len();
            let weight = self.allot(ParameterId::Edge(edge.id), weights);
            let Some(port) = ports.get_mut(usize::from(edge.to.port().0)) else {
                continue;
            };
            let is_dot = kind.inputs(node)[usize::from(edge.to.port().0)]
                .shape
                .is_empty();
            port.edges.push(PortEdge {
                source,
                size: if is_dot { weights } else { port.size },
                weight,
                is_dot,
            });
        }
        let parameters = (0..)
            .zip(&node.parameters)
            .map(|(index, parameter)| {
                let size = parameter.elements().len();
                Span {
                    first: self.allot(ParameterId::Node(id, index), size),
                    size,
                }
            })
            .collect();
        let size = answer_size(self.network, node);
        self.place(
            node,
            RowOf { value, row: 0 },
            size,
            head(self.network, node, false),
        );
        self.steps.push(Step::Kind(Arc::new(KindNode {
            kinds: self.network.kinds().clone(),
            dropout: dropout(node),
            node: node.clone(),
            ports,
            parameters,
            size,
        })));
        Ok(())
    }

    /// Gives a parameter its place.
    fn allot(&mut self, id: ParameterId, size: usize) -> usize {
        let first = self.parameters;
        if let Some(canonical) = self.layout.offset(id) {
            for (slot, place) in self.slots[canonical..canonical + size]
                .iter_mut()
                .zip(first..)
            {
                *slot = place as u32;
            }
        }
        self.parameters += size;
        first
    }

    fn place(&mut self, node: &Node, first: RowOf, size: usize, head: Head) {
        self.places.insert(
            node.id,
            Place {
                node: node.id,
                first,
                size,
                head,
            },
        );
    }

    fn finish(self, input_size: usize, outputs: Vec<Place>) -> Result<Program, CompileError> {
        if u32::try_from(self.parameters).is_err() {
            return Err(CompileError::TooLarge);
        }
        let mut is_used = vec![false; self.parameters];
        for &slot in &self.slots {
            if let Some(is_used) = is_used.get_mut(slot as usize) {
                *is_used = true;
            }
        }
        let fillers = (0..)
            .zip(&is_used)
            .filter(|(_, is_used)| !**is_used)
            .map(|(slot, _)| slot)
            .collect();
        let work = self
            .steps
            .iter()
            .map(|step| match step {
                Step::Region(region) => region.work(),
                Step::Level(level) => (level.matrix.size + level.biases.size) as u64,
                Step::Kind(node) => {
                    let spans: usize = node.parameters.iter().map(|span| span.size).sum();
                    let edges: usize = node
                        .ports
                        .iter()
                        .flat_map(|p| &p.edges)
                        .map(|e| e.size)
                        .sum();
                    (spans + edges + node.size) as u64
                }
            })
            .sum();
        Ok(Program {
            has_dropout: self.network.nodes().any(|node| dropout(node).is_some()),
            steps: self.steps,
            input_size,
            parameters: self.parameters,
            slots: self.slots,
            fillers,
            places: self.places.into_values().collect(),
            outputs,
            work,
        })
    }
}

/// The activation inside the kernel: an output's sigmoid and softmax are left to
/// the loss, which is exact where the answers are close to 0 or 1.
fn kernel_activation(network: &Network, node: &Node) -> Activation {
    match head(network, node, true) {
        Head::Done => node.activation,
        Head::Sigmoid | Head::Softmax => Activation::Linear,
    }
}

/// A node that is left out at times, and the chance of it.
fn dropout(node: &Node) -> Option<(NodeId, f32)> {
    let chance = node.learning.dropout;
    (chance > 0.0).then_some((node.id, chance))
}

fn head(network: &Network, node: &Node, is_plain: bool) -> Head {
    match (network.role(node), node.activation) {
        (Role::Output, Activation::Softmax) => Head::Softmax,
        (Role::Output, Activation::Sigmoid) if is_plain => Head::Sigmoid,
        _ => Head::Done,
    }
}
