//! The flow bar, what it explains, and the marks of health in words.

use network::Network;
use training::{Stage, Walk};

use super::*;
use crate::caption::caption;

/// The trace of row 2 of XOR: 0, 1 → 0.75, with its loss.
fn traced(mut scene: Scene) -> Scene {
    let node = |id, output| NodeTrace {
        node: NodeId(id),
        input: (id > 1).then_some(0.5),
        output,
        delta: (id > 1).then_some(-0.125),
    };
    scene.trace.row = Some(training::TraceRow::Table(1));
    scene.trace.trace = Some(Trace {
        nodes: vec![
            node(0, 0.0),
            node(1, 1.0),
            node(2, 0.25),
            node(3, -0.25),
            node(4, 0.75),
        ],
        loss: Some(0.0625),
        ..Trace::default()
    });
    scene
}

fn in_settings(scene: Scene, name: &str) -> Vec<Intent> {
    let mut harness = open(scene, DESKTOP);
    press(&mut harness, "Flow settings");
    press(&mut harness, name);
    harness.into_state().wishes
}

#[test]
fn the_rows_before_and_after_the_shown_one_are_a_press_away() {
    let show = |row| [Intent::Show(RowChoice::Table(row))];
    assert_eq!(wishes(traced(Scene::new()), "Next row"), show(2));
    assert_eq!(wishes(traced(Scene::new()), "Previous row"), show(0));
    let mut scene = Scene::new();
    scene.choice = RowChoice::Table(3);
    assert_eq!(wishes(scene, "Next row"), [], "there are four rows");
}

#[test]
fn a_row_is_shown_by_its_number_counted_from_one() {
    let mut harness = open(traced(Scene::new()), DESKTOP);
    press(&mut harness, "Shown row");
    harness.get_by_label("Shown row").type_text("4");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let wishes = &harness.state().wishes;
    assert!(
        wishes.contains(&Intent::Show(RowChoice::Table(3))),
        "{wishes:?}"
    );
}

#[test]
fn the_flow_runs_with_training_and_at_rest_when_it_is_let() {
    let set = |runs| {
        [Intent::SetFlow(FlowSettings {
            runs,
            ..FlowSettings::default()
        })]
    };
    assert_eq!(wishes(Scene::new(), "Let it flow"), set(Runs::Always));
    let mut scene = Scene::new();
    scene.status = Status::Training;
    assert_eq!(wishes(scene, "Hold the flow"), set(Runs::Never));
    let mut scene = Scene::new();
    scene.flow.runs = Runs::Always;
    assert_eq!(wishes(scene, "Hold the flow"), set(Runs::WithTraining));
    let still = FlowSettings::default();
    assert!(!still.is_running(Status::Paused) && still.is_running(Status::Training));
}

#[test]
fn direction_row_by_hand_and_reduced_motion_are_in_the_settings() {
    for (word, direction) in [
        ("Forward", Direction::Forward),
        ("Backward", Direction::Backward),
        ("Both", Direction::Both),
    ] {
        let settings = FlowSettings {
            direction,
            ..FlowSettings::default()
        };
        let wanted = [Intent::SetFlow(settings)];
        assert_eq!(in_settings(Scene::new(), word), wanted);
    }
    let by_hand = [Intent::Show(RowChoice::ByHand)];
    assert_eq!(in_settings(Scene::new(), "By hand"), by_hand);
    let reduced = [Intent::ReduceMotion(true)];
    assert_eq!(in_settings(Scene::new(), "Reduced motion"), reduced);
}

#[test]
fn the_number_of_rows_explains_itself_with_the_values_that_flow() {
    let mut harness = open(traced(Scene::new()), DESKTOP);
    harness.get_by_label("of 4").hover();
    harness.run_steps(60);
    let text = "The row of the data whose values flow: x1 = 0, x2 = 1 → y1 = 0.75; loss 0.0625. \
                It is learned from.";
    assert!(
        harness.query_by_label(text).is_some(),
        "{:?}",
        harness.root()
    );
}

#[test]
fn slow_motion_begins_with_a_press() {
    let begin = [Intent::Walk(WalkOrder::Begin)];
    assert_eq!(wishes(Scene::new(), "Slow motion"), begin);
}

#[test]
fn the_properties_say_what_each_illness_of_a_neuron_is() {
    let words = [
        "Dead: it gave 0",
        "Saturated: for nearly all rows",
        "Vanishing: in its level",
        "Exploding: in its level",
    ];
    for (health, word) in [
        (Health::Fine, None),
        (Health::Dead, Some(words[0])),
        (Health::Saturated, Some(words[1])),
        (Health::Vanishing, Some(words[2])),
        (Health::Exploding, Some(words[3])),
    ] {
        let mut scene = traced(Scene::on(Tab::Properties));
        scene.health = health;
        scene.selection = Selection::only(Subject::Node(NodeId(2)));
        let harness = open(scene, DESKTOP);
        for begin in words {
            let is_said = harness.query_by_label_contains(begin).is_some();
            assert_eq!(is_said, word == Some(begin), "{health:?}");
        }
        assert!(harness.query_by_label("z = 0.5").is_some());
        assert!(harness.query_by_label("a = 0.25").is_some());
        assert!(harness.query_by_label("δ = −0.125").is_some());
    }
}

/// A walk of row 2 through a network where every bias is 0.1, every weight into a
/// hidden neuron 0.5, and every weight into the output −0.3.
fn walk(project: &Project, stage: Stage) -> Walk {
    let network: &Network = project.network();
    let layout = network.layout();
    let mut numbers = vec![0.1; layout.len()];
    let mut updates = vec![0.0; layout.len()];
    for edge in network.edges() {
        let place = layout.position(ElementId::weight(edge.id)).unwrap();
        numbers[place] = if edge.to.node() == NodeId(4) {
            -0.3
        } else {
            0.5
        };
        updates[place] = 0.001;
        if (edge.from.node(), edge.to.node()) == (NodeId(1), NodeId(2)) {
            updates[place] = -0.02;
        }
    }
    let mut trace = traced(Scene::new()).trace.trace.unwrap();
    trace.updates = updates;
    Walk::new(network, trace, numbers).at(stage)
}

#[test]
fn each_stage_of_slow_motion_is_told_in_plain_words_with_its_numbers() {
    let mut project = xor();
    let tanh = Edit::SetActivation(NodeId(2), Activation::Tanh);
    apply(&mut project, &tanh).unwrap();
    for (stage, words) in [
        (Stage::Forward(0), "Row 2 comes in: x1 = 0 and x2 = 1."),
        (
            Stage::Forward(1),
            "h1 adds 0.5 × 0 and 0.5 × 1 to its bias 0.1 and gives tanh(0.5) = 0.25.",
        ),
        (
            Stage::Loss,
            "y1 answers 0.75 to 1 wanted: the loss of this row is 0.0625.",
        ),
        (
            Stage::Backward(1),
            "The loss grows with the sum of h1 by δ = −0.125, the gradient of its bias. Those of \
             its wires: from x1 −0.125 × 0 = 0 and from x2 −0.125 × 1 = −0.125.",
        ),
        (
            Stage::Update,
            "the weight from x2 to h1 the most: from 0.5 by −0.02 to 0.48.",
        ),
    ] {
        let text = caption(&project, &walk(&project, stage), Some(1));
        assert!(text.contains(words), "“{text}” lacks “{words}”");
    }
}

#[test]
fn a_layer_of_many_neurons_is_told_by_its_first_two() {
    let mut project = xor();
    for _ in 0..3 {
        let id = project.network().free_node_id();
        let edit = gesture::add_neuron(&project, KindId::HIDDEN, [0.0, 0.0]);
        apply(&mut project, &edit).unwrap();
        let edit = gesture::connect(&project, NodeId(0), id).unwrap();
        apply(&mut project, &edit).unwrap();
    }
    let text = caption(&project, &walk(&project, Stage::Forward(1)), Some(1));
    assert!(text.ends_with("3 more do the same."), "{text}");
}
