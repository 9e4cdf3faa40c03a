//! The network's numbers, written onto the instances whenever they change.

use bevy::prelude::*;
use graph::Values;
use network::{ElementId, ParameterLayout};

use super::{Drawn, SceneSystems};
use crate::drawing::{NeuronInstances, NeuronValue, NeuronValues, WireValue, WireValues};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Tiles>();
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
pub struct Tiles(pub Vec<network::NodeId>);

/// What was last written: the revisions of the numbers and of the instances, and
/// where each instance finds its number, which holds as long as the instances.
#[derive(Default)]
struct Written {
    values: u64,
    drawn: u64,
    is_any: bool,
    biases: Vec<Option<usize>>,
    weights: Vec<Option<usize>>,
    /// The lists before the ones now shown: their memory is used for the next.
    spare_neurons: Vec<NeuronValue>,
    spare_wires: Vec<WireValue>,
}

impl Written {
    fn look_up(&mut self, drawn: &Drawn, layout: &ParameterLayout) {
        let bias = |&id| layout.position(ElementId::bias(id));
        let weight = |&id| layout.position(ElementId::weight(id));
        self.biases = drawn.nodes.iter().map(bias).collect();
        self.weights = drawn.edges.iter().map(weight).collect();
    }
}

fn write_numbers(
    values: Res<Values>,
    drawn: Res<Drawn>,
    mut neurons: ResMut<NeuronValues>,
    mut wires: ResMut<WireValues>,
    mut written: Local<Written>,
) {
    let is_redrawn = !written.is_any || written.drawn != drawn.revision;
    if !is_redrawn && written.values == values.revision() {
        return;
    }
    if is_redrawn {
        written.look_up(&drawn, values.layout());
    }
    written.values = values.revision();
    written.drawn = drawn.revision;
    written.is_any = true;

    let number = |list: &[f32], place: &Option<usize>| {
        place
            .and_then(|place| list.get(place))
            .copied()
            .unwrap_or_default()
    };
    let signals = values.signals();
    let signal = |node: usize| signals.get(node).copied().unwrap_or_default();
    let mut list = std::mem::take(&mut written.spare_neurons);
    list.clear();
    list.extend(
        written
            .biases
            .iter()
            .enumerate()
            .map(|(index, place)| NeuronValue {
                bias: number(values.values(), place),
                activation: signal(index),
            }),
    );
    written.spare_neurons = neurons.replace(list);

    let mut list = std::mem::take(&mut written.spare_wires);
    list.clear();
    let wired = written.weights.iter().zip(&drawn.sources);
    list.extend(wired.map(|(place, &source)| {
        let weight = number(values.values(), place);
        WireValue {
            weight,
            signal: signal(source as usize) * weight,
            gradient: number(values.gradients(), place),
            spare: 0.0,
        }
    }));
    written.spare_wires = wires.replace(list);
}

fn show_tiles(tiles: Res<Tiles>, drawn: Res<Drawn>, mut neurons: ResMut<NeuronInstances>) {
    for (index, id) in drawn.nodes.iter().enumerate() {
        let tile = tiles.0.binary_search(id).ok().map(|tile| tile as u32);
        let is_other = neurons
            .as_slice()
            .get(index)
            .is_some_and(|shown| shown.tile() != tile);
        if is_other {
            neurons.edit(index, |shown| *shown = shown.with_tile(tile));
        }
    }
}
