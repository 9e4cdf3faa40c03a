//! Groups as a person meets them: made, folded, carried, opened, and all undone.

use bevy::prelude::*;
use canvas::Folds;
use canvas::drawing::NeuronInstances;
use controls::{CameraOrder, Scene, StageView};
use graph::{Document, Selection};
use network::{NodeId, Position, Role};
use neurarium::app::Narration;
use project::Project;

use crate::px;
use crate::support::Person;

fn project(person: &Person) -> &Project {
    person.app.world().resource::<Document>().project()
}

fn hidden(person: &Person) -> Vec<(NodeId, Position)> {
    let nodes = project(person).network().nodes_of(Role::Hidden);
    nodes.map(|node| (node.id, node.position)).collect()
}

/// Selects the hidden neurons by clicking at each.
fn select_hidden(person: &mut Person) {
    person.key(&[], KeyCode::Escape);
    for (_, place) in hidden(person) {
        let at = px(person, place);
        person.click_more_at(at);
    }
}

fn group_centre(person: &Person) -> Vec2 {
    let scene = person.app.world().resource::<Scene>();
    let centre = scene.groups().next().map(|face| face.rect.centre());
    px(person, centre.expect("there is a group"))
}

fn drawn_neurons(person: &Person) -> usize {
    let instances = person.app.world().resource::<NeuronInstances>();
    instances
        .as_slice()
        .iter()
        .filter(|shown| shown.is_there())
        .count()
}

fn told(person: &Person) -> &str {
    &person.app.world().resource::<Narration>().0
}

#[test]
fn a_person_groups_folds_drags_unfolds_and_undoes_it_all() {
    let mut person = Person::at_a_fresh_start();
    let before = project(&person).clone();
    let all = drawn_neurons(&person);
    select_hidden(&mut person);
    let places = hidden(&person);
    assert!(places.len() > 1);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyG);
    let words = format!("Grouped {} neurons as “group 1”.", places.len());
    assert!(told(&person).contains(&words), "{}", told(&person));
    assert!(project(&person).groups().all(|group| group.is_folded));
    assert_eq!(drawn_neurons(&person), all - places.len());
    let folds = person.app.world().resource::<Folds>();
    assert_eq!((folds.groups.len(), folds.bundles.len()), (1, 3));

    // Carried, it takes its members along, in one step.
    let from = group_centre(&person);
    person.drag(from, from + Vec2::new(60.0, -45.0));
    let moved: Vec<_> = hidden(&person)
        .iter()
        .zip(&places)
        .map(|((_, now), (_, before))| [now[0] - before[0], now[1] - before[1]])
        .collect();
    assert!(moved[0][0] > 20.0 && moved[0][1] > 15.0, "{moved:?}");
    let is_same = |by: &[f32; 2]| (0..2).all(|axis| (by[axis] - moved[0][axis]).abs() < 1e-3);
    assert!(moved.iter().all(is_same), "{moved:?}");

    // A double click opens it, the button on its frame folds it again.
    person.wait_frames(60);
    let at = group_centre(&person);
    person.click_at(at);
    person.click_at(at);
    assert!(
        told(&person).contains("Unfolded “group 1”."),
        "{}",
        told(&person)
    );
    assert_eq!(drawn_neurons(&person), all);
    let zoom = person.app.world().resource::<StageView>().0.zoom;
    let scene = person.app.world().resource::<Scene>();
    let button = scene
        .groups()
        .next()
        .map(|face| face.fold_button(zoom).centre());
    let at = px(&person, button.expect("there is a group"));
    person.click_at(at);
    assert_eq!(drawn_neurons(&person), all - places.len());

    for _ in 0..4 {
        person.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
    }
    assert_eq!(project(&person).network(), before.network());
    assert_eq!(project(&person).groups().len(), 0);
    assert_eq!(drawn_neurons(&person), all);
}

#[test]
fn a_folded_group_is_one_thing_to_pick_at_every_zoom_and_to_delete() {
    let mut person = Person::at_a_fresh_start();
    let all = drawn_neurons(&person);
    select_hidden(&mut person);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyG);
    let members: Vec<NodeId> = hidden(&person).into_iter().map(|(id, _)| id).collect();
    for factor in [1.0, 0.5, 0.6, 4.0, 1.8] {
        person
            .app
            .world_mut()
            .write_message(CameraOrder::ZoomBy(factor));
        person.wait_frames(60);
        person.key(&[], KeyCode::Escape);
        let at = group_centre(&person);
        person.click_at(at);
        let selection = person.app.world().resource::<Selection>();
        assert!(selection.nodes.iter().eq(&members), "after × {factor}");
        person.wait_frames(60);
    }
    person.key(&[], KeyCode::Delete);
    assert_eq!(drawn_neurons(&person), all - members.len());
    assert_eq!(project(&person).groups().len(), 0);
    assert!(hidden(&person).is_empty());
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
    assert_eq!(hidden(&person).len(), members.len());
    assert!(project(&person).groups().all(|group| group.is_folded));
}

#[test]
fn the_label_of_an_open_group_carries_its_members_and_keys_fold_and_dissolve_it() {
    let mut person = Person::at_a_fresh_start();
    let all = drawn_neurons(&person);
    select_hidden(&mut person);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyG);
    person.key(&[], KeyCode::BracketRight);
    assert_eq!(drawn_neurons(&person), all);
    let places = hidden(&person);
    let zoom = person.app.world().resource::<StageView>().0.zoom;
    let scene = person.app.world().resource::<Scene>();
    let label = scene
        .groups()
        .next()
        .map(|face| face.label(zoom))
        .expect("there is a group");
    let from = px(&person, [label.max[0] - 4.0 / zoom, label.centre()[1]]);
    person.drag(from, from + Vec2::new(0.0, 30.0));
    for ((_, now), (_, before)) in hidden(&person).iter().zip(&places) {
        assert!((now[0] - before[0]).abs() < 1e-3 && now[1] < before[1] - 10.0);
    }
    person.key(&[], KeyCode::BracketLeft);
    assert!(
        told(&person).contains("Folded “group 1”."),
        "{}",
        told(&person)
    );
    person.key(&[KeyCode::ControlLeft, KeyCode::ShiftLeft], KeyCode::KeyG);
    assert_eq!(project(&person).groups().len(), 0);
    assert_eq!(drawn_neurons(&person), all);
}
