//! Grouping: what keys and clicks do to groups.

use std::collections::BTreeSet;
use std::time::Duration;

use bevy::prelude::*;
use graph::{GroupId, Notice, Request, Selection};
use project::{Project, gesture};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<LastClick>();
}

/// Two clicks on a group within this time are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// The group that was clicked last, and when.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct LastClick(Option<(GroupId, Duration)>);

impl LastClick {
    /// Whether a click on this group is the second of a double click.
    pub fn doubles(&mut self, group: GroupId, now: Duration) -> bool {
        let is_second = self
            .0
            .take()
            .is_some_and(|(id, then)| id == group && now.saturating_sub(then) < DOUBLE_CLICK);
        if !is_second {
            self.0 = Some((group, now));
        }
        is_second
    }
}

/// The groups that have a selected member.
fn selected_groups(project: &Project, selection: &Selection) -> Vec<GroupId> {
    let nodes = selection.nodes.iter();
    let groups: BTreeSet<GroupId> = nodes.filter_map(|&id| project.group_of(id)).collect();
    groups.into_iter().collect()
}

/// Puts the selected neurons into a group that is folded at once; what is just one
/// group already is only folded.
pub(crate) fn group_selected(project: &Project, selection: &Selection) -> Result<Request, Notice> {
    if let Some(group) = selection.single_group(project) {
        return match gesture::fold_all(project, &[group.id], true) {
            Some(edit) => Ok(Request::edit("fold group", edit)),
            None => Err(Notice::info(format!(
                "“{}” is a group already.",
                group.name
            ))),
        };
    }
    let nodes: Vec<_> = selection.nodes.iter().copied().collect();
    gesture::group_and_fold(project, &nodes)
        .map(|edit| Request::edit("group neurons", edit))
        .ok_or_else(|| Notice::info("Select the neurons that belong together first."))
}

/// Dissolves the groups that have a selected member.
pub(crate) fn ungroup_selected(
    project: &Project,
    selection: &Selection,
) -> Result<Request, Notice> {
    gesture::ungroup(&selected_groups(project, selection))
        .map(|edit| Request::edit("ungroup", edit))
        .ok_or_else(|| Notice::info("None of the selected neurons is in a group."))
}

/// Folds or unfolds the groups that have a selected member.
pub(crate) fn fold_selected(
    project: &Project,
    selection: &Selection,
    is_folded: bool,
) -> Result<Request, Notice> {
    let groups = selected_groups(project, selection);
    if groups.is_empty() {
        return Err(Notice::info("None of the selected neurons is in a group."));
    }
    let (label, already) = if is_folded {
        ("fold group", "It is folded already.")
    } else {
        ("unfold group", "It is unfolded already.")
    };
    gesture::fold_all(project, &groups, is_folded)
        .map(|edit| Request::edit(label, edit))
        .ok_or_else(|| Notice::info(already))
}

/// Folds a group, or unfolds it if it is folded.
pub(crate) fn toggle(project: &Project, id: GroupId) -> Option<Request> {
    let is_folded = project.group(id)?.is_folded;
    let label = if is_folded {
        "unfold group"
    } else {
        "fold group"
    };
    gesture::fold(project, id, !is_folded).map(|edit| Request::edit(label, edit))
}

/// The selection once a group was taken hold of or clicked: its members, and what
/// else was selected if more is. `is_out`: they are taken out instead.
pub(crate) fn with_group(
    project: &Project,
    selection: &Selection,
    id: GroupId,
    is_adding: bool,
    is_out: bool,
) -> Selection {
    let mut selection = if is_adding {
        selection.clone()
    } else {
        Selection::default()
    };
    for &member in project.group(id).iter().flat_map(|group| &group.members) {
        if is_out {
            selection.nodes.remove(&member);
        } else {
            selection.nodes.insert(member);
        }
    }
    selection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_quick_clicks_on_the_same_group_are_a_double_click_and_a_third_begins_anew() {
        let at = Duration::from_millis;
        let (one, other) = (GroupId(1), GroupId(2));
        let mut last = LastClick::default();
        assert!(!last.doubles(one, at(0)));
        assert!(last.doubles(one, at(300)));
        assert!(!last.doubles(one, at(500)));
        assert!(!last.doubles(other, at(600)));
        assert!(!last.doubles(other, at(1_200)));
    }
}
