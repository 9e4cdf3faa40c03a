//! Where the bundles of folded groups are, so that they can be pointed at.

use std::collections::BTreeMap;

use geometry::{Hit, SpatialIndex, WireCurve};
use graph::{Folding, GroupId, Thing};
use network::Network;
use theme::Sizes;

use crate::GroupFace;

/// A spatial index of the bundles, whose numbers are their places in the list.
#[derive(Debug, Default)]
pub(crate) struct Bundles {
    ends: Vec<[Thing; 2]>,
    index: SpatialIndex,
}

impl Bundles {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Those between the folded groups as they are.
    pub fn of(network: &Network, folding: &Folding, groups: &BTreeMap<GroupId, GroupFace>) -> Self {
        // Where it leaves a thing on the right, or enters it on the left.
        let end = |thing: Thing, side: f32| match thing {
            Thing::Node(id) => {
                let [x, y] = network.node(id)?.position;
                Some([x + side * Sizes::STANDARD.neuron_radius, y])
            }
            Thing::Group(id) => {
                let rect = groups.get(&id)?.rect;
                let [x, y] = rect.centre();
                Some([x + side * 0.5 * rect.size()[0], y])
            }
        };
        let bundles = folding.folded().bundles();
        let ends: Vec<[Thing; 2]> = bundles.map(|(from, to, _)| [from, to]).collect();
        let mut index = SpatialIndex::default();
        for (number, [from, to]) in (0..).zip(&ends) {
            if let (Some(from), Some(to)) = (end(*from, 1.0), end(*to, -1.0)) {
                // One too far out to be found is too far out to be pointed at.
                index.insert_wire(number, WireCurve::between(from, to)).ok();
            }
        }
        Self { ends, index }
    }

    /// The nearest within a reach, and how far its middle is; in scene units.
    pub fn near(&self, point: [f32; 2], reach: f32) -> Option<([Thing; 2], f32)> {
        let Hit::Wire { id, distance, .. } = self.index.pick(point, reach)? else {
            return None;
        };
        Some((*self.ends.get(id as usize)?, distance))
    }
}
