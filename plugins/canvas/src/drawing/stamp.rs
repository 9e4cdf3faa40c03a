//! The stamp of a picture: whether another would be drawn now, without looking at it.

use bevy::ecs::system::SystemParam;
use bevy::prelude::Res;

use super::groups::Groups;
use super::maps::ResponseMaps;
use super::neurons::{NeuronInstances, NeuronValues};
use super::style::{Flow, Spotlight, StageTheme, WireStyle};
use super::wires::{LooseWire, WireInstances, WireValues};

/// Everything that is drawn, but for the camera.
#[derive(SystemParam)]
pub struct Scene<'w> {
    neurons: Res<'w, NeuronInstances>,
    neuron_values: Res<'w, NeuronValues>,
    wires: Res<'w, WireInstances>,
    wire_values: Res<'w, WireValues>,
    groups: Res<'w, Groups>,
    maps: Res<'w, ResponseMaps>,
    loose: Res<'w, LooseWire>,
    theme: Res<'w, StageTheme>,
    flow: Res<'w, Flow>,
    spotlight: Res<'w, Spotlight>,
    wire_style: Res<'w, WireStyle>,
}

/// What a picture was drawn from. Equal stamps, equal pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stamp {
    revisions: [u64; 11],
    loose: LooseWire,
    theme: StageTheme,
    flow: Flow,
    spotlight: Spotlight,
    wire_style: WireStyle,
}

impl Scene<'_> {
    /// The stamp of the picture that would be drawn now. Costs no more with more
    /// wires.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp {
            revisions: [
                self.neurons.revision(),
                self.neuron_values.revision(),
                self.wires.revision(),
                self.wire_values.weights.revision(),
                self.wire_values.gradients.revision(),
                self.maps.revision(),
                self.groups.instances.revision(),
                self.groups.cells.revision(),
                self.groups.bundles.revision(),
                self.groups.strengths.revision(),
                self.groups.shares.revision(),
            ],
            loose: *self.loose,
            theme: *self.theme,
            flow: *self.flow,
            spotlight: *self.spotlight,
            wire_style: *self.wire_style,
        }
    }
}
