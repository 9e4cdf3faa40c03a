//! From the project to the drawing core: follows edits, numbers and attention.

mod bundles;
mod folds;
mod marks;
mod preview;
mod slots;
mod structure;
mod values;

pub use folds::{BINS, Bundle, DrawnGroup, Folds};
pub use marks::Ailing;
pub use preview::{Band, Preview};
pub use slots::Slots;
pub use structure::Drawn;
pub use values::{Shine, Tiles};

use bevy::prelude::*;

/// When the scene follows the project, in `PostUpdate`; before the renderer
/// looks.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SceneSystems {
    /// Neurons and wires come, go and move.
    Structure,
    /// Numbers and marks are written onto those that are there.
    Dress,
    /// Folded groups are put together from what they hide.
    Fold,
}

pub(super) fn plugin(app: &mut App) {
    app.configure_sets(
        PostUpdate,
        (
            SceneSystems::Structure,
            SceneSystems::Dress,
            SceneSystems::Fold,
        )
            .chain(),
    );
    app.add_plugins((
        structure::plugin,
        values::plugin,
        marks::plugin,
        folds::plugin,
        bundles::plugin,
        preview::plugin,
    ));
}
