//! The plane of two inputs that fits a project's data.

use engine::{MapRequest, Mapped};
use network::{Node, NodeId, Role};
use project::{Project, column_of};

/// Cells along each side.
const RESOLUTION: u32 = 32;

/// How far the plane reaches beyond the data, as a share of its range.
const MARGIN: f64 = 0.2;

/// With more nodes than this, only outputs are mapped.
const MOST_NODES: usize = 300;

/// The first two scalar inputs in the order of their columns, over the range of
/// their data and a margin; `None` with fewer than two.
pub(crate) fn default_plane(project: &Project) -> Option<MapRequest> {
    let mut inputs = project
        .ordered(Role::Input)
        .filter_map(|node| Some((node, range(project, node)?)));
    let (x, x_range) = inputs.next()?;
    let (y, y_range) = inputs.next()?;
    Some(MapRequest {
        x: x.id,
        y: y.id,
        x_range,
        y_range,
        resolution: RESOLUTION,
        fixed: inputs_at_mean(project, x.id, y.id),
        nodes: if project.network().nodes().len() <= MOST_NODES {
            Mapped::All
        } else {
            Mapped::Outputs
        },
    })
}

/// The inputs that do not span the plane, each at the mean of its column: the
/// plane then cuts through the middle of the data.
fn inputs_at_mean(project: &Project, x: NodeId, y: NodeId) -> Vec<(NodeId, f32)> {
    project
        .ordered(Role::Input)
        .filter(|node| node.id != x && node.id != y)
        .filter_map(|node| {
            let column = project.table().column(column_of(node.id))?;
            let size = column.values.len().max(1) as f64;
            let sum: f64 = column.values.iter().map(|&value| f64::from(value)).sum();
            Some((node.id, (sum / size) as f32))
        })
        .collect()
}

/// Whether a plane is one of two inputs of the project, with finite ends.
pub(crate) fn is_plane_of(project: &Project, request: &MapRequest) -> bool {
    let network = project.network();
    let is_input = |id| {
        network
            .node(id)
            .is_some_and(|node| network.role(node) == Role::Input)
    };
    let mut ends = request.x_range.iter().chain(&request.y_range);
    is_input(request.x) && is_input(request.y) && ends.all(|end| end.is_finite())
}

/// What the plane shows of an input: the range of its column and a margin;
/// `None` when it is no scalar. Without rows the range is 0 to 1; a column of
/// one value gets 1 on each side.
fn range(project: &Project, node: &Node) -> Option<[f32; 2]> {
    let column = project.table().column(column_of(node.id))?;
    if !column.shape.is_empty() {
        return None;
    }
    let values = || column.values.iter().map(|&value| f64::from(value));
    let (mut low, mut high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    if low > high {
        (low, high) = (0.0, 1.0);
    }
    let margin = match high - low {
        0.0 => 1.0,
        span => MARGIN * span,
    };
    let most = f64::from(f32::MAX);
    Some([
        (low - margin).max(-most) as f32,
        (high + margin).min(most) as f32,
    ])
}
