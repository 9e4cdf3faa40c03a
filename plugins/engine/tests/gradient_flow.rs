//! Gradients on their way back: those that vanish, explode or grow are told, and healthy ones are not.

mod common;

use common::{Asker, all_training, curved, layered, project, with_settings};
use engine::{
    FlowVerdict, GradientFlow, Health, Report, Request, Status, TraceRequest, TraceRow, Trainer,
    WorkBudget,
};
use network::{
    Activation, Draw, Edge, ElementId, Endpoint, Initializer, KindId, Network, Node, NodeId,
    Parameter, Snapshot, initial_values,
};
use project::{Edit, Loss, Objective, Optimizer, Project, TrainingSettings};

/// A network of so many hidden levels of four, with a row of every kind to learn from.
fn deep(hidden: Activation, levels: usize, initializer: Initializer) -> Network {
    let sizes: Vec<u32> = [2]
        .into_iter()
        .chain(std::iter::repeat_n(4, levels))
        .chain([1])
        .collect();
    let mut network = layered(&sizes, hidden, Activation::Linear, 1);
    let values = initial_values(
        &network,
        Draw {
            seed: 3,
            initializer,
        },
    );
    let starts = values.clone();
    network
        .restore(&Snapshot { values, starts })
        .expect("as many as it has");
    network
}

/// Twenty rows and SGD, in one batch.
fn taught(network: Network, learning_rate: f32) -> Project {
    let rows: Vec<_> = (0..20)
        .map(|row| {
            let at = |k: u32| (row * k % 19) as f32 / 9.5 - 1.0;
            (vec![at(5), at(7)], vec![at(5) * at(7)])
        })
        .collect();
    let training = TrainingSettings {
        optimizer: Optimizer::SGD,
        learning_rate,
        batch_size: 20,
        epochs: 1_000,
        objective: Objective::all(Loss::MeanSquaredError),
        ..TrainingSettings::default()
    };
    project(network, &rows, all_training(), training)
}

/// The report after an epoch of training, and what it says of the gradient.
fn after_an_epoch(asker: &mut Asker) -> (Report, GradientFlow) {
    asker.train(1);
    let mut report = asker.report();
    let flow = report.gradient_flow.take().expect("an epoch was looked at");
    (report, *flow)
}

/// All weights are this number, all biases are 0.
fn of_weight(mut network: Network, weight: f32) -> Network {
    let values: Vec<f32> = network
        .parameters()
        .flat_map(|(id, parameter)| {
            let value = match id {
                network::ParameterId::Edge(_) => weight,
                network::ParameterId::Node(..) => 0.0,
            };
            std::iter::repeat_n(value, parameter.elements().len())
        })
        .collect();
    let starts = values.clone();
    network
        .restore(&Snapshot { values, starts })
        .expect("as many as it has");
    network
}

#[test]
fn the_gradient_vanishes_on_its_way_through_eight_levels_of_sigmoids() {
    let network = deep(Activation::Sigmoid, 8, Initializer::XavierUniform);
    let mut asker = Asker::with(taught(network, 0.1));
    let (report, flow) = after_an_epoch(&mut asker);
    assert_eq!(flow.verdict, FlowVerdict::Vanishing, "{flow:?}");
    assert_eq!(flow.levels.len(), 8);
    assert!(
        flow.levels
            .windows(2)
            .all(|pair| pair[0].size < pair[1].size)
    );
    // A sigmoid lets at most a quarter through.
    assert!(flow.levels[0].size < flow.at_outputs * 0.25_f32.powi(7));
    let concerned = flow.levels_concerned();
    assert!((2..8).contains(&concerned), "{flow:?}");
    for (node, health) in report.health.iter().enumerate() {
        let is_concerned = (2..2 + 4 * concerned).contains(&node);
        assert_eq!(*health == Health::Vanishing, is_concerned, "{node}");
    }
    let [seen, helps] = flow.sentences().expect("it is ill");
    assert!(seen.starts_with("The gradient vanishes") && helps.contains("ReLU"));
}

#[test]
fn the_gradient_explodes_on_its_way_through_eight_linear_levels_of_weight_three() {
    let mut network = layered(&[1; 10], Activation::Linear, Activation::Linear, 1);
    network = of_weight(network, 3.0);
    let rows = [0.5, 1.0].map(|x| (vec![x], vec![x]));
    let training = TrainingSettings {
        optimizer: Optimizer::SGD,
        learning_rate: 1e-20,
        batch_size: 2,
        ..TrainingSettings::default()
    };
    let mut asker = Asker::with(project(network, &rows, all_training(), training));
    let (report, flow) = after_an_epoch(&mut asker);
    assert_eq!((report.fault, report.status), (None, Status::Finished));
    assert_eq!(flow.verdict, FlowVerdict::Exploding, "{flow:?}");
    let share = flow.levels[0].size / flow.at_outputs;
    assert!((share / 3_f32.powi(8) - 1.0).abs() < 1e-5, "{share}");
    // 3⁷ and 3⁸ are beyond a thousand, 3⁶ is not.
    assert_eq!(flow.levels_concerned(), 2);
    let ill: Vec<usize> = (0..10)
        .filter(|&node| report.health[node] == Health::Exploding)
        .collect();
    assert_eq!(ill, [1, 2]);
}

#[test]
fn a_gradient_that_grows_from_step_to_step_is_told_before_numbers_leave_their_range() {
    let network = of_weight(
        layered(&[2, 3, 1], Activation::Linear, Activation::Linear, 1),
        0.5,
    );
    let mut asker = Asker::with(taught(network, 1.5));
    let (mut verdicts, mut ill) = (Vec::new(), Vec::new());
    let fault = loop {
        asker.train(1);
        let report = asker.report();
        if report.fault.is_some() {
            break report.fault;
        }
        let flow = report.gradient_flow.expect("an epoch was looked at");
        assert_eq!(flow.growth.is_none(), verdicts.is_empty());
        if flow.verdict == FlowVerdict::Growing {
            assert!(flow.growth >= Some(GradientFlow::MOST_GROWTH));
            ill = if report.health.is_empty() {
                ill
            } else {
                report.health
            };
        }
        verdicts.push(flow.verdict);
        assert!(verdicts.len() < 1_000, "it never diverges");
    };
    assert!(fault.is_some());
    assert_eq!(ill[2..5], [Health::Exploding; 3]);
    assert_eq!(ill[5], Health::Fine);
    assert_eq!(verdicts[0], FlowVerdict::Even);
    assert_eq!(verdicts.last(), Some(&FlowVerdict::Growing));
    // A reset begins anew, and with a smaller rate all is well.
    let project = asker.trainer.project().expect("one is loaded").clone();
    let mut settings = project.training().clone();
    settings.learning_rate = 0.01;
    let reset = project::gesture::reset(&project);
    asker.patch(vec![Edit::SetTraining(settings), reset]);
    let (report, flow) = after_an_epoch(&mut asker);
    assert_eq!((flow.verdict, flow.growth), (FlowVerdict::Even, None));
    assert!(report.health.iter().all(|health| *health == Health::Fine));
}

#[test]
fn deep_networks_that_are_well_begun_are_healthy() {
    for (activation, initializer) in [
        (Activation::Relu, Initializer::HeNormal),
        (Activation::Tanh, Initializer::XavierNormal),
        (Activation::Linear, Initializer::XavierUniform),
    ] {
        let mut asker = Asker::with(taught(deep(activation, 6, initializer), 0.01));
        for _ in 0..20 {
            let (_, flow) = after_an_epoch(&mut asker);
            assert_eq!(flow.verdict, FlowVerdict::Even, "{activation:?} {flow:?}");
        }
    }
}

#[test]
fn connections_that_skip_levels_bring_the_gradient_back() {
    let mut network = deep(Activation::Sigmoid, 8, Initializer::XavierUniform);
    let output = NodeId(2 + 8 * 4);
    for from in 2..6 {
        let id = network.free_edge_id();
        let (from, to) = (Endpoint::of(NodeId(from)), Endpoint::of(output));
        let edge = Edge::new(id, from, to, Parameter::scalar(0.5));
        network.add_edge(edge).expect("it skips seven levels");
    }
    let mut asker = Asker::with(taught(network, 0.1));
    let (_, flow) = after_an_epoch(&mut asker);
    assert_eq!(flow.verdict, FlowVerdict::Even, "{flow:?}");
}

#[test]
fn only_levels_that_may_learn_and_lead_somewhere_count() {
    let network = deep(Activation::Sigmoid, 8, Initializer::XavierUniform);
    let mut asker = Asker::with(taught(network, 0.1));
    // A neuron that leads nowhere is in the first level.
    let lonely = Node::new(NodeId(99), KindId::HIDDEN, "lonely");
    let project = asker.trainer.project().expect("one is loaded").clone();
    let edges: Vec<Edge> = project.network().edges().cloned().collect();
    let frozen = edges
        .iter()
        .filter(|edge| edge.to.node() < NodeId(2 + 6 * 4));
    let weights = frozen.map(|edge| ElementId::weight(edge.id));
    let biases = (2..2 + 6 * 4).map(|node| ElementId::bias(NodeId(node)));
    let freeze = weights.chain(biases).map(|id| Edit::SetFrozen {
        id,
        is_frozen: true,
    });
    let mut edits: Vec<Edit> = freeze.collect();
    edits.push(Edit::AddNode {
        node: lonely,
        edges: Vec::new(),
        column: None,
    });
    asker.patch(edits);
    let (report, flow) = after_an_epoch(&mut asker);
    let levels: Vec<_> = flow
        .levels
        .iter()
        .map(|one| (one.level, one.neurons))
        .collect();
    assert_eq!(levels, [(7, 4), (8, 4)]);
    assert_eq!(flow.verdict, FlowVerdict::Even);
    assert!(report.health.iter().all(|health| *health == Health::Fine));
}

#[test]
fn with_all_weights_zero_nothing_reaches_the_first_level() {
    let network = of_weight(deep(Activation::Tanh, 2, Initializer::Zero), 0.0);
    let mut asker = Asker::with(taught(network, 0.1));
    let (_, flow) = after_an_epoch(&mut asker);
    assert_eq!(flow.verdict, FlowVerdict::Vanishing);
    assert_eq!(flow.levels_concerned(), 2);
    let [seen, _] = flow.sentences().expect("it is ill");
    assert!(
        seen.contains("nothing of it reaches the first level"),
        "{seen}"
    );
}

#[test]
fn sizes_of_gradients_are_the_root_mean_squares_of_the_traces_of_all_rows() {
    // Chunks of 64 and of 36 rows, matrices, two outputs; and batches of a single row.
    for batch in [100, 1] {
        let start = with_settings(curved(3), |settings| {
            settings.batch_size = batch;
            settings.learning_rate = 1e-30;
            settings.optimizer = Optimizer::SGD;
            settings.is_shuffled = false;
        });
        let project = start.clone();
        let mut rng = network::random::stream(3, network::random::Purpose::Split, 0);
        let parts = project.split().assign(project.table().rows(), &mut rng);
        let mut asker = Asker::with(start);
        let (_, flow) = after_an_epoch(&mut asker);
        assert!(flow.rows >= 200, "{flow:?}");
        let mut squares = [0.0_f64; 3];
        for &row in &parts.train[..flow.rows as usize] {
            asker.ask(Request::Trace(TraceRequest {
                id: 1,
                row: TraceRow::Table(row),
                with_gradients: false,
                with_update: false,
            }));
            asker.trainer.advance(WorkBudget(1));
            let trace = asker.report().trace.expect("asked for");
            for node in &trace.nodes {
                let level = match node.node.0 {
                    0..3 => continue,
                    3..23 => 0,
                    23..40 => 1,
                    _ => 2,
                };
                squares[level] += f64::from(node.delta.expect("a loss")).powi(2);
            }
        }
        let found = [flow.levels[0].size, flow.levels[1].size, flow.at_outputs];
        for ((squares, neurons), found) in squares.into_iter().zip([20.0, 17.0, 2.0]).zip(found) {
            let size = (squares / (neurons * f64::from(flow.rows))).sqrt() as f32;
            assert!((size - found).abs() <= 1e-5 * size, "{size} {found}");
        }
    }
}

#[test]
fn what_was_found_of_the_gradient_is_handed_over_and_told_once() {
    let network = deep(Activation::Sigmoid, 8, Initializer::XavierUniform);
    let mut asker = Asker::with(taught(network, 0.1));
    asker.train(1);
    let handover = std::mem::take(&mut asker.trainer)
        .hand_over()
        .expect("a project");
    asker.trainer = Trainer::take_over(handover);
    let report = asker.report();
    let flow = report.gradient_flow.expect("it was not told yet");
    assert_eq!(flow.verdict, FlowVerdict::Vanishing);
    assert!(report.health.contains(&Health::Vanishing));
    asker.ask(Request::Pause);
    assert_eq!(asker.report().gradient_flow, None);
}

#[test]
fn moving_a_neuron_does_not_make_a_new_beginning_of_growth() {
    let mut asker = Asker::with(taught(
        deep(Activation::Tanh, 2, Initializer::XavierUniform),
        0.1,
    ));
    after_an_epoch(&mut asker);
    asker.patch(vec![Edit::Move(vec![(NodeId(3), [5.0, 6.0])])]);
    let (report, flow) = after_an_epoch(&mut asker);
    // The health is sent for the new revision, and the comparison goes on.
    assert_eq!(report.health.len(), 11);
    assert!(flow.growth.is_some());
    let bias = project::gesture::set_value(
        &asker.trainer.project().expect("loaded").clone(),
        ElementId::bias(NodeId(3)),
        0.5,
    );
    asker.patch(vec![bias]);
    assert_eq!(after_an_epoch(&mut asker).1.growth, None);
}

#[test]
fn a_pruned_way_and_another_loss_change_what_is_looked_at() {
    // Two outputs over a hidden neuron each, and one more below them both.
    let mut network = layered(&[1, 1, 2, 2], Activation::Tanh, Activation::Linear, 1);
    let across: Vec<_> = network
        .edges()
        .filter(|edge| edge.from.node().0 + 2 != edge.to.node().0 && edge.to.node().0 >= 4)
        .map(|edge| edge.id)
        .collect();
    for edge in across {
        network.remove_edge(edge).expect("it is there");
    }
    let rows = [0.1, 0.5, 0.9].map(|x| (vec![x], vec![x, -x]));
    let training = TrainingSettings::default();
    let mut asker = Asker::with(project(network, &rows, all_training(), training));
    let neurons = |asker: &mut Asker| -> Vec<u32> {
        let (_, flow) = after_an_epoch(asker);
        flow.levels.iter().map(|level| level.neurons).collect()
    };
    assert_eq!(neurons(&mut asker), [1, 2]);
    let start = asker.trainer.project().expect("loaded").clone();
    // A loss on the first output alone: nothing comes back through the second.
    let mut settings = start.training().clone();
    let group = project::OutputGroup::Nodes(vec![NodeId(4)]);
    let terms = vec![project::LossTerm::new(group, Loss::MeanSquaredError)];
    settings.objective = Objective::Supervised { terms };
    asker.patch(vec![Edit::SetTraining(settings)]);
    assert_eq!(neurons(&mut asker), [1, 1]);
    let mut edges = start.network().edges();
    let way = edges.find(|edge| edge.to.node() == NodeId(4)).expect("one");
    let id = ElementId::weight(way.id);
    asker.patch(vec![Edit::SetPruned {
        id,
        is_pruned: true,
    }]);
    assert!(neurons(&mut asker).is_empty());
}
