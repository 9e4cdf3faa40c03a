//! The whole program without a window, driven by a pointer and keys alone.

#[path = "headless/arranging.rs"]
mod arranging;
#[path = "headless/flow.rs"]
mod flow;
#[path = "support/mod.rs"]
mod support;

#[path = "headless/groups.rs"]
mod groups;
#[path = "headless/notes.rs"]
mod notes;
#[path = "headless/opening.rs"]
mod opening;
#[path = "headless/response.rs"]
mod response;
#[path = "headless/wires.rs"]
mod wires;

use bevy::prelude::*;
use neurarium::app::{Control, Controls, Narration};
use support::story::{self, Hands, Point};
use support::{Person, vec2};

/// Where a point of the scene is in the window.
fn px(person: &Person, [x, y]: network::Position) -> Vec2 {
    let view = person.app.world().resource::<controls::StageView>().0;
    let [cx, cy] = view.centre;
    Vec2::new(640.0 + (x - cx) * view.zoom, 360.0 - (y - cy) * view.zoom)
}

impl Hands for Person {
    fn find(&mut self, name: &str) -> Option<Control> {
        Person::find(self, name)
    }

    fn all(&mut self) -> Vec<Control> {
        self.app.world().resource::<Controls>().0.clone()
    }

    fn wait(&mut self) {
        self.wait_frames(1);
        // Training runs on other threads, in real time.
        std::thread::sleep(std::time::Duration::from_millis(1));
    }

    fn click(&mut self, at: Point) {
        self.click_at(vec2(at));
    }

    fn drag(&mut self, from: Point, to: Point) {
        Person::drag(self, vec2(from), vec2(to));
        self.wait_frames(4);
    }

    fn enter(&mut self, text: &str) {
        self.type_text(text);
        self.key(&[], KeyCode::Enter);
    }

    fn undo(&mut self) {
        self.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
    }

    fn redo(&mut self) {
        self.key(&[KeyCode::ControlLeft, KeyCode::ShiftLeft], KeyCode::KeyZ);
    }
}

#[test]
fn a_person_builds_feeds_trains_and_tests_xor_and_undoes_it_all() {
    let mut person = Person::at_a_fresh_start();
    story::build(&mut person);
    story::feed(&mut person);
    let loss = story::train(&mut person);
    assert!(loss < 0.05, "the loss shown after training is {loss}");
    story::assert_xor(story::answers(&mut person));

    let undone = story::undo_all(&mut person);
    assert_eq!(undone, 7 + 12 + 1, "neurons, wires, and the table");
    person.press("Data");
    assert!(
        person.find("y1 row 1").is_none(),
        "the table is empty again"
    );
    let redone = story::redo_all(&mut person);
    assert_eq!(redone, undone);
    assert_eq!(person.see("y1 row 2").value, "1");
}

/// Waits until something is told that has all of these words.
fn hear(person: &mut Person, words: &[&str]) {
    for _ in 0..600 {
        let told = &person.app.world().resource::<Narration>().0;
        if words.iter().all(|word| told.contains(word)) {
            return;
        }
        person.wait();
    }
    let told = &person.app.world().resource::<Narration>().0;
    panic!("{words:?} was not told, but “{told}”");
}

#[test]
fn who_cannot_see_hears_what_was_done_what_is_selected_and_what_the_network_answers() {
    let mut person = Person::at_a_fresh_start();
    person.press("Output neuron");
    hear(&mut person, &["Done: add neuron."]);
    person.undo();
    hear(&mut person, &["Undone: add neuron."]);
    person.redo();
    hear(&mut person, &["Done again: add neuron."]);
    person.undo();
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyA);
    hear(&mut person, &["Selected: 7 neurons."]);
    person.key(&[], KeyCode::Escape);
    hear(&mut person, &["Nothing is selected."]);

    person.press("Test");
    person.press("Input x1 value");
    person.enter("1");
    hear(&mut person, &["For x1 = 1.000, x2 = 0: y = "]);
    person.press("Train");
    hear(&mut person, &["Training"]);
    person.press("Pause");
    hear(&mut person, &["Paused after "]);
    person.press("New");
    hear(&mut person, &["You have unsaved work.", "Save or Discard?"]);
    person.press("Discard");
    hear(&mut person, &["An empty canvas."]);
}
