//! What folded groups hide and what is shown instead, kept beside the project.

use bevy::prelude::*;
use project::{Folded, GroupId, Project, Touched};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Folding>();
}

/// The folded groups of the open project. Found again only when an edit touched a
/// folded group, its members or their wires.
#[derive(Resource, Debug, Default)]
pub struct Folding {
    folded: Folded,
    revision: u64,
}

impl Folding {
    /// What they hide, and in which bundles.
    #[must_use]
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// Rises when they were found again.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether an edit makes it necessary to look again.
    fn is_concerned(&self, project: &Project, touched: &Touched) -> bool {
        let is_folded = |id: &GroupId| {
            let is_now = project.group(*id).is_some_and(|group| group.is_folded);
            is_now || self.folded.groups().any(|known| known == *id)
        };
        if touched.groups.iter().any(is_folded) {
            return true;
        }
        if !touched.is_structure || self.folded.groups().len() == 0 {
            return false;
        }
        touched
            .edges
            .iter()
            .any(|&id| match project.network().edge(id) {
                Some(edge) => [edge.from, edge.to]
                    .iter()
                    .any(|end| self.folded.is_hidden(end.node())),
                // What is gone was in a list, if it is of any concern.
                None => {
                    let inner = self.folded.groups().map(|group| self.folded.inner(group));
                    let bundles = self.folded.bundles().map(|(_, _, edges)| edges);
                    inner
                        .chain(bundles)
                        .any(|edges| edges.binary_search(&id).is_ok())
                }
            })
    }
}

/// Follows an edit, or the opening of another project.
pub(crate) fn follow(world: &mut World, project: &Project, touched: &Touched, is_other: bool) {
    let folding = world.resource::<Folding>();
    if is_other || folding.is_concerned(project, touched) {
        let mut folding = world.resource_mut::<Folding>();
        folding.folded = Folded::of(project);
        folding.revision += 1;
    }
}
