//! The canvas as a whole: after any edits it shows what it would show of the same project opened anew.

use bevy::prelude::*;
use graph::{Document, GroupId, Request, Thing};
use network::{EdgeId, ElementId, KindId, NodeId};
use project::{Edit, Project, gesture};

use crate::drawing::{
    BundleEnd, Groups, Marks, NeuronInstances, WireInstance, WireInstances, bundle_between,
};
use crate::{CanvasPlugin, Drawn, Folds};

fn create_test_app(project: Project) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, graph::GraphPlugin, CanvasPlugin));
    app.update();
    ask(&mut app, Request::Open(Box::new(project)));
    app
}

fn ask(app: &mut App, request: Request) {
    app.world_mut().write_message(request);
    app.update();
}

fn project(app: &App) -> &Project {
    app.world().resource::<Document>().project()
}

/// Three layers of four neurons, each joined to all of the next.
fn layers() -> Project {
    let mut project = Project::default();
    for index in 0..12_u32 {
        let kind = [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT][index as usize / 4].clone();
        let at = [(index / 4) as f32 * 200.0, (index % 4) as f32 * 90.0];
        let edit = gesture::add_neuron(&project, kind, at);
        project::apply(&mut project, &edit).expect("a neuron can be added");
    }
    for (from, to) in (0..8).flat_map(|from| (0..4).map(move |to| (from, (from / 4 + 1) * 4 + to)))
    {
        let edit =
            gesture::connect(&project, NodeId(from), NodeId(to)).expect("they can be joined");
        project::apply(&mut project, &edit).expect("a wire can be added");
    }
    project
}

fn group_and_fold(app: &mut App, members: &[NodeId]) {
    let edit = gesture::group_and_fold(project(app), members).expect("there are members");
    ask(app, Request::edit("group neurons", edit));
}

fn nodes(ids: impl IntoIterator<Item = u32>) -> Vec<NodeId> {
    ids.into_iter().map(NodeId).collect()
}

/// What is visible, by what it is and not by its slot.
#[derive(Debug, PartialEq)]
struct Seen {
    neurons: Vec<(NodeId, [f32; 2], f32)>,
    wires: Vec<(bool, Marks)>,
    groups: Vec<(GroupId, geometry::Rect, Vec<f32>)>,
    bundles: Vec<(Thing, Thing, usize, f32, f32, Marks)>,
}

fn look(app: &App) -> Seen {
    let world = app.world();
    let (drawn, folds, groups) = (
        world.resource::<Drawn>(),
        world.resource::<Folds>(),
        world.resource::<Groups>(),
    );
    let neurons = world.resource::<NeuronInstances>().as_slice();
    let wires = world.resource::<WireInstances>().as_slice();
    let network = project(app).network();
    let slot = |id| drawn.nodes.find(id).expect("each neuron has a slot");
    for edge in network.edges() {
        let shown = &wires[drawn.edges.find(edge.id).expect("each wire has a slot")];
        let between = WireInstance::between(slot(edge.from.node()), slot(edge.to.node()));
        assert!(!shown.is_there() || shown.with_marks(between.marks) == between);
    }
    let end = |thing| match thing {
        Thing::Node(id) => BundleEnd::Neuron(slot(id)),
        Thing::Group(id) => BundleEnd::Group(
            folds
                .groups
                .iter()
                .position(|group| group.id == id)
                .expect("it is drawn"),
        ),
    };
    assert_eq!(groups.bundles.len(), folds.bundles.len());
    for (bundle, shown) in folds.bundles.iter().zip(groups.bundles.as_slice()) {
        let between = bundle_between(end(bundle.from), end(bundle.to));
        assert_eq!(shown.with_marks(between.marks), between);
    }
    assert_eq!(groups.instances.len(), folds.groups.len());
    let mut cells = groups.cells.as_slice();
    Seen {
        neurons: network
            .nodes()
            .map(|node| {
                (
                    node.id,
                    neurons[slot(node.id)].position,
                    neurons[slot(node.id)].radius,
                )
            })
            .collect(),
        wires: network
            .edges()
            .filter_map(|edge| drawn.edges.find(edge.id))
            .map(|slot| (wires[slot].is_there(), wires[slot].marks))
            .collect(),
        groups: folds
            .groups
            .iter()
            .zip(groups.instances.as_slice())
            .map(|(group, shown)| {
                assert_eq!(shown.position, group.rect.centre());
                let members = project(app)
                    .group(group.id)
                    .expect("it is there")
                    .members
                    .len();
                let (own, rest) = cells.split_at(members);
                cells = rest;
                (group.id, group.rect, own.to_vec())
            })
            .collect(),
        bundles: folds
            .bundles
            .iter()
            .zip(groups.bundles.as_slice())
            .zip(groups.strengths.as_slice())
            .zip(groups.shares.as_slice())
            .map(|(((bundle, shown), &strength), &share)| {
                let wires = bundle.wires();
                (bundle.from, bundle.to, wires, strength, share, shown.marks)
            })
            .collect(),
    }
}

#[test]
fn a_folded_group_is_drawn_instead_of_its_neurons_and_their_wires() {
    let mut app = create_test_app(layers());
    let before = look(&app);
    assert!(before.neurons.iter().all(|(_, _, radius)| *radius > 0.0));
    group_and_fold(&mut app, &nodes(0..4));
    let folded = look(&app);
    let hidden = folded
        .neurons
        .iter()
        .filter(|(_, _, radius)| *radius == 0.0);
    assert_eq!(hidden.count(), 4);
    assert_eq!(
        folded
            .wires
            .iter()
            .filter(|(is_there, _)| !is_there)
            .count(),
        16
    );
    assert_eq!(folded.groups.len(), 1);
    assert_eq!(
        folded.groups[0].1.centre(),
        [0.0, 135.0],
        "in the middle of its members"
    );
    assert_eq!(
        folded.bundles.len(),
        4,
        "one to each neuron of the next layer"
    );
    assert!(
        folded
            .bundles
            .iter()
            .all(|&(_, _, wires, strength, ..)| wires == 4 && strength > 0.0)
    );
    ask(&mut app, Request::Undo);
    assert_eq!(look(&app), before);
}

#[test]
fn a_bundle_between_two_folded_groups_is_one_ribbon_and_follows_its_weights() {
    let mut app = create_test_app(layers());
    group_and_fold(&mut app, &nodes(0..4));
    group_and_fold(&mut app, &nodes(4..8));
    let before = look(&app);
    assert_eq!(before.bundles.len(), 1 + 4);
    assert_eq!(
        before
            .bundles
            .iter()
            .find(|bundle| bundle.2 == 16)
            .map(|bundle| bundle.0),
        Some(Thing::Group(GroupId(0)))
    );
    let wire = project(&app)
        .network()
        .edges()
        .next()
        .expect("there are wires")
        .id;
    let edit = gesture::set_value(project(&app), ElementId::weight(wire), 40.0);
    ask(&mut app, Request::edit("set value", edit));
    let strength = |seen: &Seen| {
        seen.bundles
            .iter()
            .find(|bundle| bundle.2 == 16)
            .map(|bundle| bundle.3)
    };
    assert!(strength(&look(&app)) > Some(9.0), "{:?}", strength(&before));
}

#[test]
fn a_still_folded_group_costs_no_upload() {
    let mut app = create_test_app(layers());
    group_and_fold(&mut app, &nodes(0..4));
    let revisions = |app: &App| {
        let groups = app.world().resource::<Groups>();
        let lists = [
            groups.cells.revision(),
            groups.strengths.revision(),
            groups.shares.revision(),
        ];
        (
            lists,
            groups.instances.revision(),
            groups.bundles.revision(),
        )
    };
    let before = revisions(&app);
    for _ in 0..3 {
        app.update();
    }
    assert_eq!(revisions(&app), before);
}

#[test]
fn after_any_edits_the_picture_is_that_of_the_project_opened_anew() {
    let mut app = create_test_app(layers());
    let mut state = 7_u32;
    let mut dice = move |sides: u32| {
        // Numerical Recipes' generator: the upper bits are good enough for this.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % sides
    };
    let mut folded_at_times = 0;
    for round in 0..300 {
        let now = project(&app);
        let network = now.network();
        let all: Vec<NodeId> = network.nodes().map(|node| node.id).collect();
        let some = |dice: &mut dyn FnMut(u32) -> u32| all[dice(all.len() as u32) as usize];
        let groups: Vec<GroupId> = now.groups().map(|group| group.id).collect();
        let edges: Vec<EdgeId> = network.edges().map(|edge| edge.id).collect();
        let request = match dice(11) {
            0 => {
                let members = [some(&mut dice), some(&mut dice), some(&mut dice)];
                gesture::group_and_fold(now, &members).map(|edit| Request::edit("group", edit))
            }
            1 | 2 if !groups.is_empty() => {
                let id = groups[dice(groups.len() as u32) as usize];
                let is_folded = dice(2) == 0;
                gesture::fold(now, id, is_folded).map(|edit| Request::edit("fold", edit))
            }
            3 => {
                let at = [dice(900) as f32, dice(900) as f32];
                Some(Request::edit(
                    "move",
                    Edit::Move(vec![(some(&mut dice), at)]),
                ))
            }
            4 => {
                let at = [dice(900) as f32, dice(900) as f32];
                let edit = gesture::add_neuron(now, KindId::HIDDEN, at);
                Some(Request::edit("add", edit))
            }
            5 => {
                let (from, to) = (some(&mut dice), some(&mut dice));
                let edit = gesture::connect(now, from, to).ok();
                edit.map(|edit| Request::edit("connect", edit))
            }
            6 if all.len() > 6 => {
                let edit = gesture::remove(now, &[some(&mut dice)], &[]);
                Some(Request::edit("remove", edit))
            }
            7 => Some(Request::Redo),
            8 | 9 if !edges.is_empty() => {
                let id = ElementId::weight(edges[dice(edges.len() as u32) as usize]);
                let (is_frozen, is_pruned) = (dice(2) == 0, dice(2) == 0);
                Some(match dice(2) {
                    0 => Request::edit("freeze", Edit::SetFrozen { id, is_frozen }),
                    _ => Request::edit("prune", Edit::SetPruned { id, is_pruned }),
                })
            }
            _ => Some(Request::Undo),
        };
        if let Some(request) = request {
            ask(&mut app, request);
        }
        let seen = look(&app);
        folded_at_times += usize::from(!seen.groups.is_empty());
        let anew = create_test_app(project(&app).clone());
        assert_eq!(seen, look(&anew), "in round {round}");
    }
    assert!(folded_at_times > 100, "{folded_at_times}");
}
