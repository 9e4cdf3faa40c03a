//! Probe, maps and evaluations.

use super::*;

#[test]
fn a_probe_is_answered_and_again_when_numbers_change() {
    let mut app = create_test_app();
    open(&mut app, gate_project(Gate::And, 1, Activation::Linear));
    let input = project(&app).table().columns()[0].id.0;
    let output = project(&app).table().columns()[2].id.0;
    app.world_mut()
        .resource_mut::<Probe>()
        .inputs
        .insert(NodeId(input), 3.0);
    settle(&mut app);
    let answer = |app: &App| app.world().resource::<Probe>().value(NodeId(output));
    let by_hand = |app: &App| {
        // x1 → h → y, all linear, biases zero, x2 left at 0.
        let network = project(app).network();
        let hidden = network
            .edge(network.outgoing(NodeId(input))[0])
            .expect("x1 → h");
        let out = network
            .edge(network.incoming(NodeId(output))[0])
            .expect("h → y");
        3.0 * hidden.weight.first() * out.weight.first()
    };
    let first = answer(&app).expect("the probe is answered");
    assert!((first - by_hand(&app)).abs() < 1e-5);
    let id = ElementId::weight(project(&app).network().outgoing(NodeId(input))[0]);
    edit(
        &mut app,
        Edit::SetValue {
            id,
            value: 7.0,
            start: 7.0,
        },
    );
    settle(&mut app);
    let second = answer(&app).expect("the probe is answered again");
    assert!((second - by_hand(&app)).abs() < 1e-4);
    assert_ne!(first, second);
    app.world_mut().resource_mut::<Probe>().inputs.clear();
    settle(&mut app);
    assert_eq!(answer(&app), None);
}

#[test]
fn maps_of_the_first_two_inputs_are_asked_for_and_answered() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let nodes: Vec<NodeId> = project(&app)
        .network()
        .nodes()
        .map(|node| node.id)
        .collect();
    let maps = app.world().resource::<Maps>();
    let request = maps.request.as_ref().expect("XOR has two inputs");
    for end in [request.x_range, request.y_range] {
        assert!((end[0] + 0.2).abs() < 1e-6 && (end[1] - 1.2).abs() < 1e-6);
    }
    for &node in &nodes {
        assert_eq!(maps.cells(node).map(<[f32]>::len), Some(32 * 32));
    }
    // An input's own map rises from left to right.
    let cells = maps.cells(request.x).expect("inputs have maps too");
    assert!(cells[0] < cells[31]);
    let revision = maps.revision;

    let id = first_weight();
    edit(
        &mut app,
        Edit::SetValue {
            id,
            value: 7.0,
            start: 7.0,
        },
    );
    settle(&mut app);
    assert!(app.world().resource::<Maps>().revision > revision);

    let input = app
        .world()
        .resource::<Maps>()
        .request
        .as_ref()
        .map(|request| request.x);
    edit(&mut app, Edit::RemoveNode(input.expect("it was asked for")));
    settle(&mut app);
    let other = plane(&app).x;
    assert_eq!(plane(&app).y, other, "of the one that is left a line");
    edit(&mut app, Edit::RemoveNode(other));
    settle(&mut app);
    assert_eq!(app.world().resource::<Maps>().request, None);
    assert_eq!(app.world().resource::<Maps>().maps, None);
}

/// The plane that was asked for last.
fn plane(app: &App) -> &MapRequest {
    let request = &app.world().resource::<Maps>().request;
    request.as_ref().expect("there are inputs")
}

/// The inputs of the gate, and one more whose rows are 0, 1, 2, 5.
fn with_a_third_input(app: &mut App) -> [NodeId; 3] {
    let add = gesture::add_neuron(project(app), KindId::INPUT, [0.0, 0.0]);
    edit(app, add);
    settle(app);
    let ids: Vec<NodeId> = project(app)
        .ordered(network::Role::Input)
        .map(|node| node.id)
        .collect();
    for (row, value) in (0..).zip([0.0, 1.0, 2.0, 5.0]) {
        let set = Edit::SetCell {
            row,
            node: ids[2],
            element: 0,
            value,
        };
        edit(app, set);
    }
    settle(app);
    [ids[0], ids[1], ids[2]]
}

#[test]
fn the_slice_a_person_chose_is_kept_while_its_inputs_exist_and_follows_the_data() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let [x1, x2, x3] = with_a_third_input(&mut app);
    assert_eq!((plane(&app).x, plane(&app).y), (x1, x2));
    assert_eq!(plane(&app).fixed, [(x3, 2.0)], "at its mean");
    let mut slice = app.world_mut().resource_mut::<Slice>();
    slice.axes = Some([x3, x1]);
    slice.held.insert(x2, 0.75);
    settle(&mut app);
    assert_eq!((plane(&app).x, plane(&app).y), (x3, x1));
    assert_eq!(plane(&app).x_range, [-1.0, 6.0]);
    assert_eq!(plane(&app).fixed, [(x2, 0.75)]);
    let answered = app.world().resource::<Maps>().maps.as_ref();
    assert_eq!(answered.map(|maps| &maps.request), Some(plane(&app)));

    let row = gesture::add_row(project(&app));
    edit(&mut app, row);
    settle(&mut app);
    assert_eq!(plane(&app).x, x3);
    edit(&mut app, Edit::RemoveNode(x3));
    settle(&mut app);
    assert_eq!((plane(&app).x, plane(&app).y), (x1, x2));
    edit(&mut app, Edit::RemoveNode(x2));
    settle(&mut app);
    assert_eq!((plane(&app).x, plane(&app).y), (x1, x1), "a line");
    open(&mut app, xor());
    assert_eq!(app.world().resource::<Slice>(), &Slice::default());
}

#[test]
fn a_neuron_looked_at_closely_says_what_it_gives_for_each_row_and_what_a_probe_says() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let output = NodeId(project(&app).table().columns()[2].id.0);
    let hidden = NodeId(3);
    app.world_mut().resource_mut::<Slice>().close = vec![output, hidden, NodeId(99)];
    order(&mut app, Order::TrainOneEpoch);
    settle(&mut app);
    for (row, inputs) in [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        .into_iter()
        .enumerate()
    {
        let (x, y) = (plane(&app).x, plane(&app).y);
        app.world_mut().resource_mut::<Probe>().inputs =
            [(x, inputs[0]), (y, inputs[1])].into_iter().collect();
        settle(&mut app);
        for node in [output, hidden] {
            let close = app.world().resource::<Maps>().close(node);
            let close = close.expect("it is looked at");
            assert_eq!((close.resolution, close.cells.len()), (96, 96 * 96));
            let probed = app.world().resource::<Probe>().value(node);
            assert_eq!(close.rows[row] as usize, row);
            assert_eq!(Some(close.values[row]), probed);
        }
    }
    app.world_mut().resource_mut::<Slice>().close.clear();
    settle(&mut app);
    assert_eq!(app.world().resource::<Maps>().close(output), None);
}

#[test]
fn each_part_keeps_its_last_evaluation_until_an_edit_makes_it_stale() {
    let mut app = create_test_app();
    open(&mut app, xor());
    order(&mut app, Order::Evaluate(Part::Train));
    order(&mut app, Order::Evaluate(Part::Train));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 1);
    let evaluation = progress(&app).evaluation(Part::Train);
    assert_eq!(evaluation.map(|evaluation| evaluation.rows), Some(4));
    let mut settings = project(&app).training().clone();
    settings.learning_rate = 0.1;
    edit(&mut app, Edit::SetTraining(settings.clone()));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 1);
    settings.seed += 1;
    edit(&mut app, Edit::SetTraining(settings));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 0);
}
