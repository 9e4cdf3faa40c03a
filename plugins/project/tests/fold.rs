//! What folded groups show, against a slow and plain reading of all wires.

use std::collections::BTreeMap;

use network::{Edge, EdgeId, Endpoint, KindId, NodeId, Parameter};
use project::{Edit, Folded, Group, GroupId, Project, Thing, apply, gesture};
use proptest::prelude::*;

fn perform(project: &mut Project, edit: &Edit) {
    apply(project, edit).expect("the edit is sound");
}

/// Hidden neurons, and wires between them as far as they are allowed.
fn project_of(neurons: u32, wires: &[(u32, u32, u8)]) -> Project {
    let mut project = Project::default();
    for _ in 0..neurons {
        let edit = gesture::add_neuron(&project, KindId::HIDDEN, [0.0, 0.0]);
        perform(&mut project, &edit);
    }
    for &(from, to, delay) in wires {
        let ends = [from, to].map(|id| Endpoint::of(NodeId(id)));
        let id = project.network().free_edge_id();
        let mut edge = Edge::new(id, ends[0], ends[1], Parameter::scalar(1.0));
        edge.delay = delay;
        let _ = apply(&mut project, &Edit::AddEdge(edge));
    }
    project
}

fn add_group(project: &mut Project, id: u32, members: &[u32], is_folded: bool) {
    let members = members.iter().map(|&id| NodeId(id));
    let group = Group {
        is_folded,
        ..Group::new(GroupId(id), "g", members)
    };
    perform(project, &Edit::AddGroup(group));
}

fn node(id: u32) -> Thing {
    Thing::Node(NodeId(id))
}

fn ids(ids: &[u32]) -> Vec<EdgeId> {
    ids.iter().copied().map(EdgeId).collect()
}

#[test]
fn wires_into_a_folded_group_and_out_of_it_run_in_bundles() {
    // 0 and 1 feed 2 and 3, which feed 4; 2 also feeds 3.
    let wires = [
        (0, 2, 0),
        (0, 3, 0),
        (1, 2, 0),
        (2, 3, 0),
        (2, 4, 0),
        (3, 4, 0),
        (0, 4, 0),
        (4, 3, 1),
    ];
    let mut project = project_of(5, &wires);
    add_group(&mut project, 7, &[2, 3], true);
    let folded = Folded::of(&project);
    let group = Thing::Group(GroupId(7));
    let bundles: Vec<_> = folded.bundles().collect();
    assert_eq!(
        bundles,
        [
            (node(0), group, ids(&[0, 1]).as_slice()),
            (node(1), group, ids(&[2]).as_slice()),
            (node(4), group, ids(&[7]).as_slice()),
            (group, node(4), ids(&[4, 5]).as_slice()),
        ]
    );
    assert_eq!(folded.inner(GroupId(7)), ids(&[3]));
    assert_eq!(folded.bundle(group, node(4)), ids(&[4, 5]));
    assert_eq!(folded.bundle(node(0), node(4)), []);
    assert!(folded.is_hidden(NodeId(3)) && !folded.is_hidden(NodeId(4)));
}

#[test]
fn two_folded_groups_are_joined_by_one_bundle() {
    let mut project = project_of(4, &[(0, 2, 0), (0, 3, 0), (1, 2, 0), (1, 3, 0)]);
    add_group(&mut project, 0, &[0, 1], true);
    add_group(&mut project, 1, &[2, 3], true);
    let folded = Folded::of(&project);
    let [one, other] = [0, 1].map(|id| Thing::Group(GroupId(id)));
    let bundles: Vec<_> = folded.bundles().collect();
    assert_eq!(bundles, [(one, other, ids(&[0, 1, 2, 3]).as_slice())]);
}

#[test]
fn an_unfolded_group_shows_its_members_and_all_wires() {
    let mut project = project_of(3, &[(0, 1, 0), (1, 2, 0)]);
    add_group(&mut project, 0, &[0, 1], false);
    assert_eq!(Folded::of(&project), Folded::default());
    assert_eq!(Thing::of(&project, NodeId(0)), node(0));
}

proptest! {
    #[test]
    fn every_wire_that_touches_a_folded_group_is_in_one_place_and_no_other_wire(
        wires in proptest::collection::vec((0_u32..8, 0_u32..8, 0_u8..2), 0..50),
        group_of in proptest::collection::vec(0_u32..5, 8),
        is_folded in proptest::collection::vec(any::<bool>(), 4),
    ) {
        let mut project = project_of(8, &wires);
        for id in 0..4 {
            let members: Vec<u32> = (0..8).filter(|&at| group_of[at as usize] == id).collect();
            if !members.is_empty() {
                add_group(&mut project, id, &members, is_folded[id as usize]);
            }
        }
        let thing = |end: Endpoint| {
            let id = group_of[end.node().0 as usize];
            let is_hidden = is_folded.get(id as usize) == Some(&true);
            if is_hidden { Thing::Group(GroupId(id)) } else { Thing::Node(end.node()) }
        };
        let mut bundles: BTreeMap<(Thing, Thing), Vec<EdgeId>> = BTreeMap::new();
        let mut inner: BTreeMap<GroupId, Vec<EdgeId>> = BTreeMap::new();
        for edge in project.network().edges() {
            match (thing(edge.from), thing(edge.to)) {
                (Thing::Node(_), Thing::Node(_)) => {}
                (Thing::Group(one), Thing::Group(other)) if one == other => {
                    inner.entry(one).or_default().push(edge.id);
                }
                ends => bundles.entry(ends).or_default().push(edge.id),
            }
        }
        let folded = Folded::of(&project);
        let expected: Vec<_> = bundles
            .iter()
            .map(|(&(from, to), edges)| (from, to, edges.as_slice()))
            .collect();
        prop_assert_eq!(folded.bundles().collect::<Vec<_>>(), expected);
        for group in project.groups() {
            let expected = inner.remove(&group.id).unwrap_or_default();
            prop_assert_eq!(folded.inner(group.id), expected);
        }
        for id in (0..8).map(NodeId) {
            let expected = thing(Endpoint::of(id));
            prop_assert_eq!(folded.thing(id), expected);
            prop_assert_eq!(Thing::of(&project, id), expected);
            prop_assert_eq!(folded.is_hidden(id), expected != Thing::Node(id));
        }
    }
}
