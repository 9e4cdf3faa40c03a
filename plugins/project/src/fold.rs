//! What folded groups show: the neurons they hide, and the bundles their wires run in.

use std::collections::BTreeMap;

use network::{Edge, EdgeId, Network, NodeId};

use crate::{Group, GroupId, Project};

/// Something a wire or a bundle visibly ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thing {
    /// A neuron in no folded group.
    Node(NodeId),
    /// A folded group.
    Group(GroupId),
}

impl Thing {
    /// What stands for a neuron on the canvas: the folded group that holds it, or
    /// the neuron itself.
    #[must_use]
    pub fn of(project: &Project, node: NodeId) -> Self {
        project
            .group_of(node)
            .and_then(|id| project.group(id))
            .filter(|group| group.is_folded)
            .map_or(Self::Node(node), |group| Self::Group(group.id))
    }
}

/// What the folded groups of a project hide, and what is shown instead. The wires
/// that it knows nothing of are drawn one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    hidden: BTreeMap<NodeId, GroupId>,
    bundles: BTreeMap<(Thing, Thing), Vec<EdgeId>>,
    inner: BTreeMap<GroupId, Vec<EdgeId>>,
}

impl Folded {
    /// The folded groups of a project. Costs what they hold: their members and the
    /// wires that touch these.
    #[must_use]
    pub fn of(project: &Project) -> Self {
        let groups = || project.groups().filter(|group| group.is_folded);
        let mut folded = Self {
            hidden: groups()
                .flat_map(|group| group.members.iter().map(|&node| (node, group.id)))
                .collect(),
            ..Self::default()
        };
        for group in groups() {
            folded.inner.insert(group.id, Vec::new());
            let here = Thing::Group(group.id);
            let (leaving, entering) = wires(project.network(), group);
            for (end, edges) in leaving {
                folded.put(here, folded.thing(end), edges);
            }
            for (start, edges) in entering {
                // What comes out of a folded group was met there.
                if !folded.is_hidden(start) {
                    folded.put(Thing::Node(start), here, edges);
                }
            }
        }
        let bundles = folded.bundles.values_mut();
        for edges in bundles.chain(folded.inner.values_mut()) {
            // Put together of runs that ascend, which this sort makes use of.
            edges.sort();
        }
        folded
    }

    fn put(&mut self, from: Thing, to: Thing, mut edges: Vec<EdgeId>) {
        match (from, to) {
            (Thing::Group(one), Thing::Group(other)) if one == other => {
                self.inner.entry(one).or_default().append(&mut edges);
            }
            ends => self.bundles.entry(ends).or_default().append(&mut edges),
        }
    }

    /// Whether a folded group is drawn instead of this neuron.
    #[must_use]
    pub fn is_hidden(&self, node: NodeId) -> bool {
        self.hidden.contains_key(&node)
    }

    /// What is drawn for a neuron: a folded group, or the neuron itself.
    #[must_use]
    pub fn thing(&self, node: NodeId) -> Thing {
        self.hidden
            .get(&node)
            .map_or(Thing::Node(node), |&group| Thing::Group(group))
    }

    /// The neurons that are not drawn, by number, and the folded group of each.
    pub fn hidden(&self) -> impl ExactSizeIterator<Item = (NodeId, GroupId)> {
        self.hidden.iter().map(|(&node, &group)| (node, group))
    }

    /// The folded groups, by number.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = GroupId> {
        self.inner.keys().copied()
    }

    /// The bundles, by where they come from and where they go, of which at least
    /// one is a folded group; each with its wires in ascending order, at least one.
    pub fn bundles(&self) -> impl ExactSizeIterator<Item = (Thing, Thing, &[EdgeId])> {
        self.bundles
            .iter()
            .map(|(&(from, to), edges)| (from, to, edges.as_slice()))
    }

    /// The wires of the bundle from one thing to another, in ascending order; none
    /// when there is no such bundle.
    #[must_use]
    pub fn bundle(&self, from: Thing, to: Thing) -> &[EdgeId] {
        self.bundles.get(&(from, to)).map_or(&[], Vec::as_slice)
    }

    /// The wires between members of a folded group, in ascending order: they are
    /// not drawn at all.
    #[must_use]
    pub fn inner(&self, group: GroupId) -> &[EdgeId] {
        self.inner.get(&group).map_or(&[], Vec::as_slice)
    }
}

/// Wires by the neuron at their other end.
type ByEnd = BTreeMap<NodeId, Vec<EdgeId>>;

/// The wires that leave members of a group, and those that enter them.
fn wires(network: &Network, group: &Group) -> (ByEnd, ByEnd) {
    let (mut leaving, mut entering) = (ByEnd::new(), ByEnd::new());
    for &node in &group.members {
        for edge in edges(network, network.outgoing(node)) {
            leaving.entry(edge.to.node()).or_default().push(edge.id);
        }
        for edge in edges(network, network.incoming(node)) {
            entering.entry(edge.from.node()).or_default().push(edge.id);
        }
    }
    (leaving, entering)
}

fn edges<'a>(network: &'a Network, ids: &'a [EdgeId]) -> impl Iterator<Item = &'a Edge> {
    ids.iter().filter_map(|&id| network.edge(id))
}
