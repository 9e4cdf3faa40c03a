//! The shown row, the health of neurons, and slow motion.

use super::*;

fn trace(app: &App) -> &TraceState {
    app.world().resource()
}

fn slow(app: &App) -> &SlowMotion {
    app.world().resource()
}

fn walk_stage(app: &App) -> Option<Stage> {
    slow(app).walk().map(crate::Walk::stage)
}

fn ask(app: &mut App, order: WalkOrder) {
    app.world_mut().write_message(order);
    settle(app);
}

fn output_of(app: &App, id: NodeId) -> f32 {
    trace(app).node(id).expect("the node is traced").output
}

fn show(app: &mut App, choice: RowChoice) {
    app.world_mut().resource_mut::<Shown>().choice = choice;
    settle(app);
}

/// Reads the numbers as they are: what every neuron gives for these inputs.
fn by_hand(app: &App, inputs: [f32; 2]) -> f32 {
    let network = project(app).network();
    let weight = |edge: EdgeId| value_of(app, ElementId::weight(edge));
    let bias = |id: NodeId| value_of(app, ElementId::bias(id));
    let given = |edge: EdgeId| network.edge(edge).expect("it is there").from.node();
    let hidden = |id: NodeId| {
        let sum: f32 = network
            .incoming(id)
            .iter()
            .map(|&edge| weight(edge) * inputs[given(edge).0 as usize])
            .sum();
        (sum + bias(id)).tanh()
    };
    let output = NodeId(2 + 4);
    let sum: f32 = network
        .incoming(output)
        .iter()
        .map(|&edge| weight(edge) * hidden(given(edge)))
        .sum();
    (sum + bias(output)).tanh()
}

#[test]
fn the_first_training_row_that_moves_anything_is_shown_until_another_is_chosen() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let output = NodeId(6);
    assert_eq!(trace(&app).table_row(), Some(1), "not (0, 0)");
    for (row, inputs) in [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        .into_iter()
        .enumerate()
    {
        show(&mut app, RowChoice::Table(row as u32));
        assert_eq!(trace(&app).table_row(), Some(row as u32));
        let (told, expected) = (output_of(&app, output), by_hand(&app, inputs));
        assert!((told - expected).abs() < 1e-5, "{told}, not {expected}");
    }
    show(&mut app, RowChoice::Table(99));
    assert_eq!(trace(&app).table_row(), Some(3), "behind the end: the last");
    app.world_mut()
        .resource_mut::<Probe>()
        .inputs
        .insert(NodeId(1), 0.25);
    show(&mut app, RowChoice::ByHand);
    let (told, expected) = (output_of(&app, output), by_hand(&app, [0.0, 0.25]));
    assert!((told - expected).abs() < 1e-5, "{told}, not {expected}");
    assert_eq!(trace(&app).table_row(), None);
    let answer = trace(&app).trace.as_ref().expect("it is answered");
    assert_eq!(answer.loss, None, "values by hand have no target");
}

#[test]
fn a_row_of_nothing_is_shown_where_there_is_no_other_and_an_edit_is_followed() {
    let mut app = create_test_app();
    open(&mut app, xor());
    for (row, input) in [(1, 1), (2, 0), (3, 0), (3, 1)] {
        let cell = Edit::SetCell {
            row,
            node: NodeId(input),
            element: 0,
            value: 0.0,
        };
        edit(&mut app, cell);
        settle(&mut app);
    }
    assert_eq!(trace(&app).table_row(), Some(0), "all are (0, 0)");
}

#[test]
fn the_trace_follows_numbers_set_by_hand_and_numbers_learned() {
    let mut app = create_test_app();
    open(&mut app, xor());
    show(&mut app, RowChoice::Table(1));
    let before = output_of(&app, NodeId(6));
    let set = Edit::SetValue {
        id: ElementId::bias(NodeId(6)),
        value: 1.5,
        start: 1.5,
    };
    edit(&mut app, set);
    settle(&mut app);
    let after = output_of(&app, NodeId(6));
    assert_ne!(before, after);
    assert!((after - by_hand(&app, [0.0, 1.0])).abs() < 1e-5);
    order(&mut app, Order::TrainOneEpoch);
    settle(&mut app);
    let learned = output_of(&app, NodeId(6));
    assert_ne!(after, learned);
    assert!((learned - by_hand(&app, [0.0, 1.0])).abs() < 1e-5);
}

#[test]
fn gradients_come_only_while_they_are_looked_at() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let gradients = |app: &App| trace(app).trace.as_ref().map(|one| one.gradients.len());
    assert_eq!(gradients(&app), Some(0));
    app.world_mut().resource_mut::<Shown>().with_gradients = true;
    settle(&mut app);
    assert_eq!(gradients(&app), Some(values(&app).len()));
}

#[test]
fn a_still_program_asks_for_no_trace_twice() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let (revision, before) = (trace(&app).revision, slices(&app));
    for _ in 0..20 {
        app.update();
    }
    assert_eq!((trace(&app).revision, slices(&app)), (revision, before));
}

#[test]
fn a_gradient_that_does_not_come_back_is_told_with_its_neurons_until_an_edit() {
    let mut app = create_test_app();
    let project = gate_project(Gate::Xor, 3, Activation::Tanh);
    let output = NodeId(5);
    let into_output: Vec<EdgeId> = project
        .network()
        .edges()
        .filter(|edge| edge.to.node() == output)
        .map(|edge| edge.id)
        .collect();
    open(&mut app, project);
    // Next to nothing of it passes the wires into the output.
    for &wire in &into_output {
        let set = Edit::SetValue {
            id: ElementId::weight(wire),
            value: 1e-6,
            start: 1e-6,
        };
        edit(&mut app, set);
    }
    settle(&mut app);
    order(&mut app, Order::TrainOneEpoch);
    settle(&mut app);
    let found = |app: &App| app.world().resource::<GradientHealth>().0.clone();
    let flow = found(&app).expect("training was looked at");
    assert_eq!(flow.verdict, FlowVerdict::Vanishing);
    let health = |app: &App| app.world().resource::<NodeHealth>().of(NodeId(2));
    assert_eq!(health(&app), Health::Vanishing);
    edit(&mut app, Edit::SetActivation(NodeId(2), Activation::Relu));
    settle(&mut app);
    assert_eq!((found(&app), health(&app)), (None, Health::Fine));
}

#[test]
fn a_relu_that_gave_nothing_in_an_epoch_is_told_as_dead_until_an_edit() {
    let mut app = create_test_app();
    open(&mut app, gate_project(Gate::Xor, 3, Activation::Relu));
    let set = |id: ElementId, value: f32| Edit::SetValue {
        id,
        value,
        start: value,
    };
    edit(&mut app, set(ElementId::bias(NodeId(2)), -50.0));
    settle(&mut app);
    order(&mut app, Order::TrainOneEpoch);
    settle(&mut app);
    order(&mut app, Order::TrainOneEpoch);
    settle(&mut app);
    let health = |app: &App| app.world().resource::<NodeHealth>().of(NodeId(2));
    assert_eq!(health(&app), Health::Dead);
    edit(&mut app, set(ElementId::bias(NodeId(2)), 1.0));
    settle(&mut app);
    assert_eq!(health(&app), Health::Fine);
}

#[test]
fn a_row_walks_forward_to_the_loss_back_and_is_learned_from_bit_for_bit() {
    let mut app = create_test_app();
    open(&mut app, xor());
    show(&mut app, RowChoice::Table(2));
    ask(&mut app, WalkOrder::Begin);
    let before = values(&app);
    let updates = slow(&app).walk().expect("it walks").trace().updates.clone();
    let mut stages = vec![walk_stage(&app).expect("it walks")];
    while stages.last() != Some(&Stage::Update) {
        assert_eq!(values(&app), before, "nothing is learned on the way");
        ask(&mut app, WalkOrder::Next);
        stages.push(walk_stage(&app).expect("it walks"));
        assert!(stages.len() < 20, "{stages:?}");
    }
    assert_eq!(
        stages,
        [
            Stage::Forward(0),
            Stage::Forward(1),
            Stage::Forward(2),
            Stage::Loss,
            Stage::Backward(2),
            Stage::Backward(1),
            Stage::Update
        ]
    );
    let learned: Vec<f32> = before.iter().zip(&updates).map(|(w, d)| w + d).collect();
    assert_eq!(values(&app), learned);
    assert_ne!(before, learned);
    assert_eq!(
        slow(&app).walk().map(crate::Walk::numbers),
        Some(&before[..])
    );
    ask(&mut app, WalkOrder::Back);
    assert_eq!(walk_stage(&app), Some(Stage::Update), "learned is learned");
    ask(&mut app, WalkOrder::Next);
    assert_eq!(walk_stage(&app), Some(Stage::Forward(0)));
    let numbers = slow(&app).walk().map(|walk| walk.numbers().to_vec());
    assert_eq!(numbers, Some(learned), "the next walk has the new numbers");
}

#[test]
fn a_walk_goes_back_to_its_beginning_and_no_further() {
    let mut app = create_test_app();
    open(&mut app, xor());
    ask(&mut app, WalkOrder::Begin);
    for _ in 0..4 {
        ask(&mut app, WalkOrder::Next);
    }
    assert_eq!(walk_stage(&app), Some(Stage::Backward(2)));
    let walk = slow(&app).walk().expect("it walks");
    assert!(walk.is_lit(NodeId(6)) && walk.is_reached_back(NodeId(6)));
    assert!(!walk.is_reached_back(NodeId(2)));
    for _ in 0..9 {
        ask(&mut app, WalkOrder::Back);
    }
    assert_eq!(walk_stage(&app), Some(Stage::Forward(0)));
    let walk = slow(&app).walk().expect("it walks");
    assert_eq!(walk.at_work().collect::<Vec<_>>(), [NodeId(0), NodeId(1)]);
    assert!(!walk.is_lit(NodeId(2)));
    ask(&mut app, WalkOrder::End);
    assert_eq!((slow(&app).is_on(), walk_stage(&app)), (false, None));
}

#[test]
fn played_it_stays_at_each_stage_for_its_time_and_held_it_stays() {
    let mut app = create_test_app();
    open(&mut app, xor());
    ask(&mut app, WalkOrder::Begin);
    let frame = Duration::from_millis(100);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(frame));
    app.update();
    app.world_mut().write_message(WalkOrder::Play);
    let mut frames_at = Vec::new();
    for _ in 0..65 {
        app.update();
        frames_at.push(walk_stage(&app).expect("it walks"));
    }
    let count = |stage| frames_at.iter().filter(|at| **at == stage).count();
    assert_eq!(count(Stage::Forward(1)), 20, "two seconds");
    assert_eq!(count(Stage::Forward(2)), 20);
    app.world_mut().write_message(WalkOrder::Hold);
    for _ in 0..65 {
        app.update();
    }
    assert_eq!(walk_stage(&app), frames_at.last().copied());
}

#[test]
fn training_ends_the_slow_motion() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    ask(&mut app, WalkOrder::Begin);
    start_training(&mut app);
    assert!(!slow(&app).is_on());
    order(&mut app, Order::Pause);
    settle(&mut app);
}

#[test]
fn a_row_by_hand_walks_forward_only() {
    let mut app = create_test_app();
    open(&mut app, xor());
    show(&mut app, RowChoice::ByHand);
    ask(&mut app, WalkOrder::Begin);
    let before = values(&app);
    for stage in [Stage::Forward(1), Stage::Forward(2), Stage::Forward(0)] {
        ask(&mut app, WalkOrder::Next);
        assert_eq!(walk_stage(&app), Some(stage));
    }
    assert_eq!(values(&app), before);
}
