//! What a gesture under way looks like: neurons being dragged, a wire being drawn.

use std::collections::BTreeMap;

use bevy::prelude::*;
use network::{NodeId, Position};

use super::{Drawn, SceneSystems};
use crate::drawing::{Loose, LooseWire, Marks, NeuronInstances, StageTheme};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Preview>();
    app.add_systems(
        PostUpdate,
        show_band
            .in_set(SceneSystems::Dress)
            .run_if(resource_exists_and_changed::<Preview>),
    );
}

/// A gesture under way. It is shown, and changes nothing of the project.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Neurons being dragged, and where they are.
    pub moved: BTreeMap<NodeId, Position>,
    /// The wire being drawn.
    pub band: Option<Band>,
}

/// A wire being drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The neuron it was pulled out of.
    pub from: NodeId,
    /// Where its loose end is.
    pub to: Position,
    /// The neuron under its loose end, and whether it may end there.
    pub target: Option<(NodeId, bool)>,
    /// Whether it was pulled out backwards, so that its loose end is its source.
    pub is_backward: bool,
}

/// The weight the loose wire is drawn with: neither thin nor thick.
const BAND_WEIGHT: f32 = 1.0;

fn show_band(
    preview: Res<Preview>,
    drawn: Res<Drawn>,
    theme: Res<StageTheme>,
    neurons: Res<NeuronInstances>,
    mut loose: ResMut<LooseWire>,
) {
    let place = |id: NodeId| {
        let slot = drawn.nodes.find(id)?;
        neurons.as_slice().get(slot).map(|neuron| neuron.position)
    };
    let band = preview.band.and_then(|band| {
        let radius = theme.sizes.neuron_radius;
        let fixed = place(band.from)?;
        // Over a target it snaps to where the wire would end.
        let end = band.target.and_then(|(id, _)| place(id));
        let (from, to) = if band.is_backward {
            let (from, to) = geometry::wire_ends(end.unwrap_or(band.to), fixed, radius);
            (if end.is_some() { from } else { band.to }, to)
        } else {
            let (from, to) = geometry::wire_ends(fixed, end.unwrap_or(band.to), radius);
            (from, if end.is_some() { to } else { band.to })
        };
        Some(Loose {
            from,
            to,
            weight: BAND_WEIGHT,
            marks: Marks::NONE,
        })
    });
    loose.set_if_neq(LooseWire(band));
}
