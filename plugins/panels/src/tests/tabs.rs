//! The tabs: data, training, test, properties.

use super::*;

#[test]
fn a_bad_number_gives_a_sentence_and_no_edit() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "x1 row 1");
    harness.get_by_label("x1 row 1").type_text("abc");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let wishes = &harness.state().wishes;
    let expected = "“abc” is no number: x1 row 1 keeps 0.".to_owned();
    assert_eq!(*wishes, [Intent::Refuse(expected)]);
}

#[test]
fn a_good_number_is_one_edit_of_its_cell() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "y1 row 2");
    harness.get_by_label("y1 row 2").type_text("0,5");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let edit = Edit::SetCell {
        row: 1,
        node: NodeId(4),
        element: 0,
        value: 0.5,
    };
    assert_eq!(harness.state().wishes, [Intent::edit("edit cell", edit)]);
}

#[test]
fn escape_leaves_a_cell_as_it_was() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "x1 row 1");
    harness.get_by_label("x1 row 1").type_text("7");
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.state().wishes, []);
}

#[test]
fn rows_come_and_go_and_gates_fill_the_table() {
    for (name, label) in [
        ("Add row", "add row"),
        ("Delete row 1", "delete row"),
        ("Fill with XOR", "fill data"),
        ("Shuffled", "divide data"),
    ] {
        let wishes = wishes(Scene::on(Tab::Data), name);
        assert!(
            matches!(&wishes[..], [Intent::Edit { label: found, .. }] if *found == label),
            "{name}: {wishes:?}"
        );
    }
}

#[test]
fn dragging_a_slider_is_one_step_of_continued_edits() {
    let mut harness = open(Scene::on(Tab::Training), DESKTOP);
    let rail = harness.get_by_label("Learning rate").rect();
    drag(&mut harness, rail.center(), rail.center() + vec2(60.0, 0.0));
    let wishes = &harness.state().wishes;
    let edits = wishes
        .iter()
        .filter(|wish| {
            matches!(
                wish,
                Intent::Edit {
                    edit: Edit::SetTraining(_),
                    is_continued: true,
                    ..
                }
            )
        })
        .count();
    assert!(edits >= 2, "{wishes:?}");
    assert_eq!(wishes.last(), Some(&Intent::CloseStep));
    assert_eq!(edits + 1, wishes.len(), "{wishes:?}");
}

#[test]
fn dragging_a_percentage_keeps_the_sum() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    harness.get_by_label("Validation %").scroll_to_me();
    harness.run_steps(20);
    let place = harness.get_by_label("Validation %").rect().center();
    drag(&mut harness, place, place + vec2(80.0, 0.0));
    let mut edits = 0;
    for wish in &harness.state().wishes {
        if let Intent::Edit { edit, .. } = wish {
            let Edit::SetSplit(split) = edit else {
                panic!("{edit:?}");
            };
            split.validate().unwrap();
            edits += 1;
        }
    }
    assert!(edits > 0);
    assert_eq!(harness.state().wishes.last(), Some(&Intent::CloseStep));
}

#[test]
fn values_put_in_by_hand_are_a_probe_and_no_edit() {
    let mut harness = open(Scene::on(Tab::Test), DESKTOP);
    let rail = harness.get_by_label("Input x1").rect();
    drag(&mut harness, rail.center(), rail.right_center());
    let scene = harness.state();
    assert!(!scene.has_edit());
    assert!(matches!(&scene.wishes[0], Intent::Probe(inputs) if inputs[0].0 == NodeId(0)));
    let answer = harness.get_by_label("Output y1");
    assert_eq!(answer.value().as_deref(), Some("0.9800"));
}

#[test]
fn evaluation_is_offered_only_when_rows_are_kept_for_it() {
    let mut scene = Scene::on(Tab::Test);
    let split = datasets::Split::new(50, 0, 50, false).unwrap();
    apply(&mut scene.project, &Edit::SetSplit(split)).unwrap();
    scene.learn();
    let order = Intent::Order(Order::Evaluate(Part::Test));
    assert_eq!(wishes(scene, "Evaluate test data"), [order]);

    let mut scene = Scene::on(Tab::Test);
    let split = datasets::Split::new(100, 0, 0, false).unwrap();
    apply(&mut scene.project, &Edit::SetSplit(split)).unwrap();
    scene.learn();
    let harness = open(scene, DESKTOP);
    assert!(
        harness
            .query_by_label_contains("No rows are kept for the test")
            .is_some()
    );
}

#[test]
fn properties_are_live_and_change_while_training() {
    let mut scene = Scene::on(Tab::Properties);
    scene.status = Status::Training;
    scene.epochs = 7;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    let shown = |harness: &Harness<'static, Scene>| {
        let bias = harness.get_by_label("Bias");
        bias.accesskit_node().numeric_value()
    };
    assert_eq!(shown(&harness), Some(0.5));
    harness.state_mut().live = 0.75;
    harness.run_steps(2);
    assert_eq!(shown(&harness), Some(0.75));

    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    harness.event(Event::Text("2".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let is_set = |wish: &Intent| {
        matches!(
            wish,
            Intent::Edit { edit: Edit::SetValue { id, value, start }, .. }
                if *id == ElementId::bias(NodeId(2)) && *value == 2.0 && *start == 0.0
        )
    };
    let wishes = &harness.state().wishes;
    assert!(wishes.iter().any(is_set), "{wishes:?}");
    assert_eq!(wishes.last(), Some(&Intent::CloseStep));
}

#[test]
fn looking_into_a_live_number_changes_nothing() {
    let mut scene = Scene::on(Tab::Properties);
    scene.epochs = 7;
    scene.live = 0.123_456_79;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    harness.state_mut().live = 0.2;
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(!harness.state().has_edit(), "{:?}", harness.state().wishes);
}

#[test]
fn a_number_typed_while_training_is_not_wiped_by_its_live_value() {
    let mut scene = Scene::on(Tab::Properties);
    scene.epochs = 7;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    for (letter, live) in [("-", 0.6), ("1", 0.7), (".", 0.8), ("5", 0.9)] {
        harness.event(Event::Text(letter.to_owned()));
        harness.state_mut().live = live;
        harness.run_steps(2);
    }
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let is_set = |wish: &Intent| matches!(wish, Intent::Edit { edit: Edit::SetValue { value, .. }, .. } if *value == -1.5);
    let wishes = &harness.state().wishes;
    assert!(wishes.iter().any(is_set), "{wishes:?}");
}

#[test]
fn a_wire_can_be_frozen_from_either_end_of_the_properties() {
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let id = ElementId::weight(EdgeId(0));
    let edit = Edit::SetFrozen {
        id,
        is_frozen: true,
    };
    let wanted = [Intent::edit("freeze", edit)];
    assert_eq!(wishes(scene, "Freeze weight from x1"), wanted);
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Edge(EdgeId(0)));
    assert_eq!(wishes(scene, "Freeze weight"), wanted);
}

#[test]
fn freezing_all_is_one_edit_of_weights_and_bias() {
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let wishes = wishes(scene, "Freeze all");
    let [
        Intent::Edit {
            edit: Edit::Batch(edits),
            ..
        },
    ] = &wishes[..]
    else {
        panic!("{wishes:?}");
    };
    assert_eq!(edits.len(), 3, "a bias and two weights");
}

#[test]
fn a_loss_that_does_not_fit_is_mended_with_one_press() {
    let mut scene = Scene::on(Tab::Training);
    let objective = Objective::all(Loss::BinaryCrossEntropy);
    let settings = TrainingSettings {
        objective,
        ..scene.project.training().clone()
    };
    apply(&mut scene.project, &Edit::SetTraining(settings)).unwrap();
    let linear = Edit::SetActivation(NodeId(4), Activation::Linear);
    apply(&mut scene.project, &linear).unwrap();
    scene.learn();
    let mut project = scene.project.clone();
    let wishes = wishes(scene, "Give outputs sigmoid");
    let [Intent::Edit { edit, .. }] = &wishes[..] else {
        panic!("{wishes:?}");
    };
    apply(&mut project, edit).unwrap();
    assert_eq!(project.check_training(), Ok(()));
}

#[test]
fn every_remedy_ends_its_problem() {
    let mut project = xor();
    for (loss, activation) in [
        (Loss::BinaryCrossEntropy, Activation::Tanh),
        (Loss::CategoricalCrossEntropy, Activation::Sigmoid),
        (Loss::MeanSquaredError, Activation::Softmax),
    ] {
        let objective = Objective::all(loss);
        let settings = TrainingSettings {
            objective,
            ..project.training().clone()
        };
        apply(&mut project, &Edit::SetTraining(settings)).unwrap();
        apply(&mut project, &Edit::SetActivation(NodeId(4), activation)).unwrap();
        // A remedy may uncover the next problem; none comes back.
        for _ in 0..3 {
            let Err(problem) = project.check_training() else {
                break;
            };
            let (_, edit) = remedy(&project, &problem).unwrap();
            apply(&mut project, &edit).unwrap();
        }
        assert_eq!(project.check_training(), Ok(()));
    }
}

#[test]
fn only_the_rows_in_sight_are_shown_of_a_long_table() {
    let mut scene = Scene::on(Tab::Data);
    let width = scene.project.table().row_width();
    let rows = vec![datasets::Row(vec![0.5; width]); 100_000];
    apply(&mut scene.project, &Edit::InsertRows { at: 0, rows }).unwrap();
    scene.learn();
    let harness = open(scene, DESKTOP);
    let shown = harness.query_all_by_label_contains("x1 row").count();
    assert!((3..20).contains(&shown), "{shown} rows");
}

#[test]
fn many_columns_are_shown_page_by_page() {
    let mut scene = Scene::on(Tab::Data);
    for _ in 0..40 {
        let edit = gesture::add_neuron(&scene.project, KindId::INPUT, [0.0, 0.0]);
        apply(&mut scene.project, &edit).unwrap();
    }
    scene.learn();
    let mut harness = open(scene, DESKTOP);
    assert!(harness.query_by_label("x1 row 1").is_some());
    assert!(harness.query_by_label("x9 row 1").is_none());
    press(&mut harness, "Later columns");
    assert!(harness.query_by_label("x1 row 1").is_none());
    assert!(harness.query_by_label("x9 row 1").is_some());
}

#[test]
fn an_evaluation_says_how_many_and_which_answers_are_right() {
    let prediction = |row, output, is_right| engine::Prediction {
        row,
        loss: 0.1,
        outputs: vec![output],
        targets: vec![1.0],
        is_right: Some(is_right),
    };
    let mut scene = Scene::on(Tab::Test);
    scene.evaluation = Some(Evaluation {
        part: Part::Test,
        epochs: 30,
        rows: 2,
        loss: Some(0.125),
        metrics: vec![engine::Metric {
            name: training::MetricName::Accuracy,
            value: 0.5,
        }],
        predictions: vec![prediction(0, 0.9, true), prediction(3, 0.2, false)],
        penalty: 0.0,
        classes: Vec::new(),
        groups: Vec::new(),
        confusion: Some(training::Confusion {
            classes: vec!["no".to_owned(), "yes".to_owned()],
            counts: vec![0, 0, 1, 1],
        }),
    });
    // High enough for all of it: what is scrolled away is not shown.
    let harness = open(scene, vec2(1280.0, 1400.0));
    for words in ["50.0 %", "0.1250", "right", "wrong", "rows: target"] {
        assert!(
            harness.query_by_label_contains(words).is_some(),
            "“{words}” is missing"
        );
    }
}
