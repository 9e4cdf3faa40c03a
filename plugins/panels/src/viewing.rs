//! The small sheet under the palette: tidy up, see everything or what is selected, save a picture or a drawing, the legend.

use bevy_egui::egui::Ui;
use egui_phosphor::regular as icons;

use crate::widgets::icon_button;
use crate::{Intent, ViewIntent};

/// What can be done, with its icon, name and explanation.
const KNOWN: [(ViewIntent, &str, &str, &str); 6] = [
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
        icons::FILE_PNG,
        "Save picture",
        "Save picture: the whole network as the canvas shows it, 4K, for screens (PNG).",
    ),
    (
        ViewIntent::SaveDrawing,
        icons::FILE_SVG,
        "Save drawing",
        "Save drawing: the whole network in lines, to print or to edit (SVG).",
    ),
    (
        ViewIntent::ToggleLegend,
        icons::LIST_MAGNIFYING_GLASS,
        "Legend",
        "Legend: what widths, colours and marks on the canvas tell; how wide wires are, and \
            whether their colour tells weights or gradients (G).",
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
