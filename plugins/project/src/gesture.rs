//! What a person does, turned into edits.

use std::collections::BTreeSet;

use datasets::{Column, Gate, GateError, Row, Split, Table};
use network::{
    Edge, EdgeId, ElementId, Endpoint, Initializer, KindId, NetworkError, Node, NodeId, Parameter,
    Position, Role, Snapshot, initial_parameters, initial_values, initial_weight, shape_size,
};

use crate::{Edit, Group, GroupId, Learned, Note, Project, TrainingSettings};

/// Puts a new neuron of a kind onto the canvas, under a name no other has.
#[must_use]
pub fn add_neuron(project: &Project, kind: KindId, position: Position) -> Edit {
    let network = project.network();
    let id = network.free_node_id();
    let found = network.kinds().get(&kind);
    let activation = found.and_then(|kind| kind.activations().first().copied());
    let prefix = match found.map(network::Kind::role) {
        Some(Role::Input) => "x",
        Some(Role::Output) => "y",
        Some(Role::Hidden) | None => "h",
    };
    let mut node = Node::new(
        id,
        kind,
        free_name(prefix, network.nodes().map(|node| &*node.name)),
    )
    .at(position);
    node.activation = activation.unwrap_or_default();
    node.parameters = initial_parameters(network.kinds(), &node, project.training().draw());
    Edit::AddNode {
        node,
        edges: Vec::new(),
        column: None,
    }
}

/// A place at or near `near` where a new neuron covers no other: on a grid of this
/// spacing around `near`, the nearest point that is at least that far from every
/// neuron; of equally near ones one straight above or below, as a layer goes on.
/// In canvas units.
#[must_use]
pub fn clear_place(project: &Project, near: Position, spacing: f32) -> Position {
    let place = |[column, row]: [i64; 2]| {
        [
            near[0] + column as f32 * spacing,
            near[1] + row as f32 * spacing,
        ]
    };
    let taken: BTreeSet<[i64; 2]> = project
        .network()
        .nodes()
        .flat_map(|node| {
            let [x, y] = [0, 1].map(|axis| (node.position[axis] - near[axis]) / spacing);
            let around = |at: f32| [at.floor() as i64, at.ceil() as i64];
            let corners = around(x)
                .into_iter()
                .flat_map(move |column| around(y).map(|row| [column, row]));
            // A neuron that lies a rounding error off the grid leaves the next point free.
            corners.filter(move |&[column, row]| (column as f32 - x).hypot(row as f32 - y) < 0.999)
        })
        .collect();
    // A ring beyond all that is taken is free.
    let free = (0..=taken.len() as i64).find_map(|radius| {
        let side = -radius..=radius;
        side.clone()
            .flat_map(|column| side.clone().map(move |row| [column, row]))
            .filter(|[column, row]| column.abs().max(row.abs()) == radius)
            .filter(|cell| !taken.contains(cell))
            .min_by_key(|&[column, row]| (column * column + row * row, column.abs(), row < 0))
    });
    free.map_or(near, place)
}

/// Draws a wire from one neuron to another, with a starting weight drawn from the
/// seed.
///
/// # Errors
/// Why the two cannot be joined.
pub fn connect(project: &Project, from: NodeId, to: NodeId) -> Result<Edit, NetworkError> {
    let network = project.network();
    let (from, to) = (Endpoint::of(from), Endpoint::of(to));
    let shape = network.check_edge(from, to, 0)?;
    let id = network.free_edge_id();
    let size = shape_size(&shape);
    let drawn = initial_weight(network, project.training().draw(), id, from, to, size);
    let weight = Parameter::tensor(&shape, &drawn).unwrap_or_else(|| Parameter::scalar(0.0));
    Ok(Edit::AddEdge(Edge::new(id, from, to, weight)))
}

/// Removes neurons, with their wires, and wires.
#[must_use]
pub fn remove(project: &Project, nodes: &[NodeId], edges: &[EdgeId]) -> Edit {
    let network = project.network();
    let is_doomed = |edge: &&EdgeId| {
        network.edge(**edge).is_some_and(|edge| {
            nodes.contains(&edge.from.node()) || nodes.contains(&edge.to.node())
        })
    };
    let wires = edges.iter().filter(|edge| !is_doomed(edge));
    let mut edits: Vec<Edit> = wires.map(|&edge| Edit::RemoveEdge(edge)).collect();
    edits.extend(nodes.iter().map(|&node| Edit::RemoveNode(node)));
    single_or_batch(edits)
}

/// Puts neurons into a new group, under a name no other has; those in other groups
/// leave them. `None` without neurons.
#[must_use]
pub fn group(project: &Project, members: &[NodeId]) -> Option<Edit> {
    grouped(project, members, false)
}

/// The same as [`group`], and folds the new group at once.
#[must_use]
pub fn group_and_fold(project: &Project, members: &[NodeId]) -> Option<Edit> {
    grouped(project, members, true)
}

/// Dissolves groups: their members stay. `None` without groups.
#[must_use]
pub fn ungroup(groups: &[GroupId]) -> Option<Edit> {
    let edits: Vec<Edit> = groups.iter().map(|&id| Edit::RemoveGroup(id)).collect();
    (!edits.is_empty()).then(|| single_or_batch(edits))
}

/// Folds or unfolds those of these groups that are not so already. `None` when all
/// are.
#[must_use]
pub fn fold_all(project: &Project, groups: &[GroupId], is_folded: bool) -> Option<Edit> {
    let others = groups.iter().filter(|&&id| {
        project
            .group(id)
            .is_some_and(|group| group.is_folded != is_folded)
    });
    let edits: Vec<Edit> = others
        .filter_map(|&id| fold(project, id, is_folded))
        .collect();
    (!edits.is_empty()).then(|| single_or_batch(edits))
}

fn grouped(project: &Project, members: &[NodeId], is_folded: bool) -> Option<Edit> {
    let names = project.groups().map(|group| &*group.name);
    let name = free_name("group ", names);
    let group = Group {
        is_folded,
        ..Group::new(project.free_group_id(), name, members.iter().copied())
    };
    if group.members.is_empty() {
        return None;
    }
    let leaving = group
        .members
        .iter()
        .filter(|&&node| project.group_of(node).is_some());
    let mut edits: Vec<Edit> = leaving.map(|&node| Edit::Leave(node)).collect();
    edits.push(Edit::AddGroup(group));
    Some(single_or_batch(edits))
}

/// Folds a group into one thing, or unfolds it. `None` when there is no such group.
#[must_use]
pub fn fold(project: &Project, id: GroupId, is_folded: bool) -> Option<Edit> {
    let group = project.group(id)?.clone();
    Some(Edit::SetGroup(Group { is_folded, ..group }))
}

/// Puts a new, empty note onto the canvas, its top left corner here.
#[must_use]
pub fn add_note(project: &Project, position: Position) -> Edit {
    Edit::AddNote(Note::new(project.free_note_id(), "", position))
}

/// Sets a learnable number by hand. Before training begins, it also becomes what
/// a reset brings back.
#[must_use]
pub fn set_value(project: &Project, id: ElementId, value: f32) -> Edit {
    let start = match project.network().element(id) {
        Some(element) if project.trained_epochs() > 0 => element.start,
        _ => value,
    };
    Edit::SetValue { id, value, start }
}

/// Brings all unfrozen numbers back to their starts, and the epochs to none.
#[must_use]
pub fn reset(project: &Project) -> Edit {
    let (values, starts) = project
        .network()
        .elements()
        .map(|element| (element.reset_value(), element.start))
        .unzip();
    restart(Snapshot { values, starts })
}

/// Draws new starts for all unfrozen numbers from another seed, which also
/// divides and orders the data anew.
#[must_use]
pub fn new_seed(project: &Project, seed: u64) -> Edit {
    draw_anew(
        project,
        TrainingSettings {
            seed,
            ..project.training().clone()
        },
    )
}

/// Draws new starts for all unfrozen numbers by another rule, from the same seed.
#[must_use]
pub fn new_initializer(project: &Project, initializer: Initializer) -> Edit {
    draw_anew(
        project,
        TrainingSettings {
            initializer,
            ..project.training().clone()
        },
    )
}

/// Takes these settings, and starts from what they draw.
fn draw_anew(project: &Project, settings: TrainingSettings) -> Edit {
    let drawn = initial_values(project.network(), settings.draw());
    let (values, starts) = project
        .network()
        .elements()
        .zip(drawn)
        .map(|(element, drawn)| {
            if element.is_learnable() {
                (drawn, drawn)
            } else {
                (element.value, element.start)
            }
        })
        .unzip();
    Edit::Batch(vec![
        Edit::SetTraining(settings),
        restart(Snapshot { values, starts }),
    ])
}

/// Replaces the data by the truth table of a gate over the inputs. All its rows
/// become training rows: a table of everything there is leaves nothing to hold
/// back.
///
/// # Errors
/// Without inputs or outputs, or with more inputs than a truth table can list.
pub fn fill_with(project: &Project, gate: Gate) -> Result<Edit, GateError> {
    let columns: Vec<_> = project.table().columns().iter().map(Column::spec).collect();
    let split = Split {
        train: 100,
        validation: 0,
        test: 0,
        ..*project.split()
    };
    Ok(Edit::Batch(vec![
        replace_data(gate.fill(&columns)?),
        Edit::SetSplit(split),
    ]))
}

/// Adds a row of zeros at the end.
#[must_use]
pub fn add_row(project: &Project) -> Edit {
    Edit::InsertRows {
        at: project.table().rows() as u32,
        rows: vec![Row(vec![0.0; project.table().row_width()])],
    }
}

/// Replaces the data.
#[must_use]
pub fn replace_data(table: Table) -> Edit {
    Edit::SetTable(Box::new(table))
}

fn restart(snapshot: Snapshot) -> Edit {
    Edit::Restore(Box::new(Learned {
        snapshot,
        epochs: 0,
    }))
}

fn single_or_batch(mut edits: Vec<Edit>) -> Edit {
    match (edits.pop(), edits.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            edits.extend(last);
            Edit::Batch(edits)
        }
    }
}

/// The prefix with the lowest number from 1 that is not taken.
fn free_name<'a>(prefix: &str, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: BTreeSet<&str> = taken.collect();
    let mut number = 1;
    loop {
        let name = format!("{prefix}{number}");
        if !taken.contains(name.as_str()) {
            return name;
        }
        number += 1;
    }
}
