//! Keys that are not about the canvas → training and files.

use bevy::prelude::*;
use controls::Shortcut;
use graph::Notice;
use panels::FileIntent;
use training::{Order, Progress, Status};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, pass_on.run_if(on_message::<Shortcut>));
}

/// What F1 says: the gestures that no button shows.
const HELP: &str = "Drag a neuron to move it, drag its rim to draw a wire, drag the \
    canvas to look around. Space trains, Delete removes, M keeps a neuron's map in sight, F shows everything, Shift+F what is selected, L tidies up, G shows gradients.";

fn pass_on(
    mut shortcuts: MessageReader<Shortcut>,
    progress: Res<Progress>,
    mut orders: MessageWriter<Order>,
    mut files: MessageWriter<FileIntent>,
    mut notices: MessageWriter<Notice>,
) {
    for shortcut in shortcuts.read() {
        match shortcut {
            Shortcut::TogglePlay if progress.status == Status::Training => {
                orders.write(Order::Pause);
            }
            Shortcut::TogglePlay => {
                orders.write(Order::Train);
            }
            Shortcut::OneEpoch => {
                orders.write(Order::TrainOneEpoch);
            }
            Shortcut::New => {
                files.write(FileIntent::New);
            }
            Shortcut::Open => {
                files.write(FileIntent::Open);
            }
            Shortcut::Save => {
                files.write(FileIntent::Save);
            }
            Shortcut::SaveAs => {
                files.write(FileIntent::SaveAs);
            }
            // `wires` does this.
            Shortcut::ColourByGradient => {}
            Shortcut::Help => {
                notices.write(Notice::info(HELP));
            }
        }
    }
}
