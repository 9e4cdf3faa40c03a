//! What a person prefers on this machine, whatever project is open: a few words, each under a name.

use std::path::{Path, PathBuf};

use bevy::prelude::*;

use crate::platform;

/// What a person prefers: kept from one run to the next, beside unsaved work.
#[derive(Resource, Clone, Debug, Default)]
pub struct Preferences {
    /// Where they are kept: a folder, in a browser the name of the site; `None`: nowhere.
    place: Option<PathBuf>,
}

impl Preferences {
    /// Those beside a file of unsaved work.
    pub(crate) fn beside(recovery: Option<&Path>) -> Self {
        Self {
            place: recovery.map(|file| file.parent().unwrap_or(file).to_owned()),
        }
    }

    /// The word kept under a name of lower-case letters.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let text = platform::preference(self.place.as_ref()?, name)?;
        Some(text.trim().to_owned())
    }

    /// Keeps a word under a name of lower-case letters. Where that cannot be done the
    /// choice holds until the end of the run: nothing is lost that was made.
    pub fn set(&self, name: &str, word: &str) {
        if let Some(place) = &self.place
            && let Err(error) = platform::set_preference(place, name, word)
        {
            debug!("the preference “{name}” is not kept: {error}");
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_there_in_the_next_run_and_nowhere_where_nothing_is_kept() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        // The folder of the program does not exist before its first run.
        let file = folder.path().join("neurarium").join("unsaved.ron");
        Preferences::beside(Some(&file)).set("look", "light");
        let next = Preferences::beside(Some(&file));
        assert_eq!(next.get("look").as_deref(), Some("light"));
        next.set("look", "dark");
        assert_eq!(next.get("look").as_deref(), Some("dark"));
        assert_eq!(next.get("sound"), None);

        let nowhere = Preferences::beside(None);
        nowhere.set("look", "light");
        assert_eq!(nowhere.get("look"), None);
    }
}
