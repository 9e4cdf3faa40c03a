//! The scene: a spatial index of the open network that follows its edits.

use std::collections::{BTreeMap, BTreeSet};

use bevy::math::Vec2;
use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy::window::RequestRedraw;
use geometry::{Item, SpatialIndex, WireCurve};
use graph::{Document, EditSystems, Edited, Folding, GroupId, Thing};
use network::{Edge, EdgeId, Network, NodeId, Position};
use theme::Sizes;

use project::Project;

use crate::ControlSystems;
use crate::bundles::Bundles;
use crate::faces::GroupFace;
use crate::gesture::Under;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Scene>();
    app.add_systems(
        Update,
        (
            follow_edits.run_if(on_message::<Edited>),
            take_index.run_if(is_reading),
        )
            .chain()
            .in_set(EditSystems::Follow)
            .before(ControlSystems::View),
    );
}

/// With more wires than this they are found a moment after a project was opened:
/// nobody waits for their index.
const MOST_AT_ONCE: usize = 20_000;

/// The curve of a wire between the centres of two neurons: from the right side of
/// the one to the left side of the other.
#[must_use]
pub fn wire_curve(from: Position, to: Position) -> WireCurve {
    let radius = Sizes::STANDARD.neuron_radius;
    WireCurve::between([from[0] + radius, from[1]], [to[0] - radius, to[1]])
}

/// Where all neurons and wires are, as the last edit left them. What is being
/// carried stays where it was until it is put down.
#[derive(Resource, Debug, Default)]
pub struct Scene {
    index: SpatialIndex,
    placed: BTreeMap<NodeId, Position>,
    /// What folded groups hide: it cannot be found, and neither can its wires.
    hidden: BTreeSet<NodeId>,
    /// The [`Folding::revision`] of these.
    folding: u64,
    groups: BTreeMap<GroupId, GroupFace>,
    bundles: Bundles,
    /// The index of a large network under way, and what changed meanwhile.
    reading: Option<Reading>,
}

#[derive(Debug)]
struct Reading {
    task: Task<SpatialIndex>,
    nodes: BTreeSet<NodeId>,
    edges: BTreeSet<EdgeId>,
}

impl Scene {
    /// What to ask.
    #[must_use]
    pub fn index(&self) -> &SpatialIndex {
        &self.index
    }

    /// Whether all wires can be found: those of a large network are found a moment
    /// after it was opened.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.reading.is_none()
    }

    /// All groups, folded or not.
    pub fn groups(&self) -> impl Iterator<Item = &GroupFace> {
        self.groups.values()
    }

    /// The group at or near a point; of several the last, which is on top.
    pub(crate) fn group_under(&self, point: Vec2, slop: f32, zoom: f32) -> Option<Under> {
        let mut faces = self.groups.values().rev();
        faces.find_map(|face| face.under(point, slop, zoom))
    }

    /// The bundle within a reach of a point, and how far its middle is; in scene units.
    pub(crate) fn bundle_near(&self, point: Vec2, reach: f32) -> Option<([Thing; 2], f32)> {
        self.bundles.near(point.into(), reach)
    }

    /// Finds the bundles again, where one may be elsewhere.
    fn follow_bundles(&mut self, network: &Network, folding: &Folding) {
        if !self.bundles.is_empty() || folding.folded().bundles().len() > 0 {
            self.bundles = Bundles::of(network, folding, &self.groups);
        }
    }

    /// The smallest rectangle around everything; none around nothing.
    #[must_use]
    pub fn bounds(&self) -> Option<geometry::Rect> {
        let folded = self.groups.values().filter(|face| face.is_folded);
        let faces = folded.map(|face| face.rect);
        geometry::Rect::enclosing(self.index.bounds().into_iter().chain(faces))
    }

    /// Follows the groups that were touched, or whose members were.
    fn follow_groups(&mut self, project: &Project, touched: &project::Touched) {
        let members = touched.nodes.iter().filter_map(|&id| project.group_of(id));
        let groups: BTreeSet<GroupId> = members.chain(touched.groups.iter().copied()).collect();
        for id in groups {
            let face = project
                .group(id)
                .and_then(|group| GroupFace::of(group, project.network()));
            match face {
                Some(face) => self.groups.insert(id, face),
                None => self.groups.remove(&id),
            };
        }
    }

    /// Takes over what is hidden; gives what appeared or disappeared.
    fn follow_folding(&mut self, folding: &Folding) -> Vec<NodeId> {
        if self.folding == folding.revision() {
            return Vec::new();
        }
        self.folding = folding.revision();
        let now = folding.folded().hidden().map(|(id, _)| id).collect();
        let before = std::mem::replace(&mut self.hidden, now);
        before.symmetric_difference(&self.hidden).copied().collect()
    }

    /// Puts into the index what appeared, and takes out what disappeared.
    fn show_and_hide(&mut self, network: &Network, changed: &[NodeId]) {
        let wires = |&id: &NodeId| network.incoming(id).len() + network.outgoing(id).len();
        if changed.iter().map(wires).sum::<usize>() > MOST_AT_ONCE {
            self.rebuild(network);
            return;
        }
        if let Some(reading) = &mut self.reading {
            reading.nodes.extend(changed);
        }
        for &id in changed {
            self.placed.remove(&id);
            self.follow_node(network, id);
        }
    }

    /// Starts anew with another network.
    fn rebuild(&mut self, network: &Network) {
        self.placed = network
            .nodes()
            .map(|node| (node.id, node.position))
            .collect();
        self.reading = None;
        if network.edges().len() <= MOST_AT_ONCE {
            self.index = index_of(network, &self.hidden, true);
            return;
        }
        self.index = index_of(network, &self.hidden, false);
        let (network, hidden) = (network.clone(), self.hidden.clone());
        let task =
            AsyncComputeTaskPool::get().spawn(async move { index_of(&network, &hidden, true) });
        self.reading = Some(Reading {
            task,
            nodes: BTreeSet::new(),
            edges: BTreeSet::new(),
        });
    }

    /// Follows a neuron and, if it moved, its wires.
    fn follow_node(&mut self, network: &Network, id: NodeId) {
        let Some(node) = network.node(id) else {
            self.placed.remove(&id);
            self.index.remove(Item::Node(id.0));
            return;
        };
        if self.placed.insert(id, node.position) == Some(node.position) {
            return;
        }
        if self.hidden.contains(&id) {
            self.index.remove(Item::Node(id.0));
        } else {
            self.place_node(id, node.position);
        }
        for &edge in network.incoming(id).iter().chain(network.outgoing(id)) {
            self.place_wire(network, edge);
        }
    }

    fn place_node(&mut self, id: NodeId, position: Position) {
        let radius = Sizes::STANDARD.neuron_radius;
        if let Err(error) = self.index.insert_node(id.0, position, radius) {
            self.index.remove(error.item);
            debug!("a neuron cannot be picked: {error}");
        }
    }

    fn place_wire(&mut self, network: &Network, id: EdgeId) {
        let Some(curve) = curve_of(network, &self.hidden, id) else {
            self.index.remove(Item::Wire(id.0));
            return;
        };
        if let Err(error) = self.index.insert_wire(id.0, curve) {
            self.index.remove(error.item);
            debug!("a wire cannot be picked: {error}");
        }
    }
}

pub(crate) fn follow_edits(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    folding: Res<Folding>,
    mut scene: ResMut<Scene>,
) {
    let project = document.project();
    let network = project.network();
    let is_refolded = scene.folding != folding.revision();
    let changed = scene.follow_folding(&folding);
    let edits: Vec<&Edited> = edited.read().collect();
    if edits.iter().any(|edited| edited.edit.is_none()) {
        scene.rebuild(network);
        let faces = project
            .groups()
            .filter_map(|group| GroupFace::of(group, network));
        scene.groups = faces.map(|face| (face.id, face)).collect();
        scene.follow_bundles(network, &folding);
        return;
    }
    if !changed.is_empty() {
        scene.show_and_hide(network, &changed);
    }
    let moved: usize = edits.iter().map(|edited| edited.touched.nodes.len()).sum();
    if network.edges().len() > MOST_AT_ONCE && 2 * moved > network.nodes().len() {
        // Nearly every wire lies elsewhere: found one by one they would take seconds.
        scene.rebuild(network);
        for edited in edits {
            scene.follow_groups(project, &edited.touched);
        }
        scene.follow_bundles(network, &folding);
        return;
    }
    for touched in edits.iter().map(|edited| &edited.touched) {
        if let Some(reading) = &mut scene.reading {
            reading.nodes.extend(&touched.nodes);
            reading.edges.extend(&touched.edges);
        }
        for &id in &touched.nodes {
            scene.follow_node(network, id);
        }
        for &id in &touched.edges {
            scene.place_wire(network, id);
        }
        scene.follow_groups(project, touched);
    }
    let may_have_moved = |edited: &&Edited| {
        let touched = &edited.touched;
        !touched.nodes.is_empty() || !touched.groups.is_empty()
    };
    if !changed.is_empty() || is_refolded || edits.iter().any(may_have_moved) {
        scene.follow_bundles(network, &folding);
    }
}

fn is_reading(scene: Res<Scene>) -> bool {
    scene.reading.is_some()
}

/// Takes the index of a large network when it is there, and brings it up to date.
fn take_index(
    document: Res<Document>,
    mut scene: ResMut<Scene>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    let scene = &mut *scene;
    let ready = scene
        .reading
        .as_mut()
        .and_then(|reading| check_ready(&mut reading.task));
    let Some(index) = ready else {
        redraws.write(RequestRedraw);
        return;
    };
    let Some(Reading { nodes, edges, .. }) = scene.reading.take() else {
        return;
    };
    scene.index = index;
    let network = document.project().network();
    for &id in &nodes {
        // Wherever it was: it is put where it is now, with its wires.
        scene.placed.remove(&id);
        scene.follow_node(network, id);
    }
    for &id in &edges {
        scene.place_wire(network, id);
    }
}

/// The index of a network, with or without its wires. What lies too far out to
/// be found is left out.
fn index_of(network: &Network, hidden: &BTreeSet<NodeId>, has_wires: bool) -> SpatialIndex {
    let nodes = || {
        network
            .nodes()
            .filter(|node| !hidden.contains(&node.id))
            .map(|node| (node.id.0, node.position, Sizes::STANDARD.neuron_radius))
    };
    let wires = || {
        network
            .edges()
            .filter(|_| has_wires)
            .filter_map(|edge| Some((edge.id.0, curve_of_edge(network, hidden, edge)?)))
    };
    SpatialIndex::from_scene(nodes(), wires()).unwrap_or_else(|_| {
        let mut index = SpatialIndex::default();
        for (id, position, radius) in nodes() {
            index.insert_node(id, position, radius).ok();
        }
        for (id, curve) in wires() {
            index.insert_wire(id, curve).ok();
        }
        index
    })
}

fn curve_of(network: &Network, hidden: &BTreeSet<NodeId>, id: EdgeId) -> Option<WireCurve> {
    curve_of_edge(network, hidden, network.edge(id)?)
}

/// `None` where a folded group hides one of its ends.
fn curve_of_edge(network: &Network, hidden: &BTreeSet<NodeId>, edge: &Edge) -> Option<WireCurve> {
    let ends = [edge.from.node(), edge.to.node()];
    if ends.iter().any(|end| hidden.contains(end)) {
        return None;
    }
    let place = |node| network.node(node).map(|node| node.position);
    Some(wire_curve(place(edge.from.node())?, place(edge.to.node())?))
}
