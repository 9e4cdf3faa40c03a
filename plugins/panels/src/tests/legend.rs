//! The legend: what it says and draws, and what it lets a person choose.

use super::*;
use crate::wires::{Gradients, WireTells};

fn with_legend() -> Scene {
    let mut scene = Scene::new();
    scene.wires.is_legend_open = Some(true);
    scene
}

#[test]
fn a_button_opens_the_legend_and_another_closes_it() {
    let toggled = [Intent::View(ViewIntent::ToggleLegend)];
    assert_eq!(wishes(Scene::new(), "Legend"), toggled);
    assert_eq!(wishes(with_legend(), "Close legend"), toggled);
    let harness = open(Scene::new(), DESKTOP);
    assert!(harness.query_by_label("positive weight").is_none());
}

#[test]
fn the_legend_names_every_mark_and_three_widths_with_their_round_weights() {
    let mut harness = open(with_legend(), DESKTOP);
    for word in [
        "|w| = 0.5",
        "|w| = 1",
        "|w| = 2",
        "positive weight",
        "negative weight",
        "frozen",
        "pruned",
        "bundle of wires",
        "bias 0 and 2",
        "dead neuron",
        "saturated neuron",
    ] {
        assert!(harness.query_by_label(word).is_some(), "“{word}”");
    }
    assert!(harness.query_by_label("loss rises with it").is_none());
    // Widths four times as large: the same widths are those of smaller weights.
    harness.state_mut().facts.scale = 4.0;
    harness.run_steps(3);
    assert!(harness.query_by_label("|w| = 0.1").is_some());
    assert!(harness.query_by_label("|w| = 2").is_none());
}

#[test]
fn colours_tell_weights_or_gradients_as_the_person_chooses() {
    let told = |tells| {
        [Intent::SetWires(WireSettings {
            tells,
            ..with_legend().wires
        })]
    };
    assert_eq!(wishes(with_legend(), "Gradient"), told(WireTells::Gradient));
    let mut scene = with_legend();
    scene.wires.tells = WireTells::Gradient;
    let mut harness = open(scene, DESKTOP);
    let none = "There are no gradients yet: press Train, or give the inputs a row with a target.";
    for word in ["loss rises with it", "loss falls with it", none] {
        assert!(harness.query_by_label(word).is_some(), "“{word}”");
    }
    assert!(harness.query_by_label("positive weight").is_none());
    harness.state_mut().facts.gradients = Gradients::OfBatch;
    harness.run_steps(3);
    assert!(harness.query_by_label(none).is_none());
    let whose = "Gradients of the last batch.";
    assert!(harness.query_by_label(whose).is_some());
    press(&mut harness, "Weight");
    assert_eq!(harness.into_state().wishes, told(WireTells::Weight));
}

#[test]
fn widths_are_set_by_hand_and_fit_themselves_when_asked() {
    let mut harness = open(with_legend(), DESKTOP);
    press(&mut harness, "Wire width value");
    harness.get_by_label("Wire width value").type_text("2.5");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let wide = with_legend().wires.with_width(2.5);
    let wished = &harness.state().wishes;
    assert!(wished.contains(&Intent::SetWires(wide)), "{wished:?}");
    let fitted = WireSettings {
        is_fitted: true,
        ..with_legend().wires
    };
    let wished = wishes(with_legend(), "Fit to the weights");
    assert_eq!(wished, [Intent::SetWires(fitted)]);
}

#[test]
fn on_a_phone_the_legend_lies_between_the_other_sheets() {
    let harness = open(with_legend(), PHONE);
    let close = harness.get_by_label("Close legend").rect();
    assert!(PHONE.x > close.right() && close.top() > 100.0, "{close:?}");
}

#[test]
fn a_note_is_dragged_from_the_palette_or_pressed() {
    let pressed = wishes(Scene::new(), "Note");
    assert_eq!(pressed, [Intent::PlaceNote { at_screen: None }]);
    let mut harness = open(Scene::new(), DESKTOP);
    let from = harness.get_by_label("Note").rect().center();
    drag(&mut harness, from, pos2(500.0, 300.0));
    let at = Some([500.0, 300.0]);
    assert_eq!(
        harness.into_state().wishes,
        [Intent::PlaceNote { at_screen: at }]
    );
}
