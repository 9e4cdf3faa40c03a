//! Makes the edits of groups and notes; each hands back the one that undoes it.

use network::NodeId;

use crate::arrangement::Left;
use crate::{
    Applied, ArrangementError, Edit, EditError, Group, GroupId, Note, NoteId, Project, Touched,
};

pub(crate) fn add_group(project: &mut Project, group: &Group) -> Result<Applied, EditError> {
    let network = &project.network;
    project.arrangement.add_group(network, group.clone())?;
    Ok(of_group(group.id, Edit::RemoveGroup(group.id)))
}

pub(crate) fn remove_group(project: &mut Project, id: GroupId) -> Result<Applied, EditError> {
    let group = project.arrangement.remove_group(id)?;
    Ok(of_group(id, Edit::AddGroup(group)))
}

pub(crate) fn set_group(project: &mut Project, group: &Group) -> Result<Applied, EditError> {
    let network = &project.network;
    let before = project.arrangement.set_group(network, group.clone())?;
    Ok(of_group(group.id, Edit::SetGroup(before)))
}

pub(crate) fn join(
    project: &mut Project,
    node: NodeId,
    group: GroupId,
) -> Result<Applied, EditError> {
    project.arrangement.join(&project.network, node, group)?;
    Ok(of_group(group, Edit::Leave(node)))
}

pub(crate) fn leave(project: &mut Project, node: NodeId) -> Result<Applied, EditError> {
    if project.network.node(node).is_none() {
        return Err(network::NetworkError::UnknownNode(node).into());
    }
    let left = take_out(project, node);
    left.ok_or_else(|| ArrangementError::InNoGroup(project.network.name(node)).into())
}

/// Takes a node out of its group; `None` when it is in none.
pub(crate) fn take_out(project: &mut Project, node: NodeId) -> Option<Applied> {
    Some(match project.arrangement.leave(node)? {
        Left::Others(group) => of_group(group, Edit::Join(node, group)),
        Left::Last(group) => of_group(group.id, Edit::AddGroup(group)),
    })
}

pub(crate) fn add_note(project: &mut Project, note: &Note) -> Result<Applied, EditError> {
    project.arrangement.add_note(note.clone())?;
    Ok(of_note(note.id, Edit::RemoveNote(note.id)))
}

pub(crate) fn remove_note(project: &mut Project, id: NoteId) -> Result<Applied, EditError> {
    let note = project.arrangement.remove_note(id)?;
    Ok(of_note(id, Edit::AddNote(note)))
}

pub(crate) fn set_note(project: &mut Project, note: &Note) -> Result<Applied, EditError> {
    let before = project.arrangement.set_note(note.clone())?;
    Ok(of_note(note.id, Edit::SetNote(before)))
}

fn of_group(id: GroupId, inverse: Edit) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            groups: [id].into(),
            ..Touched::default()
        },
    }
}

fn of_note(id: NoteId, inverse: Edit) -> Applied {
    Applied {
        inverse,
        touched: Touched {
            notes: [id].into(),
            ..Touched::default()
        },
    }
}
