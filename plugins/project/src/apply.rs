//! The only door: makes an edit and hands back the one that undoes it.

use std::collections::BTreeSet;

use datasets::{ColumnId, Role, Row, Table};
use network::{Edge, Element, ElementId, Node, NodeId, ParameterId};

use crate::arrange::{
    add_group, add_note, join, leave, remove_group, remove_note, set_group, set_note, take_out,
};
use crate::value::{check_column, column_spec, empty_column};
use crate::{
    Applied, Edit, EditError, Learned, PlacedColumn, Project, ProjectError, Touched, column_of,
};

/// Makes an edit. Costs what the edit touches.
///
/// # Errors
/// Why it cannot be made; the project is then as it was.
pub fn apply(project: &mut Project, edit: &Edit) -> Result<Applied, EditError> {
    match edit {
        Edit::AddNode {
            node,
            edges,
            column,
        } => add_node(project, node, edges, column.as_ref()),
        Edit::RemoveNode(id) => remove_node(project, *id),
        Edit::AddEdge(edge) => {
            project.network.add_edge(edge.clone())?;
            Ok(structure([], [edge.id], Edit::RemoveEdge(edge.id)))
        }
        Edit::RemoveEdge(id) => {
            let edge = project.network.remove_edge(*id)?;
            Ok(structure([], [*id], Edit::AddEdge(edge)))
        }
        Edit::Move(moves) => move_nodes(project, moves),
        Edit::Rename(id, name) => rename(project, *id, name),
        Edit::SetActivation(id, activation) => {
            let before = project.network.set_activation(*id, *activation)?;
            Ok(changed([*id], Edit::SetActivation(*id, before)))
        }
        Edit::SetValue { id, value, start } => {
            let element = Element {
                value: *value,
                start: *start,
                ..element(project, *id)?
            };
            let before = project.network.set_element(*id, element)?;
            Ok(of_parameter(*id, set_value(*id, before)))
        }
        Edit::SetFrozen { id, is_frozen } => {
            let before = element(project, *id)?;
            project.network.set_element(
                *id,
                Element {
                    is_frozen: *is_frozen,
                    ..before
                },
            )?;
            let inverse = Edit::SetFrozen {
                id: *id,
                is_frozen: before.is_frozen,
            };
            Ok(of_parameter(*id, inverse))
        }
        Edit::SetPruned { id, is_pruned } => set_pruned(project, *id, *is_pruned),
        Edit::SetLearning(id, learning) => {
            let before = project.network.set_learning(*id, *learning)?;
            Ok(changed([*id], Edit::SetLearning(*id, before)))
        }
        Edit::Restore(learned) => {
            let snapshot = project.network.restore(&learned.snapshot)?;
            let epochs = std::mem::replace(&mut project.trained_epochs, learned.epochs);
            Ok(Applied {
                inverse: Edit::Restore(Box::new(Learned { snapshot, epochs })),
                touched: Touched {
                    is_learned: true,
                    ..Touched::default()
                },
            })
        }
        Edit::SetTraining(settings) => {
            settings.check()?;
            let before = std::mem::replace(&mut project.training, settings.clone());
            Ok(of_settings(Edit::SetTraining(before)))
        }
        Edit::SetSplit(split) => {
            split.validate().map_err(ProjectError::from)?;
            let before = std::mem::replace(&mut project.split, *split);
            Ok(of_settings(Edit::SetSplit(before)))
        }
        Edit::SetCell {
            row,
            node,
            element,
            value,
        } => {
            let before =
                project
                    .table
                    .set(*row as usize, column_of(*node), *element as usize, *value)?;
            Ok(of_table(Edit::SetCell {
                row: *row,
                node: *node,
                element: *element,
                value: before,
            }))
        }
        Edit::InsertRows { at, rows } => insert_rows(project, *at, rows),
        Edit::RemoveRows { at, count } => {
            check_row(project, at.saturating_add(*count))?;
            let rows = project.table.remove_rows(*at as usize, *count as usize)?;
            Ok(of_table(Edit::InsertRows { at: *at, rows }))
        }
        Edit::SetTable(table) => set_table(project, table),
        Edit::AddGroup(group) => add_group(project, group),
        Edit::RemoveGroup(id) => remove_group(project, *id),
        Edit::SetGroup(group) => set_group(project, group),
        Edit::Join(node, group) => join(project, *node, *group),
        Edit::Leave(node) => leave(project, *node),
        Edit::AddNote(note) => add_note(project, note),
        Edit::RemoveNote(id) => remove_note(project, *id),
        Edit::SetNote(note) => set_note(project, note),
        Edit::Batch(edits) => batch(project, edits),
    }
}

/// The edit that gives a number the value and the start of this element.
fn set_value(id: ElementId, element: Element) -> Edit {
    Edit::SetValue {
        id,
        value: element.value,
        start: element.start,
    }
}

fn set_pruned(project: &mut Project, id: ElementId, is_pruned: bool) -> Result<Applied, EditError> {
    let before = element(project, id)?;
    let element = Element {
        value: if is_pruned { 0.0 } else { before.value },
        is_pruned,
        ..before
    };
    project.network.set_element(id, element)?;
    let given_back = Edit::SetPruned {
        id,
        is_pruned: before.is_pruned,
    };
    // A number can be set only when it is not cut out.
    let inverse = match is_pruned && !before.is_pruned {
        true => Edit::Batch(vec![given_back, set_value(id, before)]),
        false => given_back,
    };
    Ok(of_parameter(id, inverse))
}

fn add_node(
    project: &mut Project,
    node: &Node,
    edges: &[Edge],
    column: Option<&PlacedColumn>,
) -> Result<Applied, EditError> {
    let id = node.id;
    if let Some(edge) = edges
        .iter()
        .find(|edge| edge.from.node() != id && edge.to.node() != id)
    {
        return Err(EditError::ForeignEdge {
            edge: edge.id,
            node: node.name.clone(),
        });
    }
    project.network.add_node(node.clone())?;
    let rest = add_column(project, id, column).and_then(|()| {
        for edge in edges {
            project.network.add_edge(edge.clone())?;
        }
        Ok(())
    });
    if let Err(error) = rest {
        // Half an edit is none: take the node back, with what came with it.
        project.network.remove_node(id)?;
        project.table.remove_column(column_of(id));
        return Err(error);
    }
    let mut applied = structure([id], edges.iter().map(|edge| edge.id), Edit::RemoveNode(id));
    applied.touched.is_table = project.table.column(column_of(id)).is_some();
    Ok(applied)
}

fn add_column(
    project: &mut Project,
    id: NodeId,
    column: Option<&PlacedColumn>,
) -> Result<(), EditError> {
    let Some(node) = project.network.node(id) else {
        return Ok(());
    };
    let placed = match column {
        Some(placed) => {
            check_column(&project.network, &placed.column)?;
            Some((placed.index as usize, placed.column.clone()))
        }
        None => empty_column(&project.network, node, project.table.rows())
            .map(|column| (place_for(&project.table, column.role), column)),
    };
    if let Some((index, column)) = placed {
        if column.id != column_of(id) {
            return Err(ProjectError::ColumnMismatch {
                column: column.name,
                node: node.name.clone(),
            }
            .into());
        }
        project.table.insert_column(index, column)?;
    }
    Ok(())
}

/// Behind the last column of the role: inputs come before targets.
fn place_for(table: &Table, role: Role) -> usize {
    match role {
        Role::Input => table
            .columns()
            .iter()
            .take_while(|column| column.role == Role::Input)
            .count(),
        Role::Target => table.columns().len(),
    }
}

fn remove_node(project: &mut Project, id: NodeId) -> Result<Applied, EditError> {
    let (node, edges) = project.network.remove_node(id)?;
    let column = project
        .table
        .remove_column(column_of(id))
        .map(|(index, column)| PlacedColumn {
            index: index as u32,
            column,
        });
    let ids: Vec<_> = edges.iter().map(|edge| edge.id).collect();
    let is_table = column.is_some();
    let inverse = Edit::AddNode {
        node,
        edges,
        column,
    };
    let mut applied = structure([id], ids, inverse);
    applied.touched.is_table = is_table;
    // The node must be there again before it can be in its group.
    if let Some(left) = take_out(project, id) {
        applied.inverse = Edit::Batch(vec![applied.inverse, left.inverse]);
        applied.touched.add(left.touched);
    }
    Ok(applied)
}

fn move_nodes(
    project: &mut Project,
    moves: &[(NodeId, network::Position)],
) -> Result<Applied, EditError> {
    let mut back = Vec::with_capacity(moves.len());
    for &(id, position) in moves {
        match project.network.set_position(id, position) {
            Ok(before) => back.push((id, before)),
            Err(error) => {
                for &(id, position) in back.iter().rev() {
                    project.network.set_position(id, position)?;
                }
                return Err(error.into());
            }
        }
    }
    // A node moved twice in one edit must get its first place back last.
    back.reverse();
    Ok(changed(moves.iter().map(|&(id, _)| id), Edit::Move(back)))
}

fn rename(project: &mut Project, id: NodeId, name: &str) -> Result<Applied, EditError> {
    let before = project.network.set_name(id, name.to_owned())?;
    let column = column_of(id);
    let is_table = project.table.column(column).is_some();
    if is_table && let Err(error) = project.table.rename_column(column, name.to_owned()) {
        project.network.set_name(id, before)?;
        return Err(error.into());
    }
    let mut applied = changed([id], Edit::Rename(id, before));
    applied.touched.is_table = is_table;
    Ok(applied)
}

fn insert_rows(project: &mut Project, at: u32, rows: &[Row]) -> Result<Applied, EditError> {
    check_row(project, at)?;
    project.table.insert_rows(at as usize, rows)?;
    Ok(of_table(Edit::RemoveRows {
        at,
        count: rows.len() as u32,
    }))
}

fn set_table(project: &mut Project, table: &Table) -> Result<Applied, EditError> {
    for column in table.columns() {
        check_column(&project.network, column)?;
    }
    let ids: BTreeSet<ColumnId> = table.columns().iter().map(|column| column.id).collect();
    let missing = project
        .network
        .nodes()
        .filter(|node| column_spec(&project.network, node).is_some())
        .find(|node| !ids.contains(&column_of(node.id)));
    if let Some(node) = missing {
        return Err(ProjectError::MissingColumn(node.name.clone()).into());
    }
    let before = std::mem::replace(&mut project.table, table.clone());
    Ok(of_table(Edit::SetTable(Box::new(before))))
}

fn batch(project: &mut Project, edits: &[Edit]) -> Result<Applied, EditError> {
    let mut touched = Touched::default();
    let mut inverses = Vec::with_capacity(edits.len());
    for edit in edits {
        match apply(project, edit) {
            Ok(applied) => {
                touched.add(applied.touched);
                inverses.push(applied.inverse);
            }
            Err(error) => {
                for inverse in inverses.iter().rev() {
                    apply(project, inverse)?;
                }
                return Err(error);
            }
        }
    }
    inverses.reverse();
    Ok(Applied {
        inverse: Edit::Batch(inverses),
        touched,
    })
}

fn element(project: &Project, id: ElementId) -> Result<Element, EditError> {
    if let Some(element) = project.network.element(id) {
        return Ok(*element);
    }
    // Let the network say who is missing: the node, the edge, or its number.
    Err(match id.parameter {
        ParameterId::Node(node, _) if project.network.node(node).is_none() => {
            network::NetworkError::UnknownNode(node)
        }
        ParameterId::Edge(edge) if project.network.edge(edge).is_none() => {
            network::NetworkError::UnknownEdge(edge)
        }
        ParameterId::Node(node, _) => {
            network::NetworkError::UnknownParameter(project.network.name(node))
        }
        ParameterId::Edge(_) => network::NetworkError::UnknownParameter("connection".to_owned()),
    }
    .into())
}

fn check_row(project: &Project, row: u32) -> Result<(), EditError> {
    let rows = project.table.rows();
    if row as usize <= rows {
        return Ok(());
    }
    Err(EditError::NoSuchRow { row, rows })
}

fn structure(
    nodes: impl IntoIterator<Item = NodeId>,
    edges: impl IntoIterator<Item = network::EdgeId>,
    inverse: Edit,
) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            nodes: nodes.into_iter().collect(),
            edges: edges.into_iter().collect(),
            is_structure: true,
            ..Touched::default()
        },
    }
}

fn changed(nodes: impl IntoIterator<Item = NodeId>, inverse: Edit) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            nodes: nodes.into_iter().collect(),
            ..Touched::default()
        },
    }
}

fn of_parameter(id: ElementId, inverse: Edit) -> Applied {
    let mut touched = Touched::default();
    match id.parameter {
        ParameterId::Node(node, _) => touched.nodes.insert(node),
        ParameterId::Edge(edge) => touched.edges.insert(edge),
    };
    Applied { inverse, touched }
}

fn of_table(inverse: Edit) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            is_table: true,
            ..Touched::default()
        },
    }
}

fn of_settings(inverse: Edit) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            is_settings: true,
            ..Touched::default()
        },
    }
}
