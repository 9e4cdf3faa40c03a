//! The slice of input space over which responses are shown, and what its inputs are like.

use std::collections::BTreeMap;

use bevy::prelude::*;
use engine::{CloseUp, MapRequest, Mapped};
use graph::{Document, Edited};
use network::{Node, NodeId, Role};
use project::{Project, column_of};

use crate::Maps;

/// Cells along each side of the maps inside neurons.
const RESOLUTION: u32 = 32;

/// Cells along each side of a map looked at closely, in a small network.
const CLOSE_RESOLUTION: u32 = 96;

/// The most multiply-adds of such a map: about 20 ms of work. In a large network it
/// has fewer cells, so that the first one comes soon and the others keep coming.
const CLOSE_WORK: usize = 1 << 24;

/// How far the plane reaches beyond the data, as a share of its range.
const MARGIN: f64 = 0.2;

/// With more nodes than this, only outputs are mapped.
const MOST_NODES: usize = 300;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Slice>();
    app.init_resource::<Spreads>();
}

/// What a person wants to see of the responses; no part of the project. Another
/// project begins with the first two inputs, all others at their mean.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// The inputs from left to right and from bottom to top. The first two while it is
    /// `None` or one of them is no input with single numbers; a network with one such
    /// input is shown along that.
    pub axes: Option<[NodeId; 2]>,
    /// Where other inputs are held, in the data's own units; those not named are at
    /// the mean of their column.
    pub held: BTreeMap<NodeId, f32>,
    /// The nodes looked at closely: in more cells, and at the rows of the data.
    pub close: Vec<NodeId>,
}

impl Slice {
    /// The most rows at which nodes are looked at.
    pub const MOST_ROWS: usize = 500;
}

/// How the values of a column are spread, in the data's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Their mean; 0 without rows.
    pub mean: f32,
    /// The root of their mean squared distance from it.
    pub deviation: f32,
    /// The lowest and the highest; 0 and 1 without rows.
    pub range: [f32; 2],
    /// Whether each row has a single number.
    pub is_scalar: bool,
}

impl Spread {
    fn of(project: &Project, node: &Node) -> Option<Self> {
        let column = project.table().column(column_of(node.id))?;
        let values = || column.values.iter().map(|&value| f64::from(value));
        let size = column.values.len().max(1) as f64;
        let mean = values().sum::<f64>() / size;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / size;
        let (low, high) = values()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let range = if low > high { [0.0, 1.0] } else { [low, high] };
        Some(Self {
            mean: mean as f32,
            deviation: variance.sqrt() as f32,
            range: range.map(|end| end as f32),
            is_scalar: column.shape.is_empty(),
        })
    }

    /// The standard deviation as a share of the range, 0 to 0.5; whatever the unit is.
    fn width(&self) -> f32 {
        let [low, high] = self.range.map(f64::from);
        if high > low {
            (f64::from(self.deviation) / (high - low)) as f32
        } else {
            0.0
        }
    }

    /// What a plane shows of it: the range and a margin; 1 on each side of a column of
    /// one value.
    fn shown(&self) -> [f32; 2] {
        let [low, high] = self.range.map(f64::from);
        let margin = match high - low {
            0.0 => 1.0,
            span => MARGIN * span,
        };
        let most = f64::from(f32::MAX);
        [
            (low - margin).max(-most) as f32,
            (high + margin).min(most) as f32,
        ]
    }
}

/// How the values of the inputs are spread; follows the data.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Spreads(pub BTreeMap<NodeId, Spread>);

impl Spreads {
    fn of(project: &Project) -> Self {
        let inputs = project.ordered(Role::Input);
        Self(
            inputs
                .filter_map(|node| Some((node.id, Spread::of(project, node)?)))
                .collect(),
        )
    }

    /// The inputs that can span a plane, in the order of their columns.
    pub fn scalars<'a>(&'a self, project: &'a Project) -> impl Iterator<Item = &'a Node> {
        project
            .ordered(Role::Input)
            .filter(|node| self.0.get(&node.id).is_some_and(|spread| spread.is_scalar))
    }
}

/// These many of the rows, or all of fewer, at even distances.
#[must_use]
pub fn even_rows(rows: usize, most: usize) -> Vec<u32> {
    let count = rows.min(most);
    (0..count)
        .map(|index| (index * rows / count) as u32)
        .collect()
}

/// Keeps the request of the maps in step with the slice and the data.
pub(crate) fn choose_plane(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    slice: Res<Slice>,
    mut spreads: ResMut<Spreads>,
    mut maps: ResMut<Maps>,
) {
    let is_data = edited.read().fold(false, |is_data, one| {
        is_data || one.touched.is_structure || one.touched.is_table
    });
    if is_data {
        *spreads = Spreads::of(document.project());
    }
    if is_data || slice.is_changed() {
        let plane = plane(document.project(), &spreads, &slice);
        if maps.request != plane {
            maps.request = plane;
        }
    }
}

/// The plane to ask for; `None` without an input of single numbers.
fn plane(project: &Project, spreads: &Spreads, slice: &Slice) -> Option<MapRequest> {
    let network = project.network();
    let scalars: Vec<NodeId> = spreads.scalars(project).map(|node| node.id).collect();
    let is_plane = |[x, y]: &[NodeId; 2]| x != y && scalars.contains(x) && scalars.contains(y);
    let [x, y] = match slice.axes.filter(is_plane) {
        Some(axes) => axes,
        None => widest(&scalars, spreads)?,
    };
    let range = |node| spreads.0.get(node).map(Spread::shown);
    let others = spreads.0.iter().filter(|(id, _)| **id != x && **id != y);
    let held = |id: &NodeId, spread: &Spread| *slice.held.get(id).unwrap_or(&spread.mean);
    let close: Vec<NodeId> = slice
        .close
        .iter()
        .copied()
        .filter(|id| network.node(*id).is_some())
        .collect();
    Some(MapRequest {
        x,
        y,
        x_range: range(&x)?,
        y_range: range(&y)?,
        resolution: RESOLUTION,
        fixed: others.map(|(id, spread)| (*id, held(id, spread))).collect(),
        nodes: if network.nodes().len() <= MOST_NODES {
            Mapped::All
        } else {
            Mapped::Outputs
        },
        close: (!close.is_empty()).then(|| CloseUp {
            nodes: close,
            resolution: close_resolution(network.edges().len()),
            rows: even_rows(project.table().rows(), Slice::MOST_ROWS),
        }),
    })
}

/// The two inputs whose values are spread most widely within their range, in the order of their
/// columns, the earlier among equals: along these there is most to see. One stands alone.
fn widest(scalars: &[NodeId], spreads: &Spreads) -> Option<[NodeId; 2]> {
    let width = |id: &NodeId| spreads.0.get(id).map_or(0.0, Spread::width);
    let mut order: Vec<usize> = (0..scalars.len()).collect();
    order.sort_by(|&one, &other| width(&scalars[other]).total_cmp(&width(&scalars[one])));
    let one = *order.first()?;
    let other = *order.get(1).unwrap_or(&one);
    Some([one.min(other), one.max(other)].map(|index| scalars[index]))
}

/// The cells along a side that this many wires allow.
fn close_resolution(wires: usize) -> u32 {
    let fitting = (CLOSE_WORK / wires.max(1)).isqrt() as u32;
    fitting.clamp(RESOLUTION, CLOSE_RESOLUTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_are_all_shown_and_many_evenly() {
        assert_eq!(even_rows(3, 500), [0, 1, 2]);
        assert_eq!(even_rows(0, 500), []);
        assert_eq!(even_rows(10, 4), [0, 2, 5, 7]);
        let many = even_rows(1_000_003, 500);
        assert_eq!(many.len(), 500);
        assert!(many.windows(2).all(|two| two[1] - two[0] >= 2_000));
    }

    #[test]
    fn a_plane_spans_the_inputs_that_are_spread_most_widely_in_their_range() {
        let spread = |deviation, range| Spread {
            mean: 0.0,
            deviation,
            range,
            is_scalar: true,
        };
        let spreads = |list: &[Spread]| {
            let ids = (0..).map(NodeId);
            Spreads(ids.zip(list.iter().copied()).collect())
        };
        let all: Vec<NodeId> = (0..4).map(NodeId).collect();
        let constant = spread(0.0, [0.0, 0.0]);
        let rare = spread(1.0, [0.0, 100.0]);
        let [wide, wider] = [spread(0.3, [0.0, 1.0]), spread(40.0, [-50.0, 50.0])];
        let of = |list: &[Spread]| widest(&all[..list.len()], &spreads(list));
        let pair = |x, y| Some([NodeId(x), NodeId(y)]);
        assert_eq!(of(&[constant, wider, rare, wide]), pair(1, 3));
        assert_eq!(of(&[wide, constant, wider, rare]), pair(0, 2));
        assert_eq!(of(&[wide, wide, wide]), pair(0, 1));
        assert_eq!(of(&[rare]), pair(0, 0));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_large_network_is_looked_at_in_fewer_cells() {
        assert_eq!(close_resolution(0), 96);
        assert_eq!(close_resolution(1_000), 96);
        assert_eq!(close_resolution(4_096), 64);
        assert_eq!(close_resolution(1_000_000), 32);
    }
}
