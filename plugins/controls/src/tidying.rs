//! Tidying up: the network laid out in layers, as one edit, and neurons that glide to their places.

use std::collections::BTreeMap;

use bevy::math::Vec2;
use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy::window::RequestRedraw;
use geometry::{LayoutNode, Rank, Rect, Spacing, layered};
use graph::{Document, Request};
use network::{Network, NodeId, Position, Role};
use project::Edit;
use theme::{Motion, Sizes};

use crate::{CameraOrder, ControlSystems, DragPreview, carrying};

pub(super) fn plugin(app: &mut App) {
    app.add_message::<TidyUp>();
    app.init_resource::<Tidying>();
    app.init_resource::<Glide>();
    app.add_systems(
        Update,
        (
            begin.run_if(on_message::<TidyUp>),
            finish.run_if(is_tidying),
        )
            .chain()
            .in_set(ControlSystems::Read)
            .before(carrying::follow_softly),
    );
}

/// The network is to be laid out in layers from left to right: one step to undo,
/// and then all of it is shown.
#[derive(Message, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TidyUp;

/// Free space between two columns, in scene units: what the wires need.
const LAYER_GAP: f32 = 168.0;

/// Free space between two neurons of a column, in scene units: a name, and air.
const ROW_GAP: f32 = 44.0;

/// A layer with more neurons than this becomes a block.
const MAX_COLUMN: usize = 40;

/// More neurons than this do not glide: each is drawn anew in every frame of the way.
const MOST_GLIDING: usize = 4_000;

/// What moves less than this, in scene units, stays where it is.
const STAYS: f32 = 0.05;

/// Where neurons go when the network is laid out in layers around the middle it
/// has: only those that move.
///
/// More than forty neurons of a layer make a block. Where the inputs are the pixels of
/// a square picture, as many as `n · n`, that picture's rows.
#[must_use]
pub fn tidied(network: &Network) -> Vec<(NodeId, Position)> {
    let nodes: Vec<LayoutNode> = network
        .nodes()
        .map(|node| LayoutNode {
            id: node.id.0,
            rank: match network.role(node) {
                Role::Input => Rank::Input,
                Role::Hidden => Rank::Hidden,
                Role::Output => Rank::Output,
            },
            height: 2.0 * Sizes::STANDARD.neuron_radius,
            position: node.position,
        })
        .collect();
    // What goes back in time holds no layers apart.
    let edges: Vec<(u32, u32)> = network
        .edges()
        .filter(|edge| edge.delay == 0)
        .map(|edge| (edge.from.node().0, edge.to.node().0))
        .collect();
    let spacing = Spacing {
        layer_gap: LAYER_GAP,
        row_gap: ROW_GAP,
        max_column: Some(rows_of(network.nodes_of(Role::Input).count())),
    };
    let places = layered(&nodes, &edges, spacing);
    let middle = |points: &mut dyn Iterator<Item = Position>| {
        let bounds = Rect::enclosing(points.map(|point| Rect::around(point, 0.0)));
        bounds.map_or(Vec2::ZERO, |bounds| bounds.centre().into())
    };
    let shift = middle(&mut nodes.iter().map(|node| node.position))
        - middle(&mut places.iter().map(|&(_, place)| place));
    places
        .into_iter()
        .zip(&nodes)
        .map(|((id, place), node)| (NodeId(id), Vec2::from(place) + shift, node.position))
        .filter(|(_, to, from)| to.is_finite() && to.distance(Vec2::from(*from)) > STAYS)
        .map(|(id, to, _)| (id, to.into()))
        .collect()
}

/// How many rows a layer has at most.
fn rows_of(inputs: usize) -> usize {
    let root = inputs.isqrt();
    let is_picture = inputs > MAX_COLUMN && root * root == inputs;
    if is_picture { root } else { MAX_COLUMN }
}

/// A layout under way: a large network takes some tenths of a second.
#[derive(Resource, Debug, Default)]
struct Tidying(Option<Layout>);

#[derive(Debug)]
struct Layout {
    /// Of the project it is made for.
    revision: u64,
    task: Task<Vec<(NodeId, Position)>>,
}

impl Tidying {
    fn begin(&mut self, document: &Document) {
        let network = document.project().network().clone();
        self.0 = Some(Layout {
            revision: document.revision(),
            task: AsyncComputeTaskPool::get().spawn(async move { tidied(&network) }),
        });
    }
}

fn begin(
    mut wishes: MessageReader<TidyUp>,
    document: Res<Document>,
    mut tidying: ResMut<Tidying>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    wishes.clear();
    tidying.begin(&document);
    redraws.write(RequestRedraw);
}

fn is_tidying(tidying: Res<Tidying>) -> bool {
    tidying.0.is_some()
}

/// Makes the edit when the layout is there; anew, when the project changed meanwhile.
fn finish(
    document: Res<Document>,
    mut tidying: ResMut<Tidying>,
    mut preview: ResMut<DragPreview>,
    mut glide: ResMut<Glide>,
    mut requests: MessageWriter<Request>,
    mut orders: MessageWriter<CameraOrder>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    let layout = tidying.0.as_mut();
    let Some(moves) = layout.and_then(|layout| check_ready(&mut layout.task)) else {
        redraws.write(RequestRedraw);
        return;
    };
    let is_of_today = tidying
        .0
        .take()
        .is_some_and(|layout| layout.revision == document.revision());
    if !is_of_today {
        tidying.begin(&document);
        redraws.write(RequestRedraw);
        return;
    }
    let network = document.project().network();
    if !moves.is_empty() {
        *glide = Glide::from_here(network, &moves);
        glide.show(&mut preview, 0.0);
        requests.write(Request::edit("tidy up", Edit::Move(moves)));
    }
    orders.write(CameraOrder::FrameAll);
}

/// Neurons on their way: shown between where they were and where the project has them.
#[derive(Resource, Clone, Debug, Default)]
pub(crate) struct Glide {
    /// From where each is to where it was.
    back: BTreeMap<NodeId, Vec2>,
    elapsed_secs: f32,
}

impl Glide {
    fn from_here(network: &Network, moves: &[(NodeId, Position)]) -> Self {
        if moves.len() > MOST_GLIDING {
            return Self::default();
        }
        let back = moves.iter().filter_map(|&(id, to)| {
            let from = network.node(id)?.position;
            Some((id, Vec2::from(from) - Vec2::from(to)))
        });
        Self {
            back: back.collect(),
            elapsed_secs: 0.0,
        }
    }

    /// Whether a neuron is on its way.
    pub fn holds(&self, id: NodeId) -> bool {
        self.back.contains_key(&id)
    }

    /// Goes on for a frame, and ends when all have arrived.
    pub fn advance(&mut self, preview: &mut DragPreview, motion: &Motion, delta_secs: f32) {
        if self.back.is_empty() {
            return;
        }
        self.elapsed_secs += delta_secs;
        let progress = motion.progress(self.elapsed_secs, motion.rearrange_ms);
        if progress < 1.0 {
            self.show(preview, progress);
        } else {
            self.stop(preview);
        }
    }

    /// All are where they belong.
    pub fn stop(&mut self, preview: &mut DragPreview) {
        for id in std::mem::take(self).back.keys() {
            preview.offsets.remove(id);
        }
    }

    fn show(&self, preview: &mut DragPreview, progress: f32) {
        for (&id, &back) in &self.back {
            preview.offsets.insert(id, (back * (1.0 - progress)).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pixels_of_a_picture_stand_in_its_rows_and_other_inputs_forty_high() {
        assert_eq!(rows_of(784), 28);
        assert_eq!(rows_of(785), MAX_COLUMN);
        assert_eq!(rows_of(4), MAX_COLUMN, "two inputs by two are just inputs");
    }
}
