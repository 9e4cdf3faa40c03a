//! Marks of bundles: selected or frozen, where all their wires are.

use bevy::prelude::*;
use graph::{Document, Edited, Folding, Selection};
use network::{EdgeId, ElementId};

use super::folds::follow_folds;
use super::{Drawn, Folds, SceneSystems};
use crate::drawing::{Groups, Marks};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PostUpdate,
        mark_bundles
            .in_set(SceneSystems::Fold)
            .after(follow_folds)
            .run_if(
                resource_exists_and_changed::<Selection>
                    .or_eager(resource_exists_and_changed::<Folds>)
                    .or_eager(on_message::<Edited>),
            ),
    );
}

/// Costs what is in bundles, and only when the selection, an edit or the folding may have
/// changed a mark.
fn mark_bundles(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    selection: Res<Selection>,
    folding: Res<Folding>,
    drawn: Res<Drawn>,
    mut groups: ResMut<Groups>,
    mut marked: Local<Option<(u64, u64)>>,
) {
    let now = Some((drawn.folding, drawn.generation));
    let is_same = *marked == now && !selection.is_changed() && edited.is_empty();
    edited.clear();
    if is_same || folding.revision() != drawn.folding {
        return;
    }
    *marked = now;
    let network = document.project().network();
    let is_frozen = |id: EdgeId| {
        let element = network.element(ElementId::weight(id));
        element.is_some_and(|element| element.is_frozen)
    };
    for (index, (_, _, edges)) in folding.folded().bundles().enumerate() {
        let mut marks = Marks::BUNDLE;
        let may_be_selected = edges.len() <= selection.edges.len();
        if may_be_selected && edges.iter().all(|id| selection.edges.contains(id)) {
            marks = marks.with(Marks::SELECTED);
        }
        if edges.iter().all(|&id| is_frozen(id)) {
            marks = marks.with(Marks::FROZEN);
        }
        let bundles = groups.bundles.as_slice();
        let is_other = |shown: &crate::drawing::WireInstance| shown.marks != marks;
        if bundles.get(index).is_some_and(is_other) {
            groups.bundles.edit(index, |shown| shown.marks = marks);
        }
    }
}
