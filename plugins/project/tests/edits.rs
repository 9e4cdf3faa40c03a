//! Whatever is done in whatever order: undone it is the identity, saved it is itself.

use datasets::{Row, Split, Table};
use network::{
    Activation, Edge, EdgeId, ElementId, Endpoint, KindId, Kinds, Node, NodeId, Parameter,
    ParameterId, Snapshot,
};
use project::{
    Edit, Group, GroupId, History, InputScaling, Learned, Loss, Note, NoteId, Objective, Optimizer,
    PlacedColumn, Project, TrainingSettings, apply, file, gesture,
};
use proptest::prelude::*;

/// Few enough numbers that edits meet each other, sound or not.
fn node_id() -> impl Strategy<Value = NodeId> {
    (0_u32..7).prop_map(NodeId)
}

fn edge_id() -> impl Strategy<Value = EdgeId> {
    (0_u32..9).prop_map(EdgeId)
}

/// Mostly numbers, sometimes none.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        12 => -1e3_f32..1e3,
        2 => any::<f32>(),
        1 => Just(f32::NAN),
        1 => Just(-0.0),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[a-z]{1,3}", 1 => Just(String::new()), 1 => "\\PC{1,50}", 1 => "[\"\\\\(),:]{1,4}"]
}

fn activation() -> impl Strategy<Value = Activation> {
    proptest::sample::select(Activation::ALL.to_vec())
}

fn parameter() -> impl Strategy<Value = Parameter> {
    prop_oneof![
        8 => number().prop_map(Parameter::scalar),
        1 => Just(Parameter::tensor(&[2], &[0.5, -0.5]).expect("two numbers fit the shape [2]")),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    let kind = prop_oneof![
        3 => Just(KindId::INPUT),
        3 => Just(KindId::HIDDEN),
        3 => Just(KindId::OUTPUT),
        1 => Just(KindId::new("cloud")),
    ];
    let parameters = proptest::collection::vec(parameter(), 0..2);
    (
        node_id(),
        kind,
        name(),
        activation(),
        number(),
        number(),
        parameters,
    )
        .prop_map(|(id, kind, name, activation, x, y, parameters)| {
            let mut node = Node::new(id, kind, name)
                .with_activation(activation)
                .at([x, y]);
            node.parameters = parameters;
            node
        })
}

fn edge() -> impl Strategy<Value = Edge> {
    (edge_id(), node_id(), node_id(), 0_u8..3, parameter()).prop_map(
        |(id, from, to, delay, weight)| {
            let mut edge = Edge::new(id, Endpoint::of(from), Endpoint::of(to), weight);
            edge.delay = delay;
            edge
        },
    )
}

fn element_id() -> impl Strategy<Value = ElementId> {
    let parameter = prop_oneof![
        (node_id(), 0_u16..2).prop_map(|(node, index)| ParameterId::Node(node, index)),
        edge_id().prop_map(ParameterId::Edge),
    ];
    (parameter, 0_u32..2).prop_map(|(parameter, index)| ElementId { parameter, index })
}

fn settings() -> impl Strategy<Value = TrainingSettings> {
    let optimizer = prop_oneof![
        Just(Optimizer::ADAM),
        number().prop_map(|momentum| Optimizer::Sgd { momentum }),
    ];
    let loss = proptest::sample::select(Loss::ALL.to_vec());
    (
        any::<u64>(),
        0_u32..500,
        number(),
        optimizer,
        loss,
        any::<bool>(),
    )
        .prop_map(
            |(seed, epochs, learning_rate, optimizer, loss, is_shuffled)| TrainingSettings {
                seed,
                epochs,
                learning_rate,
                optimizer,
                objective: Objective::all(loss),
                input_scaling: if is_shuffled {
                    InputScaling::Standardise
                } else {
                    InputScaling::None
                },
                is_shuffled,
                ..TrainingSettings::default()
            },
        )
}

/// A column of one node's with values of its own, at a place that may not exist.
fn placed_column() -> impl Strategy<Value = PlacedColumn> {
    let role = prop_oneof![Just(datasets::Role::Input), Just(datasets::Role::Target)];
    let values = proptest::collection::vec(number(), 0..4);
    (0_u32..4, node_id(), name(), role, values).prop_map(|(index, id, name, role, values)| {
        PlacedColumn {
            index,
            column: datasets::Column {
                id: project::column_of(id),
                name,
                role,
                shape: Vec::new(),
                values,
            },
        }
    })
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = proptest::collection::vec(number(), 0..5).prop_map(Row);
    proptest::collection::vec(row, 0..3)
}

/// What fits the network of [`small_project`], columns in the other order.
fn other_table() -> impl Strategy<Value = Table> {
    proptest::collection::vec(-9.0_f32..9.0, 0..5).prop_map(|values| {
        let column = |id, name: &str, role| datasets::Column {
            id: project::column_of(NodeId(id)),
            name: name.to_owned(),
            role,
            shape: Vec::new(),
            values: values.clone(),
        };
        Table::from_columns(vec![
            column(2, "y1", datasets::Role::Target),
            column(0, "x1", datasets::Role::Input),
        ])
        .expect("two columns of the same length make a table")
    })
}

fn group_id() -> impl Strategy<Value = GroupId> {
    (0_u32..4).prop_map(GroupId)
}

fn group() -> impl Strategy<Value = Group> {
    // Mostly of neurons that are there, and rarely of many, as each is in one only.
    let member = prop_oneof![4 => (0_u32..3).prop_map(NodeId), 1 => node_id()];
    let members = prop_oneof![
        9 => proptest::collection::btree_set(member, 1..3),
        1 => proptest::collection::btree_set(node_id(), 0..5),
    ];
    let columns = proptest::option::of(prop_oneof![9 => 1_u16..5, 1 => Just(0)]);
    (group_id(), name(), members, any::<bool>(), columns).prop_map(
        |(id, name, members, is_folded, columns)| Group {
            id,
            name,
            members,
            is_folded,
            columns,
        },
    )
}

fn note_id() -> impl Strategy<Value = NoteId> {
    (0_u32..4).prop_map(NoteId)
}

fn note() -> impl Strategy<Value = Note> {
    let text = prop_oneof![
        4 => "[a-z \n]{0,20}",
        4 => any::<String>(),
        1 => (9_999_usize..10_002).prop_map(|length| "ä".repeat(length)),
    ];
    let width = prop_oneof![8 => 40.0_f32..4_000.0, 1 => number()];
    (note_id(), text, number(), number(), width).prop_map(|(id, text, x, y, width)| Note {
        id,
        text,
        position: [x, y],
        width,
    })
}

fn arranging_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => group().prop_map(Edit::AddGroup),
        1 => group_id().prop_map(Edit::RemoveGroup),
        2 => group().prop_map(Edit::SetGroup),
        3 => (node_id(), group_id()).prop_map(|(node, group)| Edit::Join(node, group)),
        1 => node_id().prop_map(Edit::Leave),
        3 => note().prop_map(Edit::AddNote),
        1 => note_id().prop_map(Edit::RemoveNote),
        2 => note().prop_map(Edit::SetNote),
    ]
}

fn small_edit() -> impl Strategy<Value = Edit> {
    let column = proptest::option::weighted(0.3, placed_column());
    let edges = proptest::collection::vec(edge(), 0..2);
    let snapshot = (0_usize..12, number()).prop_map(|(count, value)| Snapshot {
        values: vec![value; count],
        starts: vec![1.0; count],
    });
    prop_oneof![
        6 => (node(), edges, column)
            .prop_map(|(node, edges, column)| Edit::AddNode { node, edges, column }),
        2 => node_id().prop_map(Edit::RemoveNode),
        6 => edge().prop_map(Edit::AddEdge),
        2 => edge_id().prop_map(Edit::RemoveEdge),
        2 => proptest::collection::vec((node_id(), [number(), number()]), 0..4).prop_map(Edit::Move),
        2 => (node_id(), name()).prop_map(|(id, name)| Edit::Rename(id, name)),
        2 => (node_id(), activation()).prop_map(|(id, to)| Edit::SetActivation(id, to)),
        2 => (element_id(), number(), number())
            .prop_map(|(id, value, start)| Edit::SetValue { id, value, start }),
        2 => (element_id(), any::<bool>())
            .prop_map(|(id, is_frozen)| Edit::SetFrozen { id, is_frozen }),
        1 => (snapshot, any::<u32>())
            .prop_map(|(snapshot, epochs)| Edit::Restore(Box::new(Learned { snapshot, epochs }))),
        1 => settings().prop_map(Edit::SetTraining),
        1 => (0_u32..101, 0_u32..101, any::<bool>()).prop_map(|(train, validation, is_shuffled)| {
            let test = 100_u32.saturating_sub(train + validation);
            Edit::SetSplit(Split { train, validation, test, is_shuffled })
        }),
        2 => (0_u32..4, node_id(), 0_u32..2, number())
            .prop_map(|(row, node, element, value)| Edit::SetCell { row, node, element, value }),
        3 => (0_u32..4, rows()).prop_map(|(at, rows)| Edit::InsertRows { at, rows }),
        1 => (any::<u32>(), any::<u32>()).prop_map(|(at, count)| Edit::RemoveRows { at, count }),
        1 => (0_u32..4, 0_u32..4).prop_map(|(at, count)| Edit::RemoveRows { at, count }),
        1 => (0_usize..4).prop_map(|rows| Edit::SetTable(Box::new(Table::new(rows)))),
        1 => other_table().prop_map(|table| Edit::SetTable(Box::new(table))),
        12 => arranging_edit(),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        8 => small_edit(),
        1 => proptest::collection::vec(small_edit(), 0..5).prop_map(Edit::Batch),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec(edit(), 0..60)
}

/// The bytes of a project: they tell −0 from 0, which `==` does not.
fn bytes(project: &Project) -> String {
    file::write(project).expect("a project has a RON form")
}

/// A small network that learns, with a group and a note, to which sound edits apply.
fn small_project() -> Project {
    let mut project = Project::default();
    for kind in [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT] {
        let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
        apply(&mut project, &edit).expect("there is room for a neuron");
    }
    for (from, to) in [(0, 1), (1, 2)] {
        let edit =
            gesture::connect(&project, NodeId(from), NodeId(to)).expect("they can be joined");
        apply(&mut project, &edit).expect("they can be joined");
    }
    for _ in 0..3 {
        let edit = gesture::add_row(&project);
        apply(&mut project, &edit).expect("a row of zeros fits");
    }
    let group = gesture::group(&project, &[NodeId(0), NodeId(1)]).expect("there are two");
    let note = gesture::add_note(&project, [0.0, 0.0]);
    apply(&mut project, &Edit::Batch(vec![group, note])).expect("they are new");
    project
}

proptest! {
    #[test]
    fn all_edits_undone_are_none_and_redone_are_the_same(edits in edits()) {
        let mut project = small_project();
        let mut history = History::default();
        let mut states = vec![bytes(&project)];
        for edit in edits {
            if history.perform(&mut project, "edit", edit).is_ok() {
                states.push(bytes(&project));
            }
        }
        for state in states.iter().rev().skip(1) {
            prop_assert!(history.undo(&mut project)?.is_some());
            prop_assert_eq!(&bytes(&project), state);
        }
        prop_assert!(history.undo(&mut project)?.is_none());
        for state in &states[1..] {
            prop_assert!(history.redo(&mut project)?.is_some());
            prop_assert_eq!(&bytes(&project), state);
        }
        prop_assert!(history.redo(&mut project)?.is_none());
    }

    #[test]
    fn a_refused_edit_changes_nothing(edits in edits()) {
        let mut project = small_project();
        for edit in edits {
            let before = bytes(&project);
            if apply(&mut project, &edit).is_err() {
                prop_assert_eq!(bytes(&project), before, "{:?}", edit);
            }
        }
    }

    #[test]
    fn a_batch_with_one_refused_edit_changes_nothing(
        before in edits(),
        mut batch in proptest::collection::vec(small_edit(), 0..6),
        place in any::<proptest::sample::Index>(),
    ) {
        let mut project = small_project();
        for edit in &before {
            let _ = apply(&mut project, edit);
        }
        let state = bytes(&project);
        batch.insert(place.index(batch.len() + 1), Edit::RemoveNode(NodeId(u32::MAX)));
        prop_assert!(apply(&mut project, &Edit::Batch(batch)).is_err());
        prop_assert_eq!(bytes(&project), state);
    }

    #[test]
    fn what_is_saved_and_opened_and_saved_is_the_same_to_the_byte(edits in edits()) {
        let mut project = small_project();
        for edit in edits {
            let _ = apply(&mut project, &edit);
        }
        let saved = bytes(&project);
        let opened = file::read(saved.as_bytes(), &Kinds::default())?;
        prop_assert_eq!(bytes(&opened), saved);
        prop_assert_eq!(&opened, &project);
        let sent = postcard::to_stdvec(&project)?;
        prop_assert_eq!(postcard::from_bytes::<Project>(&sent)?, project);
    }

    #[test]
    fn an_edit_touches_every_neuron_wire_group_and_note_it_changes(edits in edits()) {
        let mut project = small_project();
        for edit in edits {
            let before = project.clone();
            let Ok(applied) = apply(&mut project, &edit) else {
                continue;
            };
            let touched = applied.touched;
            for id in (0..9).map(NodeId) {
                let is_same = |one: &Project, other: &Project| {
                    one.network().node(id).map(|node| (&node.name, node.position))
                        == other.network().node(id).map(|node| (&node.name, node.position))
                };
                prop_assert!(is_same(&before, &project) || touched.nodes.contains(&id));
                if before.group_of(id) != project.group_of(id) {
                    let groups = [before.group_of(id), project.group_of(id)];
                    let mut changed = groups.iter().flatten();
                    prop_assert!(changed.all(|group| touched.groups.contains(group)));
                }
            }
            for id in (0..9).map(EdgeId) {
                let are = [&before, &project].map(|it| it.network().edge(id).is_some());
                prop_assert!(are[0] == are[1] || touched.edges.contains(&id));
            }
            for id in (0..4).map(GroupId) {
                let is_same = before.group(id) == project.group(id);
                prop_assert!(is_same || touched.groups.contains(&id));
            }
            for id in (0..4).map(NoteId) {
                let is_same = before.note(id) == project.note(id);
                prop_assert!(is_same || touched.notes.contains(&id));
            }
        }
    }

    #[test]
    fn members_exist_and_each_says_its_group(edits in edits()) {
        let mut project = small_project();
        for edit in edits {
            let _ = apply(&mut project, &edit);
            let mut grouped = Vec::new();
            for group in project.groups() {
                prop_assert!(!group.members.is_empty());
                for &node in &group.members {
                    prop_assert!(project.network().node(node).is_some());
                    prop_assert_eq!(project.group_of(node), Some(group.id));
                    grouped.push(node);
                }
            }
            for id in (0..9).map(NodeId).filter(|id| !grouped.contains(id)) {
                prop_assert_eq!(project.group_of(id), None);
            }
        }
    }

    #[test]
    fn an_engine_that_is_told_only_what_concerns_it_holds_the_same_network(
        first in edits(),
        later in edits(),
    ) {
        let mut project = small_project();
        for edit in first {
            let _ = apply(&mut project, &edit);
        }
        let mut engine = project.clone();
        let mut history = History::default();
        let mut tell = |edit: &Edit| match edit.for_engine() {
            Some(edit) => apply(&mut engine, &edit).map(|_| ()),
            None => Ok(()),
        };
        for edit in later {
            if history.perform(&mut project, "edit", edit.clone()).is_ok() {
                tell(&edit)?;
            }
        }
        while let Some(undone) = history.undo(&mut project)? {
            tell(&undone.edit)?;
        }
        while let Some(redone) = history.redo(&mut project)? {
            tell(&redone.edit)?;
        }
        prop_assert_eq!(engine.network().snapshot(), project.network().snapshot());
        prop_assert_eq!(engine.table(), project.table());
        prop_assert_eq!(engine.training(), project.training());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = file::read(&bytes, &Kinds::default());
    }

    #[test]
    fn a_file_with_a_few_bytes_changed_is_read_or_refused_at_a_place_in_it(
        changes in proptest::collection::vec(
            (any::<proptest::sample::Index>(), 0_usize..12, "[-(){}\\[\\]\",:.a-zA-Z0-9 \n]{0,6}"),
            1..4,
        ),
    ) {
        let mut text = bytes(&small_project());
        for (place, length, new) in changes {
            let start = place.index(text.len());
            let end = (start + length).min(text.len());
            text.replace_range(start..end, &new);
        }
        if let Err(error) = file::read(text.as_bytes(), &Kinds::default()) {
            prop_assert!((1..=text.lines().count() + 1).contains(&error.line), "{}", error);
            prop_assert!(!error.message.contains('\n'), "{}", error);
        }
    }
}

#[test]
fn a_column_that_is_called_otherwise_than_its_neuron_is_refused() {
    let mut project = small_project();
    let before = bytes(&project);
    let mut table = project.table().clone();
    table
        .rename_column(project::column_of(NodeId(0)), "height")
        .expect("the column is there");
    let refused = apply(&mut project, &Edit::SetTable(Box::new(table))).unwrap_err();
    assert!(
        refused.to_string().contains("expected the same name"),
        "{refused}"
    );
    assert_eq!(bytes(&project), before);
}

#[test]
fn a_renamed_neuron_takes_its_column_along_and_back() {
    let mut project = small_project();
    let before = bytes(&project);
    let rename = Edit::Rename(NodeId(0), "a".to_owned());
    let applied = apply(&mut project, &rename).expect("it is a name");
    let column = project.table().column(project::column_of(NodeId(0)));
    assert_eq!(column.map(|column| column.name.as_str()), Some("a"));
    apply(&mut project, &applied.inverse).expect("it can be undone");
    assert_eq!(bytes(&project), before);
}

#[test]
fn most_kinds_of_random_edits_are_sometimes_made_and_sometimes_refused() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut made = 0;
    let mut refused = 0;
    let mut arranged = 0;
    let mut left_behind = 0;
    for _ in 0..100 {
        let mut project = small_project();
        let edits = edits()
            .new_tree(&mut runner)
            .expect("edits can be drawn")
            .current();
        for edit in edits {
            match apply(&mut project, &edit) {
                Ok(applied) => {
                    made += 1;
                    let is_arranged = !applied.touched.groups.is_empty();
                    arranged += u32::from(is_arranged);
                    let is_removal = matches!(edit, Edit::RemoveNode(_));
                    left_behind += u32::from(is_arranged && is_removal);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        made > 300 && refused > 300,
        "{made} made, {refused} refused"
    );
    assert!(
        arranged > 50 && left_behind > 10,
        "{arranged} changed groups, {left_behind} by the removal of a neuron"
    );
}

#[test]
fn neurons_that_nobody_aimed_form_a_column_and_cover_none() {
    let mut project = Project::default();
    let mut places = Vec::new();
    for _ in 0..40 {
        let place = gesture::clear_place(&project, [10.0, -20.0], 96.0);
        let edit = gesture::add_neuron(&project, KindId::HIDDEN, place);
        apply(&mut project, &edit).expect("a neuron has room");
        places.push(place);
    }
    assert_eq!(places[..3], [[10.0, -20.0], [10.0, 76.0], [10.0, -116.0]]);
    for (index, [x, y]) in places.iter().enumerate() {
        let mut others = places[..index].iter();
        assert!(
            others.all(|[ox, oy]| (x - ox).hypot(y - oy) > 95.0),
            "{places:?}"
        );
    }
}

#[test]
fn a_neuron_that_nobody_aimed_keeps_away_from_one_off_the_grid_and_from_those_far_out() {
    let mut project = Project::default();
    for place in [[30.0, 0.0], [-3.0e38, 3.0e38], [96.0, 40.0]] {
        let edit = gesture::add_neuron(&project, KindId::INPUT, place);
        apply(&mut project, &edit).expect("a neuron has room");
    }
    let [x, y] = gesture::clear_place(&project, [0.0, 0.0], 96.0);
    assert_eq!([x, y], [0.0, 96.0]);
    assert!((x - 30.0).hypot(y) >= 95.0 && (x - 96.0).hypot(y - 40.0) >= 95.0);
}
