//! Notes as a person meets them: dropped, written, carried, made wider, undone.

use bevy::prelude::*;
use controls::Notes;
use graph::Document;
use project::Note;

use crate::px;
use crate::support::Person;

fn note(person: &Person) -> Option<Note> {
    let document = person.app.world().resource::<Document>();
    document.project().notes().next().cloned()
}

fn undo(person: &mut Person) {
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyZ);
}

#[test]
fn a_person_writes_a_note_carries_it_makes_it_wider_and_undoes_it_all() {
    let mut person = Person::at_a_fresh_start();
    // Nothing lies over the note.
    person.key(&[KeyCode::ControlLeft], KeyCode::KeyA);
    person.key(&[], KeyCode::Delete);
    person.point_at(Vec2::new(500.0, 600.0));
    person.key(&[], KeyCode::KeyN);
    person.wait_frames(3);
    person.type_text("bends\u{7} the sum");
    person.key(&[], KeyCode::Escape);
    assert_eq!(
        note(&person).map(|note| note.text).as_deref(),
        Some("bends the sum")
    );
    assert_eq!(person.app.world().resource::<Notes>().written, None);

    let before = note(&person).expect("it stays");
    let inside = [before.position[0] + 60.0, before.position[1] - 14.0];
    let from = px(&person, inside);
    person.drag(from, from + Vec2::new(30.0, -20.0));
    let moved = note(&person).expect("it stays");
    assert!(moved.position[0] > before.position[0] && moved.position[1] > before.position[1]);
    let edge = [
        moved.position[0] + moved.width - 1.0,
        moved.position[1] - 14.0,
    ];
    let from = px(&person, edge);
    person.drag(from, from + Vec2::new(40.0, 0.0));
    let wider = note(&person).expect("it stays");
    assert!(
        wider.width > moved.width && wider.position == moved.position,
        "{wider:?}"
    );

    undo(&mut person);
    assert_eq!(note(&person).as_ref(), Some(&moved));
    undo(&mut person);
    assert_eq!(note(&person).as_ref(), Some(&before));
    undo(&mut person);
    assert_eq!(
        note(&person).map(|note| note.text).as_deref(),
        Some(""),
        "all typing is one step"
    );
    undo(&mut person);
    assert_eq!(note(&person), None);
}

#[test]
fn delete_removes_the_selected_note_and_an_empty_one_does_not_stay() {
    let mut person = Person::at_a_fresh_start();
    person.point_at(Vec2::new(500.0, 600.0));
    person.key(&[], KeyCode::KeyN);
    person.wait_frames(3);
    person.type_text("x");
    person.key(&[], KeyCode::Escape);
    person.key(&[], KeyCode::Delete);
    assert_eq!(note(&person), None);
    undo(&mut person);
    assert!(note(&person).is_some());
    undo(&mut person);
    undo(&mut person);
    person.key(&[], KeyCode::KeyN);
    person.wait_frames(3);
    person.key(&[], KeyCode::Escape);
    person.wait_frames(2);
    assert_eq!(note(&person), None);
}
