//! The small sheet under the palette: tidy up, see everything or what is selected, save a picture.

use bevy_egui::egui::Ui;
use egui_phosphor::regular as icons;

use crate::widgets::icon_button;
use crate::{Intent, ViewIntent};

/// What can be done, with its icon, name and explanation.
const KNOWN: [(ViewIntent, &str, &str, &str); 4] = [
    (
        ViewIntent::TidyUp,
        icons::TREE_STRUCTURE,
        "Tidy up",
        "Tidy up: lay the network out in layers, from inputs to outputs (L).",
    ),
    (
        ViewIntent::ShowAll,
        icons::CORNERS_OUT,
        "Show everything",
        "Show everything: fit the whole network into view (F).",
    ),
    (
        ViewIntent::ShowSelection,
        icons::SELECTION_ALL,
        "Show selection",
        "Show selection: go close to what is selected (Shift+F).",
    ),
    (
        ViewIntent::SavePicture,
        icons::CAMERA,
        "Save picture",
        "Save picture: the network as it is now, to print or to put into a text (SVG).",
    ),
];

/// Shows the buttons one after the other, as the layout of `ui` has them.
pub fn viewing_ui(ui: &mut Ui) -> Vec<Intent> {
    let mut wishes = Vec::new();
    for (intent, icon, name, hover) in KNOWN {
        if icon_button(ui, icon, name, hover, true) {
            wishes.push(Intent::View(intent));
            ui.close();
        }
    }
    wishes
}
