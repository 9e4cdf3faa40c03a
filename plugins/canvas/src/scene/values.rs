//! The network's numbers, written onto the instances whenever they change.

use bevy::prelude::*;
use graph::{Changed, Values};
use network::{EdgeId, ElementId, NodeId, ParameterId, ParameterLayout};

use super::{Drawn, SceneSystems, Slots};
use crate::drawing::{NeuronInstances, NeuronValue, NeuronValues, WireValues};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Tiles>();
    app.init_resource::<Shine>();
    app.add_systems(
        PostUpdate,
        (
            write_numbers,
            show_tiles.run_if(
                resource_exists_and_changed::<Tiles>.or_eager(resource_exists_and_changed::<Drawn>),
            ),
        )
            .in_set(SceneSystems::Dress),
    );
}

/// Which neurons show a response map: those of these numbers, each the tile of
/// its place in the list. Ascending.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiles(pub Vec<NodeId>);

/// What one row does in the network: it is shown in place of what the last batch did.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Shine {
    /// What each node gives, ascending by number; nodes that are not named give 0.
    /// Empty: as the last batch was.
    pub activations: Vec<(NodeId, f32)>,
    /// ∂L/∂w of each learnable number, in the canonical order; a list of another
    /// length, as an empty one, is not shown.
    pub gradients: Vec<f32>,
    /// Raise it with each change.
    pub revision: u64,
}

/// What was last written.
#[derive(Default)]
struct Written {
    /// The revision of the numbers, once there were any.
    values: Option<u64>,
    measured: u64,
    shine: u64,
    has_gradients_of_row: bool,
    drawn: u64,
    generation: u64,
    /// The lists before the ones now shown: their memory is used for the next.
    spare_neurons: Vec<NeuronValue>,
    spare_weights: Vec<f32>,
    spare_gradients: Vec<f32>,
}

fn write_numbers(
    values: Res<Values>,
    shine: Res<Shine>,
    drawn: Res<Drawn>,
    mut neurons: ResMut<NeuronValues>,
    mut wires: ResMut<WireValues>,
    mut written: Local<Written>,
) {
    let is_redrawn = written.drawn != drawn.revision;
    let is_same = written.values == Some(values.revision());
    let is_lit_anew = written.shine != shine.revision;
    if is_same && !is_redrawn && !is_lit_anew {
        return;
    }
    let changed = match written.values {
        Some(revision) if written.generation == drawn.generation => values.changed_since(revision),
        _ => Changed::All,
    };
    let is_measured = written.measured != values.measured();
    if is_measured || is_redrawn || is_lit_anew || changed == Changed::All {
        let mut list = std::mem::take(&mut written.spare_neurons);
        list.clear();
        list.resize(drawn.nodes.len(), NeuronValue::default());
        let biases = values.layout();
        // The signals are in the order of the nodes that are there.
        let mut lit = shine.activations.iter().peekable();
        for (index, (slot, id)) in drawn.nodes.iter().enumerate() {
            while lit.next_if(|(node, _)| *node < id).is_some() {}
            let activation = if shine.activations.is_empty() {
                values.signals().get(index).copied().unwrap_or_default()
            } else {
                lit.next_if(|(node, _)| *node == id)
                    .map_or(0.0, |(_, given)| *given)
            };
            list[slot] = NeuronValue {
                bias: number(values.values(), biases.position(ElementId::bias(id))),
                activation,
            };
        }
        written.spare_neurons = neurons.replace(list);
    }
    match changed {
        Changed::All => {
            let mut list = std::mem::take(&mut written.spare_weights);
            fill(&mut list, values.values(), values.layout(), &drawn.edges);
            written.spare_weights = wires.weights.replace(list);
        }
        Changed::Some(elements) => {
            for &(_, id) in elements {
                let value = number(values.values(), values.layout().position(id));
                show_element(id, value, &drawn, &mut neurons, &mut wires);
            }
        }
    }
    let is_of_row = !shine.gradients.is_empty() && shine.gradients.len() == values.layout().len();
    // While a row is shown, what batches did is not written first.
    let is_due = if is_of_row {
        is_lit_anew || is_redrawn
    } else {
        is_measured || written.has_gradients_of_row
    };
    if is_due {
        let gradients = if is_of_row {
            &shine.gradients
        } else {
            values.gradients()
        };
        let mut list = std::mem::take(&mut written.spare_gradients);
        if gradients.is_empty() {
            list.clear();
        } else {
            fill(&mut list, gradients, values.layout(), &drawn.edges);
        }
        written.spare_gradients = wires.gradients.replace(list);
        written.has_gradients_of_row = is_of_row;
    }
    written.shine = shine.revision;
    written.values = Some(values.revision());
    written.measured = values.measured();
    written.drawn = drawn.revision;
    written.generation = drawn.generation;
}

fn number(list: &[f32], place: Option<usize>) -> f32 {
    place
        .and_then(|place| list.get(place))
        .copied()
        .unwrap_or_default()
}

/// Shows one number that changed by itself.
fn show_element(
    id: ElementId,
    value: f32,
    drawn: &Drawn,
    neurons: &mut NeuronValues,
    wires: &mut WireValues,
) {
    // A wire or a neuron shows the first of several.
    if id.index != 0 {
        return;
    }
    match id.parameter {
        ParameterId::Edge(edge) => {
            if let Some(slot) = drawn.edges.find(edge)
                && !wires.weights.edit(slot, |shown| *shown = value)
                && slot == wires.weights.len()
            {
                wires.weights.push(value);
            }
        }
        ParameterId::Node(node, 0) => {
            if let Some(slot) = drawn.nodes.find(node) {
                neurons.edit(slot, |shown| shown.bias = value);
            }
        }
        ParameterId::Node(..) => {}
    }
}

/// Puts the numbers of the edges into their slots. Where each edge has one, as
/// neurons' edges do, they lie side by side in both lists and are copied by the
/// run.
fn fill(list: &mut Vec<f32>, numbers: &[f32], layout: &ParameterLayout, edges: &Slots<EdgeId>) {
    list.clear();
    list.resize(edges.len(), 0.0);
    let weights = layout.edge_numbers();
    let weights = numbers.get(weights).unwrap_or_default();
    if weights.len() == edges.count() {
        let mut rest = weights;
        for run in edges.runs() {
            let (these, behind) = rest.split_at(run.len());
            list[run].copy_from_slice(these);
            rest = behind;
        }
    } else {
        for ((slot, _), (_, place)) in edges.iter().zip(layout.edges()) {
            list[slot] = number(numbers, Some(place));
        }
    }
}

fn show_tiles(tiles: Res<Tiles>, drawn: Res<Drawn>, mut neurons: ResMut<NeuronInstances>) {
    for (slot, id) in drawn.nodes.iter() {
        let tile = tiles.0.binary_search(&id).ok().map(|tile| tile as u32);
        let is_other = neurons
            .as_slice()
            .get(slot)
            .is_some_and(|shown| shown.tile() != tile);
        if is_other {
            neurons.edit(slot, |shown| *shown = shown.with_tile(tile));
        }
    }
}
