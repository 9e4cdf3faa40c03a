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
    assert_eq!(app.world().resource::<Maps>().request, None);
    assert_eq!(app.world().resource::<Maps>().maps, None);
}

#[test]
fn a_plane_that_a_person_chose_is_kept_when_the_data_changes() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let mut maps = app.world_mut().resource_mut::<Maps>();
    let mut chosen = maps.request.clone().expect("XOR has two inputs");
    chosen.x_range = [-5.0, 5.0];
    maps.request = Some(chosen.clone());
    settle(&mut app);
    let row = gesture::add_row(project(&app));
    edit(&mut app, row);
    settle(&mut app);
    let maps = app.world().resource::<Maps>();
    assert_eq!(maps.request, Some(chosen.clone()));
    assert_eq!(maps.maps.as_ref().map(|maps| &maps.request), Some(&chosen));
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
