//! The entities follow the project through any sequence of requests.

use bevy::prelude::*;
use graph::{
    Description, Document, Edited, EntityIndex, GraphPlugin, Incoming, Notice, Outgoing, Request,
    Selection, Subject, Values, describe,
};
use network::{Activation, Edge, EdgeId, ElementId, Endpoint, KindId, Node, NodeId, Parameter};
use project::{Edit, Project, gesture};
use proptest::prelude::*;

fn create_test_app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, GraphPlugin));
    app
}

fn send(app: &mut App, request: Request) {
    app.world_mut().write_message(request);
    app.update();
}

fn add(app: &mut App, kind: KindId) -> NodeId {
    let project = app.world().resource::<Document>().project();
    let id = project.network().free_node_id();
    let edit = gesture::add_neuron(project, kind, [0.0, 0.0]);
    send(app, Request::edit("add neuron", edit));
    id
}

fn connect(app: &mut App, from: NodeId, to: NodeId) {
    let project = app.world().resource::<Document>().project();
    if let Ok(edit) = gesture::connect(project, from, to) {
        send(app, Request::edit("connect", edit));
    }
}

fn project(app: &App) -> Project {
    let world = app.world();
    world
        .resource::<Document>()
        .current(world.resource::<Values>())
}

/// One thing a person might do, chosen by three numbers.
fn act(app: &mut App, [what, a, b]: [u8; 3]) {
    let project = project(app);
    let nodes: Vec<NodeId> = project.network().nodes().map(|node| node.id).collect();
    let node = |n: u8| nodes.get(usize::from(n) % nodes.len().max(1)).copied();
    let request = match (what % 10, node(a), node(b)) {
        (0, ..) => {
            let kinds = [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT];
            let kind = kinds[usize::from(a) % 3].clone();
            Request::edit(
                "add",
                gesture::add_neuron(&project, kind, [f32::from(a), f32::from(b)]),
            )
        }
        (1..=3, Some(from), Some(to)) => match gesture::connect(&project, from, to) {
            Ok(edit) => Request::edit("connect", edit),
            Err(_) => return,
        },
        (4, Some(id), _) => Request::edit("delete", gesture::remove(&project, &[id], &[])),
        (5, Some(id), _) => Request::edit(
            "move",
            Edit::Move(vec![(id, [f32::from(b), -f32::from(a)])]),
        ),
        (6, Some(id), _) => Request::edit("rename", Edit::Rename(id, format!("n{b}"))),
        (7, Some(id), _) => Request::edit(
            "set bias",
            gesture::set_value(&project, ElementId::bias(id), f32::from(b) / 16.0),
        ),
        (8, ..) => Request::Undo,
        (9, ..) => Request::Redo,
        _ => return,
    };
    send(app, request);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_entities_show_the_project_after_any_requests(
        acts in prop::collection::vec(any::<[u8; 3]>(), 1..40)
    ) {
        let mut app = create_test_app();
        for step in acts {
            act(&mut app, step);
            let project = project(&app);
            let shown = describe(app.world_mut());
            prop_assert_eq!(shown, Description::of(project.network()));
            let numbers: Vec<f32> = project.network().elements().map(|e| e.value).collect();
            prop_assert_eq!(app.world().resource::<Values>().values(), numbers.as_slice());
        }
        // Undone to the beginning, nothing is left.
        while app.world().resource::<Document>().undo_label().is_some() {
            send(&mut app, Request::Undo);
        }
        prop_assert_eq!(project(&app), Project::default());
        prop_assert_eq!(describe(app.world_mut()), Description::default());
    }
}

#[test]
fn a_refused_request_is_told_once_and_changes_nothing() {
    let mut app = create_test_app();
    let y = add(&mut app, KindId::OUTPUT);
    let before = project(&app);
    let revision = app.world().resource::<Document>().revision();
    send(
        &mut app,
        Request::edit(
            "activation",
            Edit::SetActivation(NodeId(99), Activation::Relu),
        ),
    );
    send(
        &mut app,
        Request::edit("rename", Edit::Rename(y, String::new())),
    );
    let notices: Vec<String> = app
        .world_mut()
        .resource_mut::<Messages<Notice>>()
        .drain()
        .map(|notice| notice.text)
        .collect();
    assert_eq!(
        notices,
        [
            "There is no neuron number 99.",
            "“” is no name for a neuron; expected 1 to 40 characters on one line."
        ]
    );
    assert_eq!(project(&app), before);
    assert_eq!(app.world().resource::<Document>().revision(), revision);
}

#[test]
fn a_wire_is_related_to_both_its_neurons_and_goes_with_either() {
    let mut app = create_test_app();
    let x = add(&mut app, KindId::INPUT);
    let y = add(&mut app, KindId::OUTPUT);
    connect(&mut app, x, y);
    let index = app.world().resource::<EntityIndex>();
    let (x_entity, y_entity) = (index.node(x).unwrap(), index.node(y).unwrap());
    assert!(app.world().get::<Outgoing>(x_entity).is_some());
    assert!(app.world().get::<Incoming>(y_entity).is_some());

    let edit = gesture::remove(&project(&app), &[x], &[]);
    send(&mut app, Request::edit("delete", edit));
    assert_eq!(describe(app.world_mut()).edges.len(), 0);
    assert!(app.world().get_entity(y_entity).is_ok());
}

#[test]
fn deleting_a_neuron_keeps_what_it_had_learned_for_undo() {
    let mut app = create_test_app();
    let x = add(&mut app, KindId::INPUT);
    let y = add(&mut app, KindId::OUTPUT);
    connect(&mut app, x, y);
    app.world_mut().resource_mut::<Values>().write_back(
        vec![0.25, 7.5],
        Vec::new(),
        Vec::new(),
        12,
    );

    let edit = gesture::remove(&project(&app), &[y], &[]);
    send(&mut app, Request::edit("delete", edit));
    send(&mut app, Request::Undo);
    assert_eq!(app.world().resource::<Values>().values(), [0.25, 7.5]);
}

#[test]
fn what_is_deleted_is_no_longer_selected() {
    let mut app = create_test_app();
    let x = add(&mut app, KindId::INPUT);
    app.world_mut()
        .insert_resource(Selection::only(Subject::Node(x)));
    let edit = gesture::remove(&project(&app), &[x], &[]);
    send(&mut app, Request::edit("delete", edit));
    assert!(app.world().resource::<Selection>().is_empty());
}

#[test]
fn an_edit_tells_the_revisions_it_leads_from_and_to() {
    let mut app = create_test_app();
    add(&mut app, KindId::INPUT);
    add(&mut app, KindId::OUTPUT);
    let told: Vec<(u64, u64)> = app
        .world_mut()
        .resource_mut::<Messages<Edited>>()
        .drain()
        .map(|edited| (edited.base_revision, edited.revision))
        .collect();
    assert_eq!(told, [(0, 1), (1, 2)]);
    assert!(app.world().resource::<Document>().is_unsaved());
}

/// A layer of inputs joined to each of a layer of hidden neurons.
fn dense(inputs: u32, hidden: u32) -> Project {
    let kinds = |id| match id < inputs {
        true => KindId::INPUT,
        false => KindId::HIDDEN,
    };
    let nodes = (0..inputs + hidden).map(|id| Node::new(NodeId(id), kinds(id), format!("n{id}")));
    let pairs = (0..inputs).flat_map(|from| (inputs..inputs + hidden).map(move |to| (from, to)));
    let edges = (0..).zip(pairs).map(|(id, (from, to))| {
        let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
        Edge::new(EdgeId(id), from, to, Parameter::scalar(0.5))
    });
    let mut project = Project::default();
    let edits = nodes
        .map(|node| Edit::AddNode {
            node,
            edges: Vec::new(),
            column: None,
        })
        .chain(edges.map(Edit::AddEdge))
        .collect();
    project::apply(&mut project, &Edit::Batch(edits)).expect("it fits together");
    project
}

#[test]
fn a_very_large_project_comes_over_several_frames_and_can_be_edited_meanwhile() {
    let mut app = create_test_app();
    send(&mut app, Request::Open(Box::new(dense(100, 600))));
    let expected = Description::of(project(&app).network());
    assert!(describe(app.world_mut()).edges.len() < expected.edges.len());
    send(
        &mut app,
        Request::edit("remove", Edit::RemoveEdge(EdgeId(59_999))),
    );
    send(
        &mut app,
        Request::edit("remove", Edit::RemoveNode(NodeId(3))),
    );
    for _ in 0..4 {
        app.update();
    }
    let expected = Description::of(project(&app).network());
    assert_eq!(describe(app.world_mut()), expected);
    // And it leaves as it came.
    send(&mut app, Request::Open(Box::new(dense(1, 1))));
    // Wires come a frame later, so that the frame of the opening is short.
    app.update();
    let expected = Description::of(project(&app).network());
    assert_eq!(describe(app.world_mut()), expected);
    for _ in 0..4 {
        app.update();
    }
    let mut wires = app.world_mut().query::<&Incoming>();
    assert_eq!(
        wires
            .iter(app.world())
            .map(RelationshipTarget::len)
            .sum::<usize>(),
        1
    );
}
