//! Selecting: what clicks and rectangles do to the selection.

use bevy::math::Rect;
use bevy::prelude::*;
use geometry::{Item, SpatialIndex};
use graph::{Selection, Subject};
use network::{EdgeId, Network, NodeId};

use crate::gesture::Under;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<SelectionBox>();
}

/// The selection rectangle being pulled, if any, in scene units.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct SelectionBox(pub Option<geometry::Rect>);

/// The selection once a neuron that was not in it is taken hold of.
pub(crate) fn grabbed(selection: &Selection, node: NodeId, is_adding: bool) -> Selection {
    if !is_adding {
        return Selection::only(Subject::Node(node));
    }
    let mut selection = selection.clone();
    selection.nodes.insert(node);
    selection
}

/// The selection after a click.
pub(crate) fn clicked(
    selection: &Selection,
    under: Under,
    is_adding: bool,
    was_selected: bool,
) -> Selection {
    match under.subject() {
        Some(subject) if is_adding => {
            let mut selection = selection.clone();
            // Taking hold of it may already have selected it.
            if selection.contains(subject) == was_selected {
                selection.toggle(subject);
            }
            selection
        }
        Some(subject) => Selection::only(subject),
        None if is_adding => selection.clone(),
        None => Selection::default(),
    }
}

/// The selection once a bundle was clicked: its wires, and what else was selected if more
/// is. `is_out`: they are taken out instead.
pub(crate) fn with_wires(
    selection: &Selection,
    wires: &[EdgeId],
    is_adding: bool,
    is_out: bool,
) -> Selection {
    let mut selection = if is_adding {
        selection.clone()
    } else {
        Selection::default()
    };
    for id in wires {
        if is_out {
            selection.edges.remove(id);
        } else {
            selection.edges.insert(*id);
        }
    }
    selection
}

/// The selection after a rectangle: the neurons it touches; wires only where it
/// touches no neuron, since those of a neuron go with it anyway.
pub(crate) fn boxed(
    selection: &Selection,
    index: &SpatialIndex,
    rect: Rect,
    is_adding: bool,
) -> Selection {
    let mut selection = if is_adding {
        selection.clone()
    } else {
        Selection::default()
    };
    let items = index.within(scene_rect(rect));
    let has_nodes = matches!(items.first(), Some(Item::Node(_)));
    for item in items {
        match item {
            Item::Node(id) => {
                selection.nodes.insert(NodeId(id));
            }
            Item::Wire(id) if !has_nodes => {
                selection.edges.insert(EdgeId(id));
            }
            Item::Wire(_) => {}
        }
    }
    selection
}

/// All neurons.
pub(crate) fn everything(network: &Network) -> Selection {
    Selection {
        nodes: network.nodes().map(|node| node.id).collect(),
        ..Selection::default()
    }
}

pub(crate) fn scene_rect(rect: Rect) -> geometry::Rect {
    geometry::Rect::from_corners(rect.min.into(), rect.max.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId(1);
    const B: NodeId = NodeId(2);

    fn both() -> Selection {
        Selection {
            nodes: [A, B].into(),
            ..Selection::default()
        }
    }

    #[test]
    fn a_click_selects_one_and_a_click_beside_everything_none() {
        let one = clicked(&both(), Under::Body(A), false, true);
        assert_eq!(one, Selection::only(Subject::Node(A)));
        let wire = clicked(&both(), Under::Wire(EdgeId(5)), false, false);
        assert_eq!(wire, Selection::only(Subject::Edge(EdgeId(5))));
        assert!(clicked(&both(), Under::Nothing, false, false).is_empty());
    }

    #[test]
    fn adding_takes_in_what_is_out_and_out_what_is_in() {
        let none = Selection::default();
        let held = grabbed(&none, A, true);
        let one = clicked(&held, Under::Body(A), true, false);
        assert_eq!(one, Selection::only(Subject::Node(A)));
        let two = clicked(&one, Under::Rim(B), true, false);
        assert_eq!(two, both());
        let rest = clicked(&two, Under::Body(A), true, true);
        assert_eq!(rest, Selection::only(Subject::Node(B)));
        assert_eq!(clicked(&two, Under::Nothing, true, false), two);
    }

    #[test]
    fn a_bundle_selects_its_wires_and_takes_them_out_again() {
        let wires = [EdgeId(3), EdgeId(8)];
        let chosen = with_wires(&both(), &wires, false, false);
        assert!(chosen.nodes.is_empty() && chosen.edges.iter().eq(&wires));
        let more = with_wires(&both(), &wires, true, false);
        assert_eq!((more.nodes.len(), more.edges.len()), (2, 2));
        assert_eq!(with_wires(&more, &wires, true, true), both());
    }

    #[test]
    fn a_rectangle_selects_neurons_or_else_wires() {
        let mut index = SpatialIndex::default();
        index.insert_node(1, [0.0, 0.0], 26.0).expect("in scene");
        index.insert_node(2, [400.0, 0.0], 26.0).expect("in scene");
        let curve = crate::wire_curve([0.0, 0.0], [400.0, 0.0]);
        index.insert_wire(5, curve).expect("in scene");
        let none = Selection::default();
        let rect = |x0, x1| Rect::new(x0, -10.0, x1, 10.0);
        assert_eq!(boxed(&none, &index, rect(-50.0, 450.0), true), both());
        let wire = boxed(&none, &index, rect(150.0, 250.0), true);
        assert_eq!(wire, Selection::only(Subject::Edge(EdgeId(5))));
        let beside = Rect::new(100.0, 100.0, 200.0, 200.0);
        assert_eq!(boxed(&both(), &index, beside, true), both());
        assert!(boxed(&both(), &index, beside, false).is_empty());
    }
}
