//! Large projects in the whole program: opened with a sheet that tells how far it is, given
//! up halfway, and at rest afterwards.

use std::time::{Duration, Instant};

use bevy::window::RequestRedraw;
use graph::{Backlog, Document};
use project::Project;
use storage::{FileDialogs, FileProgress};

use super::*;

#[path = "../support/dense.rs"]
mod dense;

/// A file of a network with this many hidden neurons, 100 wires to each side.
fn file_of(hidden: usize) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("large.ron");
    let project = dense::network(&[100, hidden, 100], 1);
    storage::disk::write_project(&path, &project).expect("there is room for it");
    (folder, path)
}

fn project(person: &Person) -> Project {
    let document = person.app.world().resource::<Document>();
    document.project().clone()
}

/// Lets frames pass until something is so.
fn wait_until(person: &mut Person, what: &str, seen: impl Fn(&Person) -> bool) {
    let began = Instant::now();
    while !seen(person) {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "waited in vain for {what}"
        );
        person.wait_frames(1);
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn is_opened(person: &Person) -> bool {
    let world = person.app.world();
    let wires = world.resource::<Document>().project().network().edges();
    wires.len() > 1_000 && world.resource::<Backlog>().share() >= 1.0
}

/// So many frames were asked for in the next hundred.
fn frames_asked_for(person: &mut Person) -> usize {
    let mut asked = 0;
    for _ in 0..100 {
        let world = person.app.world_mut();
        world.resource_mut::<Messages<RequestRedraw>>().clear();
        person.wait_frames(1);
        let redraws = person.app.world().resource::<Messages<RequestRedraw>>();
        asked += usize::from(!redraws.is_empty());
        std::thread::sleep(Duration::from_millis(2));
    }
    asked
}

#[test]
fn opening_a_large_project_is_told_in_a_sheet_and_can_be_given_up() {
    let (_folder, path) = file_of(2_000);
    let mut person = Person::at_a_fresh_start();
    let before = project(&person);
    let twice = FileDialogs::answering([path.clone(), path]);
    person.app.insert_resource(twice);
    person.press("Open");
    wait_until(&mut person, "the sheet", |person| {
        person.find("Cancel").is_some()
    });
    // A sheet that has just come is not yet to be pressed.
    person.wait_frames(2);
    assert!(person.find("Opening large.ron").is_some());
    let told = person.app.world().resource::<Narration>().0.clone();
    person.press("Cancel");
    wait_until(&mut person, "its end", |person| {
        !person.app.world().resource::<FileProgress>().is_working
    });
    person.wait_frames(3);
    assert!(person.find("Cancel").is_none());
    assert_eq!(project(&person), before);
    assert!(
        told.contains("Opening large.ron") || {
            let now = &person.app.world().resource::<Narration>().0;
            now.contains("was not opened")
        },
        "{told}"
    );

    person.press("Open");
    wait_until(&mut person, "the project", is_opened);
    let opened = project(&person).network().edges().len();
    assert_eq!(opened, 400_000);
}

#[test]
fn nobody_asks_for_frames_when_nothing_moves() {
    let mut person = Person::at_a_fresh_start();
    person.wait_frames(200);
    assert_eq!(frames_asked_for(&mut person), 0, "at the start");

    person.press("One epoch");
    wait_until(&mut person, "an epoch", |person| {
        let progress = person.app.world().resource::<training::Progress>();
        progress.epochs == 1 && progress.status != training::Status::Training
    });
    // What was reached is told, and notices go.
    person.wait_frames(400);
    assert_eq!(frames_asked_for(&mut person), 0, "after training");

    let (_folder, path) = file_of(500);
    person.app.insert_resource(FileDialogs::answering([path]));
    person.press("Open");
    // Training is no work that would be lost.
    wait_until(&mut person, "the project", is_opened);
    wait_until(&mut person, "rest", |person| {
        let redraws = person.app.world().resource::<Messages<RequestRedraw>>();
        redraws.is_empty()
    });
    person.wait_frames(400);
    assert_eq!(frames_asked_for(&mut person), 0, "with 100,000 wires");
}
