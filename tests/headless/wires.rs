//! The vocabulary of wires as a person meets it: widths, gradients, bundles, tips, and the legend of them.

use bevy::prelude::*;
use canvas::drawing::{Groups, Marks, Tells, WireStyle, WireValues};
use canvas::{Drawn, Folds};
use controls::{CameraOrder, Notes, Scene};
use geometry::WireCurve;
use graph::{Document, Folding, Hovered, HoveredBundle, Selection, Subject, Thing};
use network::{ElementId, NodeId, Role};
use neurarium::app::Controls;
use panels::wires::{Gradients, WireFacts, WireSettings};
use theme::{Sizes, gradient_tone};

use crate::px;
use crate::support::Person;
use crate::support::story::Hands;

fn style(person: &Person) -> WireStyle {
    *person.app.world().resource::<WireStyle>()
}

fn is_said(person: &Person, words: &str) -> bool {
    let controls = person.app.world().resource::<Controls>();
    let mut all = controls.0.iter();
    all.any(|control| control.name.contains(words) || control.value.contains(words))
}

#[track_caller]
fn assert_said(person: &Person, words: &str) {
    let controls = person.app.world().resource::<Controls>();
    assert!(is_said(person, words), "no “{words}” in {:#?}", controls.0);
}

/// The hidden neurons become one thing.
fn fold_hidden(person: &mut Person) {
    person.key(&[], KeyCode::Escape);
    let project = person.app.world().resource::<Document>().project();
    let nodes = project.network().nodes_of(Role::Hidden);
    let places: Vec<_> = nodes.map(|node| node.position).collect();
    for place in places {
        let at = px(person, place);
        person.click_more_at(at);
    }
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyG);
    person.key(&[], KeyCode::Escape);
}

/// The ends of the bundle that leaves the folded group, and its middle in the window.
fn bundle_out(person: &Person) -> ([Thing; 2], Vec2) {
    let world = person.app.world();
    let folds = world.resource::<Folds>();
    let mut bundles = folds.bundles.iter();
    let bundle = bundles.find(|bundle| matches!(bundle.from, Thing::Group(_)));
    let bundle = bundle.expect("the outputs are joined");
    let Thing::Node(to) = bundle.to else {
        panic!("it ends at the output");
    };
    let face = world.resource::<Scene>().groups().next();
    let rect = face.expect("there is a group").rect;
    let project = world.resource::<Document>().project();
    let [x, y] = project.network().node(to).expect("it is there").position;
    let from = [rect.centre()[0] + 0.5 * rect.size()[0], rect.centre()[1]];
    let to = [x - Sizes::STANDARD.neuron_radius, y];
    let middle = WireCurve::between(from, to).point(0.5);
    ([bundle.from, bundle.to], px(person, middle))
}

#[test]
fn a_bundle_is_lit_told_and_selected_at_every_zoom() {
    let mut person = Person::at_a_fresh_start();
    fold_hidden(&mut person);
    for factor in [1.0, 0.5, 0.6, 4.0, 1.8] {
        let orders = &mut person.app.world_mut();
        orders.write_message(CameraOrder::ZoomBy(factor));
        person.wait_frames(60);
        let (ends, at) = bundle_out(&person);
        // Not quite at its middle: it is broad.
        person.point_at(at + Vec2::new(0.0, 3.0));
        person.wait_frames(80);
        let hovered = person.app.world().resource::<HoveredBundle>().0;
        assert_eq!(hovered, Some(ends), "after × {factor}");
        assert_said(&person, "4 wires");
        assert_said(&person, "% positive");
        assert_said(&person, "mean |w| = ");
        person.click_at(at);
        let world = person.app.world();
        let wires = world
            .resource::<Folding>()
            .folded()
            .bundle(ends[0], ends[1]);
        let selection = world.resource::<Selection>();
        assert!(selection.nodes.is_empty() && selection.edges.iter().eq(wires));
        assert_eq!(wires.len(), 4);
        let shown = world.resource::<Groups>().bundles.as_slice();
        let marked = shown
            .iter()
            .filter(|bundle| bundle.marks.contains(Marks::SELECTED));
        assert_eq!(marked.count(), 1, "after × {factor}");
        person.key(&[], KeyCode::Escape);
    }
    person.point_at(Vec2::new(500.0, 620.0));
    assert_eq!(person.app.world().resource::<HoveredBundle>().0, None);
}

#[test]
fn all_wires_of_a_bundle_frozen_make_it_look_frozen() {
    let mut person = Person::at_a_fresh_start();
    fold_hidden(&mut person);
    let frozen = |person: &Person| {
        let groups = person.app.world().resource::<Groups>();
        let shown = groups.bundles.as_slice().iter();
        shown
            .filter(|bundle| bundle.marks.contains(Marks::FROZEN))
            .count()
    };
    assert_eq!(frozen(&person), 0);
    let (_, at) = bundle_out(&person);
    person.click_at(at);
    person.press("Freeze all");
    person.wait_frames(3);
    assert_eq!(frozen(&person), 1);
}

#[test]
fn a_key_colours_wires_by_the_gradients_of_the_shown_row_and_back() {
    let mut person = Person::at_a_fresh_start();
    assert_eq!(style(&person).tells, Tells::Weight);
    person.press("Legend");
    assert_said(&person, "positive weight");
    person.key(&[], KeyCode::KeyG);
    person.press("Previous row");
    person.wait_until("the gradients of the row", |person| {
        let facts = person.app.world().resource::<WireFacts>();
        facts.gradients == Gradients::OfRow && facts.are_zero
    });
    person.wait_frames(2);
    // Nothing enters in the first row of XOR, and no neuron has a bias yet.
    assert_said(&person, "all are 0");
    person.press("Next row");
    person.wait_until("gradients that are not zero", |person| {
        let facts = person.app.world().resource::<WireFacts>();
        !facts.are_zero
    });
    person.wait_frames(2);
    assert_said(&person, "Gradients of the row that is shown.");
    assert_said(&person, "loss rises with it");
    let Tells::Gradient { gain } = style(&person).tells else {
        panic!("colours tell gradients");
    };
    // What the shader is given tells them apart, and none at its very end.
    let wires = person.app.world().resource::<WireValues>();
    let gradients = wires.gradients.as_slice();
    let tones = gradients.iter().map(|&one| gradient_tone(one, gain).abs());
    let strongest = tones.fold(0.0, f32::max);
    assert!(
        (0.3..0.95).contains(&strongest),
        "{strongest} of {gradients:?}"
    );
    person.key(&[], KeyCode::KeyG);
    assert_eq!(style(&person).tells, Tells::Weight);
    assert_said(&person, "positive weight");
}

#[test]
fn gradients_of_the_last_batch_are_shown_once_there_is_one() {
    let mut person = Person::at_a_fresh_start();
    person.press("One epoch");
    person.wait_until("the first gradients", |person| {
        let values = person.app.world().resource::<graph::Values>();
        !values.gradients().is_empty()
    });
    person.key(&[], KeyCode::KeyG);
    person.wait_until("the gradients of the batch", |person| {
        let facts = person.app.world().resource::<WireFacts>();
        facts.gradients == Gradients::OfBatch
    });
    let world = person.app.world();
    let values = world.resource::<graph::Values>();
    let drawn = world.resource::<Drawn>();
    let shown = world.resource::<WireValues>().gradients.as_slice();
    for (slot, id) in drawn.edges.iter() {
        assert_eq!(Some(shown[slot]), values.gradient(ElementId::weight(id)));
    }
}

#[test]
fn a_width_set_by_hand_is_drawn_and_remembered_and_fitting_finds_a_step_of_two() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let kept = folder.path().join("neurarium").join("unsaved.ron");
    let mut person = Person::keeping(Some(kept.clone()));
    assert_eq!(style(&person).scale, 1.0);
    person.press("Legend");
    person.press("Wire width value");
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyA);
    person.type_text("2.5");
    person.key(&[], KeyCode::Enter);
    person.wait_frames(3);
    assert_eq!(style(&person).scale, 2.5);
    person.press("Fit to the weights");
    person.wait_frames(2);
    let fitted = style(&person).scale / 2.5;
    assert_eq!(fitted.log2().fract(), 0.0, "{fitted}");
    let values = person.app.world().resource::<graph::Values>();
    let weights = &values.values()[values.layout().edge_numbers()];
    let width = Sizes::STANDARD.wire_width(theme::strong_size(weights), fitted);
    assert!((2.4..=8.0).contains(&width), "{width}");

    let next = Person::keeping(Some(kept));
    let settings = next.app.world().resource::<WireSettings>();
    assert_eq!((settings.width, settings.is_fitted), (2.5, true));
    assert_eq!(settings.is_legend_open, Some(true));
}

#[test]
fn a_tip_tells_the_formula_of_a_neuron_and_what_a_wire_carries_for_the_shown_row() {
    let mut person = Person::at_a_fresh_start();
    let project = person.app.world().resource::<Document>().project();
    let network = project.network();
    let place = |id: NodeId| network.node(id).expect("it is there").position;
    let (input, hidden) = (place(NodeId(0)), place(NodeId(2)));
    let name = network.name(NodeId(2));
    let (from, to) = geometry::wire_ends(input, hidden, Sizes::STANDARD.neuron_radius);
    let on_wire = WireCurve::between(from, to).point(0.5);
    let [neuron, wire] = [hidden, on_wire].map(|at| px(&person, at));
    person.point_at(neuron);
    assert!(!is_said(&person, "a = tanh(z)"), "it does not jump at one");
    person.wait_frames(80);
    assert_said(&person, &format!("{name} · hidden neuron"));
    assert_said(&person, "a = tanh(z) = ");
    assert_said(&person, "z = ");
    assert_said(&person, "bias b = ");
    assert_said(&person, "∂L/∂b = ");
    person.point_at(wire);
    person.wait_frames(80);
    assert!(matches!(
        person.app.world().resource::<Hovered>().0,
        Some(Subject::Edge(_))
    ));
    assert_said(&person, "w = ");
    assert_said(&person, "∂L/∂w = ");
    assert_said(&person, "w·a = ");
    person.point_at(Vec2::new(500.0, 640.0));
    person.wait_frames(2);
    assert!(!is_said(&person, "w·a = "));
}

#[test]
fn a_note_comes_from_the_palette_without_a_key() {
    let mut person = Person::at_a_fresh_start();
    person.press("Note");
    person.wait_frames(3);
    person.type_text("look here");
    person.key(&[], KeyCode::Escape);
    let document = person.app.world().resource::<Document>();
    let note = document.project().notes().next().expect("it is there");
    assert_eq!(note.text, "look here");
    assert_eq!(person.app.world().resource::<Notes>().written, None);

    // Dragged, it lies where it was let go.
    let tile = person.find("Note").expect("the palette has it").centre();
    person.drag(crate::vec2(tile), Vec2::new(600.0, 620.0));
    person.wait_frames(3);
    person.type_text("and here");
    person.key(&[], KeyCode::Escape);
    let document = person.app.world().resource::<Document>();
    let note = document.project().notes().last().expect("it is there");
    assert_eq!(note.text, "and here");
    let place = px(&person, note.position);
    assert!(place.distance(Vec2::new(600.0, 620.0)) < 12.0, "{place}");
}
