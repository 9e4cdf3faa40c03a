//! Files as a person meets them, without a window and without a dialog.

mod large;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy::window::FileDragAndDrop;
use graph::{Document, GraphPlugin, Notice, NoticeKind, Request};
use network::KindId;
use project::{Project, file, gesture};
use tempfile::TempDir;

use crate::{
    DroppedFile, Examples, FileDialogs, FileRequest, FileState, NamedFile, ProjectSaved, Recovered,
    ReplaceRequest, StoragePlugin, first_example,
};

/// All notices so far.
#[derive(Resource, Default)]
struct Told(Vec<Notice>);

fn remember(mut notices: MessageReader<Notice>, mut told: ResMut<Told>) {
    told.0.extend(notices.read().cloned());
}

fn create_test_app(recovery: Option<PathBuf>) -> App {
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        AssetPlugin {
            file_path: concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets").to_owned(),
            ..default()
        },
        GraphPlugin,
        StoragePlugin {
            project: None,
            recovery,
        },
    ))
    .init_resource::<Told>()
    .add_systems(Last, remember)
    .insert_resource(FileDialogs::answering([]));
    app.update();
    app
}

/// Updates until something holds, or fails.
fn until(app: &mut App, what: &str, holds: impl Fn(&mut World) -> bool) {
    let began = Instant::now();
    while !holds(app.world_mut()) {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "waited in vain until {what}"
        );
        app.update();
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Asks for something with files and waits for the next notice.
fn ask(app: &mut App, request: FileRequest) -> Notice {
    let before = app.world().resource::<Told>().0.len();
    app.world_mut().write_message(request);
    until(app, "a notice is given", |world| {
        world.resource::<Told>().0.len() > before
    });
    app.world().resource::<Told>().0[before].clone()
}

fn project(app: &App) -> Project {
    app.world().resource::<Document>().project().clone()
}

fn is_unsaved(app: &App) -> bool {
    app.world().resource::<Document>().is_unsaved()
}

fn add_neuron(app: &mut App) {
    let edit = gesture::add_neuron(&project(app), KindId::HIDDEN, [1.0, 2.0]);
    app.world_mut()
        .write_message(Request::edit("add neuron", edit));
    app.update();
    assert!(is_unsaved(app));
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is a folder for the test")
}

fn broken(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/broken")
        .join(name)
}

#[test]
fn the_first_example_is_there_from_the_first_frame() {
    let app = create_test_app(None);
    assert_eq!(project(&app), first_example().expect("it is a project"));
    assert_eq!(app.world().resource::<FileState>().name, "XOR");
    assert!(!is_unsaved(&app));
}

#[test]
fn a_project_given_at_the_start_is_open_with_its_file() {
    let mut app = App::new();
    let path = PathBuf::from("mine/flowers.ron");
    app.add_plugins((
        MinimalPlugins,
        AssetPlugin::default(),
        GraphPlugin,
        StoragePlugin {
            project: Some((path.clone(), Project::default())),
            recovery: None,
        },
    ));
    app.update();
    assert_eq!(project(&app), Project::default());
    let state = app.world().resource::<FileState>();
    assert_eq!(
        (state.path.as_ref(), state.name.as_str()),
        (Some(&path), "flowers")
    );
}

#[test]
fn the_shipped_examples_are_listed_and_open_as_their_files_say() {
    let mut app = create_test_app(None);
    let listed = |world: &mut World| {
        let mut state = bevy::ecs::system::SystemState::<Examples>::new(world);
        let examples = state.get(world).expect("the list is there");
        let count = examples.list().len();
        count == 10 && (0..count).all(|index| examples.file(index).is_ok())
    };
    until(&mut app, "all examples are listed", listed);
    for (index, (name, bytes)) in [
        (
            "Iris",
            &include_bytes!("../../../assets/examples/iris.ron")[..],
        ),
        (
            "Digits",
            include_bytes!("../../../assets/examples/digits.ron"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        app.world_mut()
            .write_message(FileRequest::OpenExample(6 + index));
        until(&mut app, "it is open", |world| {
            world.resource::<FileState>().name == name
        });
        app.update();
        let expected = file::read(bytes, &network::Kinds::default()).expect("it is a project");
        assert_eq!(project(&app), expected);
        assert_eq!(app.world().resource::<FileState>().path, None);
    }
    let notice = ask(&mut app, FileRequest::OpenExample(99));
    assert_eq!(notice, Notice::failed("There is no example number 100."));
}

#[test]
fn the_examples_need_no_folder_of_assets() {
    let empty = folder();
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        AssetPlugin {
            file_path: empty.path().display().to_string(),
            ..default()
        },
        GraphPlugin,
        StoragePlugin::default(),
    ))
    .init_resource::<Told>()
    .add_systems(Last, remember);
    until(&mut app, "the examples are listed", |world| {
        let mut state = bevy::ecs::system::SystemState::<Examples>::new(world);
        let examples = state.get(world).expect("the list is there");
        examples.list().len() == 10 && examples.file(9).is_ok()
    });
    assert!(app.world().resource::<Told>().0.is_empty());
}

fn saved_as(path: &Path) -> Notice {
    Notice::info(format!("Saved as {}.", path.display()))
}

#[test]
fn what_is_saved_opened_and_saved_again_is_the_same_to_the_byte() {
    let folder = folder();
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    let before = project(&app);
    let path = folder.path().join("mine.ron");
    let notice = ask(&mut app, FileRequest::SaveAs(Some(path.clone())));
    assert_eq!(notice, saved_as(&path));
    assert!(!is_unsaved(&app));
    assert_eq!(app.world().resource::<FileState>().path, Some(path.clone()));
    let saved = fs::read(&path).expect("it is there");

    app.world_mut().write_message(FileRequest::New);
    app.update();
    assert_eq!(project(&app), Project::default());
    app.world_mut()
        .write_message(FileRequest::Open(Some(path.clone().into())));
    until(&mut app, "it is opened", |world| {
        *world.resource::<Document>().project() != Project::default()
    });
    assert_eq!(project(&app), before);
    assert!(!is_unsaved(&app));

    fs::remove_file(&path).expect("it can be removed");
    ask(&mut app, FileRequest::Save);
    assert_eq!(fs::read(&path).expect("it is there again"), saved);
}

#[test]
fn where_no_path_is_known_the_person_is_asked_and_may_think_better_of_it() {
    let folder = folder();
    let mut app = create_test_app(None);
    let path = folder.path().join("without ending");
    app.insert_resource(FileDialogs::answering([path.clone()]));
    add_neuron(&mut app);
    assert_eq!(
        ask(&mut app, FileRequest::Save),
        saved_as(&path.with_extension("ron"))
    );
    assert!(path.with_extension("ron").is_file());
    // The list of answers is at its end: nothing happens, and nothing is stuck.
    app.world_mut().write_message(FileRequest::Open(None));
    add_neuron(&mut app);
    assert_eq!(
        ask(&mut app, FileRequest::Save),
        saved_as(&path.with_extension("ron"))
    );
    assert_eq!(app.world().resource::<Told>().0.len(), 2);
}

#[test]
fn a_file_nobody_agreed_to_replace_is_not_replaced() {
    let folder = folder();
    let mut app = create_test_app(None);
    let other = folder.path().join("mine.ron");
    fs::write(&other, "precious").expect("it can be written");
    app.insert_resource(FileDialogs::answering([folder.path().join("mine")]));
    let notice = ask(&mut app, FileRequest::Save);
    assert_eq!(
        notice,
        Notice::failed(format!(
            "Not saved. {}: this file is there already, give its full name to replace it.",
            other.display()
        ))
    );
    assert_eq!(fs::read(&other).expect("it is there"), b"precious");
}

#[test]
fn a_broken_file_leaves_the_project_as_it_was_and_says_one_sentence() {
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    let before = project(&app);
    let path = broken("cycle.ron");
    let notice = ask(&mut app, FileRequest::Open(Some(path.clone().into())));
    assert_eq!(
        notice,
        Notice::refused(format!(
            "{}: line 15, column 7: h → g → h would be a loop without a delay.",
            path.display()
        ))
    );
    app.update();
    assert_eq!(project(&app), before);
    assert!(is_unsaved(&app));
    assert_eq!(app.world().resource::<Told>().0.len(), 1);
    assert_eq!(app.world().resource::<FileState>().path, None);
}

#[test]
fn a_save_that_fails_says_so_and_the_work_stays_unsaved() {
    let folder = folder();
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    for place in [
        folder.path().join("no/such/folder.ron"),
        folder.path().to_owned(),
    ] {
        let notice = ask(&mut app, FileRequest::SaveAs(Some(place)));
        assert_eq!(notice.kind, NoticeKind::Failed);
        assert!(notice.text.starts_with("Not saved. "), "{}", notice.text);
        assert!(is_unsaved(&app));
        assert_eq!(app.world().resource::<FileState>().path, None);
    }
}

#[test]
fn what_changes_while_a_file_is_written_stays_unsaved() {
    let folder = folder();
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    let path = folder.path().join("mine.ron");
    app.world_mut()
        .write_message(FileRequest::SaveAs(Some(path)));
    let edit = gesture::add_neuron(&project(&app), KindId::INPUT, [0.0, 0.0]);
    app.world_mut()
        .write_message(Request::edit("add neuron", edit));
    until(&mut app, "it is saved", |world| {
        !world.resource::<Told>().0.is_empty()
    });
    assert!(is_unsaved(&app));
}

#[test]
fn loaded_rows_are_one_step_to_undo() {
    let folder = folder();
    let mut app = create_test_app(None);
    let path = folder.path().join("rows.csv");
    fs::write(&path, "y,x2,x1\n1,0.5,2\n0,1,3\n").expect("it can be written");
    let before = project(&app);
    let notice = ask(&mut app, FileRequest::LoadCsv(Some(path.into())));
    assert_eq!(notice, Notice::info("Loaded 2 rows from rows.csv."));
    app.update();
    let rows: Vec<_> = (0..2)
        .filter_map(|row| project(&app).table().row(row))
        .collect();
    assert_eq!(rows[0].0, [2.0, 0.5, 1.0]);
    assert_eq!(rows[1].0, [3.0, 1.0, 0.0]);
    assert_eq!(
        app.world().resource::<Document>().undo_label(),
        Some("load data")
    );
    app.world_mut().write_message(Request::Undo);
    app.update();
    assert_eq!(project(&app), before);
}

#[test]
fn rows_that_do_not_fit_are_refused_by_file_line_and_column() {
    let mut app = create_test_app(None);
    let before = project(&app);
    let path = broken("word_among_numbers.csv");
    let notice = ask(&mut app, FileRequest::LoadCsv(Some(path.clone().into())));
    assert_eq!(
        notice,
        Notice::refused(format!(
            "{}: line 3, column 2: found \"one\", expected a number.",
            path.display()
        ))
    );
    app.update();
    assert_eq!(project(&app), before);
}

#[test]
fn dropped_files_are_opened_or_loaded_by_their_ending() {
    let mut app = create_test_app(None);
    let window = app.world_mut().spawn_empty().id();
    for (name, told) in [
        ("version_99.ron", "found version 99"),
        ("row_short.csv", "found 2 columns"),
        ("expected.txt", "line"),
        (
            "picture.png",
            "expected a project (.ron) or a table (.csv).",
        ),
    ] {
        let before = app.world().resource::<Told>().0.len();
        app.world_mut().write_message(FileDragAndDrop::DroppedFile {
            window,
            path_buf: broken(name),
        });
        until(&mut app, "it is told", |world| {
            world.resource::<Told>().0.len() > before
        });
        let text = &app.world().resource::<Told>().0[before].text;
        assert!(text.contains(told) && text.contains(name), "{text}");
    }
}

fn dropped(app: &mut App, file: NamedFile) {
    app.world_mut().write_message(DroppedFile(file));
}

#[test]
fn files_that_come_with_their_bytes_are_opened_and_loaded_like_any_other() {
    let mut app = create_test_app(None);
    let text = file::write(&Project::default()).expect("it can be written");
    let mine = NamedFile::with_bytes("mine.ron", text.into_bytes());
    dropped(&mut app, mine);
    until(&mut app, "it is opened", |world| {
        *world.resource::<Document>().project() == Project::default()
    });
    let state = app.world().resource::<FileState>().clone();
    assert_eq!(state.name, "mine");
    assert_eq!(state.path, Some(PathBuf::from("mine.ron")));

    let first = first_example().expect("it is a project");
    app.world_mut()
        .write_message(Request::Open(Box::new(first)));
    app.update();
    let rows = NamedFile::with_bytes("rows.csv", *b"x1,x2,y\n2,0.5,1\n");
    let notice = ask(&mut app, FileRequest::LoadCsv(Some(rows)));
    assert_eq!(notice, Notice::info("Loaded 1 row from rows.csv."));
    let broken = NamedFile::with_bytes("broken.ron", *b"Project(");
    let notice = ask(&mut app, FileRequest::Open(Some(broken)));
    assert!(notice.text.starts_with("broken.ron: line 1, column "));
}

#[test]
fn a_dropped_project_does_not_take_the_place_of_unsaved_work_by_itself() {
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    let before = project(&app);
    let file = NamedFile::with_bytes("other.ron", *b"whatever");
    dropped(&mut app, file.clone());
    app.update();
    let wishes = app.world().resource::<Messages<ReplaceRequest>>();
    let mut cursor = wishes.get_cursor();
    let wishes: Vec<_> = cursor.read(wishes).cloned().collect();
    assert_eq!(wishes, [ReplaceRequest(FileRequest::Open(Some(file)))]);
    app.update();
    assert_eq!(project(&app), before);
}

#[test]
fn a_save_tells_how_far_the_saved_network_had_learned() {
    let folder = folder();
    let mut app = create_test_app(None);
    let learned = {
        let values = app.world().resource::<graph::Values>();
        (values.values().to_vec(), values.epochs() + 7)
    };
    app.world_mut().resource_mut::<graph::Values>().write_back(
        learned.0,
        Vec::new(),
        Vec::new(),
        learned.1,
    );
    let path = folder.path().join("mine.ron");
    ask(&mut app, FileRequest::SaveAs(Some(path)));
    let saves = app.world().resource::<Messages<ProjectSaved>>();
    let mut cursor = saves.get_cursor();
    let epochs: Vec<_> = cursor.read(saves).map(|saved| saved.epochs).collect();
    assert_eq!(epochs, [learned.1]);
}

#[test]
fn where_files_are_locked_only_examples_are_opened() {
    let folder = folder();
    let path = folder.path().join("mine.ron");
    let mut app = create_test_app(None);
    app.insert_resource(FileDialogs::locked());
    let before = project(&app);
    for request in [
        FileRequest::Open(Some(broken("empty.ron").into())),
        FileRequest::SaveAs(Some(path.clone())),
        FileRequest::Save,
        FileRequest::LoadCsv(None),
    ] {
        assert_eq!(
            ask(&mut app, request),
            Notice::refused("Files are locked here.")
        );
    }
    assert!(!path.exists());
    assert_eq!(project(&app), before);
    app.world_mut().write_message(FileRequest::New);
    app.update();
    assert_eq!(project(&app), Project::default());
}

#[test]
fn unsaved_work_is_kept_at_the_end_and_offered_at_the_next_start() {
    let folder = folder();
    let path = folder.path().join("data/unsaved.ron");
    let mut app = create_test_app(Some(path.clone()));
    add_neuron(&mut app);
    let work = project(&app);
    app.world_mut().write_message(AppExit::Success);
    app.update();
    assert!(path.is_file());

    let mut app = create_test_app(Some(path.clone()));
    let rescued = app.world().resource::<Recovered>().0.as_ref();
    let rescued = rescued.and_then(|rescued| rescued.project.as_deref().ok());
    assert_eq!(rescued, Some(&work));
    assert_ne!(project(&app), work);
    app.world_mut().write_message(FileRequest::Restore);
    until(&mut app, "it is restored", |world| {
        world.resource::<Recovered>().0.is_none()
    });
    app.update();
    assert_eq!(project(&app), work);
    assert!(is_unsaved(&app), "it is in no file of the person's yet");

    let saved = folder.path().join("mine.ron");
    ask(&mut app, FileRequest::SaveAs(Some(saved)));
    app.world_mut().write_message(AppExit::Success);
    app.update();
    assert!(!path.exists(), "all is saved: there is nothing to rescue");
}

#[test]
fn unsaved_work_is_kept_from_time_to_time() {
    let folder = folder();
    let path = folder.path().join("unsaved.ron");
    let mut app = create_test_app(Some(path.clone()));
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(21)));
    for _ in 0..3 {
        app.update();
    }
    assert!(!path.exists(), "nothing is unsaved");
    add_neuron(&mut app);
    until(&mut app, "it is kept", |_| path.is_file());
    let kept = fs::read(&path).expect("it is there");
    let kept = file::read(&kept, &network::Kinds::default()).expect("it is a project");
    assert_eq!(kept, project(&app));
}

#[test]
fn rescued_work_stays_until_the_question_is_answered() {
    let folder = folder();
    let path = folder.path().join("unsaved.ron");
    fs::write(
        &path,
        file::write(&Project::default()).expect("it can be written"),
    )
    .expect("it can be saved");
    let mut app = create_test_app(Some(path.clone()));
    app.world_mut().write_message(AppExit::Success);
    app.update();
    assert!(path.exists());
    let mut app = create_test_app(Some(path.clone()));
    app.world_mut().write_message(FileRequest::Forget);
    app.update();
    assert!(app.world().resource::<Recovered>().0.is_none());
    assert!(!path.exists());
}

#[test]
fn rescued_work_that_cannot_be_read_is_told() {
    let app = create_test_app(Some(broken("truncated.ron")));
    let told = &app.world().resource::<Told>().0;
    assert_eq!(told.len(), 1);
    assert!(
        told[0]
            .text
            .starts_with("Unsaved work of the last time cannot be read. ")
    );
    assert!(app.world().resource::<Recovered>().0.is_none());
}
