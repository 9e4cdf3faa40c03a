//! Tidying up, looking around and choosing a look, in the whole program without a window.

use controls::StageView;
use graph::Document;
use network::Position;

use super::*;

fn positions(person: &Person) -> Vec<Position> {
    let document = person.app.world().resource::<Document>();
    let nodes = document.project().network().nodes();
    nodes.map(|node| node.position).collect()
}

fn zoom(person: &Person) -> f32 {
    person.app.world().resource::<StageView>().0.zoom
}

fn centre(person: &Person) -> Vec2 {
    person.app.world().resource::<StageView>().0.centre.into()
}

/// Lets frames pass until something is so.
fn wait_until(person: &mut Person, what: &str, seen: impl Fn(&Person) -> bool) {
    for _ in 0..1_000 {
        if seen(person) {
            return;
        }
        person.wait_frames(1);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("waited in vain for {what}");
}

#[test]
fn a_person_drags_a_neuron_away_tidies_up_and_undoes_it_in_one_step() {
    let mut person = Person::at_a_fresh_start();
    let shipped = positions(&person);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyA);
    person.key(&[], KeyCode::Escape);
    // The first input of the example, wherever it is on the screen.
    let view = person.app.world().resource::<StageView>().0;
    let at = Vec2::new(
        640.0 + (shipped[0][0] - view.centre[0]) * view.zoom,
        360.0 - (shipped[0][1] - view.centre[1]) * view.zoom,
    );
    person.drag(at, at + Vec2::new(130.0, 40.0));
    let untidy = positions(&person);
    assert_ne!(untidy, shipped, "the neuron was dragged");

    person.press("Tidy up");
    wait_until(&mut person, "a tidy network", |person| {
        positions(person) != untidy
    });
    let tidy = positions(&person);
    assert!((tidy[0][0] - tidy[1][0]).abs() < 0.01, "inputs are in line");
    person.wait_frames(30);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
    assert_eq!(positions(&person), untidy);
    person.key(&[KeyCode::ControlLeft, KeyCode::ShiftLeft], KeyCode::KeyZ);
    assert_eq!(positions(&person), tidy);
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);

    person.key(&[], KeyCode::KeyL);
    wait_until(&mut person, "the same by a key", |person| {
        positions(person) == tidy
    });
}

#[test]
fn what_is_selected_is_gone_to_and_everything_comes_back_into_view() {
    let mut person = Person::at_a_fresh_start();
    let all = zoom(&person);
    let view = person.app.world().resource::<StageView>().0;
    let [x, y] = positions(&person)[0];
    let at = Vec2::new(
        640.0 + (x - view.centre[0]) * view.zoom,
        360.0 - (y - view.centre[1]) * view.zoom,
    );
    person.click_at(at);
    person.key(&[KeyCode::ShiftLeft], KeyCode::KeyF);
    person.wait_frames(30);
    assert!(zoom(&person) > 1.3 * all, "{} after {all}", zoom(&person));
    person.press("Show everything");
    person.wait_frames(30);
    assert!((zoom(&person) - all).abs() < 0.01);
    person.press("Show selection");
    person.wait_frames(30);
    assert!(zoom(&person) > 1.3 * all);
}

#[test]
fn the_minimap_comes_when_the_network_is_larger_than_the_view_and_moves_it() {
    let mut person = Person::at_a_fresh_start();
    assert!(person.find("Minimap").is_none(), "everything is in view");
    for _ in 0..6 {
        person.key(&[], KeyCode::Equal);
    }
    person.wait_frames(30);
    let map = person.find("Minimap").expect("not all is in view");
    let near = zoom(&person);

    let [left, top, right, bottom] = map.bounds;
    person.click_at(vec2([left + 10.0, top + 10.0]));
    person.wait_frames(4);
    let upper_left = centre(&person);
    person.drag(
        vec2([left.midpoint(right), top.midpoint(bottom)]),
        vec2([right - 10.0, bottom - 10.0]),
    );
    person.wait_frames(4);
    let lower_right = centre(&person);
    assert!(
        lower_right.x > upper_left.x + 50.0 && lower_right.y < upper_left.y - 50.0,
        "{upper_left} then {lower_right}"
    );
    assert_eq!(zoom(&person), near);
    let untouched = person.app.world().resource::<Document>().undo_label();
    assert_eq!(untouched, None, "looking around is no edit");

    person.key(&[], KeyCode::KeyF);
    person.wait_frames(30);
    assert!(person.find("Minimap").is_none());
}

#[test]
fn the_look_that_is_chosen_is_worn_at_once_and_in_the_next_run() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("unsaved.ron");
    let stage = |person: &Person| {
        let theme = person.app.world().resource::<canvas::drawing::StageTheme>();
        theme.palette.stage
    };
    let mut person = Person::keeping(Some(file.clone()));
    assert_eq!(stage(&person), theme::Palette::DARK.stage);
    person.press("Look");
    person.wait_frames(4);
    person.press("High contrast");
    person.wait_frames(4);
    assert_eq!(stage(&person), theme::Palette::HIGH_CONTRAST.stage);
    drop(person);
    let next = Person::keeping(Some(file));
    assert_eq!(stage(&next), theme::Palette::HIGH_CONTRAST.stage);
}

#[test]
fn a_drawing_of_the_network_is_saved_where_the_person_says() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("xor.svg");
    let mut person = Person::at_a_fresh_start();
    let answers = storage::FileDialogs::answering([file.clone()]);
    person.app.insert_resource(answers);
    person.press("Save drawing");
    wait_until(&mut person, "a file", |_| file.exists());
    let text = std::fs::read_to_string(&file).expect("it can be read");
    let document = roxmltree::Document::parse(&text).expect("it is sound XML");
    let wires = document
        .descendants()
        .filter(|element| element.attribute("class") == Some("wire"));
    assert_eq!(wires.count(), 12, "the example has 2–4–1 neurons");
}
