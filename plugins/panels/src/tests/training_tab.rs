//! The training tab: every choice there is, and what each comes to in the project.

use bevy_egui::egui::accesskit::Role;
use network::{Initializer, Leak, Learning};
use project::{Clipping, EarlyStopping, Optimizer, Schedule, TrainingRemark};

use super::*;

/// High enough for all of it: what is scrolled away is not shown.
const TALL: Vec2 = vec2(1280.0, 1800.0);

/// The settings after these presses, each of which may be an edit.
fn after(presses: &[&str]) -> TrainingSettings {
    after_in(Scene::on(Tab::Training), presses)
        .training()
        .clone()
}

fn after_in(scene: Scene, presses: &[&str]) -> Project {
    let mut harness = open(scene, TALL);
    for name in presses {
        // The number at the top is called loss, too.
        match harness.query_by_role_and_label(Role::ComboBox, name) {
            Some(menu) => menu.click_accesskit(),
            None => harness.get_by_label(name).click_accesskit(),
        }
        harness.run_steps(3);
        let state = harness.state_mut();
        for wish in std::mem::take(&mut state.wishes) {
            if let Intent::Edit { edit, .. } = wish {
                apply(&mut state.project, &edit).unwrap();
            }
        }
        state.learn();
        harness.run_steps(3);
    }
    harness.state().project.clone()
}

#[test]
fn a_vanishing_gradient_is_told_with_its_numbers_and_what_helps() {
    let mut scene = Scene::on(Tab::Training);
    scene.gradient = Some(GradientFlow {
        verdict: FlowVerdict::Vanishing,
        rows: 64,
        at_outputs: 0.5,
        levels: vec![LevelGradient {
            level: 1,
            neurons: 4,
            size: 2e-5,
        }],
        growth: None,
    });
    let harness = open(scene, TALL);
    for words in ["one part in 25,000", "hardly learn", "usually help"] {
        assert!(
            harness.query_by_label_contains(words).is_some(),
            "{words} is told"
        );
    }
}

#[test]
fn every_optimiser_can_be_chosen_with_its_usual_numbers() {
    for optimizer in Optimizer::ALL {
        if optimizer == Optimizer::ADAM {
            continue;
        }
        let settings = after(&["Optimiser", optimizer.name()]);
        assert_eq!(settings.optimizer, optimizer);
        assert_eq!(settings.weight_decay, optimizer.usual_weight_decay());
    }
    let back = after(&["Optimiser", "AdamW", "SGD"]);
    assert_eq!(back.weight_decay, 0.0, "a decay that nobody chose goes");
}

#[test]
fn every_loss_can_be_chosen() {
    for loss in Loss::ALL {
        if Some(loss) == xor().training().objective.single_loss() {
            continue;
        }
        let settings = after(&["Loss", loss.name()]);
        assert_eq!(settings.objective, Objective::all(loss));
    }
}

#[test]
fn every_schedule_can_be_chosen_and_the_cosine_ends_with_training() {
    for schedule in Schedule::ALL.into_iter().skip(1) {
        let settings = after(&["Learning rate over time", "Schedule", schedule.name()]);
        let expected = match schedule {
            Schedule::Cosine { least, .. } => Schedule::Cosine {
                epochs: settings.epochs,
                least,
            },
            other => other,
        };
        assert_eq!(settings.schedule, expected);
    }
}

#[test]
fn the_learning_rate_of_the_moment_is_told() {
    let mut harness = open(Scene::on(Tab::Training), TALL);
    press(&mut harness, "Learning rate over time");
    let told = harness.query_by_label_contains("learning rate now: 0.0125");
    assert!(told.is_some());
}

#[test]
fn gradients_are_clipped_by_value_or_by_norm() {
    let section = "Large weights and gradients";
    for (name, expected) in [
        ("by value", Clipping::Value(1.0)),
        ("by norm", Clipping::Norm(1.0)),
    ] {
        let settings = after(&[section, "Clip gradients", name]);
        assert_eq!(settings.clipping, expected);
    }
}

#[test]
fn training_stops_early_when_asked_to() {
    let switch = "Stop when validation gets no better";
    let settings = after(&["Stop early", switch]);
    assert_eq!(settings.early_stopping, Some(EarlyStopping::default()));
    let kept = after(&["Stop early", switch, "Keep the best"]);
    assert!(kept.early_stopping.is_some_and(|stop| !stop.restores_best));
    assert_eq!(after(&["Stop early", switch, switch]).early_stopping, None);
}

#[test]
fn starting_weights_are_drawn_anew_by_the_rule_that_is_chosen() {
    let scene = Scene::on(Tab::Training);
    let project = after_in(scene, &["Starting weights", "Initializer", "constant"]);
    assert_eq!(project.training().initializer, Initializer::Constant(0.1));
    let mut weights = project.network().edges().map(|edge| edge.weight.first());
    assert!(weights.all(|weight| weight == 0.1));
}

#[test]
fn a_full_batch_is_one_press_and_back_another() {
    let full = after(&["Full batch"]);
    assert_eq!(full.batch_size, TrainingSettings::MAX_BATCH);
    let back = after(&["Full batch", "Full batch"]);
    assert_eq!(back.batch_size, TrainingSettings::default().batch_size);
}

#[test]
fn what_may_disappoint_is_said_above_the_settings() {
    let mut scene = Scene::on(Tab::Training);
    scene.known.remarks = vec![TrainingRemark::SingleRow];
    let harness = open(scene, TALL);
    let told = harness.query_by_label_contains("There is a single row");
    assert!(told.is_some());
}

#[test]
fn a_neuron_can_leak_learn_slower_and_drop_out() {
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, TALL);
    press(&mut harness, "Activation");
    press(&mut harness, "leaky ReLU");
    let leaky = Activation::LeakyRelu(Leak::STANDARD);
    let wish = Intent::edit("choose activation", Edit::SetActivation(NodeId(2), leaky));
    assert_eq!(harness.state().wishes, [wish]);
    let state = harness.state_mut();
    let learning = Learning {
        rate_factor: 0.5,
        dropout: 0.25,
    };
    for edit in [
        Edit::SetActivation(NodeId(2), leaky),
        Edit::SetLearning(NodeId(2), learning),
    ] {
        apply(&mut state.project, &edit).unwrap();
    }
    harness.run();
    assert!(harness.query_by_label("Leak").is_some());
    press(&mut harness, "How it learns");
    for name in ["Learning rate factor", "Dropout"] {
        assert!(
            harness.query_by_label(name).is_some(),
            "“{name}” is missing"
        );
    }
}
