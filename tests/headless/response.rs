//! The large map as a person meets it: it comes when the pointer rests on a neuron, stays
//! when it is pinned, tells the errors of the rows, and shows the slice that was chosen.

use bevy::prelude::*;
use controls::StageView;
use graph::Document;
use network::NodeId;
use training::Maps;

use super::support::story::Hands;
use super::support::{Person, vec2};

/// A neuron of the XOR example by its name: where it is, and its id.
fn neuron(person: &Person, name: &str) -> (Vec2, NodeId) {
    let world = person.app.world();
    let view = world.resource::<StageView>().0;
    let mut nodes = world.resource::<Document>().project().network().nodes();
    let node = nodes.find(|node| node.name == name).expect("it is there");
    let [x, y] = node.position;
    let [cx, cy] = view.centre;
    let at = Vec2::new(640.0 + (x - cx) * view.zoom, 360.0 - (y - cy) * view.zoom);
    (at, node.id)
}

/// The centre of a large map's square.
fn map_of(person: &Person, name: &str) -> Option<Vec2> {
    let map = person.find(&format!("Map of {name}"))?;
    Some(vec2(map.centre()))
}

/// Frames of the time in which a pointer rests, and of that in which a map goes.
const REST: usize = 30;
const GONE: usize = 60;

const NOWHERE: Vec2 = Vec2::new(300.0, 660.0);

#[test]
fn the_map_of_a_neuron_comes_when_the_pointer_rests_on_it_and_goes_after_it_left() {
    let mut person = Person::at_a_fresh_start();
    let (h2, _) = neuron(&person, "h2");
    let (y, _) = neuron(&person, "y");
    person.point_at(h2);
    person.wait_frames(10);
    assert_eq!(map_of(&person, "h2"), None, "the pointer only passes by");
    person.wait_frames(REST);
    let map = person.see("Map of h2");
    assert_eq!(map.value, "4 rows");
    let [left, top, right, bottom] = map.bounds;
    assert!(right - left > 200.0, "{:?}", map.bounds);
    let is_covered = left < f64::from(h2.x)
        && f64::from(h2.x) < right
        && top < f64::from(h2.y)
        && f64::from(h2.y) < bottom;
    assert!(!is_covered, "the neuron is seen beside its map");
    person.point_at(NOWHERE);
    person.wait_frames(10);
    person.see("Map of h2");
    person.wait_frames(GONE);
    assert_eq!(map_of(&person, "h2"), None);
    person.point_at(y);
    person.wait_frames(REST);
    assert!(person.see("Map of y").value.starts_with("4 rows · "));
    person.point_at(NOWHERE);
    person.wait_frames(GONE);
    assert_eq!(map_of(&person, "y"), None);

    // Carrying a neuron is no looking at it.
    person.drag(h2, h2 + Vec2::new(60.0, 60.0));
    person.point_at(h2 + Vec2::new(60.0, 60.0));
    assert_eq!(map_of(&person, "h2"), None);
}

#[test]
fn a_pinned_map_stays_follows_training_and_is_let_go_by_escape() {
    let mut person = Person::at_a_fresh_start();
    let (y, _) = neuron(&person, "y");
    person.point_at(y);
    person.wait_frames(REST);
    person.press("Pin map");
    person.point_at(NOWHERE);
    person.wait_frames(GONE);
    let before = person.see("Map of y").value;
    assert!(before.contains(" wrong · mean error 0."), "{before}");
    person.press("Train");
    person.wait_until("no row to be wrong, by next to nothing", |person| {
        let now = person.see("Map of y").value;
        now.starts_with("4 rows · 0 wrong · mean error 0.0")
    });
    person.key(&[], KeyCode::Escape);
    person.wait_frames(2);
    assert_eq!(map_of(&person, "y"), None);
    // And by the key that pins it, for the neuron pointed at.
    let (h1, _) = neuron(&person, "h1");
    person.point_at(h1);
    person.key(&[], KeyCode::KeyM);
    person.point_at(NOWHERE);
    person.wait_frames(GONE);
    person.see("Map of h1");
    person.press("Release map");
    person.wait_frames(GONE);
    assert_eq!(map_of(&person, "h1"), None);
}

#[test]
fn a_point_pressed_on_the_map_gives_the_answer_that_the_map_shows_for_its_row() {
    let mut person = Person::at_a_fresh_start();
    let (_, y) = neuron(&person, "y");
    person.press("Show map large");
    let map = person.see("Map of y");
    person.press("Test");
    // Row 3: x1 = 1, x2 = 0, with a fifth of the range on each side.
    let [left, top, right, bottom] = map.bounds;
    let at = |share: f64, from: f64, to: f64| from + share * (to - from);
    let (low, high) = (0.2 / 1.4, 1.2 / 1.4);
    person.click([at(high, left, right), at(high, top, bottom)]);
    person.wait_until("the answer", |person| {
        let close = person.app.world().resource::<Maps>().close(y);
        let given = close.map(|close| (close.rows[2], close.values[2]));
        let Some((2, given)) = given else {
            return false;
        };
        // The pointer hits the row within a pixel.
        let told = person.see("Output y").value.parse::<f32>();
        told.is_ok_and(|told| (told - given).abs() < 5e-3)
    });
    for (input, value) in [("Input x1", 1.0), ("Input x2", 0.0)] {
        let put: f64 = person.see(input).value.parse().expect("a number");
        assert!((put - value).abs() < 0.01, "{input} is {put}");
    }
    person.click([at(low, left, right), at(low, top, bottom)]);
    person.wait_until("the inputs of row 2", |person| {
        let put = person.see("Input x2").value.parse::<f64>();
        put.is_ok_and(|put| (put - 1.0).abs() < 0.01)
    });
}

#[test]
fn the_inputs_of_the_slice_are_chosen_and_the_others_held() {
    let mut person = Person::at_a_fresh_start();
    person.press("Examples");
    person.press("Iris");
    let request = |person: &Person| {
        let maps = person.app.world().resource::<Maps>();
        maps.maps.as_ref().map(|maps| maps.request.clone())
    };
    person.wait_until("four inputs", |person| {
        request(person).is_some_and(|request| request.fixed.len() == 2)
    });
    person.press("Show map large");
    let inputs: Vec<(NodeId, String)> = {
        let document = person.app.world().resource::<Document>();
        let inputs = document.project().ordered(network::Role::Input);
        inputs.map(|node| (node.id, node.name.clone())).collect()
    };
    // The petals' sizes are spread most widely.
    assert_eq!(person.see("Across").value, inputs[2].1);
    assert_eq!(person.see("Up").value, inputs[3].1);
    let (first, name) = inputs[0].clone();
    person.press("Across");
    person.press(&name);
    person.wait_until("the first input across", |person| {
        person.see("Across").value == name
            && request(person).is_some_and(|request| request.x == first)
    });
    person.press("Swap inputs");
    person.wait_until("it to go up", |person| {
        person.see("Up").value == name && request(person).is_some_and(|request| request.y == first)
    });
    let (third, held) = inputs[2].clone();
    let value = format!("Hold {held} value");
    person.press(&value);
    person.enter("7");
    person.wait_until("the third to be held", |person| {
        request(person).is_some_and(|request| request.fixed.contains(&(third, 7.0)))
    });
    let is_at_seven =
        |person: &Person| request(person).is_some_and(|now| now.fixed.contains(&(third, 7.0)));
    assert!(is_at_seven(&person));
    person.press(&format!("{held} at mean"));
    person.wait_until("it to be back at its mean", |person| !is_at_seven(person));
}
