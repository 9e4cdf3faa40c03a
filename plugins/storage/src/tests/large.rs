//! Projects so large that opening and saving them takes a while.

use datasets::Table;
use network::{Edge, EdgeId, Endpoint, KindId, Kinds, Network, Node, NodeId, Parameter};
use project::{TrainingSettings, View};

use super::*;
use crate::{Deed, FileProgress, Underway};

/// 250 hidden neurons, each joined to 250 others.
fn large() -> Project {
    let nodes = (0..500)
        .map(|id| Node::new(NodeId(id), KindId::HIDDEN, format!("h{id}")))
        .collect();
    let pairs = (0..250).flat_map(|from| (250..500).map(move |to| (from, to)));
    let edges = (0..)
        .zip(pairs)
        .map(|(id, (from, to))| {
            let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
            Edge::new(EdgeId(id), from, to, Parameter::scalar(id as f32 * 1e-3))
        })
        .collect();
    Project::from_parts(
        Network::from_parts(Kinds::default(), nodes, edges).expect("wires run onwards"),
        Table::default(),
        datasets::Split::default(),
        TrainingSettings::default(),
        0,
        View::default(),
    )
    .expect("there are no inputs without columns")
}

fn progress(world: &World) -> Option<Underway> {
    world.resource::<FileProgress>().underway.clone()
}

fn file_of(project: &Project, name: &str) -> (TempDir, PathBuf) {
    let folder = folder();
    let path = folder.path().join(name);
    crate::disk::write_project(&path, project).expect("there is room for it");
    (folder, path)
}

/// Updates until the work is over; how far it said it was.
fn shares(app: &mut App, deed: Deed, name: &str) -> Vec<f32> {
    let mut shares = Vec::new();
    let began = Instant::now();
    app.update();
    while app.world().resource::<FileProgress>().is_working {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it takes too long"
        );
        if let Some(underway) = progress(app.world()) {
            assert_eq!((underway.deed, underway.name.as_str()), (deed, name));
            shares.push(underway.share);
        }
        app.update();
        std::thread::sleep(Duration::from_millis(1));
    }
    shares.dedup();
    shares
}

fn assert_rises(shares: &[f32]) {
    // A busy machine looks seldom: twice is enough to have seen it rise.
    assert!(shares.len() > 1, "{shares:?}");
    assert!(shares.is_sorted(), "{shares:?}");
    let within = shares.iter().all(|share| (0.0..=1.0).contains(share));
    assert!(within, "{shares:?}");
    // A quick machine is on its way before the first look at it.
    assert!(shares[shares.len() - 1] - shares[0] > 0.3, "{shares:?}");
}

#[test]
fn opening_and_saving_a_large_project_tell_how_far_they_are() {
    let large = large();
    let (folder, path) = file_of(&large, "large.ron");
    let mut app = create_test_app(None);
    let open = FileRequest::Open(Some(path.into()));
    app.world_mut().write_message(open);
    assert_rises(&shares(&mut app, Deed::Opening, "large.ron"));
    app.update();
    assert_eq!(project(&app), large);
    let copy = folder.path().join("copy.ron");
    let save = FileRequest::SaveAs(Some(copy.clone()));
    app.world_mut().write_message(save);
    assert_rises(&shares(&mut app, Deed::Saving, "copy.ron"));
    let bytes = fs::read(copy).expect("it is written");
    assert!(file::read(&bytes, &Kinds::default()).expect("it is whole") == large);
}

#[test]
fn opening_that_is_cancelled_leaves_everything_as_it_was() {
    let (_folder, path) = file_of(&large(), "large.ron");
    let mut app = create_test_app(None);
    add_neuron(&mut app);
    let before = (project(&app), app.world().resource::<FileState>().clone());
    let open = FileRequest::Open(Some(path.into()));
    app.world_mut().write_message(open);
    until(&mut app, "it is under way", |world| {
        progress(world).is_some_and(|underway| underway.share > 0.1)
    });
    let notice = ask(&mut app, FileRequest::Cancel);
    assert_eq!(
        notice,
        Notice::info("large.ron was not opened. Everything is as it was.")
    );
    for _ in 0..50 {
        app.update();
    }
    let after = (project(&app), app.world().resource::<FileState>().clone());
    assert_eq!(after, before);
    assert!(is_unsaved(&app));
    assert_eq!(
        app.world().resource::<FileProgress>(),
        &FileProgress::default()
    );
}

#[test]
fn saving_that_is_cancelled_leaves_the_file_as_it_was_and_nothing_beside_it() {
    let (folder, path) = file_of(&Project::default(), "mine.ron");
    let before = fs::read(&path).expect("it is there");
    let mut app = create_test_app(None);
    app.world_mut()
        .write_message(Request::Open(Box::new(large())));
    app.update();
    add_neuron(&mut app);
    let save = FileRequest::SaveAs(Some(path.clone()));
    app.world_mut().write_message(save);
    until(&mut app, "it is under way", |world| {
        progress(world).is_some_and(|underway| underway.share > 0.1)
    });
    let notice = ask(&mut app, FileRequest::Cancel);
    assert_eq!(
        notice,
        Notice::info("Not saved: mine.ron is as it was before.")
    );
    assert_eq!(fs::read(&path).expect("it is still there"), before);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    assert!(is_unsaved(&app));
    assert_eq!(app.world().resource::<FileState>().path, None);
}

#[test]
fn what_is_done_while_a_project_is_read_is_not_lost_without_a_question() {
    let (_folder, path) = file_of(&large(), "large.ron");
    let mut app = create_test_app(None);
    let open = FileRequest::Open(Some(path.into()));
    app.world_mut().write_message(open.clone());
    until(&mut app, "it is under way", |world| {
        progress(world).is_some()
    });
    add_neuron(&mut app);
    let before = project(&app);
    until(&mut app, "it is read", |world| {
        !world.resource::<FileProgress>().is_working
    });
    let asked: Vec<_> = app
        .world_mut()
        .resource_mut::<Messages<ReplaceRequest>>()
        .drain()
        .collect();
    assert_eq!(asked, [ReplaceRequest(open)]);
    assert_eq!(project(&app), before);
}
