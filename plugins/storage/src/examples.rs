//! The shipped examples: a list and its projects, loaded as assets.

use std::path::{Path, PathBuf};

use bevy::asset::io::embedded::{EMBEDDED, EmbeddedAssetRegistry};
use bevy::asset::{AssetLoadFailedEvent, AssetPath};
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_common_assets::ron::RonAssetPlugin;
use graph::Notice;
use network::Kinds;
use project::{Project, file};
use serde::Deserialize;

/// The list of examples, among the built-in assets.
const INDEX: &str = "examples/index.ron";

/// The first example: there before any asset is read.
const FIRST: &[u8] = include_bytes!("../../../assets/examples/xor-table.ron");

/// The list and all examples, built in: one file is the whole program, wherever
/// it is started from.
const SHIPPED: [(&str, &[u8]); 11] = [
    (INDEX, include_bytes!("../../../assets/examples/index.ron")),
    ("examples/xor-table.ron", FIRST),
    (
        "examples/and.ron",
        include_bytes!("../../../assets/examples/and.ron"),
    ),
    (
        "examples/gauss.ron",
        include_bytes!("../../../assets/examples/gauss.ron"),
    ),
    (
        "examples/circle.ron",
        include_bytes!("../../../assets/examples/circle.ron"),
    ),
    (
        "examples/xor.ron",
        include_bytes!("../../../assets/examples/xor.ron"),
    ),
    (
        "examples/spiral.ron",
        include_bytes!("../../../assets/examples/spiral.ron"),
    ),
    (
        "examples/iris.ron",
        include_bytes!("../../../assets/examples/iris.ron"),
    ),
    (
        "examples/digits.ron",
        include_bytes!("../../../assets/examples/digits.ron"),
    ),
    (
        "examples/sine.ron",
        include_bytes!("../../../assets/examples/sine.ron"),
    ),
    (
        "examples/regression.ron",
        include_bytes!("../../../assets/examples/regression.ron"),
    ),
];

/// What the first example is called.
pub(crate) const FIRST_TITLE: &str = "XOR";

pub(super) fn plugin(app: &mut App) {
    if let Some(built_in) = app.world().get_resource::<EmbeddedAssetRegistry>() {
        for (path, bytes) in SHIPPED {
            built_in.insert_asset(PathBuf::from(path), Path::new(path), bytes);
        }
    }
    app.add_plugins((
        RonAssetPlugin::<ExampleIndex>::new(&["ron"]),
        RonAssetPlugin::<ExampleProject>::new(&["ron"]),
    ))
    .init_resource::<ExampleList>()
    .add_systems(Startup, load_index)
    .add_systems(
        Update,
        (
            list_examples.run_if(on_message::<AssetEvent<ExampleIndex>>),
            tell_of_broken_list.run_if(on_message::<AssetLoadFailedEvent<ExampleIndex>>),
            tell_of_broken_examples.run_if(on_message::<AssetLoadFailedEvent<ExampleProject>>),
        ),
    );
}

/// The project that is open when Neurarium starts.
///
/// # Errors
/// When the file built in is no project, which a test rules out.
pub fn first_example() -> Result<Project, file::FileError> {
    file::read(FIRST, &Kinds::default())
}

/// The file of the list.
#[derive(Asset, TypePath, Debug, Deserialize)]
#[serde(rename = "Examples", deny_unknown_fields)]
struct ExampleIndex {
    examples: Vec<Entry>,
}

/// A line of the list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Example", deny_unknown_fields)]
struct Entry {
    file: String,
    title: String,
    blurb: String,
}

/// A shipped project.
#[derive(Asset, TypePath, Clone, Debug)]
pub struct ExampleProject(pub Project);

impl<'de> Deserialize<'de> for ExampleProject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        file::Saved::deserialize(deserializer).map(|saved| Self(saved.0))
    }
}

/// One shipped example, as a menu shows it.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it is called.
    pub title: String,
    /// One sentence on what is to be seen.
    pub blurb: String,
    project: Handle<ExampleProject>,
}

#[derive(Resource, Default)]
struct ExampleList {
    index: Handle<ExampleIndex>,
    examples: Vec<Example>,
}

/// The shipped examples.
#[derive(SystemParam)]
pub struct Examples<'w> {
    list: Res<'w, ExampleList>,
    projects: Res<'w, Assets<ExampleProject>>,
}

impl Examples<'_> {
    /// All of them in the order of the menu; none until the list is read.
    #[must_use]
    pub fn list(&self) -> &[Example] {
        &self.list.examples
    }

    /// Title and project of the one at this place.
    pub(crate) fn open(&self, index: usize) -> Result<(String, Project), String> {
        let Some(example) = self.list.examples.get(index) else {
            return Err(format!("There is no example number {}.", index + 1));
        };
        match self.projects.get(&example.project) {
            Some(ExampleProject(project)) => Ok((example.title.clone(), project.clone())),
            None => Err(format!("The example “{}” is not loaded.", example.title)),
        }
    }
}

/// The path of a built-in asset.
fn built_in(file: &str) -> AssetPath<'static> {
    AssetPath::from(file.to_owned()).with_source(EMBEDDED)
}

fn load_index(server: Res<AssetServer>, mut list: ResMut<ExampleList>) {
    list.index = server.load(built_in(INDEX));
}

fn list_examples(
    mut events: MessageReader<AssetEvent<ExampleIndex>>,
    indices: Res<Assets<ExampleIndex>>,
    server: Res<AssetServer>,
    mut list: ResMut<ExampleList>,
) {
    for event in events.read() {
        let (AssetEvent::Added { id } | AssetEvent::Modified { id }) = event else {
            continue;
        };
        let Some(index) = indices.get(*id) else {
            continue;
        };
        list.examples = index
            .examples
            .iter()
            .cloned()
            .map(|Entry { file, title, blurb }| Example {
                project: server.load(built_in(&file)),
                title,
                blurb,
            })
            .collect();
    }
}

fn tell_of_broken_list(
    mut failures: MessageReader<AssetLoadFailedEvent<ExampleIndex>>,
    mut notices: MessageWriter<Notice>,
) {
    notices.write_batch(failures.read().map(|failure| {
        debug!("{}", failure.error);
        Notice::failed(format!(
            "The list of examples {} cannot be read.",
            failure.path
        ))
    }));
}

fn tell_of_broken_examples(
    mut failures: MessageReader<AssetLoadFailedEvent<ExampleProject>>,
    mut notices: MessageWriter<Notice>,
) {
    notices.write_batch(failures.read().map(|failure| {
        debug!("{}", failure.error);
        Notice::failed(format!("The example {} cannot be read.", failure.path))
    }));
}
