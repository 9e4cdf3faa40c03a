//! The shipped examples: a list that is loaded as an asset, and its files, built in.

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

use crate::NamedFile;

/// The list of examples, among the built-in assets.
const INDEX: &str = "examples/index.ron";

/// The first example: there before any asset is read.
const FIRST: &[u8] = include_bytes!("../../../assets/examples/xor-table.ron");

/// The list as it is shipped.
const LIST: &[u8] = include_bytes!("../../../assets/examples/index.ron");

/// All examples, built in: one file is the whole program, wherever it is started from.
const SHIPPED: [(&str, &[u8]); 10] = [
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
        built_in.insert_asset(PathBuf::from(INDEX), Path::new(INDEX), LIST);
    }
    app.add_plugins(RonAssetPlugin::<ExampleIndex>::new(&["ron"]))
        .init_resource::<ExampleList>()
        .add_systems(Startup, load_index)
        .add_systems(
            Update,
            (
                list_examples.run_if(on_message::<AssetEvent<ExampleIndex>>),
                tell_of_broken_list.run_if(on_message::<AssetLoadFailedEvent<ExampleIndex>>),
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

/// One shipped example, as a menu shows it.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it is called.
    pub title: String,
    /// One sentence on what is to be seen.
    pub blurb: String,
    file: String,
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
}

impl Examples<'_> {
    /// All of them in the order of the menu; none until the list is read.
    #[must_use]
    pub fn list(&self) -> &[Example] {
        &self.list.examples
    }

    /// Title and file of the one at this place.
    pub(crate) fn file(&self, index: usize) -> Result<(String, NamedFile), String> {
        let Some(example) = self.list.examples.get(index) else {
            return Err(format!("There is no example number {}.", index + 1));
        };
        let shipped = SHIPPED.iter().find(|(file, _)| *file == example.file);
        match shipped {
            Some((file, bytes)) => {
                let file = NamedFile::with_bytes(*file, *bytes);
                Ok((example.title.clone(), file))
            }
            None => Err(format!("The example “{}” is not built in.", example.title)),
        }
    }
}

fn load_index(server: Res<AssetServer>, mut list: ResMut<ExampleList>) {
    list.index = server.load(AssetPath::from(INDEX).with_source(EMBEDDED));
}

fn list_examples(
    mut events: MessageReader<AssetEvent<ExampleIndex>>,
    indices: Res<Assets<ExampleIndex>>,
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
            .map(|Entry { file, title, blurb }| Example { title, blurb, file })
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
