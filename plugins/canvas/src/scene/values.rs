//! The network's numbers, written onto the instances whenever they change.

use bevy::prelude::*;
use graph::Values;
use network::{ElementId, ParameterId};

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

/// What was last written: the revisions of the numbers and of the instances.
#[derive(Default)]
struct Written {
    values: u64,
    drawn: u64,
    is_any: bool,
}

fn write_numbers(
    values: Res<Values>,
    drawn: Res<Drawn>,
    mut neurons: ResMut<NeuronValues>,
    mut wires: ResMut<WireValues>,
    mut written: Local<Written>,
) {
    if written.is_any && written.values == values.revision() && written.drawn == drawn.revision {
        return;
    }
    *written = Written {
        values: values.revision(),
        drawn: drawn.revision,
        is_any: true,
    };
    let signals = values.signals();
    let signal = |node: usize| signals.get(node).copied().unwrap_or_default();
    neurons.replace(
        drawn
            .nodes
            .iter()
            .enumerate()
            .map(|(index, &id)| NeuronValue {
                bias: values.value(ElementId::bias(id)).unwrap_or_default(),
                activation: signal(index),
            })
            .collect(),
    );
    let gradients = values.gradients();
    wires.replace(
        drawn
            .edges
            .iter()
            .zip(&drawn.sources)
            .map(|(&edge, &source)| {
                let place = values.layout().offset(ParameterId::Edge(edge));
                let number = |list: &[f32]| {
                    place
                        .and_then(|place| list.get(place))
                        .copied()
                        .unwrap_or_default()
                };
                let weight = number(values.values());
                WireValue {
                    weight,
                    signal: signal(source as usize) * weight,
                    gradient: number(gradients),
                    spare: 0.0,
                }
            })
            .collect(),
    );
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
