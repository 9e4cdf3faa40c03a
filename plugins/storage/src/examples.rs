//! The shipped examples: a list and its projects, loaded as assets.

use bevy::asset::AssetLoadFailedEvent;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_common_assets::ron::RonAssetPlugin;
use graph::Notice;
use network::Kinds;
use project::{Project, file};
use serde::Deserialize;

/// The list of examples, below the folder of assets.
const INDEX: &str = "examples/index.ron";

/// The first example, built in: there before any file is read.
const FIRST: &str = include_str!("../../../assets/examples/xor.ron");

/// What the first example is called.
pub(crate) const FIRST_TITLE: &str = "XOR";

pub(super) fn plugin(app: &mut App) {
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
            tell_of_missing_index.run_if(on_message::<AssetLoadFailedEvent<ExampleIndex>>),
            tell_of_broken_examples.run_if(on_message::<AssetLoadFailedEvent<ExampleProject>>),
        ),
    );
}

/// The project that is open when Neurarium starts.
///
/// # Errors
/// When the file built in is no project, which a test rules out.
pub fn first_example() -> Result<Project, file::FileError> {
    file::read(FIRST.as_bytes(), &Kinds::default())
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

fn load_index(server: Res<AssetServer>, mut list: ResMut<ExampleList>) {
    list.index = server.load(INDEX);
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
                project: server.load(file),
                title,
                blurb,
            })
            .collect();
    }
}

fn tell_of_missing_index(
    mut failures: MessageReader<AssetLoadFailedEvent<ExampleIndex>>,
    mut notices: MessageWriter<Notice>,
) {
    notices.write_batch(failures.read().map(|failure| {
        debug!("{}", failure.error);
        Notice::failed(format!(
            "The shipped examples are not there: {} cannot be read.",
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
